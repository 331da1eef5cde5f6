"""Checkers of page 07: the step of a user bias, an honest choice of k, early stopping."""

import itertools

import numpy as np

from mfhelpers.checks._common import Wrong, as_number, call, checker, refuse, same

# rating, mean, user bias, movie bias, p, q, learning rate, regularization: nothing symmetric
_STEPS = (
    (5.0, 3.6, 0.4, -0.7, np.array([1.0, 0.5, -0.3]), np.array([0.8, -1.2, 2.0]), 0.1, 0.2),
    (2.0, 3.2, -0.5, 0.3, np.array([0.6, -0.9]), np.array([0.5, 0.7]), 0.05, 0.3),
)
_KS = (5, 20, 50)
_SHUFFLES = 6


@checker
def check_new_user_bias(new_user_bias):
    """Check a function of one rating, the model's parts and knobs → the new user bias."""
    for given in _STEPS:
        answer = as_number(call(new_user_bias, *given), "your new bias")
        if not same(answer, _new_bias(*given)):
            _look_for_mistakes_in_bias(answer, *given)
            raise Wrong(
                f"for a user bias of {given[2]} and a rating of {given[0]:g} you get "
                f"{answer:.4f}. Print the error first, then the two terms of the step."
            )
    return "The user bias moves with the error, and only its own size holds it back."


def _error(rating, mean, user_bias, movie_bias, p, q, *_):
    return rating - (mean + user_bias + movie_bias + p @ q)


def _new_bias(*given):
    rate, brake = given[6:]
    return given[2] + rate * (_error(*given) - brake * given[2])


def _look_for_mistakes_in_bias(answer, *given):
    rating, mean, user_bias, movie_bias, p, q, rate, brake = given
    error, dot = _error(*given), p @ q

    def step(e, pull=user_bias):
        return user_bias + rate * (e - brake * pull)

    refuse(
        answer,
        (
            "your brake pulls with the movie's bias. Whose penalty is it? The step of b_u has "
            "−λ b_u.",
            step(error, movie_bias),
        ),
        (
            "μ is missing from your prediction. Over all ratings the mean residual would then "
            "be near 3.6 instead of near 0, and every bias would rise.",
            step(error + mean),
            step(rating - dot),
        ),
        (
            "the dot product p·q is missing from your prediction: the bias would explain again "
            "what the factors explain already.",
            step(error + dot),
        ),
        (
            "a bias is missing from your prediction: all four parts belong in it, "
            "μ + b_u + b_i + p·q.",
            step(error + movie_bias),
            step(error + user_bias),
            step(error + user_bias + movie_bias),
        ),
        (
            "the biases come with the wrong sign into your error. Put brackets around the "
            "prediction: rating - (mean + ...).",
            step(error + 2 * user_bias + 2 * movie_bias),
            step(error + 2 * (user_bias + movie_bias + dot)),
            step(error + 2 * dot),
        ),
        (
            "the error has the wrong sign: it must be rating minus prediction, or it grows.",
            step(-error),
        ),
        (
            "the brake has the wrong sign. Set the error to 0: should the bias grow?",
            step(error, -user_bias),
        ),
        ("the brake is missing: where is −λ b_u?", step(error, 0)),
        (
            "the learning rate must multiply error and brake both: put them in one bracket.",
            user_bias + rate * error - brake * user_bias,
        ),
        (
            "the learning rate is missing: that is the whole gradient, far too long a step.",
            user_bias + error - brake * user_bias,
        ),
        (
            "that is the step alone. Return the new bias: the old one plus the step.",
            step(error) - user_bias,
        ),
        (
            "you multiplied the error by a bias. In the step of p_u the error is multiplied by "
            "q_i, for q_i stands beside p_u in the prediction. What stands beside b_u? A 1.",
            step(error * movie_bias),
            step(error * user_bias),
        ),
        (
            "you went against the gradient twice: `-=` needs prediction minus rating.",
            user_bias - rate * (error - brake * user_bias),
        ),
        ("that is the new *movie* bias.", movie_bias + rate * (error - brake * movie_bias)),
        (
            "there is a factor 2 too many: the ½ in front of the squared error removes it.",
            step(2 * error),
            step(2 * error, 2 * user_bias),
        ),
    )


# ---------------------------------------------------------------- choosing k


class _Model:
    """Predictions that are known beforehand, by user code and movie code."""

    def __init__(self, table):
        self.table = table

    def predict(self, X):
        X = np.asarray(X)
        return self.table[X[:, 0], X[:, 1]]


def _contest(best, best_on_test, seed):
    """Models whose best k differs between validation and test: (models, validation, test)."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 6, (12, 20)).astype(float)
    cells = rng.permutation(np.argwhere(np.ones(truth.shape, dtype=bool)))
    validation, test = np.array_split(cells, 2)
    pairs = [(rows, truth[rows[:, 0], rows[:, 1]]) for rows in (validation, test)]
    models = {}
    for k in _KS:
        table = truth.copy()
        for (rows, y), winner in zip(pairs, (best, best_on_test), strict=True):
            table[rows[:, 0], rows[:, 1]] = _mixed_up(rng, y, 0.3 if k == winner else 0.7)
        models[k] = _Model(table)
    return models, *pairs


def _mixed_up(rng, y, share):
    """Return y with a share of its values in each other's places.

    All models then predict the same numbers, only elsewhere: once the ratings are shuffled,
    none of them is better than another but by luck.
    """
    rows = rng.permutation(len(y))[: round(share * len(y))]
    mixed = y.copy()
    mixed[rows] = y[np.roll(rows, 1)]
    return mixed


@checker
def check_choose_k(choose_k):
    """Check a function of ({k: model}, validation, test) → the k with the best validation RMSE."""
    pairs = list(itertools.permutations(_KS, 2))
    contests = [_contest(*pair, seed) for seed, pair in enumerate(pairs)]
    answers = [_as_k(call(choose_k, *contest), contest[0], contest[1]) for contest in contests]
    for answer, contest in zip(answers, contests, strict=True):
        _change_the_test(choose_k, answer, *contest)
    if answers != [best for best, _ in pairs]:
        raise Wrong(_why_not(answers, contests))
    return "You may shuffle the test ratings as you like: the choice stands."


def _as_k(answer, models, validation):
    if isinstance(answer, _Model):
        raise Wrong("you return the model. Return its k, the key of the dict.")
    number = as_number(answer, "your k")
    if any(same(number, _rmse(model, validation)) for model in models.values()):
        raise Wrong("you return an RMSE. Return the k that has it: `min(scores, key=scores.get)`.")
    if number not in models:
        if number in range(len(models)):
            raise Wrong(
                f"you return {number:g}, a position in the list of models. Return the k itself."
            )
        raise Wrong(f"{number:g} is none of the k in models: {', '.join(map(str, models))}.")
    return int(number)


def _change_the_test(choose_k, answer, models, validation, test):
    """Call again with the test ratings shuffled, then with each model in turn made perfect."""
    X, y = test
    for seed in range(_SHUFFLES):
        again = call(choose_k, models, validation, (X, np.random.default_rng(seed).permutation(y)))
        if again != answer:
            raise Wrong(
                f"I shuffled the test ratings, and your choice changed from k={answer} to "
                f"k={again}. It leans on the test set; choose by the validation set alone."
            )
    for model in models.values():
        again = call(choose_k, models, validation, (X, model.predict(X)))
        if again != answer:
            raise Wrong(
                "I put other ratings into the test set, and your choice changed. "
                "Choose by the validation set alone."
            )


def _why_not(answers, contests):
    """Return the hint for choices that do not depend on the test set and yet are wrong."""
    if len(set(answers)) == 1:
        place = {min(_KS): "smallest", max(_KS): "largest"}.get(answers[0], "same")
        return f"you took the {place} k, whatever the scores. Let the validation RMSE decide."
    tables = [{k: _rmse(model, v) for k, model in models.items()} for models, v, _ in contests]
    if answers == [max(table, key=table.get) for table in tables]:
        return "you took the largest RMSE. Lower is better."
    answer, table = next(
        (a, t) for a, t in zip(answers, tables, strict=True) if t[a] > min(t.values())
    )
    return (
        f"you choose k={answer}, but its validation RMSE is {table[answer]:.2f} and another "
        f"reaches {min(table.values()):.2f}. Compare RMSEs: the root of the mean *squared* error."
    )


def _rmse(model, pair):
    X, y = pair
    return np.sqrt(np.mean((y - model.predict(X)) ** 2))


# ---------------------------------------------------------------- early stopping

_CURVES = (
    ([1.0, 0.95, 0.93, 0.935, 0.94, 0.938, 0.92, 0.91, 0.915, 0.93], (1, 2, 3, 4, 9)),
    ([0.99, 0.97, 0.975, 0.96, 0.965, 0.962, 0.961, 0.95], (1, 2, 3, 5)),
    ([1.0, 0.9, 0.95, 0.94, 0.93, 0.92, 0.8, 0.7], (2, 5, 6)),
    ([1.1, 1.05, 1.0, 0.98], (1, 3)),
    ([0.9, 0.91, 0.89, 0.9, 0.88, 0.9, 0.87, 0.86], (2, 3)),
)
_STOPS = [(scores, patience) for scores, patiences in _CURVES for patience in patiences]


@checker
def check_kept_epoch(kept_epoch):
    """Check a function of (validation RMSEs, patience) → the epoch that early stopping keeps."""
    answers = [as_number(call(kept_epoch, list(s), n), "your epoch") for s, n in _STOPS]
    right = [_early_stop(*case)[0] for case in _STOPS]
    if same(answers, right):
        return "Now you know why the second valley needs a patient rule."
    for hint, mistake in _STOP_MISTAKES.items():
        if same(answers, [mistake(*case) for case in _STOPS]):
            raise Wrong(hint)
    (scores, patience), answer = next(
        (case, a) for case, a, r in zip(_STOPS, answers, right, strict=True) if a != r
    )
    kept, stopped = _early_stop(scores, patience)
    raise Wrong(
        f"with the scores {scores} and patience {patience} training stops after epoch "
        f"{stopped} and keeps epoch {kept}; yours keeps {answer:g}."
    )


def _early_stop(scores, patience):
    """Return (epoch kept, epoch after which training stops)."""
    best = 0
    for place, score in enumerate(scores):
        if score < scores[best]:
            best = place
        elif place - best >= patience:
            return best + 1, place + 1
    return best + 1, len(scores)


def _compares_with_the_epoch_before(scores, patience):
    rises = 0
    for place in range(1, len(scores)):
        rises = rises + 1 if scores[place] >= scores[place - 1] else 0
        if rises >= patience:
            return int(np.argmin(scores[: place + 1])) + 1
    return int(np.argmin(scores)) + 1


def _never_forgets(scores, patience):
    best, bad = 0, 0
    for place in range(1, len(scores)):
        if scores[place] < scores[best]:
            best = place
        else:
            bad += 1
        if bad >= patience:
            break
    return best + 1


_STOP_MISTAKES = {
    "epochs count from 1. A position in the list counts from 0: add one.": (
        lambda s, n: _early_stop(s, n)[0] - 1
    ),
    "that is the best of the *whole* curve. The rule has stopped before it gets there and "
    "cannot know what comes later.": lambda s, n: int(np.argmin(s)) + 1,
    "that is the epoch where training stops. Keep the best one seen until then.": (
        lambda s, n: _early_stop(s, n)[1]
    ),
    "that is an RMSE. Return the epoch that has it.": lambda s, n: s[_early_stop(s, n)[0] - 1],
    "that is the best RMSE of all. Return an epoch, and only one that the rule has seen.": (
        lambda s, n: min(s)
    ),
    "your rule stops at the first score that is no better, whatever the patience.": (
        lambda s, n: _early_stop(s, 1)[0]
    ),
    "your rule never forgets: when a new best comes, the count of bad epochs must start again "
    "from 0.": _never_forgets,
    "you compare with the epoch before. Compare with the *best so far*: a curve can fall a "
    "little and still be worse than its best.": _compares_with_the_epoch_before,
    "one epoch too patient: stop as soon as `patience` epochs have not beaten the best.": (
        lambda s, n: _early_stop(s, n + 1)[0]
    ),
    "one epoch too impatient: `patience` epochs must have failed, not one less.": (
        lambda s, n: _early_stop(s, max(n - 1, 1))[0]
    ),
    "you keep the *worst* epoch. A lower RMSE is better.": lambda s, n: int(np.argmax(s)) + 1,
    "that is the number of epochs in the list; the rule stops earlier.": lambda s, n: len(s),
}
