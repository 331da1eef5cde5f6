"""An end for code that has none, whatever that code catches."""

import random
import signal
import threading
from contextlib import contextmanager

SECONDS_ALLOWED = 5
# Once time is up, so soon again: code that catches everything is met again until the signal
# arrives where nothing catches it. Of all orders of size, because a short wait finds the small
# gaps between two `try`, and a long one leaves a slow machine the time to get on.
SHORTEST_WAIT, LONGEST_WAIT = 1e-6, 1e-3


class OutOfTime(BaseException):
    """Time is up. No Exception, so that a student's `except Exception` does not catch it."""


def limited(work):
    """Return what work() returns, or raise OutOfTime after SECONDS_ALLOWED.

    Not on Windows and not outside the main thread, where the system has no such alarm: there
    work() runs for as long as it likes, until the kernel is interrupted.
    """
    can_stop = hasattr(signal, "setitimer") and (
        threading.current_thread() is threading.main_thread()
    )
    if not can_stop:
        return work()
    armed = True

    def stop(signum, frame):
        if armed:
            wait = SHORTEST_WAIT * (LONGEST_WAIT / SHORTEST_WAIT) ** random.random()
            signal.setitimer(signal.ITIMER_REAL, wait)
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
    try:
        return work()
    finally:
        armed = False  # first of all: from here on a late signal does nothing
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def paused():
    """Let the alarm's time stand still, for work that is not the student's."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    left, between = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, between)
