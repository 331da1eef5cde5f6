"""The checks of single arguments, and what they say: a number in its range, one of some choices."""

import numbers

import numpy as np


def check_number(value, name, *, whole=False, least=0, above=None):
    """Raise a ValueError that names the argument unless value is a number in its range."""
    kind = numbers.Integral if whole else numbers.Real
    good = isinstance(value, kind) and not isinstance(value, (bool, np.bool_))
    if good:
        finite = whole or np.isfinite(value)  # NumPy refuses whole numbers beyond 64 bits
        good = finite and (value > above if above is not None else value >= least)
    if not good:
        bound = f"above {above}" if above is not None else f"of at least {least}"
        raise ValueError(
            f"{name} must be a {'whole ' if whole else ''}number {bound}, not {value!r}"
        )


def check_choice(value, name, choices):
    """Raise a ValueError that names the argument unless value is one of the choices."""
    if not isinstance(value, (str, bool, np.bool_)) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, not {value!r}")
