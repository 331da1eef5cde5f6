"""Page 06's checkers: right answers in other words pass, some mistakes are written anew."""

import math

import numpy as np
import pytest

from mfhelpers import checks, penalties
from tests.checking import assert_passes, assert_refused
from tools.drawings import page_06


def by_loop(w, t):
    """Return the threshold of each weight in turn: slow, but right."""
    return np.reshape([math.copysign(max(abs(one) - t, 0), one) for one in w.ravel()], w.shape)


def counted(w, step):
    steps = 0
    while w != 0:
        w, steps = penalties.l1_step(w, step), steps + 1
    return steps


def never_arrives(w, step):
    steps = 0
    while w != 0:
        w, steps = penalties.l1_sign_step(w, step), steps + 1
    return steps


def ends_too_early(w, step):
    steps = 0
    while w != 0:
        w, steps = penalties.l1_step(w, step), steps + 1
        return steps


def decides_once(w, t):
    if abs(w) <= t:
        return 0
    return w - t * np.sign(w)


RIGHT = [
    (checks.check_soft_threshold, lambda w, t: np.sign(w) * np.maximum(np.abs(w) - t, 0)),
    (checks.check_soft_threshold, lambda w, t: np.where(abs(w) <= t, 0, w - t * np.sign(w))),
    (checks.check_soft_threshold, lambda w, t: np.maximum(w - t, 0) - np.maximum(-w - t, 0)),
    (checks.check_soft_threshold, by_loop),
    (checks.check_soft_threshold, penalties.l1_step),
    (checks.check_l2_optimum, lambda a, lam: 1 / (1 + lam) * a),
    (checks.check_steps_to_zero, lambda w, step: np.ceil(np.abs(w) / step)),
    (checks.check_steps_to_zero, lambda w, step: -(-abs(w) // step)),
    (checks.check_steps_to_zero, counted),
]
WRONG = [
    (checks.check_soft_threshold, penalties.l1_sign_step, "other side of zero"),
    (checks.check_soft_threshold, lambda w, t: np.where(abs(w) > t, w, 0.0), "must shrink too"),
    (checks.check_soft_threshold, lambda w, t: (w > t) * (w - t), "negative weights vanished"),
    (checks.check_soft_threshold, lambda w, t: (abs(w) - t).clip(0), "all signs became positive"),
    (checks.check_soft_threshold, penalties.l2_step, "that is L2"),
    (checks.check_soft_threshold, lambda w, t: penalties.l1_step(w, 0.1), "something typed in"),
    (checks.check_soft_threshold, lambda w, t: penalties.l1_step(w, t)[:1], "should have shape"),
    (checks.check_soft_threshold, decides_once, "decide once"),
    (
        checks.check_soft_threshold,
        lambda w, t: np.sign(w) * np.max(abs(w) - t, 0),
        "entry by entry",
    ),
    (checks.check_soft_threshold, lambda w, t: t * (w > 0) - t * (w < 0), "what is taken away"),
    (checks.check_l2_optimum, penalties.l1_step, "optimum under L1"),
    (checks.check_l2_optimum, lambda a, lam: a - lam, "that is a - lam"),
    (checks.check_l2_optimum, lambda a, lam: a - a * lam, "one step from w = a"),
    (checks.check_l2_optimum, lambda a, lam: a / (lam + lam + 1), "the ½ of the penalty"),
    (checks.check_l2_optimum, lambda a, lam: lam + a, "is a bracket missing"),
    (checks.check_l2_optimum, lambda a, lam: 2.2, "whatever it is given"),
    (checks.check_l2_optimum, lambda a, lam: np.array([a, lam]), "one number"),
    (checks.check_steps_to_zero, lambda w, step: int(abs(w) / step), "round up, not down"),
    (checks.check_steps_to_zero, lambda w, step: int(abs(w) / step) + 1, "one too many"),
    (checks.check_steps_to_zero, lambda w, step: np.ceil(w / step), "a weight left of zero"),
    (checks.check_steps_to_zero, lambda w, step: abs(np.ceil(w / step)), "take the size first"),
    (checks.check_steps_to_zero, lambda w, step: int(abs(w) / step + 0.99), "right at first"),
    (checks.check_steps_to_zero, lambda w, step: step / np.abs(w), "not the other way round"),
    (checks.check_steps_to_zero, lambda w, step: math.inf, "infinity"),
    (checks.check_steps_to_zero, ends_too_early, "inside the loop"),
    (checks.check_steps_to_zero, never_arrives, "a loop that never stops"),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)


def test_the_drawn_rings_touch_the_diamond_at_a_corner_and_the_circle_beside_the_axis():
    slope = page_06.CURVATURE @ (np.array([1.0, 0.0]) - page_06.CENTRE)
    assert slope[0] < 0 and abs(slope[1]) < abs(slope[0])  # at the corner, L1 holds the second
    assert abs(slope[1]) > 0.1  # there, sliding along the circle still lowers the loss


def test_the_drawn_steps_are_those_of_the_package():
    steps = penalties.l2_step, penalties.l1_sign_step, penalties.l1_step
    for (*_, move), step in zip(page_06.ROWS.values(), steps, strict=True):
        for w in np.linspace(-1, 1, 41):
            assert move(w) == pytest.approx(step(w, page_06.STEP), abs=1e-12)
