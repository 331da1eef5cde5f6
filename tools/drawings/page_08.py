"""Page 08: folding in, a new row of P from one row of ratings while Q stays."""

import matplotlib.pyplot as plt

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

# Rows from the top: four people that the model knows, then the new one.
RATINGS = ["53  14", " 4 2 5", "1  54 ", "4 52  "]
NEW = "5 1  4"
N_FACTORS, N_MOVIES = 2, 6
LEFT = 5  # where R begins; P stands left of it, Q transposed above
NEW_Y = -1.5


@drawing("fold_in.png")
def fold_in():
    """P beside R, Q transposed above it; a dashed new row at the foot of both."""
    figure, ax = plt.subplots(figsize=(8, 5))
    ax.set(xlim=(-0.4, 17.6), ylim=(-2.6, 8.1), aspect="equal")
    ax.axis("off")
    _known_people(ax)
    _movies(ax)
    _new_person(ax)
    _explain(ax)
    return figure


def _known_people(ax):
    for row, stars in enumerate(RATINGS):
        for column in range(N_FACTORS):
            _box(ax, column + 1, 3 - row, RED, lw=1.2, hatch="///", alpha=0.3)
        for movie, star in enumerate(stars):
            _box(ax, LEFT + movie, 3 - row, GREY, lw=0.8)
            _text(ax, LEFT + movie + 0.5, 3.5 - row, star.strip(), color=GREY)
    _text(ax, 2, 4.5, "$P$", size=17)
    _text(ax, 0.4, 2, "known\npeople", rotation=90)


def _movies(ax):
    for movie, star in enumerate(NEW):
        rated = star != " "
        for row in range(N_FACTORS):
            looks = {"hatch": "...", "alpha": 0.9} if rated else {"alpha": 0.35}
            _box(ax, LEFT + movie, 5.2 + row, GREEN, lw=2.4 if rated else 1, **looks)
    _text(ax, LEFT - 0.8, 6.2, r"$Q^{\top}$", size=17)
    _text(ax, LEFT + 3, 7.65, "movies: all rows of $Q$ stay as they are")


def _new_person(ax):
    for column in range(N_FACTORS):
        _box(ax, column + 1, NEW_Y, RED, lw=2.4, ls="--")
        _text(ax, column + 1.5, NEW_Y + 0.5, "?", size=13)
    for movie, star in enumerate(NEW):
        _box(ax, LEFT + movie, NEW_Y, INK if star != " " else GREY, lw=2.2 if star != " " else 0.8)
        _text(ax, LEFT + movie + 0.5, NEW_Y + 0.5, star.strip(), size=13)
    _text(ax, 0.4, NEW_Y + 0.5, "you")
    ax.annotate(
        "",
        (3.2, NEW_Y + 0.5),
        (LEFT - 0.2, NEW_Y + 0.5),
        arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 2, "mutation_scale": 18},
    )
    _text(ax, 4, NEW_Y - 0.55, "solve")


def _explain(ax):
    lines = [
        (6.2, "dotted: the movies that\nyou have rated"),
        (2, "their ratings are not\nneeded again"),
        (NEW_Y + 0.5, "your stars: the only\ndata that is used"),
    ]
    for y, text in lines:
        ax.text(LEFT + N_MOVIES + 0.5, y, text, va="center", color=INK, fontsize=11)


def _box(ax, x, y, colour, **looks):
    ax.add_patch(plt.Rectangle((x, y), 1, 1, fill=False, edgecolor=colour, **looks))


def _text(ax, x, y, text, size=11, color=INK, **looks):
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=color, **looks)
