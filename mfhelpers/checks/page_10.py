"""Checkers of page 10: reading Spark's RMSE, whole numbers for ids, one user's row."""

import numpy as np
import pandas as pd

from mfhelpers.checks._exercise import exercise
from mfhelpers.checks._rmse import rmse_of

# ---------------------------------------------------------------- what the RMSE leaves out


def _two_scores(rating, prediction, mean):
    known = ~np.isnan(prediction)
    return rmse_of((rating - prediction)[known]), rmse_of(
        rating - np.where(known, prediction, mean)
    )


def _filled_with(value):
    """Both RMSEs, where blanks are filled with another number: value(rating, prediction, mean)."""
    return lambda r, p, mean: (
        _two_scores(r, p, mean)[0],
        rmse_of(r - np.where(np.isnan(p), value(r, p, mean), p)),
    )


def _measured_by(measure):
    """Both RMSEs with another measure of the errors."""
    return lambda r, p, mean: (
        measure((r - p)[~np.isnan(p)]),
        measure(r - np.where(np.isnan(p), mean, p)),
    )


def _more_scores(rng):
    n = int(rng.integers(6, 15))
    rating, prediction = rng.integers(1, 6, n) * 1.0, rng.normal(3.5, 0.9, n)
    prediction[rng.permutation(n)[: rng.integers(1, 4)]] = np.nan
    return rating, prediction, rng.uniform(3.1, 4.1)


check_two_scores = exercise(
    "Check two_scores(rating, prediction, mean) → (RMSE without the NaN rows, RMSE of all rows).",
    solution=lambda rating, prediction, mean: _two_scores(rating, prediction, mean),
    gives=("the RMSE without the NaN rows", "the RMSE of all rows"),
    cases=[
        (np.array([4.0, 2, 5, 1]), np.array([3.6, 2.9, np.nan, 1.7]), 3.58),
        (np.array([3.0, 5, 4, 2, 4]), np.array([np.nan, 4.3, 3.9, np.nan, 4.6]), 3.7),
    ],
    more=_more_scores,
    steps=lambda rating, prediction, mean: {
        "the known errors": (rating - prediction)[~np.isnan(prediction)],
        "all errors": rating - np.where(np.isnan(prediction), mean, prediction),
    },
    mistakes={
        "a NaN got into the mean. NaN equals nothing, not even itself: find it with np.isnan.": (
            lambda r, p, mean: (rmse_of(r - p), _two_scores(r, p, mean)[1]),
            lambda r, p, mean: (rmse_of(r - p), rmse_of(r - p)),
            lambda r, p, mean: (_two_scores(r, p, mean)[0], rmse_of(r - p)),
        ),
        "you took a prediction of 0 for each NaN. Nobody predicted 0 stars.": (
            lambda r, p, mean: (rmse_of(r - np.nan_to_num(p)),) * 2,
            lambda r, p, mean: (rmse_of(r - np.nan_to_num(p)), _two_scores(r, p, mean)[1]),
            _filled_with(lambda r, p, mean: 0.0),
        ),
        "the rows without a prediction are left out of the sum, but still counted: divide by the "
        "number of rows that you kept.": lambda r, p, mean: (
            np.sqrt(np.nansum((r - p) ** 2) / len(r)),
            _two_scores(r, p, mean)[1],
        ),
        "both RMSEs leave the NaN rows out. In the second each NaN is replaced by `mean`.": (
            lambda r, p, mean: (_two_scores(r, p, mean)[0],) * 2
        ),
        "both RMSEs are of all rows. In the first the NaN rows are left out, as with "
        'coldStartStrategy="drop".': lambda r, p, mean: (_two_scores(r, p, mean)[1],) * 2,
        "fill with `mean`, the mean of the *training* ratings, which you are given.": (
            _filled_with(lambda r, p, mean: np.mean(r)),
            _filled_with(lambda r, p, mean: np.nanmean(p)),
            _filled_with(lambda r, p, mean: np.mean(r[~np.isnan(p)])),
        ),
        "a cold row is no perfect row: where Spark says NaN, the error is not 0.": (
            _filled_with(lambda r, p, mean: r)
        ),
        "that is the mean size of the errors (MAE): square, mean, root.": (
            _measured_by(lambda errors: np.mean(np.abs(errors)))
        ),
        "the root is missing.": _measured_by(lambda errors: np.mean(errors**2)),
        "that is the root of the sum: take the mean of the squares.": (
            _measured_by(lambda errors: np.sqrt(np.sum(errors**2)))
        ),
        "RMSEs cannot be averaged by rows: put all errors into one mean.": lambda r, p, mean: (
            _two_scores(r, p, mean)[0],
            np.average(
                [rmse_of((r - p)[~np.isnan(p)]), rmse_of((r - mean)[np.isnan(p)])],
                weights=[np.sum(~np.isnan(p)), np.sum(np.isnan(p))],
            ),
        ),
    },
    fallback="Print the rows that you kept, then their errors.",
    praise="The first RMSE says nothing of the cold rows; the second pays for them.",
)

# ---------------------------------------------------------------- whole numbers


def _codes(ids, known):
    place = {name: code for code, name in enumerate(known)}
    return [place.setdefault(name, len(place)) for name in ids]


def _each_new_one(number):
    """The known codes, where the new ids get number(how many were known, their place)."""

    def codes(ids, known):
        place = {name: code for code, name in enumerate(known)}
        new = [n for n in range(len(ids)) if ids[n] not in place]
        return [number(len(known), new.index(n)) if n in new else place[ids[n]]
                for n in range(len(ids))]  # fmt: skip

    return codes


def _sorted_codes(ids, known):
    new = sorted(set(ids) - set(known), key=int)
    return _codes(ids, [*known, *new])


def _more_ids(rng):
    pool = rng.permutation(np.arange(100, 999))[: int(rng.integers(7, 14))].astype(str).tolist()
    known = pool[: len(pool) - 3]
    ids = [*rng.choice(known, 3), pool[-1], pool[-2], pool[-1], *rng.choice(pool, 3)]
    ids = [str(one) for one in ids]
    new = [pool[-1], pool[-2]]
    if int(new[0]) < int(new[1]):  # in order of appearance, the larger one comes first
        ids = [{new[0]: new[1], new[1]: new[0]}.get(one, one) for one in ids]
    return ids, known


check_spark_codes = exercise(
    "Check spark_codes(ids, known) → a whole number for each id; known ones keep their code.",
    solution=lambda ids, known: _codes(ids, known),
    gives="your codes",
    cases=[
        (
            ["731", "905", "260", "905", "318"],
            ["260", "512", "731"],
        ),
    ],
    more=_more_ids,
    steps=lambda ids, known: {
        "the codes of the known ids": np.arange(len(known)),
        "the first new code": len(known),
    },
    mistakes={
        "you number this file anew, so that a code means another person than in training, and "
        "Spark answers for that one. Known ids keep their place in `known`.": (
            lambda ids, known: pd.factorize(np.array(ids))[0],
            lambda ids, known: np.unique(ids, return_inverse=True)[1],
        ),
        "you sort known and new ids together: the order of `known` is the order of the codes.": (
            lambda ids, known: _codes(ids, sorted({*ids, *known}, key=int))
        ),
        "int of an id is a whole number, but no code: the row of `known` in which it stands is.": (
            lambda ids, known: [int(one) for one in ids]
        ),
        "-1 is a number to Spark, too, and all new people would be one person. Number them on "
        "behind the known ones.": _each_new_one(lambda m, n: -1),
        "all new ids have one code here: they would be one person. Each new id gets the next "
        "number.": _each_new_one(lambda m, n: m),
        "a new id that comes again has its code already.": _each_new_one(lambda m, n: m + n),
        "new ids come in order of appearance; yours are sorted.": _sorted_codes,
        "codes count from 0: the row of `known`.": (
            lambda ids, known: np.array(_codes(ids, known)) + 1
        ),
        "new codes begin behind the last known one; yours leave a gap, or overlap.": (
            lambda ids, known: [c + (c >= len(known)) for c in _codes(ids, known)],
            lambda ids, known: [c - (c >= len(known)) for c in _codes(ids, known)],
        ),
        "rows are lost: a new id needs a code, too, one row for each id.": (
            lambda ids, known: [c for c in _codes(ids, known) if c < len(known)]
        ),
        "one code a row, not one an id: the result is as long as `ids`.": (
            lambda ids, known: _codes(list(dict.fromkeys(ids)), known)
        ),
    },
    fallback="A dict from id to code, made of `known`, then one more entry for each new id.",
    praise="Whoever is known keeps the row; a new one gets a code that Spark has never seen: NaN.",
)

# ---------------------------------------------------------------- one user's row


def _row(blanks=1, extra=1, target=None, brake=lambda reg, n: reg * n):
    """A user's row of the implicit model in which parts are left out or changed.

    Args:
        blanks: weight of all movies together, 1 on the page.
        extra: what is added to a star times alpha in the weight of a watched movie.
        target: function of (stars, alpha) → weight times target of a watched movie.
        brake: function of (reg, number of watched movies).
    """

    def row(movie_factors, watched, stars, alpha, reg):
        rows = movie_factors[watched]
        weight = alpha * stars + (extra - 1)
        wanted = 1 + alpha * stars if target is None else target(stars, alpha)
        system = blanks * movie_factors.T @ movie_factors + (rows * weight[:, None]).T @ rows
        system = system + brake(reg, len(watched)) * np.eye(rows.shape[1])
        return np.linalg.solve(system, rows.T @ wanted)

    return row


def _more_rows(rng):
    k, n = int(rng.integers(2, 4)), int(rng.integers(3, 6))
    Q = rng.normal(0.2, 0.8, (n + int(rng.integers(4, 9)), k))
    watched = rng.permutation(len(Q))[:n]
    return Q, watched, rng.integers(1, 6, n) * 1.0, rng.uniform(0.3, 3), rng.uniform(0.1, 0.6)


check_implicit_row = exercise(
    "Check implicit_row(movie_factors, watched, stars, alpha, reg) → one user's factors.",
    solution=_row(),
    gives="your row",
    cases=[
        (
            np.array([[1, 0.2], [0.3, -0.8], [0.6, 1.1], [-0.4, 0.5], [0.9, 0.9], [-0.7, 0.1]]),
            np.array([3, 0, 2]),
            np.array([2.0, 4, 5]),
            1.5,
            0.23,
        ),
    ],
    more=_more_rows,
    steps=lambda movie_factors, watched, stars, alpha, reg: {
        "the weights of the watched": 1 + alpha * stars,
        "Q.T @ Q": movie_factors.T @ movie_factors,
        "the brake": reg * len(watched),
    },
    mistakes={
        "λ counts once a rating in Spark, too: the brake is reg times the number of watched "
        "movies.": _row(brake=lambda reg, n: reg),
        "the brake is missing.": _row(brake=lambda reg, n: 0),
        "the brake counts *all* movies; Spark counts the watched ones.": (
            lambda Q, watched, stars, alpha, reg: _row(brake=lambda reg, n: reg * len(Q))(
                Q, watched, stars, alpha, reg
            )
        ),
        "the blanks are missing: without Q.T @ Q of all movies nothing says what was *not* "
        "watched.": (_row(blanks=0), _row(blanks=0, extra=2)),
        "a watched movie is counted 1 too often: Q.T @ Q holds it already with weight 1, so only "
        "alpha * stars is added.": _row(extra=2),
        "the weight is 1 + alpha * stars on the right side, too.": (
            _row(target=lambda stars, alpha: np.ones_like(stars)),
            _row(target=lambda stars, alpha: alpha * stars),
        ),
        "the stars are no target here. They are in the weight; the target is 1.": (
            _row(target=lambda stars, alpha: stars),
            _row(target=lambda stars, alpha: (1 + alpha * stars) * stars),
        ),
        "the weight grows with the stars: 1 + alpha * stars, not 1 + alpha.": (
            lambda Q, watched, stars, alpha, reg: _row()(
                Q, watched, np.ones_like(stars), alpha, reg
            )
        ),
        "this is Spark's model of stars, without implicitPrefs: no blanks, no weights.": (
            lambda Q, watched, stars, alpha, reg: np.linalg.solve(
                Q[watched].T @ Q[watched] + reg * len(watched) * np.eye(Q.shape[1]),
                Q[watched].T @ stars,
            )
        ),
        "there are no biases in Spark's model: take the stars as they are, not minus a mean.": (
            lambda Q, watched, stars, alpha, reg: _row()(
                Q, watched, stars - stars.mean(), alpha, reg
            )
        ),
        "`watched` are row numbers of Q in the order of the stars; keep that order.": (
            lambda Q, watched, stars, alpha, reg: _row()(Q, np.sort(watched), stars, alpha, reg)
        ),
    },
    fallback="Print the three parts of the k×k table one by one: blanks, watched, brake.",
    praise="That is how implicitPrefs solves each row: all movies count, the watched ones more.",
)
