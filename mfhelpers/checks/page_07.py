"""Checkers of page 07: the step of a user bias, an honest choice of k, early stopping."""

import operator

import numpy as np
import pandas as pd

from mfhelpers.checks._common import Wrong, as_number, call, checker, same
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

# ---------------------------------------------------------------- early stopping


def _stop(scores, patience, renews=operator.lt, keeps=operator.lt, fails=operator.ge, **slips):
    """Return (epoch kept, epoch after which training stops), with the slips that are named.

    Args:
        scores, patience: as in the task.
        renews, keeps, fails: how a score must compare with the best so far to start the count
            anew, to be kept, to count as failed.
        slips: forgets=False never starts the count anew; before=True compares with the score
            of the epoch before.
    """
    best, kept, bad = scores[0], 1, 0
    for epoch, score in enumerate(scores[1:], start=2):
        if keeps(score, best):
            kept = epoch
        if renews(score, best):
            best, bad = score, bad if slips.get("forgets") is False else 0
        elif fails(score, best):
            bad += 1
        if slips.get("before"):
            best = score
        if bad >= patience:
            return kept, epoch
    return kept, len(scores)


def _kept(scores, patience, **slips):
    return _stop(scores, patience, **slips)[0]


def _runs_out(scores, patience):
    """Whether the patience runs out, rather than the list ending first."""
    kept, stopped = _stop(scores, patience)
    return stopped - kept >= patience


def _no_value(scores, patience, missing):
    """The epoch kept, where the best epoch has a value by then."""
    if missing(scores, patience):
        raise UnboundLocalError
    return _kept(scores, patience)


def _more_curves(rng):
    """A curve that falls and rises, with ties; the patience runs out in most."""
    steps = rng.normal(-0.003, 0.02, rng.integers(4, 14))
    curve = np.round(1 + np.cumsum(steps), int(rng.integers(2, 4)))
    return curve.tolist(), int(rng.integers(1, 5))


check_kept_epoch = exercise(
    "Check a function of (validation RMSEs, patience) → the epoch that early stopping keeps.",
    solution=lambda scores, patience: _kept(scores, patience),
    gives="your epoch",
    cases=[
        ([1.0, 0.94, 0.9, 0.95, 0.93, 0.92, 0.8, 0.7], 2),
        ([1.0, 0.95, 0.93, 0.935, 0.94, 0.938, 0.92, 0.91, 0.915, 0.93], 4),
        ([1.0, 0.95, 0.93, 0.935, 0.94, 0.938, 0.92, 0.91, 0.915, 0.93], 1),
        ([0.99, 0.97, 0.975, 0.96, 0.965, 0.962, 0.961, 0.95], 3),
        ([0.99, 0.97, 0.975, 0.96, 0.965, 0.962, 0.961, 0.95], 5),
        ([1.1, 1.05, 1.0, 0.98], 3),  # falls to its end
        ([0.95, 0.96, 0.97, 0.98], 2),  # never better than at first
        ([0.95, 0.96, 0.955], 9),
        ([1.0, 0.9, 0.9, 0.95, 0.8], 2),  # ties with the best so far
        ([1.0, 0.9, 0.95, 0.9, 0.92, 0.85], 3),
        ([0.9, 0.95, 0.9, 0.95, 0.8], 2),
        ([0.9, 0.9, 0.9, 0.8], 2),
        ([0.95, 0.9, 0.9], 5),
    ],
    more=_more_curves,
    steps=lambda scores, patience: {
        "training stops after epoch": _stop(scores, patience)[1],
        "the scores seen by then": scores[: _stop(scores, patience)[1]],
    },
    mistakes={
        "epochs count from 1. A position in the list counts from 0: add one.": (
            lambda s, n: _kept(s, n) - 1,
            lambda s, n: max(_kept(s, n) - 1, 1),
        ),
        "yours is always 0: nothing beats a best score that begins at 0. Let it begin at "
        "float('inf').": lambda s, n: 0,
        "one epoch too far: the first score of the list is epoch 1.": lambda s, n: _kept(s, n) + 1,
        "that is the best of the *whole* curve. The rule has stopped before it gets there and "
        "cannot know what comes later.": (
            lambda s, n: int(np.argmin(s)) + 1,
            lambda s, n: int(np.argmin(s)),
        ),
        "that is the epoch where training stops. Keep the best one seen until then.": (
            lambda s, n: _stop(s, n)[1],
            lambda s, n: _stop(s, n)[1] - 1,
        ),
        "that is an RMSE. Return the epoch that has it.": lambda s, n: s[_kept(s, n) - 1],
        "that is the best RMSE of all. Return an epoch, and only one that the rule has seen.": (
            lambda s, n: min(s)
        ),
        "your rule stops at the first score that is no better, whatever the patience.": (
            lambda s, n: _kept(s, 1)
        ),
        "your rule never forgets: when a new best comes, the count of bad epochs must start again "
        "from 0.": lambda s, n: _kept(s, n, forgets=False),
        "you compare with the epoch before. Compare with the *best so far*: a curve can fall a "
        "little and still be worse than its best.": (
            lambda s, n: _kept(s, n, before=True),
            lambda s, n: int(np.argmin(s[: _stop(s, n, before=True)[1]])) + 1,
            lambda s, n: int(np.argmin(s[: _stop(s, n, before=True, fails=operator.gt)[1]])) + 1,
        ),
        "one epoch too patient: stop as soon as `patience` epochs have not beaten the best.": (
            lambda s, n: _kept(s, n + 1)
        ),
        "one epoch too impatient: `patience` epochs must have failed, not one less.": (
            lambda s, n: _kept(s, max(n - 1, 1)),
            lambda s, n: _kept(s, n - 1) if n > 1 else 1,
        ),
        "patience is not how many epochs are looked at. It counts the epochs since the best.": (
            lambda s, n: int(np.argmin(s[:n])) + 1,
            lambda s, n: int(np.argmin(s[: n + 1])) + 1,
        ),
        "you keep the *worst* epoch. A lower RMSE is better.": (
            lambda s, n: int(np.argmax(s)) + 1,
            lambda s, n: _kept([-score for score in s], n),
        ),
        "that is the number of epochs in the list; the rule stops earlier.": lambda s, n: len(s),
        "right until no epoch beats the first: then epoch 1 is the best, so begin with it as "
        "the best so far.": (
            lambda s, n: _no_value(s, n, lambda s, n: _kept(s, n) == 1),
            lambda s, n: _no_value(s, n, lambda s, n: s[1] >= s[0]),
            lambda s, n: _kept(s, n) if _kept(s, n) > 1 else 0,
            lambda s, n: _kept(s, n) if _kept(s, n) > 1 else None,
        ),
        "right where the patience runs out. If the list ends first, keep the best epoch seen, "
        "too: what does your function give back below the loop?": (
            lambda s, n: _kept(s, n) if _runs_out(s, n) else None,
            lambda s, n: _kept(s, n) if _runs_out(s, n) else 0,
            lambda s, n: _kept(s, n) if _runs_out(s, n) else len(s),
            lambda s, n: _stop(s, n)[1] - n,
            lambda s, n: _no_value(s, n, lambda s, n: not _runs_out(s, n)),
        ),
        "a tie beats the best score in your rule. Only a lower score does: `<`, not `<=`.": (
            lambda s, n: _kept(s, n, renews=operator.le, keeps=operator.le)
        ),
        "right until a score equals the best so far. Such a tie does not beat it: the earlier "
        "epoch stays, and one more epoch has failed.": (
            lambda s, n: _kept(s, n, fails=operator.gt),
            lambda s, n: _kept(s, n, renews=operator.le),
            lambda s, n: _kept(s, n, keeps=operator.le),
        ),
    },
    fallback="Keep the best score so far, and count the epochs since it: at `patience`, stop.",
    praise="Now you know why the second valley needs a patient rule.",
)
