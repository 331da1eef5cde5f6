"""From a fitted model to lists: the best movies for a user, similar movies, a new person."""

import numbers

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mfhelpers._codes import check_fitted, check_pairs
from mfhelpers._numbers import check_choice, check_number

CHUNK = 512  # users or movies at a time: the scores of all at once would fill the memory


def top_n(model, user, n=10, seen=None):
    """Return the n movies with the highest predicted ratings, best first.

    The order is that of `model.predict`, where a user or movie that training has not seen has
    the mean and the bias that is known. Equal scores are ordered by movie code.

    Args:
        model: a fitted MatrixFactorization, or another model with its learned attributes.
        user: a user code; or an array of codes, shape (c,); or the (factors, bias) of one new
            person that `fold_in` returns.
        n: how many movies.
        seen: movies to leave out. Either the ratings' two code columns (users, movies), as fit
            takes them; or for one user or person an array of movie codes.

    Returns:
        Movie codes, int64: shape (n,), or (c, n) for an array of users.

    Raises:
        ValueError: codes that are negative or no whole numbers, factors of another length, seen
            of another form, or fewer than n movies left for a user; the message names it.
    """
    check_fitted(model, "user_factors_")
    check_number(n, "n", whole=True, least=1)
    if _is_person(user):
        factors = _check_person(user, model.movie_factors_.shape[1])
        scores = _scores_of_factors(model, factors[None, :])
        _mask(scores, _seen_by_one(seen, scores.shape[1]))
        return _best(scores, n, [None])[0]
    users, single = _check_users(user)
    lists = np.empty((len(users), n), dtype=np.int64)
    seen = _seen_by_users(seen, users, single, len(model.movie_biases_))
    for start in range(0, len(users), CHUNK):
        chunk = slice(start, start + CHUNK)
        scores = _scores(model, users[chunk])
        if seen is not None:
            _mask(scores, seen[chunk])
        lists[chunk] = _best(scores, n, users[chunk])
    return lists[0] if single else lists


def similar_movies(model, movie, n=10, metric="cosine"):
    """Return the n movies whose factors are most like those of a movie, most alike first.

    Movies that training has not seen hold nothing but their random start and are left out, and
    so is the movie itself.

    Args:
        model: a fitted MatrixFactorization, or another model with its learned attributes.
        movie: a movie code, or an array of codes, shape (c,).
        n: how many.
        metric: "cosine", the angle between the factors; or "dot", their dot product, which
            also prefers long factors (of movies with many or extreme ratings).

    Returns:
        Movie codes, int64: shape (n,), or (c, n) for an array of movies.

    Raises:
        ValueError: a movie that training has not seen, another metric, or fewer than n others.
    """
    check_fitted(model, "movie_factors_")
    check_number(n, "n", whole=True, least=1)
    check_choice(metric, "metric", ("cosine", "dot"))
    single = np.ndim(movie) == 0
    movies = _check_known_movies(model, np.atleast_1d(movie))
    factors = model.movie_factors_
    if metric == "cosine":
        lengths = np.linalg.norm(factors, axis=1, keepdims=True)
        factors = np.divide(factors, lengths, out=np.zeros_like(factors), where=lengths > 0)
    unseen = ~_seen_flags(model, "movie")
    lists = np.empty((len(movies), n), dtype=np.int64)
    for start in range(0, len(movies), CHUNK):
        chunk = movies[start : start + CHUNK]
        scores = factors[chunk] @ factors.T
        scores[:, unseen] = -np.inf
        scores[np.arange(len(chunk)), chunk] = -np.inf
        lists[start : start + CHUNK] = _best(scores, n, chunk, "movie")
    return lists[0] if single else lists


def fold_in(model, movies, ratings, regularization=None):
    """Return (factors, bias) of one new person from their ratings, the movies held fixed.

    With the movies' side fixed, the loss that the model minimises is a ridge regression: it
    solves (A'A + lambda n I) x = A't, where A has the rated movies' factors as rows, n is the
    number of ratings (lambda counts once a rating) and t the ratings. In a biased model A has
    a column of ones in front, whose weight is the bias, and t = r - mean - b_i.

    Args:
        model: a fitted MatrixFactorization, or another model with its learned attributes.
        movies: codes of the rated movies, shape (n,), each once.
        ratings: shape (n,), in stars.
        regularization: lambda of this one system, or None for the model's own. A person with
            few ratings is served better by a stronger one.

    Returns:
        factors, shape (k,), and bias, a float (0 in a plain model).

    Raises:
        ValueError: no ratings, other lengths, a movie named twice or not seen in training, a
            rating that is not finite, a model with another penalty than L2.
    """
    check_fitted(model, "movie_factors_")
    if regularization is None:
        regularization = model.regularization
    check_number(regularization, "regularization")
    if hasattr(model, "unobserved_weight"):
        raise ValueError(
            "fold_in solves for stars; this model weighs the blanks too, and a new person's row is "
            "one half-step with them, as page 09 writes it"
        )
    if getattr(model, "penalty", "l2") != "l2":
        raise ValueError(f"fold_in solves the L2 problem; the model has penalty={model.penalty!r}")
    movies = _check_known_movies(model, np.atleast_1d(movies))
    targets = _check_targets(movies, ratings)
    rows = model.movie_factors_[movies].astype(np.float64)
    if model.biased:
        targets = targets - model.mean_ - model.movie_biases_[movies]
        rows = np.column_stack([np.ones(len(rows)), rows])
    penalty = regularization * len(rows)
    if penalty > 0:
        weights = np.linalg.solve(rows.T @ rows + penalty * np.eye(rows.shape[1]), rows.T @ targets)
    else:
        weights = np.linalg.lstsq(rows, targets, rcond=None)[0]
    return (weights[1:], float(weights[0])) if model.biased else (weights, 0.0)


def _scores(model, users):
    """What orders the movies for each user, shape (len(users), n_movies)."""
    inside = users < len(model.user_factors_)
    rows = np.where(inside, users, 0)
    known = inside & _seen_flags(model, "user")[rows]
    scores = _scores_of_factors(model, np.where(known[:, None], model.user_factors_[rows], 0))
    if not model.biased:  # the mean is all that predict says of strangers
        scores[~known] = model.mean_
    return scores


def _scores_of_factors(model, factors):
    """Predicted ratings but for what lifts a whole row and changes no order: mean and user bias."""
    scores = factors.astype(model.movie_factors_.dtype, copy=False) @ model.movie_factors_.T
    unseen = ~_seen_flags(model, "movie")
    if model.biased:
        if unseen.any():
            scores[:, unseen] = 0
        scores += model.movie_biases_
    else:
        scores[:, unseen] = model.mean_
    return scores


def _best(scores, n, names, kind="user"):
    """Column numbers of the n largest scores of each row, best first."""
    take = min(n + 1, scores.shape[1])  # one more, to see whether it ties with the last
    best = np.argpartition(scores, -take, axis=1)[:, -take:]
    best.sort(axis=1)  # so that equal scores come in the order of their codes
    values = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    if take < n or not np.isfinite(values[:, n - 1]).all():
        raise ValueError(_too_few(scores, n, names, kind))
    if take > n:  # of several that share the last place, argpartition took any
        tied = values[:, n - 1] == values[:, n]
        best[tied, :n] = np.argsort(-scores[tied], axis=1, kind="stable")[:, :n]
    return best[:, :n]


def _too_few(scores, n, names, kind):
    n_left = np.isfinite(scores).sum(axis=1)
    row = int(np.argmin(n_left))
    who = "this person" if names[row] is None else f"{kind} {names[row]}"
    return f"{who} has only {n_left[row]} movies left, and n is {n}"


def _mask(scores, seen):
    rows = np.repeat(np.arange(seen.shape[0]), np.diff(seen.indptr))
    scores[rows, seen.indices] = -np.inf


def _seen_by_users(seen, users, single, n_movies):
    """A sparse row of seen movies for each user asked for, or None."""
    if seen is None:
        return None
    if not _is_table(seen):
        if single:
            return _seen_by_one(seen, n_movies)
        raise ValueError(
            "seen must be the two columns user codes and movie codes when several users are asked"
        )
    try:
        seen_users, seen_movies = check_pairs(seen)
    except ValueError as error:
        raise ValueError(f"seen: {error}") from None
    m = int(max(seen_users.max(initial=0), users.max(initial=0))) + 1
    inside = seen_movies < n_movies
    cells = (np.ones(inside.sum(), dtype=bool), (seen_users[inside], seen_movies[inside]))
    return csr_array(cells, shape=(m, n_movies))[users]


def _seen_by_one(seen, n_movies):
    codes = np.zeros(0, dtype=np.int64) if seen is None else np.asarray(list(seen))
    if codes.size and (codes.ndim != 1 or codes.dtype.kind not in "iu" or codes.min() < 0):
        raise ValueError("seen must be an array of movie codes (whole numbers from 0)")
    codes = np.unique(codes[codes < n_movies].astype(np.int64))
    cells = (np.ones(len(codes), dtype=bool), (np.zeros(len(codes), dtype=np.int64), codes))
    return csr_array(cells, shape=(1, n_movies))


def _is_person(user):
    return isinstance(user, tuple) and len(user) == 2 and np.ndim(user[0]) == 1


def _check_person(person, k):
    """Return the factors; the bias lifts all movies alike and changes no order."""
    factors, bias = (np.asarray(part, dtype=np.float64) for part in person)
    if factors.shape != (k,) or bias.ndim > 0:
        raise ValueError(
            f"a person is (factors, bias), {k} factors and one number; "
            f"these have shapes {factors.shape} and {bias.shape}"
        )
    if not np.isfinite(factors).all() or not np.isfinite(bias):
        raise ValueError("a person's factors and bias must be finite numbers")
    return factors


def _is_table(seen):
    return isinstance(seen, pd.DataFrame) or np.ndim(seen) == 2


def _check_users(user):
    users = np.atleast_1d(np.asarray(user))
    if users.ndim != 1 or users.dtype.kind not in "iu" or (users.size and users.min() < 0):
        raise ValueError(f"user must be a code from 0, or an array of codes, not {user!r}")
    return users.astype(np.int64), np.ndim(user) == 0


def _seen_flags(model, side):
    known = getattr(model, f"{side}_seen_", None)
    return np.ones(len(getattr(model, f"{side}_biases_")), bool) if known is None else known


def _check_known_movies(model, movies):
    if movies.ndim != 1 or (movies.size and movies.dtype.kind not in "iu"):
        raise ValueError(f"movies must be codes, whole numbers from 0, not {movies.tolist()!r}")
    known = _seen_flags(model, "movie")
    for movie in movies.tolist():
        if not 0 <= movie < len(known) or not known[movie]:
            raise ValueError(f"movie {movie} was not in training: nothing is known of its factors")
    return movies.astype(np.int64)


def _check_targets(movies, ratings):
    if isinstance(ratings, numbers.Real):
        ratings = [ratings]
    ratings = np.asarray(ratings, dtype=np.float64)
    if len(movies) == 0:
        raise ValueError("rate at least one movie")
    if ratings.shape != movies.shape:
        raise ValueError(f"{len(movies)} movies, but ratings have shape {ratings.shape}")
    if len(np.unique(movies)) < len(movies):
        codes, counts = np.unique(movies, return_counts=True)
        raise ValueError(f"movie {codes[counts > 1][0]} is rated twice; rate each movie once")
    if not np.isfinite(ratings).all():
        raise ValueError(f"rating {int(np.argmin(np.isfinite(ratings)))} is not a finite number")
    return ratings
