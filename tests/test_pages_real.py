"""Every page on the real ratings, where they are at hand, loaded as from the Hub."""

import nbformat
import pytest

from tests.pages import find_pages
from tools.execute_notebooks import (
    REAL_RATINGS,
    SOURCES_PROBE,
    kernel_environment,
    refuse_fallback,
    run_page,
    tidy,
)

pytestmark = pytest.mark.skipif(
    not REAL_RATINGS.is_file(), reason="the real ratings are not at hand (../shared/data/ml-1m)"
)


@pytest.fixture(scope="module")
def environment():
    """A loopback Hub that serves the real ratings, and one cache for all pages."""
    with kernel_environment("loopback", REAL_RATINGS) as variables:
        assert "MFHELPERS_RATINGS" not in variables
        yield variables


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_page_runs_on_real_ratings(page, environment):
    book = nbformat.read(page.path, as_version=4)
    sources = run_page(book, page.name, environment, SOURCES_PROBE)
    refuse_fallback(book, page.name, sources)
    tidy(book, page.name)  # raises where a cell warns or shows a path of this machine


def test_loopback_ratings_are_the_real_ones(environment):
    book = nbformat.v4.new_notebook()
    probe = """
from mfhelpers import load_ratings
ratings = load_ratings(None)
print(len(ratings), ratings.user_id.nunique(), ratings.movie_id.nunique(), sep=",")
"""
    assert run_page(book, "a small page", environment, probe).endswith("1000209,6040,3706\n")
