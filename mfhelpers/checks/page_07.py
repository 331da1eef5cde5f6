"""Checkers of page 07: the step of a user bias, an honest choice of k, a stopping rule."""

import numpy as np
import pandas as pd

from mfhelpers.checks._common import Wrong, as_number, call, checker, describe, same
from mfhelpers.checks._exercise import exercise

# ---------------------------------------------------------------- the bias


def _bias(**times):
    """A step of b_u in which each part comes so many times: 0 is missing, -1 the wrong sign."""
    t = dict.fromkeys(("mean", "user", "movie", "dot", "error", "brake", "step"), 1) | times

    def new_user_bias(rating, mean, user_bias, movie_bias, p, q, learning_rate, regularization):
        biases = t["user"] * user_bias + t["movie"] * movie_bias
        error = rating - (t["mean"] * mean + biases + t["dot"] * (p @ q))
        pull = t["error"] * error - t["brake"] * regularization * user_bias
        return user_bias + t["step"] * learning_rate * pull

    return new_user_bias


def _error(rating, mean, user_bias, movie_bias, p, q, *_):
    return rating - (mean + user_bias + movie_bias + p @ q)


def _made_of(change):
    """A result made of the right error: change(error, b_u, b_i, η, λ)."""
    return lambda *given: change(_error(*given), given[2], given[3], given[6], given[7])


def _bias_steps(*given):
    error = _error(*given)
    return {
        "p @ q": given[4] @ given[5],
        "the prediction": given[0] - error,
        "the error": error,
        "error - λ b_u": error - given[7] * given[2],
    }


def _more_ratings(rng):
    """One rating with all that its step needs; p and q long enough to leave 1 to 5 stars."""
    k = rng.integers(2, 6)
    biases = rng.normal(0, 0.7, 2)
    knobs = rng.uniform(0.01, 0.2), rng.uniform(0.25, 0.9)
    return (rng.uniform(0.5, 5), rng.uniform(3, 4), *biases, *rng.normal(0, 1, (2, k)), *knobs)


check_new_user_bias = exercise(
    "Check a function of one rating, the model's parts and knobs → the new user bias.",
    solution=_bias(),
    gives="your new bias",
    cases=[
        (5.0, 3.6, 0.4, -0.7, np.array([1.0, 0.53, -0.3]), np.array([0.8, -1.2, 2.0]), 0.1, 0.21),
        (2.0, 3.2, -0.53, 0.3, np.array([0.6, -0.9]), np.array([0.5, 0.7]), 0.05, 0.3),
        (4.0, 3.6, 0.71, 0.43, np.array([1.3, 0.9]), np.array([1.1, -0.4]), 0.02, 0.15),
        (3.0, 3.5, -0.8, -0.6, np.array([-1.7, 1.1]), np.array([1.4, 0.2]), 0.03, 0.4),  # below 1
        (3.5, 3.25, 0.5, -0.75, np.array([0.5, 1.0]), np.array([1.5, -0.25]), 0.11, 0.3),  # error 0
        (4.5, 3.6, 0.0, 0.0, np.array([0.1, 0.2]), np.array([0.0, 0.4]), 0.01, 0.1),  # a new user
    ],
    more=_more_ratings,
    steps=_bias_steps,
    mistakes={
        "your brake pulls with the movie's bias. Whose penalty is it? The step of b_u has "
        "−λ b_u.": (
            _made_of(lambda e, u, i, eta, lam: u + eta * (e - lam * i)),
            _made_of(lambda e, u, i, eta, lam: u + eta * (e - lam * (u + i))),
        ),
        "μ is missing from your prediction. Over all ratings the mean residual would then be "
        "near 3.6 instead of near 0, and every bias would rise.": (
            _bias(mean=0),
            _bias(mean=0, user=0, movie=0),
        ),
        "the dot product p·q is missing from your prediction: the bias would explain again what "
        "the factors explain already.": _bias(dot=0),
        "a bias is missing from your prediction: all four parts belong in it, μ + b_u + b_i + "
        "p·q.": (
            _bias(user=0),
            _bias(movie=0),
            _bias(user=0, movie=0),
            _bias(user=0, movie=0, dot=0),
        ),
        "something comes twice into your prediction. Each of the four parts belongs in it once.": (
            tuple(_bias(**{part: 2}) for part in ("mean", "user", "movie", "dot"))
        ),
        "a part comes with the wrong sign into your error. Put brackets around the prediction: "
        "rating - (mean + ...).": (
            _bias(user=-1, movie=-1),
            _bias(user=-1, movie=-1, dot=-1),
            *(_bias(**{part: -1}) for part in ("mean", "user", "movie", "dot")),
        ),
        "the error has the wrong sign: it must be rating minus prediction, or it grows.": (
            _bias(error=-1)
        ),
        "the brake has the wrong sign. Set the error to 0: should the bias move away from 0?": (
            _bias(brake=-1)
        ),
        "the brake is missing: where is −λ b_u?": _bias(brake=0),
        "the brake is λ times b_u itself: neither λ alone, nor b_u's size, sign or square.": tuple(
            _made_of(lambda e, u, i, eta, lam, of=of: u + eta * (e - lam * of(u)))
            for of in (np.ones_like, np.abs, np.sign, np.square)
        ),
        "λ is missing from the brake: it is λ times b_u.": (
            _made_of(lambda e, u, i, eta, lam: u + eta * (e - u))
        ),
        "the learning rate must multiply error and brake both: put them in one bracket.": (
            _made_of(lambda e, u, i, eta, lam: u + eta * e - lam * u),
            _made_of(lambda e, u, i, eta, lam: u + e - eta * lam * u),
        ),
        "the learning rate is missing: that is the whole gradient, far too long a step.": (
            _made_of(lambda e, u, i, eta, lam: u + e - lam * u)
        ),
        "the learning rate comes twice. One bracket, one rate.": (
            _made_of(lambda e, u, i, eta, lam: u + eta**2 * (e - lam * u)),
            _made_of(lambda e, u, i, eta, lam: u + eta * (e - eta * lam * u)),
            _made_of(lambda e, u, i, eta, lam: u + eta * (eta * e - lam * u)),
        ),
        "that is the step alone. Return the new bias: the old one plus the step.": (
            _made_of(lambda e, u, i, eta, lam: eta * (e - lam * u))
        ),
        "you multiplied the error by something. In the step of p_u the error is multiplied by "
        "q_i, for q_i stands beside p_u in the prediction. What stands beside b_u? A 1.": (
            _made_of(lambda e, u, i, eta, lam: u + eta * (e * i - lam * u)),
            _made_of(lambda e, u, i, eta, lam: u + eta * (e * u - lam * u)),
            lambda *given: given[2] + given[6] * (_error(*given) * given[5] - given[7] * given[2]),
            lambda *given: given[2] + given[6] * (_error(*given) * given[4] - given[7] * given[2]),
        ),
        "you went against the gradient twice: `-=` needs prediction minus rating.": (
            _made_of(lambda e, u, i, eta, lam: u - eta * (e - lam * u))
        ),
        "that is the new *movie* bias.": (
            _made_of(lambda e, u, i, eta, lam: i + eta * (e - lam * i))
        ),
        "there is a factor 2 too many: the ½ in front of the squared error removes it.": (
            _bias(error=2),
            _bias(brake=2),
            _bias(step=2),
        ),
        "the sign of the error is lost: the step has the error itself, no size and no square.": (
            _made_of(lambda e, u, i, eta, lam: u + eta * (abs(e) - lam * u)),
            _made_of(lambda e, u, i, eta, lam: u + eta * (e**2 - lam * u)),
        ),
        "do not cut the prediction off at 1 and 5: the error is rating minus the sum itself.": (
            lambda r, mu, u, i, p, q, eta, lam: (
                u + eta * (r - np.clip(mu + u + i + p @ q, 1, 5) - lam * u)
            )
        ),
        "`p * q` gives a number for each factor. The dot product adds them up: p @ q.": (
            lambda r, mu, u, i, p, q, eta, lam: u + eta * (r - mu - u - i - p * q - lam * u)
        ),
    },
    fallback="Print the error first, then the two terms of the step.",
    praise="The user bias moves with the error, and the brake pulls it towards 0.",
)

# ---------------------------------------------------------------- choosing k

_KS = (5, 10, 20, 50, 100)
_CONTESTS = 12
_WITH_OTHER_TESTS = 2  # in so many of them the test ratings change
_SHUFFLES = 3


class _Model:
    """Predictions that are known beforehand, by user code and movie code."""

    def __init__(self, table):
        self.table = table

    def predict(self, X):
        if isinstance(X, tuple):
            raise ValueError("predict takes X alone, the first of the pair (X, y).")
        X = np.asarray(X)
        return self.table[X[:, 0], X[:, 1]]


def _contest(turn):
    """Five models and what they are judged by: (models, validation, test).

    Their errors differ in size, shift and tail, anew on the validation and on the test rows, so
    that each measure has its own winners. All predictions are within 1 to 5 stars: who cuts
    them off there makes no mistake. The dict has its k in an order of its own.
    """
    rng = np.random.default_rng(turn)
    codes = rng.permutation(np.argwhere(np.ones((12, 20), dtype=bool)))
    pairs = [_pair(half, rng.integers(1, 6, 120) * 1.0) for half in np.array_split(codes, 2)]
    models = {}
    for k in rng.permutation(_KS).tolist():
        table = np.zeros((12, 20))
        for X, y in pairs:
            errors = rng.uniform(0.3, 0.9) * rng.standard_t(rng.uniform(0.8, 9), 120)
            table[X["user_id"], X["movie_id"]] = np.clip(y + errors + rng.normal(0, 0.8), 1, 5)
        models[k] = _Model(table)
    return models, *pairs


def _pair(X, y):
    """A frame and a column, as the page has them."""
    return pd.DataFrame(X, columns=["user_id", "movie_id"]), pd.Series(y, name="user_rating")


@checker
def check_choose_k(choose_k):
    """Check a function of ({k: model}, validation, test) → the k with the best validation RMSE."""
    contests = [_contest(turn) for turn in range(_CONTESTS)]
    answers = [_chosen(choose_k, *contest) for contest in contests]
    for answer, contest in zip(answers[:_WITH_OTHER_TESTS], contests, strict=False):
        _change_the_test(choose_k, answer, *contest)
    if answers != _lowest(_rmse_of, contests):
        raise Wrong(_why_not(answers, contests))
    return "You may shuffle the test ratings as you like: the choice stands."


def _chosen(choose_k, models, validation, test):
    """Return the student's k.

    Raises:
        Wrong: the function does not give back one of the k.
    """
    answer = call(choose_k, models, validation, test)
    if isinstance(answer, _Model):
        raise Wrong("you return the model. Return its k, the key of the dict.")
    if isinstance(answer, (dict, pd.Series)):
        raise Wrong("you return all scores. Return one k: `min(scores, key=scores.get)`.")
    number = as_number(answer, "your k")
    if number in models:
        return int(number)
    if number in range(len(models)):
        raise Wrong(f"you return {number:g}, a place in the list of models. Return the k itself.")
    if any(same(number, _rmse(m, pair)) for m in models.values() for pair in (validation, test)):
        raise Wrong("you return an RMSE. Return the k that has it: `min(scores, key=scores.get)`.")
    raise Wrong(f"{number:g} is none of the k in models: {', '.join(map(str, models))}.")


def _change_the_test(choose_k, answer, models, validation, test):
    """Call again with the test ratings shuffled, then with each model in turn made perfect."""
    X, y = test
    for seed in range(_SHUFFLES):
        shuffled = pd.Series(np.random.default_rng(seed).permutation(y), name=y.name)
        again = _chosen(choose_k, models, validation, (X, shuffled))
        if again != answer:
            raise Wrong(
                f"I shuffled the test ratings, and your choice changed from k={answer} to "
                f"k={again}. It leans on the test set; choose by the validation set alone."
            )
    for model in models.values():
        perfect = pd.Series(model.predict(X), name=y.name)
        if _chosen(choose_k, models, validation, (X, perfect)) != answer:
            raise Wrong(
                "I put other ratings into the test set, and your choice changed. "
                "Choose by the validation set alone."
            )


def _why_not(answers, contests):
    """Return the hint for choices that do not depend on the test set and yet are wrong."""
    best = _lowest(_rmse_of, contests)
    for taken, choice in _BLIND_CHOICES.items():
        blind = [choice(list(models), k) for (models, _, _), k in zip(contests, best, strict=True)]
        if answers == blind:
            return f"you took {taken}. Keep each score with its k: `min(scores, key=scores.get)`."
    if len(set(answers)) == 1:
        return f"you took k={answers[0]}, whatever the scores. Let the validation RMSE decide."
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


# what was taken, as a function of the k in the dict's order and of the best k
_BLIND_CHOICES = {
    "the smallest k, whatever the scores": lambda ks, best: min(ks),
    "the largest k, whatever the scores": lambda ks, best: max(ks),
    "the first k of the dict, whatever the scores": lambda ks, best: ks[0],
    "the last k of the dict, whatever the scores": lambda ks, best: ks[-1],
    "the right place, but among the *sorted* k": lambda ks, best: sorted(ks)[ks.index(best)],
}
_SQUARE_FIRST = "RMSE was asked for. Square each error before you take the mean."
_OTHER_CRITERIA = {
    "you took the largest RMSE. Lower is better.": lambda e: -_rmse_of(e),
    "that is the smallest MAE; RMSE was asked for. Square each error, take the mean, then the "
    "root.": lambda e: np.mean(np.abs(e)),
    f"that is the mean error nearest to 0, where +1 and −1 cancel; {_SQUARE_FIRST}": (
        lambda e: abs(np.mean(e))
    ),
    f"that is the smallest mean of prediction minus rating, sign and all; {_SQUARE_FIRST}": np.mean,
    f"that is the smallest mean of rating minus prediction, sign and all; {_SQUARE_FIRST}": (
        lambda e: -np.mean(e)
    ),
    "that is the smallest spread around the mean error (`std`); RMSE was asked for, and a mean "
    "error counts in it.": np.std,
    "that is the k whose worst error is smallest; RMSE was asked for, and all errors count in "
    "it.": lambda e: np.max(np.abs(e)),
}

# ---------------------------------------------------------------- a stopping rule

_NEVER = 400  # so many epochs are the end of every curve
_WASTED = 150  # epochs after the last best one that a rule may train for nothing


def _curve(*points, wiggle=0.0):
    """RMSE after each epoch, in straight lines through (epoch, RMSE), then level to the end."""
    epochs, values = zip(*points, strict=True)
    every = np.arange(1, _NEVER + 1)
    return np.interp(every, epochs, values) + wiggle * np.where(every % 2, 1, -1)


# name: (curve, epoch of the valley to be reached)
_CURVES = {
    "falls for a long time": (_curve((1, 1.05), (70, 0.92), (400, 1.0)), 70),
    "falls, then only rises": (_curve((1, 1.05), (9, 0.94), (400, 1.2)), 9),
    "has two valleys": (
        _curve((1, 1.05), (9, 0.936), (18, 0.9394), (34, 0.936), (43, 0.93), (400, 1.1)),
        43,
    ),
    "has two valleys, at half the rate": (
        _curve((1, 1.05), (18, 0.9361), (36, 0.9395), (68, 0.9361), (86, 0.9302), (400, 1.1)),
        86,
    ),
    "rattles a little on its way to two valleys": (
        _curve(
            (1, 1.05), (9, 0.936), (18, 0.9394), (34, 0.936), (43, 0.93), (400, 1.1), wiggle=1e-4
        ),
        44,
    ),
}


@checker
def check_stop(stop):
    """Check a function of (validation RMSEs so far) → whether training should stop now."""
    stops = {name: _stops(stop, curve) for name, (curve, _) in _CURVES.items()}
    wasted = 0
    for name, (curve, valley) in _CURVES.items():
        after = stops[name]
        if after is not None and after < valley:
            raise Wrong(_too_early(name, after, curve, valley))
        if after is None or after > valley + _WASTED:
            when = "never stops" if after is None else f"stops after epoch {after} only"
            raise Wrong(
                f"on a curve that {name}, your rule {when}; its best epoch is {valley}, and "
                f"{_WASTED} epochs without a better one are enough."
            )
        wasted += after - valley
    if len(set(stops.values())) == 1:
        raise Wrong(
            f"your rule stops after epoch {after}, whatever the scores. Let the scores decide: "
            "with a smaller learning rate every valley comes later."
        )
    return (
        f"It reaches every valley, and trains {wasted / len(_CURVES):.0f} epochs in vain a curve."
    )


def _stops(stop, curve):
    """Return after how many epochs the student's rule stops on a curve, None if never."""
    scores = curve.tolist()
    for epoch in range(1, _NEVER + 1):
        if _says(call(stop, scores[:epoch], quiet=epoch > 1)):
            return epoch
    return None


def _says(answer):
    """Return the student's answer as a bool.

    Raises:
        Wrong: it is neither True nor False.
    """
    if isinstance(answer, (bool, np.bool_)):
        return bool(answer)
    if isinstance(answer, (int, np.integer)) and answer in (0, 1):
        return bool(answer)
    raise Wrong(
        "your rule should say True (stop) or False (go on), yours says "
        f"{describe(answer)}. The best epoch so far is kept by itself."
    )


def _too_early(name, after, curve, valley):
    if after == np.argmin(curve[:after]) + 1:
        return (
            f"on a curve that {name}, your rule stops after epoch {after}, although that was the "
            "best epoch so far. Go on while the scores fall."
        )
    return (
        f"on a curve that {name}, your rule stops after epoch {after} and keeps "
        f"{curve[:after].min():.3f}. Its lowest point is epoch {valley}: {curve[valley - 1]:.3f}. "
        "Be more patient: a curve that is slow to its first valley has a long way to the second."
    )
