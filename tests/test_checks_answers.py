"""The right and the wrong answers that each page's tests list by checker, through it."""

import importlib

import pytest

from tests.checking import assert_passes, assert_refused
from tests.pages import ROOT

PAGES = [
    importlib.import_module(f"tests.{path.stem}")
    for path in sorted((ROOT / "tests").glob("test_checks_page_*.py"))
]


def rows(page, name):
    """Return a page's (check, answer, …): listed by checker, {check: […]}, or one by one."""
    listed = getattr(page, name, [])
    if not isinstance(listed, dict):
        return listed
    one_each = name == "RIGHT"
    return [(c, *((row,) if one_each else row)) for c, some in listed.items() for row in some]


def all_of(answer):
    """What is handed over: one thing, or a tuple of them."""
    return answer if isinstance(answer, tuple) else (answer,)


@pytest.mark.parametrize("check, answer", [r for page in PAGES for r in rows(page, "RIGHT")])
def test_right_answers_pass(check, answer):
    assert_passes(check, *all_of(answer))


@pytest.mark.parametrize("check, answer, hint", [r for page in PAGES for r in rows(page, "WRONG")])
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, *all_of(answer), hint)
