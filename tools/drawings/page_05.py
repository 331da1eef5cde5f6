"""Page 05: the full gradient's path beside SGD's, on a slice of the loss surface."""

import matplotlib.pyplot as plt
import numpy as np

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

# One user with eight ratings; the movies are held still, the user's two factors vary.
MOVIES = np.array(
    [
        [1.5, 0.3], [0.4, 1.4], [1.2, 0.9], [0.9, -0.4],
        [0.2, 1.1], [1.4, 1.2], [1.0, 0.2], [0.7, 0.8],
    ]
)  # fmt: skip
STARS = np.array([5, 1, 4, 3, 3, 4, 2, 4], dtype=float)
REGULARIZATION = 0.1
START = np.array([-1.2, 3.1])
N_PASSES = 6
SGD_RATE = 0.22
LOOKS = [*range(8), *range(8, N_PASSES * len(STARS) + 1, 2)]  # ratings looked at, by frame
STAY = [300] * (len(LOOKS) - 1) + [2700]  # the last frame waits to be looked at


def surface():
    """Return (curvature matrix, bottom, height at the bottom) of the user's bowl."""
    hessian = MOVIES.T @ MOVIES + len(STARS) * REGULARIZATION * np.eye(2)
    bottom = np.linalg.solve(hessian, MOVIES.T @ STARS)
    return hessian, bottom


def full_gradient_path():
    """Return the places after 0, 1, ..., N_PASSES full steps, at one over the curvature."""
    hessian, bottom = surface()
    rate = 1 / np.linalg.eigvalsh(hessian).max()
    path = [START]
    for _ in range(N_PASSES):
        path.append(path[-1] - rate * hessian @ (path[-1] - bottom))
    return np.array(path)


def sgd_path(seed=10):
    """Return the places after each single rating's step, N_PASSES passes in random order."""
    rng = np.random.default_rng(seed)
    path = [START]
    for row in np.concatenate([rng.permutation(len(STARS)) for _ in range(N_PASSES)]):
        p, q = path[-1], MOVIES[row]
        error = STARS[row] - p @ q
        path.append(p + SGD_RATE * (error * q - REGULARIZATION * p))
    return np.array(path)


@drawing("loss_surface.png")
def loss_surface():
    """Both paths whole: the last frame, still."""
    return _figure(full_gradient_path(), sgd_path(), N_PASSES * len(STARS))


@drawing("loss_surface.gif", milliseconds=STAY)
def loss_surface_gif():
    """Both paths growing: one rating a frame in the first pass, then two."""
    full, sgd = full_gradient_path(), sgd_path()
    return (_figure(full, sgd, n) for n in LOOKS)


def _figure(full, sgd, n_looks):
    """Two panels after n_looks ratings have been looked at."""
    n_ratings = len(STARS)
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.9), sharex=True, sharey=True, dpi=100)
    passes = n_looks // n_ratings
    _contours(left)
    left.plot(*full[: passes + 1].T, "o-", color=RED, ms=6)
    left.set_title(f"Full gradient, {_count(passes, 'step')}", color=RED)
    _contours(right)
    right.plot(*sgd[: n_looks + 1].T, ".-", color=GREEN, lw=1.2, ms=4)
    right.plot(*sgd[: n_looks + 1 : n_ratings].T, "s", color=GREEN, mfc="white", mew=1.8, ms=7)
    right.set_title(f"SGD, {_count(n_looks, 'step')}", color=GREEN)
    left.set_ylabel("user's factor 2")
    figure.supxlabel(
        f"user's factor 1          (passes over the {n_ratings} ratings: {passes})", fontsize=11
    )
    return figure


def _count(n, thing):
    return f"{n} {thing}" + ("" if n == 1 else "s")


def _contours(ax):
    hessian, bottom = surface()
    x, y = np.meshgrid(np.linspace(-2, 4.6, 80), np.linspace(-0.6, 3.9, 80))
    away = np.stack([x, y], axis=-1) - bottom
    heights = np.einsum("...i,ij,...j->...", away, hessian, away) / 2
    ax.contour(x, y, heights, levels=np.linspace(0.6, 7.8, 7) ** 2, colors=GREY, linewidths=0.7)
    ax.plot(*bottom, "*", color=INK, ms=13, zorder=1.5)
    ax.grid(False)
