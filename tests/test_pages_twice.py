"""Every page with each cell run twice in a row: the same result, no warning, the same claims.

On the real ratings where they are at hand, loaded as from the Hub, else on the generated ones
(on which nbval runs every page in any case).
"""

import re

import nbformat
import pytest

from tests.pages import Page, find_pages, tags
from tools.execute_notebooks import (
    SOURCES_PROBE,
    WIDGET_VIEW,
    PageFailed,
    kernel_environment,
    refuse_fallback,
    run_page,
    tidy,
)
from tools.paths import REAL_RATINGS

SOURCE = "loopback" if REAL_RATINGS.is_file() else "generated"
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


def differences(doubled, name):
    """Return the cells of an executed doubled page whose second run shows something else."""
    code = [cell for cell in doubled.cells if cell.cell_type == "code"]
    pairs = zip(code[::2], code[1::2], strict=True)
    return [
        f"{name}: the second run of this cell shows something else:\n{first.source}"
        for first, second in pairs
        if "nbval-ignore-output" not in tags(first) and comparable(first) != comparable(second)
    ]


@pytest.fixture(scope="module")
def environment():
    """What a page's kernel needs to find its ratings; one cache for all pages."""
    with kernel_environment(SOURCE, REAL_RATINGS) as variables:
        assert ("MFHELPERS_RATINGS" in variables) is (SOURCE == "generated")
        yield variables


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: f"{page.name}-{SOURCE}")
def test_every_cell_can_run_twice(page, environment):
    doubled = twice(Page(page.path).book)
    sources = run_page(doubled, page.name, environment, SOURCES_PROBE)
    assert not differences(doubled, page.name)
    if SOURCE == "loopback":
        refuse_fallback(doubled, page.name, sources)
    tidy(doubled, page.name)  # raises where a cell warns or shows a path of this machine


def small_page(*sources, **metadata):
    """Return a notebook of code cells."""
    cells = [nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def run_twice(book):
    """Execute a small page with every cell twice; return the cells whose second run differs."""
    doubled = twice(book)
    with kernel_environment("generated") as variables:
        run_page(doubled, "small page", variables)
    return differences(doubled, "small page")


def test_a_cell_that_overwrites_what_it_reads_is_found():
    book = small_page(
        "import matplotlib.pyplot as plt\nimport sys\nx = 1",
        "y = x + 1\nprint(y, object())\nprint('noise', file=sys.stderr)",
        "x = x + 1\nprint(x)",
        "plt.plot([1, 2])\nplt.show()",
        "plt.plot([0, x])\nplt.show()\nx += 1",
    )
    found = run_twice(book)
    assert len(found) == 2
    assert "x = x + 1" in found[0] and "plt.plot([0, x])" in found[1]


def test_cells_of_times_are_not_compared():
    counting = "n = globals().get('n', 0) + 1\nn"
    assert run_twice(small_page(counting))
    assert not run_twice(small_page(counting, tags=["nbval-ignore-output"]))


def test_a_cell_that_fails_the_second_time_is_named():
    book = small_page("x = {1: 2}", "x = x.pop(1)")
    with pytest.raises(PageFailed, match="small page, cell 3: AttributeError"):
        run_twice(book)


def source_of_the_ratings(source, n_ratings):
    """Return what a page's kernel says of the ratings it loads: source, rows, users, movies."""
    probe = f"""
from mfhelpers import load_ratings
ratings = load_ratings({n_ratings})
print(ratings.attrs["source"], len(ratings), ratings.user_id.nunique(), ratings.movie_id.nunique())
"""
    with kernel_environment(source, REAL_RATINGS) as variables:
        return run_page(small_page(), "small page", variables, probe)


def test_pages_see_the_generated_ratings():
    assert source_of_the_ratings("generated", 1000).startswith("generated 1000 ")


@pytest.mark.skipif(SOURCE == "generated", reason="the real ratings are not at hand")
def test_pages_see_the_real_ratings():
    said = source_of_the_ratings("loopback", None)
    assert said.endswith(" 1000209 6040 3706\n") and "generated" not in said
