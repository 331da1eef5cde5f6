"""Checkers of page 04: RMSE before anything is learned, RMSE of a table, what rounding costs."""

import numpy as np
import pandas as pd

from mfhelpers.checks._exercise import exercise


def _rms(errors):
    return np.sqrt(np.mean(np.square(errors)))


def _more_ratings(rng):
    """Ratings as the page has them, in whole or half stars; or on a scale from 0 to 10."""
    step = rng.choice([1.0, 0.5, 2.0])
    return (pd.Series(rng.integers(0 if step == 2 else 1, 6, rng.integers(3, 13)) * step),)


# fmt: off
WRONG_FIRST_RMSES = {
    "that is the spread around the mean: the RMSE of a model that predicts the mean. Ours starts "
    "near 0 and does not know the mean.":
        (lambda r: r.std(ddof=0), lambda r: r.std(), lambda r: r.var(ddof=0), lambda r: r.var()),
    "that is the mean of the errors, which is the MAE. RMSE squares each error first.":
        lambda r: r.mean(),
    "that is the mean, squared. Square each error first, then take the mean.":
        lambda r: r.mean() ** 2,
    "that is the mean squared error. Take the root, to get back to stars.":
        lambda r: (r**2).mean(),
    "you added up where RMSE takes the mean: twice the ratings would give a larger RMSE.":
        (lambda r: np.sqrt((r**2).sum()), lambda r: (r**2).sum(), lambda r: r.sum(),
         lambda r: np.sqrt(r.sum())),
    "you took the root before you divided. Divide the sum by the number of ratings first.":
        lambda r: np.sqrt((r**2).sum()) / len(r),
    "divide by the number of ratings, neither one less (as `.var()` of a Series does) nor more.":
        (lambda r: np.sqrt((r**2).sum() / (len(r) - 1)),
         lambda r: np.sqrt((r**2).sum() / (len(r) + 1)),
         lambda r: np.sqrt(r.mean() ** 2 + r.var())),
    "the root belongs outside the mean, and the squares inside it.":
        (lambda r: np.sqrt(r).mean(), lambda r: np.sqrt(r.mean())),
    "that is one error alone, the worst perhaps, not the typical one: all ratings count.":
        (lambda r: r.max(), lambda r: r.min(), lambda r: r.iloc[0], lambda r: r.iloc[-1]),
    "that is the median. RMSE takes the mean of the squares, then the root.":
        (lambda r: r.median(), lambda r: np.sqrt((r**2).median())),
    "each rating counts, not each number of stars once.":
        lambda r: _rms(r.unique()),
    "a rating of 0 is a rating: leave none out.":
        lambda r: _rms(r[r != 0]),
    "you predict a number of stars, such as the middle of the scale. Two rows of small random "
    "numbers have a dot product near 0.":
        tuple(lambda r, guess=guess: _rms(r - guess) for guess in (1, 2.5, 3, 3.5, 4, 5)),
}
# fmt: on


check_first_rmse = exercise(
    "Check a function of ratings → the RMSE of a model whose predictions are all near 0.",
    solution=lambda ratings: _rms(ratings),
    gives="your RMSE",
    cases=[
        (pd.Series([5.0, 3.0, 4.0, 1.0]),),
        (pd.Series([2.0, 2.0, 5.0, 3.0, 0.5, 2.0, 3.0]),),
        (pd.Series([0.0, 10.0, 7.0, 7.0, 0.0]),),
    ],
    more=_more_ratings,
    steps=lambda ratings: {
        "the errors of a model that says 0": ratings,
        "their squares": ratings**2,
    },
    mistakes=WRONG_FIRST_RMSES,
    fallback="Take every prediction as exactly 0: what is the error of a rating of 5? Then square "
    "all errors, take the mean, and the root.",
    praise="Before training the error of a rating is the rating itself.",
)


def _errors(ratings, predictions):
    """The errors of the cells with a rating."""
    errors = ratings - predictions
    return errors[~np.isnan(errors)]


def _table_rmse(ratings, predictions):
    return _rms(_errors(ratings, predictions))


def _of(*summaries):
    """Summaries of the errors of the rated cells, as functions of the two tables."""
    return tuple(lambda R, P, summary=summary: summary(_errors(R, P)) for summary in summaries)


def _filled(*values):
    """RMSEs over all cells, blanks filled with a value, or with what a function makes of R."""
    return tuple(
        lambda R, P, v=v: _rms(np.where(np.isnan(R), v(R) if callable(v) else v, R) - P)
        for v in values
    )


def _some(*choices):
    """RMSEs of a part of both tables; each choice says which, from where the blanks are."""
    return tuple(
        lambda R, P, c=c: _table_rmse(R[c(np.isnan(R))], P[c(np.isnan(R))]) for c in choices
    )


def _by_group(by, *ends):
    """What the rows, or the columns, make of their mean squares; their mean; and an end."""
    return tuple(
        lambda R, P, axis=axis, end=end: end(np.mean(by(np.nanmean((R - P) ** 2, axis=axis))))
        for axis in (0, 1)
        for end in ends
    )


def _more_tables(rng):
    """A table with blanks; its first row and column are full, and one prediction is exact."""
    m, n = rng.integers((2, 2), (5, 6))
    R, P = rng.integers(1, 6, (m, n)).astype(float), rng.normal(3, 2.5, (m, n))
    P[0, 1] = R[0, 1]
    blank = rng.random((m, n)) < 0.5
    blank[0], blank[:, 0], blank[-1, -1] = False, False, True
    return np.where(blank, np.nan, R), P


# fmt: off
WRONG_TABLE_RMSES = {
    "the result is NaN: a blank minus a prediction is NaN, and so is any mean with it. Pick the "
    "cells that have a rating first. `np.isnan` finds the blanks; comparing with `np.nan` does "
    "not, since NaN equals nothing, not even itself.":
        lambda R, P: np.nan,
    "that is the MAE, the mean of the absolute errors. RMSE squares them, takes the mean, and the "
    "root at the end.":
        _of(lambda e: abs(e).mean(), lambda e: abs(e).sum(), lambda e: np.sqrt(abs(e).mean())),
    "that is the root of the *sum*. With twice as many ratings it would be larger, though the "
    "model is no worse. Take the mean.":
        _of(lambda e: np.sqrt(np.sum(e**2))),
    "that is the sum of squares. Take the mean, then the root.":
        _of(lambda e: np.sum(e**2)),
    "you took the root before you divided. Divide the sum by the number of ratings first.":
        _of(lambda e: np.sqrt(np.sum(e**2)) / len(e)),
    "that is the MSE, in squared stars. One root is missing.":
        _of(lambda e: np.mean(e**2)),
    "divide by the number of ratings, neither one less nor one more.":
        _of(lambda e: np.sqrt(np.sum(e**2) / (len(e) - 1)),
            lambda e: np.sqrt(np.sum(e**2) / (len(e) + 1))),
    "you divided by all m × n cells, or by the rows or columns. Blanks are not errors: divide by "
    "the number of ratings.":
        (lambda R, P: np.sqrt(np.sum(_errors(R, P) ** 2) / R.size),
         lambda R, P: np.sum(_errors(R, P) ** 2) / R.size,
         lambda R, P: np.sum(abs(_errors(R, P))) / R.size,
         lambda R, P: np.sqrt(np.sum(_errors(R, P) ** 2)) / R.size,
         lambda R, P: np.sqrt(np.sum(_errors(R, P) ** 2) / R.shape[0]),
         lambda R, P: np.sqrt(np.sum(_errors(R, P) ** 2) / R.shape[1])),
    "you took a blank for a rating of 0. Nobody gave it: leave those cells out.":
        (*_filled(0), lambda R, P: np.mean(abs(np.nan_to_num(R) - P)),
         lambda R, P: np.mean((np.nan_to_num(R) - P) ** 2)),
    "you filled the blanks with a mean, or with the middle of the scale. Nobody gave those "
    "ratings: leave the cells out.":
        _filled(np.nanmean, lambda R: np.nanmean(R, 1, keepdims=True), lambda R: np.nanmean(R, 0),
                1, 2.5, 3),
    "too high and too low errors cancel in your mean. Square before you average.":
        _of(np.mean, lambda e: abs(np.mean(e)), lambda e: np.mean(e) ** 2, np.sum,
            lambda e: np.sum(e) ** 2, lambda e: np.sqrt(np.sum(e) ** 2 / len(e)),
            lambda e: np.sqrt(np.mean(e)), lambda e: np.mean(np.sqrt(e))),
    "you measured how errors spread around their own mean. A model that is half a star too low "
    "everywhere must not look perfect.":
        _of(np.std, lambda e: np.std(e, ddof=1), np.var),
    "you took the mean of the squares for each row, or each column, and then the mean of those. "
    "Take one mean over all ratings: each should count the same.":
        _by_group(lambda squares: squares, np.sqrt, lambda mean: mean),
    "you took an RMSE for each row, or each column, and then their mean. Every rating should "
    "count the same, whoever gave it and to whatever movie.":
        _by_group(np.sqrt, lambda mean: mean),
    "an exact hit counts too: its error is 0, and it makes the mean smaller.":
        _of(lambda e: _rms(e[e != 0])),
    "only too high, or only too low predictions count in yours. Both are errors.":
        _of(lambda e: _rms(np.maximum(e, 0)), lambda e: _rms(np.minimum(e, 0))),
    "that is one error alone: all rated cells count.":
        _of(lambda e: max(abs(e)), max, lambda e: abs(e[0]), lambda e: abs(e[-1])),
    "that is a median. Take the mean of the squares, then the root.":
        _of(lambda e: np.sqrt(np.median(e**2)), np.median, lambda e: np.median(e**2)),
    "that is one row or column only. Is there a `return` inside the loop, or a list that begins "
    "anew in it?":
        _some(lambda blank: 0, lambda blank: -1, lambda blank: np.s_[:, 0]),
    "you left out every row, or column, that has a blank. Leave out the blank cells alone.":
        _some(lambda blank: ~blank.any(1), lambda blank: np.s_[:, ~blank.any(0)]),
    "that is the size of one table alone. The error is the rating minus the prediction.":
        (lambda R, P: _rms(P[~np.isnan(R)]), lambda R, P: _rms(R[~np.isnan(R)])),
    "do not round the predictions before you score them.":
        lambda R, P: _table_rmse(R, np.round(P)),
    "do not cut the predictions off at 1 and 5 before you score them.":
        (lambda R, P: _table_rmse(R, np.clip(P, 1, 5)), lambda R, P: _table_rmse(R, P.clip(0, 5))),
}
# fmt: on


check_table_rmse = exercise(
    "Check a function of (ratings with NaN for blanks, predictions) → RMSE over the ratings.",
    solution=_table_rmse,
    gives="your RMSE",
    cases=[
        (np.array([[5.0, 2.0], [3.0, np.nan]]), np.array([[4.25, 2.5], [4.0, 1.5]])),
        (
            np.array([[4.0, 5.0, 1.0], [2.0, np.nan, np.nan], [3.0, np.nan, 4.0]]),
            np.array([[4.0, 6.25, 2.5], [-0.75, 3.25, 1.5], [3.25, 2.5, 5.75]]),
        ),
        (np.array([[4.0, 5.0], [3.0, np.nan]]), np.array([[3.5, 4.25], [2.75, 1.0]])),  # e > 0
    ],
    more=_more_tables,
    steps=lambda R, P: {
        "the errors of the rated cells": _errors(R, P),
        "their squares": _errors(R, P) ** 2,
    },
    mistakes=WRONG_TABLE_RMSES,
    fallback="Only cells with a rating count: square each error, take the mean, then the root.",
    praise="Only what was rated can be wrong.",
)


def _places(n):
    """The cost, by trying n places between -step/2 and step/2."""
    return lambda step: np.mean(np.linspace(-step / 2, step / 2, n) ** 2)


# fmt: off
WRONG_COSTS = {
    "that is the cost of whole stars. What does a smaller step change?":
        lambda step: 1 / 12,
    "that is one fixed number, whatever the step. Use `step`: how large can the rounding error "
    "get, and what does that do to its square?":
        (lambda step: 1 / 24, lambda step: 1 / 48),
    "the rounding error grows with the step, so its *square* grows with the square of the step.":
        (lambda step: step / 12, lambda step: step / 24, lambda step: np.sqrt(step) / 12),
    "the cost grows with the square of the step: half the step costs a quarter, not less.":
        (lambda step: step**3 / 12, lambda step: step**4 / 12),
    "that is the worst case, a prediction right in the middle of two steps. Most are nearer to "
    "one of them: take the mean.":
        (lambda step: step**2 / 4, lambda step: step / 2),
    "that is the mean size of the rounding error. Its mean *square* is asked for.":
        lambda step: step / 4,
    "that is the square of the mean size. Square first, then take the mean.":
        lambda step: step**2 / 16,
    "rounding goes to the nearest step, so the error is at most half a step. You let it reach a "
    "whole one.":
        (lambda step: step**2 / 3, lambda step: step**2 / 6, lambda step: step**2),
    "halved once too often: the error reaches half a step to either side.":
        (lambda step: step**2 / 48, lambda step: step**2 / 24),
    "that is the typical rounding error in stars. The cost is its square.":
        lambda step: step / np.sqrt(12),
    "the step is squared, not the 12.":
        (lambda step: (step / 12) ** 2, lambda step: step / 144),
    "finer steps cost less, not more: multiply by the step where you divided.":
        (lambda step: 1 / (12 * step**2), lambda step: 1 / (12 * step)),
    "too high and too low cancel in your mean. Square the rounding errors first.":
        lambda step: 0.0,
    "close: you tried too few places. Try many more, evenly spaced, or find the formula: what "
    "becomes of the squares when the step is halved?":
        (_places(11), _places(21), _places(51), _places(101), _places(1001)),
}
# fmt: on

check_rounding_cost = exercise(
    "Check a function of a step → what rounding to that step adds to the mean squared error.",
    solution=lambda step: step**2 / 12,
    gives="your cost",
    cases=[(1.0,), (0.5,), (0.4,), (2.0,), (0.1,)],
    more=lambda rng: (rng.uniform(0.05, 3),),
    steps=lambda step: {"the largest rounding error": step / 2, "its square": step**2 / 4},
    tolerance=1e-3,  # a fine grid of places is a right way to find it
    mistakes=WRONG_COSTS,
    fallback="The rounding error lies anywhere between -step/2 and step/2, all places alike: what "
    "is the mean of its square? If you tried places and are close, try many more.",
    praise="Half the step costs a quarter.",
)
