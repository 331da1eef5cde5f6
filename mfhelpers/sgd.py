"""The training loop of page 03, compiled by numba: the same statements, in the same order.

The one choice in it is what the movie's step sees of the user's factors: `update="moved"`, as
page 03 has it, or `"simultaneous"`, the values from before the step.

The loop is written once. It is compiled when a model of its kind is first fitted: strictly
for float64, so that it repeats the plain-Python loop to the last digits, and for float32 with
leave to reorder sums, which lets the processor work on several factors at a time.
"""

import functools
import threading

import numpy as np
from numba import njit

from mfhelpers._prefetch import AHEAD, LINE, prefetch_row

# What the compiler may do to sums of float32; NaN and infinity keep their meaning, since a
# diverging run is recognised by them.
FAST = {"contract", "reassoc", "nsz", "arcp"}


def l2_move(weight, push, learning_rate, regularization):
    """Return the weight after a step under L2: the pull is a share of the weight itself."""
    return weight + learning_rate * (push - regularization * weight)


def l1_sign_move(weight, push, learning_rate, regularization):
    """Return the weight after the sub-gradient step that people write for L1."""
    return weight + learning_rate * (push - regularization * np.sign(weight))


def l1_move(weight, push, learning_rate, regularization):
    """Return the weight after a step and a soft-threshold, which stops at zero."""
    moved = weight + learning_rate * push
    threshold = learning_rate * regularization
    if moved > threshold:
        return moved - threshold
    if moved < -threshold:
        return moved + threshold
    return moved * 0


MOVES = {"l2": l2_move, "l1": l1_move, "l1_sign": l1_sign_move}
UPDATES = ("moved", "simultaneous")
_ONE_AT_A_TIME = threading.Lock()


def compiled_epoch(penalty, biased, fast, update="moved", far=False):
    """Return the compiled function that passes once over all ratings.

    Args:
        penalty: "l2", "l1" or "l1_sign".
        biased: whether the prediction has the mean and the biases in it.
        fast: whether sums may be reordered (float32).
        update: "moved", where the movie's step sees the user's moved factors, or
            "simultaneous", where it sees the old ones.
        far: whether to ask for rows of factors ahead of their turn, which changes no result: two
            to three times as quick where the tables are large (`_prefetch.is_far`).

    Returns:
        run_epoch(users, movies, ratings, block_order, block_size, user_factors, movie_factors,
        user_biases, movie_biases, mean, learning_rate, regularization) -> sum of squared
        errors, each measured before its own update. Factors and biases are changed in place.
    """
    # of two threads that ask at once, one makes the function and the other waits for it; numba
    # does the same when it compiles
    with _ONE_AT_A_TIME:
        return _compiled_epoch(penalty, biased, fast, update, far)


@functools.cache
def _compiled_epoch(penalty, biased, fast, update, far):
    move = njit(MOVES[penalty], inline="always")
    sees_moved = update == "moved"

    def run_epoch(users, movies, ratings, block_order, block_size, user_factors, movie_factors,
                  user_biases, movie_biases, mean, learning_rate, regularization):  # fmt: skip
        n_factors = user_factors.shape[1]
        squared_errors = 0.0
        for block in block_order:
            for row in range(block * block_size, min((block + 1) * block_size, len(ratings))):
                if far:
                    ahead = min(row + AHEAD, len(ratings) - 1)
                    prefetch_row(user_factors, users[ahead])
                    prefetch_row(movie_factors, movies[ahead])

                user, movie = users[row], movies[row]
                p, q = user_factors[user], movie_factors[movie]

                prediction = mean
                if biased:
                    prediction += user_biases[user] + movie_biases[movie]
                for f in range(n_factors):
                    prediction += p[f] * q[f]
                error = ratings[row] - prediction
                squared_errors += error * error

                if biased:
                    user_biases[user] = move(
                        user_biases[user], error, learning_rate, regularization
                    )
                    movie_biases[movie] = move(
                        movie_biases[movie], error, learning_rate, regularization
                    )
                for f in range(n_factors):
                    old_p = p[f]
                    p[f] = move(p[f], error * q[f], learning_rate, regularization)
                    seen_p = p[f] if sees_moved else old_p
                    q[f] = move(q[f], error * seen_p, learning_rate, regularization)
        return squared_errors

    # nogil: Python's lock is of no use in here, and without it two models can train at a time
    return njit(run_epoch, fastmath=FAST if fast else False, nogil=True)


def on_cache_lines(values, dtype):
    """Return a copy of the values, of the dtype, that starts on a cache line (64 bytes).

    A row of 32 float32 factors then fills two lines and never touches a third, which makes an
    epoch about a tenth quicker; large arrays of NumPy's own start 16 bytes later.
    """
    size = values.size * np.dtype(dtype).itemsize
    memory = np.empty(size + LINE, np.uint8)
    first = -memory.ctypes.data % LINE
    copy = memory[first : first + size].view(dtype).reshape(values.shape)
    copy[...] = values
    return copy


@njit(nogil=True)
def mixed_rows(users, movies, ratings, seed, mixed_users, mixed_movies, mixed_ratings,
               user_seen, movie_seen):  # fmt: skip
    """Write the rows in random order into the mixed arrays, every order equally likely.

    Fisher-Yates, inside out, with Marsaglia's xorshift for the draws (Journal of Statistical
    Software 8(14), 2003): about four times as fast as a permutation and a gather in NumPy.

    Args:
        users, movies, ratings: the rows, all of length n < 2**32.
        seed: uint64 above 0.
        mixed_users, mixed_movies, mixed_ratings: arrays of length n to be filled.
        user_seen, movie_seen: bool arrays; the codes that occur are set to True.
    """
    state = np.uint64(seed)
    for row in range(len(ratings)):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        other = np.int64(((state >> np.uint64(32)) * np.uint64(row + 1)) >> np.uint64(32))
        mixed_users[row] = mixed_users[other]
        mixed_movies[row] = mixed_movies[other]
        mixed_ratings[row] = mixed_ratings[other]
        mixed_users[other] = users[row]
        mixed_movies[other] = movies[row]
        mixed_ratings[other] = ratings[row]
        user_seen[users[row]] = True
        movie_seen[movies[row]] = True
