"""Page 06's checkers: right answers pass, each usual mistake gets its own hint."""

import math

import numpy as np
import pytest

from mfhelpers import checks, penalties
from tests.checking import assert_passes, assert_refused
from tools.drawings import page_06

CHECKERS = [checks.check_soft_threshold, checks.check_l2_optimum, checks.check_steps_to_zero]


@pytest.mark.parametrize("check", CHECKERS[1:])
def test_a_nan_is_refused(check):
    assert_refused(check, lambda *_: np.nan, "NaN")


def by_loop(w, t):
    """Return the threshold of each weight in turn: slow, but right."""
    return [math.copysign(max(abs(one) - t, 0), one) for one in w.ravel()]


@pytest.mark.parametrize(
    "right",
    [
        lambda w, t: np.sign(w) * np.maximum(np.abs(w) - t, 0),
        lambda w, t: w - np.clip(w, -t, t),
        lambda w, t: np.where(np.abs(w) <= t, 0, w - t * np.sign(w)),
        lambda w, t: np.maximum(w - t, 0) - np.maximum(-w - t, 0),
        lambda w, t: np.reshape(by_loop(w, t), w.shape),
        penalties.l1_step,
    ],
)
def test_soft_threshold_passes(right):
    assert_passes(checks.check_soft_threshold, right)


def decides_once(w, t):
    if abs(w) <= t:
        return 0
    return w - t * np.sign(w)


def changes_its_argument(w, t):
    w -= np.clip(w, -t, t)
    return w


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda w, t: w - t * np.sign(w), "other side of zero"),
        (penalties.l1_sign_step, "other side of zero"),
        (lambda w, t: np.sign(w) * (np.abs(w) - t), "other side of zero"),
        (lambda w, t: np.where(np.abs(w) < t, 0, w), "survivors must shrink too"),
        (lambda w, t: np.where(np.abs(w) <= t, 0, w), "survivors must shrink too"),
        (lambda w, t: np.maximum(w - t, 0), "negative weights vanished"),
        (lambda w, t: np.maximum(np.abs(w) - t, 0), "all signs became positive"),
        (lambda w, t: w - t, "larger in size"),
        (lambda w, t: np.where(np.abs(w) <= t, 0, w - t), "larger in size"),
        (lambda w, t: w + t * np.sign(w), "away from zero"),
        (lambda w, t: np.clip(w, -t, t), "what is taken away"),
        (lambda w, t: np.sign(w) * np.maximum(t - np.abs(w), 0), "the other way round"),
        (lambda w, t: np.where(np.abs(w) > t, 0, w), "the other way round"),
        (lambda w, t: w - t * w, "that is L2"),
        (penalties.l2_step, "that is L2"),
        (lambda w, t: w / (1 + t), "that is L2"),
        (lambda w, t: np.sign(w), "the sign alone"),
        (lambda w, t: w, "no effect yet"),
        (lambda w, t: penalties.l1_step(w, 2 * t), "twice, or halved"),
        (lambda w, t: penalties.l1_step(w, 0.1), "typed in for t"),
        (lambda w, t: penalties.l1_step(w, t) + 0.001, "the sign stays"),
        (lambda w, t: penalties.l1_step(w, t)[:3], "shape"),
        (lambda w, t: by_loop(w, t)[0], "shape"),
        (decides_once, "every weight of the array needs its own"),
        (changes_its_argument, "changed an array"),
    ],
)
def test_soft_threshold_refuses(wrong, hint):
    assert_refused(checks.check_soft_threshold, wrong, hint)


@pytest.mark.parametrize("right", [lambda a, lam: a / (1 + lam), lambda a, lam: 1 / (1 + lam) * a])
def test_l2_optimum_passes(right):
    assert_passes(checks.check_l2_optimum, right)


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda a, lam: a / (1 + 2 * lam), "the ½ of the penalty cancels"),
        (lambda a, lam: float(penalties.l1_step(a, lam)), "optimum under L1"),
        (lambda a, lam: a - lam, "optimum under L1"),
        (lambda a, lam: a - lam * np.sign(a), "optimum under L1"),
        (lambda a, lam: a - lam * a, "one step from w = a"),
        (lambda a, lam: a * (1 + lam), "should be divided"),
        (lambda a, lam: a / lam, "data's part is missing"),
        (lambda a, lam: (1 + lam) / a, "upside down"),
        (lambda a, lam: 1 / (1 + lam), "upside down"),
        (lambda a, lam: a / (1 - lam), "a sign slipped"),
        (lambda a, lam: -a / (1 + lam), "a sign slipped"),
        (lambda a, lam: a, "data's wish alone"),
        (lambda a, lam: 0.0, "never gives exactly zero"),
        (lambda a, lam: 2.2, "where the slope"),
        (lambda a, lam: abs(a) / (1 + lam), "a sign slipped"),
        (lambda a, lam: 3.0 / (1 + lam), "where the slope"),
        (lambda a, lam: np.array([a, lam]), "one number"),
    ],
)
def test_l2_optimum_refuses(wrong, hint):
    assert_refused(checks.check_l2_optimum, wrong, hint)


def counted(w, step):
    steps = 0
    while w != 0:
        w, steps = penalties.l1_step(w, step), steps + 1
    return steps


@pytest.mark.parametrize(
    "right",
    [
        lambda w, step: math.ceil(abs(w) / step),
        lambda w, step: np.ceil(np.abs(w) / step),
        lambda w, step: -(-abs(w) // step),
        counted,
    ],
)
def test_steps_to_zero_passes(right):
    assert_passes(checks.check_steps_to_zero, right)


def never_arrives(w, step):
    steps = 0
    while w != 0:
        w, steps = penalties.l1_sign_step(w, step), steps + 1
    return steps


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda w, step: math.ceil(w / step), "a weight left of zero"),
        (lambda w, step: max(0, math.ceil(w / step)), "a weight left of zero"),
        (lambda w, step: abs(w) / step, "no part of a step"),
        (lambda w, step: int(abs(w) / step), "round up, not down"),
        (lambda w, step: abs(w) // step, "round up, not down"),
        (lambda w, step: round(abs(w) / step), "round up, not down"),
        (lambda w, step: int(abs(w) / step) + 1, "one too many"),
        (lambda w, step: math.ceil(step / abs(w)) if w else 0, "not the other way round"),
        (lambda w, step: abs(w) * step, "that multiplies"),
        (lambda w, step: 8, "the same amount"),
        (lambda w, step: math.ceil(abs(w) / step) or 1, "needs no step at all"),
        (lambda w, step: math.inf, "infinity"),
        (never_arrives, "a loop that never stops"),
    ],
)
def test_steps_to_zero_refuses(wrong, hint):
    assert_refused(checks.check_steps_to_zero, wrong, hint)


def test_the_drawn_rings_touch_the_diamond_at_a_corner_and_the_circle_beside_the_axis():
    slope = page_06.CURVATURE @ (np.array([1.0, 0.0]) - page_06.CENTRE)
    assert slope[0] < 0 and abs(slope[1]) < abs(slope[0])  # at the corner, L1 holds the second
    assert abs(slope[1]) > 0.1  # there, sliding along the circle still lowers the loss


def test_the_drawn_steps_are_those_of_the_package():
    steps = penalties.l2_step, penalties.l1_sign_step, penalties.l1_step
    for (*_, move), step in zip(page_06.ROWS.values(), steps, strict=True):
        for w in np.linspace(-1, 1, 41):
            assert move(w) == pytest.approx(step(w, page_06.STEP), abs=1e-12)
