"""Checkers of page 08: a list, a new person, movies of one's own."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, checker, same
from mfhelpers.checks._exercise import exercise
from mfhelpers.checks._ridge import braked, more_systems, solve

# ---------------------------------------------------------------- the n best unseen movies


def _order(scores, seen=(), mask=-np.inf, sign=-1):
    """All codes, best first (sign=1: worst first), after the seen ones got the mask's score."""
    masked = np.array(scores, dtype=float)
    masked[np.asarray(seen, dtype=int)] = mask
    return np.argsort(sign * masked)


def _in_one_order(codes, scores, seen, n):
    """Return a list of codes in which movies of one score, and seen ones, go by their codes."""
    whole = np.round(codes)
    known = codes.ndim == 1 and same(codes, whole) and np.isin(whole, range(len(scores))).all()
    if not known or len(np.unique(whole)) < len(whole):
        return codes
    kinds = scores.copy()
    kinds[seen] = np.inf
    alike = {}
    for code, kind in enumerate(kinds.tolist()):
        alike.setdefault(kind, []).append(code)
    in_turn = {kind: iter(members) for kind, members in alike.items()}
    return np.array([next(in_turn[kind]) for kind in kinds[whole.astype(int)].tolist()])


def _look_for_an_order(result, scores, seen, n):
    """Only a long list shows it: argpartition sorts short ones by chance."""
    codes, right = as_array(result, "your list", finite=False), _order(scores, seen)[:n]
    mixed_up = n > 100 and same(np.sort(codes, axis=None), np.sort(right))
    if mixed_up and not same(codes, right) and not same(codes[::-1], right):
        raise Wrong(
            "the right movies in the wrong order. argpartition finds the best n but does not sort "
            "them: sort those n by score."
        )


def _more_scores(rng):
    """Scores of both signs, some with ties, but none between a seen and an unseen movie."""
    scores = rng.normal(-0.5, 2, rng.integers(9, 40))
    seen = rng.permutation(len(scores))[: rng.integers(2, len(scores) // 2)]
    if rng.random() < 0.3:
        scores = np.round(scores, 1) + 0.03  # no tie with a mask either
        scores[seen] += 0.05
    return scores, seen, int(rng.integers(2, len(scores) - len(seen)))


_RNG = np.random.default_rng(1)
_SCORES = np.array([-0.4, -2.0, -0.1, -3.0, -1.0, -0.2, -1.5, -0.9, -2.5, -0.3])

# fmt: off
# What students make of (scores, codes of the seen ones, n).
WRONG_LISTS = {
    "these are the *worst* ones: argsort sorts upwards. Sort `-scores`.":
        (lambda s, seen, n: _order(s, sign=1)[:n], lambda s, seen, n: _order(s, seen, sign=1)[:n],
         lambda s, seen, n: _order(s, seen, np.inf, sign=1)[:n]),
    "the seen ones are at the head: after the minus sign, -inf is best. Mask with +inf.":
        (lambda s, seen, n: _order(s, seen, np.inf)[:n],),
    "seen ones are still there. A score can be below 0, so 0 is no mask: use -inf.":
        (lambda s, seen, n: _order(s, seen, 0)[:n],),
    "seen ones are in the list: mask their scores with -inf before you sort.":
        (lambda s, seen, n: _order(s)[:n],),
    "these are places in the shortened array, whose codes are lost: mask, do not delete.":
        (lambda s, seen, n: _order(np.delete(s, seen))[:n],),
    "this is the worst of your list first: turn it round.":
        (lambda s, seen, n: _order(s, seen)[:n][::-1],),
    "you cut before you masked: fewer than n are left.":
        (lambda s, seen, n: [code for code in _order(s)[:n] if code not in seen],),
    "these are scores. The list should hold codes: argsort, not sort.":
        (lambda s, seen, n: s[_order(s, seen)[:n]],),
}

check_best_unseen = exercise(
    "Check best_unseen(scores, seen, n) → codes of the n best unseen movies, best first.",
    solution=lambda scores, seen, n: sorted(
        set(range(len(scores))) - set(seen.tolist()), key=lambda code: (-scores[code], code)
    )[:n],
    gives="your list",
    cases=[
        # All below zero, so that a mask of 0 shows. Two of the best n have been seen: who cuts
        # first is left with n - 2, and not with the best n - 1.
        (_SCORES, np.array([2, 8, 9]), 4),
        (np.array([3.5, 4.0, 4.5, 3.5, 4.75, 2.0, 3.5, 4.5]), np.array([4]), 4),  # ties
        # A seen one ties with one of the best; it is not among the first n of all, nor the last,
        # so that the order of that tie decides nothing.
        (np.array([5.0, 9.0, 2.0, 7.0, 8.0, 5.0, 1.0]), np.array([1, 4, 5]), 2),
        (np.array([3.5, 1.25, 4.0, 5.0]), np.array([0, 3]), 2),  # all unseen, down to the last
        (np.array([1.5, 4.25, 3.0, 2.75, 4.5]), np.array([1]), 1),
        (np.array([0.5, -1.0, 2.0, 0.0]), np.zeros(0, dtype=int), 2),
        # whatever number a mask is, some score is below it
        (-3 * 10.0 ** np.array([4, -1, 1, 12, 0, 2, 13, 5, 3, 7]), np.array([1]), 8),
        (_RNG.normal(3.5, 0.8, 1000), _RNG.permutation(1000)[:90], 300),
    ],
    more=_more_scores,
    look=_look_for_an_order,
    settle=_in_one_order,
    steps=lambda scores, seen, n: {
        "the unseen scores, sorted": np.sort(np.delete(scores, seen))[::-1],
    },
    mistakes={
        **WRONG_LISTS,
        "seen ones come back: some score is below any number you write. Is your mask -inf?":
            tuple(lambda s, seen, n, mask=mask: _order(s, seen, mask)[:n]
                  for mask in (-1, -10, -100, -1e3, -1e6, -1e9)),
    },
    fallback="Print the scores of your list beside all scores.",
    praise="Seen movies are out, the best come first.",
)
# fmt: on

# ---------------------------------------------------------------- a new person

TOTAL_ON_THE_PAGE = 3  # the page's own person has this brake in all, however many movies are rated


def _with_ones(Q, rated, stars, brake):
    """The factors, where the page's column of ones is left in the system."""
    return solve(np.column_stack([np.ones(len(rated)), Q[rated]]), stars, brake)[1:]


def _with_intercept(Q, rated, stars, brake):
    """The factors, where an intercept is fitted that no brake holds."""
    return solve(Q[rated] - Q[rated].mean(axis=0), stars - stars.mean(), brake)


def _blank_as_zero(Q, rated, stars, lam):
    filled = np.zeros(len(Q))
    filled[rated] = stars
    return solve(Q, filled, lam * len(rated))


def _look_at_a_person(result, Q, rated, stars, lam):
    """Say what another shape than (k,) comes from."""
    if isinstance(result, tuple) and np.ndim(result[0]) == 1:
        raise Wrong("give back the factors alone: this model has no bias.")
    k = Q.shape[1]
    hints = {
        (k + 1,): f"a person is k = {k} numbers here, and yours are k + 1: is a column of ones "
        "or an intercept left? This model has no bias.",
        (len(rated),): "that is one number a rating, so these are predictions, or the system is "
        "n×n. The person's factors are k numbers: rows.T @ rows is k×k.",
        (len(Q),): "that is one number a movie: predictions. Return the person's k factors.",
    }
    shape = as_array(result, "your factors", finite=False).shape
    if shape in hints:
        raise Wrong(hints[shape])


# fmt: off
check_new_person = exercise(
    "Check new_person(movie_factors, rated, stars, regularization) → factors, shape (k,).",
    solution=lambda movie_factors, rated, stars, regularization: solve(
        movie_factors[rated], stars, regularization * len(rated)
    ),
    gives="your factors",
    cases=[
        (np.array([[1, 0.2], [0.3, -0.8], [0.6, 1.1], [-0.4, 0.5], [0.9, 0.9], [-0.7, 0.1]]),
         np.array([3, 0, 5, 2]), np.array([2, 4, 1, 5]), 0.23),
    ],
    more=more_systems,
    look=_look_at_a_person,
    steps=lambda Q, rated, stars, lam: {
        "the rows of the rated movies": Q[rated], "the brake λ n_u": lam * len(rated),
        "rows.T @ rows with it on the diagonal":
            Q[rated].T @ Q[rated] + lam * len(rated) * np.eye(Q.shape[1]),
        "rows.T @ stars": Q[rated].T @ stars,
    },
    mistakes={
        "you kept the column of ones; this model has no bias.":
            (lambda Q, i, r, lam: _with_ones(Q, i, r, lam * len(i)),
             lambda Q, i, r, lam: _with_ones(Q, i, r, lam),
             lambda Q, i, r, lam: _with_ones(Q, i, r, TOTAL_ON_THE_PAGE)),
        "an intercept was fitted; this model has none: tell `Ridge` fit_intercept=False.":
            (lambda Q, i, r, lam: _with_intercept(Q, i, r, lam * len(i)),
             lambda Q, i, r, lam: _with_intercept(Q, i, r, lam),
             lambda Q, i, r, lam: _with_intercept(Q, i, r, 0)),
        "your brake is 3 in all, whoever rates: here it is lambda times how many were rated.":
            braked(lambda lam, n, m, k: TOTAL_ON_THE_PAGE),
        "the brake is lambda times how many movies were rated: lambda counts once a rating.":
            (braked(lambda lam, n, m, k: lam), braked(lambda lam, n, m, k: lam / n),
             braked(lambda lam, n, m, k: lam * k)),
        "the brake is missing: add lambda times n_u to the diagonal.":
            braked(lambda lam, n, m, k: 0),
        "you added the brake to every cell. Only the diagonal gets it: times `np.eye(k)`.":
            lambda Q, i, r, lam: np.linalg.solve(Q[i].T @ Q[i] + lam * len(i), Q[i].T @ r),
        "lambda times the number of *all* movies: only the rated ones count.":
            braked(lambda lam, n, m, k: lam * m),
        "all rows of Q are in your system. Blank is not zero: take the rated rows only.":
            _blank_as_zero,
        "the stars do not belong to these rows: take the rows in the order of `rated`.":
            (lambda Q, i, r, lam: solve(Q[np.sort(i)], r, lam * len(i)),
             lambda Q, i, r, lam: solve(Q[: len(i)], r, lam * len(i))),
        "you took the mean from the stars. A plain model predicts the stars themselves.":
            lambda Q, i, r, lam: solve(Q[i], r - r.mean(), lam * len(i)),
    },
    fallback="Write the system of the page down for these numbers, without the column of ones.",
    praise="One small system, and the person has a row.",
    rows=("rated", "stars"),
)
# fmt: on

# ---------------------------------------------------------------- movies of one's own

FEWEST_MOVIES = 5


def _table_scores(directions, watched):
    return directions[:, watched].sum(axis=1) @ directions


def _of_scores(made):
    """A list made of the table's scores, as a function of (directions, watched, n)."""
    return lambda d, watched, n: made(_table_scores(d, watched), watched, n)


def _look_at_codes(result, directions, watched, n):
    """Say what an array that is no list of codes comes from."""
    codes = as_array(result, "your list", finite=False)
    k, n_movies = directions.shape
    if codes.ndim == 2:
        raise Wrong(
            f"your list has shape {codes.shape}: one row a watched movie. Add the watched movies' "
            "columns up first: one person, one row of scores."
        )
    if codes.shape == (k,) and not same(codes, np.round(codes)):
        raise Wrong(
            f"that is k = {k} numbers, the row times the directions. One more product with "
            "`directions` makes a score for each movie of it."
        )


def _more_tables(rng):
    k, n_movies = int(rng.integers(2, 5)), int(rng.integers(14, 30))
    watched = rng.permutation(n_movies)[: rng.integers(5, 8)]
    n = int(rng.integers(5, 8))  # never k
    return rng.normal(0.1, 0.6, (k, n_movies)), watched, n


# fmt: off
_TABLE = exercise(
    "Check will_watch(directions, watched, n) → codes of n movies, best first.",
    solution=lambda directions, watched, n: (
        _order(_table_scores(directions, watched), watched)[:n]
    ),
    gives="your list",
    cases=[
        (np.array([[0.5, 0.1, 0.4, 0.3, 0.2, 0.6], [0.3, -0.5, 0.2, -0.4, 0.6, -0.1]]),
         np.array([4, 0]), 3),
    ],
    more=_more_tables,
    look=_look_at_codes,
    steps=lambda directions, watched, n: {
        "the sum of the watched columns": directions[:, watched].sum(axis=1),
        "times the directions, a score for each movie": _table_scores(directions, watched),
    },
    mistakes={
        **{hint: tuple(map(_of_scores, wrongs)) for hint, wrongs in WRONG_LISTS.items()},
        "only one watched movie counts: add the columns of all of them up.":
            (lambda d, w, n: _order(_table_scores(d, w[:1]), w)[:n],
             lambda d, w, n: _order(_table_scores(d, w[-1:]), w)[:n]),
        "these are not the watched movies: `watched` says which columns they are.":
            (lambda d, w, n: _order(_table_scores(d, np.arange(len(w))), w)[:n],
             lambda d, w, n: _order(d.sum(axis=0), w)[:n]),
    },
    fallback="Print the scores of your list beside all scores.",
    praise="Known by what you watched, not by stars.",
)
# fmt: on


@checker
def check_will_watch(will_watch, my_movies=None):
    """Check will_watch(directions, watched, n), and that movies of one's own are handed in."""
    praise = _TABLE.exercise.judge(will_watch)
    if my_movies is None:
        return praise
    codes = as_array(my_movies, "my_movies")
    if codes.size < FEWEST_MOVIES:
        fault = f"put the codes of at least {FEWEST_MOVIES} movies of your own into my_movies."
    elif codes.ndim != 1 or not same(codes, np.round(codes)) or codes.min() < 0:
        fault = "my_movies should hold codes, whole numbers from 0."
    elif len(np.unique(codes)) < len(codes):
        fault = "a movie stands in my_movies twice."
    else:
        return f"{praise} {len(codes)} movies of your own: look at your list."
    raise Wrong(f"the function is right. Now {fault}")


check_will_watch.exercise = _TABLE.exercise  # what holds for every table holds for this one
