"""Checkers of page 01: one cell of the predicted table, the holes filled, a row of one's own."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, checker
from mfhelpers.checks._exercise import exercise

# As many users as movies as factors: whatever is multiplied with whatever, the sizes fit, so
# that a wrong product gives a wrong number instead of an error.
_SQUARE = (
    np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 2.0], [0.25, 4.0, 1.5]]),
    np.array([[2.0, 1.0, 3.0], [0.5, 2.6, -0.6], [1.25, 0.75, 5.0]]),
)
_OBLONG = (
    np.array([[1.0, 2.0], [3.0, 0.5], [0.2, 4.0], [2.5, 1.5], [1.1, 0.7]]),
    np.array([[0.9, 0.1], [-0.3, 1.2], [1.7, 0.6], [0.4, 2.1]]),
)
_NEEDS_T = (
    "this multiplies P with Q as they are stored, (m, k) with (n, k). "
    "Which of the two needs the .T, so that the sizes next to each other are both k?"
)


def _more_factors(rng):
    """P and Q of any sizes, in one case of three with m = n = k."""
    m, n, k = rng.integers(3, 7, 3) if rng.random() < 2 / 3 else [rng.integers(3, 6)] * 3
    return rng.normal(0.5, 1.5, (m, k)), rng.normal(0.5, 1.5, (n, k))


# fmt: off
check_one_cell = exercise(
    "Check a function of (P, Q) → the first user's rating of the second movie.",
    solution=lambda P, Q: P[0] @ Q[1],
    gives="your prediction",
    cases=[_SQUARE, _OBLONG],
    more=_more_factors,
    steps=lambda P, Q: {
        "the first user's row": P[0], "the second movie's row": Q[1], "their products": P[0] * Q[1],
    },
    mistakes={
        "that is one number for each factor; a rating is one number: what is still to be done?":
            lambda P, Q: P[0] * Q[1],
        "rows are counted from 0 in Python: the first user is row 0, the second movie is row 1.":
            (lambda P, Q: P[1] @ Q[2], lambda P, Q: P[0] @ Q[2], lambda P, Q: P[1] @ Q[1],
             lambda P, Q: P[0] @ Q[0]),
        "users come first: you took the second user and the first movie.":
            lambda P, Q: P[1] @ Q[0],
        "you took a column, one factor of everybody: a user is a row of P, a movie a row of Q.":
            (lambda P, Q: P[:, 0] @ Q[:, 1], lambda P, Q: P[:, 0] @ Q[1]),
        "those are many predictions. Only one cell is asked for: first user, second movie.":
            (lambda P, Q: P @ Q.T, lambda P, Q: P[0] @ Q.T, lambda P, Q: P @ Q[1]),
        _NEEDS_T:
            (lambda P, Q: P @ Q, lambda P, Q: (P @ Q)[0], lambda P, Q: (P @ Q)[0, 1],
             lambda P, Q: P.T @ Q),
        "you added where a dot product multiplies. Multiply pair by pair, then add up.":
            (lambda P, Q: P[0] + Q[1], lambda P, Q: (P[0] + Q[1]).sum(),
             lambda P, Q: P[0].sum() * Q[1].sum()),
        "only one factor counts in yours: add up over all. Does a `return` end your loop early?":
            (lambda P, Q: P[0, 0] * Q[1, 0], lambda P, Q: P[0, -1] * Q[1, -1]),
        "this is made for one number of factors, but there may be more: multiply whole rows.":
            (lambda P, Q: sum(P[0, f] * Q[1, f] for f in (0, 1)),
             lambda P, Q: sum(P[0, f] * Q[1, f] for f in (0, 1, 2))),
    },
    fallback="A dot product multiplies two rows factor by factor, then adds up.",
    praise="One row of P, one row of Q, one number.",
)
# fmt: on


def _with_holes(P, Q, holes):
    """Return (R, P, Q): whole stars from 1 to 5, with NaN where holes are."""
    holes = np.array(holes, dtype=bool)
    stars = (np.arange(holes.size).reshape(holes.shape) * 3 + 4) % 5 + 1.0
    return np.where(holes, np.nan, stars), P, Q


def _more_holes(rng):
    P, Q = _more_factors(rng)
    m, n = len(P), len(Q)
    holes = rng.random((m, n)) < 0.5
    some = np.arange(max(m, n))
    holes[some % m, some % n] = False  # nobody is without a rating
    holes[0, 1] = True
    return _with_holes(P, Q, holes)


def _fill(fills):
    """A filling with something else than the prediction: a function of (R, P, Q)."""
    return lambda R, P, Q: np.where(np.isnan(R), fills(R, P, Q), R)


_SMALL = np.array([[1.0, 2.0], [3.0, -1.25]]), np.array([[0.5, 1.75], [2.5, 0.0]])
_MANY_HOLES = [[0, 0, 0, 0], [1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 0]]

# fmt: off
check_fill_holes = exercise(
    "Check a function of (R, P, Q) → R with its holes predicted.",
    solution=_fill(lambda R, P, Q: P @ Q.T),
    gives="the filled table",
    cases=[
        _with_holes(*_SMALL, [[0, 1], [1, 0]]),
        _with_holes(*_SQUARE, [[0, 1, 0], [1, 0, 0], [0, 0, 1]]),
        _with_holes(*_OBLONG, _MANY_HOLES),
    ],
    more=_more_holes,
    steps=lambda R, P, Q: {"np.isnan(R)": np.isnan(R), "the predictions P @ Q.T": P @ Q.T},
    mistakes={
        "you replaced known ratings. Keep what people said, fill only the holes.":
            lambda R, P, Q: P @ Q.T,
        "the holes are still there. Ask `np.isnan(R)` where they are. (`R == np.nan` would not "
        "find them: it is never true.)":
            lambda R, P, Q: R,
        "the holes are still NaN, and known ratings are gone. Which branch of np.where is taken "
        "where `np.isnan(R)` is True?":
            lambda R, P, Q: np.where(np.isnan(R), R, P @ Q.T),
        "every cell became NaN: a number plus or times NaN is NaN. Try np.where.":
            lambda R, P, Q: R * np.nan,
        "you wrote 0 into the holes. A blank is no opinion, it is not a zero: use the prediction.":
            _fill(lambda R, P, Q: 0),
        "you filled the holes with a mean of the ratings. Use the prediction of each cell.":
            (_fill(lambda R, P, Q: np.nanmean(R)), _fill(lambda R, P, Q: np.nanmean(R, axis=0)),
             _fill(lambda R, P, Q: np.nanmean(R, axis=1, keepdims=True))),
        _NEEDS_T:
            (_fill(lambda R, P, Q: P @ Q), _fill(lambda R, P, Q: P.T @ Q), lambda R, P, Q: P @ Q),
        "users and movies are swapped: the rows of your prediction are movies. Users come first.":
            (_fill(lambda R, P, Q: Q @ P.T), lambda R, P, Q: Q @ P.T),
        "you added the prediction to the ratings. A known rating stays as it is.":
            (lambda R, P, Q: np.nan_to_num(R) + P @ Q.T, lambda R, P, Q: R + P @ Q.T),
        "the other way round: you kept the holes and threw the known ratings away.":
            (lambda R, P, Q: np.where(np.isnan(R), 0, P @ Q.T),
             lambda R, P, Q: np.where(np.isnan(R), P @ Q.T, 0),
             lambda R, P, Q: np.where(np.isnan(R), P @ Q.T, np.nan)),
        "those are the predictions of the holes alone, in one row. The whole table is asked for.":
            lambda R, P, Q: (P @ Q.T)[np.isnan(R)],
        "only the first row is filled. Does a `return` end your loop too early?":
            lambda R, P, Q: np.vstack([np.where(np.isnan(R), P @ Q.T, R)[:1], R[1:]]),
    },
    fallback="A cell with a rating keeps it, a hole gets the same cell of P @ Q.T.",
    praise="Known ratings are kept, only the holes are predicted.",
)
# fmt: on


# ---------------------------------------------------------------- 3: a row of one's own

# The page's toy; a test holds the two equal.
_MOVIES = ("Star Raid", "Iron Chase", "Tender June", "Oops Again")
_O = np.nan
_RATINGS = np.array([[5, 5, 1, _O], [4, _O, 1, 1], [1, 2, 5, _O], [_O, _O, 4, 4], [3, 3, _O, 3]])


def _fit_toy(table, k=2, regularization=0.1, n_epochs=300, learning_rate=0.03, seed=10):
    """The page's loop, for the student's own row."""
    table = np.asarray(table, dtype=float)
    rng = np.random.default_rng(seed)
    P = rng.normal(0, 0.1, (table.shape[0], k))
    Q = rng.normal(0, 0.1, (table.shape[1], k))
    for _ in range(n_epochs):
        for u, i in np.argwhere(~np.isnan(table)):
            error = table[u, i] - P[u] @ Q[i]
            P[u] += learning_rate * (error * Q[i] - regularization * P[u])
            Q[i] += learning_rate * (error * P[u] - regularization * Q[i])
    return P, Q


class _QuickFit:
    """Stands in for fit_toy in the cases: all seen cells at once, so that many cases are quick."""

    def __call__(self, table, k=2, **_):
        table = np.asarray(table, dtype=float)
        rng = np.random.default_rng(len(table))
        P = rng.normal(0.8, 0.4, (table.shape[0], k))
        Q = rng.normal(0.8, 0.4, (table.shape[1], k))
        for _ in range(15):
            errors = np.nan_to_num(table - P @ Q.T)
            P, Q = P + 0.03 * (errors @ Q - 0.1 * P), Q + 0.03 * (errors.T @ P - 0.1 * Q)
        return P, Q

    def __repr__(self):
        return "fit_toy"  # as hints call it


def _case(table, stars):
    return np.array(table, dtype=float), np.array(stars, dtype=float), _QuickFit()


def _more_rows(rng):
    m, n = rng.integers(3, 6, 2) if rng.random() < 2 / 3 else [rng.integers(3, 6)] * 2
    table = rng.integers(1, 6, (m + 1, n)).astype(float)
    table[rng.random(table.shape) < 0.3] = np.nan
    table[-1, :3] = rng.permutation([2.0, 4.0, np.nan])  # two stars at least, and a hole
    return _case(table[:-1], table[-1])


def _fitted_row(table_of, row=-1):
    """The last predicted row after fitting another table, a function of (ratings, my_stars)."""

    def row_of(ratings, my_stars, fit):
        P, Q = fit(table_of(ratings, my_stars))
        return P[row] @ Q.T

    return row_of


def _stacked(ratings, my_stars):
    return np.vstack([ratings, my_stars])


def _of_fit(result):
    """What else can be made of the right fit: result is a function of (P, Q, my_stars)."""
    return lambda ratings, my_stars, fit: result(*fit(_stacked(ratings, my_stars)), my_stars)


# fmt: off
_ROW = exercise(
    "Check a function of (ratings, my_stars, fit) → the predicted row of a person who is added.",
    solution=_fitted_row(_stacked),
    gives="your row of predictions",
    cases=[
        _case([[5, _O, 1], [_O, 2, 4]], [4, 3, _O]),
        _case([[5, 1], [1, _O], [_O, 4]], [4, _O]),  # as many movies as factors
        _case([[5, 5, 1, _O], [4, _O, 1, 1], [1, 2, 5, _O], [_O, _O, 4, 4]], [_O, 2, _O, 5]),
    ],
    more=_more_rows,
    steps=lambda ratings, my_stars, fit: {
        "the table to fit": _stacked(ratings, my_stars),
        "the last row of P": fit(_stacked(ratings, my_stars))[0][-1],
    },
    mistakes={
        "your row is not in the table that is fitted: stack it below with np.vstack, then fit.":
            _fitted_row(lambda R, mine: R),
        "that is the first user's row. Yours is the last one.":
            _fitted_row(_stacked, 0),
        "you put your row on top. Put it below the others, then it is row -1.":
            (_fitted_row(lambda R, mine: np.vstack([mine, R]), 0),
             _fitted_row(lambda R, mine: np.vstack([mine, R]))),
        "you fit your row alone. The others' ratings tell the movies apart: fit all rows together.":
            _fitted_row(lambda R, mine: mine[None]),
        "that is the whole table. Only your row is asked for.":
            _of_fit(lambda P, Q, mine: P @ Q.T),
        "those are your factors. A prediction is their dot product with a movie's row.":
            _of_fit(lambda P, Q, mine: P[-1]),
        _NEEDS_T:
            (_of_fit(lambda P, Q, mine: P[-1] @ Q), _of_fit(lambda P, Q, mine: P @ Q)),
        "predict all movies, also those that you rated: so you can compare.":
            (_of_fit(lambda P, Q, mine: (P[-1] @ Q.T)[np.isnan(mine)]),
             _of_fit(lambda P, Q, mine: np.where(np.isnan(mine), P[-1] @ Q.T, mine))),
        "you filled the holes before the fit. A blank is not a zero, nor a mean: leave it NaN.":
            (_fitted_row(lambda R, mine: np.nan_to_num(_stacked(R, mine))),
             _fitted_row(lambda R, mine: _stacked(R, np.nan_to_num(mine))),
             _fitted_row(lambda R, mine: np.nan_to_num(_stacked(R, mine), nan=np.nanmean(R))),
             _fitted_row(lambda R, mine: _stacked(R, np.nan_to_num(mine, nan=np.nanmean(mine))))),
    },
    fallback="Stack your row below the table, fit all of it, multiply your row of P with Q.T.",
    praise="Fitted with your row in the table.",
)
# fmt: on


@checker
def check_my_row(predict_my_row, my_stars=None):
    """Check a function of (ratings, my_stars, fit) → predicted row, and try it on own stars.

    my_stars: one entry for each movie of the toy, NaN where it is left open; None checks the
    function alone.
    """
    praise = _ROW.exercise.judge(predict_my_row)
    return praise if my_stars is None else f"{praise} {_told(predict_my_row, _own(my_stars))}"


check_my_row.exercise = _ROW.exercise


def _own(my_stars):
    """Return own stars as an array, or say why they are none."""
    stars = as_array(my_stars, "my_stars", (len(_MOVIES),), finite=False)
    known = stars[~np.isnan(stars)]
    if (known == 0).any():
        raise Wrong("a 0 in my_stars is no rating. A movie that you leave open is np.nan.")
    if not ((known >= 1) & (known <= 5)).all():
        raise Wrong("the ratings in my_stars should lie between 1 and 5.")
    if len(known) < 2 or len(known) == len(stars):
        raise Wrong("rate two or three movies in my_stars, and leave at least one open (np.nan).")
    return stars


def _told(predict_my_row, stars):
    """Return what the page's loop says of the holes, and of each star when that one is hidden."""

    def predicted(stars):
        return predict_my_row(_RATINGS.copy(), stars.copy(), _fit_toy)

    holes, misses = [], []
    for place, (movie, star) in enumerate(zip(_MOVIES, stars, strict=True)):
        if np.isnan(star):
            holes.append(f"{movie} {predicted(stars)[place]:.1f}")
        else:
            hidden = np.where(np.arange(len(stars)) == place, np.nan, stars)
            misses.append(abs(predicted(hidden)[place] - star))
    return (
        f"Your holes: {', '.join(holes)}. With your own stars hidden, one at a time, the loop "
        f"misses them by {np.mean(misses):.1f} on average."
    )
