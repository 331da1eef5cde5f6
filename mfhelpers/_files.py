"""Ratings files as they lie on disk: GroupLens' own, csv and parquet.

Each reader returns the raw table with its index counting rows of the file from 0; what is in
the columns is judged by `_table.tidy`.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.csv
import pyarrow.parquet

from mfhelpers._table import IDS, NEEDED, OPTIONAL, check_columns, rename_columns, spread

KNOWN_FILES = ("ratings.dat", "u.data", "ratings.csv", "ratings.parquet")
PACKED = {".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar"}
KINDS = "ratings.dat, u.data, or a .csv or .parquet file"
EMPTY = ("", "nan", "NaN")  # a value that is missing
BLOCK = 16 << 20  # bytes: each block lists its ids anew, and a few lists are soon made one
ITEM_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime",
    "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance",
    "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


class MissingFileError(FileNotFoundError, ValueError):
    """The file or directory that was named is not there."""

    __str__ = Exception.__str__


@dataclass
class RatingsFile:
    """What a file holds, before the values are judged.

    Attributes:
        name: the file's name, without its directory.
        ratings: raw table; its index counts the rows of the file from 0. Ids are categories
            where `coded`.
        first_row: line number of the table's row 0; 0 where the file has no lines.
        titles: DataFrame with movie_id, movie_title, movie_genres, or None.
        titles_name: name of the file that the titles come from.
        coded: whether the ids are categories, known to be clean.
    """

    name: str
    ratings: pd.DataFrame
    first_row: int = 0
    titles: pd.DataFrame | None = None
    titles_name: str = ""
    coded: bool = False


def read_ratings(source):
    """Read a ratings file, or the known one in a directory, and the titles beside it.

    Args:
        source: path of a file or directory; "~" is the home directory.

    Returns:
        RatingsFile.

    Raises:
        ValueError: no such file, a kind that is not known, or content that cannot be read.
    """
    path = _find(Path(source).expanduser())
    suffix = path.suffix.casefold()
    if suffix in PACKED:
        raise ValueError(
            f"{path.name} is packed: unzip it first, then give the path of what was in it"
        )
    if suffix not in READERS:
        raise ValueError(f"{path.name} is of a kind that is not known: expected {KINDS}")
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name} is empty: expected ratings")
    return READERS[suffix](path)


def with_titles(ratings, file):
    """Return the ratings with the title and genres of each movie.

    Args:
        ratings: the file's ratings, cleaned by `_table.tidy`.
        file: RatingsFile with titles.

    Raises:
        ValueError: a movie that is rated and has no title.
    """
    if file.coded:
        coded = file.ratings["movie_id"].cat
        codes, movies = coded.codes.to_numpy(), coded.categories
    else:
        codes, movies = pd.factorize(ratings["movie_id"])
    titles = file.titles.set_index("movie_id")
    missing = ~movies.isin(titles.index)
    if missing.any():
        raise ValueError(
            f"{file.titles_name} has no line for movie {movies[missing][0]!r}, which {file.name} "
            f"rates ({missing.sum():,} movies lack one): complete it, or move it elsewhere to "
            "load the ratings without titles"
        )
    of_each = titles.loc[movies]
    return ratings.assign(**{column: spread(of_each[column], codes) for column in of_each})


def _find(path):
    if not path.exists():
        raise MissingFileError(f"there is no file or directory {str(path)!r}: expected {KINDS}")
    if path.is_file():
        return path
    found = [path / name for name in KNOWN_FILES if (path / name).is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(file.name for file in found)
        raise ValueError(f"the directory {path.name!r} holds {names}: give the path of one of them")
    raise ValueError(f"the directory {path.name!r} holds none of {', '.join(KNOWN_FILES)}")


def _read_grouplens(path, separator):
    """Read user, movie, rating, timestamp, kept apart by "::" or tabs, without a header."""
    n_fields = _count_fields(path, separator)
    _check_last_line(path, separator, n_fields, n_fields == 4)
    _check_every_line(path, separator, n_fields)
    # The fast reader knows separators of one letter only: "::" is ":" and an empty column.
    step = len(separator)
    ratings = _read_text(
        path,
        sep=separator[0],
        header=None,
        usecols=[0, step, 2 * step],
        quoting=csv.QUOTE_NONE,
    )
    ratings.columns = ["user_id", "movie_id", "user_rating"]
    return RatingsFile(path.name, ratings, 1, *_read_titles_beside(path))


def _read_csv(path):
    header = rename_columns(_read_text(path, nrows=0), path.name)
    check_columns(header, path.name)
    columns = list(header.columns)
    _check_last_line(path, ",", len(columns), columns[-1] == "timestamp")
    ratings = _read_clean_csv(path, columns)
    coded = ratings is not None
    if not coded:
        ratings = _read_text(path)
    return RatingsFile(path.name, ratings, 2, *_read_titles_beside(path), coded)


def _read_clean_csv(path, columns):
    """Return ids as categories and ratings as float64, or None where anything is odd.

    Millions of rows in a second and in little memory: each id is kept as text once. It judges
    nothing: what it does not take is read again by `_read_text`, and refused with the line.
    """
    if not set(OPTIONAL).isdisjoint(columns) or not _is_plain(path):
        return None
    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    types = dict.fromkeys(IDS, text) | {"user_rating": pyarrow.float64()}
    try:
        table = pyarrow.csv.read_csv(
            path,
            pyarrow.csv.ReadOptions(column_names=columns, skip_rows=1, block_size=BLOCK),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types, include_columns=list(NEEDED)
            ),
        )
    except pyarrow.ArrowInvalid:
        return None
    ratings = table.to_pandas(split_blocks=True, self_destruct=True)
    clean = np.isfinite(ratings["user_rating"].to_numpy()).all() and all(
        id.strip() == id and id not in EMPTY
        for column in IDS
        for id in ratings[column].cat.categories
    )
    return ratings if clean else None


def _is_plain(path):
    """Whether a file is ASCII without quotes, so that a line is a row and a comma a new column."""
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            if not part.isascii() or b'"' in part or b"\0" in part:
                return False
    return True


def _read_parquet(path):
    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise ValueError(
            f"{path.name} cannot be read as parquet; it may have been cut off while it was "
            f"copied, or be of another kind ({_first_line(error)})"
        ) from error
    return RatingsFile(path.name, table.to_pandas(ignore_metadata=True))


READERS = {
    ".dat": lambda path: _read_grouplens(path, "::"),
    ".data": lambda path: _read_grouplens(path, "\t"),
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}


def _read_text(path, **how):
    """Read a text table, every value as text; what pandas cannot read is a ValueError."""
    _check_is_text(path)
    try:
        table = pd.read_csv(
            path,
            dtype=str,
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=list(EMPTY),
            skip_blank_lines=False,
            **how,
        )
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path.name} is not UTF-8 text: save it as UTF-8 and try again"
        ) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path.name} cannot be read as a table: {_first_line(error)}") from error
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError(f"{path.name} has more values in its lines than names in its first line")
    return table.dropna(how="all")


def _check_is_text(path):
    with open(path, "rb") as file:
        if b"\0" in file.read(4096):
            raise ValueError(
                f"{path.name} is not a text file in UTF-8: expected {KINDS}; save it as UTF-8"
            )


def _count_fields(path, separator):
    """Return how many fields the first line has: 3, or 4 with the timestamp."""
    with open(path, encoding="latin-1") as file:
        first = file.readline().rstrip("\n")
    n_fields = first.count(separator) + 1
    if n_fields not in (3, 4):
        shown = "tabs" if separator == "\t" else f'"{separator}"'
        raise ValueError(
            f"{path.name}, line 1: expected user, movie, rating and timestamp with {shown} "
            f"between them, got {first[:60]!r}"
        )
    return n_fields


def _check_every_line(path, separator, n_fields):
    """Refuse a line with more or fewer fields: the fast reader would not complain."""
    expected, mark = n_fields - 1, separator.encode()
    with open(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            if line.count(mark) != expected and line.strip():
                raise ValueError(
                    f"{path.name}, line {number}: expected {n_fields} values as in the first "
                    f"line, got {line.decode('latin-1').strip()[:60]!r}"
                )


def _check_last_line(path, separator, n_fields, ends_in_timestamp):
    """Refuse a file that ends in the middle of a line."""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        tail = file.read().decode("latin-1")
    lines = [line for line in tail.split("\n") if line.strip()]
    if len(lines) < 2 or '"' in lines[-1]:
        return
    before, last = (line.rstrip("\r").split(separator) for line in lines[-2:])
    cut = len(last) < n_fields
    if ends_in_timestamp and not tail.endswith("\n"):
        cut = cut or len(last[-1]) < min(len(before[-1]), 9)
    if cut:
        raise ValueError(
            f"{path.name} seems to be cut off: its last line is {lines[-1][:60]!r}, expected "
            f"{n_fields} values as in {lines[-2][:60]!r}"
        )


def _first_line(error):
    return str(error).strip().splitlines()[0][:200]


def _read_titles_beside(path):
    """Return (titles, name of their file), or (None, "") where there is no such file."""
    name = {"ratings.dat": "movies.dat", "u.data": "u.item", "ratings.csv": "movies.csv"}.get(
        path.name
    )
    beside = path.with_name(name) if name else path
    if not name or not beside.is_file():
        return None, ""
    titles = TITLE_READERS[name](beside)
    repeated = titles["movie_id"].duplicated()
    if repeated.any():
        raise ValueError(f"{name} has the movie {titles['movie_id'][repeated].iloc[0]!r} twice")
    return titles, name


def _read_movies_dat(path):
    """Read lines such as 1::Toy Story (1995)::Animation|Children's|Comedy."""
    return _titles_of_lines(path, "::", 3, lambda fields: fields)


def _read_item(path):
    """Read lines with id, title, dates, address and a 0 or 1 for each of 19 genres."""
    return _titles_of_lines(path, "|", 5 + len(ITEM_GENRES), _title_of_item)


def _title_of_item(fields):
    flagged = [genre for genre, flag in zip(ITEM_GENRES, fields[5:], strict=True) if flag == "1"]
    return fields[0], fields[1], "|".join(flagged)


def _titles_of_lines(path, separator, n_fields, parse):
    rows = []
    for number, line in enumerate(_decode(path).split("\n"), start=1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split(separator)]
        if len(fields) != n_fields or not all(fields[:2]):
            raise ValueError(
                f"{path.name}, line {number}: expected {n_fields} fields with {separator!r} "
                f"between them, an id and a title first, got {line[:60]!r}"
            )
        rows.append(parse(fields))
    return pd.DataFrame(rows, columns=["movie_id", "movie_title", "movie_genres"], dtype="str")


def _decode(path):
    """Return the text of a file of titles: GroupLens' are latin-1, copies may be UTF-8."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _read_movies_csv(path):
    titles = rename_columns(_read_text(path), path.name)
    columns = ["movie_id", "movie_title", "movie_genres"]
    missing = [column for column in columns[:2] if column not in titles]
    if missing:
        raise ValueError(f"{path.name} lacks the column {' and '.join(missing)}")
    bad = titles[columns[:2]].isna().any(axis=1)
    if bad.any():
        raise ValueError(f"{path.name}, line {titles.index[bad][0] + 2}: the id or title is empty")
    titles["movie_id"] = titles["movie_id"].str.strip()
    return titles.reindex(columns=columns).dropna(axis=1, how="all")


TITLE_READERS = {
    "movies.dat": _read_movies_dat,
    "u.item": _read_item,
    "movies.csv": _read_movies_csv,
}
