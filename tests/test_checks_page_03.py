"""Page 03's checkers: right answers in other words pass, some mistakes are written anew."""

import math

import numpy as np
import pytest

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

STEP = checks.check_simultaneous_step
EPOCH = checks.check_one_epoch
HALF = checks.check_updates_to_half


def step(p, q, r, eta, lam, e=None):
    old_p, p, q = p.copy(), p.copy(), q.copy()
    e = r - np.dot(p, q) if e is None else e
    p += eta * (e * q - lam * p)
    q += eta * (e * old_p - lam * q)
    return np.array([p, q])


def step_by_numbers(p, q, r, eta, lam):
    pairs, keep = list(zip(p, q, strict=True)), 1 - eta * lam
    e = r - sum(a * b for a, b in pairs)
    return [keep * a + eta * e * b for a, b in pairs], [keep * b + eta * e * a for a, b in pairs]


def step_with_one_name(p, q, r, eta, lam):
    e = r - p @ q
    p = p + eta * (e * q - lam * p)
    q = q + eta * (e * p - lam * q)
    return p, q


def epoch(rows, P, Q, eta, lam, rmse=lambda e: np.mean(e**2) ** 0.5, again=False):
    """The epoch of the page, with the RMSE of the errors as one likes."""
    P, Q, errors = P.copy(), Q.copy(), []
    for u, i, r in rows:
        e = r - P[u] @ Q[i]
        errors.append(e)
        P[u] += eta * (e * Q[i] - lam * P[u])
        if again:
            e = r - P[u] @ Q[i]
        Q[i] += eta * (e * P[u] - lam * Q[i])
    return P, Q, rmse(np.array(errors))


def epoch_by_numbers(rows, P, Q, eta, lam):
    P, Q, total = P.tolist(), Q.tolist(), 0.0
    for u, i, r in rows:
        e = r - sum(a * b for a, b in zip(P[u], Q[i], strict=True))
        total += e * e
        P[u] = [a + eta * (e * b - lam * a) for a, b in zip(P[u], Q[i], strict=True)]
        Q[i] = [b + eta * (e * a - lam * b) for a, b in zip(P[u], Q[i], strict=True)]
    return [P, Q, math.sqrt(total / len(rows))]


def epoch_of_old_p(rows, P, Q, eta, lam):
    P, Q, squares = P.copy(), Q.copy(), []
    for u, i, r in rows:
        squares.append((r - P[u] @ Q[i]) ** 2)
        P[u], Q[i] = step(P[u], Q[i], r, eta, lam)
    return P, Q, np.sqrt(np.mean(squares))


def predicts_from_arguments(rows, user_factors, movie_factors, eta, lam):
    P, Q, squares = user_factors.copy(), movie_factors.copy(), []
    for u, i, r in rows:
        e = r - user_factors[u] @ movie_factors[i]
        squares.append(e**2)
        P[u] += eta * (e * Q[i] - lam * P[u])
        Q[i] += eta * (e * P[u] - lam * Q[i])
    return P, Q, np.sqrt(np.mean(squares))


def copies_in_the_loop(rows, user_factors, movie_factors, *rest):
    squares = []
    for row in rows:
        P, Q, error = epoch([row], user_factors, movie_factors, *rest)
        squares.append(error**2)
    return P, Q, np.sqrt(np.mean(squares))


def returns_in_the_loop(rows, P, Q, eta, lam):
    for row in rows:
        P, Q, error = epoch([row], P, Q, eta, lam)
        return P, Q, error


def measured_later(rows, P, Q, *rest, at_the_end=False):
    errors, done = [], []
    for row in rows:
        P, Q, _ = epoch([row], P, Q, *rest)
        done.append(row)
        errors.append(row[2] - P[row[0]] @ Q[row[1]])
    errors = [r - P[u] @ Q[i] for u, i, r in done] if at_the_end else errors
    return P, Q, np.sqrt(np.mean(np.square(errors)))


def half(eta, lam, left=0.5):
    return int(np.ceil(np.log(left) / np.log(1 - eta * lam)))


def counted(eta, lam, go_on=lambda left: left > 0.5, keep=None):
    left, updates = 1.0, 0
    while go_on(left):
        left = left - eta * lam * left if keep is None else keep(left)
        updates += 1
    return updates


RIGHT = [
    (STEP, step),
    (STEP, step_by_numbers),
    (EPOCH, epoch),
    (EPOCH, epoch_by_numbers),
    (HALF, half),
    (HALF, counted),
    (HALF, lambda eta, lam: -int(math.log(2, 1 - eta * lam) // 1)),
]
WRONG = [
    (STEP, step_with_one_name, "neither `p = ...` nor `p = P[u]` keeps the old one"),
    (STEP, lambda p, q, r, eta, lam: step(p, q, r, eta, lam, p @ q - r), "wrong sign"),
    (STEP, lambda p, q, r, eta, lam: step(p, q, r, eta, lam, abs(r - p @ q)), "`abs`"),
    (STEP, lambda p, q, r, eta, lam: step(p, q, r, eta, lam, r - p * q), "one number"),
    (STEP, lambda p, q, r, eta, lam: step(p, q, r, eta, -lam), "should p grow"),
    (STEP, lambda p, q, r, eta, lam: step(p, q, r, lam, eta), "takes learning_rate for regular"),
    (STEP, lambda p, *a: (p, step(p, *a)[1]), "stays as it was"),
    (STEP, lambda p, q, *a: (step(p, q, *a)[0], 3 * q), "the new p is right"),
    (EPOCH, epoch_of_old_p, "moved* p"),
    (EPOCH, lambda *a: epoch(*a, again=True), "computed the error again"),
    (EPOCH, predicts_from_arguments, "read the start values"),
    (EPOCH, copies_in_the_loop, "is the copy made inside the loop"),
    (EPOCH, returns_in_the_loop, "`return` stand inside the loop"),
    (EPOCH, lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, 0), "brake is missing"),
    (EPOCH, measured_later, "after its update"),
    (EPOCH, lambda *a: measured_later(*a, at_the_end=True), "at the end of the epoch"),
    (EPOCH, lambda *a: epoch(*a, rmse=np.linalg.norm), "*sum*"),
    (EPOCH, lambda *a: epoch(*a, rmse=lambda e: np.sqrt(e[-1] ** 2)), "one row only"),
    (EPOCH, lambda *a: epoch(*a, rmse=lambda e: 42.0), "the new Q is right"),
    (EPOCH, lambda r, P, Q, *_: (P, Q, 1.0), "nothing was learned"),
    (EPOCH, lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, 0, np.sum), "brake is missing"),  # two
    (HALF, lambda eta, lam: counted(1, 1, keep=lambda x: x - eta * lam), "same *amount*"),
    (HALF, lambda eta, lam: counted(eta, lam, lambda x: x >= 0.5), "`while left > 0.5`"),
    (HALF, lambda eta, lam: half(eta, lam) - 1, "too few"),
    (HALF, lambda eta, lam: int(np.ceil(np.log(2) / (eta * lam))), "nearly"),
    (HALF, lambda eta, lam: half(1, lam), "*times*"),
    (HALF, lambda eta, lam: half(eta, lam, left=0.25), "simulate"),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)
