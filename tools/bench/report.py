"""What the measurements say: a table in the terminal and a drawing."""

import os
import platform
import sys
from importlib.metadata import version

from matplotlib.figure import Figure

from mfhelpers.plots import GREEN, RED, course_style

HEAD = ("", "minimum", "median", "unit", "judged", "of medians", "at most", "")
WIDTHS = (52, 9, 9, 6, 9, 12, 9, 15)


def machine():
    """Return a line about the machine and what runs on it."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pandas"))
    return (
        f"{_processor()}, {os.cpu_count()} cores{load}; Python {sys.version.split()[0]}, {packages}"
    )


def _processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def table(section):
    """Return a section as lines of text."""
    lines = ["", section.title, _line(HEAD)]
    lines += [_line(_cells(row)) for row in section.rows]
    return lines + [f"  ({remark})" for remark in section.remarks]


def _cells(row):
    verdict = {None: "", True: "holds", False: "does not hold"}[row.holds]
    numbers = [
        "" if value is None else number(value, row.unit if judged_as_value(row) else "")
        for value in (row.judged, row.judged_median, row.target)
    ]
    shown = number(row.minimum, row.unit), number(row.median, row.unit), row.unit
    return row.name, *shown, *numbers, verdict


def judged_as_value(row):
    return row.unit in ("RMSE", "MB")


def _line(cells):
    first, *rest = [str(cell) for cell in cells]
    padded = [f"{cell:>{width}}" for cell, width in zip(rest, WIDTHS[1:], strict=True)]
    return f"  {first:<{WIDTHS[0]}}{''.join(padded)}".rstrip()


def number(value, unit=""):
    """Return a value as text: RMSE to five decimals, the rest to three digits."""
    if unit == "RMSE":
        return f"{value:.5f}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    decimals = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3 if abs(value) >= 0.01 else 5
    return f"{value:.{decimals}f}"


def verdict(sections):
    """Return one line: how many targets hold, and which do not."""
    judged = [row for section in sections for row in section.rows if row.holds is not None]
    broken = [row.name for row in judged if not row.holds]
    text = f"{len(judged) - len(broken)} of {len(judged)} targets hold"
    return f"{text}; not: {', '.join(broken)}" if broken else text


# ---------------------------------------------------------------- the drawing


def draw(sections, path, caption):
    """Write a picture: the race in ns per update, and every target with what was judged."""
    course_style()
    figure = Figure(figsize=(12, 4.6))
    left, right = figure.subplots(1, 2)
    draw_race(left, sections[0].rows)
    draw_targets(right, [row for section in sections for row in section.rows if row.target])
    figure.supxlabel(caption, fontsize=8, color="#666666")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def draw_race(axes, rows):
    """Bars of minimums by number of factors, with a tick at the median."""
    looks = {"ours": (RED, ""), "cornac": (GREEN, "//"), "C++": ("#3366cc", "..")}
    bars = [(row, *row.name.split(": ")) for row in rows if row.name.split(": ")[1] in looks]
    factors = list(dict.fromkeys(k for _, k, _ in bars))
    for place, (name, (colour, hatch)) in enumerate(looks.items()):
        mine = [(row, factors.index(k)) for row, k, who in bars if who == name]
        at = [x + 0.27 * (place - 1) for _, x in mine]
        low = [row.minimum for row, _ in mine]
        axes.bar(at, low, 0.25, color=colour, hatch=hatch, edgecolor="white", label=name)
        axes.plot(at, [row.median for row, _ in mine], "_", color="black", markersize=12)
        for x, height in zip(at, low, strict=True):
            axes.text(x, height / 2, number(height), ha="center", fontsize=8, color="black",
                      bbox={"color": "white", "pad": 1})  # fmt: skip
    axes.set_xticks(range(len(factors)), factors)
    axes.set(title="One update", ylabel="ns (bar: minimum, dash: median)")
    axes.grid(visible=False, axis="x")
    axes.legend()


def draw_targets(axes, rows):
    """A dot a target: what was judged as a share of the target, which is the line at 1."""
    for place, row in enumerate(reversed(rows)):
        colour, marker = (GREEN, "o") if row.holds else (RED, "X")
        axes.plot(row.judged / row.target, place, marker, color=colour, markersize=9)
        axes.plot(row.judged_median / row.target, place, "|", color="black", markersize=10)
    axes.axvline(1, color="#222222", linestyle=":")
    axes.set_yticks(range(len(rows)), [row.name for row in reversed(rows)])
    axes.set(xlim=(0, None), xlabel="share of the target (dot: minimums, dash: medians)")
    axes.set_title("Left of the line, a target holds")
