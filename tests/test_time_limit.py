"""Endless answers end, whatever they catch; not on Windows, which has no such alarm."""

import signal
import time

import pytest

from mfhelpers.checks import _limit
from mfhelpers.checks._common import checker
from tests.checking import run_check

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"),
    reason="on Windows nothing ends an endless answer but an interrupt of the kernel",
)


def plain():
    while True:
        pass


def catches_exceptions():
    while True:
        try:
            sum(range(10))
        except Exception:
            pass


def catches_everything():
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def catches_everything_twice():
    while True:
        try:
            while True:
                try:
                    sum(range(100))
                except BaseException:
                    pass
        except BaseException:
            pass


@checker
def check_call(function):
    function()
    return "It ended."


@pytest.mark.parametrize(
    "endless", [plain, catches_exceptions, catches_everything, catches_everything_twice]
)
def test_an_endless_answer_ends(endless, monkeypatch):
    monkeypatch.setattr(_limit, "SECONDS_ALLOWED", 0.2)
    verdict, printed = run_check(check_call, endless)
    assert verdict is False and "loop that never stops" in printed
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_alarm_that_was_there_before_is_back():
    before = signal.getsignal(signal.SIGALRM)
    assert run_check(check_call, lambda: time.sleep(0))[0] is True
    assert signal.getsignal(signal.SIGALRM) is before


def test_time_stands_still_while_the_checker_works(monkeypatch):
    monkeypatch.setattr(_limit, "SECONDS_ALLOWED", 0.2)

    def works(function):
        function()
        with _limit.paused():
            time.sleep(0.5)
        return "It ended."

    assert run_check(checker(works), lambda: None)[0] is True
    assert run_check(checker(works), plain)[0] is False
