"""A small version of the large folder: its form, and the whole way from file to lists."""

import numpy as np
import pandas as pd
import pytest

from mfhelpers import MatrixFactorization, _files, load_ratings, remap_ids
from mfhelpers.recommend import top_n
from tools.large_ratings import N_MOVIES, N_RATINGS, N_USERS, write_folder

SMALL = dict(n_users=600, n_movies=400, n_ratings=24_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "made"
    write_folder(path, **SMALL)
    return path


def test_the_folder_has_the_form_and_the_sizes_that_were_asked_for(folder):
    ratings = pd.read_csv(folder / "ratings.csv")
    movies = pd.read_csv(folder / "movies.csv")
    assert list(ratings) == ["userId", "movieId", "rating", "timestamp"]
    assert list(movies) == ["movieId", "title", "genres"]
    assert (len(ratings), ratings["userId"].nunique(), len(movies)) == (24_000, 600, 400)
    assert set(ratings["movieId"]) == set(movies["movieId"])
    assert not ratings.duplicated(["userId", "movieId"]).any()
    assert sorted(set(ratings["rating"])) == [star / 2 for star in range(1, 11)]
    assert (folder / "ratings.csv").read_text().splitlines()[1].split(",")[2][1] == "."


def test_both_tails_are_long(folder):
    ratings = pd.read_csv(folder / "ratings.csv")
    for column in ("userId", "movieId"):
        counts = ratings[column].value_counts()
        assert counts.mean() > 1.2 * counts.median()
        assert counts.max() > 5 * counts.min()
    assert ratings["userId"].value_counts().min() >= 20


def test_the_same_seed_writes_the_same_bytes(folder, tmp_path):
    write_folder(tmp_path / "again", **SMALL)
    write_folder(tmp_path / "other", **SMALL, seed=1)
    for name in ("ratings.csv", "movies.csv"):
        content = (folder / name).read_bytes()
        assert (tmp_path / "again" / name).read_bytes() == content
        assert (tmp_path / "other" / name).read_bytes() != content


def test_sizes_that_cannot_be_are_refused(tmp_path):
    for n_ratings in (599, 120_001):
        with pytest.raises(ValueError, match=f"n_ratings is {n_ratings:,}: expected"):
            write_folder(tmp_path / "x", 600, 400, n_ratings)
    assert not (tmp_path / "x").exists()
    assert N_USERS <= N_RATINGS <= N_USERS * N_MOVIES / 2


def test_it_is_read_the_fast_way_and_goes_through_to_lists(folder, monkeypatch):
    whole = _files._read_text

    def header_or_titles(path, **how):
        assert how or path.name == "movies.csv", "the careful reader was asked"
        return whole(path, **how)

    monkeypatch.setattr(_files, "_read_text", header_or_titles)
    ratings = load_ratings(None, source=folder)
    lines = pd.read_csv(folder / "ratings.csv").merge(pd.read_csv(folder / "movies.csv"))
    assert ratings["user_id"].tolist() == lines["userId"].astype(str).tolist()
    assert ratings["user_rating"].tolist() == lines["rating"].tolist()
    assert ratings["movie_title"].tolist() == lines["title"].tolist()
    assert ratings["movie_genres"].tolist() == lines["genres"].tolist()
    coded, user_ids, movie_ids = remap_ids(ratings)
    X = coded[["user_id", "movie_id"]]
    model = MatrixFactorization(3, n_epochs=1, random_state=0).fit(X, coded["user_rating"])
    lists = top_n(model, np.arange(len(user_ids)), n=10, seen=X)
    assert lists.shape == (600, 10) and lists.max() < len(movie_ids) == 400
