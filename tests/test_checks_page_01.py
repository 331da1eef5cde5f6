"""Page 01's checkers: right answers in other words pass, some mistakes are written anew."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from tests.checking import assert_refused
from tools.drawings import page_01

PAGE = Path(__file__).parents[1] / "notebooks" / "01_what_is_matrix_factorization.ipynb"
ONE_CELL, FILL, MY_ROW = checks.check_one_cell, checks.check_fill_holes, checks.check_my_row


def fill_by_loop(ratings, users, movies):
    filled = ratings.copy()
    for user, movie in np.argwhere(np.isnan(ratings)):
        filled[user, movie] = users[user] @ movies[movie]
    return filled


def fill_in_place(ratings, users, movies):
    ratings[np.isnan(ratings)] = (users @ movies.T)[np.isnan(ratings)]
    return ratings


def fill_one_row(ratings, users, movies):
    filled = ratings.copy()
    for user in range(len(ratings)):
        for movie in range(len(movies)):
            if np.isnan(ratings[user, movie]):
                filled[user, movie] = users[user] @ movies[movie]
        return filled


def fill_with_a_table(ratings, users, movies):
    filled = ratings.copy()
    filled[np.isnan(ratings)] = users @ movies.T
    return filled


def filled_if(R, P, Q):
    return P @ Q.T if np.isnan(R) else R


def one_product(P, Q):
    total = 0
    for f in range(P.shape[1]):
        total = P[0, f] * Q[1, f]
    return total


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


def as_a_column(ratings, my_stars, fit):
    P, Q = fit(np.column_stack([ratings, my_stars]))
    return P @ Q[-1]


def only_holes(ratings, my_stars, fit):
    predicted = row_of_a_list(ratings, my_stars, fit)
    return [one for one, star in zip(predicted, my_stars, strict=True) if np.isnan(star)]


def keeps_stars(ratings, my_stars, fit):
    predicted = row_of_a_list(ratings, my_stars, fit)
    return [one if np.isnan(star) else star for one, star in zip(predicted, my_stars, strict=True)]


RIGHT = [
    (ONE_CELL, lambda P, Q: (P @ Q.T)[0, 1]),
    (ONE_CELL, lambda P, Q: sum(p * q for p, q in zip(P[0], Q[1], strict=True))),
    (ONE_CELL, lambda P, Q: P[:1] @ Q[1:2].T),
    (ONE_CELL, lambda P, Q: np.einsum("k,k", P[0], Q[1])),
    (ONE_CELL, lambda P, Q: sum(map(Fraction, P[0] * Q[1]))),
    (FILL, fill_by_loop),
    (FILL, lambda R, P, Q: np.where(~np.isnan(R), R, np.dot(P, Q.T))),
    (FILL, lambda R, P, Q: pd.DataFrame(R).fillna(pd.DataFrame(P @ Q.T))),
    (FILL, lambda R, P, Q: np.where(np.isnan(R), P @ Q.T, R).astype(np.float32).tolist()),
    (MY_ROW, row_of_a_list),
    (MY_ROW, row_of_a_frame),
    (MY_ROW, fit_of(lambda R, mine: np.concatenate([R, mine[None]]))),
]
WRONG = [
    (ONE_CELL, lambda P, Q: np.matmul(P, Q), "which of the two needs the .T"),
    (ONE_CELL, lambda P, Q: P[0] @ Q[:, 1], "which of the two needs the .T"),
    (ONE_CELL, lambda P, Q: [p * q for p, q in zip(P[0], Q[1], strict=True)], "for each factor"),
    (ONE_CELL, lambda P, Q: (P @ Q.T)[1, 2], "counted from 0"),
    (ONE_CELL, lambda P, Q: Q[0] @ P[1], "users come first"),
    (ONE_CELL, lambda P, Q: (P @ Q.T)[0, 2], "wrong movie"),
    (ONE_CELL, lambda P, Q: P.T[0] @ Q.T[1], "you took a column"),
    (ONE_CELL, lambda P, Q: int(P[0] @ Q[1]), "decimals are cut off"),
    (ONE_CELL, lambda P, Q: 4.8, "whatever it is given"),
    (ONE_CELL, lambda P, Q: sum(P[0, f] * Q[1, f] for f in (0, 1, 2)), "one number of factors"),
    (ONE_CELL, lambda P, Q: P[0, :3] @ Q[1, :3] if P.shape[1] == 3 else 1.0, "right at first"),
    (ONE_CELL, lambda P, Q: {3: P[0] @ Q[1]}[P.shape[1]], "KeyError: 2"),
    (ONE_CELL, one_product, "only the last factor"),
    (FILL, lambda R, P, Q: np.nan_to_num(R, nan=np.nanmean(R)), "a mean of the ratings"),
    (FILL, lambda R, P, Q: np.where(R == np.nan, P @ Q.T, R), "never true"),
    (FILL, lambda R, P, Q: np.where(R == 0, P @ Q.T, R), "ask `np.isnan(R)` where they are"),
    (FILL, lambda R, P, Q: np.where(R > 0, P @ Q.T, R), "where `np.isnan(R)` is True"),
    (FILL, lambda R, P, Q: P @ Q.T * np.isnan(R), "the other way round"),
    (FILL, lambda R, P, Q: np.where(np.isnan(R), (P @ Q.T).T, R), "users and movies are swapped"),
    (FILL, lambda R, P, Q: np.nansum([R, P @ Q.T], axis=0), "stays as it is"),
    (FILL, lambda R, P, Q: np.where(np.isnan(R), np.rint(P @ Q.T), R), "do not round"),
    (FILL, lambda R, P, Q: np.where(np.isnan(R), np.clip(P @ Q.T, 1, 5), R), "at 1 and 5"),
    (FILL, lambda R, P, Q: R + np.nan, "every cell became NaN"),
    (FILL, lambda R, P, Q: [P[u] @ Q[i] for u, i in np.argwhere(np.isnan(R))], "the holes alone"),
    (FILL, lambda R, P, Q: np.where(np.isnan(R), P @ Q.T + 1, R), "a hole gets the same cell"),
    (FILL, lambda R, P, Q: R[:1], "should have shape (2, 2), yours has (1, 2)"),
    (FILL, fill_in_place, "changed something that it was given"),
    (FILL, fill_one_row, "only the first row is filled"),
    (FILL, fill_with_a_table, "A whole table was assigned to some of its cells"),
    (FILL, filled_if, "np.where"),
    (MY_ROW, fit_of(lambda R, mine: R), "your row is not in the table"),
    (MY_ROW, fit_of(np.append), "stopped with"),
    (MY_ROW, as_a_column, "stopped with"),
    (MY_ROW, fit_of(lambda R, mine: np.vstack([R, mine]), 0), "the first user's row"),
    (MY_ROW, fit_of(lambda R, mine: np.vstack([R, mine]), slice(None)), "the whole table"),
    (MY_ROW, fit_of(lambda R, mine: np.vstack([mine, R]), 0), "you put your row on top"),
    (MY_ROW, fit_of(lambda R, mine: np.nan_to_num(np.vstack([R, mine]))), "not a zero"),
    (MY_ROW, fit_of(lambda R, mine: [[*mine]]), "fit your row alone"),
    (MY_ROW, only_holes, "your holes alone"),
    (MY_ROW, keeps_stars, "your own stars back"),
    (MY_ROW, lambda R, mine, fit: fit(np.vstack([R, mine]))[0][-1], "those are your factors"),
    (MY_ROW, lambda R, mine, fit: np.vstack([R, mine]), "what should be fitted"),
    (MY_ROW, lambda R, mine, fit: fit(np.vstack([R, mine])), "made of numbers"),
    (MY_ROW, lambda R, mine, fit: fit[0], "stopped with"),
    (MY_ROW, lambda R, mine, fit: np.rint(row_of_a_list(R, mine, fit)), "do not round"),
    (MY_ROW, lambda R, mine, fit: 3 * np.ones(len(mine)), "fit all of it"),
]


# ---------------------------------------------------------------- one's own stars


@pytest.mark.parametrize("stars", [[5, np.nan, 2, np.nan], (1, 2.5, np.nan, 5), [np.nan, 4, 4, 4]])
def test_own_stars_are_answered_in_their_holes(stars, capsys):
    assert checks.check_my_row(row_of_a_list, stars) is True
    printed = capsys.readouterr().out
    for movie, star in zip(page_01.MOVIES, stars, strict=True):
        assert (movie in printed) == bool(np.isnan(star))
    assert printed.startswith("Correct. ") and printed.count("\n") == 1


def test_what_is_told_of_own_stars_is_what_the_loop_says(capsys):
    stars = np.array([5, 1, 5, np.nan])
    checks.check_my_row(row_of_a_list, stars)
    printed = capsys.readouterr().out
    fit = the_page()["fit_toy"]
    ratings = np.where(page_01.SEEN, page_01.ANSWERS, np.nan)
    P, Q = fit(np.vstack([ratings, stars]))
    assert f"Oops Again {P[-1] @ Q[3]:.1f}." in printed
    misses = []
    for hidden in range(3):
        fewer = [np.nan if movie == hidden else star for movie, star in enumerate(stars)]
        P, Q = fit(np.vstack([ratings, fewer]))
        misses.append(abs(P[-1] @ Q[hidden] - stars[hidden]))
    assert f"misses them by {np.mean(misses):.1f} on average" in printed


@pytest.mark.parametrize(
    "stars, hint",
    [
        ([5, 0, 2, 0], "no rating"),
        ([5, 6, np.nan, np.nan], "between 1 and 5"),
        ([5, -1, np.nan, np.nan], "between 1 and 5"),
        ([5, np.nan, np.nan, np.nan], "two or three movies"),
        ([5, 4, 3, 2], "at least one open"),
        ([5, 4, np.nan], "shape (4,)"),
        ([5, ..., 3, np.nan], "made of numbers"),
        ("5431", "made of numbers"),
    ],
)
def test_stars_that_are_none_are_refused(stars, hint):
    assert_refused(checks.check_my_row, row_of_a_list, stars, hint)


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
