"""Page 05's checkers accept the solution and name the mistake in every wrong answer."""

import numpy as np
import pytest

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

# --- Exercise 1 ---------------------------------------------------------------------------


def user_gradient(p, rated, stars, regularization):
    errors = stars - rated @ p
    return -errors @ rated + len(stars) * regularization * p


def by_loop(p, rated, stars, regularization):
    total = 0 * p
    for q, star in zip(rated, stars, strict=True):
        total = total - (star - p @ q) * q + regularization * p
    return list(total)


def rating_by_rating(p, rated, stars, regularization):
    return -(stars - rated @ p)[:, None] * rated + regularization * p


def movies_instead(p, rated, stars, regularization):
    return -(stars - rated @ p)[:, None] * p + regularization * rated


def in_place(p, rated, stars, regularization):
    p *= len(stars) * regularization
    return p


WRONG_GRADIENTS = {
    "downhill": (lambda p, Q, r, lam: (r - Q @ p) @ Q - len(r) * lam * p, "flip it"),
    "downhill, λ once": (lambda p, Q, r, lam: (r - Q @ p) @ Q - lam * p, "for each rating"),
    "2e": (lambda p, Q, r, lam: -2 * (r - Q @ p) @ Q + 2 * len(r) * lam * p, "½ in J was there"),
    "2e only": (lambda p, Q, r, lam: -2 * (r - Q @ p) @ Q + len(r) * lam * p, "from the errors is"),
    "2λ only": (lambda p, Q, r, lam: -(r - Q @ p) @ Q + 2 * len(r) * lam * p, "penalty is twice"),
    "λ once": (lambda p, Q, r, lam: -(r - Q @ p) @ Q + lam * p, "once for the user"),
    "no penalty": (lambda p, Q, r, lam: -(r - Q @ p) @ Q, "penalty is missing"),
    "penalty only": (lambda p, Q, r, lam: len(r) * lam * p, "errors are missing"),
    "sign of λ": (lambda p, Q, r, lam: -(r - Q @ p) @ Q - len(r) * lam * p, "sign of lambda"),
    "sign of e": (lambda p, Q, r, lam: (r - Q @ p) @ Q + len(r) * lam * p, "sign of the errors"),
    "mean": (lambda p, Q, r, lam: -(r - Q @ p) @ Q / len(r) + lam * p, "J is a sum"),
    "not added": (rating_by_rating, "add up the rows"),
    "wrong axis": (lambda *a: rating_by_rating(*a).sum(axis=1), "wrong axis"),
    "no q": (lambda p, Q, r, lam: -(r - Q @ p).sum() + len(r) * lam * p, "chain rule"),
    "pull of q": (lambda p, Q, r, lam: -(r - Q @ p) @ Q + lam * Q.sum(axis=0), "movies' factors"),
    "by q": (movies_instead, "movies stand still"),
    "length": (lambda *a: np.linalg.norm(user_gradient(*a)), "one slope for each factor"),
    "λ = .3": (lambda p, Q, r, lam: user_gradient(p, Q, r, 0.3), "right for one user"),
    "n = 4": (lambda p, Q, r, lam: -(r - Q @ p) @ Q + 4 * lam * p, "right for one user"),
    "other": (lambda p, Q, r, lam: user_gradient(p, Q, r, lam) + 0.01, "add these up"),
    "in place": (in_place, "changed an array"),
}


@pytest.mark.parametrize("answer", [user_gradient, by_loop])
def test_user_gradient_passes(answer):
    assert_passes(checks.check_user_gradient, answer)


@pytest.mark.parametrize("name", WRONG_GRADIENTS)
def test_wrong_user_gradient_gets_its_hint(name):
    assert_refused(checks.check_user_gradient, *WRONG_GRADIENTS[name])


# --- Exercise 2 ---------------------------------------------------------------------------


def with_penalties(for_p, for_q, error_share=lambda n, m: (1, 1)):
    """The simultaneous update, its lambdas and errors shared out as told."""

    def step(p, q, rating, rate, lam, n, m):
        error = rating - p @ q
        a, b = error_share(n, m)
        return (
            p + rate * (error * q / a - for_p(lam, n, m) * p),
            q + rate * (error * p / b - for_q(lam, n, m) * q),
        )

    return step


def user_share(lam, n, m):
    return lam / n


def movie_share(lam, n, m):
    return lam / m


def whole(lam, n, m):
    return lam


right_step = with_penalties(user_share, movie_share)


def moved_p(p, q, rating, rate, lam, n, m):
    error = rating - p @ q
    p = p + rate * (error * q - lam / n * p)
    return p, q + rate * (error * p - lam / m * q)


def on_old(function):
    """Make a wrong answer from the old p and q and the right new ones."""

    def step(p, q, rating, rate, lam, n, m):
        return function(np.array([p, q]), np.array(right_step(p, q, rating, rate, lam, n, m)), rate)

    return step


WRONG_STEPS = {
    "page 03's": (with_penalties(whole, whole), "page 03's update"),
    "multiplied": (
        with_penalties(lambda lam, n, m: lam * n, lambda lam, n, m: lam * m),
        "multiplied λ by the counts",
    ),
    "swapped": (with_penalties(movie_share, user_share), "counts are swapped"),
    "user's twice": (with_penalties(user_share, user_share), "user_count for both"),
    "movie's twice": (with_penalties(movie_share, movie_share), "movie_count for both"),
    "both": (with_penalties(*[lambda lam, n, m: lam / (n + m)] * 2), "both counts together"),
    "p only": (with_penalties(user_share, whole), "only p's"),
    "q only": (with_penalties(whole, movie_share), "only q's"),
    "rounded": (with_penalties(*[lambda lam, n, m: lam // n] * 2), "penalty is gone"),
    "sign": (
        with_penalties(lambda lam, n, m: -lam / n, lambda lam, n, m: -lam / m),
        "sign of λ",
    ),
    "moved p": (moved_p, "new p where the old one"),
    "errors too": (
        with_penalties(user_share, movie_share, lambda n, m: (n, m)),
        "errors' part by the counts",
    ),
    "q first": (on_old(lambda old, new, rate: new[::-1]), "user comes first"),
    "change": (on_old(lambda old, new, rate: new - old), "change alone"),
    "gradient": (on_old(lambda old, new, rate: (old - new) / rate), "that is the gradient"),
    "uphill": (on_old(lambda old, new, rate: 2 * old - new), "uphill"),
    "no rate": (on_old(lambda old, new, rate: old + (new - old) / rate), "rate is missing"),
    "still": (on_old(lambda old, new, rate: old), "nothing has moved"),
    "p alone": (on_old(lambda old, new, rate: new[0]), "two things"),
    "two numbers": (on_old(lambda old, new, rate: (1.0, 2.0)), "k numbers"),
    "other": (on_old(lambda old, new, rate: new + 0.01), "shared out over"),
    "n = 4": (
        with_penalties(lambda lam, n, m: lam / 4, movie_share),
        "wrong for another with other counts",
    ),
}


def test_step_once_a_row_passes():
    assert_passes(checks.check_step_once_a_row, right_step)
    assert_passes(checks.check_step_once_a_row, lambda *a: list(right_step(*a)))
    assert_passes(checks.check_step_once_a_row, lambda *a: np.array(right_step(*a)))


@pytest.mark.parametrize("name", WRONG_STEPS)
def test_wrong_step_gets_its_hint(name):
    assert_refused(checks.check_step_once_a_row, *WRONG_STEPS[name])


def test_right_step_adds_up_to_one_lambda_a_row():
    """Visited n times without an error, a row shrinks by η λ in all, to first order."""
    p, q, rate, lam = np.array([1.0, 0.0]), np.array([0.0, 1.0]), 1e-6, 0.5
    for _ in range(8):
        p, _ = right_step(p, q, 0.0, rate, lam, 8, 3)
    assert (1 - p[0]) / rate == pytest.approx(lam, rel=1e-4)


# --- Exercise 3 ---------------------------------------------------------------------------

WRONG_RATES = {
    "one over": (lambda q, n, lam: 1 / (n * (q**2 + lam)), "single step"),
    "four over": (lambda q, n, lam: 4 / (n * (q**2 + lam)), "½ in J is gone"),
    "curvature": (lambda q, n, lam: n * (q**2 + lam), "that is the curvature"),
    "one rating": (lambda q, n, lam: 2 / (q**2 + lam), "one rating"),
    "mean": (lambda q, n, lam: 2 * n / (q**2 + lam), "mean"),
    "no penalty": (lambda q, n, lam: 2 / (n * q**2), "penalty is missing"),
    "λ once": (lambda q, n, lam: 2 / (n * q**2 + lam), "once for the user"),
    "q not squared": (lambda q, n, lam: 2 / (n * (q + lam)), "q comes squared"),
    "sign": (lambda q, n, lam: 2 / (n * (q**2 - lam)), "steeper"),
    "constant": (lambda q, n, lam: 0.01, "in front of p"),
    "abs lost": (lambda q, n, lam: 2 / (n * (q * abs(q) + lam)), "in front of p"),
}


def test_largest_rate_passes():
    assert_passes(checks.check_largest_rate, lambda q, n, lam: 2 / (n * (q**2 + lam)))


@pytest.mark.parametrize("name", WRONG_RATES)
def test_wrong_rate_gets_its_hint(name):
    assert_refused(checks.check_largest_rate, *WRONG_RATES[name])


def test_largest_rate_is_where_descent_tips_over():
    q, n, lam = 1.7, 12, 0.3
    for share, ends_near in ((0.98, True), (1.02, False)):
        p, stars = 3.0, np.linspace(1, 5, n)
        bottom = stars.sum() * q / (n * (q**2 + lam))
        for _ in range(300):
            rated = np.full((n, 1), q)
            p -= share * 2 / (n * (q**2 + lam)) * user_gradient(np.array([p]), rated, stars, lam)[0]
        assert (abs(p - bottom) < 0.01) == ends_near
