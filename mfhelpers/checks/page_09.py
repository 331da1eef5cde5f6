"""Checkers of page 09: a half-step of ALS, the shared sum, what fits into memory."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array
from mfhelpers.checks._exercise import exercise
from mfhelpers.checks._ridge import braked, solve

# ---------------------------------------------------------------- the other half-step


def _each(solved_row):
    """A half-step that solves each rated movie by solved_row(P, raters, ratings, λ)."""

    def solve_movies(user_factors, users, movies, ratings, n_movies, regularization):
        Q = np.zeros((n_movies, user_factors.shape[1]))
        for movie in np.unique(movies):
            its = movies == movie
            Q[movie] = solved_row(user_factors, users[its], ratings[its], regularization)
        return Q

    return solve_movies


def _braked(brake):
    """A half-step with another brake, made of λ and the numbers n, m and k."""
    return _each(braked(brake))


def _blank_as_zero(brake):
    """A half-step that takes every user's row, where who did not rate gave a 0."""

    def as_zero(P, raters, ratings, lam):
        filled = np.zeros(len(P))
        filled[raters] = ratings
        return solve(P, filled, brake(lam, len(raters), len(P)))

    return _each(as_zero)


def _brake_everywhere(P, raters, ratings, lam):
    rows = P[raters]
    return np.linalg.solve(rows.T @ rows + lam * len(raters), rows.T @ ratings)


_solve_movies = _braked(lambda lam, n, m, k: lam * n)


def _all_ratings_counted(P, users, movies, ratings, n_movies, lam):
    counted = _braked(lambda lam, n, m, k: lam * len(ratings))
    return counted(P, users, movies, ratings, n_movies, lam)


def _the_unrated_too(P, users, movies, ratings, n_movies, lam):
    if len(np.unique(movies)) < n_movies:
        raise np.linalg.LinAlgError("Singular matrix")
    return _solve_movies(P, users, movies, ratings, n_movies, lam)


def _first_movie_alone(P, users, movies, ratings, n_movies, lam):
    first = _solve_movies(P, users, movies, ratings, n_movies, lam)
    first[min(movies) + 1 :] = 0
    return first


def _look_at_movies(result, P, users, movies, ratings, n_movies, lam):
    """Say what another shape than (n_movies, k) comes from."""
    shape, k = as_array(result, "your table", finite=False).shape, P.shape[1]
    if shape == (len(P), k):
        raise Wrong("that is a row for each user, and the users' side is fixed: solve the movies.")
    if len(np.unique(movies)) < n_movies and shape == (len(np.unique(movies)), k):
        raise Wrong(
            "only the movies with a rating have a row in yours. One without has a row of zeros."
        )
    if shape == (len(P), n_movies):
        raise Wrong("that is a number for each user and movie: predictions. Return the factors.")
    if shape == (k,):
        raise Wrong("that is one movie's row. Return a table with a row for each movie.")


def _more_tables(rng):
    k, n_movies = int(rng.integers(2, 4)), int(rng.integers(4, 7))
    m = n_movies + k + int(rng.integers(2, 5))
    unrated = int(rng.integers(n_movies)) if rng.random() < 0.5 else None
    pairs = [
        (user, movie)
        for movie in range(n_movies)
        if movie != unrated
        for user in rng.permutation(m)[: rng.integers(k + 1, m)]
    ]
    users, movies = rng.permutation(pairs).T
    stars = rng.integers(1, 6, len(users))
    return rng.normal(0, 0.8, (m, k)), users, movies, stars, n_movies, rng.uniform(0.05, 0.7)


check_solve_movies = exercise(
    "Check solve_movies(user_factors, users, movies, ratings, n_movies, regularization) → a table, "
    "shape (n_movies, k).",
    solution=_solve_movies,
    gives="your table",
    cases=[
        (
            np.array([[1, 0.2], [0.3, -0.8], [0.6, 1.1], [-0.4, 0.5], [0.9, 0.9], [-0.7, 0.1]]),
            np.array([4, 0, 3, 5, 1, 0, 2, 5, 1, 4]),
            np.array([0, 1, 0, 1, 0, 2, 1, 2, 2, 2]),
            np.array([2, 4, 1, 5, 3, 1, 2, 4, 5, 3]),
            3,
            0.17,
        ),
    ],
    more=_more_tables,
    look=_look_at_movies,
    steps=lambda P, users, movies, ratings, n_movies, lam: {
        "movie 0: who rated it": users[movies == 0],
        "its ratings": ratings[movies == 0],
        "its brake λn": lam * (movies == 0).sum(),
    },
    mistakes={
        "all rows of P are in your systems, as if everybody else had rated the movie with 0. Take "
        "only the rows of those who rated it.": (
            _blank_as_zero(lambda lam, n, m: lam * n),
            _blank_as_zero(lambda lam, n, m: lam * m),
            _blank_as_zero(lambda lam, n, m: lam),
        ),
        "a movie without ratings has nothing to solve: leave its row at zero.": _the_unrated_too,
        "only the first movie is solved: does a `return` stand inside the loop?": (
            _first_movie_alone
        ),
        "λ stands there once, and page 05's loss counts it once a rating: multiply it by the "
        "movie's number of ratings.": _braked(lambda lam, n, m, k: lam),
        "λ times the number of *all* ratings: only this movie's count.": _all_ratings_counted,
        "the brake is missing: add λ times n to the diagonal, n for the movie's ratings.": (
            _braked(lambda lam, n, m, k: 0)
        ),
        "λ is missing from the brake: it is λ times n.": _braked(lambda lam, n, m, k: n),
        "λ times the number of *all* users: only those who rated the movie count.": (
            _braked(lambda lam, n, m, k: lam * m)
        ),
        "λ times k: it is the movie's number of ratings that counts.": (
            _braked(lambda lam, n, m, k: lam * k)
        ),
        "the brake is divided by n: λ counts once a rating, so it is multiplied.": (
            _braked(lambda lam, n, m, k: lam / n)
        ),
        "the brake has the wrong sign: it is *added* to the diagonal.": (
            _braked(lambda lam, n, m, k: -lam * n)
        ),
        "there is a factor 2 too many in the brake: the ½ stands before both parts of the loss.": (
            _braked(lambda lam, n, m, k: 2 * lam * n)
        ),
        "you added the brake to every cell. Only the diagonal gets it: times `np.eye(k)`.": (
            _each(_brake_everywhere)
        ),
        "the ratings do not belong to these rows: take both in the same order.": (
            _each(lambda P, raters, r, lam: solve(P[np.sort(raters)], r, lam * len(r)))
        ),
        "you took the first rows of P. Who rated a movie says `users`.": (
            _each(lambda P, raters, r, lam: solve(P[: len(r)], r, lam * len(r)))
        ),
        "those are only the right-hand sides; the systems are still to be solved.": (
            _each(lambda P, raters, r, lam: P[raters].T @ r)
        ),
    },
    fallback="Write movie 0's system down for these numbers, with users for movies.",
    praise="The other half-step: every movie's best row while the users' side is fixed.",
)

# ---------------------------------------------------------------- the shared sum


def _weighted(of_all, of_rated):
    """A function that adds up the two tables, times these functions of the two weights."""
    return lambda shared, rows, rated, blank: (
        of_all(rated, blank) * shared + of_rated(rated, blank) * rows.T @ rows
    )


def _look_at_a_sum(result, shared, rows, rated_weight, blank_weight):
    """Say what a table of another shape than k×k comes from."""
    n, k = rows.shape
    if as_array(result, "your table", finite=False).shape == (n, n):
        raise Wrong(
            f"rows @ rows.T is n×n, a number for each pair of movies; rows.T @ rows is {k}×{k}."
        )


def _more_sums(rng):
    k = int(rng.integers(2, 5))
    Q = rng.normal(0, 0.8, (int(rng.integers(8, 15)), k))
    rated = rng.permutation(len(Q))[: k + int(rng.integers(1, 4))]
    return Q.T @ Q, Q[rated], rng.uniform(1.2, 3), rng.uniform(0.1, 0.9)


_Q = np.array([[1.0, 0.5], [-0.5, 2.0], [0.0, -1.0], [1.5, 0.25], [-1.0, -0.5]])

check_weighted_sum = exercise(
    "Check weighted_sum(shared, rows, rated_weight, blank_weight) → a table, shape (k, k).",
    solution=lambda shared, rows, rated_weight, blank_weight: (
        blank_weight * shared + (rated_weight - blank_weight) * rows.T @ rows
    ),
    gives="your table",
    cases=[(_Q.T @ _Q, _Q[[0, 2, 3]], 2.5, 0.25)],
    more=_more_sums,
    look=_look_at_a_sum,
    steps=lambda shared, rows, rated_weight, blank_weight: {
        "all movies as blanks": blank_weight * shared,
        "what a rated movie still lacks": rated_weight - blank_weight,
        "rows.T @ rows": rows.T @ rows,
    },
    mistakes={
        "the rated movies are counted twice: they are in `shared` too, as blanks. What do they "
        "still lack?": _weighted(lambda r, b: b, lambda r, b: r),
        "that is right where a rated movie weighs 1. Here it weighs `rated_weight`.": (
            _weighted(lambda r, b: b, lambda r, b: 1 - b)
        ),
        "the two weights have changed places.": _weighted(lambda r, b: r, lambda r, b: b - r),
        "the difference has the wrong sign: a rated movie lacks rated_weight - blank_weight.": (
            _weighted(lambda r, b: b, lambda r, b: b - r)
        ),
        "`shared` lacks its weight: as blanks, all movies count blank_weight times.": (
            _weighted(lambda r, b: 1, lambda r, b: r - b),
            _weighted(lambda r, b: 1, lambda r, b: r),
        ),
        "those are the blanks' weights for all movies; the rated ones are still to be put right.": (
            _weighted(lambda r, b: b, lambda r, b: 0)
        ),
        "those are the rated movies alone. The blanks count, too.": (
            _weighted(lambda r, b: 0, lambda r, b: r)
        ),
        "the rated movies are taken out of `shared`, and never put back with their own weight.": (
            _weighted(lambda r, b: b, lambda r, b: -b)
        ),
        "the weights of a sum are not squared: w·q·qᵀ has w once.": (
            _weighted(lambda r, b: b**2, lambda r, b: r**2 - b**2)
        ),
    },
    fallback="Take one rated movie: how often does its own q·qᵀ stand in your table?",
    praise="Every blank is counted, and none was visited.",
)

# ---------------------------------------------------------------- what fits into memory


def _k_of(n_users, n_movies, n_ratings, gigabytes, per_rating=12, per_factor=4, giga=10**9):
    left = gigabytes * giga - per_rating * n_ratings
    return max(0, left / (per_factor * (n_users + n_movies)))


def _whole(**changed):
    return lambda *sizes: int(_k_of(*sizes, **changed))


def _more_sizes(rng):
    m, n = int(rng.integers(10**5, 10**7)), int(rng.integers(10**4, 10**6))
    ratings = int(rng.integers(10**7, 10**9))
    return m, n, ratings, float(np.round(12 * ratings / 1e9 + rng.uniform(0.5, 9), 1))


check_largest_k = exercise(
    "Check largest_k(n_users, n_movies, n_ratings, gigabytes) → a whole number.",
    solution=lambda n_users, n_movies, n_ratings, gigabytes: int(
        _k_of(n_users, n_movies, n_ratings, gigabytes)
    ),
    gives="your k",
    cases=[
        (1_000_000, 200_000, 50_000_000, 2),
        (3_000_000, 500_000, 400_000_000, 5),  # the last factor does not quite fit
        (2_000_000, 100_000, 1_000_000_000, 8),  # not even the ratings fit
    ],
    more=_more_sizes,
    steps=lambda n_users, n_movies, n_ratings, gigabytes: {
        "bytes that the ratings leave": gigabytes * 10**9 - 12 * n_ratings,
        "bytes of one factor": 4 * (n_users + n_movies),
    },
    mistakes={
        "where the ratings alone do not fit, k is 0; below 0 it cannot be.": (
            lambda m, n, ratings, gb: int((gb * 10**9 - 12 * ratings) // (4 * (m + n)))
        ),
        "a part of a factor is no factor: round down.": _k_of,
        "that is rounded up, and one factor too many does not fit: round down.": (
            lambda *sizes: int(np.ceil(_k_of(*sizes)))
        ),
        "that is rounded to the nearest number, and what is rounded up does not fit: round down.": (
            lambda *sizes: int(round(_k_of(*sizes)))
        ),
        "the ratings take memory too: 12 bytes each.": _whole(per_rating=0),
        "a rating is three numbers of four bytes: 12 bytes.": _whole(per_rating=4),
        "a factor of float32 has 4 bytes; 8 is float64.": _whole(per_factor=8),
        "a factor has 4 bytes, not 1.": _whole(per_factor=1),
        "a gigabyte is 10⁹ bytes here, not 2³⁰.": _whole(giga=2**30),
        "movies have factors too.": lambda m, n, ratings, gb: int(_k_of(m, 0, ratings, gb)),
        "users have factors too.": lambda m, n, ratings, gb: int(_k_of(0, n, ratings, gb)),
        "factors are kept for users *and* for movies, (m + n)k numbers; the table of all "
        "predictions, m·n cells, is never made.": (
            lambda m, n, ratings, gb: int(max(0, gb * 10**9 - 12 * ratings) / (4 * m * n))
        ),
    },
    fallback="Take the ratings' bytes away, then divide by the bytes of one factor.",
    praise="Now put in the sizes of your own data.",
)
