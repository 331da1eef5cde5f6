"""Writes the README's table of how long each page is to read and to run.

usage: python -m tools.lengths [--keep-seconds]

Minutes are the pages' own estimates. Seconds are those of one run of the page in a fresh kernel
on the generated ratings, page after page, so nothing else should run meanwhile; page 10 needs
Spark (requirements/spark.txt, and Java) for the README to be true. With --keep-seconds no page is
run: the seconds stay, the minutes are brought up to date.
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


def measured():
    """Return {page number: seconds} of running each page in a kernel of its own."""
    environment = {**os.environ, "MFHELPERS_RATINGS": "generated"}
    seconds = {}
    for name in PAGES:
        book = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        begin = time.perf_counter()
        run_page(book, name, environment)
        seconds[name[:2]] = round(time.perf_counter() - begin)
        print(f"{name:36}{seconds[name[:2]]:5} s")
    return seconds


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
    keep = parser.parse_args().keep_seconds

    readme = README.read_text(encoding="utf-8")
    wanted = with_lengths(readme, written(readme) if keep else measured())
    README.write_text(wanted, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
