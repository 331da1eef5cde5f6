"""Page 04's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from mfhelpers import MatrixFactorization, checks
from mfhelpers.baselines import BiasModel
from tests.checking import run_check

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


def codes(frame):
    return frame["user_id"], frame["movie_id"]


def two_means(X, y, X_test):
    """Half the user's mean, half the movie's."""
    halves = [c.map(y.groupby(of).mean()) for c, of in zip(codes(X_test), codes(X), strict=True)]
    return ((halves[0] + halves[1]) / 2).fillna(y.mean())


def by_merge(X, y, X_test):
    means = y.groupby(X["movie_id"]).mean().rename("mean")
    return X_test.merge(means, left_on="movie_id", right_index=True)["mean"]


def in_another_order(X, y, X_test):
    return two_means(X, y, X_test.sort_values(["movie_id", "user_id"]))


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


def adds_a_column(X, y, X_test):
    X_test["mean"] = y.mean()
    return X_test["mean"]


def means_in_turn(X, y, X_test):
    return two_means(X, y * 0 + 3.6, X_test) + X_test["movie_id"] % 2 / 9


RIGHT = {
    FIRST: [by_index, lambda r: root_mean_squared_error(r, np.zeros(len(r)))],
    TABLE: [by_loop, by_mask, lambda R, P: np.sqrt(np.nanmean((R - P) ** 2))],
    RIVAL: [two_means, movie_mean],
}
WRONG = {
    FIRST: [
        (lambda r: r.std(), "that knows that mean"),
        (lambda r: mean_absolute_error(r, 0 * r), "MAE"),
        (lambda r: by_index(r) if len(r) == 4 else 1.0, "something typed in"),
        (lambda r: by_index(r) + 0.2, "rating of 5"),
    ],
    TABLE: [
        (lambda R, P: np.nanmean(np.sqrt((R - P) ** 2)), "MAE"),
        (lambda R, P: np.sqrt(np.nansum((R - P) ** 2)), "*sum*"),
        (lambda R, P: np.sqrt(np.mean((R - P)[np.nan != R] ** 2)), "not even itself"),
        (lambda R, P: np.sqrt(np.mean((np.nan_to_num(R) - P) ** 2)), "rating of 0"),
        (lambda R, P: abs(np.nanmean(R - P)), "cancel"),
        (lambda R, P: by_mask(R, P.clip(1, 5)), "nor cut them off"),
        (lambda R, P: by_loop(R, P) + 0.1, "only cells with a rating"),
    ],
    RIVAL: [
        (lambda X, y, X_test: np.full(len(X_test), y.mean()), "the first rung"),
        (lambda X, y, X_test: y.mean(), "one for each row"),
        (lambda X, y, X_test: BiasModel().fit(X, y), "give back a model"),
        (lambda X, y, X_test: BiasModel().fit(X, y).predict(X), "each *training* row"),
        (means_in_turn, "does it learn from y_train"),
        (by_merge, "a merge drops"),
        (in_another_order, "two different predictions"),
        (lambda X, y, X_test: two_means(X, y - y.mean(), X_test), "is a mean to be added"),
        (lambda X, y, X_test: two_means(X, y, X_test) + y.mean(), "a mean in them twice"),
        (lambda X, y, X_test: 6 - two_means(X, y, X_test), "belong to the rows"),
        (has_seen, "uses `y_test` of the page, and so sees the ratings"),
        (adds_a_column, "changed something that it was given"),
    ],
}


def test_the_praise_says_where_on_the_ladder_a_rival_stands():
    _, printed = run_check(RIVAL, movie_mean)
    assert "Ahead of the mean of all" in printed and "biases." not in printed, printed
    _, printed = run_check(RIVAL, factors)
    assert "the movie mean" in printed.split("Ahead of")[1], printed
