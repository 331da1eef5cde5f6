"""How the tests run a page's cells again, and compare what they show."""

import os
import re

import nbformat

from tests.pages import tags
from tools.execute_notebooks import WIDGET_VIEW

# what takes minutes waits to be asked for: make test-real
ASKED_FOR = os.environ.get("MFHELPERS_TEST_REAL") == "1"
# what two runs of one cell may differ in besides: where an object lies in memory
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def again(cell, name):
    """Return a copy of a cell that keeps its tags and has an id of its own."""
    copied = nbformat.from_dict(cell)
    copied.id = name
    return copied


def twice(book):
    """Return the notebook with each code cell followed by itself."""
    cells = []
    for cell in book.cells:
        cells.append(cell)
        if cell.cell_type == "code":
            cells.append(again(cell, f"{cell.id}-again"))
    return nbformat.v4.new_notebook(cells=cells, metadata=book.metadata)


def comparable(cell):
    """Return what a cell shows, as it must come out again: no bars, no widgets, no addresses."""
    shown = {"stdout": ""}
    for place, output in enumerate(cell.outputs):
        if output.output_type == "stream":
            if output.name == "stdout":
                shown["stdout"] += ADDRESS.sub("ADDRESS", output.text)
        elif WIDGET_VIEW not in output.get("data", {}):
            shown[place] = {
                kind: ADDRESS.sub("ADDRESS", content) if isinstance(content, str) else content
                for kind, content in output.get("data", {}).items()
            }
    return [shown.pop("stdout"), *shown.values()]


def differ(first, second):
    """Whether two runs of a cell show different things; times and sliders may."""
    return "nbval-ignore-output" not in tags(first) and comparable(first) != comparable(second)


def differences(doubled):
    """Return the code of the cells of an executed doubled page that differ the second time."""
    code = [cell for cell in doubled.cells if cell.cell_type == "code"]
    return [a.source for a, b in zip(code[::2], code[1::2], strict=True) if differ(a, b)]


def small_page(*sources, **metadata):
    """Return a notebook of code cells."""
    cells = [nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)
