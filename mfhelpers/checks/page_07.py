"""Checkers of page 07: the step of a user bias, an honest choice of k, a stopping rule."""

import numpy as np
import pandas as pd

from mfhelpers.checks._common import Wrong, as_number, call, checker, describe, same
from mfhelpers.checks._exercise import exercise
from mfhelpers.checks._limit import paused
from mfhelpers.checks._rmse import WRONG_RMSES, rmse_of

# ---------------------------------------------------------------- the bias


def _of_error(error):
    """A step of b_u with an error of one's own, made of (rating, μ, b_u, b_i, p·q)."""
    return lambda r, mu, u, i, p, q, eta, lam: u + eta * (error(r, mu, u, i, p @ q) - lam * u)


def _made_of(change):
    """A result made of the right error: change(error, b_u, b_i, η, λ)."""
    return lambda r, mu, u, i, p, q, eta, lam: change(r - (mu + u + i + p @ q), u, i, eta, lam)


def _more_ratings(rng):
    """One rating with all that its step needs; p and q long enough to leave 1 to 5 stars."""
    k = rng.integers(2, 6)
    biases = rng.normal(0, 0.7, 2)
    knobs = rng.uniform(0.01, 0.2), rng.uniform(0.25, 0.9)
    return (rng.uniform(0.5, 5), rng.uniform(3, 4), *biases, *rng.normal(0, 1, (2, k)), *knobs)


# fmt: off
check_new_user_bias = exercise(
    "Check a function of one rating, the model's parts and knobs → the new user bias.",
    solution=lambda rating, mean, user_bias, movie_bias, p, q, learning_rate, regularization: (
        user_bias + learning_rate * (
            rating - (mean + user_bias + movie_bias + p @ q) - regularization * user_bias)
    ),
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
    steps=lambda r, mu, u, i, p, q, eta, lam: {
        "p @ q": p @ q, "the prediction": mu + u + i + p @ q, "the error": r - (mu + u + i + p @ q),
        "error - λ b_u": r - (mu + u + i + p @ q) - lam * u,
    },
    mistakes={
        "your brake pulls with the movie's bias. Whose penalty is it? The step of b_u has −λ b_u.":
            (_made_of(lambda e, u, i, eta, lam: u + eta * (e - lam * i)),
             _made_of(lambda e, u, i, eta, lam: u + eta * (e - lam * (u + i)))),
        "μ is missing from your prediction. Over all ratings the mean residual would then be near "
        "3.6 instead of near 0, and every bias would rise.":
            (_of_error(lambda r, mu, u, i, pq: r - (u + i + pq)),
             _of_error(lambda r, mu, u, i, pq: r - pq)),
        "a part is missing from your prediction: all four belong in it, μ + b_u + b_i + p·q.":
            (_of_error(lambda r, mu, u, i, pq: r - (mu + u + i)),
             _of_error(lambda r, mu, u, i, pq: r - (mu + i + pq)),
             _of_error(lambda r, mu, u, i, pq: r - (mu + u + pq)),
             _of_error(lambda r, mu, u, i, pq: r - (mu + pq)),
             _of_error(lambda r, mu, u, i, pq: r - mu)),
        "a part has the wrong sign in your error. Put brackets: rating - (mean + ...).":
            (_of_error(lambda r, mu, u, i, pq: r - mu + u + i + pq),
             _of_error(lambda r, mu, u, i, pq: r - mu + u + i - pq),
             _of_error(lambda r, mu, u, i, pq: r - mu - u + i - pq),
             _of_error(lambda r, mu, u, i, pq: r - mu + u - i - pq)),
        "the error has the wrong sign: it must be rating minus prediction, or it grows.":
            _of_error(lambda r, mu, u, i, pq: mu + u + i + pq - r),
        "the step has the error itself: not cut off at 1 and 5, no 2, no size and no square.":
            (_of_error(lambda r, mu, u, i, pq: r - np.clip(mu + u + i + pq, 1, 5)),
             _made_of(lambda e, u, i, eta, lam: u + eta * (2 * e - lam * u)),
             _made_of(lambda e, u, i, eta, lam: u + eta * (abs(e) - lam * u)),
             _made_of(lambda e, u, i, eta, lam: u + eta * (e**2 - lam * u))),
        "the brake is λ times b_u itself: neither λ alone, nor b_u's size.":
            (_made_of(lambda e, u, i, eta, lam: u + eta * (e - lam)),
             _made_of(lambda e, u, i, eta, lam: u + eta * (e - lam * abs(u)))),
        "the learning rate must multiply error and brake both: put them in one bracket.":
            (_made_of(lambda e, u, i, eta, lam: u + eta * e - lam * u),
             _made_of(lambda e, u, i, eta, lam: u + e - eta * lam * u)),
        "you multiplied the error by something. In the step of p_u the error is multiplied by q_i, "
        "for q_i stands beside p_u in the prediction. What stands beside b_u? A 1.":
            (_made_of(lambda e, u, i, eta, lam: u + eta * (e * i - lam * u)),
             _made_of(lambda e, u, i, eta, lam: u + eta * (e * u - lam * u))),
    },
    fallback="Print the error first, then the two terms of the step.",
    praise="The user bias moves with the error, and the brake pulls it towards 0.",
)
# fmt: on

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
    with paused():  # making the contests is not the student's time
        contests = [_contest(turn) for turn in range(_CONTESTS)]
    answers = [_chosen(choose_k, *contest) for contest in contests]
    for answer, contest in zip(answers[:_WITH_OTHER_TESTS], contests, strict=False):
        _change_the_test(choose_k, answer, *contest)
    if answers != _lowest(rmse_of, contests):
        raise Wrong(_why_not(answers, contests))
    return "You may shuffle the test ratings as you like: the choice stands."


def _chosen(choose_k, models, validation, test):
    """Return the student's k; raises Wrong where it is none of them."""
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
    shuffled = [np.random.default_rng(seed).permutation(y) for seed in range(_SHUFFLES)]
    for stars in (*shuffled, *(model.predict(X) for model in models.values())):
        again = _chosen(choose_k, models, validation, (X, pd.Series(stars, name=y.name)))
        if again != answer:
            raise Wrong(
                f"I put other ratings into the test set, and your choice changed from k={answer} "
                f"to k={again}. It leans on the test set; choose by the validation set alone."
            )


def _why_not(answers, contests):
    """Return the hint for choices that do not depend on the test set and yet are wrong."""
    best = _lowest(rmse_of, contests)
    for taken, choice in _BLIND_CHOICES.items():
        blind = [choice(list(models), k) for (models, _, _), k in zip(contests, best, strict=True)]
        if answers == blind:
            return f"you took {taken}. Keep each score with its k: `min(scores, key=scores.get)`."
    if len(set(answers)) == 1:
        return f"you took k={answers[0]}, whatever the scores. Let the validation RMSE decide."
    for hint, score in _OTHER_CRITERIA:
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
        scores = {k: score(np.asarray(model.predict(X) - y)) for k, model in models.items()}
        chosen.append(min(scores, key=scores.get))
    return chosen


def _rmse(model, pair):
    X, y = pair
    return rmse_of(model.predict(X) - y)


# what was taken, as a function of the k in the dict's order and of the best k
_BLIND_CHOICES = {
    "the smallest k, whatever the scores": lambda ks, best: min(ks),
    "the largest k, whatever the scores": lambda ks, best: max(ks),
    "the first k of the dict, whatever the scores": lambda ks, best: ks[0],
    "the last k of the dict, whatever the scores": lambda ks, best: ks[-1],
    "the right place, but among the *sorted* k": lambda ks, best: sorted(ks)[ks.index(best)],
}
_OTHER_CRITERIA = [
    ("you took the largest RMSE. Lower is better.", lambda e: -rmse_of(e)),
    ("that is the smallest mean of rating minus prediction, sign and all: RMSE squares each error "
     "first.", lambda e: -np.mean(e)),
    *((f"RMSE was asked for, you chose by something else: {hint}", wrong)
      for hint, wrongs in WRONG_RMSES.items() for wrong in wrongs),
]  # fmt: skip

# ---------------------------------------------------------------- a stopping rule

_NEVER = 400  # so many epochs are the end of every curve
_WASTED = 150  # epochs after the last best one that a rule may train for nothing


def _curve(*points, wiggle=0.0):
    """RMSE after each epoch, in straight lines through (epoch, RMSE), then level to the end."""
    epochs, values = zip(*points, strict=True)
    every = np.arange(1, _NEVER + 1)
    return np.interp(every, epochs, values) + wiggle * np.where(every % 2, 1, -1)


_TWO_VALLEYS = (1, 1.05), (9, 0.936), (18, 0.9394), (34, 0.936), (43, 0.93), (400, 1.1)
_LATER = (1, 1.05), (18, 0.9361), (36, 0.9395), (68, 0.9361), (86, 0.9302), (400, 1.1)
# name: (curve, epoch of the valley to be reached)
_CURVES = {
    "falls for a long time": (_curve((1, 1.05), (70, 0.92), (400, 1.0)), 70),
    "falls, then only rises": (_curve((1, 1.05), (9, 0.94), (400, 1.2)), 9),
    "has two valleys": (_curve(*_TWO_VALLEYS), 43),
    "has two valleys, at half the rate": (_curve(*_LATER), 86),
    "rattles a little on its way to two valleys": (_curve(*_TWO_VALLEYS, wiggle=1e-4), 44),
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
        answer = call(stop, scores[:epoch], quiet=epoch > 1)
        if not isinstance(answer, (bool, np.bool_, int, np.integer)) or answer not in (0, 1):
            raise Wrong(
                "your rule should say True (stop) or False (go on), yours says "
                f"{describe(answer)}. The best epoch so far is kept by itself."
            )
        if answer:
            return epoch
    return None


def _too_early(name, after, curve, valley):
    told = f"on a curve that {name}, your rule stops after epoch {after}"
    if after == np.argmin(curve[:after]) + 1:
        return f"{told}, although that was the best epoch so far. Go on while the scores fall."
    return (
        f"{told} and keeps {curve[:after].min():.3f}. Its lowest point is epoch {valley}: "
        f"{curve[valley - 1]:.3f}. Be more patient: a curve that is slow to its first valley has a "
        "long way to the second."
    )
