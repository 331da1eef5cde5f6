"""Spark for real, where Java and pyspark are: page 10, and a cluster that loses a worker.

The cluster, and each cell of the page twice, take a minute each: `make test-real` has them.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from mfhelpers import _spark, start_spark
from tests.pages import Page
from tests.reasons.page_10 import ON_SPARK
from tests.rerun import ASKED_FOR, differences, small_page, twice
from tests.test_pages_any_order import GENERATED, run_in_any_order
from tools.execute_notebooks import refuse_skipped, run_page, tidy
from tools.paths import NOTEBOOKS, ROOT

PAGE = Page(NOTEBOOKS / "10_beyond_one_machine.ipynb")
MISSING = _spark.what_is_missing()
needs_spark = pytest.mark.skipif(MISSING is not None, reason=f"no Spark here: {MISSING}")
# Nobody else can reach these processes; they compile in haste, for they do not live long.
LOCAL = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
LOCAL["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# 200 pieces and a page to look at are for a cluster of many
LOCAL["PYSPARK_SUBMIT_ARGS"] = (
    "--conf spark.sql.shuffle.partitions=2 --conf spark.ui.enabled=false pyspark-shell"
)
NOISE = 0.1
# for the test's sake; what its claims say of Spark holds after fewer iterations, too
SHORTER = {"maxIter=10": "maxIter=6", "n_iterations=10": "n_iterations=6",
           "maxIter=5": "maxIter=3", "n_iterations=5": "n_iterations=3"}  # fmt: skip


def shorter(book):
    """Return a copy of page 10 that trains with fewer iterations."""
    text = nbformat.writes(book)
    for long, short in SHORTER.items():
        assert text.count(long) == 1, f"page 10 does not say {long} once"
        text = text.replace(long, short)
    return nbformat.reads(text, as_version=4)


@needs_spark
def test_page_10_on_spark_and_reasons_that_fail():
    environment = {**GENERATED, "MFHELPERS_SPARK": ""}
    each = twice if ASKED_FOR else nbformat.from_dict
    doubled, _, verdicts = run_in_any_order(shorter(PAGE.book), ON_SPARK, (), environment, each)
    assert not ASKED_FOR or not differences(doubled), "run twice, a cell shows something else"
    assert set(verdicts.values()) == {"red"}, verdicts
    refuse_skipped(doubled, PAGE.name)
    tidy(doubled, PAGE.name)  # raises where a cell warns or shows a path of this machine


# ---------------------------------------------------------------- without Spark


@pytest.mark.parametrize(
    "environment, missing",
    [
        ({"MFHELPERS_SPARK": "off"}, "switched off"),
        ({"MFHELPERS_SPARK": "", "JAVA_HOME": "nowhere"}, "is missing"),
    ],
)
def test_one_line_says_what_to_install(environment, missing, monkeypatch, capsys):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert start_spark() is None
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and missing in said
    assert "requirements/spark.txt" in said and "Java 17" in said


def test_a_spark_that_does_not_start_is_one_line_too(monkeypatch, capsys):
    def fails(cores):
        raise RuntimeError("Java gateway process exited\nmore of it")

    monkeypatch.setenv("MFHELPERS_SPARK", "")
    monkeypatch.setattr(_spark, "what_is_missing", lambda: None)
    monkeypatch.setattr(_spark, "_session", fails)
    assert start_spark() is None
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "did not start: Java gateway process exited)" in said


def test_marked_cells_are_skipped_and_no_others():
    marked = f"{_spark.MARK}\nprint('ran')"
    start = "from mfhelpers import start_spark\nstart_spark()\nstart_spark()"
    book = small_page(start, marked, "print('ran')  # needs Spark", marked.replace("#", "x = 1  #"))
    run_page(book, "small page", GENERATED)
    shown = [cell.outputs[-1].text for cell in book.cells[1:]]
    assert shown == [f"{_spark.SKIPPED}\n", "ran\n", "ran\n"]


# ---------------------------------------------------------------- a cluster


class Cluster:
    """A standalone master and two workers with one core each, in processes of their own."""

    def __init__(self, folder):
        self.folder, self.processes = folder, {}
        self.start("master", "master.Master", "--host", "127.0.0.1", "--port", "0")
        self.address = self.wait_for("master", r"Starting Spark master at (spark://\S+)")
        for name in ("first", "second"):
            work = ["--work-dir", str(folder / name), "--cores", "1", "--memory", "1g"]
            self.start(name, "worker.Worker", *work, self.address)
        for name in ("first", "second"):
            self.wait_for(name, "(Successfully registered)")

    def start(self, name, kind, *arguments):
        import pyspark

        spark_class = Path(pyspark.__file__).parent / "bin" / "spark-class"
        command = [spark_class, f"org.apache.spark.deploy.{kind}", "--webui-port", "0", *arguments]
        with open(self.folder / f"{name}.log", "w") as log:
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=LOCAL, start_new_session=True
            )

    def wait_for(self, name, pattern, seconds=120):
        """Return what a process says of itself, the pattern's first group."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            log = (self.folder / f"{name}.log").read_text()
            if found := re.search(pattern, log):
                return found[1]
            assert self.processes[name].poll() is None, log
            time.sleep(0.2)
        raise AssertionError(f"{name} does not say {pattern!r}:\n{log}")

    def end(self, name):
        """End a process and those that it started, without a warning."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def cluster(tmp_path):
    made = Cluster.__new__(Cluster)
    try:
        made.__init__(tmp_path)
        yield made
    finally:
        for name in list(made.processes):
            made.end(name)


def planted(path):
    """Write 18,000 ratings that one factor and a little noise made."""
    rng = np.random.default_rng(0)
    users, movies = np.nonzero(rng.random((300, 200)) < 0.3)
    stars = rng.uniform(1, 2, 300)[users] * rng.uniform(1, 2.5, 200)[movies]
    stars += rng.normal(0, NOISE, len(users))
    names = {"user_id": users.astype(str), "movie_id": movies.astype(str), "user_rating": stars}
    pd.DataFrame(names).to_csv(path, index=False)


@needs_spark
@pytest.mark.skipif(not ASKED_FOR, reason="make test-real ends a worker")
@pytest.mark.skipif(sys.platform == "win32", reason="Spark's scripts of a cluster are for Unix")
def test_a_run_finishes_though_one_of_two_workers_is_ended(cluster, tmp_path):
    planted(tmp_path / "ratings.csv")
    on_cluster = [sys.executable, "-m", "tools.spark_als", "--master", cluster.address]
    on_cluster += ["--ratings", str(tmp_path / "ratings.csv"), "--regularization", "0.001"]
    on_cluster += ["--rank", "2", "--iterations", "8", "--blocks", "2"]
    on_cluster += ["--checkpoint", str(tmp_path / "checkpoints"), "--save", str(tmp_path / "model")]
    with open(tmp_path / "driver.log", "w") as log:
        driver = subprocess.Popen(
            on_cluster, cwd=ROOT, env=LOCAL, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert "training on" in driver.stdout.readline()
        time.sleep(1)
        assert driver.poll() is None, "it is in the middle"
        cluster.end("second")
        printed, _ = driver.communicate(timeout=300)
    finally:
        driver.kill()
    log = (tmp_path / "driver.log").read_text()
    assert driver.returncode == 0, log
    assert "Lost executor" in log
    rmse = float(re.search(r"test RMSE ([\d.]+)", printed)[1])
    assert rmse < 1.5 * NOISE and (tmp_path / "model").is_dir()
