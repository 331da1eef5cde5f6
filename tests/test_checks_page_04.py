"""Page 04's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from mfhelpers import MatrixFactorization, checks
from mfhelpers.baselines import BiasModel
from tests.checking import assert_refused, run_check

FIRST = checks.check_first_rmse
TABLE = checks.check_table_rmse
RIVAL = checks.check_rival


def by_index(ratings):
    total = 0
    for n in range(len(ratings)):
        total += ratings[n] ** 2
    return np.sqrt(total / len(ratings))


def by_loop(R, P):
    squares = [(r - p) ** 2 for r, p in zip(R.flat, P.flat, strict=True) if r == r]
    return (sum(squares) / len(squares)) ** 0.5


def by_mask(R, P):
    seen = ~np.isnan(R)
    return root_mean_squared_error(R[seen], P[seen])


def per_row(R, P):
    return np.mean(np.sqrt(np.nanmean((R - P) ** 2, axis=1)))


def filled(R, P, axis):
    whole = np.where(np.isnan(R), np.nanmean(R, axis=axis, keepdims=True), R)
    return np.sqrt(np.mean((whole - P) ** 2))


def first_row(R, P):
    for row, of_model in zip(R, P, strict=True):
        seen = ~np.isnan(row)
        return root_mean_squared_error(row[seen], of_model[seen])


def codes(frame):
    return frame["user_id"], frame["movie_id"]


def two_means(X, y, X_test):
    """Half the user's mean, half the movie's."""
    halves = [c.map(y.groupby(of).mean()) for c, of in zip(codes(X_test), codes(X), strict=True)]
    return ((halves[0] + halves[1]) / 2).fillna(y.mean())


def without_fallback(X, y, X_test):
    return X_test["user_id"].map(y.groupby(X["user_id"]).mean())


def by_merge(X, y, X_test):
    means = y.groupby(X["movie_id"]).mean().rename("mean")
    return X_test.merge(means, left_on="movie_id", right_index=True)["mean"]


def in_another_order(X, y, X_test):
    return two_means(X, y, X_test.sort_values(["movie_id", "user_id"]))


def draws(X, y, X_test):
    return y.mean() + np.random.default_rng(0).normal(0, 0.1, len(X_test))


def centred(X, y, X_test):
    return two_means(X, y - y.mean(), X_test)


def factors(X, y, X_test):
    return MatrixFactorization(n_epochs=40).fit(X, y).predict(X_test)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Compiling on a busy machine may take longer than an answer is given."""
    few = pd.DataFrame({"user_id": [0, 1], "movie_id": [1, 0]})
    MatrixFactorization(n_epochs=1).fit(few, [3.0, 4.0]).predict(few)


y_test = np.array([4.0, 3.0])  # what a page has, and a rival must not use


def has_seen(X, y, X_test):
    return np.resize(y_test, len(X_test))


def movie_mean(X, y, X_test):
    means = dict(y.groupby(X["movie_id"]).mean())
    return [means.get(movie, 3.5) for movie in X_test["movie_id"]]


RIGHT = [
    (FIRST, lambda r: root_mean_squared_error(r, np.zeros(len(r)))),
    (FIRST, lambda r: (sum(x * x for x in r) / len(r)) ** 0.5),
    (FIRST, lambda r: np.sqrt(r.mean() ** 2 + r.var(ddof=0))),
    (FIRST, by_index),
    (TABLE, by_loop),
    (TABLE, by_mask),
    (TABLE, lambda R, P: np.sqrt(np.nanmean((R - P) ** 2))),
    (RIVAL, two_means),
    (RIVAL, movie_mean),
    (RIVAL, factors),
    (RIVAL, lambda X, y, X_test: BiasModel().fit(X, y).predict(X_test)[:, None]),
]
WRONG = [
    (FIRST, lambda r: r.std(), "predicts the mean"),
    (FIRST, lambda r: np.sqrt(r.mean() ** 2 + r.var()), "`.var()` of a Series"),
    (FIRST, lambda r: mean_absolute_error(r, 0 * r), "MAE"),
    (FIRST, lambda r: np.linalg.norm(r), "added up"),
    (FIRST, lambda r: np.sqrt(np.mean(r[r > 0] ** 2)), "leave none out"),
    (FIRST, lambda r: by_index(r) if len(r) == 4 else 1.0, "something typed in"),
    (FIRST, lambda r: by_index(r) + 0.2, "rating of 5"),
    (TABLE, lambda R, P: np.nanmean(np.sqrt((R - P) ** 2)), "MAE"),
    (TABLE, lambda R, P: np.sqrt(np.nansum((R - P) ** 2)), "root of the *sum*"),
    (TABLE, lambda R, P: np.sqrt(np.mean((R - P)[np.nan != R] ** 2)), "not even itself"),
    (TABLE, lambda R, P: np.sqrt(np.mean((np.nan_to_num(R) - P) ** 2)), "rating of 0"),
    (TABLE, lambda R, P: abs(np.nanmean(R - P)), "cancel"),
    (TABLE, lambda R, P: np.nanstd(R - P), "spread around their own mean"),
    (TABLE, lambda R, P: per_row(R.T, P.T), "or each column"),
    (TABLE, lambda R, P: filled(R, P, axis=1), "filled the blanks"),
    (TABLE, lambda R, P: by_mask(R, P.clip(1, 5)), "do not cut the predictions off"),
    (TABLE, lambda R, P: by_mask(np.where(R == P, np.nan, R), P), "an exact hit counts"),
    (TABLE, first_row, "inside the loop"),
    (TABLE, lambda R, P: by_loop(R, P) + 0.1, "only cells with a rating"),
    (RIVAL, lambda X, y, X_test: np.full(len(X_test), y.mean()), "the first rung"),
    (RIVAL, lambda X, y, X_test: np.full(len(X_test), y.median()), "for every row"),
    (RIVAL, lambda X, y, X_test: y.mean(), "one for each row"),
    (RIVAL, lambda X, y, X_test: BiasModel().fit(X, y), "give back a model"),
    (RIVAL, lambda X, y, X_test: BiasModel().fit(X, y).predict(X), "each *training* row"),
    (
        RIVAL,
        lambda X, y, X_test: two_means(X, y * 0 + 3.6, X_test) + X_test["movie_id"] % 2 / 9,
        "does it learn from y_train",
    ),
    (RIVAL, without_fallback, "Fall back on a mean"),
    (RIVAL, by_merge, "a merge drops"),
    (RIVAL, lambda X, y, X_test: y.groupby(X["movie_id"]).mean(), "each row's own user or movie"),
    (RIVAL, lambda X, y, X_test: y.reindex(X_test.index), "Fall back on a mean"),
    (RIVAL, in_another_order, "two different predictions"),
    (RIVAL, draws, "a draw for each row"),
    (RIVAL, centred, "is a mean to be added"),
    (RIVAL, lambda X, y, X_test: two_means(X, y, X_test) + y.mean(), "a mean in them twice"),
    (RIVAL, lambda X, y, X_test: 6 - two_means(X, y, X_test), "belong to the rows"),
    (RIVAL, has_seen, "uses `y_test` of the page, and so sees the ratings"),
    (RIVAL, lambda X_train, y_train: y_train, "called with 3 arguments"),
]


def test_the_praise_says_where_on_the_ladder_a_rival_stands():
    _, printed = run_check(RIVAL, movie_mean)
    assert "Ahead of the mean of all" in printed and "biases." not in printed, printed
    _, printed = run_check(RIVAL, factors)
    assert "the movie mean" in printed.split("Ahead of")[1], printed


def test_a_rival_that_changes_what_it_is_given_is_refused():
    def answer(X, y, X_test):
        X_test["mean"] = y.mean()
        return X_test["mean"]

    assert_refused(RIVAL, answer, "changed something that it was given")
