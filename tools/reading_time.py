"""Estimates how long a page takes to read: its core, and what stands below Go deeper.

usage: python -m tools.reading_time [PAGE.ipynb ...]     (default: all pages)

For a reader who knows Python and meets the ideas for the first time: 130 words of prose or 8
lines of code a minute; half a minute for a picture, for a "Predict first", and for a cell whose
code is folded. Exercises, claims and closing sections are not counted, nor are folded details.
The time that a page prints is this estimate, rounded up to five minutes; a test holds the two
together.
"""

import math
import re
import sys
from pathlib import Path

import nbformat

WORDS_A_MINUTE, LINES_A_MINUTE, A_LOOK = 130, 8, 0.5
NOT_COUNTED = (
    "exercises",
    "check this page",
    "notation",
    "glossary",
    "in one breath",
    "in practice",
    "further reading",
)
SECTION = re.compile(r"#{1,2} +(.*)")
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]+\)")
DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)
TIME_LINE = re.compile(r"\*\*Time\*\* core (\d+) minutes(?:, deeper (\d+) minutes)?")


def estimate(book):
    """Return (minutes of the core, minutes of the deeper parts) of a notebook."""
    minutes, part = {"core": 0.0, "deeper": 0.0, None: 0.0}, "core"
    for cell in book.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if section := SECTION.match(line):
                    part = part_of(section[1])
            minutes[part] += minutes_of_prose(cell.source)
        else:
            minutes[part] += minutes_of_code(cell)
    return minutes["core"], minutes["deeper"]


def part_of(heading):
    """Return whether a heading of the first two levels opens the core, deeper parts or neither."""
    heading = heading.casefold()
    if heading.startswith("go deeper"):
        return "deeper"
    return None if heading.startswith(NOT_COUNTED) else "core"


def minutes_of_prose(markdown):
    looks = len(PICTURE.findall(markdown)) + markdown.count("Predict first")
    return len(DETAILS.sub("", markdown).split()) / WORDS_A_MINUTE + looks * A_LOOK


def minutes_of_code(cell):
    lines = [line for line in cell.source.splitlines() if line.strip()]
    folded = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    drawn = any("image/png" in output.get("data", {}) for output in cell.outputs)
    return (A_LOOK if folded else len(lines) / LINES_A_MINUTE) + drawn * A_LOOK


def rounded_up(minutes):
    """Return minutes as a page prints them: up to the next five."""
    return 5 * math.ceil(minutes / 5)


def printed(book):
    """Return (core, deeper) as the page's own Time line says, 0 where it names none."""
    for cell in book.cells:
        if cell.cell_type == "markdown" and (found := TIME_LINE.search(cell.source)):
            return tuple(int(minutes or 0) for minutes in found.groups())
    return None


def main(names):
    paths = map(Path, names) if names else sorted(Path("notebooks").glob("*.ipynb"))
    for path in paths:
        book = nbformat.read(path, as_version=4)
        core, deeper = estimate(book)
        print(f"{path.stem:36} core {core:4.1f}  deeper {deeper:4.1f}  printed {printed(book)}")


if __name__ == "__main__":
    main(sys.argv[1:])
