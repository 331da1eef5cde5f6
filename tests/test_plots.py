"""Plots: they draw the numbers they are given, on the Axes they are given."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mfhelpers import plots

matplotlib.use("Agg")

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "running_rmse": [3.0, 2.0, 1.5],
        "train_rmse": [2.5, 1.5, 1.0],
        "validation_rmse": [2.6, 1.8, 1.9],
        "seconds": [0.1, 0.1, 0.1],
    }
)


@pytest.fixture
def ax():
    with plt.style.context(plots.STYLE_SHEET):
        figure, ax = plt.subplots()
        yield ax
        plt.close(figure)


def heights(bars):
    return [bar.get_height() for bar in bars]


DRAW = [
    lambda ax: plots.rmse_curve(HISTORY, ax),
    lambda ax: plots.rating_histograms([1.2], [2], ax),
    lambda ax: plots.score_ladder({"a": 1.0}, ax),
    lambda ax: plots.error_by_count([1, 2], [0.5, 1], ax),
]


@pytest.mark.parametrize("draw", DRAW)
def test_every_plot_returns_its_axes_and_names_what_they_show(draw, ax):
    assert draw(ax) is ax
    assert ax.get_xlabel()
    other = plt.figure().gca()
    assert draw(None) is other
    plt.close(other.figure)


def test_rmse_curve_draws_the_three_columns(ax):
    plots.rmse_curve(HISTORY, ax)
    drawn = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
    assert list(drawn.values()) == [[3.0, 2.0, 1.5], [2.5, 1.5, 1.0], [2.6, 1.8, 1.9]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(drawn)
    assert [name.split(",")[0] for name in drawn] == ["running", "train", "validation"]


def test_rmse_curve_differs_in_more_than_colour(ax):
    plots.rmse_curve(HISTORY, ax)
    assert len({line.get_marker() for line in ax.lines}) == 3
    assert len({line.get_linestyle() for line in ax.lines}) == 3


def test_rmse_curve_leaves_out_what_is_not_there_and_what_is_not_asked_for(ax):
    plots.rmse_curve(HISTORY.assign(validation_rmse=np.nan), ax, from_epoch=2)
    assert [line.get_xdata().tolist() for line in ax.lines] == [[2, 3], [2, 3]]
    ax.clear()
    plots.rmse_curve(HISTORY, ax, columns=["validation_rmse"], labels={"validation_rmse": "mine"})
    assert [line.get_label() for line in ax.lines] == ["mine"]


def test_rmse_curve_keeps_the_line_where_only_some_epochs_are_known(ax):
    plots.rmse_curve(HISTORY.assign(train_rmse=[np.nan, np.nan, 1.0]), ax)
    assert len(ax.lines) == 3


def test_rating_histograms_put_each_rating_above_its_star(ax):
    plots.rating_histograms([0.1, 1.4, 2.6, 4.49, 6.2], [1, 2, 3, 4, 5], ax)
    predicted, actual = ax.containers
    assert heights(predicted) == pytest.approx([0.4, 0, 0.2, 0.2, 0.2])
    assert heights(actual) == pytest.approx([0.2] * 5)
    for bars in ax.containers:
        assert [round(bar.get_center()[0]) for bar in bars] == [1, 2, 3, 4, 5]
    assert predicted[0].get_hatch() and not actual[0].get_hatch()


def test_star_edges_are_half_a_star_off_each_star():
    assert plots.STAR_EDGES.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]


def test_ladder_goes_from_best_at_the_bottom_to_worst_on_top(ax):
    plots.score_ladder({"good": 0.91234, "bad": 1.2, "middle": 1.0}, ax, ours="middle")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["good", "middle", "bad"]
    assert [line.get_xdata()[0] for line in ax.lines] == [0.91234, 1.0, 1.2]
    assert [text.get_text() for text in ax.texts] == ["0.912", "1.000", "1.200"]
    assert [line.get_marker() for line in ax.lines] == ["o", "D", "o"]


def test_error_by_count_groups_and_takes_the_root_of_the_mean_square(ax):
    counts = [0, 1, 4, 5, 19, 20, 99, 100, 2000]
    errors = [1, 3, -4, 2, 2, 1, 1, 0, 1]
    plots.error_by_count(counts, errors, ax, label="a")
    plots.error_by_count(counts, np.zeros(9), ax, label="b")
    first, second = ax.lines
    expected = np.sqrt([1, 12.5, 4, 1, 0.5])
    assert np.allclose(first.get_ydata(), expected) and not second.get_ydata().any()
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0", "1–4", "5–19", "20–99", "100+"]
    assert first.get_marker() != second.get_marker()


def test_count_groups_with_other_edges():
    groups = plots.count_groups([0, 2, 3, 3, 50], edges=(0, 3, 10))
    assert list(groups) == ["0–2", "0–2", "3–9", "3–9", "10+"]


def test_the_two_colours_are_the_courses():
    assert (plots.RED, plots.GREEN) == ("#fc1c49", "#00a67d")


def test_course_style_is_used():
    with plt.rc_context():
        plots.course_style()
        assert plt.rcParams["axes.titlelocation"] == "left"


# ---------------------------------------------------------------- a small table of stars

TOY = [[5, np.nan, 1], [-0.01, 3.25, 2]]
NAMES = {"users": ["Ann", "Ben"], "movies": ["Star Raid", "June", "Oops Again"]}


def test_show_table_writes_each_number_and_a_question_mark_into_holes(ax):
    assert plots.show_table(TOY, ax, title="Stars", **NAMES) is ax
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "5.0", (1, 0): "?", (2, 0): "1.0",
                       (0, 1): "0.0", (1, 1): "3.2", (2, 1): "2.0"}  # fmt: skip
    assert np.isnan(np.ma.filled(ax.images[0].get_array(), np.nan)[0, 1])  # drawn white
    assert "Stars" in {ax.get_title(loc=side) for side in ("left", "center")}


def test_show_table_names_rows_and_columns(ax):
    plots.show_table(TOY, ax, **NAMES)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Ann", "Ben"]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["Star\nRaid", "June", "Oops\nAgain"]


def test_show_table_marks_the_cells_it_is_told(ax):
    plots.show_table(TOY, ax, marked=np.argwhere(np.isnan(TOY)), **NAMES)
    (box,) = ax.patches
    assert box.get_x() < 1 < box.get_x() + box.get_width()
    assert box.get_y() < 0 < box.get_y() + box.get_height()
    assert box.get_linestyle() == "--"


def test_show_table_takes_the_current_axes():
    other = plt.figure().gca()
    assert plots.show_table(TOY, **NAMES) is other
    plt.close(other.figure)


def test_show_table_says_when_names_do_not_fit(ax):
    with pytest.raises(ValueError, match=r"shape \(2, 3\), but there are 2 users and 2 movies"):
        plots.show_table(TOY, ax, users=NAMES["users"], movies=NAMES["movies"][:2])
