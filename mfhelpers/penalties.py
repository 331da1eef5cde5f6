"""L1 and L2: value, slope, one step. Each works on a number or on every weight of an array.

Values and slopes are per weight and without lambda: `regularization * l2(w).sum()` is the
penalty of a whole array. The argument `step` of the steps is learning_rate * regularization.
"""

import numpy as np

from mfhelpers._numbers import check_number


def l1(w):
    """Return ``|w|`` for each weight, the L1 penalty (lasso, Tibshirani 1996).

    Args:
        w: weights, a number or an array of any shape.

    Returns:
        A number or an array like w.

    Raises:
        ValueError: w holds NaN, an infinity or something that is not a number.
    """
    return _like(w, np.abs(_weights(w)))


def l2(w):
    """Return w²/2 for each weight, the L2 penalty (ridge, Hoerl and Kennard 1970).

    The half is there so that the slope is w. Arguments, result and errors as for `l1`.
    """
    return _like(w, _weights(w) ** 2 / 2)


def l1_gradient(w):
    """Return sign(w) for each weight, the slope of L1; at 0, where L1 has a corner, 0.

    Arguments, result and errors as for `l1`.
    """
    return _like(w, np.sign(_weights(w)))


def l2_gradient(w):
    """Return w for each weight, the slope of L2. Arguments, result and errors as for `l1`."""
    return _like(w, _weights(w).copy())


def l1_step(w, step):
    """Return w moved towards zero by step, and stopped there: the soft-threshold of w.

    It is the minimiser over v of ``(v - w)²/2 + step * |v|``, the proximal step of L1 (Parikh
    and Boyd 2014, Proximal algorithms, section 6.5.2).

    Args:
        w: weights, a number or an array of any shape.
        step: learning_rate * regularization, a number of at least 0.

    Returns:
        A number or a new array like w; exactly 0 wherever ``|w| <= step``.

    Raises:
        ValueError: step is negative or not a finite number; w as for `l1`.
    """
    weights, step = _weights(w), _checked(step)
    return _like(w, weights - np.clip(weights, -step, step))


def l1_sign_step(w, step):
    """Return w - step * sign(w), the sub-gradient step of L1, which does not stop at zero.

    Arguments, result and errors as for `l1_step`.
    """
    weights, step = _weights(w), _checked(step)
    return _like(w, weights - step * np.sign(weights))


def l2_step(w, step):
    """Return w - step * w, a step down the slope of L2: each weight loses the same share.

    Arguments, result and errors as for `l1_step`. A step above 1 changes signs, above 2 it grows.
    """
    weights, step = _weights(w), _checked(step)
    return _like(w, weights - step * weights)


def _weights(w):
    """Return w as an array of floats; float32 stays float32."""
    try:
        weights = np.asarray(w)
        if weights.dtype.kind == "O":
            weights = weights.astype(float)
    except (TypeError, ValueError):
        raise ValueError(f"w must be a number or an array of numbers, not {w!r}") from None
    if weights.dtype.kind not in "iuf":
        raise ValueError(f"w must hold numbers, not {weights.dtype}")
    if weights.dtype.kind != "f":
        weights = weights.astype(float)
    if not np.isfinite(weights).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(weights))[0])
        at = f"w[{', '.join(map(str, place))}]" if place else "w"
        raise ValueError(f"w must hold finite numbers, but {at} is {weights[place]}")
    return weights


def _checked(step):
    """Return step as a float, which leaves float32 weights float32."""
    check_number(step, "step")
    return float(step)


def _like(w, result):
    """Return a plain number where w was one, else the array."""
    return float(result) if np.ndim(w) == 0 else result
