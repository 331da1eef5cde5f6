"""Runs cornac's SGD turn by turn, in the peers' environment (started by peers.Cornac).

usage: python -m tools.bench.cornac_process ARRAYS.npz
Reads lines `[n_factors, n_epochs]`, answers each with a line `{"seconds": ...}`.
"""

import json
import sys

import cornac
import numpy as np
from cornac.models.mf.backend_cpu import fit_sgd

from tools.bench.peers import LEARNING_RATE, REGULARIZATION, start_values
from tools.bench.rounds import seconds_of


def train(arrays, n_factors, n_epochs):
    """Train from new start values; return the seconds that fit_sgd took."""
    users, movies, ratings = arrays
    learned = start_values(int(users.max()) + 1, int(movies.max()) + 1, n_factors)
    settings = LEARNING_RATE, REGULARIZATION, float(ratings.mean()), n_epochs
    return seconds_of(
        lambda: fit_sgd(
            users, movies, ratings, *learned, *settings,
            num_threads=1, use_bias=True, early_stop=False, verbose=False,
        )
    )  # fmt: skip


def main():
    with np.load(sys.argv[1]) as file:
        users, movies = file["users"].astype(np.int64), file["movies"].astype(np.int64)
        arrays = users, movies, file["ratings"].astype(np.float32)
    print(json.dumps({"version": cornac.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"seconds": train(arrays, *json.loads(line))}), flush=True)


if __name__ == "__main__":
    main()
