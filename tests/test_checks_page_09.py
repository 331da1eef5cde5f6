"""Page 09's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
from sklearn.linear_model import Ridge

from mfhelpers import checks

MOVIE, SUM, FITS = checks.check_solve_movie, checks.check_weighted_sum, checks.check_largest_k

# ---------------------------------------------------------------- one movie's row


def solve_movie(P, raters, ratings, lam, brake=None):
    A = P[raters]
    brake = lam * len(A) if brake is None else brake
    return np.linalg.solve(A.T @ A + brake * np.eye(A.shape[1]), A.T @ ratings)


def one_rating_at_a_time(P, raters, ratings, lam):
    A, b = np.zeros((P.shape[1],) * 2), np.zeros(P.shape[1])
    for user, rating in zip(raters, ratings, strict=True):
        A += np.outer(P[user], P[user]) + lam * np.eye(len(b))
        b += rating * P[user]
    return np.linalg.solve(A, b)


def everybody(P, raters, ratings, lam):
    column = np.zeros(len(P))
    column[raters] = ratings
    return solve_movie(P, np.arange(len(P)), column, lam)


RIGHT_MOVIES = [
    solve_movie,
    one_rating_at_a_time,
    lambda P, i, r, lam: Ridge(alpha=lam * len(i), fit_intercept=False).fit(P[i], r).coef_,
    lambda P, i, r, lam: solve_movie(P, i, r, lam).tolist(),
]
WRONG_MOVIES = [
    (everybody, "only the rows of `raters`"),
    (lambda P, i, r, lam: solve_movie(P, i, r, lam, lam), "once per rating"),
    (lambda P, i, r, lam: np.linalg.lstsq(P[i], r)[0], "brake is missing"),
    (lambda P, i, r, lam: solve_movie(P, i, r, lam, lam * len(P)), "*all* users"),
    (lambda P, i, r, lam: P[i] @ solve_movie(P, i, r, lam), "np.eye(k)"),
    (lambda P, i, r, lam: P @ solve_movie(P, i, r, lam), "one number a user"),
    (lambda P, i, r, lam: solve_movie(P, np.sort(i), r, lam), "order of `raters`"),
    (lambda P, i, r, lam: P[i].T @ P[i] + lam * np.eye(len(r)), "do not fit"),
]

# ---------------------------------------------------------------- the shared sum


def weighted_sum(shared, rows, rated_weight, blank_weight):
    return blank_weight * (shared - rows.T @ rows) + rated_weight * rows.T @ rows


def by_loop(shared, rows, rated_weight, blank_weight):
    total = blank_weight * shared
    for q in rows:
        total = total + (rated_weight - blank_weight) * np.outer(q, q)
    return total


RIGHT_SUMS = [weighted_sum, by_loop, lambda *args: by_loop(*args).tolist()]
WRONG_SUMS = [
    (lambda S, A, r, b: b * S + r * A.T @ A, "counted twice"),
    (lambda S, A, r, b: b * S + (1 - b) * A.T @ A, "weighs 1"),
    (lambda S, A, r, b: weighted_sum(S, A, b, r), "changed places"),
    (lambda S, A, r, b: b * S, "still to be put right"),
    (lambda S, A, r, b: (r - b) * A @ A.T, "n×n"),
    (lambda S, A, r, b: b * (S - A.T @ A), "never put back"),
    (lambda S, A, r, b: S + (r - b) * A.T @ A, "lacks its weight"),
]

# ---------------------------------------------------------------- what fits into memory


def largest_k(m, n, ratings, gigabytes, per_rating=12):
    k = 0
    while per_rating * ratings + 4 * (m + n) * (k + 1) <= gigabytes * 10**9:
        k += 1
    return k


RIGHT_SIZES = [
    largest_k,
    lambda m, n, ratings, gb: max(int((gb * 10**9 - 12 * ratings) // (4 * (m + n))), 0),
]
WRONG_SIZES = [
    (lambda m, n, ratings, gb: int((gb * 10**9 - 12 * ratings) // (4 * (m + n))), "below 0"),
    (lambda *sizes: largest_k(*sizes, per_rating=0), "the ratings take memory"),
    (lambda m, n, ratings, gb: largest_k(m, 0, ratings, gb), "movies have factors"),
    (lambda m, n, ratings, gb: largest_k(2 * m, 2 * n, ratings, gb), "8 is float64"),
    (lambda m, n, ratings, gb: largest_k(m, n, ratings, gb * 1.073741824), "2³⁰"),
    (lambda m, n, ratings, gb: largest_k(m, n, ratings, gb) + 1, "take the ratings' bytes"),
]

NESTED_RIGHT = [(MOVIE, RIGHT_MOVIES), (SUM, RIGHT_SUMS), (FITS, RIGHT_SIZES)]
RIGHT = [(check, answer) for check, answers in NESTED_RIGHT for answer in answers]
NESTED_WRONG = [(MOVIE, WRONG_MOVIES), (SUM, WRONG_SUMS), (FITS, WRONG_SIZES)]
WRONG = [(check, *answer) for check, answers in NESTED_WRONG for answer in answers]
