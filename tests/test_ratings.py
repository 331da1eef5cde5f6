"""Ratings from files and from the generator: one shape, one sample, and clear refusals."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from mfhelpers import _files, load_ratings

ROWS = [("7", "50", 4.0), ("7", "3", 1.0), ("12", "50", 5.0), ("007", "9", 3.0), ("12", "3", 2.0)]
THREE = ["user_id", "movie_id", "user_rating"]
RATINGS = pd.DataFrame(ROWS, columns=THREE).astype({"user_id": "str", "movie_id": "str"})
TITLES = {
    "50": ("Amélie, again (2001)", "Comedy|Romance"),
    "3": ("Star: Trek (1979)", "Sci-Fi"),
    "9": ("Heat (1995)", "Crime"),
}
DAT = "".join(f"{u}::{m}::{int(r)}::978300760\n" for u, m, r in ROWS)
MOVIES_DAT = "".join(f"{m}::{t}::{g}\n" for m, (t, g) in TITLES.items())
CSV = "userId,movieId,rating,timestamp\n" + "".join(f"{u},{m},{r},978300760\n" for u, m, r in ROWS)


@pytest.fixture
def put(tmp_path):
    """Write a file and return its path."""

    def write(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


def assert_same(ratings, expected=RATINGS):
    pd.testing.assert_frame_equal(ratings, expected, check_flags=False)


def with_titles():
    titles = [TITLES[movie] for _, movie, _ in ROWS]
    return RATINGS.assign(
        movie_title=pd.Series([t for t, _ in titles], dtype="str"),
        movie_genres=pd.Series([g for _, g in titles], dtype="str"),
    )


# ---------------------------------------------------------------- sources that are well


def test_ratings_dat_without_titles(put):
    ratings = load_ratings(None, source=put("ratings.dat", DAT))
    assert_same(ratings)
    assert ratings.attrs == {"source": "ratings.dat"}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_ratings_dat_with_movies_dat_beside_it(put, encoding):
    put("movies.dat", MOVIES_DAT, encoding)
    assert_same(load_ratings(None, source=str(put("ratings.dat", DAT))), with_titles())


def test_windows_line_ends_blank_lines_and_no_timestamps(put):
    lines = "".join(f"{u}::{m}::{int(r)}\r\n" for u, m, r in ROWS)
    assert_same(load_ratings(None, source=put("ratings.dat", lines + "\r\n\r\n")))


def test_u_data_with_u_item(put):
    numbers = {"Comedy": 5, "Romance": 14, "Sci-Fi": 15, "Crime": 6}
    lines = []
    for movie, (title, genres) in TITLES.items():
        flags = ["0"] * 19
        for genre in genres.split("|"):
            flags[numbers[genre]] = "1"
        lines.append("|".join([movie, title, "01-Jan-1995", "", "http://x", *flags]))
    put("u.item", "\n".join(lines) + "\n", "latin-1")
    data = put("u.data", DAT.replace("::", "\t"))
    assert_same(load_ratings(None, source=data), with_titles())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_ratings_csv_with_movies_csv_beside_it(put, encoding):
    table = "".join(f'{m},"{t}",{g}\n' for m, (t, g) in TITLES.items())
    put("movies.csv", "movieId,title,genres\n" + table, encoding)
    assert_same(load_ratings(None, source=put("ratings.csv", CSV, encoding)), with_titles())


def test_other_csv_and_parquet_in_any_order_of_columns(put, tmp_path):
    mixed = RATINGS[["user_rating", "movie_id", "user_id"]].assign(extra=1)
    assert_same(load_ratings(None, source=put("mine.csv", mixed.to_csv(index=False))))
    mixed.to_parquet(tmp_path / "mine.parquet")
    assert_same(load_ratings(None, source=tmp_path / "mine.parquet"))


def test_csv_keeps_its_own_titles(put):
    assert_same(load_ratings(None, source=put("a.csv", with_titles().to_csv(index=False))),
                with_titles())  # fmt: skip


@pytest.mark.parametrize("kind", [int, "float64", "category", bytes])
def test_parquet_ids_of_other_kinds_become_text(tmp_path, kind):
    numbers = pd.Series([7, 7, 12])
    if kind is bytes:
        ids = numbers.map(lambda i: str(i).encode())
    else:
        ids = numbers.astype(kind)
    ratings = pd.DataFrame({"user_id": ids, "movie_id": ids, "user_rating": [1, 2, 3]})
    ratings.to_parquet(tmp_path / "a.parquet")
    loaded = load_ratings(None, source=tmp_path / "a.parquet")
    assert loaded["user_id"].tolist() == ["7", "7", "12"]
    assert loaded["user_rating"].dtype == np.float64


def test_directory_and_home(put, tmp_path, monkeypatch):
    put("ratings.dat", DAT)
    put("README", "not this")
    assert_same(load_ratings(None, source=tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert_same(load_ratings(None, source="~/ratings.dat"))
    assert_same(load_ratings(None, source="~"))


def test_real_files_have_the_course_shape(real_ratings_path):
    ratings = load_ratings(None, source=real_ratings_path)
    assert len(ratings) == 1_000_209
    shares = ratings["user_rating"].value_counts(normalize=True).sort_index()
    np.testing.assert_allclose(shares, [0.0562, 0.1075, 0.2611, 0.3489, 0.2263], atol=5e-5)


# ---------------------------------------------------------------- broken files

BROKEN = {
    "empty file": ("ratings.dat", "", "ratings.dat is empty"),
    "no fields": ("ratings.dat", "7,50,4\n", r'line 1: expected .*"::" between them.*7,50,4'),
    "no tabs": ("u.data", DAT, "line 1: expected .* tabs between them"),
    "cut in the middle of a line": ("ratings.dat", DAT + "12::5", "cut off: .*'12::5'"),
    "cut in the timestamp": ("ratings.dat", DAT + "12::5::4::9783", "cut off: .*12::5::4::9783"),
    "csv cut off": ("ratings.csv", CSV + "12,5", "cut off: .*'12,5'"),
    "csv cut off, no timestamps": ("a.csv", "user_id,movie_id,user_rating\n1,2,3\n4,5\n",
                                   "a.csv seems to be cut off: its last line is '4,5'"),
    "short line inside": ("ratings.dat", "1::2::3::4\n1::2\n1::2::3::4\n",
                          "ratings.dat, line 2: expected 4 values as in the first line, got '1::2"),
    "long line inside": ("ratings.dat", DAT + "1::2::3::4::5::6\n", "line 6: expected 4 values"),
    "word for a rating": ("ratings.dat", DAT + "1::2::good::978300760\n",
                          "ratings.dat, line 6: column user_rating is 'good'"),
    "no user": ("ratings.dat", DAT + "::2::5::978300760\n", "line 6: column user_id is empty"),
    "line number after blank lines": ("ratings.csv", CSV + "\n\n,5,4,978300760\n",
                                      "ratings.csv, line 9: column user_id is empty"),
    "csv rating missing": ("a.csv", "user_id,movie_id,user_rating\n1,2,3\n1,2,\n1,3,4\n",
                           "a.csv, line 3: column user_rating is empty"),
    "csv infinite": ("a.csv", "user_id,movie_id,user_rating\n1,2,inf\n", "line 2: .*'inf'"),
    "csv column missing": ("a.csv", "user_id,film,user_rating\n1,2,3\n",
                           "lacks the column movie_id: found user_id, film, user_rating"),
    "csv two missing": ("a.csv", "user,movie,user_rating\n1,2,3\n", "user_id and movie_id"),
    "csv with semicolons": ("a.csv", "user_id;movie_id;user_rating\n1;2;3,5\n",
                            "separated by something else than a comma"),
    "csv without rows": ("a.csv", "user_id,movie_id,user_rating\n", "holds no ratings"),
    "csv only blank": ("a.csv", "\n\n", "a.csv"),
    "csv column twice": ("a.csv", "user_id,user_id,movie_id,user_rating\n1,1,2,3\n",
                         "column user_id twice"),
    "csv both names": ("a.csv", "user_id,userId,movie_id,rating\n1,1,2,3\n", "user_id twice"),
    "csv long lines": ("a.csv", "user_id,movie_id,user_rating\n1,2,3,4\n1,2,3,4\n",
                       "more values in its lines than names"),
    "csv long line": ("a.csv", "user_id,movie_id,user_rating\n1,2,3\n1,2,3,4\n", "line 3, saw 4"),
    "csv not UTF-8": ("a.csv", "user_id,movie_id,user_rating\nRené,2,3\n".encode("latin-1"),
                      "not UTF-8"),
    "csv not UTF-8 far down": ("ratings.csv", (CSV + "7,50,4.0,9\n" * 30_000 + "7,3,4.0,fünf\n"
                                               ).encode("latin-1"), "not UTF-8"),
    "csv UTF-16": ("a.csv", "user_id,movie_id,user_rating\n1,2,3\n".encode("utf-16"), "UTF-8"),
    "parquet of another kind": ("a.parquet", CSV, "cannot be read as parquet"),
    "zip": ("ml-1m.zip", b"PK\x03\x04", "unzip it first"),
    "gz": ("ratings.csv.gz", b"\x1f\x8b", "unzip it first"),
    "unknown kind": ("ratings.xlsx", b"PK", "ratings.xlsx is of a kind that is not known"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file(put, case):
    name, content, message = BROKEN[case]
    with pytest.raises(ValueError, match=message) as caught:
        load_ratings(None, source=put(name, content))
    assert len(str(caught.value).splitlines()) == 1


def test_broken_parquet(tmp_path):
    path = tmp_path / "a.parquet"
    RATINGS.to_parquet(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="a.parquet cannot be read as parquet; it may .* cut off"):
        load_ratings(None, source=path)
    RATINGS.iloc[:0].to_parquet(path)
    with pytest.raises(ValueError, match="a.parquet holds no ratings"):
        load_ratings(None, source=path)
    RATINGS.rename(columns={"user_rating": "stars"}).to_parquet(path)
    with pytest.raises(ValueError, match="lacks the column user_rating: found .*stars"):
        load_ratings(None, source=path)
    RATINGS.replace({"user_rating": {3.0: np.nan}}).to_parquet(path)
    with pytest.raises(ValueError, match=r"a.parquet, row 3 \(counted from 0\): .*user_rating"):
        load_ratings(None, source=path)


# One change of CSV each: whichever reader takes it, the answer is that of the careful one.
CHANGED = {
    "nothing": ("", ""), "Windows": ("\n", "\r\n"), "cut": ("2.0,978300760\n", "2.0,9"),
    "zeros in front": ("7,50", "0007,050"), "spaces": ("7,50", " 7 , 50 "), "a space": ("7,", " ,"),
    "plus": ("7,50", "+7,50"), "a word": ("7,50", "me,that film"), "accent": ("7,50", "René,50"),
    "quotes": ("7,50", '"7","50"'), "a comma in quotes": ("7,50", '"7,7",50'),
    "line end in quotes": ("007", '"0\n7"'), "BOM": ("userId", "\ufeffuserId"),
    "NaN for an id": ("7,50", "NaN,50"), "nan for an id": ("7,50", "7,nan"),
    "no id": ("7,50", "7,"),
    "NA for an id": ("7,50", "NA,null"), "blank lines": ("7,3", "\n\n7,3"),
    "commas": ("7,3", ",,,\n7,3"),
    "spaces alone": ("7,3", "  \n7,3"), "short line": ("1.0,978300760", "1.0"),
    "shorter": (",1.0,978300760", ""), "long line": ("1.0,9", "1.0,5,9"), "NUL": ("7,3", "7\0,3"),
    "whole star": ("4.0", "4"), "power": ("4.0", "4e0"), "bare point": ("4.0", ".5"),
    "spaced star": ("4.0", " 4.0 "), "no star": ("4.0", ""), "blank star": ("4.0", " "),
    "NaN star": ("4.0", "NaN"), "NA star": ("4.0", "NA"), "infinite": ("4.0", "inf"),
    "infinity": ("4.0", "-Infinity"), "too large": ("4.0", "1e999"), "word": ("4.0", "four"),
    "underline": ("4.0", "4_0"), "hexadecimal": ("4.0", "0x4"), "decimal comma": ("4.0", "4;0"),
    "true": ("4.0", "true"), "other names": ("userId,movieId", "user_id, movie_id "),
    "own titles": ("timestamp", "title"), "two of a name": ("timestamp", "userId"),
    "timestamps that are none": ("978300760", "yesterday"),
}  # fmt: skip


@pytest.mark.parametrize("titles", ["", "movieId,title\n50,a\n3,b\n9,c\n"])
@pytest.mark.parametrize("case", CHANGED)
def test_the_fast_reader_says_what_the_careful_one_says(put, monkeypatch, case, titles):
    changed = CSV.replace(*CHANGED[case]) if any(CHANGED[case]) else CSV
    path = put("ratings.csv", changed)
    if titles:
        put("movies.csv", titles)
    answers = []
    for _ in range(2):
        try:
            answers.append(load_ratings(None, source=path).to_dict("list"))
        except ValueError as error:
            answers.append(str(error))
        monkeypatch.setattr(_files, "_read_clean_csv", lambda path, columns: None)
    assert answers[0] == answers[1]


BROKEN_TITLES = {
    "field lost": (MOVIES_DAT.replace("::Crime", ""), "movies.dat, line 3: expected 3 fields"),
    "no title": (MOVIES_DAT.replace("Heat (1995)", ""), "movies.dat, line 3: .* a title"),
    "twice": (MOVIES_DAT + "9::Other::Drama\n", "movies.dat has the movie '9' twice"),
    "cut off": ("".join(MOVIES_DAT.splitlines(True)[:2]), "no line for movie '9', which ratings.d"),
    "empty": ("", "no line for movie '50'"),
}


@pytest.mark.parametrize("case", BROKEN_TITLES)
def test_broken_title_table(put, case):
    content, message = BROKEN_TITLES[case]
    put("movies.dat", content)
    with pytest.raises(ValueError, match=message):
        load_ratings(None, source=put("ratings.dat", DAT))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("movieId,name\n1,x\n", "movies.csv lacks the column movie_title"),
        ("movieId,title\n50,a\n,b\n", "movies.csv, line 3: the id or title is empty"),
        ("movieId,title\n50,a\n3,b\n", "movies.csv has no line for movie '9'"),
    ],
)
def test_broken_movies_csv(put, table, message):
    put("movies.csv", table)
    with pytest.raises(ValueError, match=message):
        load_ratings(None, source=put("ratings.csv", CSV))


def test_missing_files_and_ambiguous_directories(put, tmp_path):
    with pytest.raises(ValueError, match="no file or directory .*nowhere.csv"):
        load_ratings(source=tmp_path / "nowhere.csv")
    with pytest.raises(FileNotFoundError, match=r"nowhere/ratings\.dat"):
        load_ratings(source="nowhere/ratings.dat")
    with pytest.raises(ValueError, match="holds none of ratings.dat, u.data"):
        load_ratings(source=tmp_path)
    put("ratings.dat", DAT)
    put("ratings.csv", CSV)
    with pytest.raises(ValueError, match="holds ratings.dat and ratings.csv: give the path"):
        load_ratings(source=tmp_path)


# ---------------------------------------------------------------- arguments and the sample


@pytest.mark.parametrize("n_ratings", [0, -3, 2.0, "10", True, np.nan])
def test_bad_n_ratings(n_ratings):
    with pytest.raises(ValueError, match="n_ratings must be a whole number .*None takes all"):
        load_ratings(n_ratings, source="generated")


@pytest.mark.parametrize("seed", [-1, 1.5, "1", None, True])
def test_bad_seed(seed):
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0, not "):
        load_ratings(10, source="generated", seed=seed)


@pytest.mark.parametrize("source", ["Generated", "movielens", "", None, 5, RATINGS, b"hub"])
def test_unknown_source(source):
    with pytest.raises(ValueError, match='source .*"auto", "hub", "generated" or'):
        load_ratings(source=source)


def test_more_than_there_are(put):
    path = put("ratings.dat", DAT)
    with pytest.raises(ValueError, match="n_ratings is 6, but ratings.dat has only 5"):
        load_ratings(6, source=path)
    with pytest.raises(ValueError, match="1,000,210, but the generated source has only 1,000,209"):
        load_ratings(1_000_210, source="generated")
    assert len(load_ratings(5, source=path)) == 5


def test_environment_variable_takes_the_place_of_auto_only(put, monkeypatch):
    path = put("mine.csv", CSV)
    monkeypatch.setenv("MFHELPERS_RATINGS", str(path))
    assert load_ratings(2).attrs["source"] == "mine.csv"
    assert load_ratings(2, source="generated").attrs["source"] == "generated"
    monkeypatch.setenv("MFHELPERS_RATINGS", "generated")
    assert load_ratings(2).attrs["source"] == "generated"
    assert load_ratings(2, source=path).attrs["source"] == "mine.csv"
    monkeypatch.setenv("MFHELPERS_RATINGS", "somewhere")
    with pytest.raises(ValueError, match="environment variable MFHELPERS_RATINGS is 'somewhere'"):
        load_ratings(2)


def test_every_source_takes_the_same_rows(put):
    rows = np.random.default_rng(10).permutation(5)[:3]
    expected = RATINGS.take(rows).reset_index(drop=True)
    assert_same(load_ratings(3, source=put("ratings.dat", DAT)), expected)
    assert_same(load_ratings(3, source=put("a.csv", CSV)), expected)
    whole = load_ratings(None, source="generated")
    rows = np.random.default_rng(4).permutation(len(whole))[:1000]
    sample = load_ratings(1000, source="generated", seed=4)
    assert_same(sample, whole.take(rows).reset_index(drop=True))
    assert isinstance(sample.index, pd.RangeIndex)
    assert not sample.equals(load_ratings(1000, source="generated", seed=5))


def test_a_sample_can_be_changed_without_changing_the_next():
    first = load_ratings(100, source="generated")
    before = first.copy(deep=True)
    first["user_rating"] *= 0
    first.attrs["source"] = "mine"
    again = load_ratings(100, source="generated")
    assert_same(again, before)
    assert again.attrs == {"source": "generated"}


def test_datasets_is_imported_for_the_hub_alone(put):
    code = (
        "import sys; from mfhelpers import load_ratings, remap_ids;"
        "remap_ids(load_ratings(5, source=sys.argv[1])); load_ratings(5, source='generated');"
        "sys.exit('datasets' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, put("ratings.dat", DAT)]).returncode == 0
