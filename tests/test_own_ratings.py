"""Bring your own ratings: each recipe of ten lines, on tables that are not the page's."""

import contextlib
import io

import numpy as np
import pandas as pd
import pytest

from tests.pages import Page, images, link_problem, links
from tests.test_pages_static import (
    file_is_valid,
    metadata_names_no_machine,
    outputs_are_clean,
    prose_types_no_result,
)
from tools.notebooks import tags
from tools.paths import OWN

PAGE = Page(OWN)
RECIPES = [cell.source for _, cell in PAGE.code_cells if "recipe" in tags(cell)]
LINES = 10


def run(sources, names):
    """Execute code cells in one namespace; return it."""
    with contextlib.redirect_stdout(io.StringIO()):
        for source in sources:
            exec(source, names)
    return names


def cook(number, **tables):
    """Run a recipe of the page on other tables."""
    return run([PAGE.code_cells[0][1].source, RECIPES[number]], tables)


def test_the_page_runs_and_its_claims_hold():
    names = run([cell.source for _, cell in PAGE.code_cells], {})
    assert names["hits"] and len(names["big"]) == 1_000_000


@pytest.mark.parametrize("source", RECIPES)
def test_from_table_to_list_in_ten_lines(source):
    statement_lines = [line for line in source.splitlines() if line.strip(" )")]
    assert len(statement_lines) <= LINES


def votes(n_people, n_things):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.integers(1, 11, (n_people, n_things)).astype(float))
    table = table.where(rng.random(table.shape) < 0.4)
    return table.set_axis([f"p{n}" for n in range(n_people)])


@pytest.mark.parametrize("shape", [(12, 9), (200, 40)])
def test_a_wide_table_of_votes(shape):
    table = votes(*shape)
    names = cook(0, votes=table)
    assert names["coded"]["user_rating"].between(1, 5).all()
    assert len(names["coded"]) == table.notna().sum().sum()
    for student, three in zip(names["students"], names["books"][names["lists"]], strict=True):
        assert table.loc[student, three].isna().all(), "a book that this student has voted on"


def test_purchases_with_amounts_and_days_and_some_twice():
    rng = np.random.default_rng(2)
    n = 4000
    table = pd.DataFrame(
        {
            "customer": rng.integers(900_000, 900_200, n),  # numbers this time
            "article": rng.choice(["tea", "pens", *(f"x{i}" for i in range(60))], n),
            "pieces": rng.integers(1, 500, n),
            "day": pd.to_datetime("2024-03-01") + pd.to_timedelta(rng.integers(90, size=n), "D"),
        }
    )
    names = cook(1, purchases=table)
    assert not names["coded_shop"].duplicated(["user_id", "movie_id"]).any()
    owned = set(zip(names["before"]["user_id"], names["before"]["movie_id"], strict=True))
    for user, ten in zip(names["known"], names["offers"], strict=True):
        assert not {(user, article) for article in ten} & owned


def test_many_half_stars_with_text_ids():
    rng = np.random.default_rng(3)
    n, people, things = 300_000, 3_000, 1_500
    who, what = rng.integers(people, size=n), rng.integers(things, size=n)
    quality = rng.normal(0, 1, things)
    stars = (2 * (3 + quality[what] + rng.normal(0, 0.5, n))).round().clip(1, 10) / 2
    table = pd.DataFrame(
        {"person": [f"{p:x}-é" for p in who], "thing": [f"t{t}" for t in what], "stars": stars}
    )
    names = cook(2, big=table)
    listed = [int(thing[1:]) for thing in np.ravel(names["things"][names["big_lists"]])]
    assert quality[listed].mean() > 1, "good things are listed"
    assert names["large"].user_factors_.dtype == np.float32


@pytest.mark.parametrize(
    "rule", [file_is_valid, metadata_names_no_machine, outputs_are_clean, prose_types_no_result]
)
def test_the_file_keeps_the_rules_of_the_pages(rule):
    assert not list(rule(PAGE))


def test_its_links_lead_somewhere():
    targets = [target for _, cell in PAGE.prose_cells for target in links(cell.source)]
    assert len(targets) > 5
    assert [problem for t in targets if (problem := link_problem(t, PAGE))] == []
    assert not [image for _, cell in PAGE.prose_cells for image in images(cell.source)]
