"""Writes the README's scoreboard from the pages' own results, so that no number is typed.

usage: python -m tools.scoreboard [--check]

A page's result joins by the tag `scoreboard` on the code cell that shows it as a table. The
tables go between <!-- scoreboard --> and <!-- /scoreboard --> in the README, each below a line
that names its page. With --check nothing is written; a README that differs ends in an error.
"""

import argparse
import re
import sys
from xml.etree import ElementTree

import nbformat

from tools.markdown import as_markdown, markers, with_part, write_or_compare
from tools.notebooks import tags
from tools.paths import README, ROOT, page_files

TAG = "scoreboard"
START, END = markers(TAG)
TABLE = re.compile(r"<table.*?</table>", re.DOTALL)


class NoScoreboard(ValueError):
    """A page or a README out of which no scoreboard can be made; the message says why."""


def tagged_tables(path):
    """Return the tables that a page's tagged cells show, each a list of rows of texts.

    Args:
        path: an executed notebook.

    Raises:
        NoScoreboard: a tagged cell that shows no table; the message names page and cell.
    """
    found = []
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if TAG not in tags(cell):
            continue
        shown = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
        tables = TABLE.findall("".join(shown))
        if not tables:
            raise NoScoreboard(f"{path.name}, cell {number}: tagged `{TAG}`, but shows no table")
        found += [_rows(table) for table in tables]
    return found


def _rows(html):
    """Return the texts of a pandas table; the row with the index's name joins the header."""
    rows = [
        ["".join(cell.itertext()).strip().replace("|", r"\|") for cell in row]
        for row in ElementTree.fromstring(html).iter("tr")
    ]
    names = rows[1]
    if names[0] and not any(names[1:]):
        rows[:2] = [[names[0], *rows[0][1:]]]
    return rows


def scoreboard(root=ROOT):
    """Return the README's scoreboard, markers left out.

    Raises:
        NoScoreboard: no page has a tagged cell, or one shows no table.
    """
    parts = []
    for path in page_files(root / "notebooks"):
        tables = tagged_tables(path)
        if tables:
            parts.append(f"From [page {path.name[:2]}](notebooks/{path.name}):")
            parts += [as_markdown(rows) for rows in tables]
    if not parts:
        raise NoScoreboard(f"no page has a cell tagged `{TAG}`")
    return "\n\n".join(parts)


def with_scoreboard(readme, board):
    """Return the README's text with this scoreboard between its markers.

    Raises:
        NoScoreboard: the markers are not there exactly once, in order.
    """
    try:
        return with_part(readme, TAG, board)
    except ValueError as problem:
        raise NoScoreboard(str(problem)) from None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, but write nothing")
    options = parser.parse_args()

    try:
        wanted = with_scoreboard(README.read_text(encoding="utf-8"), scoreboard())
    except NoScoreboard as problem:
        sys.exit(str(problem))
    stale = "the README's scoreboard is out of date: run python -m tools.scoreboard"
    write_or_compare(README, wanted, options.check, stale)


if __name__ == "__main__":
    main()
