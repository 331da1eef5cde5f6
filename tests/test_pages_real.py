"""Every page on the real ratings, loaded as from the Hub, with each cell run twice in a row.

On the generated ratings test_pages_any_order does that, and more. This takes minutes and needs the
real ratings, so it waits to be asked for: `make test-real`, before outputs are committed.
"""

import pytest

from tests.pages import find_pages
from tests.rerun import ASKED_FOR, differences, small_page, twice
from tools.execute_notebooks import (
    SOURCES_PROBE,
    PageFailed,
    kernel_environment,
    refuse_fallback,
    run_page,
    tidy,
)
from tools.paths import REAL_RATINGS

at_hand = pytest.mark.skipif(not REAL_RATINGS.is_file(), reason="the real ratings are not at hand")
asked_for = pytest.mark.skipif(not ASKED_FOR, reason="make test-real runs the pages on them")


@pytest.fixture(scope="module")
def environment():
    """What a page's kernel needs to find its ratings; one cache for all pages."""
    with kernel_environment("loopback", REAL_RATINGS) as variables:
        yield variables


@asked_for
@at_hand
@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_every_cell_can_run_twice(page, environment):
    doubled = twice(page.book)
    sources = run_page(doubled, page.name, environment, SOURCES_PROBE)
    assert not differences(doubled)
    refuse_fallback(doubled, page.name, sources)
    tidy(doubled, page.name)  # raises where a cell warns or shows a path of this machine


def source_of_the_ratings(source, n_ratings):
    """Return what a page's kernel says of the ratings it loads: source, rows, users, movies."""
    probe = f"""
from mfhelpers import load_ratings
ratings = load_ratings({n_ratings})
print(ratings.attrs["source"], len(ratings), ratings.user_id.nunique(), ratings.movie_id.nunique())
"""
    with kernel_environment(source, REAL_RATINGS) as variables:
        return run_page(small_page(), "small page", variables, probe)


def test_pages_see_the_generated_ratings():
    assert source_of_the_ratings("generated", 1000).startswith("generated 1000 ")


@at_hand
def test_pages_see_the_real_ratings():
    said = source_of_the_ratings("loopback", None)
    assert said.endswith(" 1000209 6040 3706\n") and "generated" not in said


def test_a_cell_that_fails_the_second_time_is_named():
    book = twice(small_page("x = {1: 2}", "x = x.pop(1)"))
    with kernel_environment("generated") as variables:
        with pytest.raises(PageFailed, match="small page, cell 3: AttributeError"):
            run_page(book, "small page", variables)
