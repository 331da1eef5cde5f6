"""Every picture: shown somewhere, drawn by tools/drawings, and the same when drawn again."""

import io
import re
import sys
from importlib.metadata import version

import matplotlib.pyplot as plt
import numpy as np
import pytest
from packaging.requirements import Requirement
from PIL import Image, ImageSequence

from tests.pages import find_pages, images
from tools import draw_images, drawings
from tools.paths import BENCHMARK_PICTURE, IMAGES, README, ROOT

DRAWINGS = draw_images.all_drawings()
LARGEST_GIF = 300_000
# mean difference of a pixel's colour where fonts and libraries differ
TOLERANCE = 3 / 255


def committed():
    """Return the names of the files in images/."""
    return {path.name for path in IMAGES.glob("*")} if IMAGES.is_dir() else set()


def shown():
    """Return the files in images/ that a page or the README shows, stills of GIFs included."""
    texts = [README.read_text(encoding="utf-8")]
    texts += [cell.source for page in find_pages() for _, cell in page.prose_cells]
    targets = {target for text in texts for _, target in images(text)}
    names = {t.rpartition("images/")[2] for t in targets if re.match(r"(\.\./)?images/", t)}
    return names | {name.replace(".gif", ".png") for name in names}


def is_tested_set(*packages):
    """Whether this is Linux with the versions that requirements/constraints.txt names."""
    wanted = {}
    constraints = ROOT / "requirements" / "constraints.txt"
    for line in constraints.read_text(encoding="utf-8").splitlines():
        if line and line[0].isalnum():
            requirement = Requirement(line)
            if not requirement.marker or requirement.marker.evaluate():
                wanted[requirement.name] = requirement.specifier
    here = all(version(package) in wanted[package] for package in packages)
    return sys.platform == "linux" and here


def difference(first, second):
    """Return the mean difference of two pictures' colours, 0 to 1, or 1 where sizes differ."""
    frames = [
        np.stack([np.asarray(f.convert("RGB"), float) for f in ImageSequence.Iterator(picture)])
        for picture in (Image.open(io.BytesIO(first)), Image.open(io.BytesIO(second)))
    ]
    if frames[0].shape != frames[1].shape:
        return 1.0
    return np.abs(frames[0] - frames[1]).mean() / 255


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_drawing_comes_out_the_same(name, tmp_path):
    DRAWINGS[name](tmp_path / name)
    drawn, kept = (tmp_path / name).read_bytes(), (IMAGES / name).read_bytes()
    if is_tested_set("matplotlib", "pillow", "numpy"):
        assert drawn == kept, f"images/{name} is not what its function draws: make images"
    else:
        assert difference(drawn, kept) < TOLERANCE


@pytest.mark.parametrize("name", sorted(committed()))
def test_picture_is_shown_and_small(name):
    assert name in shown(), f"no page shows images/{name}"
    if name.endswith(".gif"):
        assert (IMAGES / name).stat().st_size < LARGEST_GIF


def test_every_picture_has_a_function_that_draws_it():
    assert committed() - {BENCHMARK_PICTURE.name} == set(DRAWINGS)


def test_every_shown_picture_is_there():
    assert shown() <= committed()


@pytest.mark.parametrize("name", sorted(n for n in DRAWINGS if n.endswith(".gif")))
def test_gif_has_a_still_picture_beside_it(name):
    assert name.replace(".gif", ".png") in DRAWINGS


# ---------------------------------------------------------------- how a drawing registers


def test_a_drawing_looks_the_same_whatever_style_was_on(tmp_path):
    for name, style in (("plain.png", "default"), ("dark.png", "dark_background")):
        with plt.style.context(style):
            DRAWINGS["l2.png"](tmp_path / name)
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "dark.png").read_bytes()


def test_two_drawings_cannot_have_one_name():
    with pytest.raises(ValueError, match="two functions draw l2.png"):
        drawings.drawing("l2.png")(lambda: None)


# ---------------------------------------------------------------- the command


def draw(monkeypatch, directory, *names):
    """Run the command; return what it ended with."""
    monkeypatch.setattr(sys, "argv", ["draw_images", "--to", str(directory), *names])
    try:
        draw_images.main()
    except SystemExit as end:
        return end.code


def test_named_pictures_are_drawn_and_no_others(monkeypatch, tmp_path, capsys):
    assert not draw(monkeypatch, tmp_path, "l2.png", "small_01.png")
    assert {path.name for path in tmp_path.iterdir()} == {"l2.png", "small_01.png"}
    assert capsys.readouterr().out.split() == ["l2.png", "small_01.png"]


def test_a_mistyped_name_is_an_error_that_names_the_closest_first(monkeypatch, tmp_path):
    said = draw(monkeypatch, tmp_path, "l2.png", "l1_gradeint.png")
    assert "no drawing 'l1_gradeint.png'" in said
    known = said.partition("there are: ")[2].split(", ")
    assert known[0] == "l1_gradient.png" and sorted(known) == sorted(DRAWINGS)
    assert not list(tmp_path.iterdir())  # nor is the other one drawn


# ---------------------------------------------------------------- the comparison itself


def picture(colour, size=(8, 6)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def test_difference_knows_equal_near_and_other_pictures():
    assert difference(picture((9, 9, 9)), picture((9, 9, 9))) == 0
    assert 0 < difference(picture((9, 9, 9)), picture((10, 10, 10))) < TOLERANCE
    assert difference(picture("black"), picture("white")) == 1
    assert difference(picture("black"), picture("black", (8, 7))) == 1
