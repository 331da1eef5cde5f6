"""What a factor model predicts for (user, movie) codes, compiled by numba."""

import numpy as np
from numba import njit

from mfhelpers._codes import read_only
from mfhelpers.sgd import FAST


def predicted_ratings(model, users, movies):
    """Return one prediction a row, float64; whoever was not in training gets what is known.

    A pair of which both were seen gets p.q, with the mean and the biases when biased. Any other
    pair gets the mean, plus the bias of the one that was seen (0 in a plain model).

    Args:
        model: a fitted MatrixFactorization, or another model with its learned attributes.
        users, movies: codes, int64, length n, any size below 2**32.
    """
    arrays = (
        users, movies, model.user_factors_, model.movie_factors_, model.user_biases_,
        model.movie_biases_, model.user_seen_, model.movie_seen_,
    )  # fmt: skip
    predictions = np.empty(len(users))
    _compiled(
        *(read_only(np.ascontiguousarray(array)) for array in arrays),
        float(model.mean_),
        bool(model.biased),
        predictions,  # made here: numba needs a quarter of a second to learn how to make an array
    )
    return predictions


def rmse_of(model, users, movies, ratings):
    """Return the root mean squared error of the model's predictions."""
    # scikit-learn's root_mean_squared_error checks its input for as long as this takes; in
    # place, since new arrays of a million would double the time
    errors = predicted_ratings(model, users, movies)
    errors -= ratings
    errors *= errors
    return float(np.sqrt(errors.mean()))


@njit(fastmath=FAST, nogil=True)
def _compiled(users, movies, user_factors, movie_factors, user_biases, movie_biases,
              user_seen, movie_seen, mean, biased, predictions):  # fmt: skip
    for row in range(len(users)):
        user, movie = np.uint32(users[row]), np.uint32(movies[row])
        user_known = user < len(user_seen) and user_seen[user]
        movie_known = movie < len(movie_seen) and movie_seen[movie]
        if user_known and movie_known:
            p, q = user_factors[user], movie_factors[movie]
            dot = p[0] * q[0]
            for f in range(1, user_factors.shape[1]):
                dot += p[f] * q[f]
            start = mean if biased else 0.0
            predictions[row] = start + user_biases[user] + movie_biases[movie] + dot
        else:
            known_user_bias = user_biases[user] if user_known else 0.0
            known_movie_bias = movie_biases[movie] if movie_known else 0.0
            predictions[row] = mean + known_user_bias + known_movie_bias
