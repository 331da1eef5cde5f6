"""What any table of ratings becomes: text and numbers, or a refusal that names row and value."""

import numpy as np
import pandas as pd
import pytest

from mfhelpers._table import tidy

THREE = ["user_id", "movie_id", "user_rating"]


def raw(**columns):
    return pd.DataFrame({"user_id": ["1", "2"], "movie_id": ["5", "5"], "user_rating": [1, 2]}
                        | columns)  # fmt: skip


def test_lists_of_genres_are_joined_and_columns_that_are_no_text_left_out():
    ratings = tidy(raw(movie_genres=[["Drama", "War"], np.array(["Comedy"], object)],
                       movie_title=[1, 2]), "x")  # fmt: skip
    assert ratings["movie_genres"].tolist() == ["Drama|War", "Comedy"]
    assert list(ratings.columns) == [*THREE, "movie_genres"]
    assert "movie_genres" not in tidy(raw(movie_genres=[[1], [2]]), "x")


def test_tidy_does_not_change_what_it_is_given():
    table = raw(movie_id=[5, 6], movie_genres=[["Drama"], ["War"]])
    before = table.copy(deep=True)
    tidied = tidy(table, "x")
    tidied["user_rating"] += 1
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("value", ["four", "4,5", float("inf"), "inf", True, [4], 1j])
def test_a_rating_that_is_no_finite_number_is_named(value):
    with pytest.raises(ValueError, match=r"x, row 1 \(counted from 0\): column user_rating is"):
        tidy(raw(user_rating=pd.Series([1, value], dtype=object)), "x")


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA])
def test_a_rating_that_is_missing_is_named(value):
    with pytest.raises(ValueError, match="row 1 .*column user_rating is empty"):
        tidy(raw(user_rating=pd.Series([1, value], dtype=object)), "x")


@pytest.mark.parametrize("column", ["user_id", "movie_id"])
@pytest.mark.parametrize("value", [None, float("nan"), "", "  ", 1.5, True, (1,), b"\xff"])
def test_an_id_that_is_none_is_named(column, value):
    ids = pd.Series([1, 2], dtype=object)
    ids.iloc[1] = value
    with pytest.raises(ValueError, match=f"row 1 .*column {column} is "):
        tidy(raw(**{column: ids}), "x")


@pytest.mark.parametrize("dtype", ["bool", "datetime64[ns]", "complex"])
def test_a_column_that_is_no_rating_at_all(dtype):
    with pytest.raises(ValueError, match="column user_rating is"):
        tidy(raw(user_rating=pd.Series([0, 1]).astype(dtype)), "x")
