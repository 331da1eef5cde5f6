"""Builds the website from the pages as they are committed; nothing is executed.

usage: python -m tools.make_site [--to DIR]

A copy of each page is staged first, changed where the site differs from a notebook: what is
folded, where links lead, what stands in a widget's place. Then Sphinx runs with site/conf.py,
and a warning is an error.
"""

import argparse
import os
import pkgutil
import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import unquote

import nbformat

import mfhelpers
from mfhelpers import checks
from tools.notebooks import tags, write_page
from tools.paths import IMAGES, NOTEBOOKS, OWN, README, REFERENCE, ROOT, page_files

SITE = ROOT / "site"
# code, which stays; the target of a link; an address in the text, which Jupyter makes a link
LINK_OR_CODE = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|(?<=\]\()(?P<target>[^)\s]+)"
    r"|(?<![<\[])(?P<address>https?://[^\s<>)]*[^\s<>).,;])",
    re.DOTALL,
)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
WIDGET = re.compile(r"\b(interact|interactive|interactive_output)\(")
WHERE_WIDGETS_LIVE = (
    "```{note}\nThe sliders of this cell live in the notebook: run the page in JupyterLab "
    "(`make lab`) or in Colab, and move them there.\n```"
)


# on the API page: what our own bases give, not what scikit-learn's and Python's do
INHERITED = "   :inherited-members: BaseEstimator, RegressorMixin, BaseException"


# ---------------------------------------------------------------- where links lead


def repository():
    """Return the project's address on GitHub, or None where nothing says it."""
    name = os.environ.get("GITHUB_REPOSITORY")  # GitHub's own runners say it
    if not name:
        command = ["git", "-C", str(ROOT), "remote", "get-url", "origin"]
        try:
            origin = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:  # no git
            return None
        match = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", origin)
        name = match and match[1]
    return name and f"https://github.com/{name}"


def site_link(target, folder):
    """Return where a link of a file leads on the site.

    Args:
        target: the link as it is written.
        folder: the file's folder inside the project, "" or "notebooks".
    """
    if re.match(r"[a-z]+:", target):
        return target
    file, hash_sign, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(folder, file)) if file else ""
    path = path.removeprefix(f"{NOTEBOOKS.name}/")
    path = "index.md" if path == README.name else path
    return path + hash_sign + slug(unquote(anchor))


def slug(heading):
    """Return a heading's anchor, as GitHub and the site make it; Jupyter's is turned into it."""
    text = re.sub(r"[`*]", "", heading).strip().casefold()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def with_site_links(markdown, folder):
    """Return Markdown whose links lead where the site has their targets; code stays."""

    def replace(found):
        if found["target"]:
            return site_link(found["target"], folder)
        return f"<{found['address']}>" if found["address"] else found["code"]

    return LINK_OR_CODE.sub(replace, markdown)


# ---------------------------------------------------------------- pages


def former_anchors():
    """Return {page: {anchor: heading}}: anchors that were given away, and their heading now."""
    return tomllib.loads((SITE / "anchors.toml").read_text(encoding="utf-8"))


def stage_page(book, former=None):
    """Return a page as the site shows it.

    Args:
        book: the notebook; it is changed.
        former: {anchor: heading}, anchors that must go on leading to a heading.

    Raises:
        ValueError: a heading that `former` names is not on the page.
    """
    cells = []
    for cell in book.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = with_site_links(cell.source, NOTEBOOKS.name)
            continue
        cell.metadata["tags"] = [*tags(cell), *folds(cell)]
        if not cell.outputs and WIDGET.search(cell.source):
            cells.append(
                nbformat.v4.new_markdown_cell(WHERE_WIDGETS_LIVE, id=f"{cell.id[:58]}-site")
            )
    book.cells = cells
    for anchor, heading in (former or {}).items():
        add_anchor(book, anchor, heading)
    return book


def folds(cell):
    """Return the tags by which a code cell is folded on the site."""
    if "claims" in tags(cell):
        return ["hide-cell"]
    return ["hide-input"] if cell.metadata.get("jupyter", {}).get("source_hidden") else []


def add_anchor(book, anchor, heading):
    """Put an anchor in front of a heading."""
    for cell in book.cells:
        for found in HEADING.finditer(cell.source if cell.cell_type == "markdown" else ""):
            if found[1] == heading:
                start = found.start()
                mark = f'<span id="{anchor}"></span>\n\n'
                cell.source = cell.source[:start] + mark + cell.source[start:]
                return
    raise ValueError(
        f"site/anchors.toml: no heading {heading!r} for #{anchor}; say which heading it is now"
    )


# ---------------------------------------------------------------- the other files


def contents(pages):
    """Return what the home page adds to the README: the order of the site's pages."""
    others = [path.stem for path in ROOT.glob("*.md") if path != README]
    parts = {
        "The pages": pages,
        "To look up": [REFERENCE.stem, OWN.stem, "api"],
        "The project": others,
    }
    trees = [
        "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *sorted(names), "```"])
        for title, names in parts.items()
    ]
    return "\n\n" + "\n\n".join(trees) + "\n"


def home_of(name):
    """Return the module in which something that mfhelpers offers is defined."""
    return getattr(getattr(mfhelpers, name), "__module__", "")


def offered_from_private_modules():
    return [name for name in mfhelpers.__all__ if "._" in home_of(name)]


def api_page():
    """Return the page that lists what mfhelpers offers, from its docstrings."""
    lines = [
        "# mfhelpers",
        "",
        "```{eval-rst}",
        ".. automodule:: mfhelpers",
        "   :no-members:",
        "",
        # what is offered from a module that has no part of its own below
        *(f".. autofunction:: {home_of(name)}.{name}" for name in offered_from_private_modules()),
        "```",
    ]
    for module in pkgutil.iter_modules(mfhelpers.__path__):
        if module.name.startswith("_"):
            continue
        name = f"mfhelpers.{module.name}"
        lines += ["", f"## {name}", "", "```{eval-rst}", f".. automodule:: {name}", INHERITED]
        if module.name == "checks":
            names = sorted(each for each in vars(checks) if each.startswith("check_"))
            lines += ["", *(f".. autofunction:: {name}.{each}" for each in names)]
        lines += ["```"]
    return "\n".join(lines) + "\n"


def stage(folder):
    """Write all that the site is made of into an empty folder."""
    pages = page_files(NOTEBOOKS)
    former = former_anchors()
    for page in [REFERENCE, *pages, OWN]:
        book = nbformat.read(page, as_version=4)
        write_page(stage_page(book, former.get(page.stem)), folder / page.name)
    for path in ROOT.glob("*.md"):
        text = with_site_links(path.read_text(encoding="utf-8"), "")
        if path == README:
            text = text.replace("ADDRESS course", f"{repository() or 'ADDRESS'} course")
            text += contents([page.stem for page in pages])
        (folder / ("index.md" if path == README else path.name)).write_text(text, encoding="utf-8")
    (folder / "api.md").write_text(api_page(), encoding="utf-8")
    for name in ("LICENSE", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(IMAGES, folder / IMAGES.name)


# ---------------------------------------------------------------- the command


def run_sphinx(source, target):
    """Make HTML of what was staged; return the exit code, which is not 0 after a warning."""
    from sphinx.cmd.build import build_main  # conf.py imports this module, the tests too

    options = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(SITE)]
    return build_main([*options, "-d", str(source / ".doctrees"), str(source), str(target)])


def build(target):
    """Build the site into a folder, which is emptied first; return the exit code of Sphinx."""
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as staged:
        stage(Path(staged))
        code = run_sphinx(Path(staged), target)
    # what the download button gives is the page itself, not the site's copy of it
    for page in (target / "_sources").glob("*.ipynb"):
        shutil.copy(NOTEBOOKS / page.name, page)
    return code


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "site")
    target = parser.parse_args().to.resolve()
    if code := build(target):
        sys.exit(code)
    if not repository():
        print(
            "No address on GitHub is known here (GITHUB_REPOSITORY=owner/name says one): "
            "no page has a Colab button."
        )
    print(f"The site is there: open {target / 'index.html'}")


if __name__ == "__main__":
    main()
