"""Writes the pages without their solutions and outputs into handouts/, for a class.

usage: python -m tools.make_handouts [--keep-outputs] [--to DIR]

handouts/ lies beside notebooks/, so the links to pictures and between pages hold there too.
"""

import argparse
from pathlib import Path

import nbformat

from tools.notebooks import tags, write_page
from tools.paths import NOTEBOOKS, REFERENCE, ROOT, page_files


def make_handout(book, keep_outputs=False):
    """Return a page without cells tagged `solution`, and without outputs unless kept."""
    book.cells = [c for c in book.cells if "solution" not in tags(c)]
    if not keep_outputs:
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
    return book


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep-outputs", action="store_true")
    parser.add_argument("--to", type=Path, default=ROOT / "handouts")
    options = parser.parse_args()

    options.to.mkdir(parents=True, exist_ok=True)
    reference = NOTEBOOKS / REFERENCE.name
    pages = [*([reference] if reference.exists() else []), *page_files(NOTEBOOKS)]
    for page in pages:
        handout = make_handout(nbformat.read(page, as_version=4), options.keep_outputs)
        write_page(handout, options.to / page.name)
    print(f"{len(pages)} pages without solutions are in {options.to.name}/")


if __name__ == "__main__":
    main()
