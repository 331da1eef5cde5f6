"""The gradient check of page 05: which update follows the gradient of the loss, and by how much.

One rating at a time at the start values, learning rate .01, the largest gap over 25 ratings.
The loss is written down here once more, and differentiated by scipy.optimize.approx_fprime.
"""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from mfhelpers import MatrixFactorization, load_ratings, remap_ids, sgd

LEARNING_RATE, REGULARIZATION, K, CHECKED = 0.01, 0.1, 10, 25


@pytest.fixture(scope="module")
def cases():
    """(p, q, rating) of the first ratings at the course's start values."""
    coded, *_ = remap_ids(load_ratings(2_000, source="generated"))
    X, y = coded[["user_id", "movie_id"]], coded["user_rating"].to_numpy()
    model = MatrixFactorization(n_epochs=0, random_state=10).fit(X, y)
    users, movies = X.to_numpy()[:CHECKED].T
    return list(
        zip(model.user_factors_[users], model.movie_factors_[movies], y[:CHECKED], strict=True)
    )


def loss(numbers, rating):
    p, q = numbers[:K], numbers[K:]
    return 0.5 * ((rating - p @ q) ** 2 + REGULARIZATION * (p @ p + q @ q))


def simultaneous(p, q, rating, rate, lam):
    error = rating - p @ q
    return p + rate * (error * q - lam * p), q + rate * (error * p - lam * q)


def alternating(p, q, rating, rate, lam):
    p, _ = simultaneous(p, q, rating, rate, lam)
    _, q = simultaneous(p, q, rating, rate, lam)
    return p, q


def wrong_sign(p, q, rating, rate, lam):
    return simultaneous(p, q, rating, rate, -lam)


def no_penalty(p, q, rating, rate, lam):
    return simultaneous(p, q, rating, rate, 0.0)


def compiled(p, q, rating, rate, lam, update="moved"):
    """The course's own: one rating through the loop that MatrixFactorization runs."""
    P, Q = p[None].copy(), q[None].copy()
    zeros = np.zeros(1, np.uint32)
    run_epoch = sgd.compiled_epoch("l2", False, False, update)
    run_epoch(
        zeros, zeros, np.array([rating]), np.arange(1), 1, P, Q, np.zeros(1), np.zeros(1),
        0.0, rate, lam,
    )  # fmt: skip
    return P[0], Q[0]


def compiled_simultaneous(p, q, rating, rate, lam):
    return compiled(p, q, rating, rate, lam, "simultaneous")


def largest_gaps(update, cases, rate=LEARNING_RATE):
    """(in p, in q): largest |believed - measured gradient|."""
    gaps = []
    for p, q, rating in cases:
        new_p, new_q = update(p, q, rating, rate, REGULARIZATION)
        believed = np.concatenate([p - new_p, q - new_q]) / rate
        measured = approx_fprime(np.concatenate([p, q]), loss, 1.49e-8, rating)
        gaps.append(np.abs(believed - measured))
    return np.max(gaps, axis=0)[:K].max(), np.max(gaps, axis=0)[K:].max()


@pytest.mark.parametrize("update", [compiled_simultaneous, simultaneous])
def test_simultaneous_passes(cases, update):
    assert max(largest_gaps(update, cases)) < 1e-6


@pytest.mark.parametrize("update", [compiled, alternating])
def test_moved_p_fails_in_the_movies_half_alone(cases, update):
    in_p, in_q = largest_gaps(update, cases)
    assert in_p < 1e-6
    assert in_q > 1e-3


@pytest.mark.parametrize("update", [wrong_sign, no_penalty])
def test_wrong_penalty_fails_in_both_halves(cases, update):
    assert min(largest_gaps(update, cases)) > 1e-3


@pytest.mark.parametrize("update", [compiled, alternating])
def test_gap_of_a_moved_p_is_proportional_to_the_rate(cases, update):
    ratio = max(largest_gaps(update, cases, 0.01)) / max(largest_gaps(update, cases, 0.001))
    assert ratio == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("update", [wrong_sign, no_penalty])
def test_gap_of_a_wrong_penalty_does_not_depend_on_the_rate(cases, update):
    at_rates = [max(largest_gaps(update, cases, rate)) for rate in (0.01, 0.001)]
    assert at_rates[0] == pytest.approx(at_rates[1], rel=1e-4)


def test_gap_of_the_courses_own_is_the_term_that_the_page_names(cases):
    for p, q, rating in cases:
        _, new_q = compiled(p, q, rating, LEARNING_RATE, REGULARIZATION)
        error = rating - p @ q
        gradient = -error * p + REGULARIZATION * q
        off = LEARNING_RATE * error * (error * q - REGULARIZATION * p)
        np.testing.assert_allclose((q - new_q) / LEARNING_RATE, gradient - off, atol=1e-12)


def test_check_is_blind_at_zero():
    zero = [(np.zeros(K), np.zeros(K), 4.0)]
    for update in (simultaneous, alternating, compiled, wrong_sign, no_penalty):
        assert max(largest_gaps(update, zero)) < 1e-6


@pytest.mark.parametrize("update", sgd.UPDATES)
def test_model_takes_the_same_step_as_the_compiled_loop(update):
    """One rating, one epoch of fit is one step of that update."""
    X, y = np.array([[0, 0]]), np.array([4.0])
    start, moved = (
        MatrixFactorization(n_epochs=n, update=update, random_state=3).fit(X, y) for n in (0, 1)
    )
    begun = start.user_factors_[0], start.movie_factors_[0]
    expected = compiled(*begun, 4.0, LEARNING_RATE, REGULARIZATION, update)
    np.testing.assert_allclose(moved.user_factors_[0], expected[0], atol=1e-12)
    np.testing.assert_allclose(moved.movie_factors_[0], expected[1], atol=1e-12)
