"""Lists by hand, lists against predict, new people against scikit-learn's Ridge."""

import copy
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge

from mfhelpers import MatrixFactorization, fold_in, recommend, similar_movies, top_n

N_USERS, N_MOVIES = 40, 60
UNSEEN_USER, UNSEEN_MOVIE = 5, 7


def ratings(seed=0):
    rng = np.random.default_rng(seed)
    cells = [rng.integers(0, N_USERS, 700), rng.integers(0, N_MOVIES, 700)]
    X = np.unique(np.column_stack(cells), axis=0)
    X = X[(X[:, 0] != UNSEEN_USER) & (X[:, 1] != UNSEEN_MOVIE)]
    return X, rng.integers(1, 6, len(X)).astype(float)


def fitted(biased=True, dtype="float64", **settings):
    X, y = ratings()
    return MatrixFactorization(4, biased=biased, dtype=dtype, random_state=0, **settings).fit(X, y)


def by_hand(user_factors, movie_factors, movie_biases=None, mean=0.0, user_biases=None):
    """A model whose lists can be worked out on paper; every code counts as seen."""
    model = MatrixFactorization(biased=movie_biases is not None, regularization=0.5)
    model.user_factors_ = np.array(user_factors, float)
    model.movie_factors_ = np.array(movie_factors, float)
    none = np.zeros(len(movie_factors)), np.zeros(len(user_factors))
    model.movie_biases_ = none[0] if movie_biases is None else movie_biases
    model.user_biases_ = none[1] if user_biases is None else np.array(user_biases)
    model.mean_ = mean
    return model


MODELS = [(biased, dtype) for biased in (False, True) for dtype in ("float64", "float32")]


def predicted(model, user):
    return model.predict(np.column_stack([np.full(N_MOVIES, user), np.arange(N_MOVIES)]))


# ---------------------------------------------------------------- top_n


def test_the_list_of_a_paper_example():
    # scores: user 0: 1, 2, 0, -1; user 1: 0, -2, 3, 1
    model = by_hand([[1, 0], [0, 1]], [[1, 0], [2, -2], [0, 3], [-1, 1]])
    assert top_n(model, 0, 3).tolist() == [1, 0, 2]
    assert top_n(model, [1, 0], 2).tolist() == [[2, 3], [1, 0]]
    assert top_n(model, 0, 3, seen=[1]).tolist() == [0, 2, 3]


def test_biases_of_movies_change_the_list_and_the_mask_works_below_zero():
    model = by_hand([[1.0]], [[1], [2], [3]], np.array([0.0, 5, 0]), mean=-20, user_biases=[-1.0])
    assert top_n(model, 0, 3).tolist() == [1, 2, 0]
    assert top_n(model, 0, 2, seen=[1]).tolist() == [2, 0], "all scores are below zero"


@pytest.mark.parametrize("biased, dtype", MODELS)
@pytest.mark.parametrize("user", [0, 3, N_USERS - 1, UNSEEN_USER, N_USERS + 20])
def test_the_order_is_that_of_predict(biased, dtype, user):
    model = fitted(biased, dtype)
    scores = predicted(model, user)
    best = top_n(model, user, N_MOVIES)
    assert sorted(best) == list(range(N_MOVIES))
    np.testing.assert_allclose(scores[best], np.sort(scores)[::-1], atol=1e-5)


@pytest.mark.parametrize("biased", [False, True])
def test_users_at_once_are_the_users_one_by_one(biased, monkeypatch):
    monkeypatch.setattr(recommend, "CHUNK", 7)
    model, (X, _) = fitted(biased), ratings()
    users = np.array([*range(N_USERS), N_USERS + 3, 0])
    lists = top_n(model, users, 9, seen=X)
    assert lists.shape == (len(users), 9) and lists.dtype == np.int64
    for user, best in zip(users, lists, strict=True):
        assert best.tolist() == top_n(model, int(user), 9, seen=X[X[:, 0] == user, 1]).tolist()
        assert not set(best) & set(X[X[:, 0] == user, 1])


def test_equal_scores_come_in_the_order_of_their_codes():
    model = by_hand([[1.0]], [[0.0]] * 3 + [[2.0]] + [[1.0]] * 40)
    assert top_n(model, 0, 6).tolist() == [3, 4, 5, 6, 7, 8]
    assert top_n(model, [0, 0], 2, seen=[[0, 3]]).tolist() == [[4, 5]] * 2
    plain = fitted(biased=False)
    assert top_n(plain, UNSEEN_USER, 5, seen=[1]).tolist() == [0, 2, 3, 4, 5], "all score the mean"


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.integers(-3, 3), min_size=2, max_size=30),
    share=st.floats(0, 1),
    data=st.data(),
)
def test_any_list_is_the_full_stable_sort(scores, share, data):
    n = max(1, int(share * len(scores)))
    seen = data.draw(st.sets(st.integers(0, len(scores) - 1), max_size=len(scores) - n))
    wanted = [m for m in sorted(range(len(scores)), key=lambda m: -scores[m]) if m not in seen]
    model = by_hand([[1.0]], [[s] for s in scores])
    assert top_n(model, 0, n, seen=seen).tolist() == wanted[:n]


def test_seen_in_every_accepted_form():
    model, (X, _) = fitted(), ratings()
    mine = X[X[:, 0] == 3, 1]
    wanted = top_n(model, 3, 10, seen=mine).tolist()
    frame = pd.DataFrame(X, columns=["user_id", "movie_id"])
    doubled = np.r_[mine, mine, 999]
    for seen in (X, X.tolist(), frame, mine.tolist(), set(mine.tolist()), pd.Series(mine), doubled,
                 mine[::-1], mine.astype(np.uint16)):  # fmt: skip
        assert top_n(model, 3, 10, seen=seen).tolist() == wanted
    beyond = np.concatenate([X, [[3, N_MOVIES], [3, 999], [N_USERS + 9, 1]]])
    assert top_n(model, [3], 10, seen=beyond).tolist() == [wanted]
    twice = np.concatenate([X, X])
    assert top_n(model, [3], 10, seen=twice).tolist() == [wanted]
    everything = top_n(model, 3, 10)
    assert everything.tolist() != wanted
    for nothing in (None, [], np.zeros((0, 2), int), X[X[:, 0] != 3]):
        assert top_n(model, 3, 10, seen=nothing).tolist() == everything.tolist()


def test_an_unseen_user_gets_the_movies_with_the_highest_biases():
    model = fitted()
    best = np.argsort(-np.where(model.movie_seen_, model.movie_biases_, 0), kind="stable")
    for stranger in (UNSEEN_USER, N_USERS, 10_000):
        assert top_n(model, stranger, 10).tolist() == best[:10].tolist()


def test_a_known_users_factors_handed_over_as_a_person_give_the_same_list():
    for biased, dtype in MODELS:
        model = fitted(biased, dtype)
        person = model.user_factors_[4], float(model.user_biases_[4])
        assert (
            top_n(model, person, 12, seen=[1, 2]).tolist() == top_n(model, 4, 12, [1, 2]).tolist()
        )


def test_two_users_in_a_tuple_are_two_users():
    model = fitted()
    assert top_n(model, (3, 4), 5).tolist() == top_n(model, [3, 4], 5).tolist()


def test_no_users_no_lists():
    assert top_n(fitted(), np.zeros(0, int), 5, seen=ratings()[0]).shape == (0, 5)


@pytest.mark.parametrize(
    "arguments, told",
    [
        ({"user": -1}, "user must be a code"),
        ({"user": 1.0}, "user must be a code"),
        ({"user": "3"}, "user must be a code"),
        ({"user": [[1, 2]]}, "user must be a code"),
        ({"user": True}, "user must be a code"),
        ({"n": 0}, "n must be a whole number"),
        ({"n": 2.5}, "n must be a whole number"),
        ({"n": N_MOVIES + 1}, f"user 3 has only {N_MOVIES} movies left, and n is {N_MOVIES + 1}"),
        ({"n": N_MOVIES, "seen": [4]}, f"user 3 has only {N_MOVIES - 1} movies left"),
        ({"seen": range(N_MOVIES)}, "user 3 has only 0 movies left"),
        ({"user": [0, 1], "n": N_MOVIES, "seen": [[1, 9]]}, "user 1 has only 59"),
        ({"user": [0, 1], "seen": [3]}, "two columns"),
        ({"seen": [-3]}, "array of movie codes"),
        ({"seen": [1.5]}, "array of movie codes"),
        ({"seen": np.ones(N_MOVIES, bool)}, "array of movie codes"),
        ({"seen": pd.DataFrame({"movie_id": [1], "rating": [2], "x": [3]})}, "seen: X must have"),
        ({"seen": np.array([[0, -1]])}, "seen: movie codes"),
        ({"user": (np.zeros(3), 0.0)}, "4 factors and one number"),
        ({"user": (np.zeros(4), [0.0, 1.0])}, "4 factors and one number"),
        ({"user": (np.full(4, np.nan), 0.0)}, "finite"),
        ({"user": (np.zeros(4), 0.0), "seen": [[0, 1]]}, "array of movie codes"),
        ({"user": (np.zeros(4), 0.0), "n": 61}, "this person has only 60"),
    ],
)
def test_bad_input_is_named(arguments, told):
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        top_n(fitted(), **{"user": 3, "n": 5, **arguments})


def test_an_unfitted_model_is_refused():
    for ask in (
        lambda m: top_n(m, 0),
        lambda m: similar_movies(m, 0),
        lambda m: fold_in(m, [0], [3]),
    ):
        with pytest.raises(NotFittedError):
            ask(MatrixFactorization())


def peak_bytes(run):
    """The most that a call holds at a time."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_of_the_lists_of_all_users_and_all_movies():
    m, n, k = 6040, 3706, 100
    rng = np.random.default_rng(0)
    model = by_hand(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(n, np.float32), 3.6, np.zeros(m))
    model.user_factors_ = rng.normal(size=(m, k)).astype(np.float32)
    model.movie_factors_ = rng.normal(size=(n, k)).astype(np.float32)
    model.user_biases_ = model.user_biases_.astype(np.float32)
    seen = np.column_stack([rng.integers(0, m, 1_000_000), rng.integers(0, n, 1_000_000)])
    assert peak_bytes(lambda: top_n(model, np.arange(m), 10, seen=seen)) < 100e6
    for metric in ("cosine", "dot"):  # the scores alone of all at once would be 55 MB
        assert peak_bytes(lambda m=metric: similar_movies(model, np.arange(n), 10, m)) < 40e6


# ---------------------------------------------------------------- similar_movies


def test_similar_by_hand_and_the_two_metrics_differ():
    # from movie 0, (1, 0): dot products 0.9, 2, 0, -1; cosines 1, 0.707, 0, -1
    model = by_hand([[1.0, 0]], [[1, 0], [0.9, 0], [2, 2], [0, 5], [-1, 0]])
    assert similar_movies(model, 0, 4).tolist() == [1, 2, 3, 4]
    assert similar_movies(model, 0, 4, "dot").tolist() == [2, 1, 3, 4]
    assert similar_movies(model, [0, 3], 1, "dot").tolist() == [[2], [2]]


@pytest.mark.parametrize("metric", ["cosine", "dot"])
def test_movies_at_once_are_the_movies_one_by_one(metric, monkeypatch):
    monkeypatch.setattr(recommend, "CHUNK", 7)
    model = fitted()
    movies = np.array([movie for movie in range(N_MOVIES) if movie != UNSEEN_MOVIE] + [3])
    lists = similar_movies(model, movies, 9, metric)
    assert lists.shape == (len(movies), 9) and lists.dtype == np.int64
    for movie, alike in zip(movies, lists, strict=True):
        assert alike.tolist() == similar_movies(model, int(movie), 9, metric).tolist()
    assert similar_movies(model, movies[:0], 9, metric).shape == (0, 9)


@pytest.mark.parametrize("metric", ["cosine", "dot"])
def test_similar_leaves_out_the_movie_itself_and_unseen_ones(metric):
    model = fitted()
    known = [movie for movie in range(N_MOVIES) if movie != UNSEEN_MOVIE]
    lists = similar_movies(model, known, N_MOVIES - 2, metric)
    for movie, alike in zip(known, lists, strict=True):
        assert sorted([*alike, movie]) == known


def test_a_row_of_zeros_is_like_nothing_and_breaks_nothing():
    model = by_hand([[1.0, 0]], [[1, 0], [0, 0], [1, 1], [-1, 0]])
    assert similar_movies(model, 0, 3).tolist() == [2, 1, 3]
    assert similar_movies(model, 1, 3).tolist() == [0, 2, 3], "all cosines are 0"


def test_cosine_does_not_see_lengths_and_neither_sees_a_rotation():
    model = fitted()
    wanted = {metric: similar_movies(model, 3, 20, metric).tolist() for metric in ("cosine", "dot")}
    turned = copy.deepcopy(model)
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))
    turned.movie_factors_ = model.movie_factors_ @ turn
    for metric, movies in wanted.items():
        assert similar_movies(turned, 3, 20, metric).tolist() == movies
    stretched = copy.deepcopy(model)
    stretched.movie_factors_ *= np.linspace(0.1, 9, N_MOVIES)[:, None]
    assert similar_movies(stretched, 3, 20).tolist() == wanted["cosine"]
    assert similar_movies(stretched, 3, 20, "dot").tolist() != wanted["dot"]


@pytest.mark.parametrize(
    "arguments, told",
    [
        ({"movie": UNSEEN_MOVIE}, f"movie {UNSEEN_MOVIE} was not in training"),
        ({"movie": N_MOVIES}, f"movie {N_MOVIES} was not in training"),
        ({"movie": -1}, "movie -1 was not in training"),
        ({"movie": [0, UNSEEN_MOVIE]}, "was not in training"),
        ({"movie": "Toy Story"}, "must be codes"),
        ({"movie": 1.0}, "must be codes"),
        ({"metric": "euclid"}, "metric must be one of"),
        ({"n": 0}, "n must be"),
        ({"n": N_MOVIES - 1}, "movie 3 has only 58 movies left"),
    ],
)
def test_bad_questions_about_similar_movies_are_named(arguments, told):
    with pytest.raises(ValueError, match=told):
        similar_movies(fitted(), **{"movie": 3, "n": 5, **arguments})


# ---------------------------------------------------------------- fold_in

RATED, STARS = np.array([3, 11, 20, 42, 8]), np.array([5.0, 1, 4, 4, 2])


def test_one_rating_on_paper():
    # one factor q = 2, r = 4, lambda = 0.5: p = 2 * 4 / (4 + 0.5)
    model = by_hand([[1.0]], [[2.0], [1.0]])
    factors, bias = fold_in(model, [0], [4])
    assert factors == pytest.approx([8 / 4.5]) and bias == 0
    # q = 1 twice, r = 3 and 4, lambda n = 1: p = 7 / (2 + 1)
    twins = by_hand([[1.0]], [[1.0], [1.0]])
    assert fold_in(twins, [0, 1], [3, 4])[0] == pytest.approx([7 / 3])
    # zero factors leave the bias: t = 4 - 3 - 0.4 = 0.6, bias = 0.6 / (1 + 0.5)
    flat = by_hand([[0.0]], [[0.0]], np.array([0.4]), mean=3.0)
    factors, bias = fold_in(flat, 0, 4)
    assert factors == pytest.approx([0]) and bias == pytest.approx(0.4)


@pytest.mark.parametrize("biased, dtype", MODELS)
@pytest.mark.parametrize("regularization", [None, 0.7])
def test_fold_in_is_scikit_learns_ridge(biased, dtype, regularization):
    model = fitted(biased, dtype)
    strength = 0.1 if regularization is None else regularization
    rows, targets = model.movie_factors_[RATED].astype(float), STARS
    if biased:
        rows = np.column_stack([np.ones(len(RATED)), rows])
        targets = STARS - model.mean_ - model.movie_biases_[RATED].astype(float)
    ridge = Ridge(alpha=strength * len(RATED), fit_intercept=False).fit(rows, targets)
    factors, bias = fold_in(model, RATED, STARS, regularization)
    weights = np.r_[bias, factors] if biased else factors
    np.testing.assert_allclose(weights, ridge.coef_, atol=1e-8, rtol=0)
    assert isinstance(bias, float) and (biased or bias == 0.0)


@pytest.mark.parametrize("biased", [False, True])
def test_fold_in_is_the_minimum_of_the_loss_of_page_05(biased):
    model = fitted(biased)

    def loss(factors, bias):
        misses = STARS - model.movie_factors_[RATED] @ factors
        if biased:
            misses = misses - model.mean_ - model.movie_biases_[RATED] - bias
        return 0.5 * np.sum(misses**2 + 0.1 * (factors @ factors + bias**2))

    factors, bias = fold_in(model, RATED, STARS)
    rng = np.random.default_rng(0)
    for _ in range(50):
        step, bias_step = rng.normal(0, 0.01, 4), rng.normal(0, 0.01) * biased
        assert loss(factors + step, bias + bias_step) > loss(factors, bias)


def test_a_trained_user_is_found_again():
    # planted: a user's ratings are exactly the dot products, so lambda = 0 finds the factors
    rng = np.random.default_rng(0)
    model = by_hand([[1.0]], rng.normal(size=(30, 3)))
    truth = np.array([0.5, -1.0, 2.0])
    factors, _ = fold_in(model, np.arange(30), model.movie_factors_ @ truth, regularization=0)
    np.testing.assert_allclose(factors, truth, atol=1e-12)


def test_without_a_penalty_few_ratings_get_the_shortest_exact_answer():
    model = by_hand([[1.0, 0]], [[1, 1], [3, 4]])
    assert fold_in(model, [0], [4], regularization=0)[0] == pytest.approx([2, 2])


def test_the_order_of_the_ratings_does_not_matter():
    model = fitted()
    there, back = fold_in(model, RATED, STARS), fold_in(model, RATED[::-1], STARS[::-1])
    np.testing.assert_allclose(there[0], back[0], atol=1e-12)
    assert there[1] == pytest.approx(back[1])


@pytest.mark.parametrize(
    "movies, stars, told",
    [
        ([], [], "rate at least one movie"),
        ([1, 2], [3], "2 movies, but ratings have shape"),
        ([1], [[3]], "ratings have shape"),
        ([1, 2, 1], [3, 4, 5], "movie 1 is rated twice"),
        ([1, 2], [3, np.nan], "rating 1 is not a finite number"),
        ([1, UNSEEN_MOVIE], [3, 4], f"movie {UNSEEN_MOVIE} was not in training"),
        ([1, 999], [3, 4], "movie 999 was not in training"),
        ([-1], [3], "movie -1 was not in training"),
        ([1.0], [3], "must be codes"),
        (["1193"], [3], "must be codes"),
    ],
)
def test_bad_ratings_of_a_new_person_are_named(movies, stars, told):
    with pytest.raises(ValueError, match=told):
        fold_in(fitted(), movies, stars)


def test_a_model_that_has_no_ridge_system_is_refused():
    with pytest.raises(ValueError, match="penalty='l1'"):
        fold_in(fitted(penalty="l1"), RATED, STARS)
    with pytest.raises(ValueError, match="regularization must be a number of at least 0"):
        fold_in(fitted(), RATED, STARS, regularization=-1)


def test_nothing_that_is_handed_over_is_changed():
    for biased, dtype in MODELS:
        model, (X, _) = fitted(biased, dtype), ratings()
        before = copy.deepcopy(vars(model))
        users, seen, movies, stars = np.arange(9), X.copy(), RATED.copy(), STARS.copy()
        person = fold_in(model, movies, stars)
        factors = person[0].copy()
        top_n(model, users, 5, seen=seen)
        top_n(model, person, 5, seen=movies)
        similar_movies(model, movies, 5), similar_movies(model, 3, 5, "dot")
        for name, value in before.items():
            if name != "history_":
                np.testing.assert_equal(vars(model)[name], value)
        np.testing.assert_array_equal(users, np.arange(9))
        np.testing.assert_array_equal(seen, X)
        np.testing.assert_array_equal(movies, RATED)
        np.testing.assert_array_equal(stars, STARS)
        np.testing.assert_array_equal(person[0], factors)
