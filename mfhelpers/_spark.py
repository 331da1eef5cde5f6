"""Spark on this machine, where it is installed; page 10 runs without it, too."""

import os
import shutil
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

MARK = "# needs Spark"
SKIPPED = "skipped: needs Spark"
INSTALL = (
    "`make lab-spark`, or pip install -r requirements/spark.txt, adds pyspark; Java 17 or newer "
    "comes from your system (Debian, Ubuntu: apt install openjdk-17-jre-headless)"
)


def start_spark(cores="*"):
    """Return a Spark session on this machine; or None, with one line that says what to install.

    Without Spark, the notebook's cells that begin with the line `# needs Spark` are skipped from
    here on. The session listens on this machine alone; the environment variable
    MFHELPERS_SPARK=off does as if Spark were missing.

    Args:
        cores: how many cores Spark may use, "*" for all.
    """
    off = os.environ.get("MFHELPERS_SPARK", "").strip().lower() == "off"
    problem, session = "switched off by MFHELPERS_SPARK=off" if off else what_is_missing(), None
    if problem is None:
        try:
            session = _session(cores)
        except Exception as error:  # a Java that is too old, a machine without the memory
            problem = f"it did not start: {str(error).strip().splitlines()[0]}"
    _skip_cells(session is None)
    if session is None:
        print(f"No Spark here ({problem}), so cells that need it are skipped. {INSTALL}.")
    return session


def what_is_missing():
    """Return what Spark needs and this machine has not, in a few words; or None."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "pyspark is missing"
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java", path=str(Path(home, "bin")) if home else None):
        return "Java is missing"
    return None


def _session(cores):
    from pyspark.sql import SparkSession

    # pandas 3 works in all that the course does with it
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    settings = {
        "spark.driver.host": "127.0.0.1",  # works without a network, and lets nobody else in
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "2g",
        # in short runs the slow compiler and many collectors of garbage take more than they give
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",  # 200 are meant for a cluster
    }
    builder = SparkSession.builder.master(f"local[{cores}]").appName("course")
    with _java_says_nothing():
        session = builder.config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _java_says_nothing():
    """Let a process that starts inside write its errors to nowhere, now and later.

    Java greets with a dozen lines about its own defaults, and would write them into the cell.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _skip_cells(skip):
    """Let IPython, where this runs in it, skip the cells that are marked; or run them again."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    steps = shell.input_transformers_cleanup
    steps[:] = [step for step in steps if getattr(step, "__name__", "") != _skipped.__name__]
    if skip:
        steps.append(_skipped)


def _skipped(lines):
    """What IPython runs in place of a cell's lines."""
    return [f"print({SKIPPED!r})\n"] if lines and lines[0].startswith(MARK) else lines
