"""Writes the cells that carry the tag `lecture`, in order, into one notebook for a projector.

usage: python -m tools.make_lecture [--to FILE]          (default: handouts/lecture.ipynb)

The notebook runs top to bottom on its own: before each such cell stands, folded, what it needs
of its page. A slide is the page's heading with a link back to it, the sentences that lead to the
cell, the cell, and the sentences that read its output. All of it is copied from the pages.
"""

import argparse
import ast
import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.execute_notebooks import KERNELSPEC, LANGUAGE_INFO
from tools.notebooks import tags, write_page
from tools.paths import ROOT, page_files

TITLE = """# Matrix factorization in one lecture

Table, dot product, one step, curve, L1 and L2: {count} cells of the course. Run all before the
lecture. In JupyterLab choose *View › Presentation Mode* and hide the side bar; each title leads
to its page."""
# JupyterLab's own variables: letters to be read from the last row
LARGE = """from IPython.display import HTML

HTML(
    "<style>:root { --jp-code-font-size: 19px; --jp-content-font-size1: 21px;"
    " --jp-content-font-size3: 34px; --jp-cell-prompt-width: 30px; }"
    " .jp-RenderedHTMLCommon table { font-size: 19px; }"
    " .jp-RenderedImage img { width: min(1050px, 100%); max-width: none; }</style>"
)"""
HEADING = re.compile(r"^#{1,3} +(.+?) *$", re.MULTILINE)
FENCES = re.compile(r"```.*?```", re.DOTALL)


def names(code):
    """Return (names that code binds or writes into, all other names in it)."""
    bound, used = set(), set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            bound |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return bound, used


def needed_before(cells, number, have):
    """Return the numbers of the earlier code cells that a cell needs and that are not yet there.

    Args:
        cells: all cells of the page.
        number: of the cell.
        have: numbers of the cells that stand in the lecture already.
    """
    wanted, chosen = names(cells[number].source)[1], []
    for earlier in range(number - 1, -1, -1):
        if cells[earlier].cell_type != "code":
            continue
        bound, used = names(cells[earlier].source)
        if bound & wanted:
            wanted |= used
            chosen.append(earlier)
    return [earlier for earlier in sorted(chosen) if earlier not in have]


def slides(path):
    """Return the lecture's cells of one page."""
    cells = nbformat.read(path, as_version=4).cells
    made, have = [], set()
    for number, cell in enumerate(cells):
        if "lecture" not in tags(cell):
            continue
        for earlier in needed_before(cells, number, have):
            made.append(folded(cells[earlier].source))
            have.add(earlier)
        have.add(number)
        before, after = words(cells, number)
        made.append(text(f"## [{heading(cells, number)}]({link(path, cells, number)})\n\n{before}"))
        code = new_code_cell(cell.source, outputs=cell.outputs, metadata=slide("-"))
        made.append(code)
        if after:
            made.append(text(after, "fragment"))
    return made


def folded(source):
    """Return a cell that prepares what a slide shows; it is not shown itself."""
    hidden = {"jupyter": {"source_hidden": True, "outputs_hidden": True}}
    return new_code_cell(source, metadata={**hidden, **slide("skip")})


def text(markdown, kind="slide"):
    return new_markdown_cell(markdown, metadata=slide(kind))


def slide(kind):
    return {"slideshow": {"slide_type": kind}}


def heading(cells, number):
    """Return the heading below which a cell stands."""
    above = [c.source for c in cells[:number] if c.cell_type == "markdown"]
    return HEADING.findall(FENCES.sub("", "\n".join(above)))[-1]


def link(path, cells, number):
    """Return the address of that heading, from handouts/."""
    return f"../notebooks/{path.name}#{heading(cells, number).replace(' ', '-')}"


def words(cells, number):
    """Return what leads to a cell, with the picture or formula above it, and what reads it."""
    before = paragraphs([c for c in cells[:number] if c.cell_type == "markdown"][-1].source)
    shows = len(before) > 1 and before[-2].startswith(("$$", "!", "|"))
    after = next((c.source for c in cells[number + 1 :] if c.cell_type == "markdown"), "")
    return "\n\n".join(before[-2:] if shows else before[-1:]), paragraphs(after)[0]


def paragraphs(markdown):
    """Return the paragraphs of markdown, or one empty one; no headings, asides and lead-ins."""
    parts = [part.strip() for part in markdown.split("\n\n")]
    wanted = [p for p in parts if p and not p.startswith(("#", "(", "<")) and not p.endswith(":")]
    return wanted or [""]


def make_lecture(paths):
    """Return the lecture of some pages as one notebook."""
    cells = [cell for path in paths for cell in slides(path)]
    count = sum(cell.metadata.slideshow.slide_type == "-" for cell in cells)
    large = new_code_cell(LARGE, metadata={"jupyter": {"source_hidden": True}, **slide("skip")})
    cells = [text(TITLE.format(count=count)), large, *cells]
    for number, cell in enumerate(cells):
        cell.id = f"lecture-{number}"
    metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO}
    return new_notebook(cells=cells, metadata=metadata)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "handouts" / "lecture.ipynb")
    options = parser.parse_args()
    options.to.parent.mkdir(parents=True, exist_ok=True)
    write_page(make_lecture(page_files()), options.to)
    print(f"the lecture is in {options.to.parent.name}/{options.to.name}")


if __name__ == "__main__":
    main()
