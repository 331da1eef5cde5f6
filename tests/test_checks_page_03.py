"""Page 03's checkers: right answers in other words pass, some mistakes are written anew."""

import math

import numpy as np
import pytest

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

STEP = checks.check_simultaneous_step
EPOCH = checks.check_one_epoch
HALF = checks.check_updates_to_half


# --- one simultaneous step ----------------------------------------------------------------------


def by_numbers(p, q, r, eta, lam):
    error = r - sum(a * b for a, b in zip(p, q, strict=True))
    keep = 1 - eta * lam
    return (
        [keep * a + eta * error * b for a, b in zip(p, q, strict=True)],
        [keep * b + eta * error * a for a, b in zip(p, q, strict=True)],
    )


def by_copies(p, q, r, eta, lam):
    old_p, p, q = p.copy(), p.copy(), q.copy()
    error = r - np.dot(p, q)
    p += eta * (error * q - lam * p)
    q += eta * (error * old_p - lam * q)
    return np.array([p, q])


def in_place(p, q, r, eta, lam):
    e = r - p @ q
    p += eta * (e * q - lam * p)
    q += eta * (e * p - lam * q)
    return p, q


def one_name(p, q, r, eta, lam):
    e = r - p @ q
    p = p + eta * (e * q - lam * p)
    q = q + eta * (e * p - lam * q)
    return p, q


def error_twice(p, q, r, eta, lam):
    new_p = p + eta * ((r - p @ q) * q - lam * p)
    new_q = q + eta * ((r - new_p @ q) * new_p - lam * q)
    return new_p, new_q


def of_error(change):
    """The right steps, of an error to which something was done."""

    def step(p, q, r, eta, lam):
        e = change(r - p @ q)
        return p * (1 - eta * lam) + eta * e * q, q * (1 - eta * lam) + eta * e * p

    return step


WRONG_STEPS = [
    (one_name, "neither `p = ...` nor `p = P[u]` keeps the old one"),
    (in_place, "changed something"),
    (error_twice, "computed the error again"),
    (of_error(lambda e: -e), "wrong sign"),
    (of_error(abs), "`abs` does not belong"),
    (of_error(lambda e: e * e), "error itself"),
    (of_error(lambda e: e + e), "a factor 2"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, eta, -lam), "should p grow"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, eta, 0), "brake is missing"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, 1, lam), "learning rate is missing"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, 2 * eta, lam), "twice as long"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, lam, eta), "takes learning_rate for regular"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, eta, lam)[::-1], "wrong order"),
    (lambda p, q, r, eta, lam: (by_copies(p, q, r, eta, lam)[0], q), "stays as it was"),
    (lambda p, q, r, eta, lam: (p, by_copies(p, q, r, eta, lam)[1]), "stays as it was"),
    (lambda p, q, r, eta, lam: (by_copies(p, q, r, eta, lam)[0], 3 * q), "the new p is right"),
    (lambda p, q, r, eta, lam: by_copies(p, q, r, eta, lam)[0], "give back 2 things"),
    (lambda p, q, r, eta, lam: (p * q, q), "stays as it was"),
    (lambda p, q, r, eta, lam: (p * q, q * q), "then the error = 4.4"),
    (lambda p, q, r, eta, lam: (p @ q, p @ q), "shape"),
    (lambda p, q, r, eta, lam: of_error(lambda e: r - p * q)(p, q, r, eta, lam), "one number"),
]


# --- one epoch ----------------------------------------------------------------------------------


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


def old_p(rows, P, Q, eta, lam):
    P, Q, squares = P.copy(), Q.copy(), []
    for u, i, r in rows:
        e = r - P[u] @ Q[i]
        squares.append(e**2)
        P[u], Q[i] = by_copies(P[u], Q[i], r, eta, lam)
    return P, Q, np.sqrt(np.mean(squares))


def reads_arguments(rows, user_factors, movie_factors, eta, lam):
    P, Q, squares = user_factors.copy(), movie_factors.copy(), []
    for u, i, r in rows:
        error = r - user_factors[u] @ movie_factors[i]
        squares.append(error**2)
        P[u] += eta * (error * Q[i] - lam * P[u])
        Q[i] += eta * (error * P[u] - lam * Q[i])
    return P, Q, np.sqrt(np.mean(squares))


def copies_in_the_loop(rows, user_factors, movie_factors, eta, lam):
    squares = []
    for u, i, r in rows:
        P, Q = user_factors.copy(), movie_factors.copy()
        e = r - P[u] @ Q[i]
        squares.append(e**2)
        P[u] += eta * (e * Q[i] - lam * P[u])
        Q[i] += eta * (e * P[u] - lam * Q[i])
    return P, Q, np.sqrt(np.mean(squares))


def returns_in_the_loop(rows, P, Q, eta, lam):
    P, Q = P.copy(), Q.copy()
    for u, i, r in rows:
        e = r - P[u] @ Q[i]
        P[u] += eta * (e * Q[i] - lam * P[u])
        Q[i] += eta * (e * P[u] - lam * Q[i])
        return P, Q, np.sqrt(np.mean(e**2))


def measured_after(rows, P, Q, eta, lam):
    squares = []
    for row in rows:
        P, Q, _ = epoch([row], P, Q, eta, lam)
        squares.append((row[2] - P[row[0]] @ Q[row[1]]) ** 2)
    return P, Q, np.sqrt(np.mean(squares))


def measured_at_the_end(rows, P, Q, eta, lam):
    P, Q, _ = epoch(rows, P, Q, eta, lam)
    return P, Q, np.sqrt(np.mean([(r - P[u] @ Q[i]) ** 2 for u, i, r in rows]))


def two_mistakes(rows, P, Q, eta, lam):
    """No brake, and no root."""
    return epoch(rows, P, Q, eta, 0, rmse=lambda e: np.mean(e**2))


WRONG_EPOCHS = [
    (old_p, "moved* p"),
    (lambda *a: epoch(*a, again=True), "computed the error again"),
    (reads_arguments, "read the start values"),
    (copies_in_the_loop, "is the copy made inside the loop"),
    (returns_in_the_loop, "`return` stand inside the loop"),
    (lambda rows, *a: epoch(rows[::-1], *a), "another order"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, -lam), "pull towards zero"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, 0), "brake is missing"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, 1, lam), "learning rate is missing"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, 2 * eta, lam), "twice as long"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, -eta, lam), "took the step away"),
    (measured_after, "after its update"),
    (measured_at_the_end, "at the end of the epoch"),
    (lambda *a: epoch(*a, rmse=lambda e: np.mean(e**2)), "root is missing"),
    (lambda *a: epoch(*a, rmse=lambda e: np.sum(e**2) ** 0.5), "*sum*"),
    (lambda *a: epoch(*a, rmse=lambda e: np.mean(np.abs(e))), "MAE"),
    (lambda *a: epoch(*a, rmse=lambda e: np.sqrt(e[-1] ** 2)), "one row only"),
    (lambda *a: epoch(*a, rmse=lambda e: round(np.mean(e**2) ** 0.5, 2)), "the RMSE: do not round"),
    (lambda *a: epoch(*a, rmse=lambda e: 42.0), "the new Q is right"),
    (lambda r, P, Q, eta, lam: (P, Q, 1.0), "nothing was learned"),
    (lambda *a: (lambda P, Q, rmse: (Q, P, rmse))(*epoch(*a)), "in the wrong order"),
    (lambda *a: epoch(*a)[2], "give back 3 things"),
    (two_mistakes, "brake is missing"),
]


# --- updates to half ----------------------------------------------------------------------------


def half(eta, lam, left=0.5):
    return int(np.ceil(np.log(left) / np.log(1 - eta * lam)))


def counted(eta, lam, go_on=lambda left: left > 0.5):
    left, updates = 1.0, 0
    while go_on(left):
        left -= eta * lam * left
        updates += 1
    return updates


def constant_amount(eta, lam):
    left, updates = 1.0, 0
    while left > 0.5:
        left -= eta * lam
        updates += 1
    return updates


WRONG_HALVES = [
    (lambda eta, lam: 0.5 / (eta * lam), "same *amount*"),
    (constant_amount, "same *amount*"),
    (lambda eta, lam: 1 / (eta * lam), "used up everything"),
    (lambda eta, lam: np.log(0.5) / np.log(1 - eta * lam), "round up"),
    (lambda eta, lam: half(eta, lam) - 1, "too few"),
    (lambda eta, lam: half(eta, lam) + 1, "too many"),
    (lambda eta, lam: counted(eta, lam, lambda left: left >= 0.5), "`while left > 0.5`"),
    (lambda eta, lam: int(np.ceil(np.log(2) / (eta * lam))), "nearly"),
    (lambda eta, lam: half(1, lam), "*times*"),
    (lambda eta, lam: counted(eta, 1), "*times*"),
    (lambda eta, lam: half(eta, lam, left=0.25), "simulate"),
    (lambda eta, lam: 5, "whatever it is given"),
]

RIGHT = [
    (STEP, by_numbers),
    (STEP, by_copies),
    (EPOCH, epoch),
    (EPOCH, epoch_by_numbers),
    (HALF, half),
    (HALF, counted),
    (HALF, lambda eta, lam: -int(math.log(2, 1 - eta * lam) // 1)),
]
WRONG = [
    *((STEP, *wrong) for wrong in WRONG_STEPS),
    *((EPOCH, *wrong) for wrong in WRONG_EPOCHS),
    *((HALF, *wrong) for wrong in WRONG_HALVES),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)
