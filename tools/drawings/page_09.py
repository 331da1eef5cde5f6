"""Page 09: one row of a half-step of ALS, as the tables that go into it."""

import matplotlib.pyplot as plt

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

K, RATED = 3, 5
CELL = 0.7


@drawing("half_step.png")
def half_step():
    """The rated movies' rows make a k × k table and a column; together they give one row of P."""
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.set(xlim=(-0.3, 17.4), ylim=(-0.9, 5.6), aspect="equal")
    ax.axis("off")
    middle = 2.4
    looks = {"facecolor": GREEN, "hatch": "...", "alpha": 0.5}
    _table(ax, 0, middle, RATED, K, **looks)
    _text(ax, 1.05, 5, "rows of $Q$\nthat $u$ rated")
    _table(ax, 2.5, middle, RATED, 1, facecolor="none")
    _text(ax, 2.85, 5, "stars")
    _arrow(ax, 3.5, 4.9, middle)
    _table(ax, 5.6, middle, K, K, **looks)
    _text(ax, 6.65, 5, r"$\sum q_i q_i^\top$")
    _text(ax, 8.35, middle, "+")
    _diagonal(ax, 8.9, middle)
    _text(ax, 9.95, 5, r"$\lambda n_u I$")
    for x, bracket in ((5.3, "("), (11.3, ")")):
        ax.text(x, middle, bracket, ha="center", va="center", size=44, weight="light", color=INK)
    _table(ax, 12.5, middle, K, 1, facecolor=RED, hatch="///", alpha=0.3)
    _text(ax, 12.85, 5, "$p_u$")
    _text(ax, 13.9, middle, "=")
    _table(ax, 14.6, middle, K, 1, facecolor="none")
    _text(ax, 14.95, 5, r"$\sum r_{ui}\, q_i$")
    _text(
        ax,
        8.6,
        -0.4,
        "k equations for the k numbers of one user; the next user has a system of its own",
    )
    return figure


def _table(ax, x, middle, rows, columns, **looks):
    """A grid of cells, its middle at the given height."""
    bottom = middle - rows * CELL / 2
    for row in range(rows):
        for column in range(columns):
            corner = x + column * CELL, bottom + row * CELL
            ax.add_patch(plt.Rectangle(corner, CELL, CELL, edgecolor=GREY, lw=0.8, **looks))


def _diagonal(ax, x, middle):
    """A grid with its diagonal marked."""
    _table(ax, x, middle, K, K, facecolor="none")
    for place in range(K):
        height = middle + (K / 2 - place - 0.5) * CELL
        ax.plot(x + (place + 0.5) * CELL, height, "o", color=INK, markersize=5)


def _arrow(ax, start, end, height):
    looks = {"arrowstyle": "-|>", "color": INK, "lw": 1.4}
    ax.annotate("", (end, height), (start, height), arrowprops=looks)


def _text(ax, x, y, text):
    ax.text(x, y, text, ha="center", va="center", size=11, color=INK)
