"""The package as others get it: the README's example, and a wheel installed as on Colab."""

import ast
import os
import re
import shutil
import subprocess
import sys

import pytest

from tools.paths import ROOT

# Run where neither the project nor its editable install can be seen.
USE = """
import pathlib, sys
import numpy as np
import mfhelpers
from mfhelpers import MatrixFactorization, checks, course_style, load_ratings, remap_ids

coded, user_ids, movie_ids = remap_ids(load_ratings(2000))
X = coded[["user_id", "movie_id"]]
model = MatrixFactorization(n_epochs=2, random_state=0).fit(X, coded["user_rating"])
assert model.predict(X).shape == (2000,) and np.isfinite(model.predict(X)).all()
course_style()
names = [name for name in dir(checks) if name.startswith("check_")]
assert len(names) > 20
assert [name for name in names if getattr(checks, name)(None) is not False] == []
for name in mfhelpers.__all__:
    getattr(mfhelpers, name)
for name, module in list(sys.modules.items()):
    if name.partition(".")[0] == "mfhelpers":
        print("file:", pathlib.Path(module.__file__).resolve())
"""


def test_the_example_of_the_readme_runs():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    *before, last = ast.parse(example).body
    names = {}
    exec(compile(ast.Module(before, []), "README.md", "exec"), names)
    predicted = eval(compile(ast.Expression(last.value), "README.md", "eval"), names)
    assert predicted.shape == (5,)
    assert abs(predicted - names["coded"]["user_rating"].head()).max() < 4


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A directory with mfhelpers as pip installs it from its wheel, and nothing else."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "mfhelpers", source / "mfhelpers", ignore=shutil.ignore_patterns("__pycache__")
    )
    target = tmp_path_factory.mktemp("site")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--no-compile", "-q"]
    pip = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(source)]
    result = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return target.resolve()


def files(package):
    paths = [path.relative_to(package) for path in package.rglob("*") if path.is_file()]
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts}


def test_the_wheel_has_every_module_and_data_file(site):
    wanted = files(ROOT / "mfhelpers")
    assert "course.mplstyle" in wanted and "checks/page_01.py" in wanted
    assert files(site / "mfhelpers") == wanted


def test_the_wheel_works_without_the_project(site, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(site), "MFHELPERS_RATINGS": "generated"}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE],
        cwd=tmp_path,
        env={**environment, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    imported = re.findall(r"^file: (.*)$", result.stdout, flags=re.MULTILINE)
    assert len(imported) > 10
    assert [path for path in imported if not path.startswith(str(site))] == []
