"""What is measured: each function takes the ratings and a Plan and returns a Section.

A new measurement is a function more in MEASUREMENTS.
"""

import json
import subprocess
import sys
import tempfile
import tracemalloc
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

from mfhelpers import MatrixFactorization, sgd
from mfhelpers._predict import rmse_of
from mfhelpers.recommend import top_n
from tools.bench.accuracy import EPOCHS, accuracy
from tools.bench.data import sample
from tools.bench.large import large
from tools.bench.loop import iterrows_epoch
from tools.bench.peers import INIT_STD, LEARNING_RATE, REGULARIZATION, Cornac, CppLoop, Missing
from tools.bench.rounds import (
    Row,
    Section,
    compared_row,
    interleaved,
    judged_row,
    plain_row,
    seconds_of,
)
from tools.bench.who_rated import who_rated

# at most this share of a peer's time, by number of factors
CORNAC_TARGETS = {10: 1.0, 32: 0.65, 100: 0.65}
CPP_TARGETS = {10: 1.6, 32: 1.4, 100: 1.5}


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Args:
        n_rounds: turns that each contestant gets.
        n_epochs: epochs of a turn in the race.
        factors: numbers of factors in the race.
        first_run_ratings: ratings in the course's sample; 80% of them are trained on.
        loop_rows: rows of it that the iterrows loop is timed on.
        order_seeds: seeds of the comparison of orders.
        order_epochs: epochs of that comparison.
        top_factors: factors in the measurement of top 10 lists.
        accuracy_rounds: turns in the race to an accuracy.
        accuracy_epochs: epochs of its trainings.
        who_rated_factors: numbers of factors beside implicit.
        large: sizes of the large folder, where not those of tools.large_ratings.
        install: whether the peers' environment may be made.
        tick: called after each round.
    """

    n_rounds: int = 7
    n_epochs: int = 20
    factors: tuple = (10, 32, 100)
    first_run_ratings: int = 200_000
    loop_rows: int = 2_000
    order_seeds: tuple = (0, 1, 2)
    order_epochs: int = 15
    top_factors: int = 100
    accuracy_rounds: int = 3
    accuracy_epochs: tuple = EPOCHS
    who_rated_factors: tuple = (20, 64)
    large: dict = field(default_factory=dict)
    install: bool = True
    tick: object = lambda: None


QUICK = Plan(n_rounds=3, n_epochs=10, factors=(10,), order_seeds=(0,), accuracy_rounds=1,
             who_rated_factors=(20,),
             large={"n_users": 16_000, "n_movies": 6_000, "n_ratings": 2_500_000})  # fmt: skip


# ---------------------------------------------------------------- the race


def fast_model(n_factors, n_epochs, seed=0):
    """Return the model that races: biased, mixed, float32."""
    return MatrixFactorization(
        n_factors, biased=True, shuffle=True, dtype="float32", n_epochs=n_epochs,
        learning_rate=LEARNING_RATE, regularization=REGULARIZATION, init_std=INIT_STD,
        random_state=seed,
    )  # fmt: skip


def race(ratings, plan):
    """A rating's update, in ns: the whole of fit against cornac's and C++'s loops."""
    section = Section(
        f"One update: biased, float32, {len(ratings):,} ratings, {plan.n_epochs} epochs",
        remarks=[
            "ours is the whole of fit: checks, mixing, order and the last train RMSE with it",
            "the others are their loops alone, which never shuffle: they get the same rows, "
            "mixed once beforehand as a random split leaves them, or all of a user's together",
        ],
    )
    mixed = ratings.take(np.random.default_rng(0).permutation(len(ratings)))
    with ExitStack() as stack:
        peers = open_peers(ratings, mixed, plan.install, section.remarks)
        for peer in peers.values():
            stack.callback(peer.close)
        for k in plan.factors:
            section.rows += race_at(k, mixed, plan, peers)
    return section


def open_peers(ratings, mixed, install, remarks):
    """Return {name: peer}; of a peer that cannot take part the remarks say why."""
    peers = {}
    by_user = ratings.take(np.argsort(ratings.users, kind="stable"))
    for name, start in (("cornac", partial(Cornac, install=install)), ("C++", CppLoop)):
        try:
            peers[name] = start(mixed.users, mixed.movies, mixed.y)
            peers[f"{name}, by user"] = start(by_user.users, by_user.movies, by_user.y)
            remarks.append(f"{name}: {peers[name].version}, one thread")
        except Missing as why:
            remarks.append(f"{name}: left out, {why}")
    return peers


def race_at(k, mixed, plan, peers):
    """Return the rows of one number of factors."""
    per_update = 1e9 / (plan.n_epochs * len(mixed))
    fast_model(k, 1).fit(mixed.X, mixed.y)  # compiles

    def ours():
        model = fast_model(k, plan.n_epochs)
        whole = seconds_of(lambda: model.fit(mixed.X, mixed.y))
        alone = model.history_["seconds"].sum()
        return {"ours": whole * per_update, "ours, the epochs alone": alone * per_update}

    def turn_of(name):
        return lambda: {name: peers[name].seconds(k, plan.n_epochs) * per_update}

    values = interleaved([ours, *map(turn_of, peers)], plan.n_rounds, plan.tick)
    fit = plain_row(f"k={k}: ours", "ns", values["ours"])
    alone = plain_row(f"k={k}: ours, the epochs alone", "ns", values["ours, the epochs alone"])
    targets = {"cornac": CORNAC_TARGETS.get(k), "C++": CPP_TARGETS.get(k)}
    return [fit, alone] + [
        compared_row(f"k={k}: {name}", "ns", values[name], fit, targets.get(name)) for name in peers
    ]


# ---------------------------------------------------------------- preparation


def preparation(ratings, plan, k=32):
    """What fit does before and after its epochs, against an epoch."""
    users, movies = ratings.users, ratings.movies
    fast_model(k, 1).fit(ratings.X, ratings.y)

    def turn():
        model = fast_model(k, 5)
        before = seconds_of(lambda: fast_model(k, 0).fit(ratings.X, ratings.y))
        model.fit(ratings.X, ratings.y)
        after = seconds_of(lambda: rmse_of(model, users, movies, ratings.y))
        epoch = model.history_["seconds"].min()
        return {"before": before * 1e3, "epoch": epoch * 1e3, "after": after * 1e3}

    values = interleaved([turn], plan.n_rounds * 3, plan.tick)
    before = plain_row("checks, start values and mixing: fit(n_epochs=0)", "ms", values["before"])
    after = plain_row("train RMSE after the last epoch", "ms", values["after"])
    epoch = compared_row("an epoch", "ms", values["epoch"], before, 1.0)
    return Section(f"Preparation: {len(ratings):,} ratings, k={k}", [before, after, epoch])


# ---------------------------------------------------------------- the first run of the course


def first_run(ratings, plan):
    """The course's first run against the loop over iterrows, and how soon there is a result."""
    drawn = sample(ratings, plan.first_run_ratings)
    X, y = train_test_split(drawn.X, drawn.y, test_size=0.2, random_state=10)[::2]
    begun = MatrixFactorization(n_epochs=0, random_state=0).fit(X, y)
    MatrixFactorization(n_epochs=1).fit(X, y)  # compiles
    some = X.assign(user_rating=y).head(plan.loop_rows)
    n_epochs = MatrixFactorization().n_epochs
    scale = n_epochs * len(X) / len(some)

    def by_hand():
        P, Q = begun.user_factors_.copy(), begun.movie_factors_.copy()
        return {"loop": scale * seconds_of(lambda: iterrows_epoch(some, P, Q))}

    def ours():
        return {"ours": seconds_of(lambda: MatrixFactorization(random_state=0).fit(X, y))}

    values = interleaved([ours, by_hand], plan.n_rounds, plan.tick)
    fit = plain_row("MatrixFactorization().fit, compiled", "s", values["ours"])
    loop = compared_row("the loop over iterrows", "s", values["loop"], fit, 1 / 500)
    fresh = [
        plain_row(f"fresh process: {part}", "s", seconds)
        for part, seconds in interleaved([partial(fresh_process, X, y)], 3, plan.tick).items()
    ]
    remark = f"the loop is timed on {len(some):,} rows and scaled to all visits"
    title = f"The first run: {len(X):,} ratings × {n_epochs} epochs, k=10, defaults"
    return Section(title, [fit, loop, *fresh], [remark])


FRESH = """
import json, sys, time
start = time.perf_counter()
from mfhelpers import MatrixFactorization
MatrixFactorization
imported = time.perf_counter()
import numpy as np
with np.load(sys.argv[1]) as file:
    X, y = file["X"], file["y"]
loaded = time.perf_counter()
MatrixFactorization(n_epochs=1).fit(X[:100], y[:100])
compiled = time.perf_counter()
MatrixFactorization(random_state=0).fit(X, y)
done = time.perf_counter()
print(json.dumps([imported - start, compiled - loaded, done - compiled]))
"""


def fresh_process(X, y):
    """Return {part: seconds} of import, compile and train, in a Python just started."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        arrays = Path(directory) / "ratings.npz"
        np.savez(arrays, X=np.asarray(X), y=np.asarray(y))
        done = subprocess.run(
            [sys.executable, "-c", FRESH, arrays], capture_output=True, text=True, check=True
        )
    parts = json.loads(done.stdout)
    names = ("import", "compile", "train", "first result after")
    return dict(zip(names, [*parts, sum(parts)], strict=True))


# ---------------------------------------------------------------- blocks against permutations


def order(ratings, plan, k=20):
    """Test RMSE: blocks in random order, against a full permutation in every epoch."""
    values = {"blocks": [], "permuted": [], "once": []}
    for seed in plan.order_seeds:
        parts = train_test_split(ratings.X, ratings.y, test_size=0.1, random_state=seed)
        X, test_X, y, test_y = parts
        model = fast_model(k, plan.order_epochs, seed).fit(X, y)
        values["blocks"].append(root_mean_squared_error(test_y, model.predict(test_X)))
        for name, again in (("permuted", True), ("once", False)):
            model = permuted_fit(X, y, k, plan.order_epochs, seed, again)
            values[name].append(root_mean_squared_error(test_y, model.predict(test_X)))
        plan.tick()
    gaps = np.array(values["blocks"]) - values["permuted"]
    shuffled_once = np.array(values["once"]) - values["permuted"]
    largest = float(np.abs(gaps).max())
    rows = [
        plain_row("blocks in random order", "RMSE", values["blocks"]),
        plain_row("a full permutation every epoch", "RMSE", values["permuted"]),
        Row("gap, by seed", "RMSE", tuple(gaps), largest, float(np.abs(np.median(gaps))), 0.0005),
        plain_row("gap of mixing once and never again", "RMSE", shuffled_once),
    ]
    title = f"The order: k={k}, {plan.order_epochs} epochs, {len(plan.order_seeds)} paired seeds"
    return Section(title, rows, ["judged: the largest gap of all seeds, whichever its sign"])


def permuted_fit(X, y, k, n_epochs, seed, again=True):
    """Return a model trained on a full permutation of the rows, a new one in each epoch.

    Args:
        again: False draws one permutation and keeps it.
    """
    model = fast_model(k, 0, seed).fit(X, y)
    run_epoch = sgd.compiled_epoch("l2", True, True)
    rng = np.random.default_rng(seed)
    users, movies = X.to_numpy(np.uint32).T
    learned = model.user_factors_, model.movie_factors_, model.user_biases_, model.movie_biases_
    settings = [np.float32(x) for x in (model.mean_, LEARNING_RATE, REGULARIZATION)]
    for epoch in range(n_epochs):
        if again or epoch == 0:
            rows = rng.permutation(len(y))
            visited = users[rows], movies[rows], y[rows].astype(np.float32)
        run_epoch(*visited, np.arange(1), len(y), *learned, *settings)
    return model


# ---------------------------------------------------------------- top 10 lists


def top_lists(ratings, plan):
    """Top 10 for every user, what they have seen left out, beside a plain full sort."""
    title = f"Top 10 for all users: k={plan.top_factors}, seen movies left out"
    model = fast_model(plan.top_factors, 2).fit(ratings.X, ratings.y)
    everybody = np.arange(len(model.user_factors_))
    runs = {
        "top_n, in chunks": lambda: top_n(model, everybody, n=10, seen=ratings.X),
        "a plain full sort": lambda: fully_sorted(model, ratings.users, ratings.movies, n=10),
    }
    contestants = [lambda name=name, run=run: {name: seconds_of(run)} for name, run in runs.items()]
    values = interleaved(contestants, plan.n_rounds, plan.tick)
    lists, full = runs
    rows = [judged_row(lists, "s", values[lists], 0.5)]
    rows.append(compared_row(full, "s", values[full], rows[0]))
    rows.append(judged_row(f"{lists}: memory", "MB", [peak_megabytes(runs[lists])], 100))
    rows.append(plain_row(f"{full}: memory", "MB", [peak_megabytes(runs[full])]))
    return Section(title, rows, ["memory: the most that is held beyond the factors and ratings"])


def fully_sorted(model, users, movies, n):
    """Return every user's n best movies, from all scores at once, sorted to the end."""
    scores = model.user_factors_ @ model.movie_factors_.T + model.movie_biases_
    scores[users, movies] = -np.inf
    return np.argsort(-scores, axis=1)[:, :n]


def peak_megabytes(run):
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


MEASUREMENTS = [race, preparation, first_run, order, top_lists, accuracy, who_rated, large]
