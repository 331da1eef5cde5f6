"""What commands write into a Markdown file: tables, and a part between two markers."""

import re
import sys

NUMBER = re.compile(r"-?\d*\.?\d+")


def as_markdown(rows, to_the_right=None):
    """Return rows, the header first, as a Markdown table.

    Args:
        rows: lists of texts or numbers.
        to_the_right: whether each column stands to the right; None: where it holds numbers alone.
    """
    rows = [[str(value) for value in row] for row in rows]
    if to_the_right is None:
        columns = zip(*rows[1:], strict=True)
        to_the_right = [all(map(NUMBER.fullmatch, column)) for column in columns]
    sides = ["--:" if right else "---" for right in to_the_right]
    return "\n".join("| " + " | ".join(line) + " |" for line in [rows[0], sides, *rows[1:]])


def markers(name):
    """Return the two comments between which a part stands."""
    return f"<!-- {name} -->", f"<!-- /{name} -->"


def with_part(text, name, part, file="the README"):
    """Return a file's text with this part between the markers of that name.

    Raises:
        ValueError: the markers are not there exactly once, in order.
    """
    start, end = markers(name)
    before, _, rest = text.partition(start)
    _, found, after = rest.partition(end)
    if text.count(start) != 1 or text.count(end) != 1 or not found:
        raise ValueError(f"{file} must have {start} and, after it, {end}, once each")
    return f"{before}{start}\n\n{part}\n\n{end}{after}"


def write_or_compare(path, wanted, check, stale):
    """Write a file's new text; with check write nothing, and end with `stale` where it differs."""
    if not check:
        path.write_text(wanted, encoding="utf-8", newline="\n")
    elif wanted != path.read_text(encoding="utf-8"):
        sys.exit(stale)
