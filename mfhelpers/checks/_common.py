"""What every exercise checker shares: call the student's code safely, name what is wrong."""

import contextlib
import copy
import functools
import io
import numbers
import sys

import numpy as np
import pandas as pd

from mfhelpers.checks import _limit
from mfhelpers.checks._plain import in_plain_words, one_line, why_nothing


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
            # Redirected to where it goes anyway: so it goes there again when the alarm has met a
            # redirection inside before that could end.
            with np.errstate(all="ignore"), contextlib.redirect_stdout(sys.stdout):
                praise = _limit.limited(lambda: check(*answers, **named_answers))
        except Wrong as hint:
            print(f"Not yet: {hint}")
            return False
        except _limit.OutOfTime:
            print(
                f"Not yet: your code ran for {_limit.SECONDS_ALLOWED} seconds without an end. "
                "Is there a loop that never stops?"
            )
            return False
        except Exception as error:
            print(f"Not yet: your answer could not be used ({one_line(error)}).")
            return False
        print(f"Correct. {praise}")
        return True

    return run


def call(function, *arguments, quiet=False):
    """Return what the student's function makes of copies of the arguments.

    Args:
        function: what the student handed over.
        arguments: what to call it with; copied first.
        quiet: whether what the function prints is thrown away, for all calls but the first.

    Raises:
        Wrong: it is not a function, stops with an error (then the cause of Wrong), returns
            None, or changes an argument.
    """
    if not callable(function):
        raise Wrong(
            f"hand over the function itself, its name without brackets, not {describe(function)}."
        )
    copies = copy.deepcopy(arguments)
    printed = contextlib.redirect_stdout(io.StringIO()) if quiet else contextlib.nullcontext()
    try:
        with printed:
            result = function(*copies)
    except (Exception, SystemExit) as error:
        hint = in_plain_words(error, function, arguments)
        raise Wrong(f"your function stopped with {hint}") from error
    if result is None:
        raise Wrong(why_nothing(function))
    if not all(map(_unchanged, arguments, copies)):
        raise Wrong(
            "your function changed something that it was given. Make a new one instead of "
            "using `+=`, `-=`, `a[...] =`, `.pop()` or the like on it."
        )
    return result


def two_results(answer, hint):
    """Return the answer where it is a pair of results, else raise Wrong with the hint."""
    array = isinstance(answer, np.ndarray) and answer.ndim > 0
    if not (array or isinstance(answer, (tuple, list))) or len(answer) != 2:
        raise Wrong(hint)
    return answer


def as_number(value, name="the result"):
    """Return value as a float.

    Raises:
        Wrong: value is anything but one finite number.
    """
    array = as_array(value, name)
    if array.size != 1:
        raise Wrong(f"{name} should be one number, yours has shape {array.shape}.")
    return float(array.reshape(()))


def as_array(value, name="the result", shape=None, *, finite=True):
    """Return value as a float array, of the given shape where one is given.

    Raises:
        Wrong: value is not made of numbers, not of finite ones (unless finite is False), or
            has another shape.
    """
    if value is None:
        raise Wrong(f"{name} is None: nothing has been filled in yet.")
    if value is Ellipsis:
        raise Wrong(f"{name} is still `...`: put your answer in its place.")
    kinds = (numbers.Number, list, tuple, np.ndarray, np.generic)
    if not isinstance(value, kinds) and not hasattr(value, "to_numpy"):
        raise Wrong(f"{name} should be made of numbers, yours is {describe(value)}.")
    try:
        array = _floats(value)
    except (TypeError, ValueError, OverflowError):
        raise Wrong(f"{name} should be made of numbers, yours is {describe(value)}.") from None
    if shape is not None and array.shape != shape:
        raise Wrong(f"{name} should have shape {shape}, yours has {array.shape}.")
    if finite and not np.isfinite(array).all():
        raise Wrong(f"{name} has a NaN or an infinity in it.")
    return array


def _floats(value):
    """Return value as an array of floats; text that looks like a number is text all the same."""
    array = np.asarray(np.real_if_close(value))
    flat = array.ravel().tolist() if array.dtype.kind == "O" else ()
    if array.dtype.kind not in "biufO" or any(isinstance(one, str) for one in flat):
        raise TypeError(f"no numbers: {array.dtype}")
    return array.astype(float)


def same(a, b, tolerance=1e-6):
    """Whether two arrays or numbers agree in shape, NaNs and, up to the tolerance, in value.

    The tolerance is a share of the largest value of b, so that float32 and what an optimizer
    found pass; where b has whole numbers only, no neighbour of theirs passes, however large
    they are.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        return False
    known = b[np.isfinite(b)]
    allowed = tolerance * np.abs(known).max(initial=0) + 1e-12
    if (known == np.round(known)).all():
        allowed = min(allowed, 0.1)
    return np.allclose(a, b, rtol=0, atol=allowed, equal_nan=True)


def describe(value):
    """Return what a value is, in a few words: its type, and its text where that is short."""
    text = repr(value) if isinstance(value, (str, int, float, bool, dict)) else ""
    return f"a {type(value).__name__}" + (f" ({' '.join(text.split())[:40]})" if text else "")


def _unchanged(before, after):
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if isinstance(before, (pd.Series, pd.DataFrame)):
        return before.equals(after)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    if isinstance(before, dict):
        return list(before) == list(after) and _unchanged([*before.values()], [*after.values()])
    if isinstance(before, (numbers.Number, str, set)):
        return before == after or before != before  # NaN is not equal to itself
    return True
