"""Draws every picture that the pages show, into images/: the same bytes each time.

usage: python -m tools.draw_images [--to DIR] [NAME ...]     (default: all, into images/)
"""

import argparse
import importlib
import pkgutil
from pathlib import Path

from tools import drawings
from tools.paths import IMAGES


def all_drawings():
    """Return {file name: function of a path} from every tools/drawings/page_*.py."""
    found = {}
    for module in pkgutil.iter_modules(drawings.__path__):
        if module.name.startswith("page_"):
            page = importlib.import_module(f"tools.drawings.{module.name}")
            found.update(page.DRAWINGS)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=IMAGES)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    for name, draw in all_drawings().items():
        if not options.names or name in options.names:
            draw(options.to / name)
            print(name)


if __name__ == "__main__":
    main()
