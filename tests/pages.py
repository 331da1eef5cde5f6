"""How the tests read the pages: which there are, their cells, sections, links and numbers."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

import nbformat

from tools.notebooks import tags
from tools.paths import PAGES, ROOT, page_files

IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*\]\(([^)\s]+)[^)]*\)")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One notebook of a course that lies in root."""

    path: Path
    root: Path = ROOT

    @property
    def name(self):
        return self.path.stem

    @property
    def number(self):
        return int(self.name[:2])

    @cached_property
    def book(self):
        return nbformat.read(self.path, as_version=4)

    @cached_property
    def cells(self):
        return self.book.cells

    @cached_property
    def code_cells(self):
        """(number in the notebook, cell) of each code cell."""
        return [(n, c) for n, c in enumerate(self.cells) if c.cell_type == "code"]

    @cached_property
    def prose_cells(self):
        """(number in the notebook, cell) of each markdown cell."""
        return [(n, c) for n, c in enumerate(self.cells) if c.cell_type == "markdown"]

    def section(self, title):
        """Return the (number, cell) pairs below the `## title` heading, or None without one."""
        found, inside = [], False
        for number, cell in enumerate(self.cells):
            starts = [plain(text) == plain(title) for text in major_headings(cell)]
            if inside and not starts or any(starts):
                found.append((number, cell))
            inside = starts[-1] if starts else inside
        return found or None


def find_pages(root=ROOT):
    """Return the pages that exist, in order."""
    return [Page(path, root) for path in page_files(root / "notebooks")]


def plain(text):
    """A heading as it is compared: no case, straight apostrophes."""
    return text.replace("’", "'").strip().casefold()


def first_heading(cell):
    """Return (level, text) of the heading that opens a markdown cell, or None."""
    if cell.cell_type != "markdown":
        return None
    match = HEADING.match(cell.source.lstrip())
    return (len(match[1]), match[2]) if match else None


def major_headings(cell):
    """Return the texts of a cell's headings of the first two levels."""
    if cell.cell_type != "markdown":
        return []
    return [text for marks, text in HEADING.findall(without_fences(cell.source)) if len(marks) <= 2]


def without_fences(markdown):
    """Markdown without fenced code."""
    return re.sub(r"```.*?```", " ", markdown, flags=re.DOTALL)


def without_code(markdown):
    """Markdown without fenced code and code spans."""
    return re.sub(r"`[^`\n]*`", " ", without_fences(markdown))


def without_math(markdown):
    """Markdown without LaTeX."""
    return re.sub(r"\$[^$\n]+\$", " ", re.sub(r"\$\$.*?\$\$", " ", markdown, flags=re.DOTALL))


def images(markdown):
    """(alt text, target) of each picture."""
    return IMAGE.findall(without_code(markdown))


def links(markdown):
    """Target of each link."""
    return LINK.findall(without_code(markdown))


def headings(markdown):
    """Texts of all headings, as they are read: markers for code and emphasis removed."""
    found = HEADING.findall(without_fences(markdown))
    return [re.sub(r"[`*]", "", text) for _, text in found]


def anchors(path):
    """Return the anchors of a file: GitHub's for .md, Jupyter's (spaces become -) for .ipynb."""
    if path.suffix == ".ipynb":
        book = nbformat.read(path, as_version=4)
        texts = [h for c in book.cells if c.cell_type == "markdown" for h in headings(c.source)]
        return {text.replace(" ", "-") for text in texts}
    texts = headings(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", text.casefold()).replace(" ", "-") for text in texts}


def link_problem(target, page):
    """Return what is wrong with a link of a page, or None."""
    if re.match(r"[a-z]+:", target):
        return None if target.startswith(("https://", "http://", "mailto:")) else "unknown scheme"
    file, _, anchor = unquote(target).partition("#")
    path = (page.path.parent / file).resolve() if file else page.path
    if not path.exists():
        return None if _is_page_to_come(path, page.root) else "leads nowhere"
    if anchor and path.suffix in (".ipynb", ".md") and anchor not in anchors(path):
        return "has an anchor that is no heading there"
    return None


def _is_page_to_come(path, root):
    last = max(page.number for page in find_pages(root))
    known = path.stem in PAGES and path.parent == (root / "notebooks").resolve()
    return known and path.suffix == ".ipynb" and int(path.stem[:2]) > last


# ---------------------------------------------------------------- exercises


@dataclass(frozen=True)
class Exercise:
    """A stub cell and the solution that follows it."""

    page: Page
    number: int  # of the stub cell in the notebook
    stub: str
    solution: str  # markdown

    @property
    def checks(self):
        """Names of the checkers that the stub calls."""
        return [call.func.attr for call in checker_calls(self.stub)]

    @property
    def solution_code(self):
        return "\n".join(re.findall(r"```python\n(.*?)```", self.solution, flags=re.DOTALL))


def exercises(page):
    """Return the page's exercises: each stub cell with the solution cell after it."""
    found = []
    for number, cell in page.code_cells:
        if not checker_calls(cell.source):
            continue
        after = page.cells[number + 1] if number + 1 < len(page.cells) else None
        solution = after.source if after is not None and "solution" in tags(after) else ""
        found.append(Exercise(page, number, cell.source, solution))
    return found


def checker_calls(source):
    """Return the syntax nodes of the calls `checks.check_…(…)` in code."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "checks"
        and node.func.attr.startswith("check_")
    ]


def imports(source):
    """Return the import statements of code, as code."""
    nodes = [n for n in ast.parse(source).body if isinstance(n, (ast.Import, ast.ImportFrom))]
    return "\n".join(ast.unparse(node) for node in nodes)


# ---------------------------------------------------------------- numbers

NUMBER = re.compile(r"(?<![\w.,/-])-?(\d*\.\d+)(?![\w./]*\d)")
# limits, steps and versions that are nobody's result
NOT_RESULTS = {"3.11", "3.12", "3.13"}


def numbers(text):
    """Return the numbers with a decimal point and three or more digits that count."""
    found = NUMBER.findall(text)
    return [n for n in found if len(n.replace(".", "").lstrip("0")) >= 3 and n not in NOT_RESULTS]


def same_when_rounded(typed, computed):
    """Whether a number typed in prose is a computed one, or that one rounded."""
    decimals = len(typed.partition(".")[2])
    if len(computed.partition(".")[2]) < decimals:
        return False
    return abs(float(typed) - float(computed)) <= 0.5 * 10**-decimals * (1 + 1e-9)
