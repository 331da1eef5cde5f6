"""Writes the README's table of how long each page is to read and to run.

usage: python -m tools.lengths [--keep-seconds] [--rounds N]

Minutes are the pages' own estimates. Seconds are the least of three runs of a page, each in a
fresh kernel on the generated ratings, all pages in turns, so nothing else should run meanwhile;
page 10 needs Spark (requirements/spark.txt, and Java) for the README to be true. With
--keep-seconds no page is run: the seconds stay, the minutes are brought up to date.
"""

import argparse
import os
import re
import time

import nbformat

from tools.execute_notebooks import run_page
from tools.markdown import as_markdown, with_part
from tools.paths import NOTEBOOKS, PAGES, README
from tools.teaching import minutes

NAME = "lengths"
HEADER = ["page", "core, minutes", "deeper", "exercises", "runs in, seconds"]


def measured(rounds):
    """Return {page number: least whole seconds} of running each page in kernels of its own.

    Args:
        rounds: how many times every page is run; the pages take turns, since a shared machine is
            slow for minutes.
    """
    environment = {**os.environ, "MFHELPERS_RATINGS": "generated"}
    least = {}
    for _ in range(rounds):
        for name in PAGES:
            book = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
            begin = time.perf_counter()
            run_page(book, name, environment)
            seconds = time.perf_counter() - begin
            print(f"{name:36}{seconds:7.1f} s", flush=True)
            least[name[:2]] = min(seconds, least.get(name[:2], seconds))
    return {number: round(seconds) for number, seconds in least.items()}


def written(readme):
    """Return {page number: seconds} as they stand in the README's table."""
    rows = re.findall(r"^\| \[(\d\d)\].*\| (\d+) \|$", readme, re.MULTILINE)
    return {number: int(seconds) for number, seconds in rows}


def with_lengths(readme, seconds):
    """Return the README's text with the table made anew.

    Args:
        readme: the README's text.
        seconds: {page number: seconds} for every page.
    """
    known = minutes()
    rows = [
        [f"[{name[:2]}](notebooks/{name}.ipynb)", *known[name[:2]], seconds[name[:2]]]
        for name in PAGES
    ]
    totals = [sum(row[column] for row in rows) for column in range(1, len(HEADER))]
    part = as_markdown([HEADER, *rows, ["together", *totals]])
    return with_part(readme, NAME, part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep-seconds", action="store_true", help="run nothing")
    parser.add_argument("--rounds", type=int, default=3, help="runs of every page")
    options = parser.parse_args()

    readme = README.read_text(encoding="utf-8")
    seconds = written(readme) if options.keep_seconds else measured(options.rounds)
    wanted = with_lengths(readme, seconds)
    README.write_text(wanted, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
