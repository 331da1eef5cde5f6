"""How the package hangs together: who imports whom, what loads when, and where the docs say it is.

Imports are read from the source, the late ones inside functions too.
"""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mfhelpers"
# CONTRIBUTING.md's direction. A module may reach its own layer and those above it in this list;
# a private module has no layer, and lends its reach to those that import it.
LAYERS = (
    {"generated", "ratings"},
    {"penalties", "sgd", "baselines", "model", "als"},
    {"recommend"},
)
LOOKERS = {"plots", "checks"}  # they look at results, and nobody inside imports them
HEAVY = {"datasets", "ipywidgets", "pyspark", "numba", "sklearn"}


def modules_of(package):
    """Return {dotted name inside the package: file}; the package's own door is ""."""
    files = {path.relative_to(package).with_suffix(""): path for path in package.rglob("*.py")}
    return {".".join(p for p in name.parts if p != "__init__"): f for name, f in files.items()}


def imports_of(name, modules):
    """Return the modules of the package that one of them imports."""
    in_package = name if modules[name].name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(modules[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = ["mfhelpers", *filter(None, in_package.split("."))]
                here = here[: len(here) - node.level + 1]
                base = ".".join([*here, *filter(None, [base])])
            wanted = [(base, alias.name) for alias in node.names]
        else:
            continue
        for base, attribute in wanted:
            top, _, inside = base.partition(".")
            if top == "mfhelpers":
                longer = f"{inside}.{attribute}".strip(".")
                found.add(longer if longer in modules else inside)
    return found


def reach_of(name, imports):
    """Return all modules that one of them imports, itself or through others."""
    reached, todo = set(), set(imports[name])
    while todo:
        reached |= todo
        todo = {target for each in todo for target in imports.get(each, ())} - reached
    return reached


def layer_of(name):
    return next((n for n, layer in enumerate(LAYERS) if name.split(".")[0] in layer), None)


def problems(package):
    """Return what is wrong with the imports inside a package, one line each."""
    modules = modules_of(package)
    imports = {name: imports_of(name, modules) for name in modules if name}
    found = []
    for name in sorted(imports):
        top = name.split(".")[0]
        if layer_of(name) is None and top not in LOOKERS and not top.startswith("_"):
            found.append(f"{name}: has no place yet, give it one in LAYERS")
        if "" in imports[name]:
            found.append(f"{name}: imports from the package's door, not from the module itself")
        found += [
            f"{name}: imports {target}, which only looks at results"
            for target in sorted(imports[name])
            if target.split(".")[0] in LOOKERS - {top}
        ]
        reach = sorted(reach_of(name, imports))
        if name in reach:
            found.append(f"{name}: imports itself, by a circle")
        found += [
            f"{name}: reaches {target}, against the direction"
            for target in reach
            if None not in (layer_of(name), layer_of(target)) and layer_of(target) > layer_of(name)
        ]
    return found


def test_imports_go_one_way():
    assert problems(PACKAGE) == []


PLANTED = {
    "late, in a function": ("ratings", "def f():\n    from mfhelpers import model",
                            "ratings: reaches model, against the direction"),
    "whole module": ("sgd", "import mfhelpers.recommend as r",
                     "sgd: reaches recommend, against the direction"),
    "one name of it": ("baselines", "from mfhelpers.recommend import top_n",
                       "baselines: reaches recommend, against the direction"),
    "relative": ("model", "from .recommend import top_n", "model: reaches recommend"),
    "relative, the module itself": ("model", "from . import recommend", "model: reaches recommend"),
    "through a private module": ("_table", "from mfhelpers import model",
                                 "ratings: reaches model, against the direction"),
    "a looker": ("recommend", "from mfhelpers import plots",
                 "recommend: imports plots, which only looks at results"),
    "a looker's inside": ("_hub", "from mfhelpers.checks._common import call",
                          "_hub: imports checks._common, which only looks"),
    "one looker by the other": ("checks/page_01", "from ..plots import RED",
                                "checks.page_01: imports plots, which only looks at results"),
    "circle": ("_table", "from mfhelpers._files import read_ratings",
               "_table: imports itself, by a circle"),
    "circle in checks": ("checks/_common", "from mfhelpers.checks import page_06",
                         "checks._common: imports itself, by a circle"),
    "by the door": ("recommend", "from mfhelpers import MatrixFactorization",
                    "recommend: imports from the package's door"),
    "new and public": ("novelty", "x = 1", "novelty: has no place yet"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_bad_import_is_found(tmp_path, case):
    module, line, expected = PLANTED[case]
    package = shutil.copytree(PACKAGE, tmp_path / "mfhelpers")
    with open(package / f"{module}.py", "a", encoding="utf-8") as file:
        file.write(f"\n\n{line}\n")
    assert any(problem.startswith(expected) for problem in problems(package))


def test_what_is_allowed_is_not_found(tmp_path):
    package = shutil.copytree(PACKAGE, tmp_path / "mfhelpers")
    (package / "_new.py").write_text("from mfhelpers import _numbers\nimport numpy.random\n")
    for module in ("model", "recommend", "plots", "checks/page_01"):
        with open(package / f"{module}.py", "a", encoding="utf-8") as file:
            file.write("\n\nfrom mfhelpers import _new, ratings\n")
    assert problems(package) == []


# ---------------------------------------------------------------- what loads when


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import mfhelpers", HEAVY | {"pandas", "matplotlib"}),
        ("from mfhelpers import load_ratings, remap_ids", HEAVY | {"matplotlib"}),
    ],
)
def test_what_is_heavy_loads_when_it_is_used(statement, unwanted):
    code = f"import sys; {statement}; print(*{unwanted!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.strip(), done.stderr) == ("", "")


# ---------------------------------------------------------------- where the docs say it is


def rows(text):
    """Return the rows of the table "Where things are" that speak of the package."""
    section = text.split("## Where things are")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|") and "mfhelpers/" in line]


def not_in_table(text):
    """Return the public modules that the table does not name."""
    named = " ".join(rows(text))
    tops = {name.split(".")[0] for name in modules_of(PACKAGE)}
    public = sorted(top for top in tops if top and not top.startswith("_"))
    return [name for name in public if not re.search(rf"\b{name}(\.py`|/)", named)]


def not_there(text):
    """Return the files that the table names and that do not exist."""
    missing = []
    for row in rows(text):
        folder = PACKAGE
        for name in re.findall(r"`([\w/]+\.py)`", row):
            folder = (ROOT / name).parent if "/" in name else folder
            if not list(folder.glob(Path(name).name.replace("NN", "[0-9][0-9]"))):
                missing.append(name)
    return missing


def test_contributing_names_every_module_and_no_other():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not_in_table(text) == []
    assert not_there(text) == []


def test_a_row_that_is_missing_or_stale_is_found():
    public = sorted({name.split(".")[0] for name in modules_of(PACKAGE)} - {""})
    public = [name for name in public if not name.startswith("_") and name != "checks"]
    table = "## Where things are\n\n| a checker | `mfhelpers/checks/page_NN.py`, `_common.py` |\n"
    table += "".join(f"| a thing | `mfhelpers/{name}.py` |\n" for name in public)
    assert not_in_table(table) == not_there(table) == []
    gone = table.replace("mfhelpers/plots", "mfhelpers/pictures").replace("_common", "_gone")
    assert not_in_table(gone) == ["plots"]
    assert not_there(gone) == ["_gone.py", "mfhelpers/pictures.py"]
    assert not_in_table(table.replace("mfhelpers/checks/", "tools/")) == ["checks"]
    assert not_in_table(table + "\n## What else\n| `mfhelpers/x.py` |") == []
