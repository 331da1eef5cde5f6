"""Fixtures that several test files share."""

import pytest

from tools.paths import REAL_RATINGS


@pytest.fixture(scope="session")
def real_ratings_path():
    """Path of the real ratings, where they are at hand."""
    if not REAL_RATINGS.is_file():
        pytest.skip("the real ratings are not at hand")
    return REAL_RATINGS
