"""Drawings of page 02: the five states of the data, and the table before and after renumbering."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from mfhelpers.plots import GREEN, RED
from tools.drawings import INK, drawing

# The page's example: (user id, movie id, stars), and the codes in order of appearance.
RATINGS = [(1, 10, 4.0), (2, 15, 5.0), (1, 20, 3.0), (3, 10, 2.0), (2, 20, 4.5)]
USER_CODES, MOVIE_CODES = {1: 0, 2: 1, 3: 2}, {10: 0, 15: 1, 20: 2}


@drawing("five_states.png")
def five_states():
    """Draw the example from rows to codes as five boxes, with what leads from one to the next."""
    users, movies = _map_lines(USER_CODES), _map_lines(MOVIE_CODES)
    boxes = [
        ("1 rows", [f"({u}, {m}, {r:g})" for u, m, r in RATINGS]),
        ("2 frame", ["user movie star"] + [f"{u:>4} {m:>5} {r:>4}" for u, m, r in RATINGS]),
        ("3 unique ids", ["users", "[1, 2, 3]", "", "movies", "[10, 15, 20]"]),
        ("4 maps", ["user: code", *users, "movie: code", *movies]),
        ("5 codes", [f"({USER_CODES[u]}, {MOVIE_CODES[m]}, {r:g})" for u, m, r in RATINGS]),
    ]
    steps = ["pd.DataFrame", "unique", "enumerate", "map"]
    figure, axes = _blank_axes((9, 2.9), (-0.1, 21.1), (-0.8, 6.0))
    for number, (title, lines) in enumerate(boxes):
        _box(axes, 4.5 * number, title, lines, GREEN if number == 4 else INK)
    for number, step in enumerate(steps):
        _arrow(axes, 4.5 * number + 3.1, step)
    return figure


@drawing("ratings_before.png")
def ratings_before():
    """Draw the table with ids as row and column numbers: mostly rows and columns of nobody."""
    figure, axes = _blank_axes((8.4, 2.5), (-2.4, 21.2), (5.2, -1.9))
    for row in range(4):
        for column in range(21):
            _cell(axes, row, column, owned=row in USER_CODES and column in MOVIE_CODES)
    for user, movie, stars in RATINGS:
        _rating(axes, user, movie, stars, RED, "//")
    for row in range(4):
        _label(axes, -0.25, row + 0.5, f"row {row}", row in USER_CODES, "right")
    for column in range(21):
        _label(axes, column + 0.5, -0.35, str(column), column in MOVIE_CODES)
    axes.text(
        10.5, -1.5, "row number = user id, column number = movie id", ha="center", va="center"
    )
    axes.text(
        10.5,
        4.75,
        "grey: a cell whose row or column belongs to nobody",
        ha="center",
        va="center",
        color="#666666",
    )
    return figure


@drawing("ratings_after.png")
def ratings_after():
    """Draw the table with codes as row and column numbers: every row and column has an owner."""
    figure, axes = _blank_axes((8.4, 2.4), (-1.9, 5.1), (3.1, -1.1), aspect=0.5)
    for row in range(3):
        for column in range(3):
            _cell(axes, row, column, owned=True)
    for user, movie, stars in RATINGS:
        _rating(axes, USER_CODES[user], MOVIE_CODES[movie], stars, GREEN, "..")
    for movie, column in MOVIE_CODES.items():
        _label(axes, column + 0.5, -0.75, f"movie {movie}", owned=False)
        _label(axes, column + 0.5, -0.3, f"column {column}", owned=True)
    for user, row in USER_CODES.items():
        _label(axes, -0.08, row + 0.5, f"row {row}", owned=True, align="right")
        _label(axes, -0.65, row + 0.5, f"user {user}", owned=False, align="right")
    axes.text(3.15, 1.5, "four cells are empty:\nthe holes to fill", va="center")
    return figure


def _map_lines(codes):
    return [f"{original:>4}: {code}   " for original, code in codes.items()]


def _blank_axes(size, x_limits, y_limits, aspect=1):
    figure, axes = plt.subplots(figsize=size)
    axes.set(xlim=x_limits, ylim=y_limits, aspect=aspect)
    axes.axis("off")
    return figure, axes


def _box(axes, left, title, lines, colour):
    axes.add_patch(Rectangle((left, 0), 3.0, 5.1, facecolor="white", edgecolor=colour, lw=1.6))
    axes.text(left + 1.5, 5.5, title, ha="center", va="center", weight="bold", color=colour)
    top = 2.55 + 0.3 * (len(lines) - 1)
    style = {"ha": "center", "va": "center", "fontsize": 8.5, "family": "monospace"}
    for number, line in enumerate(lines):
        axes.text(left + 1.5, top - 0.6 * number, line, **style)


def _arrow(axes, left, step):
    arrow = {"arrowstyle": "->", "lw": 1.6}
    axes.annotate("", xy=(left + 1.3, 2.55), xytext=(left, 2.55), arrowprops=arrow)
    axes.text(left + 0.65, -0.45, step, ha="center", va="center", fontsize=9.5)


def _cell(axes, row, column, owned):
    face, edge = ("white", INK) if owned else ("#e4e4e4", "white")
    style = {"facecolor": face, "edgecolor": edge, "lw": 1, "zorder": 2 + owned}
    axes.add_patch(Rectangle((column, row), 1, 1, **style))


def _rating(axes, row, column, stars, colour, hatch):
    style = {"facecolor": colour + "2e", "edgecolor": colour, "hatch": hatch, "zorder": 4}
    axes.add_patch(Rectangle((column, row), 1, 1, **style))
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    style = {"ha": "center", "va": "center", "weight": "bold", "bbox": paper, "zorder": 5}
    axes.text(column + 0.5, row + 0.5, f"{stars:g}", **style)


def _label(axes, x, y, text, owned, align="center"):
    colour, weight = (INK, "bold") if owned else ("#666666", "normal")
    axes.text(x, y, text, ha=align, va="center", fontsize=9, color=colour, weight=weight)
