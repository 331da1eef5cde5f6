"""WeightedALS beside implicit: the same pairs, the same iterations, two threads each.

usage: python -m tools.bench.who_rated     (repeats the search and prints SETTINGS)

The search: each tries the same weights of blanks and the same lambdas (implicit in its own
terms, see who_rated_process) with SEARCH_FACTORS factors; the best nDCG@10 on a tenth of the
training pairs is taken.
"""

import sys
from contextlib import ExitStack
from itertools import product

import numpy as np
from sklearn.metrics import ndcg_score
from sklearn.model_selection import train_test_split

from tools.bench import data, who_rated_process
from tools.bench.accuracy import split
from tools.bench.process import Missing, Process, peer_python
from tools.bench.rounds import Section, compared_row, interleaved, plain_row

N_ITERATIONS, SEARCH_FACTORS = 8, 20
N_USERS, LIKED = 1_000, 4.0  # users that are asked, stars from which a held-out movie counts
WEIGHTS, LAMBDAS = (0.1, 0.3, 1.0), (0.003, 0.01, 0.03)
# found by the search on MovieLens 1M
SETTINGS = {
    "ours": {"unobserved_weight": 1.0, "regularization": 0.003},
    "implicit": {"unobserved_weight": 0.3, "regularization": 0.01},
}


def open_contestant(name, X, install):
    """Start a library's process on the pairs.

    Raises:
        Missing: it cannot take part.
    """
    python = sys.executable if name == "ours" else peer_python(install)
    command = [python, who_rated_process.__name__, name]
    # threads of its linear algebra would work against its own
    return Process(command, {"pairs": X.to_numpy()}, {"OPENBLAS_NUM_THREADS": "1"})


def trained(process, n_factors, settings):
    """Return (answer, user factors, movie factors) of one training."""
    question = settings | {"n_factors": n_factors, "n_iterations": N_ITERATIONS}
    answer = process.ask(question)
    with np.load(process.folder / "factors.npz") as file:
        return answer, file["users"], file["movies"]


def ndcg(user_factors, movie_factors, parts, n_users=N_USERS):
    """Return the mean nDCG@10 over users: liked held-out movies among all that are unseen.

    Args:
        parts: (X, held-out X, y, held-out y).
    """
    X, test_X, _, test_y = parts
    liked = test_X[test_y >= LIKED].query("user_id < @m", local_dict={"m": len(user_factors)})
    users = np.random.default_rng(0).permutation(np.unique(liked["user_id"]))[:n_users]
    place = np.full(len(user_factors), -1)
    place[users] = np.arange(len(users))
    scores = np.asarray(user_factors[users] @ movie_factors.T, np.float64)
    relevant = np.zeros(scores.shape)
    for pairs, table, value in ((X, scores, -1e9), (liked, relevant, 1.0)):
        rows, movies = place[pairs["user_id"]], pairs["movie_id"].to_numpy()
        inside = (rows >= 0) & (movies < scores.shape[1])
        table[rows[inside], movies[inside]] = value
    return ndcg_score(relevant, scores, k=10)


# ---------------------------------------------------------------- the search


def tries():
    """Return the settings that both try."""
    return [
        {"unobserved_weight": weight, "regularization": regularization}
        for weight, regularization in product(WEIGHTS, LAMBDAS)
    ]


def search(ratings, name, install=True):
    """Return [(nDCG@10, settings)] of all tries, the best first."""
    X, _, y, _ = split(ratings)
    parts = train_test_split(X, y, test_size=0.1, random_state=1)
    process = open_contestant(name, parts[0], install)
    found = []
    for settings in tries():
        _, *factors = trained(process, SEARCH_FACTORS, settings)
        found.append((ndcg(*factors, parts), settings))
    process.close()
    return sorted(found, key=lambda each: -each[0])


def main():
    for name in SETTINGS:
        try:
            found = search(data.load(), name)
        except Missing as why:
            print(f"{name}: left out, {why}")
            continue
        print(f'"{name}": {found[0][1]},')
        for value, settings in found:
            print(f"    {tuple(settings.values())}: {value:.4f}", flush=True)


# ---------------------------------------------------------------- the measurement


def who_rated(ratings, plan):
    """Seconds of eight iterations and the lists that come out, by number of factors."""
    parts = split(ratings)
    section = Section(
        f"Who rated what: {len(parts[0]):,} pairs, {N_ITERATIONS} iterations, two threads",
        remarks=[
            "implicit: conjugate gradient, as it comes; OPENBLAS_NUM_THREADS=1",
            f"nDCG@10: {N_USERS:,} users, all movies that they have not rated, liked from "
            f"{LIKED:g} stars; settings: best of the same {len(tries())} tries for "
            "each, on pairs split off the training set",
        ],
    )
    with ExitStack() as stack:
        opened = {}
        for name in SETTINGS:
            try:
                process = open_contestant(name, parts[0], plan.install)
            except Missing as why:
                section.remarks.append(f"{name}: left out, {why}")
                continue
            stack.callback(process.close)
            opened[name] = process
            chosen = ", ".join(f"{key} {value}" for key, value in SETTINGS[name].items())
            section.remarks.append(f"{name}: {process.version}; {chosen}")
        for n_factors in plan.who_rated_factors:
            section.rows += _rows_at(n_factors, opened, parts, plan)
    return section


def _rows_at(n_factors, opened, parts, plan):
    lists, peaks = {}, {}

    def turn(name):
        answer, *factors = trained(opened[name], n_factors, SETTINGS[name])
        peaks[name] = answer["megabytes"]
        lists[name] = lists.get(name) or ndcg(*factors, parts)
        return {name: answer["seconds"]}

    turns = [lambda name=name: turn(name) for name in opened]
    seconds = interleaved(turns, plan.n_rounds, plan.tick)
    head = f"{n_factors} factors: "
    ours = plain_row(f"{head}ours", "s", seconds["ours"])
    own_lists = plain_row(f"{head}ours, nDCG@10", "nDCG", [lists["ours"]])
    rows = [ours, own_lists, plain_row(f"{head}ours, memory", "MB", [peaks["ours"]])]
    if "implicit" in opened:
        judged = 1.0 if n_factors == SEARCH_FACTORS else None
        theirs = plain_row(f"{head}implicit, nDCG@10", "nDCG", [lists["implicit"]])
        rows[1] = compared_row(own_lists.name, "nDCG", own_lists.values, theirs, judged)
        rows += [
            compared_row(f"{head}implicit", "s", seconds["implicit"], ours, judged),
            theirs,
            plain_row(f"{head}implicit, memory", "MB", [peaks["implicit"]]),
        ]
    return rows


if __name__ == "__main__":
    main()
