"""Baselines: answers worked out by hand, and by scikit-learn's own ridge regression."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.preprocessing import OneHotEncoder

from mfhelpers import load_ratings, remap_ids
from mfhelpers.baselines import BiasModel, GroupMean

# Ann (0) saw movies 0 and 1, Ben (2) saw movie 0; codes 1 (user) and 2 (movie) are gaps.
PAIRS = np.array([[0, 0], [0, 1], [2, 0], [2, 3]])
RATINGS = np.array([5.0, 3.0, 2.0, 4.0])
MODELS = [GroupMean("user"), GroupMean("movie"), BiasModel()]


def random_ratings(n=400, m=17, n_movies=11, seed=3):
    """Return n rows of codes (some pairs twice) and ratings with user and movie effects."""
    rng = np.random.default_rng(seed)
    pairs = np.column_stack([rng.integers(0, m, n), rng.integers(0, n_movies, n)])
    effects = rng.normal(0, 0.6, m)[pairs[:, 0]] + rng.normal(0, 0.6, n_movies)[pairs[:, 1]]
    return pairs, 3.5 + effects + rng.normal(0, 0.8, n)


# ---------------------------------------------------------------- means


def test_user_means_by_hand():
    model = GroupMean("user").fit(PAIRS, RATINGS)
    assert model.means_.tolist() == [4.0, 3.5, 3.0]
    assert model.predict([[0, 3], [2, 1]]).tolist() == [4.0, 3.0]


def test_movie_means_by_hand():
    model = GroupMean(by="movie").fit(PAIRS, RATINGS)
    assert model.means_.tolist() == [3.5, 3.0, 3.5, 4.0]
    assert model.predict([[2, 1], [0, 3]]).tolist() == [3.0, 4.0]


@pytest.mark.parametrize("by, unseen", [("user", [[1, 0], [9, 0]]), ("movie", [[0, 2], [0, 9]])])
def test_whoever_is_unseen_gets_the_mean_of_all_ratings(by, unseen):
    assert GroupMean(by).fit(PAIRS, RATINGS).predict(unseen).tolist() == [3.5, 3.5]


@pytest.mark.parametrize("column, by", [(0, "user"), (1, "movie")])
def test_means_are_those_of_pandas(column, by):
    pairs, ratings = random_ratings()
    expected = pd.Series(ratings).groupby(pairs[:, column]).transform("mean")
    assert np.allclose(GroupMean(by).fit(pairs, ratings).predict(pairs), expected, atol=1e-12)


# ---------------------------------------------------------------- biases


def test_biases_by_hand():
    # one user, one movie each: mean 3, and b_u = b_i, so (1 + 2)b_u + b_i = ±1 gives ±1/4
    model = BiasModel(regularization=2).fit([[0, 0], [1, 1]], [4.0, 2.0])
    assert model.mean_ == 3.0
    assert np.allclose(model.user_biases_, [0.25, -0.25], atol=1e-12)
    assert np.allclose(model.movie_biases_, [0.25, -0.25], atol=1e-12)
    assert np.allclose(model.predict([[0, 0], [0, 1], [1, 1]]), [3.5, 3.0, 2.5], atol=1e-12)


@pytest.mark.parametrize("regularization", [0.3, 5, 40])
def test_biases_are_a_ridge_regression_on_one_hot_columns(regularization):
    pairs, ratings = random_ratings()
    model = BiasModel(regularization).fit(pairs, ratings)
    columns = OneHotEncoder().fit_transform(pairs)
    ridge = Ridge(alpha=regularization, fit_intercept=False, solver="cholesky")
    ridge.fit(columns.toarray(), ratings - ratings.mean())
    biases = np.concatenate([model.user_biases_, model.movie_biases_])
    assert np.allclose(biases, ridge.coef_, rtol=0, atol=1e-6)


@pytest.mark.parametrize("regularization", [0, 0.3, 5])
def test_no_bias_can_be_moved_to_a_smaller_loss(regularization):
    pairs, ratings = random_ratings(n=3_000, m=300, n_movies=170)
    model = BiasModel(regularization).fit(pairs, ratings)
    errors = ratings - model.predict(pairs)
    for column, biases in enumerate((model.user_biases_, model.movie_biases_)):
        pull = np.bincount(pairs[:, column], errors, minlength=len(biases))
        assert np.allclose(pull, regularization * biases, rtol=0, atol=1e-6)


def test_without_regularization_biases_that_were_planted_come_back():
    rng = np.random.default_rng(0)
    users, movies = rng.normal(size=8), rng.normal(size=6)
    pairs = np.argwhere(rng.random((8, 6)) < 0.7)
    ratings = 3 + users[pairs[:, 0]] + movies[pairs[:, 1]]
    predicted = (
        BiasModel(regularization=0).fit(pairs, ratings).predict(np.argwhere(np.ones((8, 6))))
    )
    assert np.allclose(predicted.reshape(8, 6), 3 + users[:, None] + movies, atol=1e-6)


def test_more_regularization_shrinks_and_infinitely_much_leaves_the_mean():
    pairs, ratings = random_ratings()
    sizes = [np.abs(BiasModel(x).fit(pairs, ratings).user_biases_).sum() for x in (0.1, 5, 100)]
    assert sizes == sorted(sizes, reverse=True)
    assert np.allclose(BiasModel(1e12).fit(pairs, ratings).predict(pairs), ratings.mean())


def test_unseen_users_and_movies_get_what_is_known():
    model = BiasModel(1.0).fit(PAIRS, RATINGS)
    mean, users, movies = model.mean_, model.user_biases_, model.movie_biases_
    assert users.shape == (3,) and movies.shape == (4,)
    assert users[1] == 0 and movies[2] == 0  # the gaps
    asked = [[0, 2], [0, 9], [1, 3], [9, 3], [9, 9]]
    known = [mean + users[0], mean + users[0], mean + movies[3], mean + movies[3], mean]
    assert np.allclose(model.predict(asked), known, atol=1e-12)


def test_the_default_does_what_it_does_on_movielens():
    coded = remap_ids(load_ratings(200_000, source="generated"))[0]
    train, test = train_test_split(coded, test_size=0.2, random_state=10)
    pairs = ["user_id", "movie_id"]

    def rmse(model):
        predicted = model.fit(train[pairs], train["user_rating"]).predict(test[pairs])
        return np.sqrt(np.mean((test["user_rating"] - predicted) ** 2))

    biases = rmse(BiasModel())
    assert 0.90 < biases < 0.94
    # the flat bottom: far less and far more regularization are both worse
    assert biases + 0.002 < min(rmse(BiasModel(0)), rmse(BiasModel(25)))


# ---------------------------------------------------------------- scikit-learn's contract


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_frames_and_arrays_give_the_same_and_nothing_is_changed(model):
    frame = pd.DataFrame(PAIRS, columns=["user_id", "movie_id"])
    before, ratings = frame.copy(), RATINGS.copy()
    from_frame = clone(model).fit(frame, pd.Series(ratings)).predict(frame)
    assert np.array_equal(from_frame, clone(model).fit(PAIRS, RATINGS).predict(PAIRS))
    assert frame.equals(before) and np.array_equal(ratings, RATINGS)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_score_is_the_share_of_variance_explained(model):
    pairs, ratings = random_ratings()
    model = clone(model).fit(pairs, ratings)
    errors = ratings - model.predict(pairs)
    assert np.isclose(model.score(pairs, ratings), 1 - np.mean(errors**2) / ratings.var())


def test_grid_search_takes_it():
    pairs, ratings = random_ratings()
    search = GridSearchCV(BiasModel(), {"regularization": [0.5, 1e9]}, cv=3).fit(pairs, ratings)
    assert search.best_params_ == {"regularization": 0.5}


@pytest.mark.parametrize("model", MODELS, ids=str)
@pytest.mark.parametrize(
    "pairs, ratings, message",
    [
        (PAIRS, [1.0, 2.0], "4 rows but y has 2"),
        (PAIRS, [1.0, 2.0, np.nan, 3.0], "row 2 is nan"),
        ([[0, -1], [1, 1]], [1.0, 2.0], "row 0 is -1"),
        ([[0.5, 1.0], [1.0, 1.0]], [1.0, 2.0], "row 0 is 0.5"),
        ([["7", "8"]], [1.0], "remap_ids"),
        ([0, 1], [1.0, 2.0], "two columns"),
        (np.zeros((0, 2), dtype=int), [], "no rows"),
    ],
)
def test_bad_input_is_named(model, pairs, ratings, message):
    with pytest.raises(ValueError, match=message):
        clone(model).fit(pairs, ratings)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_swapped_columns_are_refused(model):
    frame = pd.DataFrame(PAIRS, columns=["user_id", "movie_id"])
    model = clone(model).fit(frame, RATINGS)
    with pytest.raises(ValueError, match="in the same order"):
        model.predict(frame[["movie_id", "user_id"]])


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_predicting_before_fitting_is_refused(model):
    with pytest.raises(ValueError, match="not fitted"):
        clone(model).predict(PAIRS)


@pytest.mark.parametrize("regularization", [-1, np.nan, np.inf, None, "5", True])
def test_bad_regularization_is_named(regularization):
    with pytest.raises(ValueError, match="regularization"):
        BiasModel(regularization).fit(PAIRS, RATINGS)


@pytest.mark.parametrize("by", ["users", None, 0])
def test_bad_grouping_is_named(by):
    with pytest.raises(ValueError, match="by must be one of 'user', 'movie'"):
        GroupMean(by).fit(PAIRS, RATINGS)
