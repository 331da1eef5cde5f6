"""What every training run shares: its random numbers, its validation set, and Ctrl-C."""

import signal
import sys
import threading
from contextlib import contextmanager

import numpy as np

from mfhelpers._codes import check_ratings


def check_validation(validation):
    """Return users, movies, ratings of a pair (X, y); a ValueError of it says validation."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise ValueError("validation must be a pair (X, y)")
    try:
        return check_ratings(*validation)
    except ValueError as error:
        raise ValueError(f"validation: {error}") from None


def generator(random_state):
    """Return the numpy Generator that a random_state asks for."""
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError):
        raise ValueError(
            f"random_state must be None, a whole number or a numpy Generator, not {random_state!r}"
        ) from None


@contextmanager
def one_more_round_on_ctrl_c():
    """Yield an Event that the first Ctrl-C sets; the second raises KeyboardInterrupt.

    In a fit that a library called the first one raises it.
    """
    pressed = threading.Event()
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or _called_by_a_library():  # signals reach the main thread alone
        yield pressed
        return

    def note(signum, frame):
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)


def say_stopped(kind, n, of):
    """Print how far a training got that Ctrl-C has ended."""
    print(f"Stopped by hand after {kind} {n} of {of}; what was learned until then is kept.")


def _called_by_a_library():
    """Whether scikit-learn or joblib stands among the callers, who are the only ones to know."""
    frame = sys._getframe()
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in ("sklearn", "joblib"):
            return True
        frame = frame.f_back
    return False
