"""Checkers of page 04: RMSE before anything is learned, RMSE of a table, a rival of one's own."""

import numpy as np
import pandas as pd

from mfhelpers.baselines import BiasModel, GroupMean
from mfhelpers.checks._common import Wrong, as_array, call, checker, same
from mfhelpers.checks._exercise import exercise, from_the_code
from mfhelpers.checks._plain import page_names
from mfhelpers.checks._rmse import WRONG_RMSES, rmse_of


def _more_ratings(rng):
    """Ratings as the page has them, in whole or half stars; or on a scale from 0 to 10."""
    step = rng.choice([1.0, 0.5, 2.0])
    return (pd.Series(rng.integers(0 if step == 2 else 1, 6, rng.integers(3, 13)) * step),)


def _of(errors, skip="none"):
    """What WRONG_RMSES make of the errors, a function of the arguments, but for one hint."""
    return {
        hint: tuple(lambda *given, wrong=wrong: wrong(errors(*given)) for wrong in wrongs)
        for hint, wrongs in WRONG_RMSES.items()
        if skip not in hint
    }


# fmt: off
check_first_rmse = exercise(
    "Check a function of ratings → the RMSE of a model whose predictions are all near 0.",
    solution=lambda ratings: rmse_of(ratings),
    gives="your RMSE",
    cases=[
        (pd.Series([5.0, 3.0, 4.0, 1.0]),),
        (pd.Series([2.0, 2.0, 5.0, 3.0, 0.5, 2.0, 3.0]),),
        (pd.Series([0.0, 10.0, 7.0, 7.0, 0.0]),),
    ],
    more=_more_ratings,
    steps=lambda ratings: {
        "the errors of a model that says 0": ratings, "their squares": ratings**2,
    },
    mistakes={
        **_of(lambda ratings: ratings.to_numpy(), skip="cancel"),
        "you predict a number of stars. Two rows of small random numbers predict about 0.":
            tuple(lambda r, guess=guess: rmse_of(r - guess) for guess in (1, 2.5, 3, 3.5)),
    },
    fallback="Take every prediction as exactly 0: what is the error of a rating of 5? Then square "
    "all errors, take the mean, and the root.",
    praise="Before training the error of a rating is the rating itself.",
    rows=("ratings",),
)
# fmt: on


def _errors(ratings, predictions):
    """The errors of the cells with a rating."""
    errors = ratings - predictions
    return errors[~np.isnan(errors)]


def _table_rmse(ratings, predictions):
    return rmse_of(_errors(ratings, predictions))


def _filled(*values):
    """RMSEs over all cells, blanks filled with a value, or with what a function makes of R."""
    return tuple(
        lambda R, P, v=v: rmse_of(np.where(np.isnan(R), v(R) if callable(v) else v, R) - P)
        for v in values
    )


def _by_group(by, *ends):
    """What the rows, or the columns, make of their mean squares; their mean; and an end."""
    return tuple(
        lambda R, P, axis=axis, end=end: end(np.mean(by(np.nanmean((R - P) ** 2, axis=axis))))
        for axis in (0, 1)
        for end in ends
    )


def _more_tables(rng):
    """A table with blanks; its first row and column are full, and one prediction is exact."""
    m, n = rng.integers((2, 2), (5, 6))
    R, P = rng.integers(1, 6, (m, n)).astype(float), rng.normal(3, 2.5, (m, n))
    P[0, 1] = R[0, 1]
    blank = rng.random((m, n)) < 0.5
    blank[0], blank[:, 0], blank[-1, -1] = False, False, True
    return np.where(blank, np.nan, R), P


# fmt: off
check_table_rmse = exercise(
    "Check a function of (ratings with NaN for blanks, predictions) → RMSE over the ratings.",
    solution=_table_rmse,
    gives="your RMSE",
    cases=[
        (np.array([[5.0, 2.0], [3.0, np.nan]]), np.array([[4.25, 2.5], [4.0, 1.5]])),
        (
            np.array([[4.0, 5.0, 1.0], [2.0, np.nan, np.nan], [3.0, np.nan, 4.0]]),
            np.array([[4.0, 6.25, 2.5], [-0.75, 3.25, 1.5], [3.25, 2.5, 5.75]]),
        ),
        (np.array([[4.0, 5.0], [3.0, np.nan]]), np.array([[3.5, 4.25], [2.75, 1.0]])),  # e > 0
    ],
    more=_more_tables,
    steps=lambda R, P: {
        "the errors of the rated cells": _errors(R, P), "their squares": _errors(R, P) ** 2,
    },
    mistakes={
        "the result is NaN: a blank minus a prediction is NaN, and so is any mean with it. Pick "
        "the cells that have a rating first. `np.isnan` finds the blanks; comparing with `np.nan` "
        "does not, since NaN equals nothing, not even itself.":
            lambda R, P: np.nan,
        **_of(_errors),
        "you divided by all m × n cells. Blanks are not errors: divide by how many are rated.":
            (lambda R, P: np.sqrt(np.sum(_errors(R, P) ** 2) / R.size),
             lambda R, P: np.sum(_errors(R, P) ** 2) / R.size,
             lambda R, P: np.sum(abs(_errors(R, P))) / R.size),
        "you took a blank for a rating of 0. Nobody gave it: leave those cells out.":
            (*_filled(0), lambda R, P: np.mean((np.nan_to_num(R) - P) ** 2),
             lambda R, P: np.mean(abs(np.nan_to_num(R) - P))),
        "you filled the blanks with ratings that nobody gave: leave the cells out.":
            _filled(
                np.nanmean,
                lambda R: np.nanmean(R, 1, keepdims=True),
                lambda R: np.nanmean(R, 0),
                2.5,
                3,
            ),
        "you took a mean for each row, or column, first: take one over all, so that each counts.":
            (*_by_group(lambda squares: squares, np.sqrt, lambda mean: mean),
             *_by_group(np.sqrt, lambda mean: mean)),
        "do not round the predictions, nor cut them off at 1 and 5, before you score them.":
            (lambda R, P: _table_rmse(R, np.round(P)), lambda R, P: _table_rmse(R, P.clip(1, 5))),
    },
    fallback="Only cells with a rating count: square each error, take the mean, then the root.",
    praise="Only what was rated can be wrong.",
    rows=("ratings", "predictions"),
)
# fmt: on


# ---------------------------------------------------------------- a rival of one's own

ANSWERS = {"y_test", "test", "coded", "everything", "test_all"}  # names of the page that know them


def _ratings(rng, n_users=90, n_movies=50, n_train=2700, n_pairs=200):
    """Ratings in whole stars, with strict users and loved movies: a frame of train, one of test.

    Each pair of the test frame stands in it twice, in random places; its last user and its last
    movie are never seen in training.
    """
    users, movies = (
        rng.integers(n_users - 1, size=n_train),
        rng.integers(n_movies - 1, size=n_train),
    )
    user_bias, movie_bias = rng.normal(0, 0.5, n_users), rng.normal(0, 0.6, n_movies)

    def frame(users, movies):
        score = 3.6 + user_bias[users] + movie_bias[movies] + rng.normal(0, 0.8, len(users))
        stars = np.clip(np.round(score), 1, 5)
        return pd.DataFrame({"user_id": users, "movie_id": movies, "stars": stars})

    train = frame(users, movies)
    pairs = frame(rng.integers(n_users, size=n_pairs), rng.integers(n_movies, size=n_pairs))
    pairs.loc[0, "user_id"], pairs.loc[1, "movie_id"] = n_users - 1, n_movies - 1
    mixed = rng.permutation(5 * n_train)  # row labels are no positions, as on the page
    twice = pd.concat([pairs, pairs]).sample(frac=1, random_state=0)
    return train.set_index(mixed[:n_train]), twice.set_index(mixed[n_train : n_train + 2 * n_pairs])


def _baselines(X, y, X_test):
    """What the rungs of the ladder predict."""
    rungs = {"the user mean": GroupMean("user"), "the movie mean": GroupMean("movie"),
             "the two biases": BiasModel()}  # fmt: skip
    mean = {"the mean of all": np.full(len(X_test), y.mean())}
    return mean | {name: rung.fit(X, y).predict(X_test) for name, rung in rungs.items()}


@checker
def check_rival(my_rival):
    """Check a function of (X_train, y_train, X_test) → predictions, on ratings made for it."""
    seen = [name for name in page_names(my_rival) if name in ANSWERS]
    if seen:
        raise Wrong(
            f"your rival uses `{'`, `'.join(seen)}` of the page, and so sees the ratings that it "
            "is to predict. Let it use what it is given: X_train, y_train, X_test."
        )
    train, test = _ratings(np.random.default_rng(4))
    pairs = ["user_id", "movie_id"]
    X, y, X_test, y_test = train[pairs], train["stars"], test[pairs], test["stars"]
    predictions = _as_predictions(call(my_rival, X, y, X_test), my_rival, X, y, X_test)
    _same_for_the_same_pair(predictions, test, y)
    turned = as_array(call(my_rival, X, 6 - y, X_test, quiet=True), "your predictions")
    if same(predictions, turned):
        raise Wrong(
            "with other training stars your predictions are the same: does it learn from y_train?"
        )
    scores = {name: rmse_of(y_test - p) for name, p in _baselines(X, y, X_test).items()}
    yours = rmse_of(y_test - predictions)
    if yours >= scores["the mean of all"]:
        raise Wrong(_no_better_than_the_mean(yours, scores, predictions, my_rival, X))
    behind = [name for name, score in scores.items() if yours < score]
    return (
        f"On the checker's ratings its RMSE is {yours:.3f}; the mean of all has "
        f"{scores['the mean of all']:.3f}, the two biases {scores['the two biases']:.3f}. "
        f"Ahead of {', '.join(behind)}."
    )


def _as_predictions(answer, my_rival, *given):
    """Return the predictions as an array: one finite number for each row."""
    if hasattr(answer, "predict"):
        raise Wrong("you give back a model. Give back what its `predict(X_test)` says.")
    predictions = as_array(answer, "your predictions", finite=False)
    n_train, n_rows = len(given[0]), len(given[2])
    if predictions.ndim == 2 and predictions.shape == (n_rows, 1):
        predictions = predictions[:, 0]
    if predictions.ndim == 0:
        raise Wrong("you give back one number. Give back one for each row of X_test.")
    if predictions.shape == (n_train,):
        raise Wrong("one number for each *training* row; the rows of X_test are to be predicted.")
    if predictions.shape != (n_rows,):
        raise Wrong(
            f"X_test has {n_rows} rows, your predictions have shape {predictions.shape}. Look up "
            "each row's own user or movie with `.map(...)`; a merge drops what it does not find."
        )
    if not np.isfinite(predictions).all():
        raise Wrong(
            f"{(~np.isfinite(predictions)).sum()} of {n_rows} predictions are NaN or infinite: the "
            "test rows have a user and a movie that training has not. Fall back on a mean "
            "(`.fillna(...)`)." + f" {from_the_code(my_rival, given)}".rstrip()
        )
    return predictions


def _same_for_the_same_pair(predictions, test, y):
    """Refuse predictions that belong to other rows, or to none."""
    by_pair = [test[column].to_numpy() for column in ("user_id", "movie_id")]
    pairs = pd.Series(predictions).groupby(by_pair)
    if pairs.max().sub(pairs.min()).max() > 1e-6:
        raise Wrong(
            "the same user and movie stand in X_test twice, and get two different predictions. Did "
            "a merge or a sort change the order of the rows, or is there a draw for each row?"
        )
    if np.ptp(predictions) < 1e-9 and same(predictions[0], y.mean(), 1e-4):
        raise Wrong("that is the mean of all ratings, the first rung. Use who rates, or what.")


def _no_better_than_the_mean(yours, scores, predictions, my_rival, X):
    told = f"RMSE {yours:.3f}, and the mean of all ratings has {scores['the mean of all']:.3f}."
    if np.ptp(predictions) < 1e-9:
        return f"{told} You say {predictions[0]:.3g} for every row: use who rates, or what."
    if abs(predictions.mean()) < 1:
        return (
            f"{told} Your predictions lie around {predictions.mean():.2g}: is a mean to be added?"
        )
    if predictions.mean() > 5:
        return f"{told} They lie around {predictions.mean():.2g}: is a mean in them twice?"
    hint = from_the_code(my_rival, (X, None, None))
    return f"{told} {hint or 'Do the predictions belong to the rows they stand in?'}"
