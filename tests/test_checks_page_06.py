"""Page 06's checkers: right answers in other words pass, some mistakes are written anew."""

import math

import numpy as np
import pytest

from mfhelpers import checks, penalties
from tools.drawings import page_06


def by_loop(w, t):
    """Return the threshold of each weight in turn: slow, but right."""
    return np.reshape([math.copysign(max(abs(one) - t, 0), one) for one in w.ravel()], w.shape)


def decides_once(w, t):
    if abs(w) <= t:
        return 0
    return w - t * np.sign(w)


def one_column(shape, rng):
    """Everybody alike in the first column, next to nothing in the others."""
    values = rng.normal(0, 0.01, shape)
    values[:, 0] = 1.9
    return values


def no_mean(shape, rng):
    """Numbers of one sign, less their mean."""
    values = np.abs(rng.normal(0, 0.5, shape))
    return values - values.mean(axis=0)


RIGHT = {
    checks.check_soft_threshold: [
        lambda w, t: np.where(abs(w) <= t, 0, w - t * np.sign(w)),
        lambda w, t: np.maximum(w - t, 0) - np.maximum(-w - t, 0),
        by_loop,
        penalties.l1_step,
    ],
    checks.check_l2_optimum: [lambda a, lam: 1 / (1 + lam) * a],
    checks.check_start: [
        lambda shape, rng: -rng.uniform(0, 1, shape),
        lambda shape, rng: rng.normal(0, 1, shape),
        lambda shape, rng: rng.normal(0.1, 0.5, shape),  # both signs, with a mean
        one_column,
    ],
}
WRONG = {
    checks.check_soft_threshold: [
        (penalties.l1_sign_step, "other side of zero"),
        (lambda w, t: np.where(abs(w) > t, w, 0.0), "must shrink too"),
        (lambda w, t: (w > t) * (w - t), "negative weights vanished"),
        (lambda w, t: (abs(w) - t).clip(0), "all signs became positive"),
        (lambda w, t: penalties.l1_step(w, 2 * t), "if `t` were twice as large"),
        (decides_once, "decide once"),
        (lambda w, t: np.sign(w) * np.max(abs(w) - t, 0), "entry by entry"),
    ],
    checks.check_l2_optimum: [
        (penalties.l1_step, "optimum under L1"),
        (lambda a, lam: a / (lam + lam + 1), "the ½ of the penalty"),
        (lambda a, lam: lam + a, "is a bracket missing"),
        (lambda a, lam: 2.2, "whatever it is given"),
        (lambda a, lam: np.array([a, lam]), "one number"),
    ],
    checks.check_start: [
        (lambda shape, rng: rng.normal(0, 0.1, shape), "start is too small"),
        (lambda shape, rng: rng.normal(0, 0.5, shape), "without their signs"),
        (no_mean, "rows share a mean. With none"),
        (lambda shape, rng: rng.uniform(0, 0.1, shape), "inside the dent"),
        (lambda shape, rng: np.zeros(shape), "bottom of the dent"),
        (lambda shape, rng: np.full(shape, 0.6), "columns are the same"),
        (lambda shape, rng: rng.normal(5, 1, shape), "runs away"),
        (lambda shape, rng: np.full(shape, np.nan), "NaN"),
    ],
}


def test_the_drawn_rings_touch_the_diamond_at_a_corner_and_the_circle_beside_the_axis():
    slope = page_06.CURVATURE @ (np.array([1.0, 0.0]) - page_06.CENTRE)
    assert slope[0] < 0 and abs(slope[1]) < abs(slope[0])  # at the corner, L1 holds the second
    assert abs(slope[1]) > 0.1  # there, sliding along the circle still lowers the loss


def test_the_drawn_steps_are_those_of_the_package():
    steps = penalties.l2_step, penalties.l1_sign_step, penalties.l1_step
    for (*_, move), step in zip(page_06.ROWS.values(), steps, strict=True):
        for w in np.linspace(-1, 1, 41):
            assert move(w) == pytest.approx(step(w, page_06.STEP), abs=1e-12)
