"""What a class is handed: students' pages without solutions, teachers' with all; the lecture."""

import copy
import html
import os
import re
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.pages import Page, exercises, find_pages, link_problem, links, without_code
from tests.rerun import comparable
from tools import make_handouts, make_lecture
from tools.execute_notebooks import run_page, tidy
from tools.notebooks import tags, write_page
from tools.paper import paper
from tools.paths import NOTEBOOKS, OWN, REFERENCE

PAGES = find_pages()
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def handed_out(page, solutions):
    return make_handouts.make_handout(copy.deepcopy(page.book), solutions)


def read(text):
    """What a reader of HTML sees, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def in_one_line(cells):
    return " ".join(" ".join(cell.source for cell in cells).split())


def solution_lines(page):
    """Return the lines of the page's solutions that stand nowhere else on it."""
    solutions = [cell for cell in page.cells if "solution" in tags(cell)]
    elsewhere = in_one_line(cell for cell in page.cells if "solution" not in tags(cell))
    lines = {" ".join(line.split()) for cell in solutions for line in cell.source.splitlines()}
    lines = {line for line in lines if len(line) > 12 and "details>" not in line}
    return {line for line in lines if line not in elsewhere}


@every_page
def test_a_students_page_has_no_solution_in_it(page):
    book, secret = handed_out(page, solutions=False), solution_lines(page)
    assert secret or page.number == 0
    seen = in_one_line(book.cells)
    on_paper = read(paper(book, page.name, NOTEBOOKS))
    assert not [line for line in secret if line in seen or line in on_paper]
    assert not [cell for cell in book.cells if "solution" in tags(cell)]


@every_page
def test_a_students_page_runs_as_the_page_does(page):
    """The same code cells: so its stubs are those that test_solutions runs."""
    code = [(c.id, c.source) for c in handed_out(page, False).cells if c.cell_type == "code"]
    assert code == [(cell.id, cell.source) for _, cell in page.code_cells]


@every_page
def test_a_teachers_page_has_every_solution(page, tmp_path):
    """The same stubs and solutions: so they are those that test_solutions runs."""
    write_page(handed_out(page, solutions=True), tmp_path / page.path.name)
    theirs = exercises(Page(tmp_path / page.path.name))
    ours = exercises(page)
    assert [e.stub for e in theirs] == [e.stub for e in ours]
    assert [e.solution_code for e in theirs] == [e.solution_code for e in ours]


@every_page
def test_exercises_come_without_outputs_and_the_rest_with(page):
    book = handed_out(page, solutions=True)
    inside = {number for number, _ in page.section("Exercises") or []}
    for number, (cell, original) in enumerate(zip(book.cells, page.cells, strict=True)):
        if cell.cell_type == "code":
            assert cell.outputs == ([] if number in inside else original.outputs)
    without = make_handouts.make_handout(book, solutions=True, outputs=False)
    assert not any(cell.get("outputs") for cell in without.cells)


# ---------------------------------------------------------------- on paper

SMALL = new_notebook(
    cells=[
        new_markdown_cell("# A page\n\nWith $\\tfrac12 \\lvert p_u \\rvert^2$ and\n\n$$a \\\\ b$$"),
        new_markdown_cell(
            "![Two tables](../images/l1.png) [on](06_l1_and_l2.ipynb#Go-on), again "
            "![Three weights](../images/l1_l2_shrinking.gif)"
        ),
        new_code_cell("folded_code = 1", metadata={"jupyter": {"source_hidden": True}}),
        new_code_cell(
            "also_folded = 1",
            metadata={"jupyter": {"source_hidden": True}},
            outputs=[new_output("stream", text="what it shows\n")],
        ),
        new_code_cell("bar()", outputs=[new_output("stream", name="stderr", text="9%|###| 1/9")]),
        new_markdown_cell("<details><summary>Solution</summary>\n\nRead me.\n\n</details>"),
    ]
)


def test_paper_has_formulas_and_pictures_in_it_and_loads_nothing():
    made = paper(SMALL, "A page", NOTEBOOKS)
    assert made.count("<math") == 2 and "$" not in read(made) and "tfrac" not in made
    sources = re.findall(r'\bsrc="([^"]*)"', made)
    assert len(sources) == 2 and all(s.startswith("data:image/png;base64,iVBOR") for s in sources)
    assert not re.search(r"<script|<link|@import|url\(", made)


def test_paper_leaves_out_folded_code_and_bars_and_opens_solutions():
    made = paper(SMALL, "A page", NOTEBOOKS)
    assert "folded_code" not in made and "also_folded" not in made and "what it shows" in made
    assert "###" not in made and "bar" in read(made)
    assert "<details open>" in made and 'href="06_l1_and_l2.html#Go-on"' in made
    assert SMALL.cells[2].source == "folded_code = 1" and len(SMALL.cells) == 6, "a copy"


@every_page
def test_every_formula_of_the_page_can_be_printed(page):
    prose = "\n\n".join(without_code(cell.source) for _, cell in page.prose_cells)
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", prose, flags=re.DOTALL)
    book = new_notebook(cells=[new_markdown_cell(formula) for formula in formulas])
    made = paper(book, page.name, NOTEBOOKS)
    assert made.count("<math") == len(formulas)
    assert not re.search(r"\\[a-zA-Z]", made.partition("<body>")[2]), "LaTeX is left"


# ---------------------------------------------------------------- the folders


def test_make_handouts_writes_both_folders_and_their_links_hold(tmp_path, monkeypatch):
    pages = [REFERENCE, OWN, NOTEBOOKS / PAGES[0].path.name, NOTEBOOKS / PAGES[1].path.name]
    monkeypatch.setattr(make_handouts, "page_files", lambda folder: pages[2:])
    monkeypatch.setattr(sys, "argv", ["make_handouts", "--to", str(tmp_path)])
    make_handouts.main()
    for kind in ("students", "teachers"):
        root = tmp_path / kind
        for page in pages:
            written = Page(root / "notebooks" / page.name, root)
            targets = [t for _, cell in written.prose_cells for t in links(cell.source)]
            known = [t for t in targets if not re.match(r"0[3-9]|10", t)]  # not written here
            assert targets and not [t for t in known if link_problem(t, written)]
            assert (root / "print" / f"{page.stem}.html").stat().st_size > 10_000
        made = (root / "print" / f"{pages[2].stem}.html").read_text("utf-8")
        assert ("Solution</summary>" in made) == (kind == "teachers")


# ---------------------------------------------------------------- the lecture


def test_the_lecture_runs_on_its_own_and_shows_what_the_pages_show():
    lecture = make_lecture.make_lecture([page.path for page in PAGES])
    nbformat.validate(lecture)
    tagged = [c for page in PAGES for _, c in page.code_cells if "lecture" in tags(c)]
    run = copy.deepcopy(lecture)
    run_page(run, "the lecture", {**os.environ, "MFHELPERS_RATINGS": "generated"})
    tidy(run, "the lecture")  # raises where a cell warns
    shown = [cell for cell in run.cells if cell.metadata.slideshow.slide_type == "-"]
    assert [cell.source for cell in shown] == [cell.source for cell in tagged]
    for cell, original in zip(shown, tagged, strict=True):
        if "nbval-check-output" in tags(original):
            assert comparable(cell) == comparable(original)


def test_the_lecture_is_short_and_leads_back_to_the_pages(tmp_path):
    lecture = make_lecture.make_lecture([page.path for page in PAGES])
    slides = [c for c in lecture.cells if c.metadata.slideshow.slide_type == "slide"]
    assert 10 <= len(slides) - 1 <= 14
    written = Page(NOTEBOOKS / "lecture.ipynb")  # as far from the pages as handouts/ is
    for cell in slides[1:]:
        assert len(cell.source.split()) < 130, cell.source
        assert [t for t in links(cell.source) if not link_problem(t, written)]


def test_what_a_cell_needs_is_found():
    sources = ["import math", "a = 1", "a['x'] = 2", "b = 3", "def f(x):\n    return a + math.pi"]
    cells = [new_code_cell(source) for source in [*sources, "print(f(c))"]]
    assert make_lecture.needed_before(cells, 5, have=set()) == [0, 1, 2, 4]
    assert make_lecture.needed_before(cells, 5, have={0, 4}) == [1, 2]
