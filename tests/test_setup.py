"""Setting up: what a broken Python is told, what make offers, what the README asks to type."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.pages import ROOT, find_pages
from tools import check_machine, install, open_lab

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, flags=re.MULTILINE)
WANTED = {
    "help", "lab", "lab-spark", "test", "notebooks", "images", "bench", "lint", "handouts",
    "lecture", "stick", "site",
}  # fmt: skip
needs_make = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("make") is None, reason="no make on the PATH"
)


# ---------------------------------------------------------------- tools/check_machine.py


def test_this_python_lacks_nothing():
    assert check_machine.problem() is None


def test_an_old_python_is_told_so_in_one_line(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 7, "final", 0))
    said = check_machine.problem()
    assert "Python 3.9" in said and "3.11 or newer" in said and "\n" not in said


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_module_is_named_in_one_line(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    said = check_machine.problem()
    assert f"'{module}'" in said and "python3-venv" in said and "\n" not in said


def test_a_full_disk_is_told_before_anything_is_installed(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 3e8))
    said = check_machine.problem()
    assert "0.3 GB free" in said and "\n" not in said


def test_check_machine_says_it_without_a_traceback(tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError('gone', name='ensurepip')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-m", "tools.check_machine"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and "ensurepip" in result.stderr


def test_check_machine_can_be_read_by_any_python_3():
    source = (ROOT / "tools" / "check_machine.py").read_text(encoding="utf-8")
    compile(source, "check_machine.py", "exec", flags=0, dont_inherit=True)
    assert not re.search(r"""\bf["']|:=|\bmatch\b""", source)


# ---------------------------------------------------------------- tools/install.py


@pytest.mark.parametrize(
    "pip_said, told",
    [
        ("… Temporary failure in name resolution')\nERROR: conflicting", "no network"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("Read timed out. (read timeout=15)", "a firewall?"),
        ("[Errno 13] Permission denied: '.venv/lib'", "not yours to write"),
    ],
)  # fmt: skip
def test_why_installing_failed_is_one_line(pip_said, told, monkeypatch, tmp_path):
    monkeypatch.setattr(install, "run_pip", lambda *arguments: (1, pip_said))
    monkeypatch.setattr(install, "LOG", tmp_path / "log")
    monkeypatch.setattr(sys, "argv", ["install", "requirements.txt"])
    said = install.main()
    assert told in said and "\n" not in said
    assert install.LOG.read_text(encoding="utf-8") == pip_said


def test_a_failure_that_nobody_foresaw_shows_what_pip_said(monkeypatch, capsys):
    monkeypatch.setattr(install, "run_pip", lambda *arguments: (1, "something new"))
    monkeypatch.setattr(sys, "argv", ["install", "requirements.txt"])
    assert "as pip says above" in install.main() and capsys.readouterr().out == "something new\n"


def test_packages_can_come_from_a_folder_without_a_network(monkeypatch):
    def run(command, **_):
        return subprocess.CompletedProcess(command, 0, stdout=" ".join(command))

    monkeypatch.setattr(subprocess, "run", run)
    assert (
        "-r requirements.txt --no-index --find-links a b"
        in install.install("requirements.txt", "a b")[1]
    )
    assert "--no-index" not in install.install("requirements.txt")[1]


# ---------------------------------------------------------------- the Makefile


def make(*arguments, **options):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_make_has_the_wanted_targets():
    assert set(TARGETS) >= WANTED


@needs_make
def test_make_help_lists_every_target():
    listed = make("help").stdout
    assert make().stdout == listed
    assert [line.split()[1] for line in listed.splitlines()] == TARGETS


@needs_make
def test_make_names_a_python_that_is_not_there(tmp_path):
    result = make("lab", "PYTHON=python9", f"VENV={tmp_path / 'none'}")
    assert result.returncode != 0
    assert "python9 was not found" in result.stdout and "Traceback" not in result.stderr


@needs_make
@pytest.mark.parametrize("target", ["lab", "handouts", "lecture", "stick", "site"])
def test_a_reader_does_not_wait_for_what_only_tests_need(target, tmp_path):
    run = make("--dry-run", target, f"VENV={tmp_path / 'none'}").stdout
    assert "tools.install requirements.txt" in run and "requirements/test.txt" not in run


@needs_make
@pytest.mark.parametrize("java", ["", "/usr/bin/java"])
def test_spark_is_tested_where_java_is_and_offered_in_any_case(java, tmp_path):
    none = f"VENV={tmp_path / 'none'}"
    assert ("spark.txt" in make("--dry-run", "test", none, f"JAVA={java}").stdout) is bool(java)
    lab = make("--dry-run", "lab-spark", none, f"JAVA={java}").stdout
    assert "spark.txt" in lab and "--page 10" in lab and "test.txt" not in lab
    assert ("Java was not found" in lab) is not bool(java)


@needs_make
def test_make_lab_takes_packages_from_a_folder(tmp_path):
    run = make("--dry-run", "lab", "WHEELS=a b/wheels", f"VENV={tmp_path / 'none'}").stdout
    assert 'tools.install requirements.txt "a b/wheels"' in run


@needs_make
def test_make_test_adds_the_rest_and_looks_at_style_first(tmp_path):
    run = make("--dry-run", "test", f"VENV={tmp_path / 'none'}").stdout
    steps = [
        "tools.install requirements.txt",
        "tools.install requirements/test.txt",
        "ruff check",
        "ruff format",
        "-m pytest",
    ]
    places = [run.find(step) for step in steps]
    assert -1 not in places and places == sorted(places)


@needs_make
@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements.txt", 2),
        ("pyproject.toml", 2),
        ("requirements/test.txt", 1),
        ("requirements/site.txt", 1),
        ("README.md", 0),
    ],
)
def test_a_changed_requirement_is_installed_again(changed, again, tmp_path):
    for file in ("Makefile", "README.md", "requirements.txt", "pyproject.toml", "requirements"):
        copy = shutil.copytree if (ROOT / file).is_dir() else shutil.copy
        copy(ROOT / file, tmp_path / file)
    (tmp_path / ".venv").mkdir()
    for stamp in (".ready", ".ready-test"):
        (tmp_path / ".venv" / stamp).touch()
    later = (tmp_path / ".venv" / ".ready-test").stat().st_mtime + 1
    os.utime(tmp_path / changed, (later, later))
    run = make("-C", str(tmp_path), "--dry-run", "lint").stdout
    assert run.count("tools.install") == again


def test_every_tool_that_make_runs_is_there():
    tools = re.findall(r"-m (tools\.\w+)", MAKEFILE)
    assert len(tools) >= 6
    assert [tool for tool in tools if importlib.util.find_spec(tool) is None] == []


# ---------------------------------------------------------------- the README's commands


SHELLS = {"", "sh", "bash", "shell", "powershell", "bat", "console"}


def commands(text):
    """Return what a text says to type: lines of its shell blocks, and `make …` in its prose."""
    fence = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = [block for language, block in fence.findall(text) if language in SHELLS]
    lines = [re.split(r" +#", line)[0].strip() for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(make [^`]+)`", fence.sub("", text))
    return [re.sub(r"^([A-Z_]+=\S+ +)+", "", line) for line in lines if line]


def command_problem(line):
    """Return what a command names that does not exist, or None."""
    words = line.split()
    if words[0] == "make":
        unknown = [w for w in words[1:] if "=" not in w and w not in [*TARGETS, "clean"]]
        variables = [w.split("=")[0] for w in words[1:] if "=" in w]
        unknown += [v for v in variables if not re.search(rf"^{v} \?=", MAKEFILE, re.MULTILINE)]
        return f"make has no {unknown}" if unknown else None
    files = re.findall(r"(?<![\w/\\.:-])(?:requirements|tools|notebooks|tests)[\w/\\.-]*", line)
    modules = re.findall(r"-m (tools\.\w+)", line)
    missing = [f for f in files if f not in modules and not (ROOT / f.replace("\\", "/")).exists()]
    missing += [m for m in modules if importlib.util.find_spec(m) is None]
    return f"there is no {missing}" if missing else None


def test_readme_names_the_two_commands():
    assert {"make lab", "make test"} <= {" ".join(c.split()[:2]) for c in commands(README)}


def test_readme_commands_exist():
    assert [f"{line}: {p}" for line in commands(README) if (p := command_problem(line))] == []


def test_readme_has_the_lines_for_windows():
    typed = "\n".join(commands(README))
    installs = [r"pip install -r requirements\.txt", r"pip install -r requirements/test\.txt"]
    for part in (r"-m venv", *installs, r"jupyter.lab", r"-m pytest"):
        assert re.search(part, typed), part


@pytest.mark.parametrize(
    "line",
    [
        "make tea",
        "make lab HOST=1",
        "pip install -r requirements/x.txt",
        "python -m tools.tea 03",
    ],
)
def test_a_command_that_does_not_exist_is_found(line):
    assert command_problem(line)


@pytest.mark.parametrize(
    "line",
    [
        "make lab PORT=8899",
        "pip install -r requirements.txt",
        "git clone https://x.org/tests.git",
        "python -m tools.open_lab 03",
    ],
)
def test_a_command_that_exists_is_not(line):
    assert command_problem(line) is None


# ---------------------------------------------------------------- tools/open_lab.py


class Browser:
    def __init__(self, name):
        self.name = name


@pytest.mark.parametrize(
    ("name", "seen"), [("firefox", True), ("xdg-open", True), ("/usr/bin/w3m", False)]
)
def test_a_browser_with_windows_is_told_from_one_in_a_terminal(name, seen, monkeypatch):
    monkeypatch.setattr(open_lab.webbrowser, "get", lambda: Browser(name))
    assert open_lab.has_browser() is seen


def test_no_browser_is_noticed(monkeypatch):
    def fail():
        raise open_lab.webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(open_lab.webbrowser, "get", fail)
    assert open_lab.has_browser() is False


def test_lab_opens_page_01_and_prints_the_address_without_a_browser():
    with_browser, without = open_lab.lab_arguments(8899, True), open_lab.lab_arguments(8899, False)
    assert {"--port=8899", f"--ServerApp.root_dir={ROOT}"} <= set(with_browser)
    assert set(without) - set(with_browser) == {"--no-browser"}
    pages = find_pages()
    assert not pages or pages[0].path == ROOT / open_lab.FIRST_PAGE


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system knows no root user")
@pytest.mark.parametrize(("uid", "allowed"), [(0, True), (1000, False)])
def test_root_may_open_the_lab_in_a_container(uid, allowed, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert ("--allow-root" in open_lab.lab_arguments(8888, True)) is allowed


def test_a_home_that_cannot_be_written_is_done_without(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(open_lab.Path, "home", lambda: tmp_path / "none")
    assert not open_lab.home_can_be_written()
    monkeypatch.setattr(os, "environ", {"HF_HOME": "mine"})
    open_lab.do_without_home(tmp_path)
    assert "home folder cannot be written to" in capsys.readouterr().out
    assert os.environ["JUPYTER_DATA_DIR"].startswith(str(tmp_path))
    assert os.environ["HF_HOME"] == "mine"
    monkeypatch.setattr(open_lab.Path, "home", lambda: tmp_path)
    assert open_lab.home_can_be_written()


def test_news_are_off_for_this_server_and_own_settings_stay(tmp_path, monkeypatch):
    from jupyterlab_server.settings_utils import _get_overrides

    own = tmp_path / "own"
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(own))
    open_lab.add_quiet_defaults(tmp_path / "quiet")
    assert os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)[1] == str(own)
    overrides, error = _get_overrides(str(tmp_path / "no application settings"))
    assert not error
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
