"""Alternating least squares, for stars and for who rated what: solutions known by other means."""

import signal

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GridSearchCV

from mfhelpers import (
    AlternatingLeastSquares,
    WeightedALS,
    als,
    fold_in,
    similar_movies,
    top_n,
)
from mfhelpers._training import LEARNED
from tests.reference import planted

STARS = [AlternatingLeastSquares(3, random_state=0)]
STARS.append(AlternatingLeastSquares(3, biased=True, random_state=0))
BOTH_KINDS = [*STARS, WeightedALS(3, random_state=0)]


@pytest.fixture(scope="module")
def ratings():
    X, y, *_ = planted()
    return X, y


def targets(model, y):
    return () if isinstance(model, WeightedALS) else (y,)


def cells(m, n, *without):
    pairs = [(u, i) for u in range(m) for i in range(n) if (u, i) not in without]
    return np.array(pairs)


# ---------------------------------------------------------------- stars: known solutions


def test_a_table_of_rank_k_is_rebuilt_from_half_of_its_cells():
    rng = np.random.default_rng(3)
    table = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 30))
    seen = rng.random(table.shape) < 0.5
    model = AlternatingLeastSquares(2, regularization=1e-9, n_iterations=200, random_state=0)
    model.fit(np.argwhere(seen), table[seen])
    np.testing.assert_allclose(model.predict(np.argwhere(~seen)), table[~seen], atol=1e-3)


@pytest.mark.parametrize("biased", [False, True])
def test_a_movies_row_is_a_ridge_regression_with_lambda_times_its_ratings(ratings, biased):
    X, y = ratings
    model = clone(STARS[biased]).fit(X, y)  # the movies are solved last: they fit the users' rows
    for movie in np.unique(X[:, 1])[:5]:
        users, stars = X[X[:, 1] == movie, 0], y[X[:, 1] == movie]
        rows = model.user_factors_[users]
        if biased:
            rows = np.column_stack([np.ones(len(rows)), rows])
            stars = stars - model.mean_ - model.user_biases_[users]
        ridge = Ridge(alpha=0.1 * len(rows), fit_intercept=False).fit(rows, stars)
        got = [model.movie_biases_[movie]] * biased + [*model.movie_factors_[movie]]
        np.testing.assert_allclose(got, ridge.coef_, rtol=1e-8)
        if biased:
            assert got[0] != 0


@pytest.mark.parametrize("model", STARS, ids=str)
def test_the_user_comes_first_and_is_what_fold_in_says(ratings, model):
    X, y = ratings
    begun = clone(model).set_params(n_iterations=0).fit(X, y)
    own = X[:, 0] == 4
    expected = fold_in(begun, X[own, 1], y[own])
    model = clone(model).set_params(n_iterations=1).fit(X, y)
    np.testing.assert_allclose(model.user_factors_[4], expected[0], rtol=1e-8)
    np.testing.assert_allclose(model.user_biases_[4], expected[1], rtol=1e-8)


def loss(model, X, y):
    """Page 05's J, written out; only the learned arrays are used."""
    total = 0.0
    for (u, i), r in zip(X, y, strict=True):
        p, q, b_u, b_i = (model.user_factors_[u], model.movie_factors_[i],
                          model.user_biases_[u], model.movie_biases_[i])  # fmt: skip
        error = r - p @ q - (model.mean_ + b_u + b_i if model.biased else 0)
        total += error**2 + model.regularization * (p @ p + q @ q + b_u**2 + b_i**2)
    return total / 2


def weighted_loss(model, X, shape):
    """The loss of WeightedALS over all cells of a dense table."""
    w, (m, n) = model.unobserved_weight, shape
    seen = np.zeros(shape)
    seen[X[:, 0], X[:, 1]] = 1
    P, Q = model.user_factors_, model.movie_factors_
    errors = np.where(seen == 1, 1, w) * (seen - P @ Q.T) ** 2
    penalty = (seen.sum(axis=1) + w * n) @ (P**2).sum(axis=1)
    penalty += (seen.sum(axis=0) + w * m) @ (Q**2).sum(axis=1)
    return (errors.sum() + model.regularization * penalty) / 2


@pytest.mark.parametrize("model", BOTH_KINDS, ids=str)
def test_the_loss_is_page_05s_and_falls_at_every_half_step(ratings, model):
    X, y = ratings
    model = clone(model).set_params(n_iterations=12).fit(X, *targets(model, y))
    J = model.history_[["loss_after_users", "loss_after_movies"]].to_numpy().ravel()
    assert (np.diff(J) < 0).all()
    shape = len(model.user_factors_), len(model.movie_factors_)
    weighted = isinstance(model, WeightedALS)
    by_hand = weighted_loss(model, X, shape) if weighted else loss(model, X, y)
    np.testing.assert_allclose(J[-1], by_hand, rtol=1e-10)


def test_a_withheld_cell_of_a_checkerboard_comes_first():
    black = [(u, i) for u in range(8) for i in range(10) if (u + i) % 2 == 0]
    black.remove((2, 4))
    white = [(u, i) for u in range(8) for i in range(10) if (u + i) % 2 == 1]
    stars = AlternatingLeastSquares(2, random_state=0, n_iterations=30)
    X = np.array(black + white[::2])
    stars.fit(X, np.repeat([5.0, 1.0], [len(black), len(white[::2])]))
    assert top_n(stars, 2, 1, seen=X).tolist() == [4]
    who = WeightedALS(2, random_state=0).fit(black)
    assert top_n(who, 2, 1, seen=np.array(black)).tolist() == [4]
    assert set(similar_movies(who, 4, 4)) == {0, 2, 6, 8}
    assert who.predict([[2, 4]])[0] > 0.5 > who.predict([[2, 3]])[0]


def test_history_has_the_rmse_of_train_and_validation(ratings):
    X, y = ratings
    for model in STARS:
        model = clone(model).fit(X[:-50], y[:-50], validation=(X[-50:], y[-50:]))
        assert list(model.history_) == [
            "iteration", "loss_after_users", "loss_after_movies", "train_rmse",
            "validation_rmse", "seconds",
        ]  # fmt: skip
        expected = [
            root_mean_squared_error(y[part], model.predict(X[part]))
            for part in (slice(None, -50), slice(-50, None))
        ]
        last = model.history_.iloc[-1]
        np.testing.assert_allclose(last[["train_rmse", "validation_rmse"]], expected)
        assert model.history_.notna().all(axis=None)
        alone = clone(model).fit(X[:-50], y[:-50])
        np.testing.assert_array_equal(alone.user_factors_, model.user_factors_)
        assert alone.history_["train_rmse"].notna().tolist() == [False] * 9 + [True]


# ---------------------------------------------------------------- who rated what


def dense_user_rows(seen, Q, w, regularization):
    """Each user's weighted ridge regression on all movies, one cell at a time."""
    rows = []
    for user in range(len(seen)):
        A, b = np.zeros((Q.shape[1],) * 2), np.zeros(Q.shape[1])
        for movie, x in enumerate(seen[user]):
            weight = 1 if x else w
            A += weight * np.outer(Q[movie], Q[movie])
            b += weight * x * Q[movie]
        A += regularization * (seen[user].sum() + w * len(Q)) * np.eye(len(b))
        rows.append(np.linalg.solve(A, b))
    return np.array(rows)


@pytest.mark.parametrize("w", [0.05, 0.3, 1, 2.5])
def test_weighted_als_is_the_dense_weighted_solution(w):
    seen = np.random.default_rng(5).random((30, 20)) < 0.3
    seen[3, 0] = seen[29, 19] = True
    model = WeightedALS(4, unobserved_weight=w, regularization=0.02, random_state=1)
    Q = clone(model).set_params(n_iterations=0).fit(np.argwhere(seen)).movie_factors_
    for _ in range(8):
        P = dense_user_rows(seen, Q, w, 0.02)
        Q = dense_user_rows(seen.T, P, w, 0.02)
    model.fit(np.argwhere(seen))
    np.testing.assert_allclose(model.user_factors_, P, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(model.movie_factors_, Q, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(model.predict([[3, 0]]), P[3] @ Q[0], rtol=1e-7)


def test_rows_longer_than_a_chunk_of_the_solver():
    seen = np.random.default_rng(6).random((20, 4 * als.CHUNK + 3)) < 0.9
    seen[19, -1] = True
    begun = WeightedALS(3, n_iterations=0, random_state=0).fit(np.argwhere(seen))
    model = WeightedALS(3, n_iterations=1, random_state=0).fit(np.argwhere(seen))
    expected = dense_user_rows(seen, begun.movie_factors_, 0.3, 0.01)
    np.testing.assert_allclose(model.user_factors_, expected, rtol=1e-8)


def test_without_weight_on_the_blanks_there_is_no_model(ratings):
    with pytest.raises(ValueError, match="unobserved_weight must be above 0.*every target is 1"):
        WeightedALS(unobserved_weight=0).fit(ratings[0])
    with pytest.raises(ValueError, match="unobserved_weight must be a number"):
        WeightedALS(unobserved_weight=-0.1).fit(ratings[0])


def test_a_pair_counts_once_and_stars_do_not(ratings):
    X, y = ratings
    model = WeightedALS(3, random_state=0)
    once = clone(model).fit(X)
    again = clone(model).fit(np.concatenate([X[::-1], X]), np.zeros(2 * len(X)))
    np.testing.assert_array_equal(once.movie_factors_, again.movie_factors_)


def test_what_asks_for_stars_says_no(ratings):
    model = WeightedALS(3).fit(ratings[0])
    with pytest.raises(ValueError, match="fold_in solves for stars.*half-step"):
        fold_in(model, [0], [5])
    assert not hasattr(model, "score")
    assert "train_rmse" not in model.history_


# ---------------------------------------------------------------- both: threads, gaps, Ctrl-C


@pytest.mark.parametrize("model", BOTH_KINDS, ids=str)
def test_same_seed_same_bits_on_one_thread_or_more(ratings, model, monkeypatch):
    X, y = ratings
    results = []
    for threads in (1, 2, 5, 1000):
        monkeypatch.setattr(als, "THREADS", threads)
        fitted = clone(model).fit(X, *targets(model, y))
        results.append([getattr(fitted, name) for name in LEARNED])
        results[-1].append(fitted.history_["loss_after_movies"])
    for other in results[1:]:
        for ours, theirs in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    other_seed = clone(model).set_params(random_state=1).fit(X, *targets(model, y))
    assert (other_seed.user_factors_ != results[0][0]).any()


@pytest.mark.parametrize("model", BOTH_KINDS, ids=str)
def test_codes_that_training_has_not_seen(model):
    X, y = cells(4, 5, (3, 4)), np.arange(19.0) % 5 + 1
    X[X == 2] = 7  # a gap among the codes of users and of movies
    model = clone(model).fit(X, *targets(model, y))
    assert len(model.user_factors_) == 8 and not model.user_seen_[2] and model.user_seen_[7]
    strangers = model.predict([[2, 7], [7, 2], [2, 2], [999, 7], [0, 999], [999, 999]])
    for got, (known_user, known_movie) in zip(
        strangers, [(None, 7), (7, None), (None, None), (None, 7), (0, None), (None, None)],
        strict=True,
    ):  # fmt: skip
        b_u = 0 if known_user is None else model.user_biases_[known_user]
        b_i = 0 if known_movie is None else model.movie_biases_[known_movie]
        assert got == model.mean_ + b_u + b_i
    assert model.mean_ == (0 if isinstance(model, WeightedALS) else y.mean())


@pytest.mark.parametrize("model", BOTH_KINDS, ids=str)
def test_no_iteration_leaves_the_start_values(ratings, model):
    X, y = ratings
    model = clone(model).set_params(n_iterations=0, init_std=0.5).fit(X, *targets(model, y))
    assert 0.4 < model.user_factors_.std() < 0.6
    assert model.n_iter_ == len(model.history_) == 0


def press_ctrl_c(monkeypatch, half_step, times=1):
    """Have Ctrl-C pressed in that half-step of every fit."""
    step, counts = als._Alternating._half_step, {}

    def pressing(self, *args):
        result = step(self, *args)
        counts[id(self)] = counts.get(id(self), 0) + 1
        for _ in range(times if counts[id(self)] == half_step else 0):
            signal.raise_signal(signal.SIGINT)
        return result

    monkeypatch.setattr(als._Alternating, "_half_step", pressing)


@pytest.mark.parametrize("model", BOTH_KINDS, ids=str)
def test_ctrl_c_ends_after_the_iteration_and_keeps_what_was_learned(
    ratings, model, monkeypatch, capsys
):
    X, y = ratings
    three = clone(model).set_params(n_iterations=3).fit(X, *targets(model, y))
    press_ctrl_c(monkeypatch, half_step=5)  # the users' of the third iteration
    model = clone(model).fit(X, *targets(model, y))
    assert model.n_iter_ == len(model.history_) == 3
    np.testing.assert_array_equal(model.movie_factors_, three.movie_factors_)
    assert "Stopped by hand after iteration 3 of " in capsys.readouterr().out


def test_a_second_ctrl_c_stops_at_once_and_nothing_half_learned_is_left(ratings, monkeypatch):
    X, y = ratings
    press_ctrl_c(monkeypatch, half_step=5, times=2)
    model = AlternatingLeastSquares()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert list(model.history_["iteration"]) == [1, 2]
    with pytest.raises(NotFittedError, match="after 2 whole"):
        model.predict(X)


def test_a_search_and_a_progress_bar(ratings, capsys):
    X, y = ratings
    grid = {"n_factors": [1, 2], "regularization": [0.01, 0.1]}
    search = GridSearchCV(AlternatingLeastSquares(random_state=0), grid, cv=2)
    search.fit(X, y, validation=(X, y))
    assert search.best_estimator_.score(X, y) <= 1
    WeightedALS(n_iterations=2, progress=True).fit(X)
    assert "iterations: 100%" in capsys.readouterr().err


# ---------------------------------------------------------------- bad input


GOOD_X, GOOD_Y = np.array([[0, 0], [1, 1], [2, 0]]), np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("kind", [AlternatingLeastSquares, WeightedALS])
@pytest.mark.parametrize(
    "X, message",
    [
        (np.array([[0, 0], [-1, 1]]), "user codes.*row 1 is -1"),
        (np.array([[0, 0], [0.5, 0]]), "user codes.*row 1 is 0.5"),
        (GOOD_X.astype(str), "remap_ids"),
        (np.zeros((3, 3), int), r"shape \(3, 3\)"),
        (np.zeros((0, 2), int), "no rows"),
        (np.array([[0, 0], [50_000_000, 0]]), "remap_ids first"),
        (pd.DataFrame(GOOD_X).assign(extra=1), "exactly two columns"),
    ],
)
def test_bad_pairs_are_refused(kind, X, message):
    with pytest.raises(ValueError, match=message):
        kind().fit(X, np.ones(len(X)))


def test_bad_stars_and_validation_are_refused():
    for y, message in [(GOOD_Y[:2], "3 rows but y has 2"), ([1, np.nan, 2], "row 1 is nan"),
                       (None, "target y is None")]:  # fmt: skip
        with pytest.raises(ValueError, match=message):
            AlternatingLeastSquares().fit(GOOD_X, y)
        with pytest.raises(ValueError, match="validation: .*" + message):
            AlternatingLeastSquares().fit(GOOD_X, GOOD_Y, validation=(GOOD_X, y))


@pytest.mark.parametrize("kind", [AlternatingLeastSquares, WeightedALS])
@pytest.mark.parametrize(
    "setting",
    [
        {"n_factors": 0}, {"n_factors": 2.5}, {"n_iterations": -1}, {"regularization": 0},
        {"regularization": np.nan}, {"init_std": -1}, {"progress": "yes"},
        {"random_state": "seed"},
    ],
)  # fmt: skip
def test_bad_settings_are_refused_by_name(kind, setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        kind(**setting).fit(GOOD_X, GOOD_Y)
    with pytest.raises(ValueError, match="biased"):
        AlternatingLeastSquares(biased=1.5).fit(GOOD_X, GOOD_Y)


def test_equations_without_a_single_solution_say_so():
    model = AlternatingLeastSquares(10, regularization=1e-300, random_state=0)
    with pytest.raises(ValueError, match="regularization=1e-300; raise it"):
        model.fit(GOOD_X, GOOD_Y)
    with pytest.raises(NotFittedError):
        model.predict(GOOD_X)


def test_the_solver_is_compiled_once_for_both_models(ratings):
    X, y = ratings
    for w in (1, 0.5, np.float32(2)):
        WeightedALS(2, unobserved_weight=w, regularization=1, n_iterations=1).fit(X)
    for biased in (False, True):
        AlternatingLeastSquares(2, biased=biased, regularization=1, n_iterations=1).fit(X, y)
    assert len(als._solve_rows.signatures) == 1
