"""One module a page; `@drawing(name)` above a function says which file in images/ it draws."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from mfhelpers.plots import STYLE_SHEET

INK, GREY = "#222222", "#8a8a8a"
DRAWINGS = {}  # {file name in images/: function of a path}, filled by @drawing

matplotlib.use("Agg")  # pictures go to files: no window is wanted, wherever this runs


def drawing(name, *, style=STYLE_SHEET, milliseconds=120, colours=32):
    """Register a function without arguments as what draws images/name.

    For a .png it returns a figure or a Pillow picture, for a .gif its frames: figures, which may
    be made one by one. It is drawn in the course's style, whatever style was switched on before.

    Args:
        name: the file's name.
        style: another style, for Matplotlib.
        milliseconds: of a GIF: how long a frame stays, one number or one for each.
        colours: of a GIF: how many there are.
    """

    def register(draw):
        if name in DRAWINGS:
            raise ValueError(f"two functions draw {name}: give one of them another name")

        def draw_to(path):
            with plt.style.context(["default", style]):
                if name.endswith(".gif"):
                    _save_gif(draw(), path, milliseconds, colours)
                else:
                    _save(draw(), path)

        DRAWINGS[name] = draw_to
        return draw

    return register


def _save(picture, path):
    """Write a PNG without the stamps that would change its bytes."""
    if isinstance(picture, Image.Image):
        picture.save(path, optimize=True)
        return
    picture.savefig(path, dpi=150, metadata={"Software": None}, facecolor="white")
    plt.close(picture)


def _save_gif(frames, path, milliseconds, colours):
    """Write figures as a GIF, the same bytes each time."""
    first, *rest = [_frame(figure, colours) for figure in frames]
    first.save(
        path, save_all=True, append_images=rest, duration=milliseconds, loop=0, optimize=True
    )


def _frame(figure, colours):
    figure.canvas.draw()
    picture = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    plt.close(figure)
    return picture.quantize(colours, dither=0)
