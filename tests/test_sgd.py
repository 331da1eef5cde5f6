"""The compiled loop repeats the plain-Python one; mixing loses no row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfhelpers import sgd
from tests.reference import planted, run_epoch, soft_threshold


def start(m, n, k, dtype=np.float64, seed=3):
    rng = np.random.default_rng(seed)
    P, Q = rng.normal(0, 0.3, (m, k)), rng.normal(0, 0.3, (n, k))
    return P.astype(dtype), Q.astype(dtype), np.zeros(m, dtype), np.zeros(n, dtype)


@pytest.mark.parametrize("penalty", ["l2", "l1", "l1_sign"])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("update", sgd.UPDATES)
def test_compiled_loop_equals_plain_python(penalty, biased, update):
    X, y, *_ = planted()
    users, movies = X[:, 0].astype(np.uint32), X[:, 1].astype(np.uint32)
    mean = y.mean() if biased else 0.0
    ours, theirs = start(30, 20, 3), start(30, 20, 3)
    compiled = sgd.compiled_epoch(penalty, biased, False, update)
    rows, settings_ = list(zip(*X.T, y, strict=True)), (mean, biased, 0.05, 0.1, penalty, update)
    for _ in range(3):
        total = compiled(users, movies, y, np.arange(1), len(y), *ours, mean, 0.05, 0.1)
        rmse = run_epoch(rows, *theirs, *settings_)
        assert np.sqrt(total / len(y)) == pytest.approx(rmse, rel=1e-12)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("update", sgd.UPDATES)
def test_float32_is_close_to_float64(update):
    X, y, *_ = planted()
    users, movies = X[:, 0].astype(np.uint32), X[:, 1].astype(np.uint32)
    results = []
    for dtype in (np.float64, np.float32):
        arrays = start(30, 20, 3, dtype)
        compiled = sgd.compiled_epoch("l2", True, dtype is np.float32, update)
        for _ in range(5):
            compiled(
                users, movies, y.astype(dtype), np.arange(1), len(y), *arrays,
                dtype(y.mean()), dtype(0.05), dtype(0.1),
            )  # fmt: skip
        assert all(a.dtype == dtype for a in arrays)
        results.append(arrays)
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-4)


def test_blocks_are_visited_in_the_order_given_and_none_is_lost():
    X, y, *_ = planted()
    users, movies = X[:, 0].astype(np.uint32), X[:, 1].astype(np.uint32)
    size, order = 7, np.random.default_rng(0).permutation(-(-len(y) // 7))
    rows = np.concatenate([np.arange(len(y))[b * size : (b + 1) * size] for b in order])
    ours, theirs = start(30, 20, 3), start(30, 20, 3)
    compiled = sgd.compiled_epoch("l2", False, False)
    compiled(users, movies, y, order, size, *ours, 0.0, 0.05, 0.1)
    run_epoch(list(zip(*X[rows].T, y[rows], strict=True)), *theirs, 0, False, 0.05, 0.1)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=0, atol=1e-12)


numbers = st.floats(-5, 5)


@given(numbers, numbers, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_l1_move_is_a_step_and_a_soft_threshold(weight, push, rate, regularization):
    moved = sgd.l1_move(weight, push, rate, regularization)
    assert moved == pytest.approx(soft_threshold(weight + rate * push, rate * regularization))


@given(numbers, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_l2_shrinks_and_soft_threshold_never_changes_a_sign(weight, rate, regularization):
    assert abs(sgd.l2_move(weight, 0.0, rate, regularization)) <= abs(weight)
    assert sgd.l1_move(weight, 0.0, rate, regularization) * weight >= 0


@given(st.integers(1, 50), st.integers(1, 2**63 - 1))
@settings(max_examples=50, deadline=None)
def test_mixing_loses_no_row_and_keeps_rows_together(n, seed):
    users = np.arange(n)
    mixed = np.empty(n, np.uint32), np.empty(n, np.uint32), np.empty(n)
    user_seen, movie_seen = np.zeros(n + 1, bool), np.zeros(n + 101, bool)
    sgd.mixed_rows(users, users + 100, users / 2, np.uint64(seed), *mixed, user_seen, movie_seen)
    assert user_seen[:n].all() and not user_seen[n]
    assert movie_seen[100:-1].all() and not movie_seen[:100].any() and not movie_seen[-1]
    assert sorted(mixed[0]) == list(range(n))
    np.testing.assert_array_equal(mixed[1], mixed[0] + 100)
    np.testing.assert_array_equal(mixed[2], mixed[0] / 2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_factors_start_on_a_cache_line(dtype):
    values = np.random.default_rng(0).normal(size=(7, 3))
    for copy in [sgd.on_cache_lines(values, dtype) for _ in range(5)]:
        assert copy.ctypes.data % 64 == 0 and copy.flags.c_contiguous and copy.dtype == dtype
        np.testing.assert_array_equal(copy, values.astype(dtype))


def test_mixing_makes_every_order_of_three_equally_often():
    rows = np.arange(3)
    counts = {}
    for seed in np.random.default_rng(0).integers(1, 2**63, 6000):
        mixed = np.empty(3, np.uint32), np.empty(3, np.uint32), np.empty(3)
        sgd.mixed_rows(rows, rows, rows / 1, np.uint64(seed), *mixed, *np.zeros((2, 3), bool))
        counts[tuple(mixed[0])] = counts.get(tuple(mixed[0]), 0) + 1
    assert len(counts) == 6
    assert all(abs(count - 1000) < 150 for count in counts.values()), counts  # 5 sigma
