"""Page 00: every symbol and every term of the pages, each with a page that uses it."""

import re

import pytest

from tests.pages import (
    ROOT,
    Page,
    find_pages,
    link_problem,
    links,
    tags,
    without_code,
)
from tools.paths import REFERENCE

PAGE = Page(REFERENCE, ROOT)
LABELS = {"You will be able to", "You need", "Time", "Predict first."}
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|pi|rho|sigma|tau|phi|omega"
LETTER = re.compile(rf"\\(?:{GREEK})(?![a-z])|(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
TEXT = re.compile(
    r"\\(?:text|mathrm|operatorname|mathit)\{[^}]*\}|\\[,;!]|\\begin\{\w+\}|\\end\{\w+\}"
)
HANGUL = re.compile(r"[\uac00-\ud7a3]")


def rows(heading):
    """Return the cells of every table row below a heading of page 00, as lists of texts."""
    text = "\n".join(c.source for _, c in PAGE.prose_cells)
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in part.splitlines()
        if line.startswith("|")
    ]
    return [row for row in found if not set("".join(row)) <= set("-| ") and row[-1] != "Page"]


def symbols(markdown):
    """Return the letters in a text's formulas, Greek ones as LaTeX commands."""
    found = set()
    for block, inline in MATH.findall(without_code(markdown)):
        formula = TEXT.sub(" ", block or inline).replace("_", " ").replace("^", " ")
        found.update(
            LETTER.findall(re.sub(r"(?<=[a-z0-9}])(?=[A-Za-z])(?<![a-z\\])", " ", formula))
        )
        for run in re.findall(r"(?<![A-Za-z\\])([a-z]{2,3})(?![A-Za-z])", formula):
            found.update(run)  # subscripts such as ui, products such as pq
    return found


def terms(markdown):
    """Return the bold texts that are terms: no labels, no sentences, nothing that is folded."""
    found = BOLD.findall(without_code(re.sub(r"(?s)<details>.*?</details>", " ", markdown)))
    return [text for text in found if text not in LABELS and text[-1] not in ".?!:…"]


def plain_term(text):
    """A term as it is compared: no case, no plural, no brackets."""
    text = re.sub(r"[$`\\]", "", text).casefold().replace("-", " ").strip()
    return " ".join(
        word[:-1] if word[-1:] == "s" and len(word) > 3 else word for word in text.split()
    )


def known_terms():
    """Return every term of the glossary; `a (b)` stands for a, for b and for a b."""
    known = set()
    for english, *_ in rows("Glossary"):
        for name in english.split(","):
            inside = re.search(r"\(([^)]*)\)", name)
            bare = re.sub(r"\([^)]*\)", "", name)
            known |= {plain_term(bare), plain_term(name.replace("(", "").replace(")", ""))}
            if inside:
                known.add(plain_term(inside[1]))
    return known


def prose(page):
    return "\n\n".join(c.source for _, c in page.prose_cells if "solution" not in tags(c))


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_every_symbol_of_a_page_is_explained(page):
    told = symbols("\n".join(c.source for _, c in PAGE.prose_cells))
    assert not symbols(prose(page)) - told


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_every_term_of_a_page_is_in_the_glossary(page):
    known = known_terms()
    assert not [term for term in terms(prose(page)) if plain_term(term) not in known]


@pytest.mark.parametrize("page", find_pages(), ids=lambda page: page.name)
def test_every_page_links_here_in_its_first_lines(page):
    assert REFERENCE.name in links(page.cells[0].source)


@pytest.mark.parametrize("row", rows("Glossary"), ids=lambda row: row[0])
def test_a_row_has_a_korean_word_a_meaning_and_a_page_that_uses_it(row):
    english, korean, meaning, page = row
    assert HANGUL.search(korean) and len(meaning) > 8
    target = re.search(r"\(([^)]+\.ipynb)\)", page)[1]
    used = plain_term(prose(Page(ROOT / "notebooks" / target)))
    names = re.split(r"[,()]", english)
    assert any(plain_term(name) in used for name in names if name.strip()), f"not on {target}"


def test_no_term_stands_twice():
    names = [row[0] for row in rows("Glossary")]
    assert len(set(map(plain_term, names))) == len(names)


def test_its_links_lead_somewhere():
    found = [target for _, cell in PAGE.prose_cells for target in links(cell.source)]
    assert found and not [t for t in found if link_problem(t, PAGE)]


# ---------------------------------------------------------------- the reading itself


@pytest.mark.parametrize(
    "text, found",
    [
        (r"$\hat r_{ui} = p_u \cdot q_i$", {"r", "u", "i", "p", "q"}),
        (r"$1 + \eta^2 e^2 - \eta\lambda$", {r"\eta", "e", r"\lambda"}),
        (r"$$\tfrac12 \sum_{(u,i)\ \text{observed}} x$$", {"u", "i", "x"}),
        (r"$R \approx P Q^\top$ and `$z$`", {"R", "P", "Q"}),
        (r"$\lVert p_u \rVert^2$", {"p", "u"}),
    ],
)
def test_symbols_are_read(text, found):
    assert symbols(text) == found


@pytest.mark.parametrize(
    "text, found",
    [
        ("a **dot product** here", ["dot product"]),
        ("**Predict first.** Which? **Blank is not zero.** x", []),
        ("**You need** averages", []),
        ("`**kwargs` and <details> **answer** </details>", []),
    ],
)
def test_terms_are_read(text, found):
    assert terms(text) == found


def test_terms_are_compared_without_case_and_plural():
    assert plain_term("Cold rows") == plain_term("cold row")
