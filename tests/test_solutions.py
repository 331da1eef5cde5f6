"""Every exercise: its solution passes its checker, its stub is refused as it stands."""

import ast
import importlib
import re

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from mfhelpers.checks import bugs
from tests.checking import run_check
from tests.pages import Exercise, Page, checker_calls, exercises, find_pages, imports

EXERCISES = [exercise for page in find_pages() for exercise in exercises(page)]


def name_of(exercise):
    return f"{exercise.page.name}-{'-'.join(exercise.checks)}"


def start_of(page):
    """Return the names that a page's first code cell imports, with np and pd."""
    names = {"np": np, "pd": pd, "checks": checks}
    if page.code_cells:
        exec(imports(page.code_cells[0][1].source), names)
    return names


def verdicts(exercise, code):
    """Run code, then the stub's checker calls on what it defines: [(verdict, printed), …]."""
    names = start_of(exercise.page)
    exec(compile(without_checks(code), name_of(exercise), "exec"), names)
    found = []
    for call in checker_calls(exercise.stub):
        check = getattr(checks, call.func.attr)
        answers = [eval(ast.unparse(argument), names) for argument in call.args]
        found.append(run_check(check, *answers))
    return found


def without_checks(code):
    """Code without its statements that only call a checker."""
    tree = ast.parse(code)
    tree.body = [n for n in tree.body if not (isinstance(n, ast.Expr) and checker_calls_in(n))]
    return ast.unparse(tree)


def checker_calls_in(node):
    return checker_calls(ast.unparse(node))


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_solution_passes(exercise):
    for verdict, printed in verdicts(exercise, exercise.solution_code):
        assert verdict is True, printed
        assert re.fullmatch(r"Correct\. .*\n", printed), printed


@pytest.mark.parametrize("exercise", EXERCISES, ids=name_of)
def test_stub_is_refused_in_one_line(exercise):
    for verdict, printed in verdicts(exercise, exercise.stub):
        assert verdict is False, printed
        assert re.fullmatch(r"Not yet: .+\n", printed), printed


def checkers_of(page):
    """Return the names of the checkers that are written for a page, its bug hunt's included."""
    module = importlib.import_module(f"mfhelpers.checks.page_{page.number:02}")
    names = [name for name in vars(module) if name.startswith("check_")]
    return sorted(names + [name for name in vars(bugs) if name == f"check_bug_{page.number:02}"])


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_each_checker_belongs_to_one_exercise(page):
    called = [name for exercise in exercises(page) for name in exercise.checks]
    assert sorted(called) == checkers_of(page)


# ---------------------------------------------------------------- these tests can fail

STUB = "def double(x):\n    ...\n\nchecks.check_double(double);"


@pytest.fixture
def exercise(monkeypatch, tmp_path):
    """An exercise on a page of its own, whose checker asks for twice the number."""
    from mfhelpers.checks._common import Wrong, call, checker

    @checker
    def check_double(double):
        if call(double, 2) != 4:
            raise Wrong("that is not twice the number.")
        return "Twice."

    monkeypatch.setattr(checks, "check_double", check_double, raising=False)
    path = tmp_path / "01_x.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    return Exercise(Page(path), 0, STUB, "```python\ndef double(x):\n    return 2 * x\n```")


def test_a_right_solution_and_its_stub_are_told_apart(exercise):
    assert verdicts(exercise, exercise.solution_code) == [(True, "Correct. Twice.\n")]
    assert verdicts(exercise, exercise.stub)[0][0] is False


def test_a_wrong_solution_is_found(exercise):
    wrong = "def double(x):\n    return x"
    assert verdicts(exercise, wrong) == [(False, "Not yet: that is not twice the number.\n")]


def test_a_solution_that_needs_another_cell_is_found(exercise):
    with pytest.raises(NameError):
        verdicts(exercise, "double = function_of_another_cell")
