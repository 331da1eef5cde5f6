"""Checkers of the pages' exercises, one module a page; their bug hunts are in `bugs`.

Each takes what the student wrote, prints one line that says what is wrong in the student's
terms, or that it passes, and returns a bool. It never raises on a student's mistake.
"""

import importlib
import pkgutil

# Each module's check_* functions are callable from here: checks.check_step(...).
for _module in pkgutil.iter_modules(__path__):
    if not _module.name.startswith("_"):
        _page = importlib.import_module(f"{__name__}.{_module.name}")
        for _name, _check in vars(_page).items():
            if _name.startswith("check_"):
                _check.__name__ = _check.__qualname__ = _name  # what `exercise` cannot know
                globals()[_name] = _check
