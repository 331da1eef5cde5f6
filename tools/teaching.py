"""Writes the minutes of TEACHING.md, from the pages' own estimates.

usage: python -m tools.teaching [--check]

Minutes stand between <!-- NAME --> and <!-- /NAME --> with NAME one of: pages, workshop, weeks. A
page that is not written yet is "to come". With --check nothing is written; a file that differs
ends in an error.
"""

import argparse
import re

import nbformat

from tools.markdown import as_markdown, with_part, write_or_compare
from tools.paths import NOTEBOOKS, PAGES, ROOT, page_files
from tools.reading_time import estimate, rounded_up

TEACHING = ROOT / "TEACHING.md"
EXERCISES = re.compile(r"\*\*Time\*\*.*exercises (\d+)")
ONE_EXERCISE, BREAK = 10, 10  # minutes of one exercise in class, of a break
WORKSHOP = ("01", "03", "break", "04", "06")  # each page's core with one exercise
WEEKS = {  # page in class, pages at home
    1: ("01", ("02", "03")),
    2: ("04", ("05",)),
    3: ("06", ("07",)),
    4: ("08", ("09",)),
}


def minutes():
    """Return {page number: (core, deeper, exercises)} of the pages that there are."""
    found = {}
    for path in page_files(NOTEBOOKS):
        book = nbformat.read(path, as_version=4)
        core, deeper = map(rounded_up, estimate(book))
        text = "\n".join(cell.source for cell in book.cells[:5])
        asked = EXERCISES.search(text)
        found[path.name[:2]] = core, deeper, int(asked[1]) if asked else 0
    return found


def table(header, rows):
    """Return a markdown table; all columns but the first are numbers, to the right."""
    return as_markdown([header, *rows], [False] + [True] * (len(header) - 1))


def pages_table(known):
    rows = []
    for name in PAGES:
        number = name[:2]
        if number in known:
            rows.append([f"[{number}](notebooks/{name}.ipynb)", *known[number]])
        else:
            rows.append([number, "to come", "", ""])
    totals = [sum(column) for column in zip(*known.values(), strict=True)]
    return table(["page", "core", "deeper", "exercises"], [*rows, ["together", *totals]])


def workshop_table(known):
    rows, clock = [], 0
    for what in WORKSHOP:
        took = BREAK if what == "break" else known[what][0] + ONE_EXERCISE
        name = "break" if what == "break" else f"page {what}: core, one exercise"
        rows.append([name, took, f"{clock // 60}:{clock % 60:02}"])
        clock += took
    return table(
        ["part", "minutes", "begins at"], [*rows, ["end", "", f"{clock // 60}:{clock % 60:02}"]]
    )


def weeks_table(known):
    rows = []
    for week, (here, home) in WEEKS.items():
        in_class = known[here][0] + 2 * ONE_EXERCISE
        at_home = sum(known[number][0] + known[number][2] for number in home if number in known)
        names = ", ".join(number if number in known else f"{number} (to come)" for number in home)
        rows.append([f"{week}: page {here}", in_class, f"page {names}", at_home or ""])
    return table(["week, in class", "minutes", "at home, core and exercises", "minutes"], rows)


TABLES = {"pages": pages_table, "workshop": workshop_table, "weeks": weeks_table}


def with_minutes(text):
    """Return a text with all tables between their markers made anew.

    Raises:
        ValueError: a marker is missing; the message names it.
    """
    known = minutes()
    for name, made in TABLES.items():
        text = with_part(text, name, made(known), "TEACHING.md")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, but write nothing")
    options = parser.parse_args()

    wanted = with_minutes(TEACHING.read_text(encoding="utf-8"))
    stale = "the minutes of TEACHING.md are out of date: run python -m tools.teaching"
    write_or_compare(TEACHING, wanted, options.check, stale)


if __name__ == "__main__":
    main()
