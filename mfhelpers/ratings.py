"""Ratings as the pages use them: loaded from any source in one shape, and renumbered."""

import os

import numpy as np
import pandas as pd

from mfhelpers._numbers import check_number
from mfhelpers._table import ALIASES, IDS, NEEDED, OPTIONAL, tidy

WORDS = ("auto", "hub", "generated")
ENVIRONMENT_VARIABLE = "MFHELPERS_RATINGS"
HUB_TABLE = "the Hub's table"
FALL_BACK = (
    "Using generated ratings, not MovieLens: {}. "
    f'(source="generated" or {ENVIRONMENT_VARIABLE}=generated takes them at once.)'
)
OTHER_COPY = (
    "The Hub's table is not the copy that the pages were run on ({}): "
    "your numbers may differ from theirs."
)


def load_ratings(n_ratings=200_000, *, source="auto", seed=10):
    """Load ratings, or a random sample of them, as one DataFrame.

    Args:
        n_ratings: how many ratings to take at random, or None for all of them in the
            source's own order.
        source: "hub" (MovieLens 1M from the Hugging Face Hub, with one printed line when it is
            not the copy that the pages were run on), "generated" (made offline), a
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
    check_number(seed, "seed", whole=True)
    source = _resolve(source)
    if source == "generated":
        return _take_generated(n_ratings, seed)
    if source in ("auto", "hub"):
        return _take_from_hub(source, n_ratings, seed)
    from mfhelpers import _files

    file = _files.read_ratings(source)
    ratings = tidy(file.ratings, file.name, file.first_row)
    if file.titles is not None and "movie_title" not in ratings:
        ratings = _files.with_titles(ratings, file)
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


def _check_count(n_ratings):
    if n_ratings is None:
        return
    try:
        check_number(n_ratings, "n_ratings", whole=True, least=1)
    except ValueError as error:
        raise ValueError(f"{error}; None takes all of them") from None


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
    if difference := _hub.difference(ratings):
        print(OTHER_COPY.format(difference), flush=True)
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
    ratings = generated.generated_ratings(rows=rows)
    ratings.attrs["source"] = "generated"
    return ratings


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
