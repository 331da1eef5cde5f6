"""Page 04's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

FIRST = checks.check_first_rmse
TABLE = checks.check_table_rmse
COST = checks.check_rounding_cost


def by_index(ratings):
    total = 0
    for n in range(len(ratings)):
        total += ratings[n] ** 2
    return np.sqrt(total / len(ratings))


def by_loop(R, P):
    squares = [(r - p) ** 2 for r, p in zip(R.flat, P.flat, strict=True) if r == r]
    return (sum(squares) / len(squares)) ** 0.5


def by_mask(R, P):
    seen = ~np.isnan(R)
    return root_mean_squared_error(R[seen], P[seen])


def per_row(R, P):
    return np.mean(np.sqrt(np.nanmean((R - P) ** 2, axis=1)))


def filled(R, P, axis):
    whole = np.where(np.isnan(R), np.nanmean(R, axis=axis, keepdims=True), R)
    return np.sqrt(np.mean((whole - P) ** 2))


def first_row(R, P):
    for row, of_model in zip(R, P, strict=True):
        seen = ~np.isnan(row)
        return root_mean_squared_error(row[seen], of_model[seen])


def on_a_grid(step, n_places):
    return np.mean(np.linspace(-step / 2, step / 2, n_places) ** 2)


def really_rounded(step, n_places=30_000):
    places = np.arange(n_places) / n_places * step
    return np.mean((np.round(places / step) * step - places) ** 2)


RIGHT = [
    (FIRST, lambda r: root_mean_squared_error(r, np.zeros(len(r)))),
    (FIRST, lambda r: (sum(x * x for x in r) / len(r)) ** 0.5),
    (FIRST, lambda r: np.sqrt(r.mean() ** 2 + r.var(ddof=0))),
    (FIRST, by_index),
    (TABLE, by_loop),
    (TABLE, by_mask),
    (TABLE, lambda R, P: np.sqrt(np.nanmean((R - P) ** 2))),
    (COST, lambda step: (step / 2) ** 2 / 3),
    (COST, lambda step: on_a_grid(step, 2_101)),
    (COST, really_rounded),
]
WRONG = [
    (FIRST, lambda r: r.std(), "predicts the mean"),
    (FIRST, lambda r: np.sqrt(r.mean() ** 2 + r.var()), "`.var()` of a Series"),
    (FIRST, lambda r: mean_absolute_error(r, 0 * r), "MAE"),
    (FIRST, lambda r: np.linalg.norm(r), "added up"),
    (FIRST, lambda r: np.sqrt(np.mean(r[r > 0] ** 2)), "leave none out"),
    (FIRST, lambda r: by_index(r) if len(r) == 4 else 1.0, "something typed in"),
    (FIRST, lambda r: by_index(r) + 0.2, "rating of 5"),
    (TABLE, lambda R, P: np.nanmean(np.sqrt((R - P) ** 2)), "MAE"),
    (TABLE, lambda R, P: np.sqrt(np.nansum((R - P) ** 2)), "root of the *sum*"),
    (TABLE, lambda R, P: np.sqrt(np.mean((R - P)[np.nan != R] ** 2)), "not even itself"),
    (TABLE, lambda R, P: np.sqrt(np.mean((np.nan_to_num(R) - P) ** 2)), "rating of 0"),
    (TABLE, lambda R, P: abs(np.nanmean(R - P)), "cancel"),
    (TABLE, lambda R, P: np.nanstd(R - P), "spread around their own mean"),
    (TABLE, lambda R, P: per_row(R.T, P.T), "or each column"),
    (TABLE, lambda R, P: filled(R, P, axis=1), "filled the blanks"),
    (TABLE, lambda R, P: by_mask(R, P.clip(1, 5)), "do not cut the predictions off"),
    (TABLE, lambda R, P: by_mask(np.where(R == P, np.nan, R), P), "an exact hit counts"),
    (TABLE, first_row, "inside the loop"),
    (TABLE, lambda R, P: by_loop(R, P) + 0.1, "only cells with a rating"),
    (COST, lambda step: 1 / 12 if step == 1 else 1 / 48, "something typed in"),
    (COST, lambda step: on_a_grid(step, 701), "close: you tried too few"),
    (COST, lambda step: 0.08 * step**2, "and are close"),
    (COST, lambda step: on_a_grid(2 * step, 100_001), "at most half a step"),
    (COST, lambda step: np.sqrt(really_rounded(step)), "cost is its square"),
    (COST, lambda step: 1 / (12 * step**2), "finer steps cost less"),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)
