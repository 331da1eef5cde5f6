"""Ratings as the pages use them: loaded from any source in one shape, and renumbered."""

import os
from decimal import Decimal
from numbers import Integral, Real

import numpy as np
import pandas as pd

IDS = ("user_id", "movie_id")
NEEDED = (*IDS, "user_rating")
OPTIONAL = ("movie_title", "movie_genres")
ALIASES = {
    "userId": "user_id",
    "movieId": "movie_id",
    "rating": "user_rating",
    "title": "movie_title",
    "genres": "movie_genres",
}
WORDS = ("auto", "hub", "generated")
ENVIRONMENT_VARIABLE = "MFHELPERS_RATINGS"
HUB_TABLE = "the Hub's table"
FALL_BACK = (
    "Using generated ratings, not MovieLens: {}. "
    f'(source="generated" or {ENVIRONMENT_VARIABLE}=generated takes them at once.)'
)


def load_ratings(n_ratings=200_000, *, source="auto", seed=10):
    """Load ratings, or a random sample of them, as one DataFrame.

    Args:
        n_ratings: how many ratings to take at random, or None for all of them in the
            source's own order.
        source: "hub" (MovieLens 1M from the Hugging Face Hub), "generated" (made offline), a
            path (GroupLens' ratings.dat, u.data or ratings.csv, a csv or parquet file with
            user_id, movie_id and user_rating, or the directory that holds one of them), or
            "auto": the Hub or its cache when it answers within three seconds, else the
            generated ratings, with one printed line that says so. The environment variable
            MFHELPERS_RATINGS, when set, takes the place of "auto".
        seed: which sample; the same seed takes the same ratings.

    Returns:
        DataFrame with user_id and movie_id (text), user_rating (float64), and movie_title and
        movie_genres (text) where the source has them. `.attrs["source"]` names the source.

    Raises:
        ValueError: a bad argument, or content that is broken; names column, row and value.
        ConnectionError: source="hub", and the Hub cannot be reached.
    """
    _check_count(n_ratings)
    _check_seed(seed)
    source = _resolve(source)
    if source == "generated":
        return _take_generated(n_ratings, seed)
    if source in ("auto", "hub"):
        return _take_from_hub(source, n_ratings, seed)
    from mfhelpers import _files

    file = _files.read_ratings(source)
    ratings = tidy(file.ratings, file.name, file.first_row)
    if file.titles is not None and "movie_title" not in ratings:
        ratings = _with_titles(ratings, file)
    return _finish(ratings, n_ratings, seed, file.name, file.name)


def remap_ids(ratings):
    """Renumber users and movies from 0, in order of appearance.

    Args:
        ratings: DataFrame with user_id and movie_id (ids of any kind); it is not changed.

    Returns:
        (coded, user_ids, movie_ids): a new frame with the codes 0..m-1 and 0..n-1 (int64) in
        place of the ids, and arrays with user_ids[code] and movie_ids[code] the original ids.

    Raises:
        ValueError: not a DataFrame, a missing column, no rows, or an id that is missing.
    """
    _check_frame(ratings)
    coded = ratings.copy()
    originals = []
    for column in IDS:
        _check_ids(ratings[column], column)
        codes, ids = _factorize(ratings[column], column)
        coded[column] = codes.astype(np.int64)
        originals.append(np.array(ids))
    return coded, *originals


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


def _check_count(n_ratings):
    if n_ratings is None:
        return
    if isinstance(n_ratings, (bool, np.bool_)) or not isinstance(n_ratings, Integral):
        raise ValueError(f"n_ratings must be a whole number or None, got {n_ratings!r}")
    if n_ratings < 1:
        raise ValueError(f"n_ratings must be at least 1, got {n_ratings}")


def _check_seed(seed):
    if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed must be a whole number from 0 up, got {seed!r}")


def _resolve(source):
    """Return the word or path that is meant, after the environment variable had its say."""
    pinned = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    if isinstance(source, str) and source == "auto" and pinned:
        source, argument = pinned, f"the environment variable {ENVIRONMENT_VARIABLE}"
    else:
        argument = "source"
    if not isinstance(source, (str, os.PathLike)) or not os.fspath(source):
        raise ValueError(f'{argument} must be "auto", "hub", "generated" or a path, got {source!r}')
    text = os.fspath(source)
    looks_like_a_word = not os.path.splitext(text)[1] and os.path.basename(text) == text
    if text not in WORDS and looks_like_a_word and not os.path.exists(os.path.expanduser(text)):
        raise ValueError(
            f'{argument} is {text!r}: expected "auto", "hub", "generated" or the path of a file '
            "or directory that exists"
        )
    return text


def _take_from_hub(source, n_ratings, seed):
    """Load from the Hub; where that fails, "auto" says why and takes the generated ratings."""
    from mfhelpers import _hub, generated

    auto = source == "auto"
    if auto:
        _check_enough(n_ratings, generated.N_RATINGS, "MovieLens 1M")
    try:
        columns = (*NEEDED, *OPTIONAL, *ALIASES)
        table = _hub.read_ratings(columns, _hub.GIVE_UP_SECONDS if auto else None)
        ratings = tidy(table, HUB_TABLE)
        if auto:
            _check_enough(n_ratings, len(ratings), HUB_TABLE)
    except (ConnectionError, ValueError) as error:
        if not auto:
            raise _with_advice(error) from None
        print(FALL_BACK.format(error), flush=True)
        return _take_generated(n_ratings, seed)
    return _finish(ratings, n_ratings, seed, HUB_TABLE, "hub")


def _with_advice(error):
    """Return the error with what to do instead, without the libraries' own long traceback."""
    if isinstance(error, ConnectionError):
        return ConnectionError(f'{error}: use source="generated" or the path of a ratings file')
    return ValueError(
        f'{error}: use source="generated" or the path of a ratings file; if it is the cached copy '
        'that is broken, delete its folder "nbtpj___movielens-1m-ratings" in the cache of datasets'
    )


def _take_generated(n_ratings, seed):
    from mfhelpers import generated

    rows = _sample(generated.N_RATINGS, n_ratings, seed, "the generated source")
    ratings = generated.rating_rows(rows)
    ratings.attrs["source"] = "generated"
    return ratings


def _with_titles(ratings, file):
    """Return the ratings with the title and genres of each movie."""
    codes, movies = pd.factorize(ratings["movie_id"])
    titles = file.titles.set_index("movie_id")
    missing = ~movies.isin(titles.index)
    if missing.any():
        raise ValueError(
            f"{file.titles_name} has no line for movie {movies[missing][0]!r}, which {file.name} "
            f"rates ({missing.sum():,} movies lack one): complete it, or move it elsewhere to "
            "load the ratings without titles"
        )
    of_each = titles.loc[movies].reset_index(drop=True)
    return pd.concat([ratings, of_each.take(codes).reset_index(drop=True)], axis=1)


def _finish(ratings, n_ratings, seed, name, source):
    """Take the sample out of all ratings, and say where it came from."""
    if n_ratings is not None:
        rows = _sample(len(ratings), n_ratings, seed, name)
        ratings = ratings.take(rows).reset_index(drop=True)
    ratings.attrs["source"] = source
    return ratings


def _sample(n_available, n_ratings, seed, name):
    """Return the row numbers that datasets' shuffle(seed).select(range(n_ratings)) takes."""
    if n_ratings is None:
        return slice(None)
    _check_enough(n_ratings, n_available, name)
    return np.random.default_rng(seed).permutation(n_available)[:n_ratings]


def _check_enough(n_ratings, n_available, name):
    if n_ratings is not None and n_ratings > n_available:
        raise ValueError(
            f"n_ratings is {n_ratings:,}, but {name} has only {n_available:,} ratings: ask for "
            "fewer, or for all of them with n_ratings=None"
        )


class _Place:
    """Says where a bad value stands, in numbers that a person sees."""

    def __init__(self, name, index, first_row):
        self.name, self.index, self.first_row = name, index, first_row

    def of(self, row):
        number = int(self.index[row]) + self.first_row
        if self.first_row:
            return f"{self.name}, line {number}"
        return f"{self.name}, row {number} (counted from 0)"


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


def _ids_as_text(values, column, place):
    missing = values.isna().to_numpy()
    if missing.any():
        raise ValueError(f"{place.of(missing.argmax())}: column {column} is empty: expected an id")
    if pd.api.types.is_integer_dtype(values.dtype):
        return values.astype(str)
    texts = values
    if not isinstance(values.dtype, pd.StringDtype):
        texts = pd.Series([_id_as_text(value) for value in values], dtype="str")
    texts = texts.str.strip().astype("str")
    bad = (texts == "").to_numpy(dtype=bool)
    if bad.any():
        row = bad.argmax()
        raise ValueError(
            f"{place.of(row)}: column {column} is {values.iloc[row]!r}: expected an id, as text "
            "or as a whole number"
        )
    return texts


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


def _check_frame(ratings):
    if not isinstance(ratings, pd.DataFrame):
        raise ValueError(f"ratings must be a pandas DataFrame, got {type(ratings).__name__}")
    columns = list(ratings.columns)
    for column in IDS:
        if columns.count(column) != 1:
            found = ", ".join(map(str, columns)) or "none"
            raise ValueError(f"ratings needs one column {column}: found {found}")
    if len(ratings) == 0:
        raise ValueError("ratings has no rows: there is nothing to renumber")


def _check_ids(values, column):
    """Refuse an id that is missing or empty, and say where it stands."""
    bad = values.isna().to_numpy(dtype=bool)
    if not bad.any() and not pd.api.types.is_numeric_dtype(values.dtype):
        bad = np.asarray(values == "", dtype=bool)
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(
            f"column {column} is empty in row {row} (counted from 0, index label "
            f"{values.index[row]!r}): expected an id"
        )


def _factorize(values, column):
    try:
        return pd.factorize(values)
    except TypeError as error:
        raise ValueError(
            f"column {column} holds values that cannot be ids, such as {values.iloc[0]!r}: "
            "expected text or whole numbers"
        ) from error
