"""Fixtures that several test files share."""

from pathlib import Path

import pytest

REAL_RATINGS = Path(__file__).parents[2] / "shared" / "data" / "ml-1m" / "ratings.parquet"


@pytest.fixture(scope="session")
def real_ratings_path():
    """Path of the real ratings, where they are at hand."""
    if not REAL_RATINGS.is_file():
        pytest.skip("the real ratings are not at hand")
    return REAL_RATINGS
