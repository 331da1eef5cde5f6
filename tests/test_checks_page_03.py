"""Page 03's checkers: the solution passes, each typical mistake gets its own hint."""

import numpy as np
import pytest

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused


def test_endless_code_is_stopped(monkeypatch):
    from mfhelpers.checks import _common

    monkeypatch.setattr(_common, "SECONDS_ALLOWED", 0.2)

    def endless(*arguments):
        while True:
            pass

    assert_refused(checks.check_one_epoch, endless, "never stops")


# --- one simultaneous step ----------------------------------------------------------------------


def step(p, q, r, eta, lam, e=None, seen_p=None, seen_q=None):
    e = r - p @ q if e is None else e
    seen_p, seen_q = p if seen_p is None else seen_p, q if seen_q is None else seen_q
    return p + eta * (e * seen_q - lam * p), q + eta * (e * seen_p - lam * q)


def moved_p(p, q, r, eta, lam):
    return step(p, q, r, eta, lam, seen_p=step(p, q, r, eta, lam)[0])


def alternating(p, q, r, eta, lam):
    new = step(p, q, r, eta, lam)[0]
    return new, q + eta * ((r - new @ q) * new - lam * q)


def in_place(p, q, r, eta, lam):
    e = r - p @ q
    p += eta * (e * q - lam * p)
    q += eta * (e * p - lam * q)
    return p, q


WRONG_STEPS = [
    (moved_p, "new p where the old one was meant"),
    (moved_p, "neither `p = ...` nor `p = P[u]` keeps the old one"),
    (in_place, "changed an array"),
    (alternating, "computed the error again"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, e=p @ q - r), "wrong sign"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, -lam), "should p grow"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, 0), "brake is missing"),
    (lambda p, q, r, eta, lam: step(p, q, r, 1, lam), "learning rate is missing"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, e=(r - p @ q) ** 2), "error itself"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, seen_p=q, seen_q=p), "other* row"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, e=2 * (r - p @ q)), "factor 2"),
    (lambda p, q, r, eta, lam: step(p, q, r, 2 * eta, lam), "twice as long"),
    (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, e=r - p * q), "one number"),
    (lambda *a: step(*a)[0], "return two arrays"),
    (lambda *a: step(*a)[::-1], "in the wrong order: return p first"),
    (lambda *a: (step(*a)[0], a[1]), "new q is not"),
    (lambda *a: (a[0], step(*a)[1]), "new p is not"),
    (lambda p, q, r, eta, lam: (p * q, q), "neither row"),
    (lambda p, q, r, eta, lam: (p @ q, p @ q), "shape"),
]


def test_simultaneous_step_passes():
    assert_passes(checks.check_simultaneous_step, step)


@pytest.mark.parametrize("wrong, hint", WRONG_STEPS)
def test_simultaneous_step_refused(wrong, hint):
    assert_refused(checks.check_simultaneous_step, wrong, hint)


# --- one epoch ----------------------------------------------------------------------------------


def alternating_epoch(rows, P, Q, eta, lam):
    P, Q, errors = P.copy(), Q.copy(), []
    for u, i, r in rows:
        errors.append(r - P[u] @ Q[i])
        P[u], Q[i] = alternating(P[u], Q[i], r, eta, lam)
    return P, Q, np.sqrt(np.mean(np.square(errors)))


def rmse_at_the_end(rows, P, Q, eta, lam):
    P, Q, _ = epoch(rows, P, Q, eta, lam)
    return P, Q, np.sqrt(np.mean([(r - P[u] @ Q[i]) ** 2 for u, i, r in rows]))


def half_by_counting(eta, lam, go_on):
    left, updates = 1.0, 0
    while go_on(left):
        left -= eta * lam * left
        updates += 1
    return updates


def epoch(rows, P, Q, eta, lam, sign=1, old_p=False, measure="before", summary=None):
    P, Q, errors = P.copy(), Q.copy(), []
    for u, i, r in rows:
        p, e = P[u].copy(), r - P[u] @ Q[i]
        P[u] += eta * (sign * e * Q[i] - lam * p)
        Q[i] += eta * (sign * e * (p if old_p else P[u]) - lam * Q[i])
        errors.append(e if measure == "before" else r - P[u] @ Q[i])
    errors = np.array(errors)
    return P, Q, np.sqrt(np.mean(errors**2)) if summary is None else summary(errors)


WRONG_EPOCHS = [
    (alternating_epoch, "computed the error again"),
    (rmse_at_the_end, "at the end of the epoch"),
    (lambda *a: epoch(*a, old_p=True), "moved* p"),
    (lambda *a: epoch(*a, sign=-1), "rating minus prediction"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, -lam), "pull towards zero"),
    (lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, 0), "brake is missing"),
    (lambda *a: epoch(*a, measure="after"), "after its update"),
    (lambda *a: epoch(*a, summary=lambda e: np.mean(e**2)), "root is missing"),
    (lambda *a: epoch(*a, summary=lambda e: np.sqrt(np.sum(e**2))), "*sum*"),
    (lambda *a: epoch(*a, summary=lambda e: np.mean(np.abs(e))), "MAE"),
    (lambda *a: epoch(*a, summary=lambda e: abs(e[-1])), "last row"),
    (lambda *a: epoch(*a, summary=lambda e: 42.0), "factors are right"),
    (lambda r, P, Q, eta, lam: (P, Q, 1.0), "nothing was learned"),
    (lambda r, P, Q, eta, lam: epoch(r[:1], P, Q, eta, lam), "not right"),
    (lambda *a: epoch(*a)[2], "three things"),
]


def test_one_epoch_passes():
    assert_passes(checks.check_one_epoch, epoch)


@pytest.mark.parametrize("wrong, hint", WRONG_EPOCHS)
def test_one_epoch_refused(wrong, hint):
    assert_refused(checks.check_one_epoch, wrong, hint)


# --- updates to half ----------------------------------------------------------------------------


def half(eta, lam, left=0.5):
    return int(np.ceil(np.log(left) / np.log(1 - eta * lam)))


WRONG_HALVES = [
    (lambda eta, lam: 0.5 / (eta * lam), "same *amount*"),
    (lambda eta, lam: 1 / (eta * lam), "used up everything"),
    (lambda eta, lam: np.log(0.5) / np.log(1 - eta * lam), "round up"),
    (lambda eta, lam: half(eta, lam) - 1, "too few"),
    (lambda eta, lam: half(eta, lam) + 1, "too many"),
    (lambda eta, lam: half_by_counting(eta, lam, lambda left: left >= 0.5), "too many"),
    (lambda eta, lam: int(np.ceil(np.log(2) / (eta * lam))), "is it exact, or only nearly"),
    (lambda eta, lam: half(1, lam), "*times*"),
    (lambda eta, lam: half(eta, 1), "*times*"),
    (lambda eta, lam: 5, "simulate"),
]


def test_updates_to_half_passes():
    assert_passes(checks.check_updates_to_half, half)
    assert_passes(
        checks.check_updates_to_half, lambda a, b: half_by_counting(a, b, lambda x: x > 0.5)
    )


@pytest.mark.parametrize("wrong, hint", WRONG_HALVES)
def test_updates_to_half_refused(wrong, hint):
    assert_refused(checks.check_updates_to_half, wrong, hint)
