"""Page 06: the two penalties and their slopes, diamond and circle, a weight that shrinks."""

import matplotlib.pyplot as plt
import numpy as np

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

# The page's own example, which lands beside zero; 1.0 and 0.25 would land on it by luck.
START, STEP = 0.73, 0.1
STILLS = (0, 4, 8, 24)
LAST = 24
STAY = [350] * LAST + [3150]  # the last frame waits to be looked at
ROWS = {  # name: (colour, marker, line style, move)
    "L2": (GREEN, "o", "--", lambda w: w - STEP * w),
    "L1, sign step": (INK, "D", ":", lambda w: w - STEP * np.sign(w)),
    "L1, stop at zero": (RED, "s", "-", lambda w: w - np.clip(w, -STEP, STEP)),
}
CENTRE = np.array([1.7, 0.5])  # where the loss alone would go
CURVATURE = np.array([[1.0, 0.25], [0.25, 1.0]])
BUDGET = 1.0


@drawing("l1.png")
def l1():
    """A V with its corner at zero."""
    w = np.linspace(-2, 2, 201)
    figure, ax = _small(r"L1: $|w|$", "penalty")
    ax.plot(w, np.abs(w), color=RED, lw=3)
    _point_at_zero(ax)
    ax.annotate(
        "a corner", (0, 0), (0, 0.95), ha="center", color=INK, arrowprops={"arrowstyle": "->"}
    )
    return figure


@drawing("l2.png")
def l2():
    """A parabola that is flat at zero."""
    w = np.linspace(-2, 2, 201)
    figure, ax = _small(r"L2: $w^2 / 2$", "penalty")
    ax.plot(w, w**2 / 2, color=GREEN, lw=3, ls="--")
    _point_at_zero(ax)
    ax.annotate("flat", (0, 0), (0, 0.95), ha="center", color=INK, arrowprops={"arrowstyle": "->"})
    ax.set_ylim(-0.1, 2.1)
    return figure


@drawing("l1_gradient.png")
def l1_gradient():
    """Minus one, then plus one, with a jump at zero."""
    figure, ax = _small("slope of L1: sign(w)", "slope")
    for side in (-1, 1):
        ax.plot([0, 2 * side], [side, side], color=RED, lw=3, ls="-")
        ax.plot([0], [side], "o", color="white", mec=RED, mew=2, ms=8)
    ax.text(1, 0.62, "always 1", ha="center", va="center", color=INK)
    ax.text(-1, -0.62, "always −1", ha="center", va="center", color=INK)
    ax.set_ylim(-2.1, 2.1)
    return figure


@drawing("l2_gradient.png")
def l2_gradient():
    """A straight line through zero."""
    w = np.array([-2.0, 2.0])
    figure, ax = _small("slope of L2: w", "slope")
    ax.plot(w, w, color=GREEN, lw=3, ls="--")
    _point_at_zero(ax)
    ax.annotate("fades to 0", (0.05, 0), (0.5, -1.3), color=INK, arrowprops={"arrowstyle": "->"})
    ax.set_ylim(-2.1, 2.1)
    return figure


@drawing("diamond_and_circle.png")
def diamond_and_circle():
    """Rings of equal loss touch the diamond of L1 at a corner, the circle of L2 beside it."""
    turn = np.linspace(0, 2 * np.pi, 400)
    circle = BUDGET * np.array([np.cos(turn), np.sin(turn)])
    diamond = BUDGET * np.array([[1, 0, -1, 0, 1], [0, 1, 0, -1, 0]])
    # the diamond's edge, evenly: |w1| + |w2| = budget
    edge = circle / np.abs(circle).sum(axis=0) * BUDGET
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 3.7), sharey=True)
    _touch(axes[0], diamond, edge, RED, "-", "///", "s", r"L1: $|w_1| + |w_2| \leq 1$")
    _touch(axes[1], circle, circle, GREEN, "--", "...", "o", r"L2: $w_1^2 + w_2^2 \leq 1$")
    axes[0].set_ylabel("weight $w_2$")
    axes[0].text(-1.4, -1.36, "at a corner: $w_2 = 0$", color=INK)
    axes[1].text(-1.4, -1.36, "beside the axis: $w_2 \\neq 0$", color=INK)
    return figure


def _touch(ax, shape, edge, colour, line, hatch, marker, title):
    ax.fill(*shape, color=colour, alpha=0.12, lw=0)
    ax.fill(*shape, fill=False, hatch=hatch, edgecolor=colour, alpha=0.35, lw=0)
    ax.plot(*shape, color=colour, ls=line)
    losses = _loss(edge)
    best = edge[:, losses.argmin()]
    x, y = np.meshgrid(np.linspace(-1.6, 3, 300), np.linspace(-1.6, 2.2, 300))
    rings = losses.min() * np.array([0.12, 0.45, 1.0, 1.9])
    ax.contour(
        x, y, _loss(np.array([x, y])), levels=rings, colors=INK, linewidths=(1, 1, 2, 1), alpha=0.75
    )
    ax.plot(*CENTRE, "x", color=INK, ms=9, mew=2)
    ax.annotate(
        "least loss", CENTRE, (1.75, 1.86), color=INK, arrowprops={"arrowstyle": "->"},
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )  # fmt: skip
    ax.plot(*best, marker, color=colour, ms=11, mec="white", mew=1.5, zorder=5)
    ax.axhline(0, color=GREY, lw=0.8, ls="-")
    ax.axvline(0, color=GREY, lw=0.8, ls="-")
    ax.set(xlim=(-1.5, 2.9), ylim=(-1.55, 2.15), aspect="equal", xlabel="weight $w_1$", title=title)


def _loss(w):
    away = w - CENTRE.reshape((2,) + (1,) * (w.ndim - 1))
    return 0.5 * np.einsum("i...,ij,j...->...", away, CURVATURE, away)


@drawing("l1_l2_shrinking.png")
def shrinking():
    """Four panels: the same weight under three steps, at the start and after 4, 8, 24 steps."""
    figure, axes = plt.subplots(2, 2, figsize=(7.6, 4.9), sharex=True, sharey=True)
    for ax, step in zip(axes.flat, STILLS, strict=True):
        _draw_weights(ax, step)
        ax.set_title("start" if step == 0 else f"after {step} steps")
    for ax in axes[-1]:
        ax.set_xlabel("weight")
    return figure


@drawing("l1_l2_shrinking.gif", milliseconds=STAY, colours=48)
def shrinking_gif():
    """The three weights with their next pull, beside their way so far, step by step."""
    return (_frame(step) for step in range(LAST + 1))


def _frame(step):
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3), width_ratios=(1.35, 1), dpi=100)
    _draw_weights(left, step)
    left.set(title=f"after {step} steps", xlabel="weight")
    for name, (colour, marker, line, _) in ROWS.items():
        way = _way(name)[: step + 1]
        right.plot(way, color=colour, ls=line, lw=1.8)
        right.plot([step], [way[-1]], marker, color=colour, ms=6)
    right.axhline(0, color=GREY, lw=0.8, ls="-")
    right.set(xlim=(-0.5, LAST + 0.5), ylim=(-0.15, 0.8), xlabel="step", title="weight so far")
    return figure


def _draw_weights(ax, step):
    """Draw each weight on its own line, with a bar where the next step will carry it."""
    for row, (name, (colour, marker, _, move)) in enumerate(ROWS.items()):
        height = len(ROWS) - row
        w = _way(name)[step]
        pull = move(w) - w
        ax.axhline(height, color=GREY, lw=0.8, ls="-")
        ax.plot([w, w + pull], [height, height], color=colour, ls="-", lw=6, alpha=0.45)
        ax.plot([w], [height], marker, color=colour, ms=9, zorder=5)
        ax.text(0.88, height + 0.28, f"{w:.3f}", ha="right", va="center", color=INK)
        ax.text(0.06, height + 0.28, name, ha="left", va="center", color=colour, weight="bold")
    ax.axvline(0, color=INK, lw=1.2, ls="-")
    ax.set(xlim=(-0.15, 0.9), ylim=(0.5, 3.6), yticks=[])
    ax.grid(False)


def _way(name):
    """Return the weight at the start and after each of the steps."""
    way = [START]
    for _ in range(LAST):
        way.append(ROWS[name][3](way[-1]))
    return way


def _small(title, label):
    figure, ax = plt.subplots(figsize=(3.3, 2.5))
    ax.axhline(0, color=GREY, lw=0.8, ls="-")
    ax.axvline(0, color=GREY, lw=0.8, ls="-")
    ax.set(title=title, xlabel="weight w", ylabel=label, xlim=(-2.05, 2.05), ylim=(-0.1, 2.1))
    ax.set_xticks([-2, -1, 0, 1, 2])
    return figure, ax


def _point_at_zero(ax):
    ax.plot([0], [0], "o", color=INK, ms=6, zorder=5)
