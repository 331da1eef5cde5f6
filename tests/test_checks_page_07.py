"""Page 07's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
from sklearn.metrics import root_mean_squared_error

from mfhelpers import checks
from tests.checking import run_check

BIAS, CHOICE, RULE = checks.check_new_user_bias, checks.check_choose_k, checks.check_stop


def bias(prediction=lambda m, bu, bi, p, q: m + bu + bi + p @ q, brake=lambda bu, bi: bu):
    """A step whose prediction or brake is written anew."""
    return lambda r, m, bu, bi, p, q, eta, lam: (
        bu + eta * (r - prediction(m, bu, bi, p, q) - lam * brake(bu, bi))
    )


def shrunk_first(r, m, bu, bi, p, q, eta, lam):
    return (1 - eta * lam) * bu + eta * (r - m - bu - bi - sum(p * q))


def in_float32(*given):
    return bias()(*(np.float32(one) for one in given))


def by(measure, choose=min, on=0):
    """A choice of k by a measure of (y, prediction), on the validation set or (1) the test set."""

    def choose_k(models, *pairs):
        X, y = pairs[on]
        scores = {k: measure(y, model.predict(X)) for k, model in models.items()}
        return choose(scores, key=scores.get)

    return choose_k


def rmse(y, predicted):
    return np.sqrt(np.mean((y - predicted) ** 2))


honest = by(root_mean_squared_error)


def veto(models, validation, test):
    """Chooses by validation, but takes the second best when the test score is bad."""
    (X, y), (X_test, y_test) = validation, test
    ranked = sorted(models, key=lambda k: rmse(y, models[k].predict(X)))
    return ranked[int(rmse(y_test, models[ranked[0]].predict(X_test)) > 0.9)]


def takes_the_best_away(models, validation, test):
    return models.pop(honest(models, validation, test)) and 5


def since_the_best(scores):
    return len(scores) - 1 - int(np.argmin(scores))


def patient(scores):
    return since_the_best(scores) > min(10 + 4 * (np.argmin(scores) + 1), 80)


def beyond_the_ridge(scores):
    """Wait while the curve rises to a ridge and falls again; give up where it only rises."""
    behind = scores[int(np.argmin(scores)) :]
    falling = np.argmax(behind) < len(behind) - 5
    return since_the_best(scores) > 60 and not falling


RIGHT = {
    BIAS: [shrunk_first, in_float32],
    CHOICE: [
        honest,
        by(lambda y, predicted: sum((y[n] - predicted[n]) ** 2 for n in range(len(y)))),
        by(lambda y, predicted: rmse(y, np.clip(predicted, 1, 5))),
    ],
    RULE: [patient, beyond_the_ridge, lambda scores: int(since_the_best(scores) >= 70)],
}
WRONG = {
    BIAS: [
        (bias(brake=lambda bu, bi: bi), "whose penalty"),
        (bias(lambda m, bu, bi, p, q: bu + bi + p @ q), "near 3.6"),
        (bias(lambda m, bu, bi, p, q: m - bu - bi - p @ q), "brackets"),
        (
            bias(lambda m, bu, bi, p, q: min(5, max(1, m + bu + bi + p @ q))),
            "not cut off at 1 and 5",
        ),
        (bias(lambda m, bu, bi, p, q: m + bu + bi + p[0] * q[0]), "print the error"),
        (lambda *given: bias()(*given[:6], given[7], given[6]), "takes learning"),
        (lambda *given: 2 * given[2] - bias()(*given), "the opposite way"),
    ],
    CHOICE: [
        (by(rmse, on=1), "your choice changed"),
        (veto, "changed"),
        (by(lambda y, predicted: np.mean(np.abs(y - predicted))), "that is the MAE"),
        (by(lambda y, predicted: np.mean(y - predicted)), "rating minus prediction, sign and all"),
        (by(lambda y, predicted: np.mean(predicted) + rmse(y, predicted)), "reaches"),
        (by(rmse, choose=max), "largest RMSE"),
        (takes_the_best_away, "changed something that it was given"),
        (lambda m, v, t: list(m).index(honest(m, v, t)), "a place in the list"),
        (lambda m, v, t: m[honest(m, v, t)], "return the model"),
        (lambda m, v, t: dict.fromkeys(m, 0.9), "you return all scores"),
        (lambda m, v, t: rmse(v[1], m[honest(m, v, t)].predict(v[0])), "you return an RMSE"),
        (lambda m, v, t: next(iter(m)), "first k of the dict"),
        (lambda m, v, t: 20, "whatever the scores"),
    ],
    RULE: [
        (lambda scores: since_the_best(scores) >= 1, "Be more patient"),
        (lambda scores: since_the_best(scores) >= 20, "two valleys"),
        (lambda scores: len(scores) >= 100, "whatever the scores"),
        (lambda scores: False, "never stops"),
        (lambda scores: since_the_best(scores) >= 200, "epoch 270 only"),
        (lambda scores: True, "the best epoch so far"),
        (lambda scores: int(np.argmin(scores)) + 2, "True (stop) or False"),
        (lambda scores: scores.pop() and False, "changed something that it was given"),
    ],
}


def test_new_user_bias_says_of_the_brake_what_holds_for_both_signs():
    _, printed = run_check(BIAS, bias())
    assert "the brake pulls it towards 0" in printed and "holds it back" not in printed


def test_a_rule_hears_how_much_it_wastes():
    _, printed = run_check(RULE, lambda scores: int(since_the_best(scores) >= 70))
    assert "trains 70 epochs in vain" in printed
