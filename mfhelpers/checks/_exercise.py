"""An exercise is a table: the right answer, cases to try it on, mistakes and their hints.

A page's module makes each checker with one call of `exercise`; a new exercise is one more call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from mfhelpers.checks import _limit
from mfhelpers.checks._common import Wrong, as_array, call, checker, describe, same
from mfhelpers.checks._plain import TOO_EARLY, argument_names, page_names, returns_too_early

N_MORE = 20  # cases that are drawn, besides the written ones
MOST_SHOWN = 40  # numbers of an array that are shown one by one

# What can go wrong in any exercise is said here once; a table has what is its own alone.
# fmt: off
# What was done to the right result.
SPOILT = {
    "do not round the result.":
        tuple(lambda right, n=n: np.round(right, n) for n in range(5)),
    "the decimals are cut off: where did you take `int`, `//` or the like?":
        (np.floor, np.trunc, np.ceil),
    "do not cut the result off at 1 and 5: it may lie outside.":
        (lambda right: np.clip(right, 1, 5),),
    "do not cut the result off at one end: it may lie below 0, or above 5.":
        (lambda right: np.maximum(right, 0), lambda right: np.minimum(right, 5),
         lambda right: np.clip(right, 0, 5)),
    "the sign is lost: where did you take `abs`, or square?": (np.abs,),
    "the right size with the wrong sign, in every case.": (np.negative,),
    "your result is twice the right one, in every case.": (lambda right: 2 * right,),
    "your result is half the right one, in every case.": (lambda right: right / 2,),
    "that is the square of the result.": (np.square,),
}
# What was given back in place of the new form of an argument.
UNMOVED = {
    "that is {} as it was given: nothing has happened to it.": lambda right, given: given,
    "that is the change alone: the new one is the old {} plus the change.":
        lambda right, given: right - given,
    "you went the opposite way: from the old {} the change has the wrong sign.":
        lambda right, given: 2 * given - right,
}
# What an argument would have to be, so that the result were right.
CHANGED = {
    "that would be right if {} were 0: is its term missing?": lambda given: 0 * given,
    "that would be right if {} had the other sign: is a sign wrong where it stands?":
        lambda given: -given,
    "that would be right if {} were 1: is it missing as a factor?": lambda given: given * 0 + 1,
    "that would be right if {} were twice as large: a 2 too many, or does it come twice?":
        lambda given: 2 * given,
    "that would be right if {} were half as large: is there a ½ too many?":
        lambda given: given / 2,
    "that would be right if {} were squared: is it multiplied in twice?": np.square,
    "that would be right if {} had no sign: where did you take `abs`?": np.abs,
}
# Which of the rows of an argument were used.
ROWS = {
    "only the first of {} counts in yours: does a `return` stand inside the loop?": (np.s_[:1],),
    "only the last of {} counts in yours: does the sum or list begin anew in each round?":
        (np.s_[-1:],),
    "the first or the last of {} is left out: take all of them.": (np.s_[1:], np.s_[:-1]),
}
# fmt: on


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
    settle: Callable | None
    tolerance: float
    rows: tuple[str, ...]

    @property
    def parts(self):
        """The names of what the function gives back."""
        return (self.gives,) if isinstance(self.gives, str) else tuple(self.gives)

    @cached_property
    def names(self):
        """The names of the arguments."""
        return argument_names(self.solution, len(self.cases[0]))

    @cached_property
    def every_case(self):
        """The written cases, then the generated ones: the same at each call."""
        rng = np.random.default_rng(0)
        return [*self.cases, *(self.more(rng) for _ in range(N_MORE))]

    @cached_property
    def right(self):
        """The right result of each case, as a list of arrays."""
        return [self._settled(self.solution(*case), case) for case in self.every_case]

    def each_mistake(self):
        """Yield (hint, function) for each mistake of the table."""
        for hint, functions in self.mistakes.items():
            for function in functions if isinstance(functions, tuple) else (functions,):
                yield hint, function

    @cached_property
    def wrong(self):
        """What each mistake makes of every case: a list of (hint, outcomes)."""
        return [(hint, _Outcomes(self, function)) for hint, function in self.each_mistake()]

    @cached_property
    def wrong_arguments(self):
        """What comes out of every case with changed arguments: a list of (hint, outcomes)."""
        made = [
            (hint.format(f"`{name}`"), _changed(self.solution, [place], change))
            for place, name in enumerate(self.names)
            if _is_float(self.cases[0][place])
            for hint, change in CHANGED.items()
        ]
        places = [self.names.index(name) for name in self.rows]
        together = " and ".join(f"`{name}`" for name in self.rows)
        made += [
            (hint.format(together), _changed(self.solution, places, lambda rows, s=some: rows[s]))
            for hint, parts in (ROWS if places else {}).items()
            for some in parts
        ]
        outcomes = [(hint, self.outcomes(function)) for hint, function in made]
        return [one for one in outcomes if not isinstance(next(iter(one[1])), Wrong)]

    @cached_property
    def swapped_arguments(self):
        """What comes out where two arguments changed places: a list of (hint, outcomes)."""
        found = []
        for one, other in combinations(range(len(self.names)), 2):
            order = list(range(len(self.names)))
            order[one], order[other] = other, one
            swapped = self.outcomes(lambda *given, o=order: self.solution(*(given[n] for n in o)))
            if sum(isinstance(outcome, Wrong) for outcome in swapped) < len(swapped) / 2:
                hint = (
                    f"your function takes {self.names[one]} for {self.names[other]}: the order of "
                    f"the arguments is {', '.join(self.names)}."
                )
                found.append((hint, swapped))
        return found

    def outcomes(self, function):
        """Return what a function makes of every case: arrays or the error, one case at a time."""
        return _Outcomes(self, function)

    def agree(self, some, others):
        """Whether two lists of outcomes are the same in every case."""
        return all(
            _same_outcome(one, other, self.tolerance)
            for one, other in zip(some, others, strict=True)
        )

    def judge(self, function):
        """Return the praise, or raise the hint that fits on every case."""
        answers = []
        for number, case in enumerate(self.every_case):
            try:
                result = call(function, *case, quiet=number > 0)
            except Wrong as hint:
                answers.append(hint)
                continue
            try:
                if self.look:
                    self.look(result, *case)
                answers.append(self._settled(result, case))
            except Wrong as hint:
                raise Wrong(f"{hint}{self._inputs(number)}") from None
        if not self.agree(answers, self.right):
            raise Wrong(self._why(function, answers))
        return self.praise

    def _outcome(self, function, case):
        try:
            return self._settled(call(function, *case, quiet=True), case)
        except Wrong as hint:
            return hint

    def _settled(self, result, case):
        """Return the result's parts, in the one form that `settle` gives them."""
        return [self._one_form(part, case) for part in self._as_parts(result)]

    def _one_form(self, part, case):
        return self.settle(part, *case) if self.settle else part

    def _as_parts(self, result):
        """Return the result as a list of float arrays, one for each name in `gives`."""
        if len(self.parts) == 1:
            return [as_array(result, self.parts[0], finite=False)]
        array = isinstance(result, np.ndarray) and result.ndim > 0
        several = array or isinstance(result, (tuple, list))
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
        whole, in_parts = self._explained_by(self.wrong, answers)
        hint = whole or self._swapped(answers) or self._spoilt(answers)
        number = next(
            n for n, pair in enumerate(zip(answers, self.right, strict=True))
            if not _same_outcome(*pair, self.tolerance)
        )  # fmt: skip
        case, answer, right = self.every_case[number], answers[number], self.right[number]
        of_code = from_the_code(function, case)
        if not hint and not of_code:
            whole, other = self._explained_by(self.wrong_arguments, answers)
            hint, in_parts = self._constant(answers) or whole, in_parts or other
        if hint or in_parts:
            return hint or in_parts
        if isinstance(answer, Wrong):
            return f"{answer}{self._inputs(number)} {of_code[:1].upper()}{of_code[1:]}".rstrip()
        form = self._wrong_form(answer, right)
        if of_code or form:
            return of_code or form + self._inputs(number)
        first = "right at first, but not here (is something typed in, or a kind of value left out?)"
        worked = self._worked(case, answer, right)
        return f"{first + ': ' if number else ''}{worked} {self.fallback}".rstrip()

    def _explained_by(self, mistakes, answers):
        """Return the hint of the mistake that explains all that is wrong, and one for a part.

        Each is None where there is none. Of two mistakes in one answer, one is named.
        """
        off, most, whole, in_parts = self._off(answers), (0, 0), None, None
        for hint, outcomes in mistakes:
            explained = self._explained(answers, outcomes, off)
            fit = len(explained & off), len(explained)
            if fit > most:
                most, in_parts = fit, hint
                if len(explained) == len(self.parts):
                    return hint, None
                in_parts = self._where(explained & off) + hint
                whole = in_parts if explained >= off else None
        return whole, in_parts

    def _where(self, parts):
        """Return which parts of the result are meant, where that is not all of them."""
        some = "" if len(parts) == len(self.parts) else " and ".join(self.parts[n] for n in parts)
        return f"{some}: " if some else ""

    def _swapped(self, answers):
        """Return the hint for results or arguments that changed places, or None."""
        for order in permutations(range(len(self.parts))):
            placed = [a if isinstance(a, Wrong) else [a[n] for n in order] for a in answers]
            if self.agree(placed, self.right):
                in_order = ", then ".join(self.parts)
                return f"all right, but in the wrong order: give back {in_order}."
        for hint, outcomes in self.swapped_arguments:
            if self.agree(answers, outcomes):
                return hint
        return None

    def _spoilt(self, answers):
        """Return the hint for right results, or one of them, to which something was done."""
        if any(isinstance(answer, Wrong) for answer in answers):
            return None
        off = self._off(answers)
        for hint, spoils in SPOILT.items():
            if any(self._are(off, answers, lambda right, case, s=s: s(right)) for s in spoils):
                return self._where(off) + hint
        for hint, spoil in UNMOVED.items():
            of = [self._made_of_argument(n, answers, spoil) for n in sorted(off)]
            if all(of):
                return self._where(off) + hint.format(" and ".join(of))
        return None

    def _made_of_argument(self, part, answers, spoil):
        """Return the name of the argument of which, with the right result, a part is made."""
        for place, name in enumerate(self.names):

            def made(right, case, place=place):
                fits = np.shape(case[place]) == right.shape
                return spoil(right, case[place]) if fits else np.nan

            if _is_float(self.cases[0][place]) and self._are([part], answers, made):
                return f"`{name}`"
        return None

    def _are(self, parts, answers, made_of):
        """Whether some parts of the answers are made_of(the right part, the case), always."""
        for case, mine, right in zip(self.every_case, answers, self.right, strict=True):
            for n in parts:
                made = self._one_form(np.asarray(made_of(right[n], case)), case)
                if not _same_part(mine[n], made, self.tolerance):
                    return False
        return True

    def _explained(self, answers, outcomes, off):
        """The numbers of the parts in which a mistake agrees with the answers on all cases.

        None at all as soon as no wrong part is among them.
        """
        parts = set(range(len(self.parts)))
        for answer, outcome in zip(answers, outcomes, strict=True):
            if isinstance(answer, Wrong) or isinstance(outcome, Wrong):
                parts = parts if _same_outcome(answer, outcome) else set()
            else:
                parts = {n for n in parts if _same_part(answer[n], outcome[n], self.tolerance)}
            if not parts & off:
                return set()
        return parts

    def _off(self, answers):
        """The numbers of the parts that are wrong in some case."""
        return {
            n
            for n in range(len(self.parts))
            for mine, right in zip(answers, self.right, strict=True)
            if isinstance(mine, Wrong) or not _same_part(mine[n], right[n], self.tolerance)
        }

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
        return [f"{name} = {shown(value)}" for name, value in zip(self.names, case, strict=True)]

    def _inputs(self, number):
        """Return what the function was given, in a case that is not simply the first."""
        return f" (It was given {'; '.join(self._given(self.every_case[number]))}.)" * (number > 0)

    def _worked(self, case, answer, right):
        """Return the case in one line: inputs, the steps of the page, both results."""
        told = self._given(case)
        if self.steps:
            told += [f"then {n} = {shown(v)}" for n, v in self.steps(*case).items()]
        told += [
            _compared(*three, self.tolerance)
            for three in zip(self.parts, answer, right, strict=True)
        ]
        return f"with {'; '.join(told)}."


class _Outcomes:
    """What a function of ours makes of every case, each worked out when it is first asked for.

    Most mistakes differ from an answer in the first case already. The student's time stands
    still meanwhile.
    """

    def __init__(self, table, function):
        self.table, self.function, self.known = table, function, []

    def __len__(self):
        return len(self.table.every_case)

    def __iter__(self):
        for number, case in enumerate(self.table.every_case):
            if number == len(self.known):
                with _limit.paused(), np.errstate(all="ignore"):  # a mistake may divide by zero
                    self.known.append(self.table._outcome(self.function, case))
            yield self.known[number]


def exercise(
    purpose, *, solution, gives, cases, more, mistakes, fallback, praise,
    steps=None, look=None, settle=None, tolerance=1e-6, rows=(),
):  # fmt: skip
    """Return the checker of an exercise that asks for one function.

    An answer passes when it agrees with the solution on every case. A hint is given when its
    mistake agrees with the answer on every case; where none does, what can go wrong in any
    exercise is tried (SPOILT and the three tables below it), and last, the first case that
    differs is worked out: inputs, steps, the right result and the student's.

    Args:
        purpose: one line, what is checked; the checker's docstring.
        solution: the right function; the names of its arguments are those of the task.
        gives: what the function gives back, in the student's words ("your weight"), or several
            such names where it gives back a tuple.
        cases: tuples of arguments, the smallest first: it is the one that is worked out.
        more: function of a numpy Generator that draws one more case; twenty are drawn.
        mistakes: {hint: function, or tuple of functions, that make this mistake}, with the
            solution's arguments: what many do, and what the tables above do not find.
        fallback: what to say after the worked case.
        praise: what to say of a right answer.
        steps: function of a case → {name: value}, the values in between, in the page's order.
        look: function of (result, *case) that raises Wrong where the result's kind is wrong.
        settle: function of (result, *case) → the result in one form, where several are right
            (an order among ties); used on right, wrong and the student's results alike.
        tolerance: how far from the right result is still right, as a share of the largest value.
        rows: the names of the arguments that hold one row, or one number, for each thing the
            solution goes through: who takes the first alone, or leaves it out, is told so.
    """
    table = Exercise(
        solution, gives, cases, more, mistakes, steps, fallback, praise, look, settle, tolerance,
        rows,
    )  # fmt: skip

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


def _compared(name, mine, theirs, tolerance):
    """Return what a part should be and is; where that looks the same, one entry in full."""
    mine = mine.reshape(theirs.shape)
    if _same_part(mine, theirs, tolerance):
        return f"{name} is right"
    if theirs.size <= MOST_SHOWN and shown(theirs) != shown(mine):
        return f"{name} should be {shown(theirs)}, yours is {shown(mine)}"
    off = ~np.isclose(mine, theirs, rtol=tolerance, atol=0, equal_nan=True)
    place = tuple(int(n) for n in np.argwhere(off)[0])
    at = f" at {list(place)}" if place else ""
    return f"{name}{at} should be {theirs[place]:.10g}, yours is {mine[place]:.10g}"


def from_the_code(function, case):
    """Return a hint that a look at the student's code gives, or an empty text."""
    names = page_names(function)
    if names:
        own = [name for name in argument_names(function, len(case)) if name]
        return (
            f"your function uses {' and '.join(f'`{name}`' for name in names)} of the page. "
            f"Let it use what it is given: {', '.join(own)}."
        )
    return TOO_EARLY if returns_too_early(function) else ""


def _is_float(value):
    """Whether a value is a float, or an array of floats: no count, no codes."""
    return isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f"


def _changed(function, places, change):
    """A function that makes the same of its arguments after some of them were changed."""
    return lambda *given: function(
        *(change(one) if place in places else one for place, one in enumerate(given))
    )


def _same_outcome(some, other, tolerance=1e-6):
    """Whether two outcomes are the same: arrays by value, errors by their kind."""
    if isinstance(some, Wrong) or isinstance(other, Wrong):
        if not (isinstance(some, Wrong) and isinstance(other, Wrong)):
            return False
        if some.__cause__ is None or other.__cause__ is None:
            return str(some) == str(other)
        return type(some.__cause__) is type(other.__cause__)
    return all(_same_part(*pair, tolerance) for pair in zip(some, other, strict=True))


def _same_part(some, other, tolerance=1e-6):
    if other.ndim == 0 and some.size == 1:
        some = some.reshape(())
    return same(some, other, tolerance)
