"""What any table of ratings must look like, and the cleaning that brings it there."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd

IDS = ("user_id", "movie_id")
NEEDED = (*IDS, "user_rating")
OPTIONAL = ("movie_title", "movie_genres")
PART = 1_000_000
ALIASES = {
    "userId": "user_id",
    "movieId": "movie_id",
    "rating": "user_rating",
    "title": "movie_title",
    "genres": "movie_genres",
}


def tidy(ratings, name, first_row=0):
    """Return the ratings in the course's shape: ids as text, stars as float64.

    Args:
        ratings: DataFrame as it was read; its index counts the rows of the source from 0.
        name: what to call the source in an error.
        first_row: number that a person sees at row 0: 0 for a table, 1 or 2 for a text file.

    Returns:
        New DataFrame with RangeIndex.

    Raises:
        ValueError: columns that are missing or doubled, no rows, or a bad value.
    """
    ratings = rename_columns(ratings, name)
    check_columns(ratings, name)
    if len(ratings) == 0:
        raise ValueError(f"{name} holds no ratings: expected at least one row")
    place = _Place(name, ratings.index, first_row)
    columns = {column: _ids_as_text(ratings[column], column, place) for column in IDS}
    columns["user_rating"] = _as_stars(ratings["user_rating"], place)
    for column in OPTIONAL:
        text = _as_text_or_none(ratings[column]) if column in ratings else None
        if text is not None:
            columns[column] = text
    return pd.DataFrame({column: values.array for column, values in columns.items()})


def rename_columns(ratings, name):
    """Give the columns the course's names, and refuse a column that is there twice."""
    if not all(isinstance(column, str) for column in ratings.columns):
        raise ValueError(f"{name} has columns without names: expected {', '.join(NEEDED)}")
    ratings = ratings.rename(columns=lambda column: ALIASES.get(column.strip(), column.strip()))
    columns = list(ratings.columns)
    for column in (*NEEDED, *OPTIONAL):
        if columns.count(column) > 1 or f"{column}.1" in columns:
            raise ValueError(f"{name} has the column {column} twice: expected it once")
    return ratings


def check_columns(ratings, name):
    """Refuse a table, already renamed, that lacks one of the three columns."""
    found = list(ratings.columns)
    missing = [column for column in NEEDED if column not in found]
    if not missing:
        return
    message = f"{name} lacks the column {' and '.join(missing)}: "
    message += f"found {', '.join(found[:12]) or 'none'}"
    if len(found) == 1 and any(mark in found[0] for mark in ";\t|"):
        message += "; the columns seem to be separated by something else than a comma"
    raise ValueError(message)


class _Place:
    """Says where a bad value stands, in numbers that a person sees."""

    def __init__(self, name, index, first_row):
        self.name, self.index, self.first_row = name, index, first_row

    def of(self, row):
        number = int(self.index[row]) + self.first_row
        if self.first_row:
            return f"{self.name}, line {number}"
        return f"{self.name}, row {number} (counted from 0)"


def _ids_as_text(values, column, place):
    missing = values.isna().to_numpy()
    if missing.any():
        raise ValueError(f"{place.of(missing.argmax())}: column {column} is empty: expected an id")
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype(str)
    codes, texts = None, values
    if isinstance(values.dtype, pd.CategoricalDtype):  # each id is looked at once
        codes, texts = values.cat.codes.to_numpy(), pd.Series(values.cat.categories)
    if not isinstance(texts.dtype, pd.StringDtype):
        texts = pd.Series([_id_as_text(value) for value in texts], dtype="str")
    texts = texts.str.strip().astype("str")
    bad = (texts == "").to_numpy(dtype=bool)
    if codes is not None:
        texts, bad = spread(texts, codes), bad[codes]
    if bad.any():
        row = bad.argmax()
        raise ValueError(
            f"{place.of(row)}: column {column} is {values.iloc[row]!r}: expected an id, as text "
            "or as a whole number"
        )
    return texts


def spread(texts, codes):
    """Return the column whose row r is texts[codes[r]], from the few distinct texts.

    A part at a time: text of twenty-five million rows at once would need room for twice of it.
    The bare array is asked, as a Series would make an index for each part, in three times as long.
    """
    starts, text = range(0, max(1, len(codes)), PART), texts.array
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda start: pd.Series(text.take(codes[start : start + PART])), starts)
        return pd.concat(parts, ignore_index=True)


def _id_as_text(value):
    """Return the text of an id, or "" where it is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return ""
    whole = isinstance(value, Real) and float(value).is_integer()
    return str(int(value)) if whole and not isinstance(value, (bool, np.bool_)) else ""


def _as_stars(values, place):
    """Return the ratings as float64, or say which one is no finite number."""
    stars = pd.to_numeric(_numbers_and_text(values), errors="coerce").astype(np.float64)
    bad = ~np.isfinite(stars.to_numpy())
    if bad.any():
        row = int(bad.argmax())
        value = values.iloc[row]
        message = f"{place.of(row)}: column user_rating is "
        if value is None or value is pd.NA or value != value:
            raise ValueError(
                f"{message}empty: expected a number; the last line of a file that was cut off "
                "looks like this"
            )
        raise ValueError(f"{message}{value!r}: expected a finite number")
    return stars


def _numbers_and_text(values):
    """Return the values that can be numbers; anything else becomes missing."""
    dtype = values.dtype
    if isinstance(dtype, pd.StringDtype):
        return values
    if pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_float_dtype(dtype):
        return values
    kinds = (Real, Decimal, str)
    return pd.Series(
        [
            v if isinstance(v, kinds) and not isinstance(v, (bool, np.bool_)) else None
            for v in values
        ],
        dtype=object,
    )


def _as_text_or_none(values):
    """Return titles or genres as text, lists joined with "|"; None where they are neither."""
    if isinstance(values.dtype, pd.StringDtype):
        return values.astype("str")
    if values.dtype != object:
        return None
    texts = [_joined(value) for value in values]
    if any(text is False for text in texts):
        return None
    return pd.Series(texts)  # None stays missing, which dtype="str" would turn to text in pandas 2


def _joined(value):
    """Return text as it is, a list of texts joined, None where missing, False otherwise."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        parts = list(value)
        return "|".join(parts) if all(isinstance(part, str) for part in parts) else False
    return None if value is pd.NA or value != value else False
