"""Draws every picture that the pages show, into images/: the same bytes each time.

usage: python -m tools.draw_images [--to DIR] [NAME ...]     (default: all, into images/)
"""

import argparse
import importlib
import pkgutil
from difflib import SequenceMatcher
from pathlib import Path

from tools import drawings
from tools.paths import IMAGES


def all_drawings():
    """Return {file name: function of a path} from every module of tools/drawings."""
    for module in pkgutil.iter_modules(drawings.__path__):
        importlib.import_module(f"tools.drawings.{module.name}")  # its functions register
    return drawings.DRAWINGS


def chosen(names, known):
    """Return the names to draw, all of the known ones where none is given, in their order.

    Raises:
        SystemExit: a name is not known; the message has the known ones, the closest first.
    """
    for name in names:
        if name not in known:
            closest = sorted(known, key=lambda other: -SequenceMatcher(None, name, other).ratio())
            raise SystemExit(f"there is no drawing {name!r}; there are: {', '.join(closest)}")
    return [name for name in known if not names or name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=IMAGES)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    known = all_drawings()
    names = chosen(options.names, known)
    options.to.mkdir(parents=True, exist_ok=True)
    for name in names:
        known[name](options.to / name)
        print(name)


if __name__ == "__main__":
    main()
