"""Page 04's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

FIRST, TABLE, ROUNDING = (
    checks.check_first_rmse,
    checks.check_table_rmse,
    checks.check_rounding_cost,
)


def by_loop(ratings, predicted):
    squares = [(r - p) ** 2 for r, p in zip(ratings.flat, predicted.flat, strict=True) if r == r]
    return (sum(squares) / len(squares)) ** 0.5


def by_mask(ratings, predicted):
    seen = ~np.isnan(ratings)
    return root_mean_squared_error(ratings[seen], predicted[seen])


def by_index(ratings):
    total = 0
    for n in range(len(ratings)):
        total += ratings[n] ** 2
    return np.sqrt(total / len(ratings))


def random_model(ratings):
    """What the page starts with, written out: two rows of random numbers near zero."""
    p, q = np.random.default_rng(0).normal(0, 1e-5, (2, len(ratings), 10))
    return root_mean_squared_error(ratings, (p * q).sum(axis=1))


def on_a_grid(step, n_places):
    return np.mean(np.linspace(-step / 2, step / 2, n_places) ** 2)


def really_rounded(step, n_places=30_000):
    places = np.arange(n_places) / n_places * step
    return np.mean((np.round(places / step) * step - places) ** 2)


RIGHT = [
    (FIRST, lambda r: np.sqrt(np.mean(r**2))),
    (FIRST, lambda r: root_mean_squared_error(r, np.zeros(len(r)))),
    (FIRST, lambda r: (sum(x * x for x in r) / len(r)) ** 0.5),
    (FIRST, lambda r: np.sqrt(r.mean() ** 2 + r.to_numpy().var())),
    (FIRST, lambda r: r.pow(2).mean() ** 0.5),
    (FIRST, by_index),
    (FIRST, random_model),
    (TABLE, by_loop),
    (TABLE, by_mask),
    (TABLE, lambda R, P: np.sqrt(np.nanmean((R - P) ** 2))),
    (TABLE, lambda R, P: np.linalg.norm((R - P)[R > 0]) / np.sqrt(np.sum(R > 0))),
    (ROUNDING, lambda step: step * step / 12),
    (ROUNDING, lambda step: (step / 2) ** 2 / 3),
    (ROUNDING, lambda step: on_a_grid(step, 100_001)),
    (ROUNDING, lambda step: on_a_grid(step, 2_101)),
    (ROUNDING, really_rounded),
]


def per_row(ratings, predicted):
    return np.mean(np.sqrt(np.nanmean((ratings - predicted) ** 2, axis=1)))


def per_row_squares(ratings, predicted):
    return np.sqrt(np.mean(np.nanmean((ratings - predicted) ** 2, axis=1)))


def filled(ratings, predicted, axis=None):
    means = np.nanmean(ratings, axis=axis, keepdims=True)
    whole = np.where(np.isnan(ratings), means, ratings)
    return np.sqrt(np.mean((whole - predicted) ** 2))


def in_place(ratings, predicted):
    ratings -= predicted
    return np.sqrt(np.nanmean(ratings**2))


def first_row(ratings, predicted):
    for row, of_model in zip(ratings, predicted, strict=True):
        seen = ~np.isnan(row)
        return np.sqrt(np.mean((row[seen] - of_model[seen]) ** 2))


def one_mask(ratings, predicted):
    seen = ~np.isnan(ratings)
    return np.sqrt(np.mean((ratings[seen] - predicted) ** 2))


WRONG_FIRST = [
    (lambda r: np.std(r), "predicts the mean"),
    (lambda r: r.std(), "predicts the mean"),
    (lambda r: np.mean(r), "MAE"),
    (lambda r: mean_absolute_error(r, 0 * r), "MAE"),
    (lambda r: np.mean(r**2), "take the root"),
    (lambda r: np.sqrt(np.sum(r**2)), "added up"),
    (lambda r: np.linalg.norm(r), "added up"),
    (lambda r: np.sqrt(np.sum(r**2)) / len(r), "before you divided"),
    (lambda r: np.mean(np.sqrt(r)), "outside the mean"),
    (lambda r: max(r), "one error alone"),
    (lambda r: np.sqrt(np.mean((r - 3) ** 2)), "near 0"),
    (lambda r: np.sqrt(np.mean(r[r > 0] ** 2)), "leave none out"),
    (lambda r: 3.7522, "whatever it is given"),
    (lambda r: np.sqrt(np.mean(r**2)) if len(r) == 4 else 1.0, "something typed in"),
    (lambda r: np.sqrt(np.mean(r**2)) + 0.2, "rating of 5"),
]
WRONG_TABLE = [
    (lambda R, P: np.nanmean(np.abs(R - P)), "MAE"),
    (lambda R, P: np.nanmean(np.sqrt((R - P) ** 2)), "MAE"),
    (lambda R, P: np.sqrt(np.nansum((R - P) ** 2)), "root of the *sum*"),
    (lambda R, P: np.nansum((R - P) ** 2), "sum of squares"),
    (lambda R, P: np.sqrt(np.nansum((R - P) ** 2)) / len(R[R == R]), "before you divided"),
    (lambda R, P: np.sqrt(np.mean((R - P)[np.nan != R] ** 2)), "not even itself"),
    (lambda R, P: np.nanmean((R - P) ** 2), "one root is missing"),
    (lambda R, P: np.sqrt(np.nansum((R - P) ** 2) / R.size), "blanks are not errors"),
    (lambda R, P: np.sqrt(np.mean(np.nan_to_num(R - P) ** 2)), "blanks are not errors"),
    (lambda R, P: np.sqrt(np.mean((np.nan_to_num(R) - P) ** 2)), "rating of 0"),
    (lambda R, P: np.sqrt(np.mean((R - P) ** 2)), "result is NaN"),
    (lambda R, P: abs(np.nanmean(R - P)), "cancel"),
    (lambda R, P: np.nanstd(R - P), "spread around their own mean"),
    (per_row, "for each row"),
    (lambda R, P: per_row(R.T, P.T), "or each column"),
    (per_row_squares, "mean of the squares for each row"),
    (lambda R, P: per_row_squares(R.T, P.T), "mean of the squares for each row"),
    (filled, "filled the blanks"),
    (lambda R, P: filled(R, P, axis=1), "filled the blanks"),
    (lambda R, P: filled(R, P, axis=0), "filled the blanks"),
    (lambda R, P: by_mask(R, np.round(P)), "do not round the predictions"),
    (lambda R, P: by_mask(R, P.clip(1, 5)), "do not cut the predictions off"),
    (lambda R, P: by_mask(np.where(R == P, np.nan, R), P), "an exact hit counts"),
    (first_row, "inside the loop"),
    (one_mask, "whose shapes do not fit"),
    (in_place, "changed something"),
    (lambda R, P: 0.9, "whatever it is given"),
    (lambda R, P: by_loop(R, P) if R.size == 4 else 1.0, "only cells with a rating"),
]
WRONG_ROUNDING = [
    (lambda step: 1 / 12, "whole stars"),
    (lambda step: 1 / 12 if step == 1 else 1 / 48, "something typed in"),
    (lambda step: 0.5 / 12, "one fixed number"),
    (lambda step: on_a_grid(step, 101), "close"),
    (lambda step: on_a_grid(step, 701), "close: you tried too few"),
    (lambda step: 0.08 * step**2, "and are close"),
    (lambda step: step / 12, "its *square* grows with the square of the step"),
    (lambda step: step**2 / 4, "worst case"),
    (lambda step: step / 2, "worst case"),
    (lambda step: step / 4, "mean *square*"),
    (lambda step: step**2 / 3, "at most half a step"),
    (lambda step: step**2 / 48, "halved once too often"),
    (lambda step: step / 12**0.5, "cost is its square"),
    (lambda step: 1 / (12 * step**2), "finer steps cost less"),
    (lambda step: 1 / (12 * step), "finer steps cost less"),
    (lambda step: 0.0, "cancel"),
    (lambda step: step**2 / 12 if step < 1 else 0.1, "mean of its square"),
]
WRONG = [
    *((FIRST, *wrong) for wrong in WRONG_FIRST),
    *((TABLE, *wrong) for wrong in WRONG_TABLE),
    *((ROUNDING, *wrong) for wrong in WRONG_ROUNDING),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)
