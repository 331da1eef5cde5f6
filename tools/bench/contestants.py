"""Trains one library's model turn by turn, in a process of its own (see tools.bench.process).

usage: python -m tools.bench.contestants NAME ARRAYS.npz
Asked {"n_factors", "learning_rate", "regularization", "n_epochs"}, it trains from the start and
answers {"seconds", "rmse", "megabytes"}: of training alone, of the held-out ratings, of memory.
"""

import math
import sys
from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from tools.bench.process import forget_peak, own_output, peak_megabytes, serve
from tools.bench.rounds import seconds_of

INIT_STD = 0.01  # of all that let it be chosen
LOOP_ROWS = 2_000


@dataclass
class Rows:
    """User codes, movie codes and stars; more of the same for what is held out."""

    users: np.ndarray
    movies: np.ndarray
    ratings: np.ndarray
    held_out: object = None
    own_form: object = None  # what a library makes of them, kept from turn to turn

    @property
    def pairs(self):
        return np.column_stack([self.users, self.movies])

    @property
    def sizes(self):
        return int(self.users.max()) + 1, int(self.movies.max()) + 1


# Each function trains and returns (seconds, predictions for the held-out rows).


def ours(rows, n_factors, learning_rate, regularization, n_epochs):
    from mfhelpers import MatrixFactorization

    model = MatrixFactorization(
        n_factors, biased=True, shuffle=True, dtype="float32", learning_rate_schedule="linear",
        learning_rate=learning_rate, regularization=regularization, n_epochs=n_epochs,
        init_std=INIT_STD, random_state=0,
    )  # fmt: skip
    return _fit_and_predict(model, rows)


def ours_als(rows, n_factors, regularization, n_epochs, learning_rate=None):
    """Train without a learning rate, whatever the search hands over for one."""
    from mfhelpers.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        n_factors, biased=True, regularization=regularization, n_iterations=n_epochs,
        init_std=INIT_STD, random_state=0,
    )  # fmt: skip
    return _fit_and_predict(model, rows)


def _fit_and_predict(model, rows):
    seconds = seconds_of(lambda: model.fit(rows.pairs, rows.ratings))
    return seconds, model.predict(rows.held_out.pairs)


def plain_loop(rows, n_factors, learning_rate, regularization, n_epochs):
    """The loop over iterrows, timed on some rows; what it learns, by the compiled same steps."""
    import pandas as pd

    from mfhelpers import MatrixFactorization
    from tools.bench.loop import iterrows_epoch

    settings = dict(
        learning_rate=learning_rate, regularization=regularization, init_std=INIT_STD,
        random_state=0,
    )  # fmt: skip
    begun = MatrixFactorization(n_factors, n_epochs=0, **settings).fit(rows.pairs, rows.ratings)
    some = pd.DataFrame(rows.pairs[:LOOP_ROWS], columns=["user_id", "movie_id"])
    some["user_rating"] = rows.ratings[:LOOP_ROWS]
    P, Q = begun.user_factors_, begun.movie_factors_
    seconds = seconds_of(lambda: iterrows_epoch(some, P, Q, learning_rate, regularization))
    model = MatrixFactorization(n_factors, n_epochs=n_epochs, **settings)
    _, predictions = _fit_and_predict(model, rows)
    return seconds * n_epochs * len(rows.ratings) / len(some), predictions


def cornac(rows, n_factors, learning_rate, regularization, n_epochs):
    from cornac.models.mf.backend_cpu import fit_sgd

    rng = np.random.default_rng(0)
    P, Q = (rng.normal(0, INIT_STD, (n, n_factors)).astype(np.float32) for n in rows.sizes)
    b_u, b_i = (np.zeros(n, np.float32) for n in rows.sizes)
    mean = float(rows.ratings.mean())
    seconds = seconds_of(
        lambda: fit_sgd(
            rows.users, rows.movies, rows.ratings.astype(np.float32), P, Q, b_u, b_i,
            learning_rate, regularization, mean, n_epochs,
            num_threads=1, use_bias=True, early_stop=False, verbose=False,
        )
    )  # fmt: skip
    return seconds, _predicted(rows, mean, b_u, b_i, P, Q)


def surprise(rows, n_factors, learning_rate, regularization, n_epochs):
    from surprise import SVD

    rows.own_form = rows.own_form or _surprise_trainset(rows)
    model = SVD(n_factors, n_epochs, lr_all=learning_rate, reg_all=regularization,
                init_std_dev=INIT_STD, random_state=0)  # fmt: skip
    seconds = seconds_of(lambda: model.fit(rows.own_form))
    mean = rows.own_form.global_mean
    return seconds, _predicted(rows, mean, model.bu, model.bi, model.pu, model.qi)


def _surprise_trainset(rows):
    """Its own form of the ratings, made from codes: a list of (movie, stars) for each user."""
    from surprise import Trainset

    of_users, of_movies = defaultdict(list), defaultdict(list)
    triples = rows.users.tolist(), rows.movies.tolist(), rows.ratings.tolist()
    for user, movie, rating in zip(*triples, strict=True):
        of_users[user].append((movie, rating))
        of_movies[movie].append((user, rating))
    m, n = rows.sizes
    return Trainset(of_users, of_movies, m, n, len(rows.users), (1, 5), None, None)


def libmf(rows, n_factors, learning_rate, regularization, n_epochs):
    from libmf.mf import MF

    model = MF(k=n_factors, eta=learning_rate, lambda_p2=regularization, lambda_q2=regularization,
               lambda_p1=0, lambda_q1=0, nr_iters=n_epochs, nr_threads=1, quiet=True)  # fmt: skip
    triples = np.column_stack([rows.pairs, rows.ratings])
    seconds = seconds_of(lambda: model.fit(triples))
    # its reader of ratings goes by rows, its reader of pairs by columns
    return seconds, model.predict(np.asfortranarray(rows.held_out.pairs))


def _predicted(rows, mean, b_u, b_i, P, Q):
    """Mean, biases and dot products; of who was not in training, only what is known."""
    users, movies = rows.held_out.users, rows.held_out.movies
    u, i = (np.minimum(codes, n - 1) for codes, n in zip((users, movies), rows.sizes, strict=True))
    u_known, i_known = np.isin(users, rows.users), np.isin(movies, rows.movies)
    dots = np.einsum("nk,nk->n", P[u], Q[i]) * (u_known & i_known)
    return mean + b_u[u] * u_known + b_i[i] * i_known + dots


# name: (function, package whose version is told)
CONTESTANTS = {
    "ours": (ours, "numba"),
    "ours, ALS": (ours_als, "numba"),
    "cornac": (cornac, "cornac"),
    "Surprise": (surprise, "scikit-surprise"),
    "LIBMF": (libmf, "libmf"),
    "plain loop": (plain_loop, "pandas"),
}
OWN = ("ours", "ours, ALS", "plain loop")  # in this environment; the others in the peers'


def warm_up(train):
    """Import and compile what is needed, on a few rows."""
    rng = np.random.default_rng(0)
    few = [rng.integers(0, 20, 100), rng.integers(0, 20, 100), rng.integers(1, 6, 100) / 1.0]
    rows = Rows(*few, held_out=Rows(*few))
    train(rows, n_factors=2, learning_rate=0.01, regularization=0.1, n_epochs=1)


def main():
    name, path = sys.argv[1:]
    train, package = CONTESTANTS[name]
    out = own_output()
    warm_up(train)
    forget_peak()
    before = peak_megabytes()
    with np.load(path) as file:
        rows = Rows(*(file[key] for key in ("users", "movies", "ratings")))
        rows.held_out = Rows(*(file[f"held_out_{key}"] for key in ("users", "movies", "ratings")))

    def answer(settings):
        try:
            seconds, predictions = train(rows, **settings)
        except ValueError:  # ours says that it diverged; the others return NaN
            seconds, predictions = math.inf, np.full(1, np.inf)
        with np.errstate(all="ignore"):
            errors = np.asarray(predictions, np.float64) - rows.held_out.ratings
            rmse = float(np.sqrt((errors * errors).mean()))
        rmse = rmse if math.isfinite(rmse) else 1e9
        return {"seconds": seconds, "rmse": rmse, "megabytes": peak_megabytes() - before}

    serve(out, f"{package} {version(package)}", answer)


if __name__ == "__main__":
    main()
