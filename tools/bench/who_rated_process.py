"""Trains a model of who rated what turn by turn, in a process of its own.

usage: python -m tools.bench.who_rated_process NAME ARRAYS.npz     (NAME: ours or implicit)
Asked {"n_factors", "unobserved_weight", "regularization", "n_iterations"}, it trains on two
threads, writes factors.npz beside the arrays and answers {"seconds", "megabytes"}.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tools.bench.process import forget_peak, own_output, peak_megabytes, serve
from tools.bench.rounds import seconds_of

THREADS = 2


def ours(pairs, settings):
    """Return (seconds, user factors, movie factors)."""
    from mfhelpers.als import WeightedALS

    model = WeightedALS(random_state=0, **settings)
    seconds = seconds_of(lambda: model.fit(pairs))
    return seconds, model.user_factors_, model.movie_factors_


def implicit(pairs, settings):
    """The same loss as nearly as it allows: its blanks weigh 1, and lambda is one for all rows.

    So a rated pair weighs 1 / w, and lambda is what ours counts in the mean of the users.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    table = csr_matrix((np.ones(len(pairs), np.float32), pairs.T))
    weight = settings["unobserved_weight"]
    mean_count = len(pairs) / table.shape[0] + weight * table.shape[1]
    model = AlternatingLeastSquares(
        factors=settings["n_factors"], iterations=settings["n_iterations"], alpha=1 / weight,
        regularization=settings["regularization"] * mean_count / weight,
        num_threads=THREADS, random_state=0,
    )  # fmt: skip
    seconds = seconds_of(lambda: model.fit(table, show_progress=False))
    return seconds, model.user_factors, model.item_factors


CONTESTANTS = {"ours": (ours, "numba"), "implicit": (implicit, "implicit")}


def main():
    name, path = sys.argv[1:]
    train, package = CONTESTANTS[name]
    out = own_output()
    few = np.argwhere(np.eye(20, dtype=bool) | (np.arange(20) == 0))
    warm = {"n_factors": 2, "unobserved_weight": 0.5, "regularization": 0.1, "n_iterations": 1}
    train(few, warm)  # imports and compiles
    forget_peak()
    before = peak_megabytes()
    with np.load(path) as file:
        pairs = file["pairs"]

    def answer(settings):
        seconds, user_factors, movie_factors = train(pairs, settings)
        megabytes = peak_megabytes() - before
        np.savez(Path(path).with_name("factors.npz"), users=user_factors, movies=movie_factors)
        return {"seconds": seconds, "megabytes": megabytes}

    serve(out, f"{package} {version(package)}", answer)


if __name__ == "__main__":
    main()
