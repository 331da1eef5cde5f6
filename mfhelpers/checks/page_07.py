"""Checkers of page 07: the step of a user bias, an honest choice of k, early stopping."""

import operator

import numpy as np

from mfhelpers.checks._common import Wrong, as_number, call, checker, refuse, same

# rating, mean, user bias, movie bias, p, q, learning rate, regularization: nothing symmetric
_STEPS = (
    (5.0, 3.6, 0.4, -0.7, np.array([1.0, 0.5, -0.3]), np.array([0.8, -1.2, 2.0]), 0.1, 0.2),
    (2.0, 3.2, -0.5, 0.3, np.array([0.6, -0.9]), np.array([0.5, 0.7]), 0.05, 0.3),
)
_KS = (5, 10, 20, 50, 100)
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
    return "The user bias moves with the error, and the brake pulls it towards 0."


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
            "the brake has the wrong sign. Set the error to 0: should the bias move away from 0?",
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


# What five models add to ratings of 1, 2, 3, 4 and 5 stars, to four of each in turn. Each
# is the first by another measure, and all predictions stay between 1 and 5 stars.
_ERRORS = np.array(
    [
        # smallest RMSE
        [[0.8, 0.8, 0.8, 3.0], [0.8] * 4, [0.8] * 4, [0.8] * 4, [-0.8] * 4],
        # smallest MAE: seldom wrong, but then by 4 stars
        [[0.0] * 4, [0.0] * 4, [0.0] * 4, [0.0] * 4, [-4.0, -4.0, 0.0, 0.0]],
        # mean error 0
        [[1.2, 1.2, 1.2, 2.5], [1.2] * 4, [1.2, -1.2] * 2, [-1.2] * 4, [-1.2, -1.2, -1.2, -2.5]],
        # smallest worst error
        [[1.6] * 4, [1.6] * 4, [1.6] * 4, [-1.6] * 4, [-1.6] * 4],
        # largest RMSE
        [[3.5] * 4, [2.5] * 4, [2.0] * 4, [-2.5] * 4, [-1.0] * 4],
    ]
)


def _contest(turn):
    """Models that pass their errors on from turn to turn: (models, validation, test).

    In turn t the t-th k has the smallest validation RMSE, and another one is best on the test.
    """
    rng = np.random.default_rng(turn)
    stars = np.repeat(np.arange(1.0, 6.0), 24)
    X, X_test = np.array_split(rng.permutation(np.argwhere(np.ones((12, 20), dtype=bool))), 2)
    y_test = rng.permutation(stars)
    models = {}
    for place, k in enumerate(_KS):
        kind = (place - turn) % len(_KS)
        table = np.zeros((12, 20))
        table[tuple(X.T)] = stars + _errors(kind, turn)
        share = 0.3 if kind == 1 + turn % 4 else 0.7
        # a little more for each, or all would have the same mean, whatever the test ratings
        table[tuple(X_test.T)] = _mixed_up(rng, y_test, share) + 0.01 * kind
        models[k] = _Model(table)
    return models, (X, stars), (X_test, y_test)


def _errors(kind, turn):
    """Mirrored by turns, so that the sign of a mean changes; shrunk, so that second places do."""
    pattern = -_ERRORS[kind, ::-1] if turn % 2 else _ERRORS[kind]
    return (0.85 if (kind + turn) % 2 else 1) * np.tile(pattern, 6).ravel()


def _mixed_up(rng, y, share):
    """Return y with a share of its values in each other's places.

    All models then predict the same numbers (to 0.05 stars), only elsewhere: once the ratings
    are shuffled, none of them is better than another but by luck.
    """
    rows = rng.permutation(len(y))[: round(share * len(y))]
    mixed = y.copy()
    mixed[rows] = y[np.roll(rows, 1)]
    return mixed


@checker
def check_choose_k(choose_k):
    """Check a function of ({k: model}, validation, test) → the k with the best validation RMSE."""
    contests = [_contest(turn) for turn in range(len(_KS))]
    answers = [_as_k(call(choose_k, *contest), contest[0], contest[1]) for contest in contests]
    for answer, contest in zip(answers, contests, strict=True):
        _change_the_test(choose_k, answer, *contest)
    if answers != _lowest(_rmse_of, contests):
        raise Wrong(_why_not(answers, contests))
    return "You may shuffle the test ratings as you like: the choice stands."


def _as_k(answer, models, validation):
    if isinstance(answer, _Model):
        raise Wrong("you return the model. Return its k, the key of the dict.")
    if isinstance(answer, dict):
        raise Wrong(
            "you return a whole dict. Return one k, not all scores: `min(scores, key=scores.get)`."
        )
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
    for hint, score in _OTHER_CRITERIA.items():
        if answers == _lowest(score, contests):
            return hint
    tables = [{k: _rmse(model, v) for k, model in models.items()} for models, v, _ in contests]
    answer, table = next(
        (a, t) for a, t in zip(answers, tables, strict=True) if t[a] > min(t.values())
    )
    return (
        f"you choose k={answer}, but its validation RMSE is {table[answer]:.2f} and another "
        f"reaches {min(table.values()):.2f}. Compare RMSEs: the root of the mean *squared* error."
    )


def _lowest(score, contests):
    """The k whose validation errors, prediction minus rating, have the lowest score: a list."""
    chosen = []
    for models, (X, y), _ in contests:
        scores = {k: score(model.predict(X) - y) for k, model in models.items()}
        chosen.append(min(scores, key=scores.get))
    return chosen


def _rmse(model, pair):
    X, y = pair
    return _rmse_of(model.predict(X) - y)


def _rmse_of(errors):
    return np.sqrt(np.mean(errors**2))


_OTHER_CRITERIA = {
    "you took the largest RMSE. Lower is better.": lambda e: -_rmse_of(e),
    "that is the smallest MAE; RMSE was asked for. Square each error, take the mean, then the "
    "root.": lambda e: np.mean(np.abs(e)),
    "that is the mean error nearest to 0, where +1 and −1 cancel; RMSE was asked for. Square each "
    "error before you take the mean.": lambda e: abs(np.mean(e)),
    "that is the smallest mean of prediction minus rating, sign and all; RMSE was asked for. "
    "Square each error before you take the mean.": np.mean,
    "that is the smallest mean of rating minus prediction, sign and all; RMSE was asked for. "
    "Square each error before you take the mean.": lambda e: -np.mean(e),
    "that is the k whose worst error is smallest; RMSE was asked for, and all errors count in "
    "it.": lambda e: np.max(np.abs(e)),
}


# ---------------------------------------------------------------- early stopping

_CURVES = (
    ([1.0, 0.95, 0.93, 0.935, 0.94, 0.938, 0.92, 0.91, 0.915, 0.93], (1, 2, 3, 4, 9)),
    ([0.99, 0.97, 0.975, 0.96, 0.965, 0.962, 0.961, 0.95], (1, 2, 3, 5)),
    ([1.0, 0.9, 0.95, 0.94, 0.93, 0.92, 0.8, 0.7], (2, 5, 6)),
    ([1.1, 1.05, 1.0, 0.98], (1, 3)),
    ([0.9, 0.91, 0.89, 0.9, 0.88, 0.9, 0.87, 0.86], (2, 3)),
    ([0.95, 0.96, 0.97, 0.98], (1, 2, 9)),
)
# in these a score equals the best so far
_TIED_CURVES = (
    ([1.0, 0.9, 0.9, 0.95, 0.8], (1, 2)),
    ([1.0, 0.9, 0.95, 0.9, 0.92, 0.85], (2, 3)),
    ([0.9, 0.9, 0.9, 0.8], (2,)),
    ([0.95, 0.9, 0.9], (5,)),
)
_STOPS = [(scores, patience) for scores, patiences in _CURVES for patience in patiences]
_TIES = [(scores, patience) for scores, patiences in _TIED_CURVES for patience in patiences]


@checker
def check_kept_epoch(kept_epoch):
    """Check a function of (validation RMSEs, patience) → the epoch that early stopping keeps."""
    answers = [_epoch(kept_epoch, *case) for case in _STOPS]
    if not same(answers, [_early_stop(*case)[0] for case in _STOPS]):
        raise Wrong(_why_not_this_epoch(answers))
    answers = [_epoch(kept_epoch, *case) for case in _TIES]
    if not same(answers, [_early_stop(*case)[0] for case in _TIES]):
        raise Wrong(_why_not_on_ties(answers))
    return "Now you know why the second valley needs a patient rule."


def _epoch(kept_epoch, scores, patience):
    try:
        return as_number(call(kept_epoch, list(scores), patience), "your epoch")
    except Wrong as hint:
        if isinstance(hint.__context__, UnboundLocalError):
            raise Wrong(f"{hint} Does it have a value before the first improvement?") from None
        raise


def _early_stop(scores, patience, beats=operator.lt):
    """Return (epoch kept, epoch after which training stops)."""
    best = 0
    for place, score in enumerate(scores[1:], start=1):
        if beats(score, scores[best]):
            best = place
        elif place - best >= patience:
            return best + 1, place + 1
    return best + 1, len(scores)


def _why_not_this_epoch(answers):
    """Return the hint for epochs that are wrong where no score equals the best so far."""
    for hint, mistake in _STOP_MISTAKES.items():
        if same(answers, [mistake(*case) for case in _STOPS]):
            return hint
    wrong = _wrong_epochs(_STOPS, answers)
    scores, patience, answer = wrong[0]
    kept, stopped = _early_stop(scores, patience)
    given = f"with the scores {scores} and patience {patience}"
    if all(_early_stop(*case)[0] + case[1] > len(case[0]) for *case, _ in wrong):
        return (
            "right where the patience runs out. If the list ends first, keep the best epoch seen, "
            f"too: {given} that is epoch {kept}; yours keeps {answer:g}."
        )
    return (
        f"{given} training stops after epoch {stopped} and keeps epoch {kept}; yours keeps "
        f"{answer:g}."
    )


def _why_not_on_ties(answers):
    """Return the hint for epochs that are wrong only where a score equals the best so far."""
    if same(answers, [_early_stop(*case, beats=operator.le)[0] for case in _TIES]):
        return "a tie beats the best score in your rule. Only a lower score does: `<`, not `<=`."
    scores, patience, answer = _wrong_epochs(_TIES, answers)[0]
    kept, _ = _early_stop(scores, patience)
    return (
        "right until a score equals the best so far. Such a tie does not beat it: the earlier "
        f"epoch stays, and one more epoch has failed. With the scores {scores} and patience "
        f"{patience} the rule keeps epoch {kept}; yours keeps {answer:g}."
    )


def _wrong_epochs(cases, answers):
    """The cases with a wrong answer, in order: [(scores, patience, answer), …]."""
    return [
        (*case, answer)
        for case, answer in zip(cases, answers, strict=True)
        if answer != _early_stop(*case)[0]
    ]


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
