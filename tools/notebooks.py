"""What tools and tests share about notebooks: the tags of a cell, how a page is written."""

import nbformat


def tags(cell):
    """Return a cell's tags."""
    return cell.metadata.get("tags", [])


def write_page(book, path):
    """Write a notebook, the same bytes each time and on every system."""
    text = nbformat.writes(book).rstrip("\n") + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
