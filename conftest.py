"""Tests and pages run on the generated ratings, unless another source is pinned."""

import os

os.environ["MFHELPERS_RATINGS"] = os.environ.get("MFHELPERS_RATINGS") or "generated"

# What runs longest goes first, and a worker that is idle takes from the other's end.
SLOW = (
    "test_pages_any_order",
    "test_pages_real",
    "test_browser",
    "test_site",
    "test_tuned",
    "test_calibration",
)


def pytest_collection_modifyitems(items):
    """Put the slow files first, then the rest, each in its own order."""

    def place(item):
        names = [name for name in SLOW if item.path.name.startswith(name)]
        return SLOW.index(names[0]) if names else len(SLOW)

    items.sort(key=place)
