"""Every page on the generated ratings: top to bottom with each cell twice, then its cells again
in any order, its claims, and its reasons sabotaged. Nothing may warn or come out otherwise.
"""

import ast
import importlib
import os

import nbformat
import numpy as np
import pandas as pd
import pytest

from tests.pages import Page, find_pages, tags
from tests.remembering import remembering
from tests.rerun import again, comparable, differ, differences, twice
from tools.execute_notebooks import run_page, tidy

GENERATED = {**os.environ, "MFHELPERS_RATINGS": "generated"}
SEEDS, DRAWN = (0, 1, 2), 30
PAGES = find_pages()

# a kernel starts among the pages; the tests lie beside them
REMEMBER = """
import sys
sys.path.insert(0, "..")
import tests.remembering
sys.path.pop(0)
tests.remembering.switch_on()
"""
SABOTAGE = """
import copy
_kept = {{name: copy.deepcopy(globals()[name]) for name in {names!r}}}
try:
    exec({code!r}, globals())
    for _claims in {claims!r}:
        exec(_claims, globals())
    print("the claims hold all the same")
except AssertionError:
    print("red")
finally:
    globals().update(_kept)
"""


def reasons_of(page):
    """Return the page's (reason, code that takes it away) pairs; page 00 gives none."""
    if not page.number:
        return []
    return importlib.import_module(f"tests.reasons.page_{page.number:02}").REASONS


def claims_of(book):
    return [cell for cell in book.cells if "claims" in tags(cell)]


def code_of(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def drawn_again(book, seed):
    """Return cells of the page drawn at random, with the claims behind them."""
    code = code_of(book)
    rng = np.random.default_rng(seed)
    chosen = [code[n] for n in rng.integers(len(code), size=DRAWN)] if code else []
    chosen += claims_of(book)
    return [again(cell, f"{cell.id}-{seed}-{n}") for n, cell in enumerate(chosen)]


def names_touched(code):
    """Return the names that code assigns to, or into."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)):
            if isinstance(node.ctx, (ast.Store, ast.Del)):
                while isinstance(node, (ast.Subscript, ast.Attribute)):
                    node = node.value
                found.append(node.id)
    return sorted(set(found))


def sabotage(code, claims):
    """Return a cell that takes a reason away, runs the claims and puts all back."""
    claims = [cell.source for cell in claims]
    names = names_touched(code)
    return nbformat.v4.new_code_cell(SABOTAGE.format(names=names, code=code, claims=claims))


def run_in_any_order(
    book, reasons, seeds=SEEDS, environment=GENERATED, again_at_once=twice, before=REMEMBER
):
    """Run a page with each cell twice, its cells again as drawn, its claims sabotaged.

    Args:
        again_at_once: makes the notebook that runs first; nbformat.from_dict runs each cell once.
        before: code of a cell that runs before all.

    Returns:
        (doubled, pairs, verdicts): the page with each cell twice, run; (cell, the same cell run
        later) for each drawn cell; {reason: what was printed}.
    """
    doubled = again_at_once(nbformat.from_dict(book))
    later = [cell for seed in seeds for cell in drawn_again(book, seed)]
    tried = [sabotage(code, claims_of(book)) for _, code in reasons]
    at_the_end = [again(cell, f"{cell.id}-end") for cell in claims_of(book)]
    page = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(before), *doubled.cells, *later, *tried, *at_the_end],
        metadata=book.metadata,
    )
    run_page(page, "the page", environment)
    first = {cell.id: cell for cell in doubled.cells}
    pairs = [(first[cell.id.rsplit("-", 2)[0]], cell) for cell in later]
    verdicts = {
        reason: "".join(output.get("text", "") for output in cell.outputs).splitlines()[-1]
        for (reason, _), cell in zip(reasons, tried, strict=True)
    }
    return doubled, pairs, verdicts


def not_as_committed(doubled, book):
    """Return the cells that show the same on all ratings, yet not what is committed."""
    committed = {cell.id: cell for cell in code_of(book) if "nbval-check-output" in tags(cell)}
    return [
        cell.source
        for cell in doubled.cells
        if cell.id in committed and comparable(cell) != comparable(committed[cell.id])
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_cells_twice_in_any_order_and_reasons_that_fail(page):
    book = Page(page.path).book
    doubled, pairs, verdicts = run_in_any_order(book, reasons_of(page))
    assert not differences(doubled), "run twice, a cell shows something else"
    assert not not_as_committed(doubled, book), "not as committed"
    changed = [first.source for first, later in pairs if differ(first, later)]
    assert not changed, "run again later, this cell shows something else:\n" + changed[0]
    assert set(verdicts.values()) <= {"red"}, verdicts
    tidy(doubled, page.name)  # raises where a cell warns or shows a path of this machine


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.name)
def test_each_page_has_reasons_to_try(page):
    assert len(reasons_of(page)) >= (3 if page.number == 2 else 5)
    assert claims_of(page.book)


# ---------------------------------------------------------------- these tests can fail

COUNTING = "n = globals().get('n', 0) + 1\nprint(n)"


def cell(code, *tagged, shown=None):
    """Return a code cell with its tags, and what it is committed with."""
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=shown)] if shown else []
    return nbformat.v4.new_code_cell(code, metadata={"tags": list(tagged)}, outputs=outputs)


@pytest.fixture(scope="module")
def bad_page():
    """A page with every fault that is looked for: as written, and (doubled, pairs, verdicts)."""
    cells = [
        cell(
            "import matplotlib.pyplot as plt\nx, fine, order, with_it, without_it = 1, 1, 1, 1, 2"
        ),
        cell("print(fine + 1, object())"),
        cell("x = x + 1\nprint(x)"),
        cell("plt.plot([1, 2])\nplt.show()"),
        cell("plt.plot([0, x])\nplt.show()\nx += 1"),
        cell("print(order)"),
        cell("order = 4"),
        cell(COUNTING, "nbval-ignore-output"),
        cell("print(3)", "nbval-check-output", shown="3\n"),
        cell("print(4)", "nbval-check-output", shown="3\n"),
        cell("assert with_it < without_it\nprint('hold')", "claims"),
    ]
    page = nbformat.v4.new_notebook(cells=cells)
    reasons = [("it helps", "without_it = with_it"), ("other", "fine = 4")]
    return page, *run_in_any_order(page, reasons, before="")


def test_a_cell_that_overwrites_what_it_reads_is_found(bad_page):
    found = differences(bad_page[1])
    assert len(found) == 2
    assert "x = x + 1" in found[0] and "plt.plot([0, x])" in found[1]


def test_a_cell_that_leans_on_the_order_is_found(bad_page):
    changed = {first.source for first, later in bad_page[2] if differ(first, later)}
    assert "print(order)" in changed and not any("fine" in source for source in changed)


def test_cells_of_times_are_not_compared(bad_page):
    counts = [shown for shown in bad_page[1].cells if shown.source == COUNTING]
    assert comparable(counts[0]) != comparable(counts[1]) and not differ(*counts)


def test_an_output_that_is_not_as_committed_is_found(bad_page):
    page, doubled, _, _ = bad_page
    assert not_as_committed(doubled, page) == ["print(4)"]


def test_a_reason_that_no_claim_rests_on_is_found(bad_page):
    assert bad_page[3] == {"it helps": "red", "other": "the claims hold all the same"}


class Counting:
    """A model that counts its trainings in what it learns."""

    n_fits = 0

    def __init__(self, random_state=0):
        self.random_state = random_state

    def get_params(self):
        return {"random_state": self.random_state}

    @remembering
    def fit(self, X, y, validation=None):
        Counting.n_fits += 1
        self.learned_ = [Counting.n_fits]
        return self


def test_a_training_is_remembered_until_anything_is_otherwise():
    X, y = pd.DataFrame({"user_id": [0, 1], "movie_id": [1, 0]}), np.array([3.0, 4.0])
    first = Counting().fit(X, y).learned_
    assert Counting().fit(X.copy(), y.copy()).learned_ == first
    others = [
        Counting(random_state=1).fit(X, y),
        Counting().fit(X[::-1], y),
        Counting().fit(X.astype("int32"), y),
        Counting().fit(X, y + 1),
        Counting().fit(X, y, validation=(X, y)),
        Counting(random_state=None).fit(X, y),
        Counting(random_state=None).fit(X, y),
    ]
    assert len({model.learned_[0] for model in others} - set(first)) == len(others)


@pytest.mark.parametrize(
    "code, names",
    [
        ("a = 1", ["a"]),
        ("a['b'] = c", ["a"]),
        ("a.loc[0, 'x'] = 2", ["a"]),
        ("a[0], b = 1, 2", ["a", "b"]),
        ("a += 1", ["a"]),
    ],
)
def test_names_that_code_touches(code, names):
    assert names_touched(code) == names
