"""Checkers of page 06: the soft-threshold, the optimum under L2, the steps to zero under L1."""

import math

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, refuse, same

_WEIGHTS = np.array([0.75, -0.75, 0.03, -0.03, 0.1, 0.0, 2.0, -1.25])
_T = 0.1


@checker
def check_soft_threshold(soft):
    """Check a function of (weights, t) → weights moved towards zero by t, at most to zero."""
    answer = _soft_answer(soft, _WEIGHTS, _T)
    _look_for_mistakes_in_soft(answer, _WEIGHTS, _T)
    if not same(answer, _soft(_WEIGHTS, _T)):
        place = int(np.argmax(~np.isclose(answer, _soft(_WEIGHTS, _T))))
        raise Wrong(
            f"for w = {_WEIGHTS[place]:g} and t = {_T:g} you get {answer[place]:g}. "
            "The size loses t, but not more than it has; the sign stays."
        )
    for weights, t in ((_WEIGHTS, 0.5), (np.array([[3.0, -0.2], [0.6, -4.0]]), 1.0)):
        if not same(_soft_answer(soft, weights, t), _soft(weights, t)):
            raise Wrong(f"right for t = {_T:g}, wrong for t = {t:g}. Is a number typed in for t?")
    return "What is smaller than t becomes exactly zero, the others lose t."


def _soft(weights, t):
    return weights - np.clip(weights, -t, t)


def _soft_answer(soft, weights, t):
    try:
        answer = call(soft, weights, t)
    except Wrong as hint:
        if "truth value of an array" in str(hint):
            raise Wrong(
                "`if` decides once, but every weight of the array needs its own decision: "
                "use np.maximum, np.where or np.clip."
            ) from None
        raise
    return as_array(answer, "your array", shape=weights.shape)


def _look_for_mistakes_in_soft(answer, w, t):
    sign, size = np.sign(w), np.abs(w)
    refuse(
        answer,
        (
            "this is the sign step: w = 0.03 and t = 0.1 give -0.07, on the other side of zero. "
            "Where should it have stopped?",
            w - t * sign,
        ),
        (
            "small weights become zero, but the survivors must shrink too: "
            "w = 0.75 and t = 0.1 should give 0.65.",
            np.where(size < t, 0, w),
            np.where(size <= t, 0, w),
        ),
        (
            "the negative weights vanished: -0.75 should become -0.65. "
            "Threshold the size, then give the sign back.",
            np.maximum(w - t, 0),
        ),
        ("all signs became positive: multiply the size by np.sign(w).", np.maximum(size - t, 0)),
        (
            "you subtract t from negative weights too, which makes them larger in size. "
            "Both sides move towards zero.",
            w - t,
            np.where(size <= t, 0, w - t),
        ),
        (
            "the weights grow: you move them away from zero. Which sign has the step?",
            w + t * sign,
            sign * (size + t),
        ),
        ("that is what is taken away. What is left is w less that.", np.clip(w, -t, t)),
        (
            "the other way round: large weights became zero and small ones stay. "
            "Which is subtracted from which?",
            sign * np.maximum(t - size, 0),
            np.where(size > t, 0, w),
        ),
        (
            "every weight lost a share of itself: that is L2. L1 takes the same amount from all.",
            w - t * w,
            w / (1 + t),
        ),
        ("that is the sign alone. The size belongs to it.", sign, sign * (size > t)),
        ("the weights are as they were: t has no effect yet.", w),
        (
            "t is taken twice, or halved. The size loses t, once.",
            _soft(w, 2 * t),
            _soft(w, t / 2),
        ),
    )


@checker
def check_l2_optimum(l2_optimum):
    """Check a function of (a, lam) → the weight that minimises (w - a)²/2 + lam w²/2."""
    for a, lam in ((3.0, 0.6), (-0.7, 2.5), (0.4, 0.3)):
        answer = as_number(call(l2_optimum, a, lam), "your weight")
        _look_for_mistakes_in_optimum(answer, a, lam)
        if not same(answer, a / (1 + lam)):
            slope = (answer - a) + lam * answer
            raise Wrong(
                f"for a = {a:g} and lam = {lam:g} you get {answer:.4g}, where the slope "
                f"(w - a) + lam * w is {slope:.3g} instead of 0."
            )
    return "A share of what the data ask for, and zero only when they ask for zero."


def _look_for_mistakes_in_optimum(answer, a, lam):
    if same(answer, a / (1 + lam)):
        return
    refuse(
        answer,
        ("the 2 is gone: the ½ of the penalty cancels it, so the slope is lam * w.",
         a / (1 + 2 * lam)),
        ("that is the optimum under L1, the soft-threshold. L2's slope is lam * w, not lam.",
         float(_soft(a, lam))),
        ("that is a - lam: L1's slope, and without a stop at zero. L2's slope is lam * w.",
         a - lam, a - lam * np.sign(a)),
        ("that is one step from w = a, not the lowest point. There the slope is lam * w with "
         "the *new* w.", a - lam * a),
        ("multiplied where it should be divided: a penalty makes the weight smaller.",
         a * (1 + lam)),
        ("the data's part is missing: (1 + lam) w = a.", a / lam),
        ("upside down: it is a that is divided.", (1 + lam) / a, 1 / (1 + lam), lam / a),
        ("a sign slipped: bring lam * w to the side of w, it becomes (1 + lam) w.",
         a / (1 - lam), a / (lam - 1), -a / (1 + lam)),
        ("that is the data's wish alone. What does the penalty do to it?", a),
        ("L2 never gives exactly zero while the data ask for something else.", 0.0),
    )  # fmt: skip


@checker
def check_steps_to_zero(steps_to_zero):
    """Check a function of (w, step) → number of L1 steps until the weight is exactly zero."""
    # Steps that are powers of two: no rounding decides about a whole number of steps.
    for w, step in ((2.625, 0.25), (0.75, 0.25), (-1.625, 0.5), (0.125, 0.5), (0.0, 0.5)):
        answer = as_number(call(steps_to_zero, w, step), "your number of steps")
        _look_for_mistakes_in_steps(answer, w, step)
        if answer != math.ceil(abs(w) / step):
            raise Wrong(
                f"from w = {w:g} in steps of {step:g} you count {answer:g}. "
                "Each step takes the same amount; the last one may be shorter."
            )
    return "A fixed amount gets there in a fixed number of steps."


def _look_for_mistakes_in_steps(answer, w, step):
    size = abs(w)
    right = math.ceil(size / step)
    if answer == right:
        return
    if w == 0:
        raise Wrong("a weight that is zero already needs no step at all.")
    if w < 0 and answer <= 0:
        raise Wrong("a weight left of zero has a way to go too: use its size, abs(w).")
    refuse(
        answer,
        ("there is no part of a step: round up, the last one is a short one.", size / step),
        ("the short last step is missing: round up, not down.", math.floor(size / step)),
        ("one too many: when the way is a whole number of steps, no short one follows.",
         math.floor(size / step) + 1),
        ("divide the way by the length of a step, not the other way round.",
         step / size, math.ceil(step / size), math.floor(step / size)),
        ("that multiplies. How often does the step fit into the way?",
         size * step, math.ceil(size * step)),
    )  # fmt: skip
