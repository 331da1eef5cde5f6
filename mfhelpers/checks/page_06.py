"""Checkers of page 06: the soft-threshold, the optimum under L2, the steps to zero under L1."""

import math

import numpy as np

from mfhelpers.checks._exercise import exercise


def _soft(w, t):
    return w - np.clip(w, -t, t)


def _more_weights(rng):
    weights = rng.normal(0, 1, (2, 3) if rng.random() < 0.3 else 5)
    weights.flat[0] = 0.0
    weights.flat[1] *= 8
    return weights, rng.uniform(0.05, 1.5)


check_soft_threshold = exercise(
    "Check a function of (weights, t) → weights moved towards zero by t, at most to zero.",
    solution=_soft,
    gives="your array",
    cases=[
        (np.array([0.75, -0.75, 0.03, -0.03, 0.0]), 0.1),
        (np.array([0.5, -0.5, 0.2, -7.0]), 0.5),  # weights as large as t, one beyond 5
        (np.array([[3.0, -0.2], [0.6, -4.0]]), 1.0),
    ],
    more=_more_weights,
    steps=lambda w, t: {"the size": np.abs(w), "what is left of it": np.abs(_soft(w, t))},
    mistakes={
        "this is the sign step: w = 0.03 and t = 0.1 give -0.07, on the other side of zero. "
        "Where should it have stopped?": (
            lambda w, t: w - t * np.sign(w),
            lambda w, t: np.where(w > 0, w - t, w + t),
            lambda w, t: np.where(w < 0, w + t, w - t),
        ),
        "weights left of zero jump over it: they too stop there.": (
            lambda w, t: np.where(w > 0, np.maximum(w - t, 0), w + t)
        ),
        "small weights stay as they are: they end at zero.": (
            lambda w, t: np.where(np.abs(w) <= t, w, w - t * np.sign(w))
        ),
        "np.max takes the largest of all, its second argument is an axis: np.maximum compares "
        "entry by entry.": lambda w, t: np.sign(w) * np.max(np.abs(w) - t, 0),
        "the smaller one was taken where the larger one is meant: np.maximum.": (
            lambda w, t: np.sign(w) * np.minimum(np.abs(w) - t, 0)
        ),
        "small weights become zero, but the survivors must shrink too: w = 0.75 and t = 0.1 "
        "should give 0.65.": (
            lambda w, t: np.where(np.abs(w) < t, 0, w),
            lambda w, t: np.where(np.abs(w) <= t, 0, w),
        ),
        "the negative weights vanished: -0.75 should become -0.65. Threshold the size, then "
        "give the sign back.": lambda w, t: np.maximum(w - t, 0),
        "all signs became positive: multiply the size by np.sign(w).": (
            lambda w, t: np.maximum(np.abs(w) - t, 0)
        ),
        "you subtract t from negative weights too, which makes them larger in size. Both sides "
        "move towards zero.": (
            lambda w, t: w - t,
            lambda w, t: np.where(np.abs(w) <= t, 0, w - t),
        ),
        "the weights grow: you move them away from zero. Which sign has the step?": (
            lambda w, t: w + t * np.sign(w),
            lambda w, t: np.where(np.abs(w) <= t, 0, w + t * np.sign(w)),
        ),
        "that is what is taken away. What is left is w less that.": (
            lambda w, t: np.clip(w, -t, t),
            lambda w, t: t * np.sign(w),
        ),
        "the other way round: large weights became zero and small ones stay. Which is "
        "subtracted from which?": (
            lambda w, t: np.sign(w) * np.maximum(t - np.abs(w), 0),
            lambda w, t: np.where(np.abs(w) > t, 0, w),
        ),
        "every weight lost a share of itself: that is L2. L1 takes the same amount from all.": (
            lambda w, t: w - t * w,
            lambda w, t: w / (1 + t),
        ),
        "that is the sign alone. The size belongs to it.": (
            lambda w, t: np.sign(w),
            lambda w, t: np.sign(_soft(w, t)),
        ),
        "the weights are as they were: t has no effect yet.": lambda w, t: w,
        "t is taken twice. The size loses t, once.": lambda w, t: _soft(w, 2 * t),
        "t is halved. The size loses all of t.": lambda w, t: _soft(w, t / 2),
    },
    fallback="The size loses t, but not more than it has; the sign stays.",
    praise="What is smaller than t becomes exactly zero, the others lose t.",
)

check_l2_optimum = exercise(
    "Check a function of (a, lam) → the weight that minimises (w - a)²/2 + lam w²/2.",
    solution=lambda a, lam: a / (1 + lam),
    gives="your weight",
    cases=[(3.0, 0.6), (-0.7, 2.5), (0.4, 0.3), (9.0, 0.25)],
    more=lambda rng: (rng.normal(0, 4), rng.uniform(0.05, 8)),
    steps=lambda a, lam: {"the slope (w - a) + lam * w at your w must be 0, so (1 + lam) w": a},
    mistakes={
        "the 2 is gone: the ½ of the penalty cancels it, so the slope is lam * w.": (
            lambda a, lam: a / (1 + 2 * lam)
        ),
        "a 2 or a ½ is left in one of the slopes: they are (w - a) and lam * w.": (
            lambda a, lam: a / (1 + lam / 2)
        ),
        "is a bracket missing? It is a / (1 + lam).": (
            lambda a, lam: a / 1 + lam,
            lambda a, lam: 1 / 1 + lam * a,
        ),
        "that is what the penalty takes away from a. What is left?": (
            lambda a, lam: a - a / (1 + lam),
            lambda a, lam: lam * a,
        ),
        "that is the loss at the lowest point. The weight there was asked for.": (
            lambda a, lam: lam / (1 + lam) * a**2 / 2
        ),
        "that is the optimum under L1, the soft-threshold. L2's slope is lam * w, not lam.": _soft,
        "that is a - lam: L1's slope, and without a stop at zero. L2's slope is lam * w.": (
            lambda a, lam: a - lam,
            lambda a, lam: a - lam * np.sign(a),
        ),
        "that is one step from w = a, not the lowest point. There the slope is lam * w with the "
        "*new* w.": lambda a, lam: a - lam * a,
        "multiplied where it should be divided: a penalty makes the weight smaller.": (
            lambda a, lam: a * (1 + lam)
        ),
        "the data's part is missing: (1 + lam) w = a.": lambda a, lam: a / lam,
        "upside down: it is a that is divided.": (
            lambda a, lam: (1 + lam) / a,
            lambda a, lam: 1 / (1 + lam),
            lambda a, lam: lam / a,
        ),
        "a sign slipped: bring lam * w to the side of w, it becomes (1 + lam) w.": (
            lambda a, lam: a / (1 - lam),
            lambda a, lam: a / (lam - 1),
        ),
        "that is the data's wish alone. What does the penalty do to it?": lambda a, lam: a,
        "L2 never gives exactly zero while the data ask for something else.": lambda a, lam: 0.0,
        "lam comes squared into yours: the slope of lam w²/2 is lam * w.": (
            lambda a, lam: a / (1 + lam**2)
        ),
    },
    fallback="At the lowest point the slope (w - a) + lam * w is 0.",
    praise="A share of what the data ask for, and zero only when they ask for zero.",
)


def _more_ways(rng):
    """A way that is a whole number of steps, or more than that by a little, half, or nearly one."""
    step = 2.0 ** int(rng.integers(-4, 1))  # a power of two: no rounding decides the number
    return float(rng.integers(-10, 11) + rng.choice([0, 1, 2048, 4095]) / 4096) * step, step


check_steps_to_zero = exercise(
    "Check a function of (w, step) → number of L1 steps until the weight is exactly zero.",
    solution=lambda w, step: math.ceil(abs(w) / step),
    gives="your number of steps",
    cases=[(2.625, 0.25), (0.75, 0.25), (-1.625, 0.5), (0.125, 0.5), (0.0, 0.5), (-0.6875, 0.5)],
    more=_more_ways,
    steps=lambda w, step: {"the way |w|": abs(w), "whole steps in it": abs(w) // step},
    mistakes={
        "a weight left of zero has a way to go too: use its size, abs(w).": (
            lambda w, step: math.ceil(w / step),
            lambda w, step: max(0, math.ceil(w / step)),
        ),
        "there is no part of a step: round up, the last one is a short one.": (
            lambda w, step: abs(w) / step
        ),
        "the short last step is missing: round up, not down.": (
            lambda w, step: abs(w) // step,
            lambda w, step: round(abs(w) / step),
            lambda w, step: int(abs(w) / step + 0.5),
        ),
        "left of zero, rounding up makes the way shorter: take the size first, then round.": (
            lambda w, step: abs(math.ceil(w / step))
        ),
        "one too many: when the way is a whole number of steps, no short one follows.": (
            lambda w, step: abs(w) // step + 1
        ),
        "a weight that is zero already needs no step at all.": (
            lambda w, step: math.ceil(abs(w) / step) or 1
        ),
        "divide the way by the length of a step, not the other way round.": (
            lambda w, step: math.ceil(step / abs(w)),
            lambda w, step: step / abs(w),
            lambda w, step: np.ceil(step / np.abs(w)),  # no error at 0, but infinity
            lambda w, step: step / np.abs(w),
        ),
        "that is the short last step alone. How many steps are there?": (
            lambda w, step: abs(w) % step
        ),
        "that multiplies. How often does the step fit into the way?": (
            lambda w, step: abs(w) * step,
            lambda w, step: math.ceil(abs(w) * step),
        ),
    },
    fallback="Each step takes the same amount; the last one may be shorter.",
    praise="A fixed amount gets there in a fixed number of steps.",
)
