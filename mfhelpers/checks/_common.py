"""What every exercise checker shares: call the student's code safely, name what is wrong."""

import functools
import signal
import threading
from contextlib import contextmanager

import numpy as np

SECONDS_ALLOWED = 5


class Wrong(Exception):
    """A mistake that was recognised; its message is the hint the student reads."""


def checker(check):
    """Turn a check that raises Wrong, or returns a word of praise, into one that prints a line.

    Args:
        check: function of what the student wrote. Raises Wrong(hint) on a mistake and
            returns the message to print when the answer is right.

    Returns:
        The function that pages call: prints one line and returns True or False. It never
        raises on a student's mistake, whatever that is.
    """

    @functools.wraps(check)
    def run(*answers, **named_answers):
        try:
            with np.errstate(all="ignore"), _time_limit():
                praise = check(*answers, **named_answers)
        except Wrong as hint:
            print(f"Not yet: {hint}")
            return False
        except TimeoutError:
            print(
                f"Not yet: your code ran for {SECONDS_ALLOWED} seconds without an end. "
                "Is there a loop that never stops?"
            )
            return False
        except Exception as error:
            print(f"Not yet: your answer could not be used ({_one_line(error)}).")
            return False
        print(f"Correct. {praise}")
        return True

    return run


def call(function, *arguments):
    """Return what the student's function makes of copies of the arguments.

    Raises:
        Wrong: it is not a function, stops with an error, returns None, or changes an array
            that it was given.
    """
    if not callable(function):
        raise Wrong(
            f"hand over the function itself, its name without brackets, not {_describe(function)}."
        )
    copies = [np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments]
    try:
        result = function(*copies)
    except TimeoutError:
        raise
    except Exception as error:
        raise Wrong(f"your function stopped with {_one_line(error)}.") from None
    if result is None:
        raise Wrong("your function gave back None. Does it end with `return ...`?")
    for given, copy in zip(arguments, copies, strict=True):
        if isinstance(given, np.ndarray) and not np.array_equal(given, copy, equal_nan=True):
            raise Wrong(
                "your function changed an array that it was given. "
                "Make a new one instead of using `+=`, `-=` or `a[...] =` on it."
            )
    return result


def as_number(value, name="the result"):
    """Return value as a float.

    Raises:
        Wrong: value is anything but one finite number.
    """
    array = as_array(value, name)
    if array.size != 1:
        raise Wrong(f"{name} should be one number, yours has shape {array.shape}.")
    return float(array.reshape(()))


def as_array(value, name="the result", shape=None):
    """Return value as a float array, of the given shape where one is given.

    Raises:
        Wrong: value is not made of finite numbers, or has another shape.
    """
    if value is None:
        raise Wrong(f"{name} is None: nothing has been filled in yet.")
    if value is Ellipsis:
        raise Wrong(f"{name} is still `...`: put your answer in its place.")
    if not isinstance(value, (int, float, list, tuple, np.ndarray, np.generic)) and not hasattr(
        value, "to_numpy"
    ):
        raise Wrong(f"{name} should be made of numbers, yours is {_describe(value)}.")
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{name} should be made of numbers, yours is {_describe(value)}.") from None
    if shape is not None and array.shape != shape:
        raise Wrong(f"{name} should have shape {shape}, yours has {array.shape}.")
    if not np.isfinite(array).all():
        raise Wrong(f"{name} has a NaN or an infinity in it.")
    return array


def same(a, b, tolerance=1e-9):
    """Whether two arrays or numbers agree in shape and, up to the tolerance, in value."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance)


def refuse(answer, *mistakes):
    """Raise the hint whose mistake gives exactly this answer.

    Args:
        answer: what the student's code gave.
        mistakes: tuples of a hint and one or more values that this mistake leads to.
    """
    for hint, *values in mistakes:
        if any(same(answer, value) for value in values):
            raise Wrong(hint)


def _describe(value):
    text = repr(value) if isinstance(value, (str, int, float, bool, dict)) else ""
    return f"a {type(value).__name__}" + (f" ({text[:40]})" if text else "")


def _one_line(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}".rstrip(": ")


@contextmanager
def _time_limit():
    """Stop endless code, where the system can (not on Windows, not outside the main thread)."""
    can_stop = hasattr(signal, "SIGALRM") and (
        threading.current_thread() is threading.main_thread()
    )
    if not can_stop:
        yield
        return

    def stop(signum, frame):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
