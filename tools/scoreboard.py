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

from tools.notebooks import tags
from tools.paths import README, ROOT, page_files

TAG = "scoreboard"
START, END = "<!-- scoreboard -->", "<!-- /scoreboard -->"
TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
NUMBER = re.compile(r"-?\d*\.?\d+")


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


def as_markdown(rows):
    """Return rows of texts, the header first, as a Markdown table; numbers stand to the right."""
    columns = list(zip(*rows[1:], strict=True))
    sides = ["--:" if all(map(NUMBER.fullmatch, column)) else "---" for column in columns]
    lines = [rows[0], sides, *rows[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


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
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end) or START in after or END in after:
        raise NoScoreboard(f"the README must have {START} and, after it, {END}, once each")
    return f"{before}{START}\n\n{board}\n\n{END}{after}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, but write nothing")
    options = parser.parse_args()

    readme = README.read_text(encoding="utf-8")
    try:
        wanted = with_scoreboard(readme, scoreboard())
    except NoScoreboard as problem:
        sys.exit(str(problem))
    if options.check and wanted != readme:
        sys.exit("the README's scoreboard is out of date: run python -m tools.scoreboard")
    if not options.check:
        README.write_text(wanted, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
