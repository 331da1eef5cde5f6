"""Page 04's checkers: right answers pass, each usual mistake gets its own hint."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused


@pytest.mark.parametrize(
    "right",
    [
        lambda r: np.sqrt(np.mean(r**2)),
        lambda r: root_mean_squared_error(r, np.zeros(len(r))),
        lambda r: (sum(x * x for x in r) / len(r)) ** 0.5,
        lambda r: np.sqrt(r.mean() ** 2 + r.var()),
    ],
)
def test_first_rmse_passes(right):
    assert_passes(checks.check_first_rmse, right)


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda r: r.std(), "predicts the mean"),
        (lambda r: np.std(r, ddof=1), "predicts the mean"),
        (lambda r: np.mean(r), "MAE"),
        (lambda r: mean_absolute_error(r, 0 * r), "MAE"),
        (lambda r: np.mean(r**2), "take the root"),
        (lambda r: np.sqrt(np.sum(r**2)), "added up"),
        (lambda r: np.sqrt(np.sum(r**2)) / len(r), "before you divided"),
        (lambda r: np.mean(np.sqrt(r)), "outside the mean"),
        (lambda r: max(r), "worst"),
        (lambda r: np.sqrt(np.mean((r - 3) ** 2)), "near 0"),
        (lambda r: 3.75, "from the ratings"),
        (lambda r: 3.7522, "from the ratings"),
        (lambda r: 1.0, "rating of 5"),
        (lambda r: np.sqrt(np.mean(r**2)) if len(r) == 7 else 1.0, "rating of 5"),
    ],
)
def test_first_rmse_refuses(wrong, hint):
    assert_refused(checks.check_first_rmse, wrong, hint)


def by_loop(ratings, predicted):
    squares = [(r - p) ** 2 for r, p in zip(ratings.flat, predicted.flat, strict=True) if r == r]
    return (sum(squares) / len(squares)) ** 0.5


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


def seen_rmse(ratings, predicted):
    seen = ~np.isnan(ratings)
    return root_mean_squared_error(ratings[seen], predicted[seen])


@pytest.mark.parametrize(
    "right", [by_loop, seen_rmse, lambda R, P: np.sqrt(np.nanmean((R - P) ** 2))]
)
def test_table_rmse_passes(right):
    assert_passes(checks.check_table_rmse, right)


@pytest.mark.parametrize(
    "wrong, hint",
    [
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
        (lambda R, P: np.sqrt(np.nanmean((R - np.round(P)) ** 2)), "do not round"),
        (in_place, "changed an array"),
        (lambda R, P: 0.9, "only cells with a rating"),
        (lambda R, P: by_loop(R, P) if R.size == 12 else 1.0, "only cells with a rating"),
    ],
)
def test_table_rmse_refuses(wrong, hint):
    assert_refused(checks.check_table_rmse, wrong, hint)


def on_a_grid(step, n_places):
    return np.linspace(-step / 2, step / 2, n_places)


@pytest.mark.parametrize(
    "right",
    [
        lambda step: step**2 / 12,
        lambda step: (step / 2) ** 2 / 3,
        lambda step: step * step / 12,
        lambda step: np.mean(on_a_grid(step, 100_001) ** 2),
    ],
)
def test_rounding_cost_passes(right):
    assert_passes(checks.check_rounding_cost, right)


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda step: 1 / 12, "whole stars"),
        (lambda step: 1 / 12 if step == 1 else 1 / 48, "one fixed number"),
        (lambda step: 0.5 / 12, "one fixed number"),
        (lambda step: np.mean(on_a_grid(step, 101) ** 2), "close"),
        (lambda step: 0.08 * step**2, "close"),
        (lambda step: step / 12, "its *square* grows with the square of the step"),
        (lambda step: step**2 / 4, "worst case"),
        (lambda step: step / 2, "worst case"),
        (lambda step: step / 4, "mean *square*"),
        (lambda step: step**2 / 3, "at most half a step"),
        (lambda step: step**2 / 48, "halved once too often"),
        (lambda step: step / 12**0.5, "cost is its square"),
        (lambda step: 1 / (12 * step**2), "finer steps cost less"),
        (lambda step: 1 / (12 * step), "finer steps cost less"),
        (lambda step: 0.0, "mean of its square"),
        (lambda step: step**2 / 12 if step < 1 else 0.1, "mean of its square"),
    ],
)
def test_rounding_cost_refuses(wrong, hint):
    assert_refused(checks.check_rounding_cost, wrong, hint)
