"""Checkers of the pages' exercises, one module a page.

Each takes what the student wrote, prints one line that says what is wrong in the student's
terms, or that it passes, and returns a bool. It never raises on a student's mistake.
"""

import importlib
import pkgutil

# Every page_NN module's check_* functions are callable from here: checks.check_step(...).
for _module in pkgutil.iter_modules(__path__):
    if _module.name.startswith("page_"):
        _page = importlib.import_module(f"{__name__}.{_module.name}")
        globals().update({k: v for k, v in vars(_page).items() if k.startswith("check_")})
