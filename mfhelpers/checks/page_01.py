"""Checkers of page 01: one cell of the predicted table, the holes filled, the largest k."""

import math

import numpy as np

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


def _first_products(P, Q, count):
    return sum(P[0, f] * Q[1, f] for f in range(count))


check_one_cell = exercise(
    "Check a function of (P, Q) → the first user's rating of the second movie.",
    solution=lambda P, Q: P[0] @ Q[1],
    gives="your prediction",
    cases=[_SQUARE, _OBLONG],
    more=_more_factors,
    steps=lambda P, Q: {
        "the first user's row": P[0],
        "the second movie's row": Q[1],
        "their products": P[0] * Q[1],
    },
    mistakes={
        "that is one number for each factor; a rating is one number. What is still to be done "
        "with them?": lambda P, Q: P[0] * Q[1],
        "rows are counted from 0 in Python: the first user is row 0, the second movie is row 1.": (
            lambda P, Q: P[1] @ Q[2]
        ),
        "users come first: you took the second user and the first movie.": (
            lambda P, Q: P[1] @ Q[0]
        ),
        "wrong movie: rows are counted from 0, so the second movie is row 1.": (
            lambda P, Q: P[0] @ Q[2],
            lambda P, Q: P[0] @ Q[0],
        ),
        "wrong user: rows are counted from 0, so the first user is row 0.": (
            lambda P, Q: P[1] @ Q[1]
        ),
        "you took a column: a column is one factor of everybody. A user is a row of P, a movie is "
        "a row of Q.": (
            lambda P, Q: P[:, 0] @ Q[:, 1],
            lambda P, Q: P[:, 0] @ Q[1],
        ),
        "those are many predictions. Only one cell is asked for: first user, second movie.": (
            lambda P, Q: P @ Q.T,
            lambda P, Q: P[0] @ Q.T,
            lambda P, Q: P @ Q[1],
            lambda P, Q: Q @ P.T,
        ),
        _NEEDS_T: (
            lambda P, Q: P @ Q,
            lambda P, Q: (P @ Q)[0],
            lambda P, Q: (P @ Q)[0, 1],
            lambda P, Q: P.T @ Q,
        ),
        "you added where a dot product multiplies. Multiply pair by pair, then add up.": (
            lambda P, Q: P[0] + Q[1],
            lambda P, Q: (P[0] + Q[1]).sum(),
            lambda P, Q: P[0].sum() * Q[1].sum(),
        ),
        "that is the mean of the products; a dot product is their sum.": (
            lambda P, Q: (P[0] * Q[1]).mean()
        ),
        "that is every factor of the user with every factor of the movie. In a dot product only "
        "equal factors meet.": lambda P, Q: np.outer(P[0], Q[1]),
        "only the first factor counts in yours: add up over all. (Does a `return` end your loop "
        "in its first round?)": lambda P, Q: P[0, 0] * Q[1, 0],
        "only the last factor counts in yours: add up over all, with `+=`.": (
            lambda P, Q: P[0, -1] * Q[1, -1]
        ),
        "a factor is left out: they too are counted from 0, and a range ends before its end.": (
            lambda P, Q: P[0, 1:] @ Q[1, 1:],
            lambda P, Q: P[0, :-1] @ Q[1, :-1],
        ),
        "this is made for one number of factors, and there may be more or fewer. Let the whole "
        "rows be multiplied.": (
            lambda P, Q: _first_products(P, Q, 3),
            lambda P, Q: _first_products(P, Q, 2),
            lambda P, Q: P[0, :3] @ Q[1, :3],
        ),
        "you go over as many factors as there are users or movies: `len(P)` counts rows. "
        "`P.shape[1]` is the number of factors.": (
            lambda P, Q: _first_products(P, Q, len(P)),
            lambda P, Q: _first_products(P, Q, len(Q)),
        ),
        "that is a number of P or Q as it stands. A prediction multiplies the two rows.": (
            lambda P, Q: P[0, 1],
            lambda P, Q: Q[1, 0],
            lambda P, Q: Q[0, 1],
        ),
    },
    fallback="A dot product multiplies two rows factor by factor, then adds up.",
    praise="One row of P, one row of Q, one number.",
)


def _with_holes(P, Q, holes):
    """Return (R, P, Q): whole stars from 1 to 5, with NaN where holes are."""
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


def _fill_only(some):
    """A filling of some holes: some is a function of (rows and columns of the holes, R)."""

    def filled(R, P, Q):
        result = R.copy()
        for user, movie in some(np.argwhere(np.isnan(R)), R):
            result[user, movie] = P[user] @ Q[movie]
        return result

    return filled


_SMALL = np.array([[1.0, 2.0], [3.0, -1.25]]), np.array([[0.5, 1.75], [2.5, 0.0]])
_FEW_HOLES = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]], dtype=bool)
_MANY_HOLES = np.array(
    [[0, 0, 0, 0], [1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 0]], dtype=bool
)

check_fill_holes = exercise(
    "Check a function of (R, P, Q) → R with its holes predicted.",
    solution=_fill(lambda R, P, Q: P @ Q.T),
    gives="the filled table",
    cases=[
        _with_holes(*_SMALL, np.array([[False, True], [True, False]])),
        _with_holes(*_SQUARE, _FEW_HOLES),
        _with_holes(*_OBLONG, _MANY_HOLES),
    ],
    more=_more_holes,
    steps=lambda R, P, Q: {"np.isnan(R)": np.isnan(R), "the predictions P @ Q.T": P @ Q.T},
    mistakes={
        "you replaced known ratings. Keep what people said, fill only the holes.": (
            lambda R, P, Q: P @ Q.T
        ),
        "the holes are still there. Ask `np.isnan(R)` where they are. (`R == np.nan` would not "
        "find them: it is never true.)": lambda R, P, Q: R,
        "the holes are still NaN, and known ratings are gone. Which branch of np.where is taken "
        "where `np.isnan(R)` is True?": lambda R, P, Q: np.where(np.isnan(R), R, P @ Q.T),
        "every cell became NaN: a number plus or times NaN is NaN. Try np.where.": (
            lambda R, P, Q: R * np.nan
        ),
        "you wrote 0 into the holes. A blank is no opinion, it is not a zero: use the "
        "prediction.": _fill(lambda R, P, Q: 0),
        "you filled the holes with a mean of the ratings. Use the prediction of each cell.": (
            _fill(lambda R, P, Q: np.nanmean(R)),
            _fill(lambda R, P, Q: np.nanmean(R, axis=1, keepdims=True)),
            _fill(lambda R, P, Q: np.nanmean(R, axis=0)),
        ),
        "you wrote one and the same number into all holes. Each has a prediction of its own, the "
        "same cell of P @ Q.T.": (
            _fill(lambda R, P, Q: P[0] @ Q[1]),
            _fill(lambda R, P, Q: (P @ Q.T).mean()),
        ),
        _NEEDS_T: (
            _fill(lambda R, P, Q: P @ Q),
            _fill(lambda R, P, Q: P.T @ Q),
            lambda R, P, Q: P @ Q,
        ),
        "users and movies are swapped: the rows of your prediction are movies. Users come first.": (
            _fill(lambda R, P, Q: Q @ P.T),
            lambda R, P, Q: Q @ P.T,
        ),
        "you added the prediction to the ratings. A known rating stays as it is.": (
            lambda R, P, Q: np.nan_to_num(R) + P @ Q.T,
            lambda R, P, Q: R + P @ Q.T,
        ),
        "the other way round: you kept the holes and threw the known ratings away.": (
            lambda R, P, Q: np.where(np.isnan(R), 0, P @ Q.T),
            lambda R, P, Q: np.where(np.isnan(R), P @ Q.T, 0),
            lambda R, P, Q: np.where(np.isnan(R), P @ Q.T, np.nan),
        ),
        "those are the predictions of the holes alone, in one row. The whole table is asked for.": (
            lambda R, P, Q: (P @ Q.T)[np.isnan(R)]
        ),
        "that only says where the holes are. Hand it to np.where, as the condition.": (
            lambda R, P, Q: np.isnan(R)
        ),
        "only one hole is filled. Does a `return` end your loop too early?": (
            _fill_only(lambda holes, R: holes[:1]),
            _fill_only(lambda holes, R: holes[-1:]),
        ),
        "only the first row is filled. Does a `return` end your loop too early?": (
            _fill_only(lambda holes, R: holes[holes[:, 0] == 0])
        ),
        "holes at the edge are left: rows and columns are counted from 0, and a range ends before "
        "its end.": (
            _fill_only(lambda holes, R: holes[(holes > 0).all(axis=1)]),
            _fill_only(lambda holes, R: holes[holes[:, 0] < len(R) - 1]),
            _fill_only(lambda holes, R: holes[(holes < np.array(R.shape) - 1).all(axis=1)]),
        ),
        "keep the predictions as they are: one may lie outside 1 to 5, or between two stars.": (
            _fill(lambda R, P, Q: np.clip(np.round(P @ Q.T), 1, 5))
        ),
    },
    fallback="A cell with a rating keeps it, a hole gets the same cell of P @ Q.T.",
    praise="Known ratings are kept, only the holes are predicted.",
)


def _over(count):
    """Two mistakes: the ratings shared among count(m, n), rounded down and not."""
    return (
        lambda m, n, ratings: ratings // count(m, n),
        lambda m, n, ratings: ratings / count(m, n),
    )


check_largest_k = exercise(
    "Check a function of (n_users, n_movies, n_ratings) → largest k that the ratings cover.",
    solution=lambda n_users, n_movies, n_ratings: n_ratings // (n_users + n_movies),
    gives="your k",
    cases=[
        (60, 40, 730),
        (600, 400, 6_980),
        (50, 30, 240),  # no rating is left over
        (70, 45, 99),  # not even k = 1
        (7, 4, 1_100),
        (6_035, 3_474, 160_000),
        (6_040, 3_706, 1_000_209),
    ],
    more=lambda rng: tuple(rng.integers(1, [900, 700, 90_000]).tolist()),
    steps=lambda n_users, n_movies, n_ratings: {
        "the numbers to learn for k = 1": n_users + n_movies,
        "n_ratings divided by that": n_ratings / (n_users + n_movies),
    },
    mistakes={
        "k is a whole number. Round down, with `//`.": (
            lambda m, n, ratings: ratings / (m + n),
            lambda m, n, ratings: round(ratings / (m + n), 1),
            lambda m, n, ratings: round(ratings / (m + n), 2),
        ),
        "one factor too many: (m + n) k would be more than the ratings. Round down.": (
            lambda m, n, ratings: ratings // (m + n) + 1,
            lambda m, n, ratings: math.ceil(ratings / (m + n)),
            lambda m, n, ratings: round(ratings / (m + n)),
        ),
        "one factor too few: exactly as many numbers as ratings is allowed.": (
            lambda m, n, ratings: ratings // (m + n) - 1,
            lambda m, n, ratings: (ratings - 1) // (m + n),
        ),
        "you divided by all m × n cells. What is learned is k numbers a user and k numbers a "
        "movie.": _over(lambda m, n: m * n),
        "that is where P and Q grow as large as the whole table. Here the *ratings* are the "
        "limit, not the cells.": (
            lambda m, n, ratings: m * n // (m + n),
            lambda m, n, ratings: m * n / (m + n),
        ),
        "you counted the users alone. Each movie has k numbers too.": _over(lambda m, n: m),
        "you counted the movies alone. Each user has k numbers too.": _over(lambda m, n: n),
        "P and Q *together* hold at most as many numbers as there are ratings: (m + n) k.": (
            lambda m, n, ratings: min(ratings // m, ratings // n),
            lambda m, n, ratings: ratings // m + ratings // n,
        ),
        "brackets are missing: a division comes before a sum. n_ratings // (... + ...).": (
            lambda m, n, ratings: ratings // m + n,
            lambda m, n, ratings: ratings / m + n,
        ),
        "upside down: it is the ratings that are divided.": (
            lambda m, n, ratings: (m + n) // ratings,
            lambda m, n, ratings: (m + n) / ratings,
        ),
        "that is how many numbers are learned. The k that belongs to it is asked for.": (
            lambda m, n, ratings: ratings // (m + n) * (m + n)
        ),
        "that is what is left over: `%` gives the rest of a division, `//` the whole part.": (
            lambda m, n, ratings: ratings % (m + n)
        ),
        "k may be 0: where there are fewer ratings than users and movies, not even k = 1 is "
        "covered.": lambda m, n, ratings: max(1, ratings // (m + n)),
        "you cut k off at 100 or at the size of the table. Only the ratings are a limit here.": (
            lambda m, n, ratings: min(100, ratings // (m + n)),
            lambda m, n, ratings: min(m, n, ratings // (m + n)),
        ),
        "you subtract where you should divide: (m + n) k is at most the number of ratings.": (
            lambda m, n, ratings: ratings - (m + n)
        ),
    },
    fallback="Each user and each movie has k numbers: (m + n) k in all, at most as many as "
    "there are ratings.",
    praise="That many factors, and each number still has a rating of its own. For the sample with "
    f"its 160,000 training ratings k is {160_000 // (6_035 + 3_474)}.",
)
