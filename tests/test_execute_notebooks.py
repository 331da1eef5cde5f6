"""tools/execute_notebooks.py: what is kept of outputs, what is refused, what is written."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import execute_notebooks as tool
from tools.paths import ROOT


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


BAR = "\repochs:   0%|    | 0/20 [00:00<?, ?it/s]\repochs: 100%|████| 20/20 [00:02<00:00, 9it/s]"


@pytest.mark.parametrize(
    ("stderr", "kept"),
    [
        ("", ""),
        (BAR, "epochs: 100%|████| 20/20\n"),
        (BAR + "\n" + BAR, "epochs: 100%|████| 20/20\n" * 2),
        (BAR + "\r" + " " * 80 + "\r", ""),  # a bar that leaves nothing behind
        ("\r7it [00:00, 9it/s, rmse=0.9]", "7it [rmse=0.9]\n"),
        ("\r  0%| | 0/2 [00:00<?, ?it/s]\x1b[A", "  0%| | 0/2\n"),
    ],
)
def test_bars_are_kept_at_their_last_state_without_times(stderr, kept):
    assert tool.last_state(stderr, "here") == kept


def test_times_stay_where_outputs_are_not_compared():
    assert tool.last_state(BAR, "here", keep_times=True).endswith("[00:02<00:00, 9it/s]\n")


def test_other_stderr_is_refused_by_name():
    with pytest.raises(tool.PageFailed, match="page 01, cell 3.*ConvergenceWarning"):
        tool.tidy_outputs([stream("ConvergenceWarning: no\n", "stderr")], "page 01, cell 3")


def test_a_cell_with_a_widget_keeps_nothing():
    widget = new_output("display_data", {tool.WIDGET_VIEW: {"model_id": "1"}, "text/plain": "x"})
    assert tool.tidy_outputs([stream("first state\n"), widget], "here") == []


def test_streams_are_whole_bars_come_first():
    outputs = [
        stream("a\n"),
        stream(BAR[:60], "stderr"),
        stream("b\n"),
        stream(BAR[60:], "stderr"),
        new_output("execute_result", {"text/plain": "1"}),
        stream("c\n"),
    ]
    kept = tool.tidy_outputs(outputs, "here")
    texts = [o.get("text") or o.data["text/plain"] for o in kept]
    assert texts == ["epochs: 100%|████| 20/20\n", "a\nb\n", "1", "c\n"]


@pytest.mark.parametrize("path", [str(ROOT / "x"), "/home/me/x", "/opt/a/b.py", sys.prefix])
def test_machine_paths_are_refused(path):
    for output in (stream(path), new_output("execute_result", {"text/html": f"<b>{path}</b>"})):
        with pytest.raises(tool.PageFailed, match="path of"):
            tool.tidy_outputs([output], "here")


@pytest.mark.parametrize("text", ["a/b", "1/2/3", "https://x.org/a/b/c", "</td></tr>", "±1/n"])
def test_other_slashes_are_not(text):
    assert tool.tidy_outputs([stream(text)], "here")


def test_pages_that_left_cells_out_are_refused():
    cell = new_code_cell("1", outputs=[stream("skipped: needs Spark\n")])
    tool.refuse_skipped(
        new_notebook(cells=[new_code_cell("1", outputs=[stream("1\n")])]), "page 10"
    )
    with pytest.raises(tool.PageFailed, match="page 10, cell 0: skipped.*spark.txt"):
        tool.refuse_skipped(new_notebook(cells=[cell]), "page 10")


def test_pages_on_fallback_ratings_are_refused():
    book = new_notebook(cells=[new_code_cell("load_ratings()")])
    for sources in ("", "generated\n"):
        with pytest.raises(tool.PageFailed, match="not the Hub's"):
            tool.refuse_fallback(book, "01", sources)
    tool.refuse_fallback(book, "01", "generated\nnbtpj/movielens-1m-ratings\n")
    tool.refuse_fallback(new_notebook(), "01", "")


# ---------------------------------------------------------------- the command, on two small pages

GOOD = """from tqdm import tqdm
import matplotlib.pyplot as plt
import sys
for i in tqdm(range(3)):
    print(i)
plt.plot([1, 2])
plt.show()
print({1: 2}, flush=True)"""


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Two pages in a directory of their own: a good one, and one that fails."""
    for name, source in (("01_good", GOOD), ("02_bad", "x = 1\n1 / 0")):
        book = new_notebook(cells=[new_code_cell(source, id="kept-id")])
        if name == "02_bad":  # its last cell has its number from an earlier run
            book.cells.append(new_code_cell("x", id="later", execution_count=2))
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    monkeypatch.setattr(tool, "NOTEBOOKS", tmp_path)
    return tmp_path


def run(monkeypatch, *arguments):
    """Run the command on the Hub's name: these pages ask for no ratings."""
    monkeypatch.setattr(sys, "argv", ["execute_notebooks.py", "--source", "hub", *arguments])
    with pytest.raises(SystemExit) as end:
        tool.main()
    return end.value.code


def test_a_page_is_written_the_same_twice(pages, monkeypatch, capsys):
    assert run(monkeypatch, "01") is None
    first = (pages / "01_good.ipynb").read_bytes()
    assert run(monkeypatch, "01") is None
    assert (pages / "01_good.ipynb").read_bytes() == first
    book = json.loads(first)
    assert book["metadata"]["language_info"]["version"] == "3.11"
    assert book["cells"][0]["id"] == "kept-id"
    assert book["cells"][0]["metadata"] == {}
    assert [o["output_type"] for o in book["cells"][0]["outputs"]] == [
        "stream", "stream", "display_data", "stream",
    ]  # fmt: skip
    assert "01_good" in capsys.readouterr().out


def test_a_page_that_fails_is_named_and_left_alone(pages, monkeypatch):
    before = (pages / "02_bad.ipynb").read_bytes()
    assert "02_bad, cell 0: ZeroDivisionError" in run(monkeypatch)
    assert (pages / "02_bad.ipynb").read_bytes() == before
    assert b"display_data" in (pages / "01_good.ipynb").read_bytes()


def test_check_writes_nothing(pages, monkeypatch):
    before = (pages / "01_good.ipynb").read_bytes()
    assert run(monkeypatch, "01", "--check") is None
    assert (pages / "01_good.ipynb").read_bytes() == before


def test_a_page_that_is_not_there_is_named(pages, monkeypatch):
    assert "no page '77'" in run(monkeypatch, "77")


def test_generated_ratings_are_for_trials_only():
    command = [sys.executable, "-m", "tools.execute_notebooks", "--source", "generated"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 1 and "--check" in result.stderr
