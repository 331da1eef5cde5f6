"""Every plot that the pages use twice: takes and returns Axes, in the course's one look."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

RED, GREEN = "#fc1c49", "#00a67d"
BLUE, INK = "#3366cc", "#222222"
STYLE_SHEET = Path(__file__).with_name("course.mplstyle")

# Half a star to either side of each whole one: every star is the middle of its own bin.
STAR_EDGES = np.arange(0.5, 6)
STARS = np.arange(1, 6)
COUNT_EDGES = (0, 1, 5, 20, 100)

# What the columns of history_ are called in a legend, and how each is drawn.
CURVES = {
    "running_rmse": ("running, while training", {"color": BLUE, "ls": ":", "marker": "s"}),
    "train_rmse": ("train, after each epoch", {"color": RED, "ls": "--", "marker": "o"}),
    "validation_rmse": ("validation, after each epoch", {"color": GREEN, "ls": "-", "marker": "^"}),
}


def course_style():
    """Give every figure that follows the look of the course."""
    plt.style.use(STYLE_SHEET)


def show_table(table, ax=None, *, users, movies, title="", marked=(), edge=RED, line="--"):
    """Draw a small table of stars, one row a user: dark is high, a hole is white with a "?".

    Args:
        table: stars, m × n; NaN is a hole.
        ax: Axes to draw on, or None for the current ones.
        users: m names, for the rows.
        movies: n names, for the columns; a blank in a name starts a new line.
        title: what stands above the table.
        marked: (row, column) of each cell that gets an edge.
        edge: colour of that edge.
        line: its line style.

    Returns:
        The Axes.

    Raises:
        ValueError: the table has not one row for each user and one column for each movie.
    """
    table = np.asarray(table, dtype=float)
    if table.shape != (len(users), len(movies)):
        raise ValueError(
            f"the table has shape {table.shape}, but there are {len(users)} users and "
            f"{len(movies)} movies: give one name for each row and each column"
        )
    ax = _axes(ax)
    ax.imshow(table, cmap="Greens", vmin=0, vmax=9, aspect="auto")  # to 9: ink on 5 stays legible
    for (user, movie), stars in np.ndenumerate(table):
        text = "?" if np.isnan(stars) else f"{stars:.1f}"
        ax.text(movie, user, text.replace("-0.0", "0.0"), ha="center", va="center")
    for user, movie in marked:
        corner = (movie - 0.46, user - 0.46)
        ax.add_patch(plt.Rectangle(corner, 0.92, 0.92, fill=False, ec=edge, ls=line, lw=2))
    ax.set_xticks(range(len(movies)), [movie.replace(" ", "\n") for movie in movies])
    ax.set_yticks(range(len(users)), users)
    ax.set_title(title)
    ax.grid(False)
    return ax


def rmse_curve(history, ax=None, *, columns=tuple(CURVES), from_epoch=1, labels=None):
    """Draw RMSE against the epoch: running, train and validation.

    Args:
        history: DataFrame with epoch and some of running_rmse, train_rmse, validation_rmse, as
            `MatrixFactorization.history_`; what is NaN throughout is left out.
        ax: Axes to draw on, or None for the current ones.
        columns: which of the three to draw.
        from_epoch: first epoch to be drawn; the first few can hide the rest.
        labels: {column: text} for the legend where it should differ.

    Returns:
        The Axes.
    """
    ax = _axes(ax)
    shown = history[history["epoch"] >= from_epoch]
    for column in columns:
        if column in shown and shown[column].notna().any():
            label, look = CURVES[column]
            label = (labels or {}).get(column, label)
            ax.plot(shown["epoch"], shown[column], label=label, markersize=4, **look)
    ax.set(xlabel="epoch", ylabel="RMSE (stars)")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def rating_histograms(predicted, actual, ax=None):
    """Draw the shares of stars, predicted beside true, in bins that are the same for both.

    Predictions count for the nearest whole star from 1 to 5; the edges are 0.5, 1.5, ..., 5.5.

    Args:
        predicted: predicted ratings, any numbers, length n.
        actual: the ratings themselves, length n.
        ax: Axes to draw on, or None for the current ones.

    Returns:
        The Axes.
    """
    ax = _axes(ax)
    ax.bar(STARS - 0.2, _shares(predicted), 0.38, color=RED, hatch="//", label="predicted")
    ax.bar(STARS + 0.2, _shares(actual), 0.38, color=GREEN, label="actual")
    for patch in ax.patches:
        patch.set_edgecolor("white")
    ax.set(xlabel="rating (stars)", ylabel="share of ratings", xticks=STARS)
    ax.legend()
    return ax


def score_ladder(scores, ax=None, *, ours=None):
    """Draw one rung per model, worst on top, with its score written beside it.

    Args:
        scores: Series or dict {model: RMSE in stars}.
        ax: Axes to draw on, or None for the current ones.
        ours: name of the model to stand out, or None.

    Returns:
        The Axes.
    """
    ax = _axes(ax)
    scores = pd.Series(scores).sort_values()
    for height, (name, score) in enumerate(scores.items()):
        look = {"color": RED, "marker": "D"} if name == ours else {"color": GREEN, "marker": "o"}
        ax.plot(score, height, ls="", markersize=8, **look)
        ax.annotate(
            f"{score:.3f}", (score, height), (10, 0), textcoords="offset points", va="center"
        )
    ax.set(xlabel="test RMSE (stars), lower is better", ylim=(-0.6, len(scores) - 0.4))
    ax.set_yticks(range(len(scores)), scores.index)
    ax.margins(x=0.18)
    ax.grid(axis="y", visible=False)
    return ax


def error_by_count(counts, errors, ax=None, *, edges=COUNT_EDGES, label=None):
    """Draw RMSE against how often a movie (or user) was rated in training, in groups.

    Call it once per model on the same Axes to compare them.

    Args:
        counts: for each test rating, how often its movie (or user) occurs in training, length n.
        errors: actual minus predicted, length n.
        ax: Axes to draw on, or None for the current ones.
        edges: smallest count of each group; the last group is open.
        label: what the line is called in the legend, or None.

    Returns:
        The Axes.
    """
    ax = _axes(ax)
    groups = count_groups(counts, edges)
    rmse = pd.Series(np.asarray(errors) ** 2).groupby(groups, observed=False).mean() ** 0.5
    markers = "Do^sv"
    ax.plot(range(len(rmse)), rmse, marker=markers[len(ax.lines) % len(markers)], label=label)
    ax.set_xticks(range(len(rmse)), rmse.index)
    ax.set(xlabel="ratings in training", ylabel="test RMSE (stars)")
    if label is not None:
        ax.legend()
    return ax


def count_groups(counts, edges=COUNT_EDGES):
    """Return the group of each count, as a categorical with names like "1–4" and "100+".

    Args:
        counts: whole numbers, length n.
        edges: smallest count of each group, rising; the last group is open.
    """
    names = [
        f"{low}–{next_low - 1}" if next_low - low > 1 else f"{low}"
        for low, next_low in zip(edges, edges[1:], strict=False)
    ]
    names.append(f"{edges[-1]}+")
    return pd.cut(np.asarray(counts), [*edges, np.inf], right=False, labels=names)


def _axes(ax):
    return plt.gca() if ax is None else ax


def _shares(ratings):
    """Share of ratings nearest to each star; what lies beyond 1 and 5 counts for these."""
    counts, _ = np.histogram(np.clip(ratings, 1, 5), STAR_EDGES)
    return counts / len(ratings)
