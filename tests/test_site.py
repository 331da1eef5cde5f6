"""The website: it builds without a warning, its links lead somewhere, nothing comes from outside.

One build serves all tests. A browser opens every page, wide and phone-wide, where Chromium is.
"""

import http.server
import re
import subprocess
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.chromium import BROWSER_ARGUMENTS, CHROMIUM
from tests.pages import find_pages, tags
from tools import make_site
from tools.paths import NOTEBOOKS, REFERENCE, ROOT

for _part in ("sphinx", "myst_nb", "sphinx_book_theme", "latex2mathml"):
    pytest.importorskip(_part, reason="what builds the website is not installed")

PAGES = find_pages()
WIDE, PHONE = 1280, 390
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


@pytest.fixture(scope="session")
def site(request, tmp_path_factory):
    """The built site's folder; pytest's workers share one build."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    with FileLock(shared / "site.lock"):
        if not (shared / "site.log").exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("GITHUB_REPOSITORY", "someone/course")
                command = [sys.executable, "-m", "tools.make_site", "--to", str(shared / "site")]
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            said = done.stderr or ("" if done.returncode == 0 else done.stdout or "failed")
            (shared / "site.log").write_text(said, encoding="utf-8")
    said = (shared / "site.log").read_text(encoding="utf-8")
    assert not said, said
    return shared / "site"


# ---------------------------------------------------------------- links, and what is loaded


class Marks(HTMLParser):
    """The anchors of a page, where its links lead, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loaded = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if values.get(LOADS.get(tag)):
            self.loaded.append(values[LOADS[tag]])


def read_marks(site):
    """Return {file: Marks} of every HTML page below a folder."""
    files = sorted(site.glob("*.html"))
    return {file: Marks(file.read_text(encoding="utf-8")) for file in files}


def dead_ends(marks):
    """Return the local links and files that lead nowhere, one line each."""
    found = []
    for file, page in marks.items():
        for target in {*page.links, *page.loaded}:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            there = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            anchor = unquote(parts.fragment)
            if not there.is_file():
                found.append(f"{file.name}: {target} is not there")
            elif anchor and there in marks and anchor not in marks[there].anchors:
                found.append(f"{file.name}: {target} names no anchor")
    return found


def from_outside(site, marks):
    """Return what a page or a style sheet would load from the network, one line each."""
    outside = re.compile(r"(?:https?:)?//")
    found = [
        f"{file.name}: {target}"
        for file, page in marks.items()
        for target in page.loaded
        if outside.match(target)
    ]
    for sheet in site.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        named = re.findall(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""", text)
        found += [f"{sheet.name}: {target}" for target in named if outside.match(target)]
    return found


def test_every_link_and_anchor_leads_somewhere(site):
    marks = read_marks(site)
    assert len(marks) >= len(PAGES) + 4
    assert dead_ends(marks) == []


def test_nothing_is_loaded_from_outside(site):
    assert from_outside(site, read_marks(site)) == []


def test_dead_ends_and_outside_files_are_found(tmp_path):
    (tmp_path / "a.css").write_text("/* url(https://x.org/0) */ b { c: url('//x.org/f.woff') }")
    (tmp_path / "b.html").write_text("<h1 id=here>x</h1>")
    (tmp_path / "a.html").write_text(
        "<a href=b.html#here>1</a><a href=b.html#gone>2</a><a href=c.html>3</a>"
        "<a href=https://x.org>4</a><script src=https://x.org/s.js></script>"
    )
    marks = read_marks(tmp_path)
    assert sorted(problem.split()[1] for problem in dead_ends(marks)) == ["b.html#gone", "c.html"]
    assert from_outside(tmp_path, marks) == ["a.html: https://x.org/s.js", "a.css: //x.org/f.woff"]


@pytest.mark.filterwarnings("ignore:.* is deprecated")  # among Sphinx and its extensions
def test_an_unknown_formula_and_a_dead_link_stop_the_build(tmp_path, capfd):
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text("# A\n\n$\\nonsense x$ and [a link](gone.md#x)\n")
    assert make_site.run_sphinx(source, tmp_path / "site") != 0
    said = capfd.readouterr().err
    assert "no MathML" in said and "gone.md" in said


# ---------------------------------------------------------------- the pages


def html(site, path):
    return (site / f"{path.stem}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [REFERENCE, *(p.path for p in PAGES)], ids=lambda p: p.stem)
def test_page_can_be_downloaded_and_opened_in_colab(path, site):
    text = html(site, path)
    assert f'href="_sources/{path.name}"' in text
    assert (site / "_sources" / path.name).read_bytes() == path.read_bytes()
    place = f"github/someone/course/blob/main/notebooks/{path.name}"
    assert f'href="https://colab.research.google.com/{place}"' in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_folded_and_typeset(page, site):
    text = html(site, page.path)
    tagged = [name for cell in page.cells for name in tags(cell)]
    assert text.count("<summary>Solution") == tagged.count("solution")
    assert text.count("tag_hide-cell") == tagged.count("claims")
    sliders = any(re.search(r"Slider\(|interact\(", c.source) for _, c in page.code_cells)
    assert ("The sliders of this cell live in the notebook" in text) == sliders
    prose = re.sub(r"<(pre|code|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    shown = re.sub(r"<[^>]+>", " ", prose)
    assert "<math" in text and "$" not in shown and "\\" not in shown


def test_home_leads_to_the_pages_in_order(site):
    home = Marks((site / "index.html").read_text(encoding="utf-8"))
    order = [link for link in home.links if re.match(r"\d\d_\w+\.html$", link)]
    pages = [f"{page.name}.html" for page in PAGES]
    assert order[: len(pages) + 1] == [*pages, f"{REFERENCE.stem}.html"]


def test_anchors_that_were_given_away_are_there(site):
    for page, anchors in make_site.former_anchors().items():
        assert set(anchors) <= Marks((site / f"{page}.html").read_text("utf-8")).anchors


def test_the_api_page_has_what_the_package_offers(site):
    import mfhelpers

    text = (site / "api.html").read_text(encoding="utf-8")
    named = {anchor.rpartition(".")[2] for anchor in Marks(text).anchors}
    assert set(mfhelpers.__all__) <= named
    assert {name for name in vars(mfhelpers.checks) if name.startswith("check_")} <= named


# ---------------------------------------------------------------- how a page is staged


@pytest.mark.parametrize(
    ("target", "folder", "leads_to"),
    [
        ("03_x.ipynb", "notebooks", "03_x.ipynb"),
        ("03_x.ipynb#Q.-Why-a-seed?", "notebooks", "03_x.ipynb#q-why-a-seed"),
        ("../README.md#the-ten-pages", "notebooks", "index.md#the-ten-pages"),
        ("../images/a.png", "notebooks", "images/a.png"),
        ("notebooks/03_x.ipynb", "", "03_x.ipynb"),
        ("CONTRIBUTING.md", "", "CONTRIBUTING.md"),
        ("#Go-deeper:-more", "notebooks", "#go-deeper-more"),
        ("https://x.org/README.md#A", "", "https://x.org/README.md#A"),
    ],
)
def test_links_lead_where_the_site_has_their_targets(target, folder, leads_to):
    markdown = f"[a](x) `[b]({target})` [`c`]({target})\n```\n[d]({target})\n```\n"
    staged = make_site.with_site_links(markdown, folder)
    assert staged.count(f"[`c`]({leads_to})") == 1
    assert f"`[b]({target})`" in staged and f"\n[d]({target})\n" in staged


def test_an_address_in_the_text_becomes_a_link():
    text = "Funk, https://x.org/~a/b.html. [https://x.org](https://x.org) (https://x.org/c), "
    text += "<https://x.org>"
    assert make_site.with_site_links(text, "") == (
        "Funk, <https://x.org/~a/b.html>. [https://x.org](https://x.org) (<https://x.org/c>), "
        "<https://x.org>"
    )


def test_a_staged_page_folds_and_says_where_sliders_live():
    claims = new_code_cell("assert True", metadata={"tags": ["claims"]})
    drawing = new_code_cell("plot()", metadata={"jupyter": {"source_hidden": True}})
    slider = new_code_cell("interact(f, k=(0, 1));")
    book = new_notebook(cells=[new_markdown_cell("### Q. Why?"), claims, drawing, slider])
    staged = make_site.stage_page(book, {"why-once": "Q. Why?"}).cells
    assert staged[0].source.startswith('<span id="why-once"></span>\n\n### Q. Why?')
    assert [tags(cell)[-1:] for cell in staged[1:4]] == [["hide-cell"], ["hide-input"], []]
    assert "sliders" in staged[4].source
    nbformat.validate(book)
    with pytest.raises(ValueError, match="'Q. Where\\?' for #where-once"):
        make_site.stage_page(book, {"where-once": "Q. Where?"})


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("git@github.com:someone/course.git", "https://github.com/someone/course"),
        ("https://github.com/someone/a.course", "https://github.com/someone/a.course"),
        ("/srv/course.git", None),
        ("", None),
    ],
)
def test_the_address_is_read_from_git_where_the_runner_does_not_say_it(
    origin, address, monkeypatch
):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=f"{origin}\n"))
    assert make_site.repository() == address


# ---------------------------------------------------------------- in a browser


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, *_):
        pass


def serve(folder):
    """Serve a folder on this machine until the process ends; return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium or Chrome on the PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


BROKEN_IMAGES = """() => [...document.images]
    .filter(image => image.loading !== 'lazy' && image.complete && !image.naturalWidth)
    .map(image => image.src)"""


def open_pages(chromium, address, names):
    """Open pages one by one, wide and phone-wide, light and dark; return what went wrong."""
    found, name = [], ""

    def note(what):
        found.append(f"{name}: {what}")

    tab = chromium.new_page()
    tab.on("console", lambda m: m.type in ("error", "warning") and note(m.text))
    tab.on("pageerror", note)
    tab.on("response", lambda r: r.status >= 400 and note(f"{r.status} {r.url}"))
    tab.on("request", lambda r: r.url.startswith((address, "data:")) or note(f"asks {r.url}"))
    for name in names:  # noqa: B007
        tab.set_viewport_size({"width": WIDE, "height": 800})
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{address}/{name}")
        for width, scheme in ((WIDE, "light"), (PHONE, "dark")):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.emulate_media(color_scheme=scheme)
            if (wide := tab.evaluate("document.documentElement.scrollWidth")) > width:
                note(f"is {wide} wide on a window of {width}")
        for image in tab.evaluate(BROKEN_IMAGES):
            note(f"no picture {image}")
    tab.close()
    return found


def test_a_browser_finds_no_fault_on_any_page(site, chromium):
    names = [path.name for path in sorted(site.glob("*.html"))]
    assert open_pages(chromium, serve(site), names) == []


def test_a_browser_finds_faults(tmp_path, chromium):
    pages = {
        "error.html": "<script>nowhere()</script>",
        "outside.html": "<script src='http://example.invalid/x.js'></script>",
        "picture.html": "<img src=gone.png>",
        "wide.html": "<div style='width: 500px'>x</div>",
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(f"<!doctype html><link rel=icon href='data:,'>{text}")
    found = open_pages(chromium, serve(tmp_path), sorted(pages))
    for part in ("nowhere", "asks http://example.invalid/x.js", "404", "gone.png", "is 508 wide"):
        assert any(part in line for line in found), part
    assert {line.partition(":")[0] for line in found} == set(pages)


def test_the_search_finds_a_word_of_a_page(site, chromium):
    tab = chromium.new_page()
    tab.goto(f"{serve(site)}/search.html?q=soft-threshold")
    tab.locator("#search-results a", has_text="Why L1 reaches zero").first.wait_for()
    tab.close()


def test_a_link_to_a_heading_scrolls_to_it(site, chromium):
    tab = chromium.new_page()
    tab.goto(f"{serve(site)}/06_l1_and_l2.html#why-does-my-code-never-reach-zero")
    heading = tab.get_by_role("heading", name="Why is nothing ever zero?")
    heading.wait_for()
    assert abs(heading.bounding_box()["y"]) < 300
    tab.close()


def test_the_notebooks_are_those_of_the_project(site):
    assert {path.name for path in (site / "_sources").glob("*.ipynb")} == {
        path.name for path in NOTEBOOKS.glob("*.ipynb")
    }
