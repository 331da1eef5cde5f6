"""A page prints the time it takes: core at most half an hour, by the estimate of tools/."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.pages import find_pages
from tools import reading_time

PAGES = [page for page in find_pages() if page.number > 0]
LONGEST_CORE, LONGEST_COURSE, MOST_PAGES = 30, 230, 8


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_core_is_read_in_half_an_hour(page):
    assert reading_time.estimate(page.book)[0] <= LONGEST_CORE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_printed_time_is_the_estimate(page):
    estimate = tuple(map(reading_time.rounded_up, reading_time.estimate(page.book)))
    assert reading_time.printed(page.book) == estimate


def test_the_first_eight_pages_together():
    cores = [reading_time.estimate(page.book)[0] for page in PAGES if page.number <= MOST_PAGES]
    assert sum(cores) <= LONGEST_COURSE


# ---------------------------------------------------------------- the count itself

WORDS = " ".join(["word"] * 130)
CODE = "\n".join(["x = 1"] * 8)


def folded(source):
    return new_code_cell(source, metadata={"jupyter": {"source_hidden": True}})


def drawn(source):
    picture = new_output("display_data", {"image/png": ""})
    return new_code_cell(source, outputs=[picture])


@pytest.mark.parametrize(
    "cells, core, deeper",
    [
        ([new_markdown_cell(WORDS)], 1, 0),
        ([new_code_cell(CODE)], 1, 0),
        ([new_code_cell(CODE + "\n\n\n")], 1, 0),
        ([folded(CODE * 9)], 0.5, 0),
        ([drawn(CODE)], 1.5, 0),
        ([new_markdown_cell("![a picture](x.png)")], 0.5 + 2 / 130, 0),
        ([new_markdown_cell("**Predict first.** Which?")], 0.5 + 3 / 130, 0),
        ([new_markdown_cell("<details>" + WORDS + "</details>")], 0, 0),
        ([new_markdown_cell("## Go deeper: x"), new_code_cell(CODE)], 0, 1 + 4 / 130),
        ([new_markdown_cell("## Exercises"), new_code_cell(CODE)], 0, 0),
        ([new_markdown_cell("## Exercises"), new_markdown_cell("### 1"), drawn(CODE)], 0, 0),
        ([new_markdown_cell("## In one breath"), new_markdown_cell(WORDS)], 0, 0),
        ([new_markdown_cell("## Go deeper: x"), new_markdown_cell("## On")], 2 / 130, 4 / 130),
    ],
)
def test_what_is_counted(cells, core, deeper):
    assert reading_time.estimate(new_notebook(cells=cells)) == pytest.approx((core, deeper))


@pytest.mark.parametrize("minutes, shown", [(0, 0), (0.2, 5), (25, 25), (25.1, 30)])
def test_times_are_rounded_up_to_five(minutes, shown):
    assert reading_time.rounded_up(minutes) == shown


def test_the_time_line_is_read():
    line = "x\n\n**Time** core 25 minutes, deeper 10 minutes, exercises 20."
    assert reading_time.printed(new_notebook(cells=[new_markdown_cell(line)])) == (25, 10)
    assert reading_time.printed(nbformat.v4.new_notebook()) is None
