"""Executes the pages and writes them back with their outputs, the same bytes each time.

usage: python -m tools.execute_notebooks [NN ...] [--ratings FILE] [--source NAME] [--check]

The outputs belong to the real ratings. Where a parquet file of them is at hand (--ratings, or
beside the project), it is served on this machine as the Hub would serve it; else the Hub itself
is asked. A page that fails, warns or shows a path of this machine is left as it was.
"""

import argparse
import contextlib
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

from mfhelpers._spark import SKIPPED
from tools.loopback_hub import hub_environment, serve_hub
from tools.notebooks import tags, write_page
from tools.paths import NOTEBOOKS, OWN, REAL_RATINGS, ROOT, page_files

CELL_TIMEOUT = 300

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.11",
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_TIMES = r"\[[\d:?]+(?:<[\d:?]+)?, *[^\],]*(?:, *(?P<postfix>[^\]]*))?\]"
BAR_WITH_TOTAL = re.compile(rf"^(?P<bar>.*?\d+%\|[^|]*\| *\S+/\S+)(?: {_TIMES}| \[[^\]]*\])?$")
BAR_WITHOUT_TOTAL = re.compile(rf"^(?P<bar>.*?\d+ ?[A-Za-z]+) {_TIMES}$")
MACHINE_PATH = re.compile(
    r"(?<![\w./:~-])/(?:home|root|tmp|Users|private|mnt)/[\w.@-]+"
    r"|(?<![\w./:~-])/(?:[\w.@-]+/){2,}[\w.@-]+"
    r"|(?<![A-Za-z])[CD]:\\{1,2}[\w.-]+"
)


class PageFailed(Exception):
    """A page that must not be written; the message names page and cell."""


def find_pages(wanted=()):
    """Return the pages' paths in order, all or those whose numbers (or `own`) are named."""
    pages = {page.name[:2]: page for page in page_files(NOTEBOOKS)}
    own = NOTEBOOKS / OWN.name
    if own.is_file():
        pages["own"] = own
    for number in wanted:
        if number not in pages:
            raise SystemExit(f"there is no page {number!r}; there are: {', '.join(pages)}")
    return [page for number, page in pages.items() if not wanted or number in wanted]


def run_page(book, name, environment, probe=None, timeout=CELL_TIMEOUT):
    """Execute a notebook in memory, in a fresh kernel that starts in notebooks/.

    Args:
        book: the notebook (nbformat); its cells get their outputs.
        name: how to call the page in messages.
        environment: environment variables of the kernel.
        probe: code to run after the last cell; it is not left in the notebook.
        timeout: seconds that one cell may take.

    Returns:
        What the probe printed, or "".

    Raises:
        PageFailed: a cell raised, took too long or killed the kernel.
    """
    if probe:
        book.cells.append(nbformat.v4.new_code_cell(probe))
    for cell in book.cells:  # what an earlier run left would hide where this one stops
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        book,
        timeout=timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # the kernel's own chatter, not the page's
    )
    # nbclient would answer a widget's messages on the socket that it waits on for the cell's
    # end; at times it then misses that end, and waits until the cell's time is up.
    client.comm_open_handlers = {}
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise PageFailed(f"{name}, {_failed_cell(book)}: {_last_line(error)}") from None
    if not probe:
        return ""
    return "".join(o.get("text", "") for o in book.cells.pop().outputs)


def _failed_cell(book):
    """Where execution stopped: the last code cell that was given a number or an error."""
    where = "before its first cell"
    for number, cell in enumerate(book.cells):
        if cell.cell_type == "code" and (cell.execution_count or cell.outputs):
            where = f"cell {number}"
    return where


def _last_line(error):
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    return text.splitlines()[-1] if text else type(error).__name__


# ---------------------------------------------------------------- what is kept of the outputs


def tidy(book, name):
    """Bring an executed notebook into the form that is committed.

    Raises:
        PageFailed: an output that must not be committed; the message names page and cell.
    """
    book.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO})
    for number, cell in enumerate(book.cells):
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            keep_times = "nbval-ignore-output" in tags(cell)
            cell.outputs = tidy_outputs(cell.outputs, f"{name}, cell {number}", keep_times)


def tidy_outputs(outputs, where, keep_times=False):
    """Return a cell's outputs: bars first and at their last state, whole streams.

    A cell with a widget keeps nothing: it belongs to the live page, the picture beside it stays.
    """
    if any(WIDGET_VIEW in output.get("data", {}) for output in outputs):
        return []
    stderr = "".join(o.text for o in outputs if o.get("name") == "stderr")
    bars = last_state(stderr, where, keep_times)
    kept = [nbformat.v4.new_output("stream", name="stderr", text=bars)] if bars else []
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        if kept and output.get("name") == kept[-1].get("name") == "stdout":
            kept[-1].text += output.text
        else:
            kept.append(output)
    for output in kept:
        refuse_machine_paths(output, where)
    return kept


def last_state(stderr, where, keep_times=False):
    """Return what progress bars look like at their end, without times unless asked for.

    Raises:
        PageFailed: stderr holds anything but progress bars.
    """
    shown = []
    for line in re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", stderr).split("\n"):
        state = ""
        for part in line.split("\r"):
            state = part or state
        state = state.rstrip()
        if not state:
            continue
        bar = BAR_WITH_TOTAL.match(state) or BAR_WITHOUT_TOTAL.match(state)
        if not bar:
            raise PageFailed(f"{where}: stderr shows more than a progress bar: {state[:200]}")
        postfix = f" [{bar['postfix']}]" if bar["postfix"] else ""
        shown.append(state if keep_times else bar["bar"] + postfix)
    return "\n".join(shown) + "\n" if shown else ""


def refuse_machine_paths(output, where):
    """Raise PageFailed where an output shows a path of this machine."""
    for text in output_texts(output):
        for known in (str(Path.home()), tempfile.gettempdir(), str(ROOT), sys.prefix):
            if len(known) > 1 and known in text:
                raise PageFailed(f"{where}: shows a path of this machine: {known}")
        found = MACHINE_PATH.search(text)
        if found:
            raise PageFailed(f"{where}: shows a path of one machine: {found.group()}")


def output_texts(output):
    """Return the readable texts of an output: a stream, or the text/… forms of a result."""
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return [output.evalue, *output.traceback]
    return [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]


def refuse_skipped(book, name):
    """Raise PageFailed where a page left cells out for want of Spark."""
    for number, cell in enumerate(book.cells):
        if any(SKIPPED in text for o in cell.get("outputs", ()) for text in output_texts(o)):
            raise PageFailed(f"{name}, cell {number}: {SKIPPED} (requirements/spark.txt, and Java)")


# ---------------------------------------------------------------- where the ratings come from

# Prints the sources that the page's ratings name, one a line.
SOURCES_PROBE = """
import gc as _gc
import pandas as _pandas
# type(o), not isinstance: numba leaves dead proxies behind, which raise when asked for their class
_frames = [o for o in _gc.get_objects() if issubclass(type(o), _pandas.DataFrame)]
print(*sorted({str(f.attrs["source"]) for f in _frames if "source" in f.attrs}), sep="\\n")
"""


@contextlib.contextmanager
def kernel_environment(source, ratings=None):
    """Yield the environment variables that let a page's kernel find its ratings.

    Args:
        source: "loopback" (the file, served as the Hub would), "hub" or "generated".
        ratings: the parquet file for "loopback".
    """
    environment = {k: v for k, v in os.environ.items() if k != "MFHELPERS_RATINGS"}
    if source != "loopback":
        yield {**environment, "MFHELPERS_RATINGS": source}
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache:
        with serve_hub(ratings) as url:
            yield {**environment, **hub_environment(url, cache)}


def uses_ratings(book):
    """Whether a page's code calls load_ratings."""
    return any(c.cell_type == "code" and "load_ratings(" in c.source for c in book.cells)


def refuse_fallback(book, name, sources):
    """Raise PageFailed where a page that should show real ratings was run on generated ones."""
    named = sources.splitlines()
    if uses_ratings(book) and all("generated" in source for source in named):
        raise PageFailed(f"{name}: its ratings are not the Hub's, but {named or 'unknown'}")


# ---------------------------------------------------------------- the command


def execute(path, environment, source):
    """Execute one page and return its notebook as it should be committed."""
    book = nbformat.read(path, as_version=4)
    sources = run_page(book, path.stem, environment, SOURCES_PROBE)
    if source != "generated":
        refuse_fallback(book, path.stem, sources)
    tidy(book, path.stem)
    nbformat.validate(book)
    return book


def choose_source(options):
    """Return ("loopback", file), ("hub", None) or ("generated", None) for the options."""
    if options.source == "generated" and not options.check:
        raise SystemExit("generated ratings are for a trial run only: add --check")
    if options.source != "auto":
        return options.source, None
    if options.ratings and not options.ratings.is_file():
        raise SystemExit(f"there is no file {options.ratings}")
    ratings = options.ratings or REAL_RATINGS
    return ("loopback", ratings) if ratings.is_file() else ("hub", None)


def run_pages(pages, source, ratings, check):
    """Execute pages one by one; return {page: seconds} and the failures' messages."""
    seconds, failures = {}, []
    with kernel_environment(source, ratings) as environment:
        for path in (bar := tqdm(pages, unit="page")):
            bar.set_description(path.stem)
            start = time.perf_counter()
            try:
                book = execute(path, environment, source)
                if not check:
                    refuse_skipped(book, path.stem)
                    write_page(book, path)
            except PageFailed as failure:
                failures.append(str(failure))
            seconds[path.stem] = time.perf_counter() - start
    return seconds, failures


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("numbers", nargs="*", metavar="NN", help="pages (default: all)")
    parser.add_argument("--ratings", type=Path, help="parquet file of the real ratings")
    parser.add_argument("--source", choices=["auto", "hub", "generated"], default="auto")
    parser.add_argument("--check", action="store_true", help="execute, but write nothing")
    options = parser.parse_args()

    source, ratings = choose_source(options)
    pages = find_pages(options.numbers)
    seconds, failures = run_pages(pages, source, ratings, options.check)
    for name, taken in seconds.items():
        print(f"{name:36}{taken:7.1f} s")
    print(f"{'together':36}{sum(seconds.values()):7.1f} s")
    sys.exit("\n".join(failures) or None)


if __name__ == "__main__":
    main()
