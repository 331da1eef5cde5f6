"""An exercise is a table: the right answer, cases to try it on, mistakes and their hints.

A page's module makes each checker with one call of `exercise`; a new exercise is one more call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from mfhelpers.checks._common import Wrong, as_array, call, checker, describe, same
from mfhelpers.checks._plain import TOO_EARLY, argument_names, page_names, returns_too_early

N_MORE = 20  # cases that are drawn, besides the written ones
MOST_SHOWN = 40  # numbers of an array that are shown one by one

# What can happen to the right result in any exercise: hint, and what it makes of a result.
SPOILT = {
    "do not round the result.": tuple(
        lambda right, n=n: np.round(right, n) for n in range(5)
    ),
    "the decimals are cut off: where did you take `int`, `//` or the like?": (
        np.floor, np.trunc, np.ceil,
    ),
    "do not cut the result off at 1 and 5: it may lie outside.": (
        lambda right: np.clip(right, 1, 5),
    ),
    "the sign is lost: where did you take `abs`, or square?": (np.abs,),
    "the right size with the wrong sign, in every case.": (np.negative,),
    "your result is twice the right one, in every case.": (lambda right: 2 * right,),
    "your result is half the right one, in every case.": (lambda right: right / 2,),
    "that is the square of the result.": (np.square,),
}  # fmt: skip


@dataclass(frozen=True)
class Exercise:
    """What a checker knows: see `exercise`, which says what each part is."""

    solution: Callable
    gives: str | tuple[str, ...]
    cases: Sequence[tuple]
    more: Callable
    mistakes: Mapping[str, Callable | tuple[Callable, ...]]
    steps: Callable | None
    fallback: str
    praise: str
    look: Callable | None

    @property
    def parts(self):
        """The names of what the function gives back."""
        return (self.gives,) if isinstance(self.gives, str) else tuple(self.gives)

    @cached_property
    def every_case(self):
        """The written cases, then the generated ones: the same at each call."""
        rng = np.random.default_rng(0)
        return [*self.cases, *(self.more(rng) for _ in range(N_MORE))]

    @cached_property
    def right(self):
        """The right result of each case, as a list of arrays."""
        return [self._as_parts(self.solution(*case)) for case in self.every_case]

    def each_mistake(self):
        """Yield (hint, function) for each mistake of the table."""
        for hint, functions in self.mistakes.items():
            for function in functions if isinstance(functions, tuple) else (functions,):
                yield hint, function

    def outcomes(self, function):
        """Return what a function makes of every case: a list of arrays, or the error."""
        with np.errstate(all="ignore"):
            return [self._outcome(function, case) for case in self.every_case]

    def agree(self, some, others):
        """Whether two lists of outcomes are the same in every case."""
        return all(map(_same_outcome, some, others))

    def judge(self, function):
        """Return the praise, or raise the hint that fits on every case."""
        answers = []
        for number, case in enumerate(self.every_case):
            try:
                result = call(function, *case, quiet=number > 0)
                if self.look:
                    self.look(result, *case)
                answers.append(self._as_parts(result))
            except Wrong as hint:
                if hint.__cause__ is None:  # no error of the student's code: say it at once
                    raise Wrong(f"{hint}{self._inputs(number)}") from None
                answers.append(hint)
        if not self.agree(answers, self.right):
            raise Wrong(self._why(function, answers))
        return self.praise

    def _outcome(self, function, case):
        try:
            return self._as_parts(call(function, *case, quiet=True))
        except Wrong as hint:
            return hint

    def _as_parts(self, result):
        """Return the result as a list of float arrays, one for each name in `gives`."""
        if len(self.parts) == 1:
            return [as_array(result, self.parts[0], finite=False)]
        several = isinstance(result, (tuple, list)) or (
            isinstance(result, np.ndarray) and result.ndim > 0
        )
        if not several or len(result) != len(self.parts):
            found = f"{len(result)}" if several else describe(result)
            raise Wrong(
                f"give back {len(self.parts)} things, {', '.join(self.parts)}; yours is {found}."
            )
        return [
            as_array(part, name, finite=False)
            for part, name in zip(result, self.parts, strict=True)
        ]

    def _why(self, function, answers):
        """Return the hint for wrong answers: a mistake that agrees on every case, or the case."""
        for hint, wrong in self.each_mistake():
            if self.agree(answers, self.outcomes(wrong)):
                return hint
        hint = self._swapped(answers) or self._spoilt(answers) or self._constant(answers)
        if hint:
            return hint
        number = next(
            n for n, pair in enumerate(zip(answers, self.right, strict=True))
            if not _same_outcome(*pair)
        )  # fmt: skip
        case, answer, right = self.every_case[number], answers[number], self.right[number]
        hint = _from_the_code(function, case)
        if isinstance(answer, Wrong):
            return f"{answer}{self._inputs(number)} {hint}".rstrip()
        form = self._wrong_form(answer, right)
        if hint or form:
            return hint or form + self._inputs(number)
        first = "right at first, but not here (is something typed in, or a kind of value left out?)"
        worked = self._worked(case, answer, right)
        return f"{first + ': ' if number else ''}{worked} {self.fallback}".rstrip()

    def _swapped(self, answers):
        """Return the hint for results or arguments that changed places, or None."""
        for order in permutations(range(len(self.parts))):
            placed = [a if isinstance(a, Wrong) else [a[n] for n in order] for a in answers]
            if self.agree(placed, self.right):
                in_order = ", then ".join(self.parts)
                return f"all right, but in the wrong order: give back {in_order}."
        names = argument_names(self.solution, len(self.every_case[0]))
        for one, other in combinations(range(len(names)), 2):
            swapped = self.outcomes(_swap(self.solution, one, other))
            stopped = sum(isinstance(outcome, Wrong) for outcome in swapped)
            if stopped < len(swapped) / 2 and self.agree(answers, swapped):
                return (
                    f"your function takes {names[one]} for {names[other]}: the order of the "
                    f"arguments is {', '.join(names)}."
                )
        return None

    def _spoilt(self, answers):
        """Return the hint for right results, or one of them, to which something was done."""
        if any(isinstance(answer, Wrong) for answer in answers):
            return None
        cases = list(zip(answers, self.right, strict=True))
        parts = {n: [(mine[n], right[n]) for mine, right in cases] for n in range(len(self.parts))}
        off = {n: pairs for n, pairs in parts.items() if not all(_same_part(*p) for p in pairs)}
        where = "" if len(off) == len(parts) else f"{self.parts[min(off)]}: "
        for hint, spoils in SPOILT.items():
            for spoil in spoils:
                if all(_same_part(mine, spoil(r)) for pairs in off.values() for mine, r in pairs):
                    return where + hint
        return None

    def _constant(self, answers):
        """Return the hint for one result whatever the arguments are, or None."""
        first = answers[0]
        if isinstance(first, Wrong) or not np.isfinite(first[0]).all():
            return None
        if not all(_same_outcome(answer, first) for answer in answers):
            return None
        return f"yours is {shown(first[0])} whatever it is given: does it use its arguments?"

    def _wrong_form(self, answer, right):
        """Return a hint where shape or NaN are wrong, whatever the values, else None."""
        for name, mine, theirs in zip(self.parts, answer, right, strict=True):
            if mine.size != theirs.size or (theirs.ndim and mine.shape != theirs.shape):
                if theirs.ndim == 0:
                    return f"{name} should be one number, yours has shape {mine.shape}."
                same_numbers = mine.size == theirs.size and same(mine.ravel(), theirs.ravel())
                return (
                    f"{name} should have shape {theirs.shape}, yours has {mine.shape}"
                    f"{' (the numbers are right)' if same_numbers else ''}."
                )
            if not np.isfinite(mine).all() and np.isfinite(theirs).all():
                return f"{name} has a NaN or an infinity in it."
        return None

    def _given(self, case):
        names = argument_names(self.solution, len(case))
        return [f"{name} = {shown(value)}" for name, value in zip(names, case, strict=True)]

    def _inputs(self, number):
        """Return what the function was given, in a case that is not simply the first."""
        return f" (It was given {'; '.join(self._given(self.every_case[number]))}.)" * (number > 0)

    def _worked(self, case, answer, right):
        """Return the case in one line: inputs, the steps of the page, both results."""
        told = self._given(case)
        if self.steps:
            told += [f"then {n} = {shown(v)}" for n, v in self.steps(*case).items()]
        told += map(_compared, self.parts, answer, right)
        return f"with {'; '.join(told)}."


def exercise(
    purpose, *, solution, gives, cases, more, mistakes, fallback, praise, steps=None, look=None
):
    """Return the checker of an exercise that asks for one function.

    An answer passes when it agrees with the solution on every case. A hint is given when its
    mistake agrees with the answer on every case; where none does, the first case that differs
    is worked out: inputs, steps, the right result and the student's.

    Args:
        purpose: one line, what is checked; the checker's docstring.
        solution: the right function; the names of its arguments are those of the task.
        gives: what the function gives back, in the student's words ("your weight"), or several
            such names where it gives back a tuple.
        cases: tuples of arguments, the smallest first: it is the one that is worked out.
        more: function of a numpy Generator that draws one more case; twenty are drawn.
        mistakes: {hint: function, or tuple of functions, that make this mistake}, with the
            solution's arguments.
        fallback: what to say after the worked case.
        praise: what to say of a right answer.
        steps: function of a case → {name: value}, the values in between, in the page's order.
        look: function of (result, *case) that raises Wrong where the result's kind is wrong.
    """
    table = Exercise(solution, gives, cases, more, mistakes, steps, fallback, praise, look)

    @checker
    def check(answer):
        return table.judge(answer)

    check.__doc__ = purpose
    check.exercise = table
    return check


def shown(value):
    """Return a value as short text: four digits, one line, long ones cut."""
    if isinstance(value, pd.DataFrame):
        return f"a frame of {len(value)} rows"
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=4, separator=", ", threshold=MOST_SHOWN)
    elif isinstance(value, (float, np.floating)):
        text = f"{value:.4g}"
    else:
        text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:150]} …"


def _compared(name, mine, theirs):
    """Return what a part should be and is; where that looks the same, one entry in full."""
    mine = mine.reshape(theirs.shape)
    if _same_part(mine, theirs):
        return f"{name} is right"
    if theirs.size <= MOST_SHOWN and shown(theirs) != shown(mine):
        return f"{name} should be {shown(theirs)}, yours is {shown(mine)}"
    off = ~np.isclose(mine, theirs, rtol=1e-6, atol=0, equal_nan=True)
    place = tuple(int(n) for n in np.argwhere(off)[0])
    at = f" at {list(place)}" if place else ""
    return f"{name}{at} should be {theirs[place]:.10g}, yours is {mine[place]:.10g}"


def _from_the_code(function, case):
    """Return a hint that a look at the student's code gives, or an empty text."""
    names = page_names(function)
    if names:
        own = [name for name in argument_names(function, len(case)) if name]
        return (
            f"your function uses {' and '.join(f'`{name}`' for name in names)} of the page. "
            f"Let it use what it is given: {', '.join(own)}."
        )
    return TOO_EARLY if returns_too_early(function) else ""


def _swap(function, one, other):
    def swapped(*arguments):
        arguments = list(arguments)
        arguments[one], arguments[other] = arguments[other], arguments[one]
        return function(*arguments)

    return swapped


def _same_outcome(some, other):
    """Whether two outcomes are the same: arrays by value, errors by their kind."""
    if isinstance(some, Wrong) or isinstance(other, Wrong):
        both = isinstance(some, Wrong) and isinstance(other, Wrong)
        return both and type(some.__cause__) is type(other.__cause__)
    return all(map(_same_part, some, other))


def _same_part(some, other):
    if other.ndim == 0 and some.size == 1:
        some = some.reshape(())
    return same(some, other)
