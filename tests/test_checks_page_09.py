"""Page 09's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
from sklearn.linear_model import Ridge

from mfhelpers import checks

MOVIE, SUM, FITS = checks.check_solve_movies, checks.check_weighted_sum, checks.check_largest_k

# ---------------------------------------------------------------- the other half-step


def solve_movies(P, users, movies, ratings, n, lam, counts=None):
    Q = np.zeros((n, P.shape[1]))
    for movie in set(movies.tolist()):
        A, r = P[users[movies == movie]], ratings[movies == movie]
        brake = lam * (len(r) if counts is None else counts)
        Q[movie] = np.linalg.solve(A.T @ A + brake * np.eye(A.shape[1]), A.T @ r)
    return Q


def one_rating_at_a_time(P, users, movies, ratings, n, lam):
    k = P.shape[1]
    A, b = np.zeros((n, k, k)), np.zeros((n, k))
    for user, movie, rating in zip(users, movies, ratings, strict=True):
        A[movie] += np.outer(P[user], P[user]) + lam * np.eye(k)
        b[movie] += rating * P[user]
    return [np.linalg.solve(A[i], b[i]) if A[i].any() else np.zeros(k) for i in range(n)]


def by_ridge(P, users, movies, ratings, n, lam):
    Q = np.zeros((n, P.shape[1]))
    for i in np.unique(movies):
        its = movies == i
        Q[i] = (
            Ridge(alpha=lam * its.sum(), fit_intercept=False).fit(P[users[its]], ratings[its]).coef_
        )
    return Q


def every_movie(P, users, movies, ratings, n, lam, inverse=np.linalg.inv):
    Q = []
    for i in range(n):
        A, r = P[users[movies == i]], ratings[movies == i]
        Q.append(inverse(A.T @ A + lam * len(r) * np.eye(A.shape[1])) @ (A.T @ r))
    return np.array(Q)


def by_pinv(P, users, movies, ratings, n, lam):
    return every_movie(P, users, movies, ratings, n, lam, np.linalg.pinv)


def rated_movies(P, users, movies, ratings, n, lam):
    return solve_movies(P, users, movies, ratings, n, lam)[np.unique(movies)]


def everybody(P, users, movies, ratings, n, lam):
    table = np.zeros((len(P), n))
    table[users, movies] = ratings
    brakes = lam * np.bincount(movies, minlength=n)
    square, k = P.T @ P, P.shape[1]
    return np.array(
        [np.linalg.solve(square + brakes[i] * np.eye(k), P.T @ table[:, i]) for i in range(n)]
    )


RIGHT_MOVIES = [solve_movies, one_rating_at_a_time, by_ridge, by_pinv]
WRONG_MOVIES = [
    (everybody, "only the rows of those who rated"),
    (every_movie, "leave its row at zero"),
    (rated_movies, "has a row of zeros"),
    (lambda *given: solve_movies(*given)[0], "one movie's row"),
    (lambda *given: solve_movies(*given, counts=1), "once a rating"),
    (lambda *given: solve_movies(*given, counts=len(given[3])), "*all* ratings"),
    (lambda *given: solve_movies(*given, counts=len(given[0])), "*all* users"),
    (lambda *given: solve_movies(*given, counts=0), "brake is missing"),
    (lambda P, u, i, r, n, lam: solve_movies(P, i, u, r, len(P), lam), "a row for each user"),
    (lambda P, *rest: P @ solve_movies(P, *rest).T, "predictions"),
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
