"""Every page on the generated ratings, each cell run twice in a row with the same result."""

import os
import re

import nbformat
import pytest

from tests.pages import Page, find_pages, tags
from tools.execute_notebooks import WIDGET_VIEW, PageFailed, run_page

GENERATED = {**os.environ, "MFHELPERS_RATINGS": "generated"}
# what two runs of one cell may differ in besides: where an object lies in memory
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def twice(book):
    """Return the notebook with each code cell followed by itself."""
    cells = []
    for cell in book.cells:
        cells.append(cell)
        if cell.cell_type == "code":
            again = nbformat.from_dict(cell)
            again.id = f"{cell.id}-again"
            cells.append(again)
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


def differences(book, name):
    """Execute a page with every cell twice; return the cells whose second run differs."""
    doubled = twice(book)
    run_page(doubled, name, GENERATED)
    code = [cell for cell in doubled.cells if cell.cell_type == "code"]
    pairs = zip(code[::2], code[1::2], strict=True)
    return [
        f"{name}: the second run of this cell shows something else:\n{first.source}"
        for first, second in pairs
        if "nbval-ignore-output" not in tags(first) and comparable(first) != comparable(second)
    ]


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_every_cell_can_run_twice(page):
    assert not differences(Page(page.path).book, page.name)


def small_page(*sources, **metadata):
    """Return a notebook of code cells."""
    cells = [nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_a_cell_that_overwrites_what_it_reads_is_found():
    book = small_page(
        "import matplotlib.pyplot as plt\nimport sys\nx = 1",
        "y = x + 1\nprint(y, object())\nprint('noise', file=sys.stderr)",
        "x = x + 1\nprint(x)",
        "plt.plot([1, 2])\nplt.show()",
        "plt.plot([0, x])\nplt.show()\nx += 1",
    )
    found = differences(book, "small page")
    assert len(found) == 2
    assert "x = x + 1" in found[0] and "plt.plot([0, x])" in found[1]


def test_cells_of_times_are_not_compared():
    counting = "n = globals().get('n', 0) + 1\nn"
    assert differences(small_page(counting), "small page")
    assert not differences(small_page(counting, tags=["nbval-ignore-output"]), "small page")


def test_a_cell_that_fails_the_second_time_is_named():
    book = small_page("x = {1: 2}", "x = x.pop(1)")
    with pytest.raises(PageFailed, match="small page, cell 3: AttributeError"):
        differences(book, "small page")


def test_pages_see_the_generated_ratings():
    probe = "from mfhelpers import load_ratings\nprint(load_ratings(1000).attrs['source'])"
    assert run_page(small_page(), "small page", GENERATED, probe) == "generated\n"
