"""Writes the pages for a class into handouts/: for students without solutions, for teachers with.

usage: python -m tools.make_handouts [--no-outputs] [--to DIR]

handouts/students and handouts/teachers each hold a README, notebooks/ and images/, so that links
hold as in the course, and print/: the same pages as HTML for paper, to be printed by a browser.
Exercises lose their outputs; --no-outputs takes all outputs out of the notebooks, for a class
that is to see none before it has run the cell.
"""

import argparse
import shutil
from pathlib import Path

import nbformat

from tools.notebooks import tags, write_page
from tools.paper import paper
from tools.paths import IMAGES, NOTEBOOKS, OWN, REFERENCE, ROOT, page_files
from tools.reading_time import SECTION

README = """# Matrix factorization by hand: {what}

Open the notebooks with the course installed (`make lab` in the course's folder, once).
The files of `print/` are for paper: open one in a browser and print it, or save it as PDF.

## The ten pages

{pages}
"""
KINDS = {"students": "pages without solutions", "teachers": "pages with solutions"}


def make_handout(book, solutions=False, outputs=True):
    """Return a page as it is handed out.

    Args:
        book: the page's notebook; it is changed.
        solutions: whether cells tagged `solution` stay.
        outputs: whether outputs stay, but for those of exercises.
    """
    if not solutions:
        book.cells = [cell for cell in book.cells if "solution" not in tags(cell)]
    for cell, section in zip(book.cells, sections(book), strict=True):
        if cell.cell_type == "code" and (section == "exercises" or not outputs):
            cell.outputs, cell.execution_count = [], None
    return book


def sections(book):
    """Yield for each cell the heading of its section, in small letters."""
    section = ""
    for cell in book.cells:
        if cell.cell_type == "markdown":
            headings = [m[1] for line in cell.source.splitlines() if (m := SECTION.match(line))]
            section = headings[-1].casefold() if headings else section
        yield section


def write_kind(kind, folder, pages, outputs):
    """Write the copies for students or for teachers into a folder of their own."""
    for name in ("notebooks", "print"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copytree(IMAGES, folder / "images", dirs_exist_ok=True)
    listed = []
    for page in pages:
        book = make_handout(nbformat.read(page, as_version=4), solutions=kind == "teachers")
        title = book.cells[0].source.splitlines()[0].lstrip("# ")
        html = paper(book, f"{title} ({kind})", folder / "notebooks")
        (folder / "print" / f"{page.stem}.html").write_text(html, "utf-8", newline="\n")
        book = book if outputs else make_handout(book, solutions=True, outputs=False)
        write_page(book, folder / "notebooks" / page.name)
        listed.append(f"- [{title}](notebooks/{page.name}), [on paper](print/{page.stem}.html)")
    readme = README.format(what=KINDS[kind], pages="\n".join(listed))
    (folder / "README.md").write_text(readme, "utf-8", newline="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-outputs", action="store_true")
    parser.add_argument("--to", type=Path, default=ROOT / "handouts")
    options = parser.parse_args()

    beside = [path for path in (NOTEBOOKS / REFERENCE.name, NOTEBOOKS / OWN.name) if path.exists()]
    pages = sorted([*beside, *page_files(NOTEBOOKS)])
    for kind, what in KINDS.items():
        write_kind(kind, options.to / kind, pages, not options.no_outputs)
        print(f"{len(pages)} {what} are in {options.to.name}/{kind}/")


if __name__ == "__main__":
    main()
