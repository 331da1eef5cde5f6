"""What holds for every exercise that is a table: see mfhelpers/checks/_exercise.py."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from mfhelpers import checks
from mfhelpers.checks._exercise import SPOILT, exercise
from tests.checking import assert_passes, assert_refused, run_check

TABLES = {
    name: check
    for name, check in vars(checks).items()
    if name.startswith("check_") and hasattr(check, "exercise")
}
every_exercise = pytest.mark.parametrize("check", TABLES.values(), ids=TABLES)


def spoilt(table, spoil):
    """Return the solution with something done to each part of its result."""

    def answer(*case):
        parts = [spoil(part) for part in table._as_parts(table.solution(*case))]
        return parts[0] if len(table.parts) == 1 else tuple(parts)

    return answer


@every_exercise
def test_each_mistake_gets_its_own_hint(check):
    for hint, mistake in check.exercise.each_mistake():
        assert_refused(check, mistake, f"Not yet: {hint}\n")


@every_exercise
def test_no_two_mistakes_agree_on_all_cases(check):
    table = check.exercise
    named = [("the solution", table.outcomes(table.solution))]
    named += [(f"{hint} ({n})", table.outcomes(function))
              for n, (hint, function) in enumerate(table.each_mistake())]  # fmt: skip
    alike = [
        f"{one}  =  {other}"
        for (one, some), (other, others) in combinations(named, 2)
        if table.agree(some, others)
    ]
    assert not alike, "a case is missing that tells these apart:\n" + "\n".join(alike)


@every_exercise
def test_the_solution_passes_in_other_clothes(check):
    table = check.exercise
    assert_passes(check, table.solution)
    assert_passes(check, spoilt(table, lambda part: part.tolist()))
    assert_passes(check, spoilt(table, lambda part: part.astype(np.float32)))
    assert_passes(check, spoilt(table, lambda part: part * (1 + 5e-7)))


@every_exercise
def test_two_results_may_come_as_one_array_or_list(check):
    table = check.exercise
    if len(table.parts) > 1 and all(r[0].shape == r[-1].shape for r in table.right):
        assert_passes(check, lambda *case: np.array(table.solution(*case)))
        assert_passes(check, lambda *case: list(table.solution(*case)))


@every_exercise
def test_fractions_pass_where_numbers_are_asked_for(check):
    table = check.exercise
    if all(part.ndim == 0 and np.isfinite(part) for right in table.right for part in right):
        assert_passes(check, spoilt(table, lambda part: Fraction(float(part))))


@every_exercise
def test_whatever_is_done_to_a_right_result_is_seen(check):
    table = check.exercise
    for spoils in SPOILT.values():
        for spoil in spoils:
            changed = [[spoil(part) for part in right] for right in table.right]
            if not table.agree(changed, table.right):
                verdict, printed = run_check(check, spoilt(table, spoil))
                assert verdict is False, printed
                assert table.fallback not in printed, printed


@every_exercise
def test_results_are_not_round(check):
    """Where results are no whole numbers, three digits of them are not enough."""
    table = check.exercise
    parts = [part for right in table.right for part in right]
    if any((part != np.round(part)).any() for part in parts if np.isfinite(part).all()):
        assert_refused(check, spoilt(table, lambda part: np.round(part, 3)), "do not round")


@every_exercise
def test_an_unknown_mistake_is_answered_by_a_worked_case(check):
    table = check.exercise
    _, printed = run_check(check, spoilt(table, lambda part: part * 1.37 + 0.61))
    assert table.fallback in printed and "yours is" in printed and "with " in printed, printed


@every_exercise
def test_a_function_that_prints_is_told_so(check):
    def answer(*case):
        return print(check.exercise.solution(*case))

    _, printed = run_check(check, answer)
    assert "`print` shows a value" in printed


@every_exercise
def test_an_argument_that_is_changed_is_seen(check):
    table = check.exercise
    arrays = [n for n, given in enumerate(table.every_case[0]) if isinstance(given, np.ndarray)]

    def answer(*case):
        result = table.solution(*case)
        case[arrays[0]].flat[0] += 1
        return result

    if arrays:
        assert_refused(check, answer, "changed something that it was given")


# ---------------------------------------------------------------- the form itself


def line(slope, x, shift):
    return slope * x + shift


def cases(rng):
    return rng.normal(), rng.normal(0, 3, 2), rng.normal(0, 9)


CHECK = exercise(
    "Check a line.",
    solution=line,
    gives="your y",
    cases=[(2.5, np.array([1.5, -2.0]), 0.75)],
    more=cases,
    mistakes={
        "the shift is missing.": lambda slope, x, shift: slope * x,
        "subtract nothing.": lambda slope, x, shift: slope * x - shift,
    },
    steps=lambda slope, x, shift: {"the slope's part": slope * x},
    fallback="Slope times x, plus the shift.",
    praise="A line.",
)
OF_THE_PAGE = np.array([1.5, -2.0])


def uses_the_page(slope, x, shift):
    return slope * OF_THE_PAGE + shift


def misses_a_name(slope, x, shift):
    return slope * x + b  # noqa: F821


def ends_too_early(slope, x, shift):
    found = []
    for one in x:
        found.append(slope * one + shift)
        return found


def counts_only(slope, x, shift):
    return len([one for one in x if one > 0]) + 0.5


def decides_once(slope, x, shift):
    return slope * x + shift if x > 0 else x


def makes_a_cell_of_a_row(slope, x, shift):
    result = np.zeros(2)
    result[0] = slope * x + shift
    return result


def only_the_first(slope, x, shift):
    return line(slope, x, shift) if shift == 0.75 else line(slope, x, shift) + 1.3


@pytest.mark.parametrize(
    "answer, hint",
    [
        (lambda slope, x, shift: slope * x, "the shift is missing"),
        (lambda shift, x, slope: slope * x + shift, "takes slope for shift"),
        (uses_the_page, "your function uses `OF_THE_PAGE` of the page"),
        (misses_a_name, "only its arguments are known: `slope`, `x`, `shift`"),
        (ends_too_early, "inside the loop and ends it in the first round"),
        (counts_only, "your y should have shape (2,), yours has ()"),
        (decides_once, "decide once"),
        (makes_a_cell_of_a_row, "One cell takes one number"),
        (lambda slope, x, shift: np.where(x > 0, x), "`np.where` takes three things"),
        (lambda slope, x, shift: 2 * OF_THE_PAGE, "uses `OF_THE_PAGE` of the page"),
        (lambda slope, x, shift: x ^ 2, "`^` is no power"),
        (lambda slope, x, shift: x + np.ones(3), "(2,) (the shape of `x`) and (3,)"),
        (lambda slope, x, shift: x @ np.ones(3), "it is 2 on the left and 3 on the right"),
        (lambda slope, x, shift: np.dot(x, np.ones(3)), "(2,) (the shape of `x`) and (3,)"),
        (lambda slope, x: x, "called with 3 arguments"),
        (only_the_first, "right at first, but not here"),
        (lambda slope, x, shift: np.array([1.75, 2.25]), "whatever it is given"),
        (lambda slope, x, shift: line(slope, x, shift) + 0.1, "Slope times x, plus the shift"),
        (lambda slope, x, shift: line(slope, x, shift)[None], "(the numbers are right)"),
        (lambda slope, x, shift: line(slope, x, shift) * np.nan, "has a NaN"),
    ],
)
def test_what_a_table_says(answer, hint):
    assert_refused(CHECK, answer, hint)


def test_the_worked_case_has_inputs_steps_and_both_results():
    _, printed = run_check(CHECK, lambda slope, x, shift: line(slope, x, shift) + 0.1)
    for part in ("slope = 2.5", "x = [ 1.5, -2. ]", "shift = 0.75", "then the slope's part =",
                 "your y should be [ 4.5 , -4.25]", "yours is [ 4.6 , -4.15]"):  # fmt: skip
        assert part in printed, printed


def test_only_the_student_s_own_function_is_said_to_be_called_with_three_arguments():
    _, printed = run_check(CHECK, lambda slope, x, shift: misses_a_name(x))
    assert "missing 2 required positional arguments" in printed and "called with" not in printed


def test_what_the_code_tells_is_a_sentence_of_its_own_behind_an_error():
    _, printed = run_check(CHECK, lambda slope, x, shift: np.ones(3) + x + OF_THE_PAGE)
    assert "(the shape of `x`). Your function uses" in printed, printed


def test_mistakes_that_agree_are_found():
    twice = exercise(
        "Check a line.", solution=line, gives="your y", cases=[(2.0, np.ones(2), 0.0)],
        more=lambda rng: (rng.normal(), rng.normal(0, 1, 2), 0.0),  # the shift is always 0
        mistakes={"the shift is missing.": lambda slope, x, shift: slope * x},
        fallback="", praise="",
    )  # fmt: skip
    with pytest.raises(AssertionError, match="a case is missing"):
        test_no_two_mistakes_agree_on_all_cases(twice)
