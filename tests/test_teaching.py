"""TEACHING.md: minutes are the pages' own, each page has its section, links and commands hold."""

import re

import pytest

from tests.pages import Page, link_problem, links
from tests.test_setup import command_problem, commands
from tools import teaching
from tools.paths import PAGES, ROOT

TEXT = teaching.TEACHING.read_text(encoding="utf-8")
PARTS = ("**Aim.**", "**Run live.**", "**Stop", "**In class**", "**Home**")


def test_the_minutes_are_those_of_the_pages():
    assert teaching.with_minutes(TEXT) == TEXT, "run python -m tools.teaching"


def test_minutes_that_are_out_of_date_are_seen():
    core = teaching.minutes()["03"][0]
    stale = re.sub(rf"(\[03\]\(\S+\) \| ){core}", rf"\g<1>{core + 5}", TEXT)
    assert stale != TEXT and teaching.with_minutes(stale) == TEXT


def test_a_missing_marker_is_named():
    with pytest.raises(ValueError, match="<!-- weeks -->"):
        teaching.with_minutes(TEXT.replace("<!-- weeks -->", ""))


def test_the_workshop_fits_three_hours_and_a_lesson_ninety_minutes():
    known = teaching.minutes()
    assert "3:" not in teaching.workshop_table(known).splitlines()[-1]
    lessons = re.findall(r"^\| \d: page \d\d \| (\d+)", teaching.weeks_table(known), re.MULTILINE)
    assert len(lessons) == 4 and max(map(int, lessons)) <= 90


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_its_section(name):
    section = re.search(rf"^### {name[:2]} .*?(?=^##)", TEXT, re.MULTILINE | re.DOTALL)
    assert section, name
    assert [part for part in PARTS if part not in section[0]] == []
    assert len(re.findall(r"^- \*\*“", section[0], re.MULTILINE)) >= 2, "misconceptions"


def test_links_and_commands_hold():
    page = Page(teaching.TEACHING, ROOT)
    assert [f"{t}: {p}" for t in links(TEXT) if (p := link_problem(t, page))] == []
    assert [f"{c}: {p}" for c in commands(TEXT) if (p := command_problem(c))] == []
