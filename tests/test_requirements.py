"""What is declared is what is imported, once each: requirements, pyproject.toml, constraints."""

import ast
import re
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.pages import find_pages
from tools.paths import ROOT

READER, TEST, BENCH = "requirements.txt", "requirements/test.txt", "requirements/bench.txt"
SITE = "requirements/site.txt"
SPARK = "requirements/spark.txt"  # what page 10 uses where it is there, and does without
# the reader starts these; no page imports them
PROGRAMS = {"jupyterlab", "ipykernel", "jsonschema", "nbformat", "nbconvert", "latex2mathml"}
# Sphinx loads them by name, as the settings in site/ say
SITE_PARTS = {"myst-nb", "sphinx-book-theme"}
OUR_OWN = {"mfhelpers", "tools", "tests"}
# a peer, in an environment of its own
DISTRIBUTIONS = packages_distributions() | {"surprise": ["scikit-surprise"]}


def lines(file):
    """Return the lines of a requirements file that are no comments."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def requirements(*files):
    """Return {name: requirement} of the packages that the files name."""
    found = [line.split(" #")[0].strip() for file in files for line in lines(file)]
    parsed = [Requirement(line) for line in found if not line.startswith("-")]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def package_requirements():
    """Return {name: requirement} of what pip installs together with mfhelpers."""
    parsed = map(Requirement, pyproject()["project"]["dependencies"])
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def imported(*sources):
    """Return the names of the packages that code imports, anywhere in it."""
    modules = set()
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module.partition(".")[0])
    modules -= set(sys.stdlib_module_names) | OUR_OWN
    # a part of JupyterLab; the two are released together
    modules = {"jupyterlab" if module == "jupyterlab_server" else module for module in modules}
    return {canonicalize_name(DISTRIBUTIONS.get(module, [module])[0]) for module in modules}


def code(directory):
    return [path.read_text(encoding="utf-8") for path in (ROOT / directory).rglob("*.py")]


def page_code():
    return [cell.source for page in find_pages() for _, cell in page.code_cells]


def needed(requirement, found=None):
    """Return the names of all that a requirement brings on this machine, itself included."""
    found = {} if found is None else found
    name, extras = canonicalize_name(requirement.name), requirement.extras
    if extras <= found.get(name, frozenset()) and name in found:
        return set(found)
    found[name] = found.get(name, frozenset()) | extras
    for line in distribution(name).requires or []:
        below = Requirement(line)
        if not below.marker or any(below.marker.evaluate({"extra": e}) for e in {"", *extras}):
            needed(below, found)
    return set(found)


@pytest.mark.parametrize("file", [READER, TEST, SITE, BENCH, SPARK])
def test_every_requirement_has_a_floor_and_says_why_it_is_there(file):
    for line in lines(file):
        assert re.search(r"^(-e \.|-r site\.txt|[\w-]+>=[\d.,<]+) +# .*\w{3}", line), line


def test_nothing_is_declared_twice():
    files = [READER, TEST, SITE, SPARK]
    assert len(requirements(*files)) == sum(len(requirements(file)) for file in files)
    assert len(lines(READER)) == len(requirements(READER)) + 1  # -e .
    assert len(lines(TEST)) == len(requirements(TEST)) + 1  # -r site.txt
    assert len(lines(SITE)) == len(requirements(SITE))


def test_the_package_declares_what_it_imports_and_no_more():
    imports = imported(*code("mfhelpers")) - set(requirements(SPARK))
    assert set(package_requirements()) == imports


def test_the_package_and_the_reader_have_the_same_floors():
    reader = requirements(READER)
    for name, requirement in package_requirements().items():
        assert requirement == reader.get(name), name


def test_the_reader_installs_what_pages_and_package_import_and_no_more():
    used = imported(*page_code(), *code("mfhelpers"))
    assert set(requirements(READER, SPARK)) == used | PROGRAMS


def test_tests_and_tools_import_only_what_is_declared():
    declared = set(requirements(READER, TEST, SITE, BENCH, SPARK))
    assert imported(*code("tests"), *code("tools")) - declared == set()


def test_the_site_installs_what_its_settings_name_and_no_more():
    used = imported(*code("site"))
    assert set(requirements(SITE)) == (used | SITE_PARTS) - set(requirements(READER))
    settings = "\n".join(code("site")).replace("_", "-")
    assert [part for part in SITE_PARTS if f'"{part}"' not in settings] == []


def test_the_constraints_hold_all_that_gets_installed():
    pinned = set()
    for line in lines("requirements/constraints.txt"):
        requirement = Requirement(line)
        assert str(requirement.specifier).startswith("=="), line
        pinned.add(canonicalize_name(requirement.name))
    installed = set()
    for requirement in requirements(READER, TEST, SITE).values():
        installed |= needed(requirement)
    assert set(requirements(SPARK)) <= pinned
    assert len(installed) > 100
    assert installed - pinned == set()


def test_imports_are_found_wherever_they_stand():
    nested = "def f():\n    from sklearn.metrics import r2_score\n"
    assert imported("import PIL.Image, os\nfrom . import x", nested) == {"pillow", "scikit-learn"}
