"""Checkers of page 06: the soft-threshold, the optimum under L2, a start that L1 leaves alive."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, call, checker
from mfhelpers.checks._exercise import exercise


def _soft(w, t):
    return w - np.clip(w, -t, t)


def _more_weights(rng):
    weights = rng.normal(0, 1, (2, 3) if rng.random() < 0.3 else 5)
    weights.flat[0] = 0.0
    weights.flat[1] *= 8
    return weights, rng.uniform(0.05, 1.5)


# fmt: off
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
        "this is the sign step: w = 0.03 and t = 0.1 give -0.07, on the other side of zero.":
            (lambda w, t: w - t * np.sign(w), lambda w, t: np.where(w > 0, w - t, w + t),
             lambda w, t: np.where(w < 0, w + t, w - t)),
        "small weights stay as they are: they end at zero.":
            lambda w, t: np.where(np.abs(w) <= t, w, w - t * np.sign(w)),
        "np.max takes the largest of all: np.maximum compares entry by entry.":
            lambda w, t: np.sign(w) * np.max(np.abs(w) - t, 0),
        "the survivors must shrink too: w = 0.75 and t = 0.1 should give 0.65.":
            (lambda w, t: np.where(np.abs(w) < t, 0, w),
             lambda w, t: np.where(np.abs(w) <= t, 0, w)),
        "the negative weights vanished: threshold the size, then give the sign back.":
            lambda w, t: np.maximum(w - t, 0),
        "all signs became positive: multiply the size by np.sign(w).":
            lambda w, t: np.maximum(np.abs(w) - t, 0),
        "you subtract t from negative weights too: both sides move towards zero.":
            (lambda w, t: w - t, lambda w, t: np.where(np.abs(w) <= t, 0, w - t)),
        "the weights grow: you move them away from zero. Which sign has the step?":
            (lambda w, t: w + t * np.sign(w),
             lambda w, t: np.where(np.abs(w) <= t, 0, w + t * np.sign(w))),
        "every weight lost a share of itself: that is L2. L1 takes the same amount from all.":
            (lambda w, t: w - t * w, lambda w, t: w / (1 + t)),
    },
    fallback="The size loses t, but not more than it has; the sign stays.",
    praise="What is smaller than t becomes exactly zero, the others lose t.",
)
# fmt: on

# fmt: off
check_l2_optimum = exercise(
    "Check a function of (a, lam) → the weight that minimises (w - a)²/2 + lam w²/2.",
    solution=lambda a, lam: a / (1 + lam),
    gives="your weight",
    cases=[(3.0, 0.6), (-0.7, 2.5), (0.4, 0.3), (9.0, 0.25)],
    more=lambda rng: (rng.normal(0, 4), rng.uniform(0.05, 8)),
    steps=lambda a, lam: {"the slope (w - a) + lam * w at your w must be 0, so (1 + lam) w": a},
    mistakes={
        "the 2 is gone: the ½ of the penalty cancels it, so the slope is lam * w.":
            (lambda a, lam: a / (1 + 2 * lam), lambda a, lam: a / (1 + lam / 2)),
        "is a bracket missing? It is a / (1 + lam).":
            lambda a, lam: a / 1 + lam,
        "that is the optimum under L1, the soft-threshold. L2's slope is lam * w, not lam.":
            _soft,
        "that is a - lam: L1's slope, and without a stop at zero. L2's slope is lam * w.":
            (lambda a, lam: a - lam, lambda a, lam: a - lam * np.sign(a)),
        "that is one step from w = a. At the lowest point the slope is lam * w of the *new* w.":
            lambda a, lam: a - lam * a,
        "multiplied where it should be divided: a penalty makes the weight smaller.":
            lambda a, lam: a * (1 + lam),
        "a sign slipped: bring lam * w to the side of w, it becomes (1 + lam) w.":
            (lambda a, lam: a / (1 - lam), lambda a, lam: a / (lam - 1)),
    },
    fallback="At the lowest point the slope (w - a) + lam * w is 0.",
    praise="A share of what the data ask for, and zero only when they ask for zero.",
)
# fmt: on

# A full table of stars, large enough that pushes of mixed signs cancel as on MovieLens.
_N_USERS, _N_MOVIES, _N_FACTORS = 240, 200, 10
_SURVIVES = 1.5  # predicting 0 has an RMSE near 3.7, predicting the mean one near 1.1


@checker
def check_start(start):
    """Check a function of (shape, rng) → start values that do not end at zero under L1."""
    stars = _stars()
    P, Q = (
        as_array(call(start, (n, _N_FACTORS), np.random.default_rng(seed)), "your start")
        for seed, n in enumerate((_N_USERS, _N_MOVIES))
    )
    for factors, n in ((P, _N_USERS), (Q, _N_MOVIES)):
        if factors.shape != (n, _N_FACTORS):
            raise Wrong(
                f"your start should have the shape that it is given, ({n}, {_N_FACTORS}); "
                f"it has {factors.shape}. Pass `shape` on."
            )
    rmse = _end(stars, P, Q)
    if not rmse < _SURVIVES:
        raise Wrong(_why_it_ends(stars, P, Q, rmse))
    if all(np.allclose(factors, factors[:, :1]) for factors in (P, Q)):
        raise Wrong(
            f"it survives, but its {_N_FACTORS} columns are the same and get the same pushes, so "
            "they stay the same for ever: one factor, many times. Make them differ a little."
        )
    return f"It survives, with an RMSE of {rmse:.2f}. Now try it on the page's ratings."


def _why_it_ends(stars, P, Q, rmse):
    """Return the hint for a start that ended at zero or ran away."""
    if not (P.any() and Q.any()):
        return "zero is the bottom of the dent: from there nothing moves."
    if not np.isfinite(rmse):
        return "so far out the first steps overshoot and the training runs away. Start closer to 0."
    if _end(stars, np.abs(P), np.abs(Q)) < _SURVIVES:
        return (
            "all predictions ended at 0. The same numbers without their signs survive: then all "
            "rows share a mean. With none a start must be larger."
        )
    if _end(stars, 5 * P, 5 * Q) < _SURVIVES:
        return (
            "all predictions ended at 0. Five times larger it would survive: this start lies "
            "inside the dent."
        )
    return (
        "all predictions ended at 0: this start is too small. Ten products should add up to about "
        "a mean rating."
    )


def _stars():
    rng = np.random.default_rng(0)
    scores = 3.6 + rng.normal(0, 0.4, (_N_USERS, 1)) + rng.normal(0, 0.6, _N_MOVIES)
    return np.clip(np.round(scores + rng.normal(0, 0.9, scores.shape)), 1, 5)


def _end(stars, P, Q, rate=0.0003, lam=0.5):
    """Return the RMSE after steps down the slope of all ratings, each with L1's own step."""
    for _ in range(120):
        error = stars - P @ Q.T
        P = _soft(P + rate * error @ Q, rate * lam * _N_MOVIES)
        Q = _soft(Q + rate * error.T @ P, rate * lam * _N_USERS)
    return np.sqrt(np.mean((stars - P @ Q.T) ** 2))
