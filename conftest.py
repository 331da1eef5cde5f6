"""Tests and pages run on the generated ratings, unless another source is pinned.

Page 10 runs without Spark, as most readers run it, but in tests/test_spark.py: once for real.
"""

import os

os.environ["MFHELPERS_RATINGS"] = os.environ.get("MFHELPERS_RATINGS") or "generated"
os.environ["MFHELPERS_SPARK"] = "off"

# What runs longest goes first. Each of two workers is given one half of the list and, when that is
# done, takes from the other's end: so the slow ones are dealt out to both halves.
SLOW = (
    "test_spark",
    "test_pages_any_order",
    "test_pages_real",
    "test_browser",
    "test_site",
    "test_tuned",
    "test_images",
    "test_benchmark",
    "test_handouts",
    "test_hub",
)
ALONE = "test_pages_any_order", "test_pages_real", "test_images"  # their tests share nothing dear


def pytest_collection_modifyitems(items):
    """Deal the slow files out to the two halves, in front; the rest follows in its own order."""
    rest = [item for item in items if not item.path.name.startswith(SLOW)]
    piles = {}
    for name in SLOW:
        for item in items:
            if item.path.name.startswith(name):
                piles.setdefault(item.nodeid if name in ALONE else name, []).append(item)
    halves = [sum(list(piles.values())[start::2], []) for start in (0, 1)]
    middle = len(items) // 2 - len(halves[0])
    items[:] = [*halves[0], *rest[:middle], *halves[1], *rest[middle:]]
