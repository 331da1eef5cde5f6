"""The README's scoreboard: it is the pages' own, and the tool that writes it reads them right."""

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.pages import find_pages, tags
from tools.paths import README
from tools.scoreboard import (
    END,
    START,
    NoScoreboard,
    as_markdown,
    scoreboard,
    tagged_tables,
    with_scoreboard,
)


def test_readme_shows_the_pages_own_results():
    readme = README.read_text(encoding="utf-8")
    assert with_scoreboard(readme, scoreboard()) == readme, "run python -m tools.scoreboard"


def test_every_tagged_cell_of_the_pages_is_on_it():
    board = scoreboard()
    for page in find_pages():
        tagged = [cell for _, cell in page.code_cells if "scoreboard" in tags(cell)]
        assert (f"notebooks/{page.name}.ipynb" in board) == bool(tagged)


# ---------------------------------------------------------------- the tool, on a page of its own

LADDER = pd.DataFrame(
    {"test RMSE": [1.11424, 0.83671], "kind": ["mean", "factors & biases"]},
    index=pd.Index(["mean", "k=100, a < b"], name="model"),
)
BOARD = """From [page 07](notebooks/07_x.ipynb):

| model | test RMSE | kind |
| --- | --: | --- |
| mean | 1.1142 | mean |
| k=100, a < b | 0.8367 | factors & biases |"""


def shown(table):
    """What a cell shows of a table, as a kernel would send it."""
    return new_output(
        "execute_result", {"text/html": f"<div>\n{table.to_html()}\n</div>", "text/plain": "..."}
    )


def course(root, *outputs, tag="scoreboard"):
    """Write a course of one page, whose one tagged cell has these outputs."""
    (root / "notebooks").mkdir()
    cells = [
        new_code_cell("other", outputs=[shown(LADDER)]),
        new_code_cell("ladder", outputs=list(outputs), metadata={"tags": [tag]}),
    ]
    nbformat.write(new_notebook(cells=cells), root / "notebooks" / "07_x.ipynb")
    return root


def test_tables_of_tagged_cells_become_markdown(tmp_path):
    bar = new_output("stream", name="stderr", text="100%|###|")
    assert scoreboard(course(tmp_path, bar, shown(LADDER.round(4)))) == BOARD


def test_a_changed_result_changes_the_readme(tmp_path):
    board = scoreboard(course(tmp_path, shown(LADDER.round(4))))
    readme = with_scoreboard(f"# Course\n\n{START}\nold\n{END}\n\nMore.\n", board)
    assert readme == f"# Course\n\n{START}\n\n{BOARD}\n\n{END}\n\nMore.\n"
    assert with_scoreboard(readme, board) == readme
    assert with_scoreboard(readme, board.replace("0.8367", "0.8368")) != readme


def test_an_index_without_a_name_leaves_its_heading_empty(tmp_path):
    course(tmp_path, shown(LADDER.rename_axis(None).round(4)))
    (rows,) = tagged_tables(tmp_path / "notebooks" / "07_x.ipynb")
    assert rows[0] == ["", "test RMSE", "kind"] and rows[1] == ["mean", "1.1142", "mean"]


def test_columns_of_numbers_stand_to_the_right():
    table = as_markdown([["a", "b", "c"], ["x", "0.5", "-1"], ["y", "1", "two"]])
    assert table.splitlines()[1] == "| --- | --: | --- |"


@pytest.mark.parametrize("outputs", [[], [new_output("stream", text="0.84\n")]])
def test_a_tagged_cell_without_a_table_is_refused(tmp_path, outputs):
    with pytest.raises(NoScoreboard, match="07_x.ipynb, cell 1: tagged `scoreboard`"):
        scoreboard(course(tmp_path, *outputs))


def test_a_course_without_tagged_cells_is_refused(tmp_path):
    with pytest.raises(NoScoreboard, match="no page"):
        scoreboard(course(tmp_path, shown(LADDER), tag="lecture"))


@pytest.mark.parametrize(
    "readme",
    ["", START, END, f"{END} {START}", f"{START} {END} {START} {END}", f"{START}{END}{END}"],
)
def test_a_readme_without_its_two_markers_is_refused(readme):
    with pytest.raises(NoScoreboard, match="once each"):
        with_scoreboard(readme, "board")
