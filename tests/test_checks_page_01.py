"""Page 01's checkers: right answers in other words pass, some mistakes are written anew."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from tools.drawings import page_01

PAGE = Path(__file__).parents[1] / "notebooks" / "01_what_is_matrix_factorization.ipynb"
ONE_CELL, FILL, MY_ROW = checks.check_one_cell, checks.check_fill_holes, checks.check_my_row


def fill_by_loop(ratings, users, movies):
    filled = ratings.copy()
    for user, movie in np.argwhere(np.isnan(ratings)):
        filled[user, movie] = users[user] @ movies[movie]
    return filled


def fill_with_a_table(ratings, users, movies):
    filled = ratings.copy()
    filled[np.isnan(ratings)] = users @ movies.T
    return filled


def row_of_a_list(ratings, my_stars, fit):
    P, Q = fit([*ratings, my_stars])
    return [sum(p * q for p, q in zip(P[-1], movie, strict=True)) for movie in Q]


def row_of_a_frame(ratings, my_stars, fit):
    table = pd.DataFrame(ratings)
    table.loc[len(table)] = my_stars
    P, Q = fit(table.to_numpy())
    return pd.DataFrame(P @ Q.T).iloc[-1]


def fit_of(table_of, row=-1):
    def predict(ratings, my_stars, fit):
        P, Q = fit(table_of(ratings, my_stars))
        return (P @ Q.T)[row]

    return predict


def keeps_stars(ratings, my_stars, fit):
    predicted = row_of_a_list(ratings, my_stars, fit)
    return [one if np.isnan(star) else star for one, star in zip(predicted, my_stars, strict=True)]


RIGHT = {
    ONE_CELL: [
        lambda P, Q: (P @ Q.T)[0, 1],
        lambda P, Q: P[:1] @ Q[1:2].T,
        lambda P, Q: sum(map(Fraction, P[0] * Q[1])),
    ],
    FILL: [fill_by_loop, lambda R, P, Q: pd.DataFrame(R).fillna(pd.DataFrame(P @ Q.T))],
    MY_ROW: [row_of_a_list, row_of_a_frame],
}
WRONG = {
    ONE_CELL: [
        (lambda P, Q: P[0] @ Q[:, 1], "which of the two needs the .T"),
        (lambda P, Q: [p * q for p, q in zip(P[0], Q[1], strict=True)], "for each factor"),
        (lambda P, Q: (P @ Q.T)[1, 2], "counted from 0"),
        (lambda P, Q: P.T[0] @ Q.T[1], "you took a column"),
        (lambda P, Q: int(P[0] @ Q[1]), "decimals are cut off"),
        (lambda P, Q: {3: P[0] @ Q[1]}[P.shape[1]], "KeyError: 2"),
    ],
    FILL: [
        (lambda R, P, Q: np.nan_to_num(R, nan=np.nanmean(R)), "a mean of the ratings"),
        (lambda R, P, Q: np.where(R == np.nan, P @ Q.T, R), "never true"),
        (lambda R, P, Q: np.where(R > 0, P @ Q.T, R), "where `np.isnan(R)` is True"),
        (lambda R, P, Q: P @ Q.T * np.isnan(R), "the other way round"),
        (lambda R, P, Q: np.where(np.isnan(R), np.clip(P @ Q.T, 1, 5), R), "at 1 and 5"),
        (lambda R, P, Q: np.where(np.isnan(R), P @ Q.T + 1, R), "a hole gets the same cell"),
        (lambda R, P, Q: P @ Q.T if np.isnan(R) else R, "np.where"),
        (lambda R, P, Q: [*fill_by_loop(R, P, Q)[:1], *R[1:]], "only the first row is filled"),
        (fill_with_a_table, "A whole table was assigned to some of its cells"),
    ],
    MY_ROW: [
        (fit_of(lambda R, mine: R), "your row is not in the table"),
        (fit_of(lambda R, mine: np.vstack([mine, R]), 0), "you put your row on top"),
        (fit_of(lambda R, mine: np.nan_to_num(np.vstack([R, mine]))), "not a zero"),
        (keeps_stars, "also those that you rated"),
        (lambda R, mine, fit: mine, "that is `my_stars` as it was given"),
        ((row_of_a_list, [5, 0, 2, 0]), "no rating"),
        ((row_of_a_list, [5, 6, np.nan, np.nan]), "between 1 and 5"),
        ((row_of_a_list, [5, np.nan, np.nan, np.nan]), "two or three movies"),
        ((row_of_a_list, [5, 4, 3, 2]), "at least one open"),
        ((row_of_a_list, [5, 4, np.nan]), "shape (4,)"),
        ((row_of_a_list, [5, ..., 3, np.nan]), "made of numbers"),
    ],
}


# ---------------------------------------------------------------- one's own stars


@pytest.mark.parametrize("stars", [[5, np.nan, 2, np.nan], (1, 2.5, np.nan, 5), [np.nan, 4, 4, 4]])
def test_own_stars_are_answered_in_their_holes(stars, capsys):
    assert checks.check_my_row(row_of_a_list, stars) is True
    printed = capsys.readouterr().out
    for movie, star in zip(page_01.MOVIES, stars, strict=True):
        assert (movie in printed) == bool(np.isnan(star))
    assert printed.startswith("Correct. ") and printed.count("\n") == 1


def test_what_is_told_of_own_stars_is_what_the_loop_says(capsys):
    stars, ratings = [5, 1, 5, np.nan], np.where(page_01.SEEN, page_01.ANSWERS, np.nan)
    checks.check_my_row(row_of_a_list, stars)
    printed = capsys.readouterr().out

    def predicted(hidden):
        own = [np.nan if movie == hidden else star for movie, star in enumerate(stars)]
        P, Q = the_page()["fit_toy"](np.vstack([ratings, own]))
        return P[-1] @ Q[hidden]

    assert f"Oops Again {predicted(3):.1f}." in printed
    misses = [abs(predicted(movie) - stars[movie]) for movie in range(3)]
    assert f"misses them by {np.mean(misses):.1f} on average" in printed


# ---------------------------------------------------------------- one toy in three places


def the_page():
    """Return what the page's own cells define of the toy."""
    cells = [
        "".join(cell["source"])
        for cell in json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    here = {"np": np, "pd": pd}
    for name in ("users = ", "user_factors = ", "def fit_toy"):
        exec(next(cell for cell in cells if cell.startswith(name)), here)
    return here


def test_the_drawings_show_the_toy_of_the_page():
    here = the_page()
    users, movies = here["fit_toy"](here["ratings"])
    assert here["users"] == page_01.USERS and here["movies"] == page_01.MOVIES
    assert np.array_equal(here["answers"], page_01.ANSWERS)
    assert np.array_equal(here["seen"], page_01.SEEN)
    assert np.array_equal(here["user_factors"], page_01.USER_FACTORS)
    assert np.array_equal(here["movie_factors"], page_01.MOVIE_FACTORS)
    assert np.allclose(users @ movies.T, page_01.fitted_tables()[-1])
