"""Page 07's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import root_mean_squared_error

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused, run_check

# ---------------------------------------------------------------- the bias


def bias(prediction=lambda m, bu, bi, p, q: m + bu + bi + p @ q, brake=lambda bu, bi: bu):
    """A step whose prediction or brake is written anew."""
    return lambda r, m, bu, bi, p, q, eta, lam: (
        bu + eta * (r - prediction(m, bu, bi, p, q) - lam * brake(bu, bi))
    )


def shrunk_first(r, m, bu, bi, p, q, eta, lam):
    return (1 - eta * lam) * bu + eta * (r - m - bu - bi - sum(p * q))


def in_float32(*given):
    return bias()(*(np.float32(one) for one in given))


BIASES_WRONG = [
    (bias(brake=lambda bu, bi: bi), "whose penalty"),
    (bias(brake=lambda bu, bi: abs(bu)), "the brake is λ times b_u itself"),
    (bias(lambda m, bu, bi, p, q: p @ q), "near 3.6"),
    (bias(lambda m, bu, bi, p, q: m + bu + bi), "dot product"),
    (bias(lambda m, bu, bi, p, q: m + bi + p @ q), "a bias is missing"),
    (bias(lambda m, bu, bi, p, q: m - bu - bi - p @ q), "brackets"),
    (bias(lambda m, bu, bi, p, q: min(5, max(1, m + bu + bi + p @ q))), "do not cut"),
    (bias(lambda m, bu, bi, p, q: m + bu + bi + p * q), "the dot product adds them up"),
    (bias(lambda m, bu, bi, p, q: m + bu + bi + p[0] * q[0]), "print the error"),
    (lambda r, m, bu, bi, p, q, eta, lam: bias()(r, m, bu, bi, p, q, lam, eta), "takes learning"),
    (lambda *given: bias()(*given) - given[2], "step alone"),
    (lambda *given: 2 * bias()(*given) - given[2], "factor 2"),
    (lambda *given: 2 * given[2] - bias()(*given), "went against the gradient twice"),
    (lambda *given: bias()(*given) if len(given[4]) == 3 else 0.0, "print the error"),
    (lambda *_: 0.3, "whatever it is given"),
]


@pytest.mark.parametrize("answer", [bias(), shrunk_first, in_float32])
def test_right_biases_pass(answer):
    assert_passes(checks.check_new_user_bias, answer)


@pytest.mark.parametrize("answer, hint", BIASES_WRONG)
def test_wrong_biases(answer, hint):
    assert_refused(checks.check_new_user_bias, answer, hint)


def test_new_user_bias_says_of_the_brake_what_holds_for_both_signs():
    _, printed = run_check(checks.check_new_user_bias, bias())
    assert "the brake pulls it towards 0" in printed and "holds it back" not in printed


# ---------------------------------------------------------------- choosing k


def by(measure, choose=min, on=0):
    """A choice of k by a measure of (y, prediction), on the validation set or (1) the test set."""

    def choose_k(models, *pairs):
        X, y = pairs[on]
        scores = {k: measure(y, model.predict(X)) for k, model in models.items()}
        return choose(scores, key=scores.get)

    return choose_k


def rmse(y, predicted):
    return np.sqrt(np.mean((y - predicted) ** 2))


def mae(y, predicted):
    return np.mean(np.abs(y - predicted))


honest = by(root_mean_squared_error)


def on_both(models, validation, test):
    """The lowest sum of the RMSE on both sets."""
    scores = {k: sum(rmse(y, m.predict(X)) for X, y in (validation, test))
              for k, m in models.items()}  # fmt: skip
    return min(scores, key=scores.get)


def veto(models, validation, test):
    """Chooses by validation, but takes the second best when the test score is bad."""
    (X, y), (X_test, y_test) = validation, test
    ranked = sorted(models, key=lambda k: rmse(y, models[k].predict(X)))
    return ranked[int(rmse(y_test, models[ranked[0]].predict(X_test)) > 0.9)]


def takes_the_best_away(models, validation, test):
    return models.pop(honest(models, validation, test)) and 5


def of_the_sorted(models, validation, test):
    X, y = validation
    return sorted(models)[int(np.argmin([rmse(y, model.predict(X)) for model in models.values()]))]


RIGHT_CHOICES = [
    honest,
    lambda *given: np.int64(honest(*given)),
    by(lambda y, predicted: sum((y[n] - predicted[n]) ** 2 for n in range(len(y)))),
    by(lambda y, predicted: np.mean((y.to_numpy() - predicted) ** 2)),
    by(lambda y, predicted: rmse(y, np.clip(predicted, 1, 5))),
]
CHOICES_WRONG = [
    (by(rmse, on=1), "your choice changed"),
    (by(mae), "that is the smallest MAE; RMSE was asked for"),
    (by(lambda y, predicted: abs(np.mean(y - predicted))), "mean error nearest to 0"),
    (by(lambda y, predicted: np.mean(predicted - y)), "prediction minus rating, sign and all"),
    (by(lambda y, predicted: np.mean(y - predicted)), "rating minus prediction, sign and all"),
    (by(lambda y, predicted: np.max(np.abs(y - predicted))), "worst error"),
    (by(lambda y, predicted: np.std(y - predicted)), "std"),
    (by(lambda y, predicted: mae(y, predicted) + rmse(y, predicted)), "reaches"),
    (by(rmse, choose=max), "largest RMSE"),
    (by(lambda y, predicted: abs(np.mean(y - predicted)), on=1), "into the test set"),
    (on_both, "changed"),
    (veto, "changed"),
    (takes_the_best_away, "changed something that it was given"),
    (of_the_sorted, "among the *sorted* k"),
    (lambda m, v, t: list(m).index(honest(m, v, t)), "a place in the list"),
    (lambda m, v, t: m[honest(m, v, t)], "return the model"),
    (lambda m, v, t: dict.fromkeys(m, 0.9), "you return all scores"),
    (lambda m, v, t: rmse(v[1], m[honest(m, v, t)].predict(v[0])), "you return an RMSE"),
    (lambda m, v, t: rmse(t[1], m[5].predict(t[0])), "you return an RMSE"),
    (lambda m, v, t: [rmse(v[1], one.predict(v[0])) for one in m.values()], "be one number"),
    (lambda m, v, t: min(m), "smallest k"),
    (lambda m, v, t: max(m), "largest k"),
    (lambda m, v, t: next(iter(m)), "first k of the dict"),
    (lambda m, v, t: list(m)[-1], "last k of the dict"),
    (lambda m, v, t: 13, "none of the k"),
    (lambda m, v, t: 20, "whatever the scores"),
]


@pytest.mark.parametrize("answer", RIGHT_CHOICES)
def test_right_choices_pass(answer):
    assert_passes(checks.check_choose_k, answer)


@pytest.mark.parametrize("answer, hint", CHOICES_WRONG)
def test_wrong_choices(answer, hint):
    assert_refused(checks.check_choose_k, answer, hint)


# ---------------------------------------------------------------- early stopping


def patient(scores, patience):
    best, best_epoch = float("inf"), 0
    for epoch, score in enumerate(scores, start=1):
        if score < best:
            best, best_epoch = score, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch


def empties_the_list(scores, patience):
    right = patient(scores, patience)
    scores.clear()
    return right


def counting(tie_keeps=False, tie_renews=False, tie_fails=True, start=1, forgets=True):
    """A rule that counts its failed epochs, with a choice of what a tie does to each part."""

    def kept_epoch(scores, patience):
        best, kept, bad = scores[0], start, 0
        for epoch, score in enumerate(scores[1:], start=2):
            if score < best or tie_keeps and score == best:
                kept = epoch
            if score < best or tie_renews and score == best:
                best, bad = score, 0 if forgets else bad
            elif score > best or tie_fails:
                bad += 1
            if bad >= patience:
                break
        return kept

    return kept_epoch


def by_the_epoch_before(scores, patience):
    rises = 0
    for place in range(1, len(scores)):
        rises = rises + 1 if scores[place] > scores[place - 1] else 0
        if rises == patience:
            return int(np.argmin(scores[: place + 1])) + 1
    return int(np.argmin(scores)) + 1


def without_a_start(scores, patience):
    best, bad = scores[0], 0
    for epoch, score in enumerate(scores[1:], start=2):
        if score < best:
            best, best_epoch, bad = score, epoch, 0
        else:
            bad += 1
        if bad >= patience:
            break
    return best_epoch


def returns_only_inside(scores, patience):
    best, best_epoch = float("inf"), 0
    for epoch, score in enumerate(scores, start=1):
        if score < best:
            best, best_epoch = score, epoch
        elif epoch - best_epoch >= patience:
            return best_epoch


def where_it_stops(scores, patience):
    return next(n for n in range(1, len(scores) + 1)
                if n == len(scores) or n - np.argmin(scores[:n]) - 1 >= patience)  # fmt: skip


EPOCHS_WRONG = [
    (lambda s, n: patient(s, n) - 1, "count from 1"),
    (lambda s, n: int(np.argmin(s)) + 1, "whole* curve"),
    (where_it_stops, "where training stops"),
    (lambda s, n: s[patient(s, n) - 1], "an RMSE"),
    (lambda s, n: patient(s, 1), "whatever the patience"),
    (counting(forgets=False), "never forgets"),
    (by_the_epoch_before, "best so far"),
    (lambda s, n: patient(s, n + 1), "too patient"),
    (lambda s, n: 4, "whatever it is given"),
    (lambda s, n: patient(s, n) + (len(s) > 9), "training stops after epoch = 10"),
    (counting(tie_keeps=True, tie_renews=True), "`<`, not `<=`"),
    (counting(tie_fails=False), "right until a score equals the best so far"),
    (counting(start=0), "right until no epoch beats the first"),
    (without_a_start, "right until no epoch beats the first"),
    (returns_only_inside, "if the list ends first, keep the best"),
    (lambda s, n: where_it_stops(s, n) - n, "if the list ends first, keep the best"),
    (empties_the_list, "changed something that it was given"),
    (lambda s, n: patient(s, n) + offset, "only its arguments are known"),  # noqa: F821
]


@pytest.mark.parametrize("answer", [patient, counting(), lambda s, n: patient(pd.Series(s), n)])
def test_right_epochs_pass(answer):
    assert_passes(checks.check_kept_epoch, answer)


@pytest.mark.parametrize("answer, hint", EPOCHS_WRONG)
def test_wrong_epochs(answer, hint):
    assert_refused(checks.check_kept_epoch, answer, hint)
