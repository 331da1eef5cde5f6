"""The benchmark's bookkeeping on a tiny size: nothing here looks at a clock's verdict."""

import json
import os
import shutil
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mfhelpers import sgd
from mfhelpers.recommend import top_n
from tools import benchmark
from tools.bench import (
    accuracy,
    contestants,
    data,
    measurements,
    peers,
    process,
    readme,
    report,
    who_rated,
)
from tools.bench.process import Missing, Process
from tools.bench.rounds import Row, Section, compared_row, interleaved, judged_row, plain_row

TINY = measurements.Plan(
    n_rounds=2, n_epochs=2, factors=(3,), first_run_ratings=300, loop_rows=10, order_seeds=(0, 1),
    order_epochs=2, top_factors=3, install=False, accuracy_rounds=2, accuracy_epochs=(1, 2),
    who_rated_factors=(3,), large={"n_users": 300, "n_movies": 200, "n_ratings": 9_000},
)  # fmt: skip


@pytest.fixture(scope="module")
def ratings():
    rng = np.random.default_rng(0)
    cells = np.argwhere(rng.random((50, 60)) < 0.2)
    frame = pd.DataFrame(cells, columns=["user_id", "movie_id"])
    return data.coded(frame.assign(user_rating=rng.integers(1, 6, len(cells)) / 1.0), "tiny")


@pytest.fixture
def no_cornac(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "BENCH_VENV", tmp_path / "no-venv")


@pytest.fixture
def no_compiler(monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(peers.shutil, "which", lambda name: None)


# --- rounds and rows ----------------------------------------------------------------------------


def test_contestants_take_turns():
    turns = []

    def contestant(name):
        return lambda: turns.append(name) or {name: len(turns)}

    values = interleaved([contestant("a"), contestant("b")], 3, lambda: turns.append("|"))
    assert "".join(turns) == "ab|ab|ab|"
    assert values == {"a": [1, 4, 7], "b": [2, 5, 8]}


def test_ratios_are_of_minimums_with_medians_beside():
    ours = plain_row("ours", "ns", [9.0, 3.0, 5.0])
    theirs = compared_row("theirs", "ns", [10.0, 4.0, 40.0], ours, target=0.75)
    assert (theirs.minimum, theirs.median) == (4.0, 10.0)
    assert (theirs.judged, theirs.judged_median) == (3 / 4, 5 / 10)
    assert theirs.holds is True
    assert compared_row("theirs", "ns", theirs.values, ours, target=0.74).holds is False
    assert compared_row("theirs", "ns", theirs.values, ours).holds is None


def test_a_value_can_be_judged_itself():
    row = judged_row("lists", "s", [0.6, 0.4, 0.7], target=0.5)
    assert (row.judged, row.judged_median, row.holds) == (0.4, 0.6, True)


# --- the table ----------------------------------------------------------------------------------


def test_table_shows_minimum_median_ratio_target_and_verdict():
    ours = plain_row("ours", "ns", [3.0, 5.0, 9.0])
    rows = [ours, compared_row("theirs", "ns", [4.0, 10.0, 40.0], ours, target=0.7)]
    lines = report.table(Section("A race", rows, ["on a track"]))
    assert lines[1] == "A race"
    assert lines[3].split() == ["ours", "3.00", "5.00", "ns"]
    assert lines[4].split() == [
        "theirs", "4.00", "10.0", "ns", "0.750", "0.500", "0.700", "does", "not", "hold",
    ]  # fmt: skip
    assert lines[5] == "  (on a track)"


@pytest.mark.parametrize(
    "value, unit, shown",
    [(12345.6, "s", "12,346"), (12.34, "ns", "12.3"), (1.234, "s", "1.23"), (0.5, "", "0.500"),
     (0.00043, "", "0.00043"), (-0.00031, "RMSE", "-0.00031"), (0.87129, "RMSE", "0.87129")],
)  # fmt: skip
def test_numbers_are_shown_to_three_digits(value, unit, shown):
    assert report.number(value, unit) == shown


def test_verdict_counts_and_names_what_does_not_hold():
    rows = [
        Row("good", "s", (1,), 1, 1, 2),
        Row("bad", "s", (1,), 3, 3, 2),
        Row("plain", "s", (1,)),
    ]
    assert report.verdict([Section("", rows)]) == "1 of 2 targets hold; not: bad"
    assert report.verdict([Section("", rows[:1])]) == "1 of 1 targets hold"


# --- the peers ----------------------------------------------------------------------------------


def test_missing_peers_are_left_out_with_a_word(ratings, no_cornac, no_compiler):
    section = measurements.race(ratings, TINY)
    assert [row.name for row in section.rows] == ["k=3: ours", "k=3: ours, the epochs alone"]
    said = "\n".join(section.remarks)
    assert "cornac: left out, no-venv is not there" in said
    assert "C++: left out, no C++ compiler was found" in said


def test_a_compiler_that_fails_is_left_out(ratings, no_cornac, monkeypatch):
    monkeypatch.setenv("CXX", shutil.which("false") or "false")
    monkeypatch.setattr(peers.shutil, "which", lambda name: name)
    section = measurements.race(ratings, TINY)
    assert any("C++: left out, false failed" in remark for remark in section.remarks)


def test_what_cannot_be_installed_is_said_and_not_left_half_made(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(process, "BENCH_VENV", tmp_path / "venv")

    def fail(command):
        (tmp_path / "venv").mkdir(exist_ok=True)
        raise peers.Missing("it could not be installed: no network")

    monkeypatch.setattr(process, "_run", fail)
    with pytest.raises(peers.Missing, match="no network"):
        process.peer_python()
    assert capsys.readouterr().out.startswith("Making venv for the peers")
    assert not (tmp_path / "venv").exists()


def test_one_peer_that_does_not_build_keeps_no_other_out(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(process, "BENCH_VENV", tmp_path / "venv")
    monkeypatch.setattr(process, "REQUIREMENTS", tmp_path / "bench.txt")
    process.REQUIREMENTS.write_text("# peers\ngood>=1  # why\nbad>=2\n")
    installed = []

    def run(command):
        if command[-1] == "bad>=2":
            raise process.Missing("it could not be installed: no compiler")
        installed.append(command[-1])
        python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(process, "_run", run)
    for _ in range(2):  # the second time it is there
        process.peer_python()
    assert installed == [tmp_path / "venv", "good>=1"]
    assert "bad>=2: it could not be installed: no compiler" in capsys.readouterr().out
    process.REQUIREMENTS.write_text("good>=1\nnew\n")
    process.peer_python()
    assert installed[2:] == [tmp_path / "venv", "good>=1", "new"]


@pytest.mark.skipif(not any(map(shutil.which, ("g++", "clang++", "c++"))), reason="no compiler")
def test_the_cpp_loop_does_the_same_work(ratings, monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    loop = peers.CppLoop(ratings.users, ratings.movies, ratings.y)
    seconds, learned = loop.train(3, 4)
    loop.close()
    expected = peers.start_values(50, 60, 3)
    run_epoch = sgd.compiled_epoch("l2", True, True)
    rows = ratings.X.to_numpy(np.uint32).T.copy()
    settings = ratings.y.mean(), peers.LEARNING_RATE, peers.REGULARIZATION
    for _ in range(4):
        run_epoch(
            *rows, ratings.y.astype(np.float32), np.arange(1), len(ratings), *expected,
            *map(np.float32, settings),
        )  # fmt: skip
    assert seconds > 0
    for mine, theirs in zip(expected, learned, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    assert np.abs(learned[2]).max() > 0.01  # it did move


CHATTER = 1_000_000
FAKE_PEER = f"""
import json, os, sys, threading
stalled = threading.Timer(10, os._exit, [1])  # where nobody reads, it ends by itself
stalled.daemon = True
stalled.start()
def answer(**what):
    sys.stderr.write("chatter" * ({CHATTER} // 7))
    print(json.dumps(what), flush=True)
answer(version="0")
for line in sys.stdin:
    n_factors, n_epochs = json.loads(line)
    if n_epochs == 0:
        sys.exit("\\nno epochs")
    answer(seconds=n_factors + n_epochs)
"""


@pytest.fixture
def chatty_peer(ratings, monkeypatch, tmp_path):
    """A peer that writes a megabyte to stderr before each answer, in cornac's place."""
    (tmp_path / "fake_peer.py").write_text(FAKE_PEER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(peers, "CORNAC_PROCESS", "fake_peer")
    monkeypatch.setattr(process, "peer_python", lambda install: sys.executable)
    peer = peers.Cornac(ratings.users, ratings.movies, ratings.y)
    yield peer
    peer.close()


def test_a_peer_that_writes_a_lot_to_stderr_does_not_stall(chatty_peer):
    assert [chatty_peer.seconds(3, 1), chatty_peer.seconds(4, 2)] == [4, 6]


def test_a_peer_that_ends_in_the_middle_is_quoted(chatty_peer):
    assert chatty_peer.seconds(3, 1) == 4
    for _ in range(2):  # asked again, it is still gone
        with pytest.raises(peers.Missing, match="^no epochs$"):
            chatty_peer.seconds(3, 0)


@pytest.mark.skipif(not process.BENCH_VENV.exists(), reason="the peers are not installed")
def test_cornac_answers_turn_by_turn(ratings):
    try:
        cornac = peers.Cornac(ratings.users, ratings.movies, ratings.y, install=False)
    except peers.Missing as why:
        pytest.skip(str(why))
    assert cornac.seconds(3, 1) > 0 and cornac.seconds(4, 2) > 0
    cornac.close()
    assert cornac._process.returncode == 0


# --- seconds to an accuracy ---------------------------------------------------------------------

OWN_ENVIRONMENT = f"""
import sys
from tools.bench import contestants, process, rounds
def noisy(rows, **settings):
    print("chatter" * ({CHATTER} // 7))
    if settings["n_epochs"] == 7:
        sys.exit("seven is too many")
    return settings["n_epochs"] / 10, rows.held_out.ratings + 1 / settings["n_epochs"]
contestants.CONTESTANTS["ours"] = noisy, "numpy"
contestants.main()
"""


@pytest.fixture
def noisy(monkeypatch, tmp_path, no_cornac):
    """In the place of ours, what prints a megabyte a training and takes a tenth an epoch."""
    (tmp_path / "noisy.py").write_text(OWN_ENVIRONMENT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(contestants, "__name__", "noisy")
    monkeypatch.setattr(accuracy, "SETTINGS", {"ours": accuracy.SETTINGS["ours"], "cornac": {}})


def small(**changes):
    return replace(TINY, **changes)


def test_a_curve_is_of_trainings_from_the_start_and_what_libraries_print_is_no_answer(
    ratings, noisy
):
    plan = small(accuracy_epochs=(5, 10))
    section = accuracy.accuracy(ratings, plan)
    np.testing.assert_allclose(section.curves["ours"], [(0.5, 0.2), (1.0, 0.1)])
    rows = {row.name: row for row in section.rows}
    assert rows["ours: to 0.86"].values == (0.5, 0.5)
    assert rows["ours: memory"].values[0] >= 0
    assert "cornac: left out, no-venv is not there" in section.remarks


LATE = """
import os, sys, time
print('{"version": "1"}', flush=True)
sys.stdin.readline()
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
time.sleep(0.5)
sys.exit("its last words")
"""


def test_last_words_are_waited_for(tmp_path, monkeypatch):
    (tmp_path / "late.py").write_text(LATE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    late = Process([sys.executable, "late"], {})
    with pytest.raises(Missing, match="its last words"):
        late.ask(1)
    late.close()


def test_a_contestant_that_ends_in_the_middle_is_told_in_one_line(ratings, noisy):
    section = accuracy.accuracy(ratings, small(accuracy_epochs=(5, 7)))
    assert section.remarks.count("ours: ended, seven is too many") == 1
    assert not section.rows


def test_the_search_tries_the_same_for_all_and_keeps_the_best(ratings, monkeypatch):
    asked = {}

    class Asked:
        def __init__(self, name, parts, install):
            self.asked = asked.setdefault(name, [])
            self.close = lambda: None

        def ask(self, settings):
            self.asked.append(settings)
            slow = settings["n_factors"] == 40
            rmse = 0.9 - settings["regularization"] - 0.001 * settings["n_epochs"]
            return {"seconds": settings["n_epochs"] * (1 + slow), "rmse": rmse}

    monkeypatch.setattr(accuracy, "open_contestant", Asked)
    for name in accuracy.SETTINGS:
        best, curve = accuracy.search(ratings, name)[0]
        assert (best["n_factors"], best["regularization"]) == (10, 0.06)
        assert [seconds for seconds, _ in curve] == [5]  # nothing beyond the hardest target
    assert len({str(each) for each in asked.values()}) == 1
    assert {key: len({each[key] for each in asked["ours"]}) for key in accuracy.SPACE} == {
        key: len(values) for key, values in accuracy.SPACE.items()
    }


def test_settings_are_out_of_the_searched_space():
    assert list(accuracy.SETTINGS) == list(contestants.CONTESTANTS) == list(readme.LOOKS)
    for name, settings in accuracy.SETTINGS.items():
        any_rate = {"learning_rate": 0.05} if name == "ours, ALS" else {}  # ALS knows none
        assert any_rate | settings in accuracy.tries()
    for settings in who_rated.SETTINGS.values():
        assert settings in who_rated.tries()


def test_more_targets_come_before_less_time():
    few_but_soon = [(1.0, 0.858), (2.0, 0.854)]
    all_late = [(50.0, 0.858), (80.0, 0.84)]
    assert accuracy.worth(all_late) < accuracy.worth(few_but_soon)
    assert accuracy.worth([(1.0, 0.84)]) < accuracy.worth(all_late)
    assert accuracy.seconds_to(few_but_soon, 0.845) == np.inf


def test_ours_must_reach_what_others_reach():
    def answers(rmse):
        return [[{"seconds": 1.0, "rmse": rmse, "megabytes": 1.0}]]

    section = Section("x")
    accuracy._fill(section, {"ours": answers(0.9), "cornac": answers(0.85)})
    held = {row.name: row.holds for row in section.rows if row.holds is not None}
    assert held == {"cornac: to 0.86": False, "cornac: to 0.85": False}
    assert "cornac: does not reach 0.845" in section.remarks


def test_who_was_not_in_training_is_predicted_from_what_is_known():
    held_out = contestants.Rows(np.array([0, 5, 0]), np.array([1, 0, 7]), np.ones(3))
    rows = contestants.Rows(np.array([0, 1]), np.array([1, 0]), np.ones(2), held_out)
    ones = np.ones((2, 3))
    predicted = contestants._predicted(rows, 3.0, np.array([0.1, 0.2]), np.array([0.3, 0.4]),
                                       ones, ones)  # fmt: skip
    np.testing.assert_allclose(predicted, [3 + 0.1 + 0.4 + 3, 3 + 0.3, 3 + 0.1])


# --- who rated what -----------------------------------------------------------------------------


def test_ndcg_is_1_for_lists_that_know_and_counts_unseen_movies_only():
    X = pd.DataFrame({"user_id": [0, 0, 1], "movie_id": [0, 1, 2]})
    test_X = pd.DataFrame({"user_id": [0, 1, 1, 9], "movie_id": [2, 0, 1, 0]})
    parts = X, test_X, None, np.array([5.0, 4.0, 1.0, 5.0])
    knows = np.array([[9.0, 9.0, 5.0, 1.0], [3.0, 2.0, 9.0, 1.0]])  # 9 where it was rated
    assert who_rated.ndcg(knows, np.eye(4), parts) == pytest.approx(1)
    wrong = np.array([[9.0, 9.0, 1.0, 5.0], [2.0, 3.0, 9.0, 1.0]])
    assert who_rated.ndcg(wrong, np.eye(4), parts) == pytest.approx(1 / np.log2(3))


# --- the README ---------------------------------------------------------------------------------


def measured():
    ours = plain_row("ours: to 0.86", "s", [0.2, 0.1])
    rows = [ours, compared_row("cornac: to 0.86", "s", [1.0, 0.5], ours, 0.5)]
    curves = {"ours": [(0.1, 0.86), (0.2, 0.85)], "cornac": [(1.0, 0.87), (np.inf, 0.84)]}
    plain = Section("Others", [plain_row("load", "s", [3.0])], ["as it is"])
    return [Section("A race", rows, ["one thread"], curves), plain]


def test_the_readme_gets_tables_a_picture_and_the_machine_between_its_markers(tmp_path):
    page, picture = tmp_path / "README.md", tmp_path / "images" / "benchmark.png"
    page.write_text(f"before\n{readme.START}\nold\n{readme.END}\nafter\n")
    for _ in range(2):
        readme.write(measured(), "2 cores", page, picture)
    lines = page.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("before", "after") and "old" not in lines
    assert "| ours | 0.150 | not reached | not reached | not reached | not reached |" in lines
    assert "| cornac | 0.750 (0.200) | not reached | not reached | not reached | not reached |" in (
        lines
    )
    assert "| load | 3.00 | s |" in lines and "- as it is" in lines
    assert any(line.startswith("Measured on ") and "2 cores" in line for line in lines)
    assert lines.count(f"![{readme.ALT}](images/benchmark.png)") == 1
    assert picture.stat().st_size > 10_000


@pytest.mark.parametrize("text", ["", readme.END + readme.START, readme.START * 2 + readme.END])
def test_a_readme_without_its_markers_is_refused(text):
    with pytest.raises(ValueError, match="the README must have <!-- benchmark --> and"):
        readme.with_section(text, "x")


def test_the_readme_has_its_markers_and_lines_differ_by_more_than_colour():
    readme.with_section(readme.README.read_text(encoding="utf-8"), "")
    markers = [look[1] for look in readme.LOOKS.values()]
    assert len(set(markers)) == len(markers)


# --- measurements -------------------------------------------------------------------------------


def test_every_measurement_makes_its_rows_and_all_is_drawn(
    ratings, no_cornac, monkeypatch, tmp_path, capsys
):
    parts = {"import": 1.0, "compile": 2.0, "train": 3.0, "first result after": 6.0}
    monkeypatch.setattr(measurements, "fresh_process", lambda X, y: parts)
    drawing = tmp_path / "build" / "picture.png"
    sections = benchmark.run(ratings, TINY, drawing=drawing)
    assert len(sections) == len(measurements.MEASUREMENTS)
    assert drawing.stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert f"Ratings: tiny, {len(ratings)} of them" in printed and "targets hold" in printed
    for section in sections:
        assert section.rows and section.title in printed
        for row in section.rows:
            assert row.name in printed and np.isfinite(row.values).all()
    rounds = {len(row.values) for row in sections[0].rows}
    assert rounds == {TINY.n_rounds}


def test_iterrows_is_scaled_to_all_visits(ratings, monkeypatch):
    monkeypatch.setattr(measurements, "fresh_process", lambda X, y: {"import": 1.0})
    monkeypatch.setattr(measurements, "seconds_of", lambda run: run() and 0.0 or 0.5)
    section = measurements.first_run(ratings, TINY)
    ours, loop = section.rows[:2]
    assert ours.values == (0.5, 0.5)
    assert loop.values == (0.5 * 20 * 240 / 10,) * 2
    assert loop.target == 1 / 500


def test_the_loop_by_hand_is_the_models_first_epoch(ratings):
    settings = dict(n_factors=3, random_state=0)
    begun = measurements.MatrixFactorization(n_epochs=0, **settings).fit(ratings.X, ratings.y)
    model = measurements.MatrixFactorization(n_epochs=1, **settings).fit(ratings.X, ratings.y)
    P, Q = begun.user_factors_, begun.movie_factors_
    measurements.iterrows_epoch(ratings.X.assign(user_rating=ratings.y), P, Q)
    np.testing.assert_allclose(P, model.user_factors_, atol=1e-12)
    np.testing.assert_allclose(Q, model.movie_factors_, atol=1e-12)


def test_permuted_fit_draws_a_new_order_each_epoch(ratings, monkeypatch):
    visited = []
    monkeypatch.setattr(
        measurements.sgd, "compiled_epoch", lambda *kind: lambda users, *rest: visited.append(users)
    )
    monkeypatch.setattr(measurements, "fast_model", lambda k, n_epochs, seed: _Begun(k, ratings))
    measurements.permuted_fit(ratings.X, ratings.y, 3, 3, seed=0)
    measurements.permuted_fit(ratings.X, ratings.y, 3, 3, seed=0, again=False)
    for users in visited:
        assert sorted(users) == sorted(ratings.users)
    assert len({users.tobytes() for users in visited[:3]}) == 3
    assert len({users.tobytes() for users in visited[3:]}) == 1


class _Begun:
    def __init__(self, k, ratings):
        self.user_factors_ = self.movie_factors_ = np.zeros((60, k))
        self.user_biases_ = self.movie_biases_ = np.zeros(60)
        self.mean_ = 3.0

    def fit(self, X, y):
        return self


def test_top_lists_of_the_full_sort_and_of_top_n_are_the_same(ratings):
    model = measurements.fast_model(3, 5).fit(ratings.X, ratings.y)
    everybody = np.arange(50)
    lists = top_n(model, everybody, n=10, seen=ratings.X)
    full = measurements.fully_sorted(model, ratings.users, ratings.movies, n=10)
    assert (lists == full).mean() > 0.99  # float32 sums may swap equals


def test_peak_counts_what_is_held_at_once():
    assert measurements.peak_megabytes(lambda: np.ones(2_000_000)) == pytest.approx(16, abs=1)


def test_fresh_process_reports_its_parts(ratings):
    parts = measurements.fresh_process(ratings.X, ratings.y)
    assert list(parts) == ["import", "compile", "train", "first result after"]
    *three, total = parts.values()
    assert total == pytest.approx(sum(three)) and min(three) > 0


# --- the command --------------------------------------------------------------------------------


def test_ratings_follow_the_option_then_the_environment_then_what_is_at_hand(monkeypatch):
    asked = []

    def remember(n_ratings, source, seed):
        asked.append(source)
        columns = {"user_id": ["a"], "movie_id": ["b"], "user_rating": [1.0]}
        return pd.DataFrame(columns)

    monkeypatch.setattr(data, "load_ratings", remember)
    monkeypatch.setenv("MFHELPERS_RATINGS", "from/environment.csv")
    assert data.load("from/option.csv").source == "real (option.csv)"
    data.load()
    monkeypatch.delenv("MFHELPERS_RATINGS")
    monkeypatch.setattr(data, "REAL_RATINGS", data.REAL_RATINGS.with_name("not-there.parquet"))
    assert data.load().source == "generated"
    assert asked == ["from/option.csv", "from/environment.csv", "generated"]


def test_options(capsys):
    options = benchmark.parse(["--quick", "--only", "order", "race", "--rounds", "3"])
    assert options.quick and options.rounds == 3
    assert options.measurements == [measurements.race, measurements.order]
    with pytest.raises(SystemExit):
        benchmark.parse(["--rounds", "0"])
    assert "at least 1" in capsys.readouterr().err


def test_targets_and_plan_are_those_promised():
    assert measurements.Plan().n_rounds >= 7
    assert json.dumps(measurements.CORNAC_TARGETS) == '{"10": 1.0, "32": 0.65, "100": 0.65}'
    assert json.dumps(measurements.CPP_TARGETS) == '{"10": 1.6, "32": 1.4, "100": 1.5}'
