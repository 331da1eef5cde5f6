"""Rounds in which contestants take turns, and rows of the table that come out of them."""

import time
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        name: what was measured.
        unit: unit of the values, and of the judged value unless that is a ratio.
        values: one a round.
        judged: what the target is about: a ratio of minimums, or a value itself.
        judged_median: the same from medians.
        target: what judged must not exceed.
    """

    name: str
    unit: str
    values: tuple
    judged: float | None = None
    judged_median: float | None = None
    target: float | None = None

    @property
    def minimum(self):
        return min(self.values)

    @property
    def median(self):
        return median(self.values)

    @property
    def holds(self):
        """True, False, or None where there is nothing to hold."""
        return None if self.target is None else bool(self.judged <= self.target)


@dataclass
class Section:
    """A part of the table: rows that belong together, remarks below them, lines to draw."""

    title: str
    rows: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    curves: dict = field(default_factory=dict)


def plain_row(name, unit, values):
    return Row(name, unit, tuple(values))


def judged_row(name, unit, values, target):
    """Return a row whose own minimum is what the target is about."""
    row = Row(name, unit, tuple(values))
    return Row(name, unit, row.values, row.minimum, row.median, target)


def compared_row(name, unit, values, ours, target=None):
    """Return a row judged by how much of it `ours` (a row in the same unit) takes."""
    row = Row(name, unit, tuple(values))
    ratio, of_medians = ours.minimum / row.minimum, ours.median / row.median
    return Row(name, unit, row.values, ratio, of_medians, target)


def interleaved(contestants, n_rounds, after_round=lambda: None):
    """Let contestants take turns, so that what else the machine does meets all of them alike.

    Args:
        contestants: functions without arguments that return {name: value}.
        n_rounds: how many turns each gets.
        after_round: called after each round.

    Returns:
        {name: list of n_rounds values}.
    """
    values = {}
    for _ in range(n_rounds):
        for contestant in contestants:
            for name, value in contestant().items():
                values.setdefault(name, []).append(value)
        after_round()
    return values


def seconds_of(run):
    """Return how long a function without arguments takes, in seconds."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
