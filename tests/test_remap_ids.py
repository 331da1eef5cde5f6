"""Renumbering: the five-rating example, properties, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfhelpers import remap_ids

FIVE = pd.DataFrame(
    [(1, 10, 4), (2, 15, 5), (1, 20, 3), (3, 10, 2), (2, 20, 4.5)],
    columns=["user_id", "movie_id", "user_rating"],
)
ids = st.one_of(st.integers(-5, 5).map(str), st.text(min_size=1, max_size=3))
rating_lists = st.lists(st.tuples(ids, ids, st.floats(1, 5)), min_size=1, max_size=30)


def frame(rows):
    return pd.DataFrame(rows, columns=["user_id", "movie_id", "user_rating"])


def test_five_ratings_by_hand():
    coded, user_ids, movie_ids = remap_ids(FIVE)
    assert coded["user_id"].tolist() == [0, 1, 0, 2, 1]
    assert coded["movie_id"].tolist() == [0, 1, 2, 0, 2]
    assert coded["user_rating"].tolist() == [4, 5, 3, 2, 4.5]
    assert user_ids.tolist() == [1, 2, 3] and movie_ids.tolist() == [10, 15, 20]
    assert coded["user_id"].dtype == coded["movie_id"].dtype == np.int64


@given(rating_lists)
@settings(max_examples=60, deadline=None)
def test_there_and_back_in_order_of_appearance(rows):
    ratings = frame(rows)
    coded, user_ids, movie_ids = remap_ids(ratings)
    for column, originals in (("user_id", user_ids), ("movie_id", movie_ids)):
        assert list(originals[coded[column]]) == list(ratings[column])
        assert list(originals) == list(dict.fromkeys(ratings[column]))
        assert sorted(set(coded[column])) == list(range(len(originals)))
    assert coded["user_rating"].tolist() == ratings["user_rating"].tolist()


@given(rating_lists, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_codes_do_not_depend_on_the_names_of_the_ids(rows, random):
    names = sorted({name for user, movie, _ in rows for name in (user, movie)})
    numbers = random.sample(range(10 * len(names)), len(names))
    renamed = dict(zip(names, numbers, strict=True))
    coded = remap_ids(frame(rows))[0]
    other = remap_ids(frame([(renamed[u], renamed[m], r) for u, m, r in rows]))[0]
    pd.testing.assert_frame_equal(coded, other)


@given(rating_lists)
@settings(max_examples=30, deadline=None)
def test_codes_of_codes_are_the_codes(rows):
    once = remap_ids(frame(rows))[0]
    twice, user_ids, _ = remap_ids(once)
    pd.testing.assert_frame_equal(once, twice)
    assert list(user_ids) == list(range(len(user_ids)))


def test_input_is_not_changed_and_other_columns_and_index_stay():
    ratings = FIVE.assign(movie_title=list("abcba")).set_index(pd.Index([7, 3, 9, 1, 2]))
    before = ratings.copy(deep=True)
    coded, user_ids, _ = remap_ids(ratings)
    coded.loc[7, "user_rating"] = -1
    user_ids[0] = 99
    pd.testing.assert_frame_equal(ratings, before)
    assert coded.index.tolist() == [7, 3, 9, 1, 2]
    assert coded["movie_title"].tolist() == list("abcba")


@pytest.mark.parametrize("kind", ["category", "Int64", "str", "float64"])
def test_ids_of_any_kind(kind):
    coded, user_ids, _ = remap_ids(FIVE.astype({"user_id": kind}))
    assert coded["user_id"].tolist() == [0, 1, 0, 2, 1]
    assert list(map(str, user_ids)) == [str(i) for i in pd.Series([1, 2, 3]).astype(kind)]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_missing_id_is_named_by_column_and_row(missing):
    ratings = FIVE.astype({"movie_id": object})
    ratings.loc[3, "movie_id"] = missing
    with pytest.raises(ValueError, match=r"column movie_id is empty in row 3"):
        remap_ids(ratings)


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        (None, "pandas DataFrame, got NoneType"),
        ([(1, 2, 3)], "pandas DataFrame, got list"),
        (FIVE.drop(columns="movie_id"), "needs one column movie_id: found user_id, user_rating"),
        (FIVE[["user_id", "user_id", "movie_id"]], "needs one column user_id"),
        (FIVE.iloc[:0], "no rows"),
        (FIVE.assign(user_id=[[1], [2], [1], [3], [2]]), r"column user_id holds .*\[1\]"),
    ],
)
def test_what_cannot_be_renumbered(ratings, message):
    with pytest.raises(ValueError, match=message):
        remap_ids(ratings)
