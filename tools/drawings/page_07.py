"""Page 07: the three parts of the ratings, and the four parts of one prediction."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

# (label, step in stars) of one invented prediction, in the order of the formula
PARTS = (
    ("mean of all\nratings  " + r"$\mu$", 3.6),
    ("a generous user\n" + r"$b_u$", 0.5),
    ("a weaker movie\n" + r"$b_i$", -0.7),
    ("their taste\n" + r"$p_u \cdot q_i$", 0.8),
)
# (name, from, to, colour, hatch, what it is for), as shares of the ratings
DRAWERS = (
    ("learn", 0.0, 0.72, "#bfe8de", "", "fit models"),
    ("validation", 0.72, 0.8, "#fed0d8", "//", "compare\nsettings"),
    ("test", 0.8, 1.0, "#dddddd", "xx", "opened once,\nat the end"),
)


@drawing("rating_in_parts.png")
def rating_in_parts():
    """A staircase from the mean to the prediction: one step each for user, movie and taste."""
    figure, ax = plt.subplots(figsize=(8, 3.7))
    level = 0.0
    for place, (_, step) in enumerate(PARTS):
        _step(ax, place, level, step)
        level += step
    _block(ax, len(PARTS), 0, level, INK, "")
    ax.text(len(PARTS), level + 0.08, f"{level:.1f}", ha="center", va="bottom", color=INK)
    ax.set_xticks(range(len(PARTS) + 1), [label for label, _ in PARTS] + ["prediction"])
    ax.set(ylim=(2.5, 5), xlim=(-0.6, 4.6), ylabel="stars (the axis starts at 2.5)")
    ax.tick_params(axis="x", length=0)
    ax.grid(visible=False)
    return figure


def _step(ax, place, level, step):
    colour, hatch = (GREEN, "") if step > 0 else (RED, "//")
    _block(ax, place, level, step, GREY if place == 0 else colour, hatch)
    top = level + max(step, 0)
    text = f"{step:.1f}" if place == 0 else f"{step:+.1f}"
    ax.text(place, top + 0.08, text, ha="center", va="bottom", color=INK)
    ax.plot([place + 0.3, place + 0.7], [level + step] * 2, color=GREY, lw=1.2, ls=":")


def _block(ax, place, bottom, height, colour, hatch):
    ax.bar(place, height, 0.6, bottom=bottom, color=colour, hatch=hatch, edgecolor="white")


@drawing("three_drawers.png")
def three_drawers():
    """A bar in three parts: learn and validation, together train, and the locked test."""
    figure, ax = plt.subplots(figsize=(8.4, 2.5))
    ax.set(xlim=(-0.01, 1.06), ylim=(-0.95, 1.75))
    ax.axis("off")
    for name, start, end, colour, hatch, use in DRAWERS:
        box = Rectangle((start, 0), end - start, 0.8, fc=colour, ec="white", hatch=hatch, lw=2)
        ax.add_patch(box)
        middle = (start + end) / 2
        shown = {"ha": "center", "color": INK}
        ax.text(middle, -0.12, name, va="top", weight="bold", **shown)
        ax.text(middle, -0.42, use, va="top", fontsize=10, **shown)
    _lock(ax, 0.9, 0.4)
    ax.plot([0.002, 0.002, 0.798, 0.798], [0.95, 1.08, 1.08, 0.95], color=INK, lw=1.5, ls="-")
    ax.text(0.4, 1.2, "train", ha="center", va="bottom", color=INK, weight="bold")
    return figure


def _lock(ax, x, y):
    ax.plot(x, y + 0.1, "o", ms=15, mfc="none", mec=INK, mew=3)
    ax.add_patch(Rectangle((x - 0.024, y - 0.26), 0.048, 0.36, fc=INK, ec="white", zorder=3))
