"""Checkers of page 03: one step, one epoch, and the rate at which training diverges."""

from functools import partial

import numpy as np

from mfhelpers.checks._common import Wrong, as_number, call, checker, two_results
from mfhelpers.checks._exercise import exercise, from_the_code
from mfhelpers.checks._plain import page_names
from mfhelpers.checks._rmse import WRONG_RMSES, rmse_of


def _error(rating, p, q):
    return rating - p @ q


def _move(w, e, o, a, b):
    """Where the row w goes: along the other row o, less the brake; a is η, b is λ."""
    return w + a * (e * o - b * w)


# fmt: off
WRONG_ORDERS = {
    "your step of q uses the new p where the old one was meant. Give the new row a new name "
    "(`new_p = ...`); neither `p = ...` nor `p = P[u]` keeps the old one.":
        ["moved"],
    "you moved q first, and your step of p uses the new q: give the new rows new names.":
        ["q first"],
    "you computed the error again after p had moved; here both steps use the first error.":
        ["again"],
}
# What students make of one row's move, in both rows or in one of them.
WRONG_MOVES = {
    "the error has the wrong sign: it must be rating minus prediction, or it grows.":
        [lambda w, e, o, a, b: w + a * (-e * o - b * w)],
    "the brake has the wrong sign: with an error of 0, should p grow?":
        [lambda w, e, o, a, b: w + a * (e * o + b * w)],
    "the brake is missing: where is regularization times the row itself?":
        [lambda w, e, o, a, b: w + a * e * o],
    "the brake is regularization times the row itself, not regularization alone.":
        [lambda w, e, o, a, b: w + a * (e * o - b)],
    "the brakes are swapped: p is pulled back by p, and q by q.":
        [lambda w, e, o, a, b: w + a * (e * o - b * o)],
    "the brake takes its share of the row before it moved: write both in one statement.":
        [lambda w, e, o, a, b: (w + a * e * o) * (1 - a * b)],
    "mind the brackets: the error multiplies the other row only, not the brake.":
        [lambda w, e, o, a, b: w + a * e * (o - b * w)],
    "the learning rate must multiply both the error's part and the brake: use a bracket.":
        [lambda w, e, o, a, b: w + a * e * o - b * w, lambda w, e, o, a, b: w + e * o - a * b * w],
    "the step is made of the error as it is: no 2, no square, no `abs`.":
        [lambda w, e, o, a, b: w + a * (2 * e * o - b * w),
         lambda w, e, o, a, b: w + a * (e**2 * o - b * w),
         lambda w, e, o, a, b: w + a * (abs(e) * o - b * w)],
    "each step should be made of the *other* row: error times q for p.":
        [lambda w, e, o, a, b: w + a * (e * w - b * w), lambda w, e, o, a, b: w + a * (e - b * w)],
    "a row stays as it was: nothing was learned there. Both rows take a step.":
        [lambda w, e, o, a, b: w],
}
PAIRS_OF_MOVES = {
    hint: [pair for m in moves for pair in ((m, m), (m, _move), (_move, m))]
    for hint, moves in WRONG_MOVES.items()
}
WRONG_ERRORS = {
    "the error is one number: the rating minus the dot product `p @ q`, not minus `p * q`.":
        [lambda r, p, q: r - p * q, lambda r, p, q: np.sum(r - p * q)],
    "the error is the rating *minus* the prediction: one of the two is missing.":
        [lambda r, p, q: r, lambda r, p, q: p @ q, lambda r, p, q: -(p @ q)],
    "take the prediction as it is: do not round it, and do not cut it off at 1 and 5.":
        [lambda r, p, q: r - np.clip(p @ q, 1, 5), lambda r, p, q: r - np.round(p @ q)],
}
# fmt: on


def _step(p, q, rating, learning_rate, regularization,
          *, order="old", error=_error, moves=(_move, _move)):  # fmt: skip
    """One step of both rows, with an order, an error and moves that may be mistaken."""
    (move_p, move_q), e, size = moves, error(rating, p, q), (learning_rate, regularization)
    if order == "q first":
        new_q = move_q(q, e, p, *size)
        return move_p(p, e, new_q, *size), new_q
    new_p = move_p(p, e, q, *size)
    e = error(rating, new_p, q) if order == "again" else e
    return new_p, move_q(q, e, p if order == "old" else new_p, *size)


def _wrong(answer, **tables):
    """Return {hint: functions}: answer(…, name=mistake) for each mistake of each table."""
    return {
        hint: tuple(partial(answer, **{name: mistake}) for mistake in mistakes)
        for name, table in tables.items()
        for hint, mistakes in table.items()
    }


def _more_steps(rng):
    p, q = rng.normal(0, 1.5, (2, rng.integers(2, 6)))
    return p, q, float(rng.integers(1, 6)), rng.uniform(0.02, 0.3), rng.uniform(0.05, 0.9)


check_simultaneous_step = exercise(
    "Check step(p, q, rating, learning_rate, regularization) → (new p, new q), from old values.",
    solution=_step,
    gives=("the new p", "the new q"),
    cases=[
        (np.array([1.0, 0.5, -0.3]), np.array([0.8, -1.2, 2.0]), 4.0, 0.1, 0.2),
        (np.array([1.5, 2.0]), np.array([2.5, 1.25]), 3.0, 0.05, 0.3),  # predicted 6.25
        (np.array([1.5, -2.0]), np.array([2.5, 1.0]), 1.75, 0.1, 0.3),  # no error
    ],
    more=_more_steps,
    steps=lambda p, q, r, a, b: {
        "the prediction": p @ q,
        "the error": r - p @ q,
        "the step of p": _step(p, q, r, a, b)[0] - p,
        "the step of q": _step(p, q, r, a, b)[1] - q,
    },
    mistakes=_wrong(_step, order=WRONG_ORDERS, moves=PAIRS_OF_MOVES, error=WRONG_ERRORS),
    fallback="Both rows move by η times (the error times the other row, less λ times the row).",
    praise="Both rows moved, and both steps saw the old values.",
)


def _epoch(rows, user_factors, movie_factors, learning_rate, regularization,
           *, measured="before", rmse=rmse_of, error=_error, order="moved", **step):  # fmt: skip
    """One epoch, with steps as in _step, and errors measured and summed up as one likes."""
    P, Q, before, after = user_factors.copy(), movie_factors.copy(), [], []
    for u, i, r in rows:
        before.append(error(r, P[u], Q[i]))
        P[u], Q[i] = _step(P[u], Q[i], r, learning_rate, regularization,
                           error=error, order=order, **step)  # fmt: skip
        after.append(error(r, P[u], Q[i]))
    errors = {
        "before": before,
        "after": after,
        "start": [error(r, user_factors[u], movie_factors[i]) for u, i, r in rows],
        "end": [error(r, P[u], Q[i]) for u, i, r in rows],
    }
    return P, Q, rmse(np.array(errors[measured]))


def _more_epochs(rng):
    n_users, n_movies, k, n_rows = rng.integers((2, 3, 2, 4), (4, 6, 5, 9))
    rows = rng.integers((0, 0, 1), (n_users, n_movies, 6), (n_rows, 3)).tolist()
    middle = rng.choice([0, 1.1])  # with 1.1, most predictions are too high
    P, Q = rng.normal(middle, 0.8, (n_users, k)), rng.normal(middle, 0.8, (n_movies, k))
    return [(u, i, float(r)) for u, i, r in rows], P, Q, rng.uniform(0.02, 0.2), rng.uniform(0.1, 1)


def _parts_of_an_epoch(rows, *rest):
    """The first two rows: their errors, and the factors after each."""
    told = {}
    for n, (user, movie, _) in enumerate(rows[:2], start=1):
        P, Q, told[f"the error of row {n}"] = _epoch(rows[:n], *rest, rmse=lambda e: e[-1])
        told[f"user {user} after row {n}"], told[f"movie {movie} after row {n}"] = P[user], Q[movie]
    return told


# fmt: off
WRONG_EPOCHS = {
    "the step of q should see the *moved* p here; yours saw the old one.":
        partial(_epoch, order="old"),
    "you moved the movie's row first; here p moves first, and the step of q sees it moved.":
        partial(_epoch, order="q first"),
    "you computed the error again after p had moved; keep the first one.":
        partial(_epoch, order="again"),
    "you read the start values in every row: predict from the copies that you move.":
        partial(_epoch, measured="start"),
    "only the last row was learned. Is the copy made inside the loop?":
        lambda rows, *rest: _epoch(rows[-1:], *rest),
    "user and movie are swapped: a row is (user, movie, rating).":
        lambda rows, *rest: _epoch([(i, u, r) for u, i, r in rows], *rest),
    **_wrong(_epoch, moves=PAIRS_OF_MOVES, error=WRONG_ERRORS, rmse=WRONG_RMSES),
    "you measured each error after its update, when the model had seen the answer.":
        partial(_epoch, measured="after"),
    "you measured all errors at the end of the epoch; note each one before its update.":
        partial(_epoch, measured="end"),
}

check_one_epoch = exercise(
    "Check one_epoch(rows, P, Q, learning_rate, regularization) → (P, Q, RMSE).",
    solution=_epoch,
    gives=("the new P", "the new Q", "the RMSE"),
    cases=[
        ([(0, 1, 4.0), (0, 0, 1.0)], np.array([[1.0, 0.5], [0.2, -0.4]]),
         np.array([[1.8, 1.1], [-0.6, 0.9]]), 0.1, 0.3),
        ([(0, 0, 2.5), (1, 1, 2.0), (0, 1, 5.0), (1, 0, 3.0), (1, 2, 1.0), (0, 0, 4.0)],
         np.array([[1.5, -0.5], [2.0, 1.5]]),
         np.array([[2.0, 1.0], [-0.6, 0.9], [2.0, 1.5]]), 0.05, 0.2),  # an exact hit, and 6.25
    ],
    more=_more_epochs,
    steps=_parts_of_an_epoch,
    mistakes=WRONG_EPOCHS,
    rows=("rows",),
    fallback="The RMSE is the root of the mean of the squared errors.",
    praise="That is the training loop. You wrote it.",
)
# fmt: on


# ---------------------------------------------------------------- 3: how fast is too fast

_CLOSE = 1.1  # how many times the smaller rate the larger one may be
_TRAININGS = [  # seed, users, movies, factors, ratings, epochs, regularization, q sees the moved p
    (0, 5, 4, 2, 20, 4, 0.1, True),
    (1, 8, 3, 3, 24, 5, 0.3, False),
    (2, 2, 9, 2, 24, 4, 0.0, True),
]


def _training(seed, n_users, n_movies, k, n_ratings, n_epochs, lam, moved):
    """Return a function of a learning rate that trains from the start: the RMSE by epoch."""
    rng = np.random.default_rng(seed)
    rows = list(zip(*(rng.integers(n, size=n_ratings) for n in (n_users, n_movies)), strict=True))
    stars = rng.integers(1, 6, n_ratings)
    start_P, start_Q = rng.uniform(0.2, 0.8, (n_users, k)), rng.uniform(0.2, 0.8, (n_movies, k))

    def run(rate):
        P, Q, rmse_per_epoch, rate = start_P.copy(), start_Q.copy(), [], float(rate)
        for _ in range(n_epochs):
            squares = 0.0
            for (u, i), r in zip(rows, stars, strict=True):
                e, old_p = r - P[u] @ Q[i], P[u].copy()
                squares += e * e
                P[u] += rate * (e * Q[i] - lam * old_p)
                Q[i] += rate * (e * (P[u] if moved else old_p) - lam * Q[i])
            rmse_per_epoch.append(float(np.sqrt(squares / n_ratings)))
        return rmse_per_epoch

    return run


@checker
def check_find_edge(find_edge):
    """Check a function of run(rate) → (a rate that learns, a little larger one that diverges)."""
    answers = []
    for number, settings in enumerate(_TRAININGS):
        run = _training(*settings)
        answers.append(_two_rates(call(find_edge, run, quiet=number > 0)))
        hint = _wrong_edge(run, *answers[-1])
        if hint and number and answers[-1] == answers[0]:
            hint = "your two rates are the same for every training: does your search call `run`?"
        if hint:
            data = page_names(find_edge)
            raise Wrong(from_the_code(find_edge, (run,)) if data else hint)
    return "Each of the trainings learns at your first rate and diverges at your second."


def _two_rates(answer):
    answer = two_results(
        answer, "give back two rates: one that learns, and a larger one that diverges."
    )
    rates = [as_number(r, name) for r, name in zip(answer, ("rate 1", "rate 2"), strict=True)]
    if min(rates) <= 0:
        raise Wrong(f"a learning rate is above zero; yours are {rates[0]:g} and {rates[1]:g}.")
    return rates


def _learns(rmse):
    return np.isfinite(rmse[-1]) and rmse[-1] <= rmse[0]


def _wrong_edge(run, learns, diverges):
    """Return what is wrong with the two rates for this training, or None."""
    first, second = run(learns), run(diverges)
    told = [f"the RMSE goes from {rmse[0]:.3g} to {rmse[-1]:.3g}" for rmse in (first, second)]
    if not _learns(first) and _learns(second):
        return "the other way round: first the rate that learns, then the one that diverges."
    if not _learns(first):
        blind = "" if np.isfinite(first[-1]) else (
            " Every comparison with NaN is False: ask `np.isfinite` as well."
        )  # fmt: skip
        return f"at your first rate, {learns:.4g}, training diverges: {told[0]}.{blind}"
    if _learns(second):
        return f"at your second rate, {diverges:.4g}, training still learns: {told[1]}. Go higher."
    if not learns < diverges <= _CLOSE * learns * (1 + 1e-9):
        return (
            f"right, but {learns:.4g} and {diverges:.4g} are far apart: the second should be above "
            "the first by a tenth of it at most. Look in between."
        )
    return None
