"""Runs cornac's SGD turn by turn, in the peers' environment (started by peers.Cornac).

usage: python cornac_process.py ARRAYS.npz
Reads lines `[n_factors, n_epochs]`, answers each with a line `{"seconds": ...}`.
"""

import json
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")
import cornac  # noqa: E402
from cornac.models.mf.backend_cpu import fit_sgd  # noqa: E402


def train(arrays, n_factors, n_epochs):
    """Train from new start values; return the seconds that fit_sgd took."""
    users, movies, ratings = arrays
    m, n = int(users.max()) + 1, int(movies.max()) + 1
    rng = np.random.default_rng(0)
    P, Q = (rng.normal(0, 0.01, (rows, n_factors)).astype(np.float32) for rows in (m, n))
    user_biases, movie_biases = np.zeros(m, np.float32), np.zeros(n, np.float32)
    mean = float(ratings.mean())
    start = time.perf_counter()
    fit_sgd(
        users, movies, ratings, P, Q, user_biases, movie_biases, 0.01, 0.05, mean,
        n_epochs, num_threads=1, use_bias=True, early_stop=False, verbose=False,
    )  # fmt: skip
    return time.perf_counter() - start


def main():
    with np.load(sys.argv[1]) as file:
        users, movies = file["users"].astype(np.int64), file["movies"].astype(np.int64)
        arrays = users, movies, file["ratings"].astype(np.float32)
    print(json.dumps({"version": cornac.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": train(arrays, *json.loads(line))}), flush=True)


if __name__ == "__main__":
    main()
