"""Seconds to an accuracy: every library with the best settings of one small search.

usage: python -m tools.bench.accuracy [NAME ...]     (repeats the search and prints SETTINGS)

The search: all combinations of SPACE, the same for all. A library trains each for each number
of EPOCHS, until its RMSE rises or the hardest target is met, on nine tenths of the training
ratings and is measured on the last tenth. A tenth fewer ratings cost every library about
FEWER_RATINGS of RMSE, so the targets are that much higher there. Best is what reaches most of
them, then what takes the least time to them (geometric mean), then the lowest RMSE. ALS has no
learning rate: it tries the others, each once for every rate.
"""

import sys
from contextlib import ExitStack
from functools import partial
from itertools import product

import numpy as np
from sklearn.model_selection import train_test_split

from tools.bench import contestants, data
from tools.bench.process import Missing, Process, peer_python
from tools.bench.rounds import Section, compared_row, interleaved, plain_row

TARGETS = (0.86, 0.85, 0.845)
FEWER_RATINGS = 0.005
AT_MOST = {"Surprise": 1 / 20, "cornac": 1 / 2}  # ours, as a share of theirs
EPOCHS = (5, 10, 20, 40)
SPACE = {
    "n_factors": (10, 40),
    "learning_rate": (0.01, 0.02, 0.05, 0.1),
    "regularization": (0.045, 0.06),
}
# Found by the search on MovieLens 1M, but for one that is too slow to search: Surprise has
# cornac's (nearly the same algorithm).
SETTINGS = {
    "ours": {"n_factors": 40, "learning_rate": 0.05, "regularization": 0.045},
    "ours, ALS": {"n_factors": 10, "regularization": 0.06},
    "cornac": {"n_factors": 40, "learning_rate": 0.01, "regularization": 0.045},
    "Surprise": {"n_factors": 40, "learning_rate": 0.01, "regularization": 0.045},
    "LIBMF": {"n_factors": 40, "learning_rate": 0.1, "regularization": 0.045},
    "plain loop": {"n_factors": 40, "learning_rate": 0.01, "regularization": 0.06},
}
NEVER = float("inf")
NOT_REACHED = "does not reach"


def tries():
    """Return the settings that every library tries."""
    return [dict(zip(SPACE, values, strict=True)) for values in product(*SPACE.values())]


def seconds_to(curve, target):
    """Return the least seconds of the trainings that reach the target, or infinity.

    Args:
        curve: [(seconds, RMSE)] of trainings from the start.
    """
    return min((seconds for seconds, rmse in curve if rmse <= target), default=NEVER)


def worth(curve):
    """Return what the search takes the smallest of."""
    times = [seconds_to(curve, target + FEWER_RATINGS) for target in TARGETS]
    reached = [seconds for seconds in times if seconds < NEVER]
    mean = float(np.log(reached).mean()) if reached else 0.0
    return -len(reached), mean, min(rmse for _, rmse in curve)


def open_contestant(name, parts, install):
    """Start a library's process on (X, held-out X, y, held-out y).

    Raises:
        Missing: it cannot take part.
    """
    arrays = {}
    for prefix, X, y in (("", *parts[::2]), ("held_out_", *parts[1::2])):
        users, movies = X.to_numpy(np.int64).T
        arrays |= {f"{prefix}users": users, f"{prefix}movies": movies, f"{prefix}ratings": y}
    python = sys.executable if name in contestants.OWN else peer_python(install)
    return Process([python, contestants.__name__, name], arrays)


def split(ratings):
    """Return X, test X, y, test y: nine tenths and one."""
    return train_test_split(ratings.X, ratings.y, test_size=0.1, random_state=0)


def trained(process, settings, epochs):
    """Return the answers of trainings with these numbers of epochs, each from the start."""
    return [process.ask(settings | {"n_epochs": n}) for n in epochs]


def as_curve(answers):
    return [(answer["seconds"], answer["rmse"]) for answer in answers]


# ---------------------------------------------------------------- the search


def search(ratings, name, install=True, epochs=EPOCHS):
    """Return [(settings, curve)] of all tries of a library, the best one first."""
    X, _, y, _ = split(ratings)
    parts = train_test_split(X, y, test_size=0.1, random_state=1)
    process = open_contestant(name, parts, install)
    found = [(each, _tried(process, each, epochs)) for each in tries()]
    process.close()
    return sorted(found, key=lambda each: worth(each[1]))


def _tried(process, settings, epochs):
    """Return the curve up to the hardest target, or to where the RMSE rises."""
    curve = []
    for n_epochs in epochs:
        curve += as_curve(trained(process, settings, [n_epochs]))
        rmse = curve[-1][1]
        if rmse <= min(TARGETS) + FEWER_RATINGS or (len(curve) > 1 and rmse > curve[-2][1]):
            break
    return curve


def main():
    for name in sys.argv[1:] or SETTINGS:
        try:
            found = search(data.load(), name)
        except Missing as why:
            print(f"{name}: left out, {why}", flush=True)
            continue
        print(f'"{name}": {found[0][0]},', flush=True)
        for settings, curve in found:
            shown = ", ".join(f"{seconds:.2f} s {rmse:.4f}" for seconds, rmse in curve)
            print(f"    {tuple(settings.values())}: {shown}", flush=True)


# ---------------------------------------------------------------- the measurement


def accuracy(ratings, plan):
    """Seconds of training until the test RMSE is as low as each target; memory."""
    section = Section(
        f"Seconds of training to a test RMSE: {len(ratings):,} ratings, nine tenths to train on",
        remarks=[
            f"each point is a training of its own, with {', '.join(map(str, plan.accuracy_epochs))}"
            " epochs; evaluation is not counted; SGD on one thread, ALS on two",
            f"settings: the best of the same {len(tries())} tries, on ratings split off the "
            f"training set; start values N(0, {contestants.INIT_STD}) wherever they can be chosen",
            "the plain loop is timed on some rows and scaled; it takes plain steps, without biases",
        ],
    )
    parts = split(ratings)
    with ExitStack() as stack:
        turns = []
        for name in SETTINGS:
            try:
                process = open_contestant(name, parts, plan.install)
            except Missing as why:
                section.remarks.append(f"{name}: left out, {why}")
                continue
            stack.callback(process.close)
            chosen = ", ".join(f"{key} {value}" for key, value in SETTINGS[name].items())
            section.remarks.append(f"{name}: {process.version}; {chosen}")
            turns.append(partial(_turn, name, process, plan, section.remarks))
        answers = interleaved(turns, plan.accuracy_rounds, plan.tick)
    _fill(section, answers)
    return section


def _turn(name, process, plan, remarks):
    """Return {name: answers}, or nothing once the process has ended, which is told once."""
    try:
        return {name: trained(process, SETTINGS[name], plan.accuracy_epochs)}
    except Missing as why:
        remarks += [remark for remark in [f"{name}: ended, {why}"] if remark not in remarks]
        return {}


def _fill(section, answers):
    """Add the rows and curves of {name: rounds of answers}."""
    curves = {name: [as_curve(each) for each in rounds] for name, rounds in answers.items()}
    for name, rounds in curves.items():
        section.curves[name] = [tuple(point) for point in np.median(rounds, axis=0)]
        if rounds[0][-1][1] > 1e8:
            section.remarks.append(f"{name}: diverged")
    for target in TARGETS:
        section.rows += _rows_to(target, curves, section.remarks)
    for name, rounds in curves.items():
        lowest = [min(rmse for _, rmse in curve) for curve in rounds]
        section.rows.append(plain_row(f"{name}: lowest RMSE", "RMSE", lowest))
    for name, rounds in answers.items():
        peaks = [each["megabytes"] for each in rounds[0]]
        section.rows.append(plain_row(f"{name}: memory", "MB", [max(peaks)]))


def _rows_to(target, curves, remarks):
    times = {n: [seconds_to(curve, target) for curve in rounds] for n, rounds in curves.items()}
    ours = plain_row("ours", "s", times.get("ours", [NEVER]))
    rows = []
    for name, values in times.items():
        if min(values) == NEVER:
            remarks.append(f"{name}: {NOT_REACHED} {target}")
        elif name == "ours":
            rows.append(plain_row(f"{name}: to {target}", "s", values))
        else:
            row = compared_row(f"{name}: to {target}", "s", values, ours, AT_MOST.get(name))
            rows.append(row)
    return rows


if __name__ == "__main__":
    main()
