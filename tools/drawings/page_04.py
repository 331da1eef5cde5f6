"""Page 04: the three moments at which an epoch's RMSE can be measured."""

import matplotlib.pyplot as plt

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

BLUE = "#3366cc"
VISITS = [0.8 + 0.72 * n for n in range(8)]
END = 7.0


@drawing("rmse_three_ways.png")
def rmse_three_ways():
    """One epoch as a line of updates: errors met on the way, and two passes at its end."""
    figure, ax = plt.subplots(figsize=(8.4, 3.2))
    ax.set(xlim=(-0.5, 13.4), ylim=(-1.6, 3.4))
    ax.axis("off")
    _epoch(ax)
    _measured_on_the_way(ax)
    _measured_at_the_end(ax)
    return figure


def _epoch(ax):
    ax.annotate(
        "", (END + 0.25, 0), (-0.3, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 2}
    )
    for x in VISITS:
        ax.plot([x, x], [-0.14, 0.14], color=INK, lw=2, ls="-")
    ax.text(3.3, -0.62, "one epoch: each training rating is visited once", ha="center", color=INK)
    ax.text(3.3, -1.22, "each visit moves the factors a little", ha="center", color=GREY)


def _measured_on_the_way(ax):
    for x in VISITS:
        ax.plot(x - 0.2, 0.62, "s", color=BLUE, markersize=7)
    ax.plot([VISITS[0] - 0.2, VISITS[-1] - 0.2], [1.12, 1.12], color=BLUE, ls=":")
    ax.text(
        3.1, 1.4,
        "running: each rating's error, taken just\nbefore its own update (factors still moving)",
        ha="center", va="bottom", color=BLUE,
    )  # fmt: skip


def _measured_at_the_end(ax):
    ax.plot([END, END], [-0.3, 3.25], color=GREY, lw=1.5, ls="--")
    ax.text(END + 0.2, 3.05, "epoch over: the factors stand still", color=GREY, va="center")
    for y, colour, marker, text in (
        (2.0, RED, "o", "train: errors of all training ratings\nagain, now with the same factors"),
        (0.7, GREEN, "^", "test: errors of ratings that\nno update has ever used"),
    ):
        ax.plot(END + 0.7, y, marker, color=colour, markersize=11)
        ax.text(END + 1.15, y, text, color=colour, va="center")
