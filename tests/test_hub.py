"""The Hub's own path, end to end, against a Hub on loopback that works or fails."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mfhelpers import _hub, generated, ratings
from tools.loopback_hub import REPOSITORY, hub_environment, serve_hub

NOWHERE = "http://127.0.0.1:9"  # nothing listens there
# Loads from each source in turn, with short patience, and tells what came of it. `restored` says
# whether the libraries' switches are as they were before the load.
SCRIPT = """
import contextlib, io, json, logging, sys, warnings
import pandas as pd
from mfhelpers import _hub, load_ratings, ratings
_hub.GIVE_UP_SECONDS = 0.5
vars(_hub).update(json.loads(sys.argv[1]))

def generated_at_once(n_ratings, seed):
    frame = pd.DataFrame({"user_id": "1", "movie_id": "2", "user_rating": [3.0] * n_ratings})
    frame.attrs["source"] = "generated"
    return frame

if sys.argv[2] == "stub":
    ratings._take_generated = generated_at_once

def switches():
    import datasets, huggingface_hub, scipy.special  # (which adds a warning filter)
    return [
        datasets.config.HF_HUB_OFFLINE, huggingface_hub.constants.HF_HUB_OFFLINE,
        datasets.utils.are_progress_bars_disabled(), list(warnings.filters),
        huggingface_hub.utils.are_progress_bars_disabled(),
        *[logging.getLogger(name).level for name in _hub.LOGGERS],
    ]

told = []
logging.basicConfig(level=logging.INFO)
for source in sys.argv[3:]:
    result, printed = {}, io.StringIO()
    before = switches() if source == "hub" else None
    with contextlib.redirect_stdout(printed):
        try:
            r = load_ratings(1000, source=source)
            result = {"source": r.attrs["source"], "columns": list(r.columns), "n": len(r),
                      "users": r["user_id"].tolist(), "movies": r["movie_id"].tolist(),
                      "stars": r["user_rating"].tolist()}
        except Exception as error:
            result = {"error": type(error).__name__, "message": str(error)}
    result["printed"] = printed.getvalue()
    result["datasets"] = "datasets" in sys.modules
    result["restored"] = source != "hub" or switches() == before
    told.append(result)
print(json.dumps(told))
"""


def load(environment, *sources, generated="stub", **hub):
    """Return what came of each load, in a process of its own; its stderr must stay empty.

    Takes `hub` for constants of `_hub`, in capitals.
    """
    settings = json.dumps({"QUIET_SECONDS": 60} | hub)
    command = [sys.executable, "-c", SCRIPT, settings, generated, *sources]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    results = json.loads(done.stdout)
    assert all(result["restored"] for result in results)
    return results


@pytest.fixture(scope="module")
def table():
    return generated.generated_ratings(rows=slice(0, 3000))


@pytest.fixture(scope="module")
def parquet(table, tmp_path_factory):
    path = tmp_path_factory.mktemp("hub") / "ratings.parquet"
    table.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def this_copy(table):
    """The settings under which the table is what the pages were run on."""
    return {"N_RATINGS": len(table), "FINGERPRINT": _hub.fingerprint(table)}


def assert_fell_back(result, *why):
    assert result["source"] == "generated" and result["n"] == 1000
    lines = result["printed"].splitlines()
    assert len(lines) == 1 and lines[0].startswith("Using generated ratings, not MovieLens: ")
    assert "MFHELPERS_RATINGS" in lines[0]
    assert all(word in lines[0] for word in why), lines[0]


def assert_refused(result, kind, *why):
    assert result["error"] == kind and result["printed"] == ""
    assert 'use source="generated" or the path' in result["message"]
    assert all(word in result["message"] for word in why), result["message"]


def test_online_then_cached_without_any_request(parquet, table, this_copy, tmp_path):
    with serve_hub(parquet) as url:
        environment = hub_environment(url, tmp_path)
        first, second = load(environment, "auto", "hub", **this_copy)
        assert any("GET" in line and line.endswith(".parquet") for line in url.requests)
        asked = len(url.requests)
        (third,) = load(environment, "auto", **this_copy)
        assert len(url.requests) == asked
    assert (tmp_path / "datasets").is_dir()
    fourth, fifth = load(hub_environment(NOWHERE, tmp_path), "auto", "hub", **this_copy)

    rows = np.random.default_rng(10).permutation(3000)[:1000]
    expected = table.take(rows)
    for result in (first, second, third, fourth, fifth):
        assert result["source"] == "hub" and result["printed"] == "" and result["datasets"]
        assert result["columns"] == list(table.columns)
        assert result["users"] == expected["user_id"].tolist()
        assert result["movies"] == expected["movie_id"].tolist()
        assert result["stars"] == expected["user_rating"].tolist()


# ---------------------------------------------------------------- which copy, which revision

OTHERS = {
    "a rating": lambda t: t.assign(user_rating=t["user_rating"].where(t.index != 7, 0.5)),
    "two ratings in each other's place": lambda t: t.assign(
        user_rating=t["user_rating"]
        .mask(t.index == t["user_rating"].idxmin(), 5.0)
        .mask(t.index == t["user_rating"].idxmax(), 1.0)
    ),
    "all users, by one": lambda t: t.assign(user_id=(t["user_id"].astype(int) + 1).astype("str")),
    "users for movies": lambda t: t.rename(columns={"user_id": "movie_id", "movie_id": "user_id"}),
    "ids that are words": lambda t: t.assign(user_id="u" + t["user_id"]),
}


@pytest.fixture
def pinned(this_copy, monkeypatch):
    for name, value in this_copy.items():
        monkeypatch.setattr(_hub, name, value)


def test_the_same_ratings_are_the_copy_in_any_order(table, pinned):
    assert _hub.difference(table) is None
    assert _hub.difference(table.sample(frac=1, random_state=0)) is None
    assert _hub.difference(table.astype({"user_id": object, "movie_id": object})) is None


@pytest.mark.parametrize("change", OTHERS)
def test_other_ratings_are_another_copy(table, pinned, change):
    other = OTHERS[change](table)
    assert not other.equals(table)
    assert _hub.difference(other) == "some of its ratings are others"


def test_another_number_of_ratings_is_another_copy(table):
    assert _hub.difference(table) == "it has 3,000 ratings, not 1,000,209"


def test_the_real_ratings_are_the_pinned_copy_and_the_generated_ones_are_not(real_ratings_path):
    assert _hub.difference(ratings.load_ratings(None, source=real_ratings_path)) is None
    assert "others" in _hub.difference(generated.generated_ratings())


def test_another_copy_is_told_in_one_line_and_loaded(table, this_copy, tmp_path):
    OTHERS["a rating"](table).to_parquet(tmp_path / "other.parquet")
    with serve_hub(tmp_path / "other.parquet") as url:
        environment = hub_environment(url, tmp_path / "cache")
        changed, from_cache = load(environment, "hub", "auto", **this_copy)
        (short,) = load(environment, "auto")
    told = ratings.OTHER_COPY.format("some of its ratings are others") + "\n"
    assert [changed["source"], changed["printed"]] == ["hub", told]
    assert [from_cache["source"], from_cache["printed"]] == ["hub", told]
    assert short["source"] == "hub" and short["n"] == 1000
    assert (
        short["printed"] == ratings.OTHER_COPY.format("it has 3,000 ratings, not 1,000,209") + "\n"
    )


def test_the_revision_is_the_one_that_is_asked_for(parquet, this_copy, tmp_path):
    with serve_hub(parquet) as url:
        (main,) = load(hub_environment(url, tmp_path / "main"), "hub", **this_copy)
        assert any(line.endswith("/revision/main") for line in url.requests)
        asked = len(url.requests)
        (pinned,) = load(
            hub_environment(url, tmp_path / "pinned"), "hub", REVISION=url.sha, **this_copy
        )
        assert not any("main" in line for line in url.requests[asked:])
        auto, hub = load(hub_environment(url, tmp_path / "none"), "auto", "hub", REVISION="0" * 40)
    for result in (main, pinned):
        assert result["source"] == "hub" and result["printed"] == ""
    why = f"does not have the data set {REPOSITORY} at the revision {'0' * 40}"
    assert_fell_back(auto, why)
    assert not auto["datasets"]  # the first short question says so
    assert_refused(hub, "ConnectionError", why)


def test_sample_is_the_one_that_datasets_takes():
    from datasets import Dataset

    for n, n_ratings, seed in [(3000, 1000, 10), (77, 77, 0), (5000, 1, 123)]:
        true = Dataset.from_dict({"row": range(n)}).shuffle(seed=seed).select(range(n_ratings))
        assert ratings._sample(n, n_ratings, seed, "x").tolist() == true["row"][:]


def test_nothing_listens(tmp_path):
    auto, hub = load(hub_environment(NOWHERE, tmp_path), "auto", "hub", generated="true")
    assert_fell_back(auto, "cannot be reached")
    assert not auto["datasets"]
    assert_refused(hub, "ConnectionError", "cannot be reached")


def test_hub_that_hangs(parquet, tmp_path):
    with serve_hub(parquet, fault="hang") as url:
        auto, hub = load(hub_environment(url, tmp_path), "auto", "hub")
    assert_fell_back(auto, "did not answer in time")
    assert_refused(hub, "ConnectionError", "did not answer in time")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("error500", "answered with error 500"),
        ("not_found", f"does not have the data set {REPOSITORY}"),
    ],
)
def test_hub_that_answers_with_an_error(parquet, tmp_path, fault, why):
    with serve_hub(parquet, fault=fault) as url:
        auto, hub = load(hub_environment(url, tmp_path), "auto", "hub")
    assert_fell_back(auto, why)
    assert_refused(hub, "ConnectionError", why)


def test_hub_that_sends_a_broken_file(parquet, tmp_path):
    with serve_hub(parquet, fault="broken_file") as url:
        auto, hub = load(hub_environment(url, tmp_path), "auto", "hub")
    assert_fell_back(auto, "cannot be read", "arquet")
    assert_refused(hub, "ValueError", "cannot be read", "nbtpj___movielens-1m-ratings")


def test_hub_that_breaks_off_in_the_file(parquet, tmp_path):
    with serve_hub(parquet, fault="cut_file") as url:
        (hub,) = load(hub_environment(url, tmp_path), "hub")
    assert_refused(hub, "ConnectionError", "broke off")


def test_hub_whose_file_never_comes(parquet, tmp_path):
    with serve_hub(parquet, fault="hang_on_file") as url:
        (auto,) = load(hub_environment(url, tmp_path), "auto", QUIET_SECONDS=0.3)
    first, rest = auto["printed"].split("\n", 1)
    assert first == "Downloading MovieLens 1M from the Hugging Face Hub, once ..."
    assert_fell_back(auto | {"printed": rest}, "did not send the ratings within 0.5 seconds")


def test_offline_switch_of_the_user(tmp_path):
    environment = hub_environment(NOWHERE, tmp_path) | {"HF_HUB_OFFLINE": "1"}
    auto, hub = load(environment, "auto", "hub")
    assert_fell_back(auto, "switched off by HF_HUB_OFFLINE")
    assert_refused(hub, "ConnectionError", "switched off by HF_HUB_OFFLINE")


CONTENT = {
    "column missing": (lambda t: t.drop(columns="user_rating"), "lacks the column user_rating"),
    "rating missing": (
        lambda t: t.assign(user_rating=t["user_rating"].where(t.index != 7)),
        "the Hub's table, row 7 (counted from 0): column user_rating is empty",
    ),
}


@pytest.mark.parametrize("case", CONTENT)
def test_content_that_is_broken(table, tmp_path, case):
    spoil, why = CONTENT[case]
    spoil(table).to_parquet(tmp_path / "bad.parquet")
    with serve_hub(tmp_path / "bad.parquet") as url:
        auto, hub = load(hub_environment(url, tmp_path / "cache"), "auto", "hub")
    assert_fell_back(auto, why)
    assert_refused(hub, "ValueError", why)


def test_content_that_is_too_short(table, tmp_path):
    table[:10].to_parquet(tmp_path / "short.parquet")
    with serve_hub(tmp_path / "short.parquet") as url:
        auto, hub = load(hub_environment(url, tmp_path / "cache"), "auto", "hub")
    assert_fell_back(auto, "n_ratings is 1,000, but the Hub's table has only 10")
    assert hub["error"] == "ValueError" and "has only 10" in hub["message"]


def test_cache_that_is_broken(parquet, tmp_path):
    with serve_hub(parquet) as url:
        environment = hub_environment(url, tmp_path)
        load(environment, "hub")
        (arrow,) = Path(tmp_path).rglob("*.arrow")
        arrow.write_bytes(arrow.read_bytes()[:1000])
        auto, hub = load(environment, "auto", "hub")
    assert_fell_back(auto, "cannot be read")
    assert_refused(hub, "ValueError", "cannot be read", "delete its folder")


def test_whole_numbers_as_ids_lists_of_genres_and_columns_unknown(table, tmp_path):
    other = pd.DataFrame(
        {
            "timestamp": range(len(table)),
            "user_id": table["user_id"].astype(int),
            "movie_id": table["movie_id"].astype(int),
            "movie_genres": table["movie_genres"].str.split("|"),
            "user_rating": table["user_rating"].astype("int8"),
            "movie_title": range(len(table)),
        }
    )
    other.to_parquet(tmp_path / "other.parquet")
    with serve_hub(tmp_path / "other.parquet") as url:
        (hub,) = load(hub_environment(url, tmp_path / "cache"), "hub")
    expected = table.take(np.random.default_rng(10).permutation(3000)[:1000])
    assert hub["columns"] == ["user_id", "movie_id", "user_rating", "movie_genres"]
    assert hub["users"] == expected["user_id"].tolist()
    assert hub["stars"] == expected["user_rating"].tolist()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionResetError("reset"), ConnectionError),
        (TimeoutError(), ConnectionError),
        (OSError(28, "No space left on device"), ValueError),
        (KeyError("train"), ValueError),
    ],
)
def test_what_counts_as_network_and_what_as_content(error, kind):
    wrapped = RuntimeError("outer")
    wrapped.__cause__ = error
    for one in (error, wrapped):
        translated = _hub._translated(one)
        assert isinstance(translated, kind)
        if kind is ValueError:
            assert str(error) in str(translated)


def test_more_than_movielens_has_is_refused_before_any_network(monkeypatch):
    monkeypatch.delenv("MFHELPERS_RATINGS", raising=False)
    monkeypatch.setattr("mfhelpers._hub.read_ratings", None)
    with pytest.raises(ValueError, match="2,000,000, but MovieLens 1M has only 1,000,209"):
        ratings.load_ratings(2_000_000)


def test_serve_hub_refuses_an_unknown_fault(parquet):
    with pytest.raises(ValueError, match="fault is 'slow'"), serve_hub(parquet, fault="slow"):
        pass
