"""Tests and pages run on the generated ratings, unless another source is pinned."""

import os

os.environ["MFHELPERS_RATINGS"] = os.environ.get("MFHELPERS_RATINGS") or "generated"

# What runs longest goes first, so that neither of the two workers is left with it at the end.
SLOW = (
    "test_pages_any_order",
    "test_pages_twice",
    "test_browser",
    "test_tuned",
    "test_calibration",
)


def pytest_collection_modifyitems(items):
    """Put the slow files first, then the pages, then the rest, each in its own order."""

    def place(item):
        for number, name in enumerate(SLOW):
            if item.path.name.startswith(name):
                return number
        return len(SLOW) + (item.path.suffix != ".ipynb")

    items.sort(key=place)
