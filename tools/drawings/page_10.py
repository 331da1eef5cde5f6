"""Page 10: what travels in one half-step of ALS on a cluster."""

import matplotlib.pyplot as plt

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

# One block of users a machine: a line for each user, a mark for each movie rated.
BLOCKS = [["xx ", "x  ", "xx "], ["x x", "  x", "x  "], [" x ", " x ", " x "]]
MOVIES, N_FACTORS = 3, 3
MACHINE_WIDTH, LEFT_OF = 5.2, [0.3, 6.4, 12.5]
MOVIE_X, MOVIE_Y = [2.9, 9.0, 15.1], 7.2


@drawing("als_blocks.png")
def als_blocks():
    """Movies' rows above, machines with their users below; an arrow where a row is needed."""
    figure, ax = plt.subplots(figsize=(8, 4.4))
    ax.set(xlim=(-0.2, 18.4), ylim=(-0.9, 9.4), aspect="equal")
    ax.axis("off")
    for number, x in enumerate(LEFT_OF):
        _machine(ax, number, x)
    for movie in range(MOVIES):
        _movie(ax, movie)
        for number in range(len(BLOCKS)):
            if any(row[movie] == "x" for row in BLOCKS[number]):
                _arrow(ax, movie, number)
    return figure


def _machine(ax, number, x):
    """A block of users: whom it holds, what they have rated."""
    _box(ax, x, 0, MACHINE_WIDTH, 4.1, GREY, fill=False, lw=1.6)
    _text(ax, x + MACHINE_WIDTH / 2, -0.5, f"machine {number + 1}")
    for user, row in enumerate(BLOCKS[number]):
        y = 2.5 - user
        for factor in range(N_FACTORS):
            _box(ax, x + 0.25 + 0.5 * factor, y, 0.5, 0.7, RED, hatch="///", alpha=0.3)
        for movie, mark in enumerate(row):
            _box(ax, x + 2.2 + 0.9 * movie, y, 0.9, 0.7, GREY, fill=False)
            if mark == "x":
                ax.plot(x + 2.65 + 0.9 * movie, y + 0.35, "o", color=INK, markersize=6)
    _text(ax, x + 1, 3.6, "rows of $P$")
    for movie in range(MOVIES):
        _text(ax, x + 2.65 + 0.9 * movie, 3.6, "ABC"[movie])


def _movie(ax, movie):
    """A row of Q with its name."""
    for factor in range(N_FACTORS):
        x = MOVIE_X[movie] - 0.75 + 0.5 * factor
        _box(ax, x, MOVIE_Y, 0.5, 0.7, GREEN, hatch="...", alpha=0.5)
    _text(ax, MOVIE_X[movie], MOVIE_Y + 1.2, f"movie {'ABC'[movie]}'s row of $Q$")


def _arrow(ax, movie, number):
    """From a movie's row to its column in a machine's table."""
    start = MOVIE_X[movie] + 0.5 * (number - 1), MOVIE_Y - 0.1
    end = LEFT_OF[number] + 2.65 + 0.9 * movie, 4.2
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.4})


def _box(ax, x, y, width, height, colour, fill=True, **looks):
    looks = {"lw": 0.8, **looks}
    ax.add_patch(
        plt.Rectangle(
            (x, y), width, height, facecolor=colour if fill else "none", edgecolor=GREY, **looks
        )
    )


def _text(ax, x, y, text):
    ax.text(x, y, text, ha="center", va="center", size=11, color=INK)
