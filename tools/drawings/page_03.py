"""Page 03: one rating meets the model, and what moves."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, Rectangle

from mfhelpers.plots import GREEN, RED
from tools.drawings import INK, drawing


def _matrix(axes, left, bottom, columns, rows, row, colour, hatch):
    """A grid of cells with one row marked; returns the height of that row's middle."""
    for r in range(rows):
        for c in range(columns):
            marked = r == row
            axes.add_patch(
                Rectangle(
                    (left + c * 0.5, bottom + (rows - 1 - r) * 0.4),
                    0.5,
                    0.4,
                    facecolor=colour if marked else "white",
                    edgecolor=INK if marked else "#c8c8c8",
                    alpha=0.55 if marked else 1,
                    hatch=hatch if marked else None,
                )
            )
    return bottom + (rows - 1 - row) * 0.4 + 0.2


def _box(axes, x, y, text, colour=INK):
    axes.text(
        x, y, text, ha="center", va="center", fontsize=12, color=colour, linespacing=1.5,
        bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": colour},
    )  # fmt: skip


def _arrow(axes, start, end, colour, style="-", bend=0.0):
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=16, color=colour, linestyle=style,
            linewidth=1.8, connectionstyle=f"arc3,rad={bend}", shrinkA=4, shrinkB=4,
        )
    )  # fmt: skip


@drawing("one_update.png", style="default")
def one_update():
    """Rows out, prediction, error, and the two steps back into the rows."""
    figure, axes = plt.subplots(figsize=(9, 3.4))
    axes.set(xlim=(-0.2, 10.2), ylim=(-0.6, 3.4))
    axes.axis("off")
    user_y = _matrix(axes, 0.4, 0.5, 3, 6, 2, RED, "//")
    movie_y = _matrix(axes, 8.1, 0.5, 3, 5, 2, GREEN, "..")
    axes.text(1.15, 3.1, "P, user factors", ha="center", fontsize=12)
    axes.text(8.85, 2.7, "Q, movie factors", ha="center", fontsize=12)
    axes.text(0.3, user_y, r"$p_u$", ha="right", va="center", fontsize=14)
    axes.text(9.7, movie_y, r"$q_i$", ha="left", va="center", fontsize=14)
    _box(axes, 5, 2.75, "predict:  dot product  $p_u \\cdot q_i$")
    _box(axes, 5, 1.55, "error  $e$ = rating − prediction")
    _box(axes, 5, 0.1, "step of $p_u$:  along $q_i$, minus the brake\n"
                       "step of $q_i$:  along $p_u$, minus the brake")  # fmt: skip
    _arrow(axes, (1.95, user_y), (3.2, 2.75), INK)
    _arrow(axes, (8.05, movie_y), (6.8, 2.75), INK)
    _arrow(axes, (5, 2.4), (5, 1.92), INK)
    _arrow(axes, (5, 1.2), (5, 0.68), INK)
    _arrow(axes, (2.75, 0.1), (1.3, user_y - 0.25), RED, "--", -0.3)
    _arrow(axes, (7.25, 0.1), (8.75, movie_y - 0.25), GREEN, "-.", 0.3)
    return figure
