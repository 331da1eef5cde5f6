"""Page 07's checkers: right answers pass, each usual mistake gets its own hint."""

import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

# ---------------------------------------------------------------- the bias


def right_bias(r, mean, b_u, b_i, p, q, eta, lam):
    return b_u + eta * (r - mean - b_u - b_i - p @ q - lam * b_u)


def biased_by(make_error, pull=lambda b_u, b_i: b_u):
    """A step with another error or brake: make_error(e, r, mean, b_u, b_i, dot)."""

    def answer(r, mean, b_u, b_i, p, q, eta, lam):
        dot = p @ q
        e = r - (mean + b_u + b_i + dot)
        return b_u + eta * (make_error(e, r, mean, b_u, b_i, dot) - lam * pull(b_u, b_i))

    return answer


def test_new_user_bias_passes():
    assert_passes(checks.check_new_user_bias, right_bias)
    assert_passes(checks.check_new_user_bias, biased_by(lambda e, *_: e))
    assert_passes(
        checks.check_new_user_bias,
        lambda r, m, bu, bi, p, q, eta, lam: (
            (1 - eta * lam) * bu + eta * (r - m - bu - bi - sum(p * q))
        ),
    )


def from_error(change):
    """change(e, b_u, b_i, eta, lam) → answer."""
    return lambda r, m, bu, bi, p, q, eta, lam: change(r - (m + bu + bi + p @ q), bu, bi, eta, lam)


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (biased_by(lambda e, *_: e, lambda b_u, b_i: b_i), "whose penalty"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - (bu + bi + dot)), "near 3.6"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - dot), "near 3.6"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - (m + bu + bi)), "dot product"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - (m + bu + dot)), "a bias is missing"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - (m + bi + dot)), "a bias is missing"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - (m + dot)), "a bias is missing"),
        (biased_by(lambda e, r, m, bu, bi, dot: r - m + bu + bi + dot), "brackets"),
        (biased_by(lambda e, *_: -e), "wrong sign"),
        (biased_by(lambda e, *_: e, lambda b_u, b_i: -b_u), "should the bias grow"),
        (biased_by(lambda e, *_: e, lambda b_u, b_i: 0), "brake is missing"),
        (from_error(lambda e, bu, bi, eta, lam: bu + eta * e - lam * bu), "one bracket"),
        (from_error(lambda e, bu, bi, eta, lam: bu + e - lam * bu), "rate is missing"),
        (from_error(lambda e, bu, bi, eta, lam: eta * (e - lam * bu)), "step alone"),
        (biased_by(lambda e, r, m, bu, bi, dot: e * bi), "beside b_u"),
        (biased_by(lambda e, r, m, bu, bi, dot: e * bu), "beside b_u"),
        (from_error(lambda e, bu, bi, eta, lam: bu - eta * (e - lam * bu)), "twice"),
        (from_error(lambda e, bu, bi, eta, lam: bi + eta * (e - lam * bi)), "*movie* bias"),
        (biased_by(lambda e, *_: 2 * e), "factor 2"),
        (lambda *_: 0.3, "print the error"),
        (lambda *a: right_bias(*a) if len(a[4]) == 3 else 0.0, "print the error"),
    ],
)
def test_new_user_bias_refuses(wrong, hint):
    assert_refused(checks.check_new_user_bias, wrong, hint)


# ---------------------------------------------------------------- choosing k


def scores(models, pair):
    X, y = pair
    return {k: root_mean_squared_error(y, model.predict(X)) for k, model in models.items()}


def lowest(table):
    return min(table, key=table.get)


def honest(models, validation, test):
    return lowest(scores(models, validation))


def on_both(models, validation, test):
    first, second = scores(models, validation), scores(models, test)
    return lowest({k: first[k] + second[k] for k in models})


def veto(models, validation, test):
    """Chooses by validation, but takes the second best when the test score is bad."""
    ranked = sorted(models, key=scores(models, validation).get)
    return ranked[0] if scores(models, test)[ranked[0]] < 1.5 else ranked[1]


def second_best(models, validation, test):
    return sorted(models, key=scores(models, validation).get)[1]


def one_in_each(models, validation, test):
    return list(models).index(honest(models, validation, test))


def test_choose_k_passes():
    assert_passes(checks.check_choose_k, honest)
    assert_passes(checks.check_choose_k, lambda m, v, t: np.int64(honest(m, v, t)))


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda m, v, t: lowest(scores(m, t)), "shuffled the test ratings"),
        (on_both, "changed"),
        (veto, "changed"),
        (lambda m, v, t: max(scores(m, v), key=scores(m, v).get), "largest RMSE"),
        (lambda m, v, t: min(scores(m, v).values()), "you return an RMSE"),
        (lambda m, v, t: m[honest(m, v, t)], "return the model"),
        (one_in_each, "position"),
        (lambda m, v, t: min(m), "smallest k"),
        (lambda m, v, t: max(m), "largest k"),
        (lambda m, v, t: 13, "none of the k"),
        (lambda m, v, t: 20, "same k"),
        (second_best, "another reaches"),
    ],
)
def test_choose_k_refuses(wrong, hint):
    assert_refused(checks.check_choose_k, wrong, hint)


# ---------------------------------------------------------------- early stopping


def patient(values, patience):
    best, best_epoch = float("inf"), 0
    for epoch, score in enumerate(values, start=1):
        if score < best:
            best, best_epoch = score, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch


def never_forgets(values, patience):
    best, bad = 0, 0
    for place, score in enumerate(values):
        if score < values[best]:
            best = place
        elif place:
            bad += 1
        if bad == patience:
            break
    return best + 1


def by_the_epoch_before(values, patience):
    rises = 0
    for place in range(1, len(values)):
        rises = rises + 1 if values[place] > values[place - 1] else 0
        if rises == patience:
            return int(np.argmin(values[: place + 1])) + 1
    return int(np.argmin(values)) + 1


def where_it_stops(values, patience):
    best = 0
    for place, score in enumerate(values):
        if score < values[best]:
            best = place
        elif place - best >= patience:
            return place + 1
    return len(values)


def test_kept_epoch_passes():
    assert_passes(checks.check_kept_epoch, patient)
    assert_passes(checks.check_kept_epoch, lambda s, n: np.float64(patient(s, n)))


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda s, n: patient(s, n) - 1, "count from 1"),
        (lambda s, n: int(np.argmin(s)) + 1, "whole* curve"),
        (where_it_stops, "where training stops"),
        (lambda s, n: s[patient(s, n) - 1], "an RMSE"),
        (lambda s, n: min(s), "best RMSE of all"),
        (lambda s, n: patient(s, 1), "whatever the patience"),
        (never_forgets, "never forgets"),
        (by_the_epoch_before, "best so far"),
        (lambda s, n: patient(s, n + 1), "too patient"),
        (lambda s, n: patient(s, max(n - 1, 1)), "too impatient"),
        (lambda s, n: int(np.argmax(s)) + 1, "worst"),
        (lambda s, n: len(s), "number of epochs in the list"),
        (lambda s, n: 4, "yours keeps"),
    ],
)
def test_kept_epoch_refuses(wrong, hint):
    assert_refused(checks.check_kept_epoch, wrong, hint)
