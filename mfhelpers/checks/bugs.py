"""Checkers of the bug hunts, one each on pages 03, 05 and 06: a loop was broken on purpose."""

from functools import partial

import numpy as np

from mfhelpers.checks._exercise import exercise
from mfhelpers.penalties import l1_step


def _cases(rng, n_users=4, n_movies=5, k=2, n_ratings=12):
    """Draw users, movies, stars and start values for a training."""
    users, movies = rng.integers((n_users, n_movies), size=(n_ratings, 2)).T
    start = rng.normal(0, 0.6, (n_users, k)), rng.normal(0, 0.6, (n_movies, k))
    return users, movies, rng.integers(1, 6, n_ratings) + 0.5, *start


# ---------------------------------------------------------------- 03: the row of another movie


def _train(users, movies, ratings, P, Q, n_epochs, eta, lam,
           *, user_row=0, movie_row=0, order="moved", brakes=(1, 1), measured=""):  # fmt: skip
    """Page 03's loop; the rows may be those of neighbours, the statements in another order."""
    P, Q, curve = P.copy(), Q.copy(), []
    for _ in range(n_epochs):
        squares = []
        for u, i, r in zip(users - user_row, movies - movie_row, ratings, strict=True):
            error, p = r - P[u] @ Q[i], P[u].copy()
            P[u] += eta * (error * Q[i] - lam * brakes[0] * p)
            Q[i] += eta * (error * (P[u] if order == "moved" else p) - lam * brakes[1] * Q[i])
            squares.append((r - P[u] @ Q[i] if measured == "after" else error) ** 2)
        curve.append(np.sqrt(np.mean(squares)))
    return P, Q, np.array(curve)


check_bug_03 = exercise(
    "Check the mended train(users, movies, ratings, P, Q, n_epochs, eta, lam) → (P, Q, RMSEs).",
    solution=_train,
    gives=("P", "Q", "the RMSE of each epoch"),
    cases=[(*_cases(np.random.default_rng(3), 2, 3, 2, 4), 2, 0.1, 0.2)],
    more=lambda rng: (*_cases(rng), 2, rng.uniform(0.02, 0.1), rng.uniform(0.1, 0.9)),
    mistakes={
        "the bug is still there. The curve is right, the predictions are not, not even for "
        "ratings that the loop has learned from: which rows does it train, which does a "
        "prediction read?": partial(_train, movie_row=1),
        "the movie's row is right now, but the user's is another one's.":
            partial(_train, user_row=1),
        "the rows of both, the user's and the movie's, are other ones' now.":
            partial(_train, user_row=1, movie_row=1),
        "the rows are right, but you changed the update too: q's step should see the moved p.":
            partial(_train, order="old"),
        "the rows are right, but you took a brake away: leave the update as it was.":
            (partial(_train, brakes=(0, 0)), partial(_train, brakes=(1, 0)),
             partial(_train, brakes=(0, 1))),
        "the rows are right, but each error is measured after its update now.":
            partial(_train, measured="after"),
    },
    fallback="Change one place only: the loop is page 03's but for that.",
    praise="The loop trains the rows that a prediction reads.",
)  # fmt: skip


# ---------------------------------------------------------------- 05: the brake of the other row


def _update(p, q, rating, learning_rate, regularization, *, brake_p="p", brake_q="q", sign=1):
    """The simultaneous update; each row's brake may be taken from the other row, or from none."""
    rows = {"p": p, "q": q, "none": 0}
    error = rating - p @ q
    new_p = p + learning_rate * (error * q - sign * regularization * rows[brake_p])
    new_q = q + learning_rate * (error * p - sign * regularization * rows[brake_q])
    return new_p, new_q


def _more_updates(rng):
    p, q = rng.normal(0, 1.2, (2, rng.integers(2, 6)))
    return p, q, float(rng.integers(1, 6)), rng.uniform(0.01, 0.2), rng.uniform(0.1, 0.9)


check_bug_05 = exercise(
    "Check the mended update(p, q, rating, learning_rate, regularization) → (new p, new q).",
    solution=_update,
    gives=("the new p", "the new q"),
    cases=[(np.array([1.0, -0.5]), np.array([0.75, 2.0]), 4.0, 0.1, 0.5)],
    more=_more_updates,
    mistakes={
        "the bug is still there: q's half of the check keeps its gap at every learning rate. "
        "Choose a rating that the two rows predict exactly: the error is 0, and only the brakes "
        "are left. Where does q go?": partial(_update, brake_q="p"),
        "now both brakes are wrong: each row is pulled back by itself.":
            partial(_update, brake_p="q", brake_q="p"),
        "q's brake is right now, but p's is q: you changed the wrong line too.":
            partial(_update, brake_p="q"),
        "the wrong brake is gone, and so is the right one: what pulls q back?":
            partial(_update, brake_q="none"),
        "you took both brakes out; only one was wrong.":
            partial(_update, brake_p="none", brake_q="none"),
        "the brakes push now: their sign was right.": partial(_update, sign=-1),
    },
    fallback="Change one place only: the update is the simultaneous one but for that.",
    praise="The update passes the gradient check in both halves.",
)  # fmt: skip


# ---------------------------------------------------------------- 06: the push after the threshold


def _threshold_first(w, push, step):
    return l1_step(w, step) + push


def _train_l1(users, movies, stars, P, Q, rate, lam, n_epochs,
              *, p_step=lambda w, push, step: l1_step(w + push, step), q_step=None):  # fmt: skip
    """Page 06's loop with L1; what a step makes of a row, its push and η λ may be mistaken."""
    P, Q, q_step = P.copy(), Q.copy(), q_step or p_step
    for _ in range(n_epochs):
        for u, i, star in zip(users, movies, stars, strict=True):
            error = star - P[u] @ Q[i]
            P[u] = p_step(P[u], rate * error * Q[i], rate * lam)
            Q[i] = q_step(Q[i], rate * error * P[u], rate * lam)
    return P, Q


check_bug_06 = exercise(
    "Check the mended train_l1(users, movies, stars, P, Q, rate, lam, n_epochs) → (P, Q).",
    solution=_train_l1,
    gives=("P", "Q"),
    cases=[(*_cases(np.random.default_rng(6), 2, 3, 2, 4), 0.05, 2.0, 2)],
    more=lambda rng: (*_cases(rng), rng.uniform(0.02, 0.1), rng.uniform(0.5, 4), 2),
    mistakes={
        "the bug is still there. Count the zeros: a weight that was just set to zero is pushed "
        "off it again in the same visit. What comes first, the push or the threshold?":
            partial(_train_l1, p_step=_threshold_first),
        "one row is mended, the other one's push still comes after its threshold.":
            (partial(_train_l1, q_step=_threshold_first),
             partial(_train_l1, p_step=_threshold_first, q_step=lambda w, g, t: l1_step(w + g, t))),
        "the threshold is λ times the rate, as it was; yours is another one.":
            (partial(_train_l1, p_step=lambda w, g, t: l1_step(w + g, t / 2)),
             partial(_train_l1, p_step=lambda w, g, t: l1_step(w + g, 2 * t))),
        "that is the sign step: it jumps over zero. Stop there, as the loop did.":
            partial(_train_l1, p_step=lambda w, g, t: w + g - t * np.sign(w + g)),
        "the threshold stands before *and* after the push; once is enough.":
            partial(_train_l1, p_step=lambda w, g, t: l1_step(l1_step(w, t) + g, t)),
        "the threshold is gone: without it nothing becomes zero.":
            partial(_train_l1, p_step=lambda w, g, t: w + g),
    },
    fallback="Change the order of statements only: the loop is page 06's but for that.",
    praise="The push comes first, then the threshold, and zeros stay.",
)  # fmt: skip
