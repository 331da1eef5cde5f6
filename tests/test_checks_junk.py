"""Whatever a student hands over, every checker answers in one line and raises nothing."""

import inspect
import itertools

import numpy as np
import pytest

from mfhelpers import checks
from tests.checking import assert_refused


def stops(*_):
    raise KeyError("no such id")


def endless(*_):
    while True:
        yield 1


JUNK = {
    "nothing": (None, "hand over the function"),
    "text": ("p @ q", "hand over the function"),
    "a number": (3.75, "hand over the function"),
    "a list": ([1, 2], "hand over the function"),
    "dots": (..., "hand over the function"),
    "an iterator without end": (itertools.count(), "hand over the function"),
    "raises": (stops, "KeyError"),
    "takes no arguments": (lambda: 1, "TypeError"),
    "gives None": (lambda *_: None, "gave back None"),
    "gives dots": (lambda *_: ..., ""),
    "gives text": (lambda *_: "five", ""),
    "gives NaN": (lambda *_: np.nan, ""),
    "gives infinity": (lambda *_: np.inf, ""),
    "gives three NaN": (lambda *_: (np.nan, np.nan, np.nan), ""),
    "gives another shape": (lambda *_: np.ones((7, 2, 2)), ""),
    "gives empty lists": (lambda *_: ([], []), ""),
    "gives two words": (lambda *_: ("a", "b"), ""),
    "gives a dict": (lambda *_: {"a": [1]}, ""),
    "gives an object": (lambda *_: object(), ""),
    "gives an iterator without end": (lambda *_: itertools.count(), ""),
    "is a generator without end": (endless, ""),
}
CHECKS = [name for name in dir(checks) if name.startswith("check_")]


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("check", CHECKS)
def test_junk_is_refused_in_one_line(check, junk):
    check, (answer, hint) = getattr(checks, check), JUNK[junk]
    assert_refused(check, *[answer] * len(inspect.signature(check).parameters), hint)
