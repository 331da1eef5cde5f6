"""The README's lengths of the pages: minutes are the pages' own, seconds are kept or measured."""

import pytest

from tools import lengths
from tools.paths import PAGES, README

TEXT = README.read_text(encoding="utf-8")


def test_the_minutes_are_those_of_the_pages():
    kept = lengths.written(TEXT)
    assert list(kept) == [name[:2] for name in PAGES]
    assert lengths.with_lengths(TEXT, kept) == TEXT, "run python -m tools.lengths --keep-seconds"


def test_seconds_are_written_and_read_again():
    seconds = {name[:2]: 10 + n for n, name in enumerate(PAGES)}
    anew = lengths.with_lengths(TEXT, seconds)
    assert lengths.written(anew) == seconds
    total = next(line for line in anew.splitlines() if line.startswith("| together"))
    assert total.split(" | ")[-1] == f"{sum(seconds.values())} |"


def test_minutes_that_are_out_of_date_are_seen(monkeypatch):
    known = lengths.minutes()
    core, *rest = known["03"]
    monkeypatch.setattr(lengths, "minutes", lambda: {**known, "03": (core + 5, *rest)})
    assert lengths.with_lengths(TEXT, lengths.written(TEXT)) != TEXT


def test_a_page_that_was_not_measured_is_named():
    with pytest.raises(KeyError, match="10"):
        lengths.with_lengths(TEXT, {name[:2]: 1 for name in PAGES[:-1]})


def test_the_least_of_all_rounds_counts_and_pages_take_turns(monkeypatch):
    now, order = [0.0], []
    costs = iter([9.0] * len(PAGES) + [4.4] * len(PAGES))

    def run_page(book, name, environment):
        order.append(name)
        now[0] += next(costs)

    monkeypatch.setattr(lengths, "run_page", run_page)
    monkeypatch.setattr(lengths.time, "perf_counter", lambda: now[0])
    assert lengths.measured(rounds=2) == {name[:2]: 4 for name in PAGES}
    assert order == list(PAGES) * 2
