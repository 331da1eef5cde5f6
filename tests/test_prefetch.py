"""Rows of factors that are asked for ahead: the same factors, whatever the shapes."""

import numpy as np
import pytest

from mfhelpers import MatrixFactorization, _prefetch, model, sgd


@pytest.mark.parametrize("update", sgd.UPDATES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [1, 3, 32, 200])  # a line, two, more than are asked for
@pytest.mark.parametrize("n_ratings", [1, 5, 400])  # fewer than are asked for ahead
def test_asking_ahead_changes_nothing(update, dtype, k, n_ratings):
    rng = np.random.default_rng(k)
    users, movies = rng.integers(0, (30, 20), (n_ratings, 2)).astype(np.uint32).T
    ratings = rng.integers(1, 6, n_ratings).astype(dtype)
    begun = [sgd.on_cache_lines(rng.normal(0, 0.1, (n, k)), dtype) for n in (30, 20)]
    begun += [np.zeros(30, dtype), np.zeros(20, dtype)]
    number, ends = np.dtype(dtype).type, []
    for far in (False, True):
        run_epoch = sgd.compiled_epoch("l2", True, dtype == "float32", update, far)
        tables = [table.copy() for table in begun]
        order = np.arange(-(-n_ratings // 7))[::-1]
        settings = number(3.5), number(0.05), number(0.1)
        total = run_epoch(users, movies, ratings, order, 7, *tables, *settings)
        ends.append([total, *tables])
    # float32 leaves the order of sums to the compiler
    close = {"rtol": 1e-5, "atol": 1e-6} if dtype == "float32" else {"rtol": 0, "atol": 0}
    for near, far in zip(*ends, strict=True):
        np.testing.assert_allclose(near, far, **close)


def test_large_tables_are_asked_for_and_small_ones_are_not(monkeypatch):
    asked = []
    loop = sgd.compiled_epoch
    monkeypatch.setattr(sgd, "compiled_epoch", lambda *kind: asked.append(kind[-1]) or loop(*kind))
    X, y = np.array([[0, 0], [1, 1]]), [1.0, 5.0]
    small = MatrixFactorization(4, n_epochs=1, random_state=0)  # 2 tables of 2 rows: 128 bytes
    small.fit(X, y)
    monkeypatch.setattr(_prefetch, "FAR", 127)
    small.fit(X, y)
    monkeypatch.setattr(_prefetch, "FAR", 128)
    small.fit(X, y)
    assert asked == [False, True, False]
    long = MatrixFactorization(100, n_epochs=1, random_state=0)  # float64: 13 lines a row
    long.fit(X, y)
    monkeypatch.setattr(_prefetch, "FAR_IF_LONG", 3_199)
    long.fit(X, y)
    assert asked[3:] == [False, True]
    assert model.is_far is _prefetch.is_far


def test_the_instruction_is_in_the_loop_that_asks_and_in_no_other():
    arguments = [np.zeros(3, np.uint32)] * 2 + [np.ones(3, np.float32), np.arange(1), 3]
    arguments += [np.ones((1, 4), np.float32) for _ in range(2)]
    arguments += [np.ones(1, np.float32) for _ in range(2)] + [np.float32(0.1)] * 3
    for far in (False, True):
        run_epoch = sgd.compiled_epoch("l2", False, True, "moved", far)
        run_epoch(*arguments)
        code = "".join(run_epoch.inspect_llvm().values())
        assert ("@llvm.prefetch" in code) == far
