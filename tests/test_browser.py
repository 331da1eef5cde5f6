"""The pages in a real browser: JupyterLab runs them, and a moved slider redraws its figure.

Needs Chromium. Runs page 03, the quickest with a slider; MFHELPERS_BROWSER=all runs all pages, as
one job of the workflow does.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.chromium import BROWSER_ARGUMENTS, CHROMIUM
from tests.pages import find_pages
from tools.open_lab import QUIET, add_quiet_defaults
from tools.paths import IMAGES

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome on the PATH")

# every cell in the document, so that the test sees those below the window's edge too
SETTINGS = {**QUIET, "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
START_SECONDS, PAGE_SECONDS, REDRAW_SECONDS = 60, 120, 20
IDLE_LOOKS = 8  # so often, a tenth of a second apart, an idle kernel is looked at for a redrawing
IDLE = re.compile(r"\| *Idle")
SLIDER = re.compile(r"Slider|interact\(\s*\w+,[^)]*=\s*\(")


def has_slider(page):
    return any(SLIDER.search(cell.source) for _, cell in page.code_cells)


def chosen_pages():
    """Return one page with a slider, or all pages."""
    everything = os.environ.get("MFHELPERS_BROWSER") == "all"
    return [page for page in find_pages() if everything or page.number == 3]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(url, process):
    """Wait until a server answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "JupyterLab ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not answer within {START_SECONDS} s")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of what the reader opens, without outputs: what shows afterwards is of this run."""
    directory = tmp_path_factory.mktemp("course")
    (directory / "notebooks").mkdir()
    for page in find_pages():
        for _, cell in page.code_cells:
            cell.outputs, cell.execution_count = [], None
        for cell in page.book.cells:  # all open: what is folded has no number and no slider to move
            for fold in ("jp-MarkdownHeadingCollapsed", "jupyter"):
                cell.metadata.pop(fold, None)
        nbformat.write(page.book, directory / "notebooks" / page.path.name)
    if IMAGES.is_dir():
        shutil.copytree(IMAGES, directory / "images")
    return directory


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """JupyterLab on a free port, with settings and kernels' files of its own; yields its URL."""
    own, port = tmp_path_factory.mktemp("jupyter"), free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JUPYTER_CONFIG_PATH", raising=False)
        add_quiet_defaults(own / "defaults", SETTINGS)
        for name in ("CONFIG", "DATA", "RUNTIME"):
            patch.setenv(f"JUPYTER_{name}_DIR", str(own / name))
        for name in ("SETTINGS", "WORKSPACES"):
            patch.setenv(f"JUPYTERLAB_{name}_DIR", str(own / name))
        patch.setenv("MFHELPERS_RATINGS", "generated")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
        command += [f"--ServerApp.root_dir={course}"]
        with open(own / "log", "w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=course)
    try:
        wait_for(f"http://127.0.0.1:{port}/api", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="module")
def browser():
    """One headless Chromium for all pages."""
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser):
    """One window, closed after the test."""
    tab = browser.new_page(viewport={"width": 1300, "height": 900})
    tab.set_default_timeout(PAGE_SECONDS * 1000)
    yield tab
    tab.close()


def open_and_run(tab, lab, name):
    """Open a notebook of the course in JupyterLab, run all its cells, wait for the end."""
    tab.goto(f"{lab}/lab/workspaces/{name}/tree/notebooks/{name}.ipynb?reset")
    status = tab.locator("#jp-main-statusbar")
    sync_api.expect(status).to_contain_text(IDLE, timeout=PAGE_SECONDS * 1000)
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_text("Run All Cells", exact=True).click()
    tab.wait_for_function(ALL_CELLS_RAN)
    sync_api.expect(status).to_contain_text(IDLE, timeout=PAGE_SECONDS * 1000)


# Whether every code cell was given its number, or one ended in an error.
TRACEBACK = "Traceback (most recent call last)"
ALL_CELLS_RAN = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
    const texts = prompts.map(prompt => prompt.textContent);
    const outputs = document.querySelector('.jp-Notebook').textContent;
    const done = texts.length > 0 && texts.every(text => /^\\[\\d+\\]:/.test(text));
    return done || outputs.includes('TRACEBACK');
}""".replace("TRACEBACK", TRACEBACK)


def errors(tab):
    """Return the last lines of the errors that the page shows."""
    found = tab.locator(".jp-CodeCell .jp-OutputArea-output", has_text=TRACEBACK)
    return [text.strip().splitlines()[-1] for text in found.all_text_contents()]


def slider_cells(tab):
    """Return the cells whose output has a slider."""
    return tab.locator(".jp-CodeCell", has=tab.locator(".noUi-handle")).all()


def figure_of(cell):
    """Return the picture, or where there is none the text, that stands below a cell's sliders."""
    pictures = cell.locator(".jp-OutputArea-output img")
    if pictures.count():
        return pictures.last.get_attribute("src")
    return cell.locator(".jp-OutputArea-output pre").last.text_content()


def move_slider(tab, cell, handle):
    """Move a slider of a cell by its arrow keys; return the figure before and after."""
    before = figure_of(cell)
    handle.scroll_into_view_if_needed()
    handle.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        handle.press(key)
        start, idle = time.monotonic(), 0
        while idle < IDLE_LOOKS and time.monotonic() < start + REDRAW_SECONDS:
            if cell.locator(".jp-OutputArea-output").count() and figure_of(cell) != before:
                return before, figure_of(cell)
            tab.wait_for_timeout(100)
            idle += bool(IDLE.search(tab.locator("#jp-main-statusbar").text_content()))
    return before, before


@pytest.mark.parametrize("page", chosen_pages(), ids=lambda page: page.name)
def test_page_runs_in_the_browser(page, lab, tab):
    open_and_run(tab, lab, page.name)
    assert not errors(tab)
    cells = slider_cells(tab)
    assert bool(cells) == has_slider(page)
    for cell in cells:
        for handle in cell.locator(".noUi-handle").all():
            before, after = move_slider(tab, cell, handle)
            assert before != after, "the slider was moved, the figure stayed as it was"
    assert not errors(tab)
    assert tab.locator(".jp-toast-message, .Toastify__toast-body").count() == 0


SMALL_PAGE = """
from ipywidgets import interact, IntSlider
import matplotlib.pyplot as plt
def redraw(k):
    plt.plot([0, {drawn}])
    plt.show()
interact(redraw, k=IntSlider(1, 0, 9));
"""


def write_small_page(course, name, *sources):
    """Write a notebook of code cells into the course."""
    book = new_notebook(cells=[new_code_cell(source) for source in sources])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    nbformat.write(book, Path(course) / "notebooks" / f"{name}.ipynb")


def test_a_slider_that_does_nothing_and_an_error_are_seen(course, lab, tab):
    write_small_page(
        course,
        "small",
        SMALL_PAGE.format(drawn="k"),
        SMALL_PAGE.format(drawn="3"),
        "1 / 0",
    )
    open_and_run(tab, lab, "small")
    assert any("ZeroDivisionError" in line for line in errors(tab))
    handles = [(cell, cell.locator(".noUi-handle").first) for cell in slider_cells(tab)]
    alive, idle = (move_slider(tab, *cell_and_handle) for cell_and_handle in handles)
    assert alive[0] != alive[1]
    assert idle[0] == idle[1]
