"""The generated ratings: like MovieLens in shape, and true to their own truth."""

import dataclasses
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import root_mean_squared_error

from mfhelpers.generated import generated_ratings, generated_truth


@pytest.fixture(scope="module")
def ratings():
    return generated_ratings()


@pytest.fixture(scope="module")
def truth():
    return generated_truth()


@pytest.fixture(scope="module")
def expected(ratings, truth):
    return truth.expected_rating(ratings["user_id"], ratings["movie_id"])


# ---------------------------------------------------------------- like MovieLens 1M


def test_size_and_types(ratings):
    assert len(ratings) == 1_000_209
    assert ratings["user_id"].nunique() == 6040 and ratings["movie_id"].nunique() == 3706
    assert isinstance(ratings.index, pd.RangeIndex)
    assert ratings["user_rating"].dtype == np.float64
    for column in ["user_id", "movie_id", "movie_title", "movie_genres"]:
        assert isinstance(ratings[column].iloc[0], str) and not ratings[column].isna().any()


def test_ids_are_text_like_movielens(ratings, truth):
    assert truth.user_ids.tolist() == [str(i) for i in range(1, 6041)]
    numbers = np.array(truth.movie_ids, dtype=int)
    assert (np.diff(numbers) > 0).all() and numbers.max() <= 3952  # with gaps: 3,706 of them
    assert ratings["user_id"].drop_duplicates().tolist() == truth.user_ids.tolist()  # by user
    assert not ratings.duplicated(["user_id", "movie_id"]).any()


def test_stars_have_the_shares_of_movielens(ratings):
    shares = ratings["user_rating"].value_counts(normalize=True).sort_index()
    assert shares.index.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(shares, [0.0562, 0.1075, 0.2611, 0.3489, 0.2263], atol=1e-5)


def gini(counts):
    counts = np.sort(counts)
    return (
        (2 * np.arange(1, len(counts) + 1) - len(counts) - 1) @ counts / counts.sum() / len(counts)
    )


def test_tails_of_users(ratings):
    counts = ratings["user_id"].value_counts()
    assert counts.min() >= 20 and counts.max() == 2314
    assert counts.median() == pytest.approx(96, rel=0.05)
    assert counts.quantile(0.95) == pytest.approx(556, rel=0.1)
    assert gini(counts) == pytest.approx(0.529, abs=0.04)


def test_tails_of_movies(ratings):
    counts = ratings["movie_id"].value_counts()
    assert counts.median() == pytest.approx(124, rel=0.12)
    assert counts.quantile(0.95) == pytest.approx(1051, rel=0.05)
    assert counts.max() == pytest.approx(3428, rel=0.1)
    assert counts.nlargest(371).sum() / len(ratings) == pytest.approx(0.44, abs=0.01)
    assert gini(counts) == pytest.approx(0.634, abs=0.05)
    assert counts.min() < 5


def test_movies_differ_more_than_users_and_popular_ones_are_liked(ratings):
    users = ratings.groupby("user_id")["user_rating"].mean()
    movies = ratings.groupby("movie_id")["user_rating"].agg(["mean", "size"])
    assert users.std() == pytest.approx(0.43, abs=0.03)
    assert movies["mean"].std() == pytest.approx(0.63, abs=0.05)
    assert 0.3 < np.corrcoef(np.log(movies["size"]), movies["mean"])[0, 1] < 0.45


def test_a_sample_is_thin(ratings):
    sample = ratings.sample(200_000, random_state=0)
    counts = sample["user_id"].value_counts()
    assert len(counts) > 6000 and 0.45 < (counts < 20).mean() < 0.6
    assert len(sample) / (counts.size * sample["movie_id"].nunique()) < 0.01


def test_titles_and_genres(truth):
    assert len(set(truth.movie_titles)) == 3706
    assert all(pd.Series(truth.movie_titles).str.fullmatch(r"The \w+ \w+ \((19|20)\d\d\)"))
    genres = pd.Series(truth.movie_genres).str.split("|")
    assert genres.map(len).between(1, 4).all() and genres.map(lambda g: g == sorted(g)).all()
    shares = genres.explode().value_counts() / 3706
    assert len(shares) == 18 and shares.idxmax() == "Drama" and shares["Drama"] > 0.3


# ---------------------------------------------------------------- the truth


def test_floor_is_the_error_of_the_expected_rating(ratings, truth, expected):
    assert truth.floor == pytest.approx(0.805, abs=0.002)
    error = root_mean_squared_error(ratings["user_rating"], expected)
    assert error == pytest.approx(truth.floor, abs=1e-9)


def test_expected_rating_is_the_mean_of_what_is_given(ratings, expected):
    """In bins of predicted stars the mean of the true stars is the prediction."""
    bins = pd.cut(expected, np.arange(1, 5.1, 0.25))
    table = pd.DataFrame({"stars": ratings["user_rating"], "expected": expected}).groupby(
        bins, observed=True
    )
    gap = (table["stars"].mean() - table["expected"].mean()) / (table["stars"].sem())
    assert len(gap) > 12 and gap.abs().max() < 4


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_nothing_is_better_than_the_floor(ratings, truth, expected, scale):
    """A stretched, a shrunk and a noisy truth are all worse."""
    mean = expected.mean()
    stretched = mean + scale * (expected - mean)
    noisy = expected + np.random.default_rng(0).normal(0, 0.05, len(expected))
    for other in (stretched, noisy, expected + 0.02):
        assert root_mean_squared_error(ratings["user_rating"], other) > truth.floor + 1e-4


def test_expected_rating_by_its_definition(truth):
    """Draw the noise of one pair many times, and cut it into stars."""
    user, movie = 17, 1234
    score = truth.user_biases[user] + truth.movie_biases[movie]
    score += truth.user_factors[user] @ truth.movie_factors[movie]
    noisy = score + np.random.default_rng(0).normal(0, truth.noise_std, 400_000)
    stars = 1 + (noisy[:, None] > truth.cuts).sum(axis=1)
    predicted = truth.expected_rating([truth.user_ids[user]], [truth.movie_ids[movie]])
    assert predicted == pytest.approx(stars.mean(), abs=0.01)
    by_star = np.diff(norm.cdf([-np.inf, *truth.cuts, np.inf], score, truth.noise_std))
    assert predicted == pytest.approx(by_star @ [1, 2, 3, 4, 5])


def test_true_factors_have_the_spread_of_the_recipe(truth):
    taste = truth.user_factors @ truth.movie_factors.T
    assert taste.std() == pytest.approx(0.47, abs=1e-6)
    assert truth.user_biases.std() == pytest.approx(0.43, abs=0.02)
    assert truth.movie_biases.std() == pytest.approx(0.62, abs=0.02)
    assert truth.user_factors.shape == (6040, 12) and truth.movie_factors.shape == (3706, 12)


def test_people_rate_what_they_expect_to_like(ratings, expected, truth):
    rng = np.random.default_rng(0)
    anyone = truth.expected_rating(
        rng.choice(truth.user_ids, 50_000), rng.choice(truth.movie_ids, 50_000)
    )
    assert expected.mean() > anyone.mean() + 0.2


# ---------------------------------------------------------------- seeds, copies, refusals


def test_same_seed_same_bytes_in_another_process(ratings):
    code = (
        "import pandas as pd; from mfhelpers.generated import generated_ratings;"
        "print(pd.util.hash_pandas_object(generated_ratings(0)).sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(pd.util.hash_pandas_object(ratings).sum())


def test_another_seed_is_another_world(ratings, truth):
    other, other_truth = generated_ratings(1), generated_truth(1)
    assert len(other) == len(ratings) and not other.equals(ratings)
    assert not np.allclose(other_truth.user_biases, truth.user_biases)
    assert other_truth.floor == pytest.approx(0.80, abs=0.015)


def test_copies_and_read_only_truth(ratings, truth):
    first = generated_ratings(rows=slice(0, 5))
    first.loc[0, "user_rating"] = -1
    first.loc[0, "movie_title"] = "x"
    pd.testing.assert_frame_equal(generated_ratings(rows=slice(0, 5)), ratings[:5])
    with pytest.raises(ValueError, match="read-only"):
        truth.user_factors[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        truth.floor = 0


@pytest.mark.parametrize(
    ("users", "movies", "message"),
    [
        (["1"], ["nowhere"], "movie_ids: 'nowhere' is not an id"),
        ([1], ["1"], "user_ids: 1 is not an id .* text"),
        (["1", "2"], ["1"], "same length, got 2 and 1"),
    ],
)
def test_expected_rating_refuses(truth, users, movies, message):
    movies = [truth.movie_ids[0] if movie == "1" else movie for movie in movies]
    with pytest.raises(ValueError, match=message):
        truth.expected_rating(users, movies)


@pytest.mark.parametrize("seed", [-1, 0.5, "0", True, None])
def test_bad_seed(seed):
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0, not "):
        generated_ratings(seed)
