"""What a teacher prepares beside handouts: a stick for a room without network, a hub's measure."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rerun import small_page
from tools import classroom, make_stick
from tools.notebooks import write_page
from tools.paths import ROOT


@pytest.fixture
def asked(monkeypatch):
    """What pip would have been asked to download; nothing is."""
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(make_stick.subprocess, "run", run)
    return commands


def fill(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["make_stick", *map(str, arguments)])
    make_stick.main()


def test_the_stick_has_the_course_and_none_of_what_was_made_here(tmp_path, monkeypatch, asked):
    folder = tmp_path / "notebooks"  # a name that the course has, too
    fill(monkeypatch, folder)
    course = folder / "course"
    for name in (
        "Makefile",
        "requirements.txt",
        "requirements",
        "notebooks",
        "mfhelpers",
        "images",
    ):
        ours = sorted(
            p.name for p in (ROOT / name).glob("*") if p.suffix in (".ipynb", ".png", ".txt")
        )
        assert (course / name).exists()
        assert (
            sorted(
                p.name for p in (course / name).glob("*") if p.suffix in (".ipynb", ".png", ".txt")
            )
            == ours
        )
    assert not {".git", ".venv", "handouts", ".pytest_cache"} & {p.name for p in course.iterdir()}
    assert not list(course.rglob("__pycache__")) and not (folder / "ratings").exists()
    read_me = (folder / "README.txt").read_text("utf-8")
    assert make_stick.kind() in read_me and "make lab WHEELS=" in read_me


def test_the_stick_asks_for_wheels_of_all_that_a_reader_needs(tmp_path, monkeypatch, asked):
    fill(monkeypatch, tmp_path)
    [command] = asked
    assert {
        "download",
        ":all:",
        str(tmp_path / "wheels"),
        "jupyterlab>=4.3",
        make_stick.BUILD,
    } <= set(command)
    assert not [word for word in command if word.startswith(("-e", "#")) or "#" in word]


def test_a_second_kind_of_machine_joins_the_first(tmp_path, monkeypatch, asked):
    fill(monkeypatch, tmp_path)
    monkeypatch.setattr(make_stick, "kind", lambda: "Windows AMD64, Python 3.13")
    fill(monkeypatch, tmp_path)
    assert len((tmp_path / "wheels" / "KINDS.txt").read_text("utf-8").splitlines()) == 2


def test_ratings_go_along_only_when_named(tmp_path, monkeypatch, asked, capsys):
    mine = tmp_path / "ml-1m"
    mine.mkdir()
    (mine / "ratings.dat").write_text("1::10::4::0\n")
    fill(monkeypatch, tmp_path / "stick", "--ratings", mine)
    assert (tmp_path / "stick" / "ratings" / "ml-1m" / "ratings.dat").is_file()
    assert "permission" in capsys.readouterr().out


def test_ratings_that_are_not_there_are_named(tmp_path, monkeypatch, asked):
    with pytest.raises(SystemExit, match="there is no file or folder"):
        fill(monkeypatch, tmp_path / "stick", "--ratings", tmp_path / "none")
    assert not asked and not (tmp_path / "stick").exists()


def test_a_stick_inside_the_course_is_not_copied_into_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(make_stick, "ROOT", tmp_path)
    (tmp_path / "Makefile").touch()
    (tmp_path / "stick" / "wheels").mkdir(parents=True)
    make_stick.copy_course(tmp_path / "stick" / "course")
    assert [path.name for path in (tmp_path / "stick" / "course").iterdir()] == ["Makefile"]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read on Linux")
def test_two_students_are_measured_side_by_side(tmp_path):
    write_page(
        small_page("import numpy as np\nkept = np.ones(20_000_000)"), tmp_path / "01_x.ipynb"
    )
    seconds, used = classroom.side_by_side(tmp_path / "01_x.ipynb", 2)
    assert len(used) == 2 and seconds > 0
    for peak, shared, processor in used:
        assert peak - shared > 160, "160 MB of ones are this student's own"
        assert 0 < shared < peak and processor > 0
