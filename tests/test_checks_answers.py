"""The right and the wrong answers that each page's tests list by checker, through it."""

import importlib

import pytest

from tests.checking import assert_passes, assert_refused
from tests.pages import ROOT

PAGES = [
    importlib.import_module(f"tests.{path.stem}")
    for path in sorted((ROOT / "tests").glob("test_checks_page_*.py"))
]
RIGHT = [(c, a) for page in PAGES for c, answers in page.RIGHT.items() for a in answers]
WRONG = [(c, *a) for page in PAGES for c, answers in page.WRONG.items() for a in answers]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)
