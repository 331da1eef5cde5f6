"""The tools together: each says how it is called, and where things lie is said once."""

import importlib
import re

import pytest

from tools.paths import NOTEBOOKS, OWN, PAGES, REFERENCE, ROOT, page_files

SOURCES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path.read_text("utf-8")
    for path in sorted((ROOT / "tools").rglob("*.py"))
}
COMMANDS = [name for name, source in SOURCES.items() if '__name__ == "__main__"' in source]
# only in the peers' environment, which has cornac
ELSEWHERE = {"tools.bench.cornac_process"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_how_it_is_called(name):
    assert re.search(rf'^"""[^"]*^usage: python -m {name}\b', SOURCES[name], re.MULTILINE)
    if name not in ELSEWHERE:
        importlib.import_module(name)


@pytest.mark.parametrize("name", SOURCES)
def test_no_tool_changes_the_search_path_or_looks_for_the_root_itself(name):
    assert "sys.path" not in SOURCES[name] and "E402" not in SOURCES[name]
    if name != "tools.paths":
        assert "__file__" not in SOURCES[name]


def test_every_notebook_beside_the_pages_is_a_page():
    assert sorted(NOTEBOOKS.glob("*.ipynb")) == [REFERENCE, *page_files(), OWN]
    assert [path.stem for path in page_files()] == list(PAGES[: len(page_files())])


def test_other_notebooks_are_not_pages(tmp_path):
    for name in ("02_b.ipynb", "01_a.ipynb", "Untitled.ipynb", "01_a.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in page_files(tmp_path)] == ["01_a.ipynb", "02_b.ipynb"]
