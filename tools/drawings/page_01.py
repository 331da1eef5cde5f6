"""Page 01: the shapes of the factorization, and the toy table while it is being fitted."""

import matplotlib.pyplot as plt
import numpy as np

from mfhelpers.plots import GREEN, RED
from tools.drawings import GREY, INK, drawing

# The page's own toy; a test holds the two equal.
USERS = ["Ann", "Ben", "Cho", "Dia", "Eli"]
MOVIES = ["Star Raid", "Iron Chase", "Tender June", "Oops Again"]
ANSWERS = np.array(
    [[5, 5, 1, 2], [4, 4, 1, 1], [1, 2, 5, 4], [2, 2, 4, 4], [3, 3, 3, 3]], dtype=float
)
SEEN = np.array([[1, 1, 1, 0], [1, 0, 1, 1], [1, 1, 1, 0], [0, 0, 1, 1], [1, 1, 0, 1]], dtype=bool)
STILLS = (0, 10, 30, 300)
FRAMES = (0, 6, 10, 14, 18, 24, 30, 40, 50, 60, 80, 120, 200, 300)
STAY = [400] * (len(FRAMES) - 1) + [3000]  # the last frame waits to be looked at
USER_FACTORS = np.array([[5, 0.5, 1], [4, 0.5, 0.5], [1, 5, 2], [2, 4, 3], [3, 3, 2]])
MOVIE_FACTORS = np.array([[1, 0.1, 0.1], [0.9, 0, 0.3], [0, 0.9, 0.2], [0.1, 0.5, 0.8]])


def fitted_tables(n_epochs=300, n_factors=2, learning_rate=0.03, regularization=0.1, seed=10):
    """Return the page's predicted table after 0, 1, ..., n_epochs epochs, (n_epochs + 1, 5, 4)."""
    rng = np.random.default_rng(seed)
    users = rng.normal(0, 0.1, (len(USERS), n_factors))
    movies = rng.normal(0, 0.1, (len(MOVIES), n_factors))
    tables = [users @ movies.T]
    for _ in range(n_epochs):
        for user, movie in np.argwhere(SEEN):
            error = ANSWERS[user, movie] - users[user] @ movies[movie]
            users[user] += learning_rate * (error * movies[movie] - regularization * users[user])
            movies[movie] += learning_rate * (error * users[user] - regularization * movies[movie])
        tables.append(users @ movies.T)
    return np.array(tables)


@drawing("matrix_factorization.png")
def matrix_factorization():
    """R with holes, about equal to the full R-hat, which is P times Q transposed."""
    figure, ax = plt.subplots(figsize=(8.4, 3.9))
    ax.set(xlim=(-0.8, 19.4), ylim=(-2.3, 7.1), aspect="equal")
    ax.axis("off")
    _table_of_ratings(ax, x=0)
    _table_of_predictions(ax, x=5.4)
    _table_of_users(ax, x=10.8)
    _table_of_movies(ax, x=15)
    for x, sign in ((4.7, r"$\approx$"), (10.1, "$=$"), (14.4, r"$\times$")):
        ax.text(x, 2.5, sign, fontsize=20, ha="center", va="center", color=INK)
    _explain(ax)
    return figure


@drawing("toy_fitted.png")
def toy_fitted():
    """Four panels: the predicted table before training and after 10, 30 and 300 epochs."""
    tables = fitted_tables()
    figure, axes = plt.subplots(2, 2, figsize=(7.6, 5.4), sharex=True, sharey=True)
    for ax, epoch in zip(axes.flat, STILLS, strict=True):
        _draw_table(ax, tables[epoch])
        ax.set_title("before training" if epoch == 0 else f"after {epoch} epochs")
    figure.supxlabel("dashed red: the six hidden ratings, which the loop never sees", fontsize=11)
    return figure


@drawing("toy_fitted.gif", milliseconds=STAY, colours=64)
def toy_fitted_gif():
    """The predicted table beside the average miss, epoch by epoch."""
    tables = fitted_tables()
    return (_frame(tables, epoch) for epoch in FRAMES)


def _frame(tables, epoch):
    # Fixed margins: laying out every frame anew would take half of the time.
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7, 3.1), width_ratios=(1.25, 1), dpi=100, layout="none"
    )
    figure.subplots_adjust(left=0.055, right=0.985, bottom=0.17, top=0.9, wspace=0.19)
    _draw_table(left, tables[epoch])
    left.set_title(f"prediction after {epoch} epochs")
    misses = np.abs(tables[: epoch + 1] - ANSWERS)
    right.plot(misses[:, SEEN].mean(axis=1), color=RED, label="14 seen ratings")
    right.plot(misses[:, ~SEEN].mean(axis=1), color=GREEN, ls="--", label="6 hidden ratings")
    right.plot([epoch], misses[-1, SEEN].mean(), "o", color=RED)
    right.plot([epoch], misses[-1, ~SEEN].mean(), "s", color=GREEN)
    right.set(xlim=(-8, 310), ylim=(0, 3.2), xlabel="epoch", title="average miss [stars]")
    right.legend(loc="upper right")
    return figure


def _draw_table(ax, table):
    ax.imshow(table, cmap=plt.get_cmap("Greens", 12), vmin=0, vmax=9, aspect="auto")
    for (user, movie), stars in np.ndenumerate(table):
        ax.text(
            movie,
            user,
            f"{stars + 0.0:.1f}".replace("-0.0", "0.0"),
            ha="center",
            va="center",
            color=INK,
        )
    for user, movie in np.argwhere(~SEEN):
        _box(ax, movie - 0.46, user - 0.46, 0.92, 0.92, RED, ls="--", lw=1.8)
    ax.set_xticks(range(len(MOVIES)), [movie.replace(" ", "\n") for movie in MOVIES])
    ax.set_yticks(range(len(USERS)), USERS)
    ax.tick_params(length=0)
    ax.grid(False)


def _table_of_ratings(ax, x):
    for user, movie in np.ndindex(ANSWERS.shape):
        stars = f"{ANSWERS[user, movie]:.0f}" if SEEN[user, movie] else "?"
        _cell(ax, x + movie, 4 - user, stars)
    _name(ax, x + 2, "$R$", "m × n, with holes")
    ax.text(x - 0.2, 2.5, "m users", rotation=90, ha="right", va="center", color=INK)
    ax.text(x + 2, -0.15, "n movies", ha="center", va="top", color=INK)


def _table_of_predictions(ax, x):
    _numbers(ax, x, USER_FACTORS @ MOVIE_FACTORS.T)
    _box(ax, x + 1, 4, 1, 1, INK, lw=3)
    _name(ax, x + 2, r"$\hat{R}$", "m × n, no holes")


def _table_of_users(ax, x):
    _box(ax, x, 4, 3, 1, RED, lw=2.5, hatch="///", alpha=0.25)
    _box(ax, x, 4, 3, 1, RED, lw=2.5)
    _numbers(ax, x, USER_FACTORS)
    _name(ax, x + 1.5, "$P$", "m × k")
    ax.text(x + 1.5, -0.15, "k factors", ha="center", va="top", color=INK)


def _table_of_movies(ax, x):
    _box(ax, x + 1, 2, 1, 3, GREEN, lw=2.5, hatch="...", alpha=0.25)
    _box(ax, x + 1, 2, 1, 3, GREEN, lw=2.5, ls="--")
    _numbers(ax, x, MOVIE_FACTORS.T)
    _name(ax, x + 2, "$Q^{\\top}$", "k × n")
    ax.text(x + 2, 1.7, "stored as $Q$, n × k:\none row a movie", ha="center", va="top", color=INK)


def _explain(ax):
    _box(ax, 0, -2.1, 1, 0.7, RED, lw=2, hatch="///")
    ax.text(1.2, -1.75, "first user: $p_u$", va="center", color=INK)
    _box(ax, 4.9, -2.1, 1, 0.7, GREEN, lw=2, ls="--", hatch="...")
    ax.text(6.1, -1.75, "second movie: $q_i$", va="center", color=INK)
    _box(ax, 10.1, -2.1, 1, 0.7, INK, lw=3)
    ax.text(11.3, -1.75, r"dot product: $\hat{r}_{ui} = p_u \cdot q_i$", va="center", color=INK)


def _numbers(ax, x, table):
    """Draw a table of numbers, its top row at the height of row 1 of R."""
    for row, column in np.ndindex(table.shape):
        _cell(ax, x + column, 4 - row, f"{table[row, column]:.1f}", size=9.5)


def _cell(ax, x, y, text, size=11):
    _box(ax, x, y, 1, 1, GREY, lw=0.8)
    ax.text(x + 0.5, y + 0.48, text, ha="center", va="center", color=INK, fontsize=size)


def _name(ax, x, name, shape):
    ax.text(x, 6.45, name, ha="center", va="center", fontsize=17, color=INK)
    ax.text(x, 5.5, shape, ha="center", va="center", color=INK)


def _box(ax, x, y, width, height, colour, **looks):
    ax.add_patch(plt.Rectangle((x, y), width, height, fill=False, edgecolor=colour, **looks))
