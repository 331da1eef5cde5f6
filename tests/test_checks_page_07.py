"""Page 07's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
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


# ---------------------------------------------------------------- a stopping rule


def since_the_best(scores):
    return len(scores) - 1 - int(np.argmin(scores))


def patient(scores):
    return since_the_best(scores) > min(10 + 4 * (np.argmin(scores) + 1), 80)


def beyond_the_ridge(scores):
    """Wait while the curve rises to a ridge and falls again; give up where it only rises."""
    behind = scores[int(np.argmin(scores)) :]
    falling = np.argmax(behind) < len(behind) - 5
    return since_the_best(scores) > 60 and not falling


RIGHT_RULES = [
    patient,
    beyond_the_ridge,
    lambda scores: int(since_the_best(scores) >= 70),
    lambda scores: len(scores) > 70 and since_the_best(scores) / len(scores) > 0.6,
]
RULES_WRONG = [
    (lambda scores: since_the_best(scores) >= 1, "Be more patient"),
    (lambda scores: since_the_best(scores) >= 20, "two valleys"),
    (lambda scores: since_the_best(scores) >= 40, "half the rate"),
    (lambda scores: len(scores) > 1 and scores[-1] > scores[-2], "Be more patient"),
    (lambda scores: len(scores) >= 60, "falls for a long time"),
    (lambda scores: len(scores) >= 100, "whatever the scores"),
    (lambda scores: False, "never stops"),
    (lambda scores: since_the_best(scores) >= 200, "epoch 270 only"),
    (lambda scores: True, "the best epoch so far"),
    (lambda scores: len(scores) > 1 and scores[-1] < scores[-2], "the best epoch so far"),
    (lambda scores: int(np.argmin(scores)) + 2, "True (stop) or False"),
    (lambda scores: "stop", "True (stop) or False"),
    (lambda scores: scores.pop() and False, "changed something that it was given"),
    (lambda scores: scores[-1] > scores[-3], "IndexError"),
]


@pytest.mark.parametrize("rule", RIGHT_RULES)
def test_right_rules_pass(rule):
    assert_passes(checks.check_stop, rule)


@pytest.mark.parametrize("rule, hint", RULES_WRONG)
def test_wrong_rules(rule, hint):
    assert_refused(checks.check_stop, rule, hint)


def test_a_rule_hears_how_much_it_wastes(capsys):
    checks.check_stop(lambda scores: int(since_the_best(scores) >= 70))
    assert "trains 70 epochs in vain" in capsys.readouterr().out
