"""Page 01's checkers: right answers pass, each usual mistake gets its own hint."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused, run_check
from tools.drawings import page_01

PAGE = Path(__file__).parents[1] / "notebooks" / "01_what_is_matrix_factorization.ipynb"


@pytest.mark.parametrize(
    "right",
    [
        lambda P, Q: P[0] @ Q[1],
        lambda P, Q: (P @ Q.T)[0, 1],
        lambda P, Q: sum(p * q for p, q in zip(P[0], Q[1], strict=True)),
    ],
)
def test_one_cell_passes(right):
    assert_passes(checks.check_one_cell, right)


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda P, Q: P @ Q, "which of the two needs the .T"),
        (lambda P, Q: (P @ Q)[0, 1], "which of the two needs the .T"),
        (lambda P, Q: P[0] * Q[1], "one number for each factor"),
        (lambda P, Q: P[1] @ Q[2], "counted from 0"),
        (lambda P, Q: P[1] @ Q[0], "users come first"),
        (lambda P, Q: Q[0] @ P[1], "users come first"),
        (lambda P, Q: P[0] @ Q[2], "wrong movie"),
        (lambda P, Q: P[1] @ Q[1], "wrong user"),
        (lambda P, Q: P[:, 0] @ Q[:, 1], "columns"),
        (lambda P, Q: P @ Q.T, "only one cell"),
        (lambda P, Q: (P[0] + Q[1]).sum(), "pair by pair"),
        (lambda P, Q: P[0].sum() * Q[1].sum(), "pair by pair"),
        (lambda P, Q: (P[0] * Q[1]).mean(), "mean of the products"),
        (lambda P, Q: np.outer(P[0], Q[1]), "only equal factors"),
        (lambda P, Q: round(P[0] @ Q[1]), "do not round"),
        (lambda P, Q: 4.8, "not the dot product"),
        (lambda P, Q: P[0, :3] @ Q[1, :3] if P.shape[1] == 3 else 1.0, "wrong for two"),
        (lambda P, Q: sum(P[0, f] * Q[1, f] for f in (0, 1, 2)), "only 2 factors"),
        (lambda P, Q: [1, 2], "one number"),
    ],
)
def test_one_cell_refuses(wrong, hint):
    assert_refused(checks.check_one_cell, wrong, hint)


def test_one_cell_blames_the_factors_only_for_an_index_error():
    verdict, hint = run_check(checks.check_one_cell, lambda P, Q: {3: P[0] @ Q[1]}[P.shape[1]])
    assert verdict is False and "KeyError: 2" in hint and "factors" not in hint


def fill_by_loop(ratings, users, movies):
    filled = ratings.copy()
    for user, movie in np.argwhere(np.isnan(ratings)):
        filled[user, movie] = users[user] @ movies[movie]
    return filled


def fill_in_place(ratings, users, movies):
    ratings[np.isnan(ratings)] = (users @ movies.T)[np.isnan(ratings)]
    return ratings


@pytest.mark.parametrize("right", [fill_by_loop, lambda R, P, Q: np.where(np.isnan(R), P @ Q.T, R)])
def test_fill_holes_passes(right):
    assert_passes(checks.check_fill_holes, right)


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda R, P, Q: P @ Q.T, "replaced known ratings"),
        (lambda R, P, Q: P @ Q, "which of the two needs the .T"),
        (lambda R, P, Q: np.where(np.isnan(R), P @ Q, R), "which of the two needs the .T"),
        (lambda R, P, Q: np.nan_to_num(R), "not a zero"),
        (lambda R, P, Q: np.where(np.isnan(R), np.nanmean(R), R), "one mean"),
        (lambda R, P, Q: np.where(R == np.nan, P @ Q.T, R), "never true"),
        (lambda R, P, Q: np.where(R, R, P @ Q.T), "ask `np.isnan(R)` where they are"),
        (lambda R, P, Q: np.where(R == 0, P @ Q.T, R), "ask `np.isnan(R)` where they are"),
        (lambda R, P, Q: R, "the holes are still there"),
        (lambda R, P, Q: np.where(np.isnan(R), R, P @ Q.T), "where `np.isnan(R)` is True"),
        (lambda R, P, Q: np.where(np.isnan(R), 0, P @ Q.T), "the other way round"),
        (lambda R, P, Q: np.where(np.isnan(R), Q @ P.T, R), "users come first"),
        (lambda R, P, Q: np.nan_to_num(R) + P @ Q.T, "stays as it is"),
        (lambda R, P, Q: np.where(np.isnan(R), np.round(P @ Q.T), R), "do not round"),
        (lambda R, P, Q: R * np.nan, "every cell became NaN"),
        (fill_in_place, "changed an array"),
        (lambda R, P, Q: np.where(np.isnan(R), P @ Q.T + 1, R), "some cell is off"),
        (lambda R, P, Q: (P @ Q.T)[np.isnan(R)], "shape"),
    ],
)
def test_fill_holes_refuses(wrong, hint):
    assert_refused(checks.check_fill_holes, wrong, hint)


def test_fill_holes_tries_a_second_table():
    def one_size_only(R, P, Q):
        return np.where(np.isnan(R), P @ Q.T if len(R) == 3 else 0, R)

    assert_refused(checks.check_fill_holes, one_size_only, "wrong for one with other sizes")


@pytest.mark.parametrize(
    "right",
    [lambda m, n, ratings: ratings // (m + n), lambda m, n, ratings: int(ratings / (m + n))],
)
def test_largest_k_passes(right):
    assert_passes(checks.check_largest_k, right)


def test_largest_k_names_the_answer_for_the_sample(capsys):
    checks.check_largest_k(lambda m, n, ratings: ratings // (m + n))
    assert "k is 16." in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong, hint",
    [
        (lambda m, n, ratings: ratings / (m + n), "whole number"),
        (lambda m, n, ratings: math.ceil(ratings / (m + n)), "too many"),
        (lambda m, n, ratings: (ratings - 1) // (m + n), "too few"),
        (lambda m, n, ratings: ratings // (m * n), "all m × n cells"),
        (lambda m, n, ratings: ratings / (m * n), "all m × n cells"),
        (lambda m, n, ratings: m * n // (m + n), "the *ratings* are the limit"),
        (lambda m, n, ratings: ratings // m, "users alone"),
        (lambda m, n, ratings: ratings / n, "movies alone"),
        (lambda m, n, ratings: ratings // (m + n) * (m + n), "how many numbers are learned"),
        (lambda m, n, ratings: 102, "at most as many as there are ratings"),
        (lambda m, n, ratings: round(ratings / (m + n)), "too many"),
    ],
)
def test_largest_k_refuses(wrong, hint):
    assert_refused(checks.check_largest_k, wrong, hint)


def test_the_drawings_show_the_toy_of_the_page():
    cells = [
        "".join(cell["source"])
        for cell in json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    here = {"np": np, "pd": pd}
    for name in ("users = ", "user_factors = ", "def fit_toy"):
        exec(next(cell for cell in cells if cell.startswith(name)), here)
    users, movies = here["fit_toy"](here["ratings"])
    assert here["users"] == page_01.USERS and here["movies"] == page_01.MOVIES
    assert np.array_equal(here["answers"], page_01.ANSWERS)
    assert np.array_equal(here["seen"], page_01.SEEN)
    assert np.array_equal(here["user_factors"], page_01.USER_FACTORS)
    assert np.array_equal(here["movie_factors"], page_01.MOVIE_FACTORS)
    assert np.allclose(users @ movies.T, page_01.fitted_tables()[-1])
