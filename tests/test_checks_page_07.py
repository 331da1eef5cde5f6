"""Page 07's checkers: right answers pass, each usual mistake gets its own hint."""

import operator

import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused, run_check

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


def test_new_user_bias_says_of_the_brake_what_holds_for_both_signs():
    _, printed = run_check(checks.check_new_user_bias, right_bias)
    assert "the brake pulls it towards 0" in printed and "holds it back" not in printed


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
        (biased_by(lambda e, *_: e, lambda b_u, b_i: -b_u), "away from 0"),
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
    assert_passes(checks.check_choose_k, lowest_of(lambda e: e @ e))


def test_choose_k_takes_predictions_cut_to_the_stars():
    def cut(models, validation, test):
        X, y = validation
        cut_to_stars = {k: np.clip(model.predict(X), 1, 5) for k, model in models.items()}
        return lowest({k: root_mean_squared_error(y, cut_to_stars[k]) for k in models})

    assert_passes(checks.check_choose_k, cut)


def lowest_of(measure):
    """A choice by another measure of prediction minus rating, on the validation set."""
    return lambda m, v, t: lowest(
        {k: measure(model.predict(v[0]) - v[1]) for k, model in m.items()}
    )


def by_mean_error_on_test(models, validation, test):
    X, y = test
    return lowest({k: abs(np.mean(y - model.predict(X))) for k, model in models.items()})


def mae(errors):
    return np.mean(np.abs(errors))


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda m, v, t: lowest(scores(m, t)), "shuffled the test ratings"),
        (lowest_of(mae), "that is the smallest MAE; RMSE was asked for"),
        (lowest_of(lambda e: abs(np.mean(e))), "mean error nearest to 0"),
        (lowest_of(lambda e: np.mean(e) ** 2), "mean error nearest to 0"),
        (lowest_of(np.mean), "prediction minus rating, sign and all"),
        (lowest_of(lambda e: np.mean(-e)), "rating minus prediction, sign and all"),
        (lowest_of(lambda e: np.max(np.abs(e))), "worst error"),
        (lowest_of(lambda e: mae(e) + np.sqrt(np.mean(e**2))), "another reaches"),
        (by_mean_error_on_test, "other ratings into the test set"),
        (lambda m, v, t: scores(m, v), "return one k, not all scores"),
        (lambda m, v, t: list(scores(m, v).values()), "should be one number"),
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
    """Return (epoch kept, epoch after which training stops)."""
    best = 0
    for place, score in enumerate(values):
        if score < values[best]:
            best = place
        elif place - best >= patience:
            return best + 1, place + 1
    return best + 1, len(values)


def counting(beats=operator.lt, keeps=operator.lt, fails=operator.ge):
    """A rule that counts its failed epochs, with a choice of what a tie does to each part."""

    def answer(values, patience):
        best, best_epoch, bad = values[0], 1, 0
        for epoch, score in enumerate(values[1:], start=2):
            if keeps(score, best):
                best_epoch = epoch
            if beats(score, best):
                best, bad = score, 0
            elif fails(score, best):
                bad += 1
            if bad >= patience:
                break
        return best_epoch

    return answer


def without_a_start(values, patience):
    best = values[0]
    for epoch, score in enumerate(values, start=1):
        if score < best:
            best, best_epoch = score, epoch
        elif epoch > 1 and epoch - best_epoch >= patience:
            break
    return best_epoch


def without_a_start_at_the_return(values, patience):
    best, bad = values[0], 0
    for epoch, score in enumerate(values[1:], start=2):
        if score < best:
            best, best_epoch, bad = score, epoch, 0
        else:
            bad += 1
        if bad >= patience:
            break
    return best_epoch


def none_if_the_first_is_best(values, patience):
    kept = patient(values, patience)
    return kept if kept > 1 else 0


def another_name_is_missing(values, patience):
    return patient(values, patience) + offset  # noqa: F821


def goes_back_from_the_end(values, patience):
    """Right as long as the rule stops because its patience has run out."""
    stopped = where_it_stops(values, patience)[1]
    return stopped - patience


def the_last_if_the_list_ends(values, patience):
    kept, stopped = where_it_stops(values, patience)
    return kept if stopped - kept >= patience else len(values)


def test_kept_epoch_passes():
    assert_passes(checks.check_kept_epoch, patient)
    assert_passes(checks.check_kept_epoch, lambda s, n: np.float64(patient(s, n)))
    assert_passes(checks.check_kept_epoch, counting())
    assert_passes(checks.check_kept_epoch, lambda s, n: where_it_stops(s, n)[0])


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda s, n: patient(s, n) - 1, "count from 1"),
        (lambda s, n: int(np.argmin(s)) + 1, "whole* curve"),
        (lambda s, n: where_it_stops(s, n)[1], "where training stops"),
        (lambda s, n: s[patient(s, n) - 1], "an RMSE"),
        (lambda s, n: min(s), "best RMSE of all"),
        (lambda s, n: patient(s, 1), "whatever the patience"),
        (never_forgets, "never forgets"),
        (by_the_epoch_before, "best so far"),
        (lambda s, n: patient(s, n + 1), "too patient"),
        (lambda s, n: patient(s, max(n - 1, 1)), "too impatient"),
        (lambda s, n: int(np.argmax(s)) + 1, "worst"),
        (lambda s, n: len(s), "number of epochs in the list"),
        (
            lambda s, n: 4,
            "patience 1 training stops after epoch 4 and keeps epoch 3; yours keeps 4",
        ),
        (lambda s, n: 4, "not yet: with the scores"),
        (none_if_the_first_is_best, "after epoch 2 and keeps epoch 1; yours keeps 0"),
        (counting(operator.le, operator.le), "`<`, not `<=`"),
        (counting(fails=operator.gt), "right until a score equals the best so far"),
        (counting(operator.le), "right until a score equals the best so far"),
        (counting(keeps=operator.le), "right until a score equals the best so far"),
        (goes_back_from_the_end, "if the list ends first, keep the best"),
        (the_last_if_the_list_ends, "if the list ends first, keep the best"),
        (without_a_start, "have a value before the first improvement?"),
        (without_a_start_at_the_return, "have a value before the first improvement?"),
    ],
)
def test_kept_epoch_refuses(wrong, hint):
    assert_refused(checks.check_kept_epoch, wrong, hint)


@pytest.mark.parametrize("wrong", [another_name_is_missing, lambda s, n: s["epoch"]])
def test_kept_epoch_asks_for_a_first_value_only_where_one_is_missing(wrong):
    _, printed = run_check(checks.check_kept_epoch, wrong)
    assert "your function stopped with" in printed and "first improvement" not in printed
