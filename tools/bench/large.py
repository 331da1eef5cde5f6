"""Twenty-five million ratings, from csv to lists, in a process of its own.

usage: python -m tools.bench.large FOLDER     (one that tools.large_ratings made)
"""

import json
import subprocess
import sys
import tempfile

import numpy as np

from mfhelpers import MatrixFactorization, load_ratings, remap_ids
from mfhelpers.recommend import top_n
from tools import large_ratings
from tools.bench.process import Missing, peak_megabytes
from tools.bench.rounds import Section, judged_row, plain_row, seconds_of
from tools.paths import ROOT

N_EPOCHS, N_FACTORS, N_LISTS = 5, 10, 1_000
MOST_SECONDS, MOST_MEGABYTES = 10, 4_000  # of loading


def way_through(folder):
    """Return {what: value} of loading, renumbering, training and recommending."""
    kept, values = {}, {}

    def step(name, run):
        values[name] = seconds_of(lambda: kept.update({name: run()}))

    step("load", lambda: load_ratings(None, source=folder))
    values["load, memory"] = peak_megabytes()
    step("remap", lambda: remap_ids(kept["load"])[0])
    del kept["load"]
    coded = kept.pop("remap")
    X, y = coded[["user_id", "movie_id"]], coded["user_rating"].to_numpy()
    del coded
    model = MatrixFactorization(
        N_FACTORS, biased=True, shuffle=True, dtype="float32", init_std=0.01, random_state=0
    )
    few = np.array([X["user_id"].argmax(), X["movie_id"].argmax()])  # tables as large as later
    model.set_params(n_epochs=1).fit(X.iloc[few], y[few])  # compiles
    step("fit", lambda: model.set_params(n_epochs=N_EPOCHS).fit(X, y))
    values["update"] = values["fit"] / (N_EPOCHS * len(y)) * 1e9
    users = np.arange(min(N_LISTS, len(model.user_factors_)))
    step("top_n", lambda: top_n(model, users, n=10, seen=X))
    return values | {"memory": peak_megabytes()}


def large(ratings, plan):
    """The folder of tools.large_ratings, made anew; `ratings` are not looked at."""
    sizes = {"n_ratings": large_ratings.N_RATINGS} | plan.large
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        making = seconds_of(lambda: large_ratings.write_folder(folder, **plan.large))
        command = [sys.executable, "-m", "tools.bench.large", folder]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    title = f"{sizes['n_ratings']:,} ratings from csv to lists, one run"
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why = Missing(said[-1] if said else f"it ended with code {done.returncode}")
        return Section(title, remarks=[f"left out, {why}"])
    values = json.loads(done.stdout)
    rows = [
        judged_row("load_ratings", "s", [values["load"]], MOST_SECONDS),
        judged_row("load_ratings, memory", "MB", [values["load, memory"]], MOST_MEGABYTES),
        plain_row("remap_ids", "s", [values["remap"]]),
        plain_row(f"fit, {N_EPOCHS} epochs, k={N_FACTORS}", "s", [values["fit"]]),
        plain_row("fit, one update", "ns", [values["update"]]),
        plain_row(f"top_n for {N_LISTS:,} users", "s", [values["top_n"]]),
        plain_row("the whole way, memory", "MB", [values["memory"]]),
    ]
    remark = (
        f"memory: the most that the process had, Python included; folder made in {making:.0f} s"
    )
    return Section(title, rows, [remark])


def main():
    print(json.dumps(way_through(sys.argv[1])))


if __name__ == "__main__":
    main()
