"""What holds for every exercise that is a table: see mfhelpers/checks/_exercise.py."""

import functools
import itertools
import linecache
import signal
import sys
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from mfhelpers.checks import _limit
from mfhelpers.checks._common import same
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
    if all(part.ndim == 0 and np.isfinite(part) for right in table.right for part in right):
        assert_passes(check, spoilt(table, lambda part: Fraction(float(part))))
    if len(table.parts) > 1 and all(r[0].shape == r[-1].shape for r in table.right):
        assert_passes(check, lambda *case: np.array(table.solution(*case)))


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
def test_a_term_that_is_missing_or_doubled_is_seen(check):
    table = check.exercise
    for _, outcomes in table.wrong_arguments:
        if not table.agree(outcomes, table.right):
            _, printed = run_check(check, outcomes.function)
            assert printed.startswith("Not yet: ") and table.fallback not in printed, printed


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


# fmt: off
CHECK = exercise(
    "Check a line.",
    solution=line,
    gives="your y",
    cases=[(2.5, np.array([1.5, -2.0]), 0.75)],
    more=lambda rng: (rng.normal(), rng.normal(0, 3, 2), rng.normal(0, 9)),
    mistakes={
        "the shift is missing.": lambda slope, x, shift: slope * x,
        "subtract nothing.": lambda slope, x, shift: slope * x - shift,
    },
    steps=lambda slope, x, shift: {"the slope's part": slope * x},
    fallback="Slope times x, plus the shift.",
    praise="A line.",
)
THREE = exercise(
    "Check three results.",
    solution=lambda p, q: (p + q, p - 2 * q, p @ q),
    gives=("your sum", "your difference", "your product"),
    cases=[(np.array([1.25, -2.0, 4.5]), np.array([0.75, 3.0, 1.5]))],
    more=lambda rng: tuple(rng.normal(0, 4, (2, rng.integers(2, 6)))),
    mistakes={"multiplied, not added.": lambda p, q: (p * q, p - 2 * q, p @ q)},
    fallback="Sum, difference, product.",
    praise="Three results.",
    rows=("p", "q"),
)
CLOSE = exercise(
    "Check a third.", solution=lambda x: x / 3, gives="your third", cases=[(1.0,)],
    more=lambda rng: (rng.uniform(1, 9),), mistakes={}, fallback="", praise="", tolerance=1e-3,
)
# fmt: on
OF_THE_PAGE = np.array([1.5, -2.0])
COLUMNS = ["user_id", "movie_id"]


def uses_the_page(slope, x, shift):
    return slope * OF_THE_PAGE + shift


def page_table(x):
    return OF_THE_PAGE[0] + 0 * x


def uses_it_elsewhere(slope, x, shift):
    return slope * page_table(x) + shift


def passed_on(function):
    @functools.wraps(function)
    def passes(*arguments):
        return function(*arguments)

    return passes


def names_columns(slope, x, shift):
    return line(slope, x, shift) + 0.1 * len(COLUMNS)


def misses_a_name(slope, x, shift):
    return slope * x + b  # noqa: F821


def ends_too_early(slope, x, shift):
    found = []
    for one in x:
        found.append(slope * one + shift)
        return found


def skips(slope, x, shift):
    for one in x:
        if one < 99:
            continue
        return one
    return line(slope, x, shift) + 0.1


def calls_itself(slope, x, shift):
    return calls_itself(slope, x, shift)


def says_and_forgets(slope, x, shift):
    if shift == 0.75:
        return line(slope, x, shift)
    print("another case:", x)


def leaves(slope, x, shift):
    sys.exit()


class Line:
    def __call__(self, slope, x, shift):
        return line(slope, x, shift)

    def without_shift(self, slope, x, shift):
        return slope * x


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
        (lambda slope, x, shift: 2 * OF_THE_PAGE, "uses `OF_THE_PAGE` of the page"),
        (uses_it_elsewhere, "your function uses `OF_THE_PAGE` of the page"),
        (names_columns, "Slope times x, plus the shift"),
        (misses_a_name, "only its arguments are known: `slope`, `x`, `shift`"),
        (lambda slope, x, shift: shift + slope, "your y should have shape (2,), yours has ()"),
        (lambda slope, x, shift: line(slope, x, shift)[None], "(the numbers are right)"),
        (lambda slope, x, shift: line(slope, x, shift) * np.nan, "has a NaN"),
        (only_the_first, "right at first, but not here"),
        (lambda slope, x, shift: np.array([1.75, 2.25]), "whatever it is given"),
        (lambda slope, x, shift: line(slope, x, shift) + 0.1, "Slope times x, plus the shift"),
        (lambda slope, x, shift: np.floor(line(slope, x, shift)), "the decimals are cut off"),
        # what an argument would have to be
        (lambda slope, x, shift: x + shift, "if `slope` were 1"),
        (lambda slope, x, shift: slope * slope * x + shift, "if `slope` were squared"),
        (lambda slope, x, shift: shift - x * slope, "if `slope` had the other sign"),
        (lambda slope, x, shift: abs(slope) * x + shift, "if `slope` had no sign"),
        # what is given back in place of something new
        (lambda slope, x, shift: x, "that is `x` as it was given"),
        (lambda slope, x, shift: line(slope, x, shift) - x, "the new one is the old `x` plus"),
        (lambda slope, x, shift: 2 * x - line(slope, x, shift), "you went the opposite way"),
        # a look at the code says no more than what is there
        (ends_too_early, "inside the loop and ends it in the first round"),
        (skips, "Slope times x, plus the shift"),
        (says_and_forgets, "gave back None. Does it end with `return ...`? (It was given slope"),
        # what is handed over need not be a plain function
        (Line().without_shift, "the shift is missing"),
        (functools.partial(line, 2.0), "called with 3 arguments"),
        (lambda *given: given[0] * given[1], "the shift is missing"),
        (lambda slope, x: x, "called with 3 arguments"),
        # nor what it gives back an array
        (lambda slope, x, shift: [str(y) for y in line(slope, x, shift)], "made of numbers"),
        (lambda slope, x, shift: line(slope, x, shift) + 1j, "made of numbers"),
        (lambda slope, x, shift: (one for one in x), "made of numbers"),
        # errors in plain words
        (lambda slope, x, shift: line(slope, x, shift) if x > 0 else x, "decide once"),
        (makes_a_cell_of_a_row, "One cell takes one number"),
        (lambda slope, x, shift: np.where(x > 0, x), "`np.where` takes three things"),
        (lambda slope, x, shift: pd.Series(x) ^ 2, "`^` is no power"),
        (lambda slope, x, shift: x + np.ones(3), "(2,) (the shape of `x`) and (3,)"),
        (lambda slope, x, shift: x @ np.ones(3), "it is 2 on the left and 3 on the right"),
        (lambda slope, x, shift: slope(x) + shift, "is a `*` missing"),
        (lambda slope, x, shift: slope @ shift, "a single number is multiplied with `*`"),
        (lambda slope, x, shift: datetime.y, "Is `import datetime` missing?"),  # noqa: F821
        (lambda slope, x, shift: max(x, shift), "np.maximum"),
        (lambda slope, x, shift: float(x), "NumPy has its own"),
        (leaves, "stopped with SystemExit"),
        (calls_itself, "calls itself, or a function that calls it, without an end"),
        # where both look the same in four digits, there are more of them
        (lambda slope, x, shift: line(slope, x, shift) * (1 + 3e-6), "be 4.5, yours is 4.50"),
    ],
)
def test_what_a_table_says(answer, hint):
    assert_refused(CHECK, answer, hint)


@pytest.mark.parametrize(
    "answer, hint",
    [
        (lambda p, q: (p + q, 2 * q - p, p @ q), "your difference: the right size with the wrong"),
        (lambda p, q: (p + q, p - 2 * q, round(p @ q, 2)), "your product: do not round"),
        (lambda p, q: (p * q, p - 2 * q, 7), "your sum: multiplied, not added"),  # one of two
        (lambda p, q: (p, p - 2 * q, p @ q), "your sum: that is `p` as it was given"),
        (lambda p, q: (p + q, p - 2 * q, p[1:] @ q[1:]), "the first or the last of `p` and `q`"),
        (lambda p, q: (p + q, p - 2 * q, p[0] * q[0]), "only the first of `p` and `q` counts"),
        *(
            (lambda p, q, order=order: [(p + q, p - 2 * q, p @ q)[n] for n in order],
             "in the wrong order: give back your sum, then your difference")
            for order in list(itertools.permutations(range(3)))[1:]
        ),
    ],
)  # fmt: skip
def test_what_a_table_says_of_several_results(answer, hint):
    assert_refused(THREE, answer, hint)


def test_the_worked_case_has_inputs_steps_and_both_results():
    _, printed = run_check(CHECK, lambda slope, x, shift: line(slope, x, shift) + 0.1)
    for part in ("slope = 2.5", "x = [ 1.5, -2. ]", "shift = 0.75", "then the slope's part =",
                 "your y should be [ 4.5 , -4.25]", "yours is [ 4.6 , -4.15]"):  # fmt: skip
        assert part in printed, printed


@pytest.mark.parametrize(
    "answer", [lambda slope, x, shift: line(x), lambda slope, x, shift: misses_a_name(x)]
)
def test_only_what_the_call_itself_misses_is_blamed_on_the_number_of_arguments(answer):
    _, printed = run_check(CHECK, answer)
    assert "missing 2 required" in printed and "called with" not in printed


@pytest.mark.parametrize(
    "answer",
    [
        Line(),
        functools.partial(line),
        passed_on(line),
        np.vectorize(line),
        lambda *given: line(*given),
        lambda slope, x, shift=3.0, more=None: slope * x + shift,
        lambda slope, x, shift: pd.Series(slope * x + shift),
        lambda slope, x, shift: [Fraction(float(y)) for y in slope * x + shift],
        lambda slope, x, shift: slope * x + shift + 0j,
    ],
)
def test_right_answers_of_any_kind_pass(answer):
    assert_passes(CHECK, answer)


def test_code_from_a_cell_is_looked_at():
    """IPython hands the text of a cell to linecache; that is where inspect finds it."""
    text = "def answer(slope, x, shift):\n    for one in x:\n        return slope * one + 1.5\n"
    linecache.cache["<cell>"] = len(text), None, text.splitlines(keepends=True), "<cell>"
    names = {}
    exec(compile(text, "<cell>", "exec"), names)
    assert_refused(CHECK, names["answer"], "inside the loop and ends it in the first round")


def test_code_without_a_text_is_judged_by_its_results():
    names = {}
    exec("def answer(slope, x, shift):\n    for one in x:\n        return slope * one", names)
    assert_refused(CHECK, names["answer"], "should have shape (2,)")


@pytest.mark.parametrize(
    "given, change",
    [
        ([3, 1, 2], lambda given: given.sort()),
        ({1: [4]}, lambda given: given[1].append(5)),
        ({1: 4}, lambda given: given.update({1: 5})),
        ([[1.0], None], lambda given: given.__setitem__(0, None)),
        ({1, 2}, lambda given: given.remove(1)),
        (pd.DataFrame({"a": [1.0, np.nan]}), lambda given: given.insert(0, "b", 1)),
    ],
)
def test_a_change_of_what_was_given_is_seen(given, change):
    check = exercise(
        "Check nothing.", solution=lambda given: 1, gives="your number", cases=[(given,)],
        more=lambda rng: (given,), mistakes={}, fallback="", praise="One.",
    )  # fmt: skip
    assert_passes(check, lambda given: 1)
    assert_refused(check, lambda given: (change(given), 1)[1], "changed something")


def test_a_whole_number_is_not_its_neighbour():
    assert not same(50_000_001, 50_000_000) and same(50_000_000.0, 50_000_000)
    assert not same([2_000_001, 1], [2_000_000, 1]) and same([2 + 1e-6, 1], [2, 1])


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such alarm")
def test_the_answer_is_printed_when_time_is_up_in_a_quiet_case(monkeypatch):
    """The alarm rings again and again, also while the printing of a quiet case is put back."""

    def endless_later(slope, x, shift):
        while shift != 0.75:
            pass
        return line(slope, x, shift)

    monkeypatch.setattr(_limit, "SECONDS_ALLOWED", 0.1)
    for _ in range(5):
        assert_refused(CHECK, endless_later, "a loop that never stops")


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


def test_a_tolerance_says_how_near_is_right():
    assert_passes(CLOSE, lambda x: x / 3 * 1.0009)
    assert_refused(CLOSE, lambda x: x / 3 * 1.002, "should be 0.3333, yours is 0.334")
