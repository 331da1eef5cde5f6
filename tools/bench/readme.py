"""The README's section of measurements: tables and a picture, between two markers."""

from datetime import date

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from mfhelpers.plots import GREEN, RED, course_style
from tools.bench import report
from tools.bench.accuracy import NOT_REACHED, TARGETS
from tools.markdown import as_markdown, markers, with_part
from tools.paths import BENCHMARK_PICTURE, README

NAME = "benchmark"
START, END = markers(NAME)
# colour, marker, line: no two lines differ by colour alone
LOOKS = {
    "ours": (RED, "o", "-"),
    "ours, ALS": ("#8a1538", "s", "--"),
    "cornac": (GREEN, "^", "-"),
    "Surprise": ("#3366cc", "D", "--"),
    "LIBMF": ("#b8860b", "v", ":"),
    "plain loop": ("#444444", "X", "-."),
}
ALT = (
    "Test RMSE against seconds of training, on a logarithmic scale: one line a library, each "
    "falling to the right; the farther left a line, the sooner it is there"
)


def with_section(readme, text):
    """Return the README's text with this text between the markers.

    Raises:
        ValueError: the markers are not there exactly once, in order.
    """
    return with_part(readme, NAME, text)


def section_text(sections, machine, day=None):
    """Return the Markdown of what was measured.

    Args:
        sections: as measured; the one with curves is turned into a row for each library.
        machine: a line about the machine and the versions.
        day: date of the run; today's where none is given.
    """
    day = day or date.today()
    parts = [f"Measured on {day:%d %B %Y} with `make bench`: {machine}. Medians; in brackets, "
             "ours as a share of theirs, of minimums."]  # fmt: skip
    for section in sections:
        parts.append(f"**{section.title}**")
        if section.curves:
            parts.append(as_markdown(_by_library(section)))
            parts.append(f"![{ALT}](images/{BENCHMARK_PICTURE.name})")
        else:
            parts.append(as_markdown(_by_row(section)))
        said = [remark for remark in section.remarks if NOT_REACHED not in remark]  # in the table
        parts.append("\n".join(f"- {remark}" for remark in said))
    return "\n\n".join(filter(None, parts))


def _by_library(section):
    """A row for each library: seconds to each target, the lowest RMSE, memory."""
    rows = {row.name: row for row in section.rows}
    columns = [*(f"to {target}" for target in TARGETS), "lowest RMSE", "memory"]
    head = ["", *(f"{column}, s" for column in columns[:-2]), "lowest RMSE", "memory, MB"]
    return [head] + [
        [name, *(_cell(rows.get(f"{name}: {column}")) for column in columns)]
        for name in section.curves
    ]


def _by_row(section):
    return [["", "median", "unit"]] + [[row.name, _cell(row), row.unit] for row in section.rows]


def _cell(row):
    if row is None:
        return "not reached"
    shown = report.number(row.median, row.unit)
    compared = row.judged is not None and row.judged != row.minimum and row.unit in ("s", "ns")
    return f"{shown} ({report.number(row.judged)})" if compared else shown


def draw(section, path):
    """Write the picture: RMSE over seconds, a line for each library."""
    course_style()
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    axes = figure.subplots()
    for name, whole in section.curves.items():
        curve = [point for point in whole if np.isfinite(point).all()]
        colour, marker, line = LOOKS[name]
        axes.plot(
            *zip(*curve, strict=True), color=colour, marker=marker, linestyle=line, label=name
        )
    for target in TARGETS:
        axes.axhline(target, color="#999999", linewidth=0.8, zorder=0)
    axes.set(xscale="log", xlabel="seconds of training (logarithmic)", ylabel="test RMSE",
             title="How soon each library is how accurate", ylim=(0.83, 0.92))  # fmt: skip
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def write(sections, machine, readme=README, picture=BENCHMARK_PICTURE):
    """Write the section into the README and draw the picture beside it."""
    text = with_section(readme.read_text(encoding="utf-8"), section_text(sections, machine))
    for section in sections:
        if section.curves:
            draw(section, picture)
    readme.write_text(text, encoding="utf-8", newline="\n")
