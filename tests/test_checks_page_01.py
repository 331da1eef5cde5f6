"""Page 01's checkers: right answers in other words pass, some mistakes are written anew."""

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused
from tools.drawings import page_01

PAGE = Path(__file__).parents[1] / "notebooks" / "01_what_is_matrix_factorization.ipynb"
ONE_CELL, FILL, LARGEST_K = checks.check_one_cell, checks.check_fill_holes, checks.check_largest_k


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


def counted_up(n_users, n_movies, n_ratings):
    k = 0
    while (n_users + n_movies) * (k + 1) <= n_ratings:
        k += 1
    return k


def counted_too_far(n_users, n_movies, n_ratings):
    k = 0
    while (n_users + n_movies) * k <= n_ratings:
        k += 1
    return k


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
    (LARGEST_K, lambda m, n, ratings: int(ratings / (m + n))),
    (LARGEST_K, lambda m, n, ratings: np.floor(ratings / (m + n))),
    (LARGEST_K, counted_up),
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
    (LARGEST_K, lambda m, n, ratings: -(-ratings // (m + n)), "too many"),
    (LARGEST_K, counted_too_far, "too many"),
    (LARGEST_K, lambda m, n, ratings: math.ceil(ratings / (m + n)) - 1, "too few"),
    (LARGEST_K, lambda m, n, ratings: ratings // m // n, "all m × n cells"),
    (LARGEST_K, lambda m, n, ratings: int(ratings / m), "users alone"),
    (LARGEST_K, lambda m, n, ratings: ratings - ratings % (m + n), "how many numbers are learned"),
    (LARGEST_K, lambda m, n, ratings: divmod(ratings, m + n)[1], "what is left over"),
    (LARGEST_K, lambda m, n, ratings: ratings // (m + n) or 1, "k may be 0"),
    (LARGEST_K, lambda m, n, ratings: min(counted_up(m, n, ratings), 100), "cut k off"),
    (LARGEST_K, lambda m, n, ratings: 7, "whatever it is given"),
    (LARGEST_K, lambda m, n, ratings: ratings // (m + n + 9), "at most as many as"),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)


def test_largest_k_names_the_answer_for_the_sample(capsys):
    LARGEST_K(counted_up)
    assert "k is 16." in capsys.readouterr().out


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
