"""After a page has run: its cells again in any order, its claims, and its reasons sabotaged."""

import ast
import importlib
import os

import nbformat
import numpy as np
import pytest

from tests.pages import find_pages, tags
from tests.test_pages_twice import comparable
from tools.execute_notebooks import run_page

GENERATED = {**os.environ, "MFHELPERS_RATINGS": "generated"}
SEEDS, DRAWN = (0, 1, 2), 30
PAGES = [page for page in find_pages() if page.number > 0]

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
    """Return the page's (reason, code that takes it away) pairs."""
    return importlib.import_module(f"tests.reasons.page_{page.number:02}").REASONS


def claims_of(book):
    return [cell for cell in book.cells if "claims" in tags(cell)]


def again(cell, name):
    """A copy of a cell that keeps its tags and has an id of its own."""
    copied = nbformat.from_dict(cell)
    copied.id = name
    return copied


def drawn_again(book, seed):
    """Return cells of the page drawn at random, with the claims behind them."""
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    rng = np.random.default_rng(seed)
    chosen = [code[n] for n in rng.integers(len(code), size=DRAWN)] + claims_of(book)
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


def run_in_any_order(book, reasons):
    """Run a page, its cells again as drawn, its claims sabotaged: (pairs, verdicts).

    Returns:
        (cell, the same cell run later) for each drawn cell, and {reason: what was printed}.
    """
    page = nbformat.v4.new_notebook(cells=list(book.cells), metadata=book.metadata)
    later = [cell for seed in SEEDS for cell in drawn_again(book, seed)]
    tried = [sabotage(code, claims_of(book)) for _, code in reasons]
    page.cells += [*later, *tried, *[again(cell, f"{cell.id}-end") for cell in claims_of(book)]]
    run_page(page, "the page", GENERATED)
    by_id = {cell.id: cell for cell in page.cells}
    pairs = [(by_id[cell.id.rsplit("-", 2)[0]], cell) for cell in later]
    verdicts = {
        reason: "".join(output.get("text", "") for output in cell.outputs).splitlines()[-1]
        for (reason, _), cell in zip(reasons, tried, strict=True)
    }
    return pairs, verdicts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_cells_again_in_any_order_and_reasons_that_fail(page):
    book = nbformat.read(page.path, as_version=4)
    pairs, verdicts = run_in_any_order(book, reasons_of(page))
    changed = [
        first.source
        for first, later in pairs
        if "nbval-ignore-output" not in tags(first) and comparable(first) != comparable(later)
    ]
    assert not changed, "run again later, this cell shows something else:\n" + changed[0]
    assert set(verdicts.values()) == {"red"}, verdicts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_page_has_reasons_to_try(page):
    assert len(reasons_of(page)) >= (3 if page.number == 2 else 5)
    assert claims_of(page.book)


# ---------------------------------------------------------------- these tests can fail


def small_page(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    claims = nbformat.v4.new_code_cell(
        "assert with_it < without_it\nprint('hold')", metadata={"tags": ["claims"]}
    )
    return nbformat.v4.new_notebook(cells=[*cells, claims])


def test_a_reason_that_no_claim_rests_on_is_found():
    page = small_page("with_it, without_it = 1, 2", "other = [3]")
    reasons = [("it helps", "without_it = with_it"), ("other", "other[0] = 4")]
    _, verdicts = run_in_any_order(page, reasons)
    assert verdicts == {"it helps": "red", "other": "the claims hold all the same"}


def test_a_cell_that_leans_on_the_order_is_found():
    page = small_page("with_it, without_it, x = 1, 2, 3", "print(x)", "x = 4")
    pairs, _ = run_in_any_order(page, [])
    assert any(comparable(first) != comparable(later) for first, later in pairs)


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
