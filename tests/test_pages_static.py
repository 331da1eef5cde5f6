"""What every page must be, read from its file: rules, and broken pages that each one refuses."""

import json
import re
import statistics

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mfhelpers._spark import SKIPPED
from tests.pages import (
    PAGES,
    ROOT,
    Page,
    checker_calls,
    exercises,
    find_pages,
    first_heading,
    headings,
    images,
    link_problem,
    links,
    major_headings,
    numbers,
    plain,
    same_when_rounded,
    tags,
    without_code,
    without_math,
)
from tools.execute_notebooks import (
    BAR_WITH_TOTAL,
    BAR_WITHOUT_TOTAL,
    KERNELSPEC,
    MACHINE_PATH,
    WIDGET_VIEW,
    output_texts,
)

LONGEST_CELL, LONGEST_MEDIAN = 25, 6
SHORTEST_ALT_TEXT = 8
LISTS_AT_THE_TOP = ("You will be able to", "You need", "Time")
SECTIONS = (
    "Exercises",
    "Check this page's claims",
    "In one breath",
    "In practice",
    "Further reading",
)
FEWEST_CLAIMS = 3
RULES = []


def rule(function):
    """Register a rule: takes a page, yields what is wrong, one line each."""
    RULES.append(function)
    return function


# ---------------------------------------------------------------- the file


@rule
def name_is_one_of_the_ten(page):
    if page.name not in PAGES:
        yield f"{page.name} is none of the course's ten names"


@rule
def file_is_valid(page):
    text = page.path.read_text(encoding="utf-8")
    raw = nbformat.from_dict(json.loads(text))  # nbformat.read would mend some of it
    ids = [cell.get("id") for cell in raw.cells]
    if None in ids or len(set(ids)) < len(ids):
        yield "cell ids are missing or not unique"
    else:
        try:
            nbformat.validate(raw)
        except nbformat.ValidationError as error:
            yield f"not a valid notebook: {str(error).splitlines()[0]}"
    if not text.endswith("}\n"):
        yield "the file does not end with one line break"


@rule
def metadata_names_no_machine(page):
    metadata = page.book.metadata
    if "widgets" in metadata:
        yield "widget state is saved in the file"
    if metadata.get("language_info", {}).get("version") != "3.11":
        yield "language_info.version is not 3.11"
    if metadata.get("kernelspec") != KERNELSPEC:
        yield f"the kernelspec is not {KERNELSPEC}"
    for number, cell in enumerate(page.cells):
        if "execution" in cell.metadata:
            yield f"cell {number}: holds times of execution"


@rule
def every_cell_was_run_in_order(page):
    counts = [cell.execution_count for _, cell in page.code_cells]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are not 1, 2, 3 …: {counts}"
    for number, cell in page.code_cells:
        if not cell.source.strip():
            yield f"cell {number}: empty code cell"


@rule
def outputs_are_clean(page):
    for number, cell in page.code_cells:
        for output in cell.outputs:
            text = "\n".join(output_texts(output))
            if output.output_type == "error":
                yield f"cell {number}: ends in {output.ename}"
            if "Warning" in text:
                yield f"cell {number}: shows a warning"
            if SKIPPED in text:
                yield f"cell {number}: was left out for want of Spark"
            if MACHINE_PATH.search(text):
                yield f"cell {number}: shows a path of one machine"
            if WIDGET_VIEW in output.get("data", {}):
                yield f"cell {number}: holds a widget view"
            if output.get("name") == "stderr" and not all(map(is_bar, output.text.splitlines())):
                yield f"cell {number}: stderr shows more than a progress bar"


def is_bar(line):
    return bool(BAR_WITH_TOTAL.match(line) or BAR_WITHOUT_TOTAL.match(line))


@rule
def sources_name_no_machine(page):
    for number, cell in enumerate(page.cells):
        source = without_math(cell.source) if cell.cell_type == "markdown" else cell.source
        found = MACHINE_PATH.search(source)
        if found:
            yield f"cell {number}: names a path of one machine: {found.group()}"


# ---------------------------------------------------------------- the shape


@rule
def opens_with_title_and_navigation(page):
    top = page.prose_cells[0][1].source if page.prose_cells else ""
    if page.cells[0].cell_type != "markdown" or not top.startswith(f"# {page.number:02} · "):
        yield f"does not open with `# {page.number:02} · Title`"
    start = "\n".join(cell.source for _, cell in page.prose_cells[:2])
    beside = [f"{n}.ipynb" for n in PAGES if abs(int(n[:2]) - page.number) == 1]
    wanted = [name for name in beside if (ROOT / "notebooks" / name).exists()]
    for target in [*wanted, "../README.md#the-ten-pages"]:
        if target not in links(start):
            yield f"the navigation at the top has no link to {target}"


@rule
def says_what_it_asks_of_the_reader(page):
    start = "\n".join(cell.source for _, cell in page.prose_cells[:4])
    for name in LISTS_AT_THE_TOP:
        if f"**{name}" not in start:
            yield f"the top does not say **{name}**"


@rule
def sections_are_there_in_order(page):
    found = [plain(text) for _, cell in page.prose_cells for text in major_headings(cell)]
    places = [found.index(plain(title)) for title in SECTIONS if plain(title) in found]
    for title in SECTIONS:
        if plain(title) not in found:
            yield f"there is no heading `## {title}`"
    if places != sorted(places):
        yield f"the last sections are not in the order {', '.join(SECTIONS)}"
    deeper = [place for place, title in enumerate(found) if title.startswith("go deeper")]
    if deeper and places and max(deeper) > min(places):
        yield "a `Go deeper` section stands after the exercises"


@rule
def deeper_sections_open_collapsed(page):
    for number, cell in page.prose_cells:
        heading = first_heading(cell)
        is_deeper = heading is not None and plain(heading[1]).startswith("go deeper")
        if is_deeper and heading[0] != 2:
            yield f"cell {number}: `Go deeper` is not a `##` heading"
        if is_deeper and cell.metadata.get("jp-MarkdownHeadingCollapsed") is not True:
            yield f"cell {number}: a `Go deeper` section that does not open collapsed"
        later = cell.source.lstrip().partition("\n")[2]
        if any(plain(text).startswith("go deeper") for text in headings(later)):
            yield f"cell {number}: a `Go deeper` heading that does not open its cell"


@rule
def code_is_short(page):
    sizes = {n: len([x for x in c.source.splitlines() if x.strip()]) for n, c in page.code_cells}
    for number, size in sizes.items():
        if size > LONGEST_CELL:
            yield f"cell {number}: {size} lines of code"
    if sizes and statistics.median(sizes.values()) > LONGEST_MEDIAN:
        yield f"the median code cell has {statistics.median(sizes.values())} lines"


@rule
def first_code_imports_the_helpers(page):
    first = page.code_cells[0][1].source if page.code_cells else ""
    if not re.search(r"^(from|import) mfhelpers\b", first, flags=re.MULTILINE):
        yield "the first code cell does not import mfhelpers"


@rule
def claims_are_checked(page):
    section = page.section("Check this page's claims") or []
    code = "\n".join(cell.source for _, cell in section if cell.cell_type == "code")
    claims = len(re.findall(r"^\s*assert\b", code, flags=re.MULTILINE))
    if claims < FEWEST_CLAIMS:
        yield f"only {claims} assertions below `Check this page's claims`"


@rule
def exercises_are_complete(page):
    section = page.section("Exercises") or []
    prose = [(n, c) for n, c in section if c.cell_type == "markdown"]
    tasks = [n for n, c in prose for text in headings(c.source) if text.startswith("Exercise ")]
    stubs = exercises(page)
    hunts = sum("Find the bug (optional)" in c.source for _, c in prose)
    if not 2 <= len(tasks) - hunts <= 3 or hunts > 1:
        yield f"{len(tasks)} exercises, not two or three, and at most one bug hunt"
    if len(stubs) != len(tasks):
        yield f"{len(tasks)} exercises, but {len(stubs)} cells call a checker"
    for task, end in zip(tasks, [*tasks[1:], len(page.cells)], strict=True):
        if not any(task < exercise.number < end for exercise in stubs):
            yield f"cell {task}: an exercise without a stub that calls its checker"
    for exercise in stubs:
        if len(exercise.checks) != 1:
            yield f"cell {exercise.number}: a stub that calls {len(exercise.checks)} checkers"
        if not exercise.stub.rstrip().endswith(";"):
            yield f"cell {exercise.number}: a stub that shows the checker's False: end with `;`"
        if "<details>" not in exercise.solution or "<summary>" not in exercise.solution:
            yield f"cell {exercise.number}: no folded solution after the stub"
        elif not exercise.solution_code.strip():
            yield f"cell {exercise.number}: a solution without a python block"


@rule
def solutions_are_tagged(page):
    for number, cell in page.prose_cells:
        before = page.cells[number - 1]
        follows_a_stub = before.cell_type == "code" and checker_calls(before.source)
        if ("solution" in tags(cell)) != ("<details>" in cell.source and bool(follows_a_stub)):
            yield f"cell {number}: tag `solution` and a folded solution do not go together"


# ---------------------------------------------------------------- prose


@rule
def links_lead_somewhere(page):
    for number, cell in page.prose_cells:
        for target in links(cell.source):
            problem = link_problem(target, page)
            if problem:
                yield f"cell {number}: the link {target} {problem}"


@rule
def pictures_are_there_and_told(page):
    for number, cell in page.prose_cells:
        for alt, target in images(cell.source):
            if len(alt.strip()) < SHORTEST_ALT_TEXT:
                yield f"cell {number}: the picture {target} has no alt text that tells what is seen"
            if not (page.path.parent / target).is_file():
                yield f"cell {number}: the picture {target} is not there"
        if "<img" in without_code(cell.source):
            yield f"cell {number}: <img> where ![alt](file) belongs"


@rule
def prose_types_no_result(page):
    computed, typed_in_code = set(), set()
    for _, cell in page.code_cells:
        typed_in_code.update(numbers(cell.source))
        for output in cell.outputs:
            computed.update(numbers(re.sub(r"<[^>]+>", " ", "\n".join(output_texts(output)))))
    for number, cell in page.prose_cells:
        if "solution" in tags(cell):
            continue
        prose = re.sub(r"\(https?:[^)]*\)|https?:\S+", " ", without_math(without_code(cell.source)))
        for typed in set(numbers(prose)) - typed_in_code:
            if any(same_when_rounded(typed, result) for result in computed):
                yield f"cell {number}: types {typed}, which a cell computes"


# ---------------------------------------------------------------- the tests


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_page_keeps_the_rule(page, rule):
    assert not list(rule(page))


def readme_problems(root):
    """Yield what is wrong with the README's list of pages."""
    text = (root / "README.md").read_text(encoding="utf-8")
    existing = [f"notebooks/{page.name}.ipynb" for page in find_pages(root)]
    linked = [target for target in dict.fromkeys(links(text)) if target in existing]
    if linked != existing:
        yield f"the README links {linked}, in this order; the pages are {existing}"
    readme = Page(root / "README.md", root)
    for target in [*links(text), *(target for _, target in images(text))]:
        if link_problem(target, readme):
            yield f"{target} {link_problem(target, readme)}"
    for alt, target in images(text):
        if len(alt.strip()) < SHORTEST_ALT_TEXT:
            yield f"the picture {target} has no alt text that tells what is seen"


def test_readme_lists_the_pages():
    assert not list(readme_problems(ROOT))


def test_pages_follow_each_other_without_a_gap():
    names = [page.name for page in find_pages()]
    assert names == list(PAGES[: len(names)])


# ---------------------------------------------------------------- the rules refuse broken pages

TOP = """# 02 · Data

[← 01](01_what_is_matrix_factorization.ipynb) · [Contents](../README.md#the-ten-pages) · \
[03 →](03_the_sgd_training_loop.ipynb)

**You will be able to** read. **You need** a table. **Time** 15 minutes."""
SOLUTION = "<details><summary>Solution</summary>\n\n```python\nx = 1\n```\n</details>"


def good_cells():
    """A page as short as the rules allow."""
    exercise = [
        new_markdown_cell("### Exercise 1. Count\n\nCount to one."),
        new_code_cell("x = None\nchecks.check_x(x);"),
        new_markdown_cell(SOLUTION, metadata={"tags": ["solution"]}),
    ]
    again = [nbformat.from_dict(cell) for cell in exercise]
    for cell in again:
        cell.id += "b"
    return [
        new_markdown_cell(TOP),
        new_code_cell("from mfhelpers import checks"),
        new_code_cell("1 / 8", outputs=[new_output("execute_result", {"text/plain": "0.12345"})]),
        new_markdown_cell("See [above](#02-·-Data) and ![a red square](../images/red.png)."),
        new_markdown_cell("## Go deeper: more", metadata={"jp-MarkdownHeadingCollapsed": True}),
        new_markdown_cell("## Exercises"),
        *exercise,
        *again,
        new_markdown_cell("## Check this page’s claims"),
        new_code_cell("assert 1\nassert 2\nassert 3"),
        new_markdown_cell("## In one breath"),
        new_markdown_cell("## In practice"),
        new_markdown_cell("## Further reading"),
    ]


def write_page(root, change=None):
    """Write a small course with the good page, changed, as its second page; return that Page."""
    book = new_notebook(
        cells=good_cells(),
        metadata={"kernelspec": KERNELSPEC, "language_info": {"name": "python", "version": "3.11"}},
    )
    for count, cell in enumerate((c for c in book.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count
    for name in ("notebooks", "images"):
        (root / name).mkdir()
    (root / "README.md").write_text(
        "# Course\n\n## The ten pages\n\n"
        + "\n".join(f"[{name}](notebooks/{name}.ipynb)" for name in PAGES[:2])
    )
    (root / "images" / "red.png").write_bytes(b"")
    nbformat.write(new_notebook(), root / "notebooks" / f"{PAGES[0]}.ipynb")
    if change:
        change(book.cells, book)
    path = root / "notebooks" / f"{PAGES[1]}.ipynb"
    path.write_text(json.dumps(book) + "\n", encoding="utf-8")
    return Page(path, root)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_good_page(rule, tmp_path):
    assert not list(rule(write_page(tmp_path)))


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def add_prose(text):
    return lambda cells, book: cells.insert(4, new_markdown_cell(text))


def add_output(output):
    return lambda cells, book: cells[2].outputs.append(output)


def replace(number, old, new):
    def change(cells, book):
        assert old in cells[number].source
        cells[number].source = cells[number].source.replace(old, new)

    return change


# what is broken -> the rule that must say so, and a phrase of what it says
BROKEN = {
    "same id twice": (
        lambda cells, book: cells[1].update(id=cells[2].id), file_is_valid, "not unique",
    ),
    "unknown field": (lambda cells, book: cells[1].update(extra=1), file_is_valid, "not a valid"),
    "widget state": (
        lambda cells, book: book.metadata.update(widgets={}), metadata_names_no_machine, "widget",
    ),
    "version": (
        lambda cells, book: book.metadata.language_info.update(version="3.11.2"),
        metadata_names_no_machine, "version",
    ),
    "kernel": (
        lambda cells, book: book.metadata.kernelspec.update(name="mine"),
        metadata_names_no_machine, "kernelspec",
    ),
    "times": (
        lambda cells, book: cells[1].metadata.update(execution={"iopub": "now"}),
        metadata_names_no_machine, "times",
    ),
    "not run": (
        lambda cells, book: cells[1].update(execution_count=None),
        every_cell_was_run_in_order, "counts",
    ),
    "run twice": (
        lambda cells, book: cells[1].update(execution_count=99),
        every_cell_was_run_in_order, "counts",
    ),
    "empty code": (replace(2, "1 / 8", " "), every_cell_was_run_in_order, "empty"),
    "error": (
        add_output(new_output("error", ename="KeyError", evalue="1", traceback=[])),
        outputs_are_clean, "KeyError",
    ),
    "warning": (add_output(stream("FutureWarning: old")), outputs_are_clean, "warning"),
    "cell left out": (add_output(stream(SKIPPED)), outputs_are_clean, "for want of Spark"),
    "stderr": (
        add_output(stream("100%|███| 2/2\nhello", "stderr")), outputs_are_clean, "stderr",
    ),
    "path shown": (add_output(stream("/home/me/x")), outputs_are_clean, "path"),
    "long path shown": (add_output(stream("in /srv/data/ml/x.py")), outputs_are_clean, "path"),
    "widget view": (
        add_output(new_output("display_data", {WIDGET_VIEW: {}})), outputs_are_clean, "widget",
    ),
    "path in prose": (add_prose("Look in /root/data."), sources_name_no_machine, "/root/data"),
    "path in code": (replace(2, "1 / 8", "open(r'C:\\x')"), sources_name_no_machine, "C:"),
    "title": (replace(0, "# 02 ·", "# 03 ·"), opens_with_title_and_navigation, "02"),
    "no way on": (
        replace(0, "03_the_sgd_training_loop", "04_rmse_curve_and_histograms"),
        opens_with_title_and_navigation, "03_the_sgd",
    ),
    "no contents": (
        replace(0, "#the-ten-pages", ""), opens_with_title_and_navigation, "the-ten-pages",
    ),
    "no time": (replace(0, "**Time**", ""), says_what_it_asks_of_the_reader, "Time"),
    "no section": (replace(-2, "## In practice", "Hm"), sections_are_there_in_order, "practice"),
    "order": (
        lambda cells, book: cells.insert(5, cells.pop(-2)), sections_are_there_in_order, "order",
    ),
    "deeper too late": (
        lambda cells, book: cells.append(cells.pop(4)), sections_are_there_in_order, "after",
    ),
    "open": (
        lambda cells, book: cells[4].metadata.clear(), deeper_sections_open_collapsed, "collapsed",
    ),
    "deeper inside a cell": (
        add_prose("Text.\n\n## Go deeper: hidden"), deeper_sections_open_collapsed, "does not open",
    ),
    "long cell": (replace(2, "1 / 8", "x = 1\n" * 26), code_is_short, "26 lines"),
    "long cells": (
        lambda cells, book: [c.update(source="x = 1\n" * 7) for c in cells if "outputs" in c],
        code_is_short, "median",
    ),
    "no import": (
        replace(1, "from mfhelpers", "from other"), first_code_imports_the_helpers, "mfhelpers",
    ),
    "few claims": (replace(13, "assert 3", ""), claims_are_checked, "2 assertions"),
    "one exercise": (replace(9, "### Exercise 1.", "More."), exercises_are_complete, "1 exercises"),
    "no checker": (
        replace(7, "checks.check_x(x);", "x;"), exercises_are_complete, "without a stub",
    ),
    "False shown": (replace(7, "(x);", "(x)"), exercises_are_complete, "False"),
    "no solution": (lambda cells, book: cells.pop(8), exercises_are_complete, "no folded"),
    "no python": (replace(8, "```python", "```"), exercises_are_complete, "python block"),
    "no tag": (lambda cells, book: cells[8].metadata.clear(), solutions_are_tagged, "solution"),
    "dead link": (add_prose("[x](nowhere.md)"), links_lead_somewhere, "nowhere"),
    "gap": (add_prose("[x](00_none.ipynb)"), links_lead_somewhere, "nowhere"),
    "dead anchor": (add_prose("[x](#nothing)"), links_lead_somewhere, "anchor"),
    "dead README anchor": (add_prose("[x](../README.md#none)"), links_lead_somewhere, "anchor"),
    "alt text": (add_prose("![map](../images/red.png)"), pictures_are_there_and_told, "alt text"),
    "no picture": (
        add_prose("![a green square](../images/green.png)"), pictures_are_there_and_told, "there",
    ),
    "img": (add_prose('<img src="x">'), pictures_are_there_and_told, "<img>"),
    "typed result": (add_prose("It is 0.12345."), prose_types_no_result, "0.12345"),
    "rounded result": (add_prose("About .123 stars."), prose_types_no_result, ".123"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_rule_refuses_a_broken_page(broken, tmp_path):
    change, rule, phrase = BROKEN[broken]
    said = list(rule(write_page(tmp_path, change)))
    assert any(phrase in line for line in said), said


def test_every_rule_has_a_page_that_breaks_it():
    tried = {rule for _, rule, _ in BROKEN.values()}
    assert tried | {name_is_one_of_the_ten} == set(RULES)


@pytest.mark.parametrize(
    "prose",
    ["A rate of 0.01 and 0.1.", "$0.123$ and `0.123`", "By 0.124.", "Python 3.11", "In 12.3.45"],
)
def test_other_numbers_may_be_typed(prose, tmp_path):
    assert not list(prose_types_no_result(write_page(tmp_path, add_prose(prose))))


def test_readme_without_a_page_is_refused(tmp_path):
    write_page(tmp_path)
    readme = tmp_path / "README.md"
    assert not list(readme_problems(tmp_path))
    readme.write_text(readme.read_text().replace("notebooks/02", "notebooks/03"))
    assert list(readme_problems(tmp_path))
