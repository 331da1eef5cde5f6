"""One module a page; each has DRAWINGS, {file name in images/: function of a path}."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from mfhelpers.plots import STYLE_SHEET

INK, GREY = "#222222", "#8a8a8a"
STYLE = STYLE_SHEET

matplotlib.use("Agg")  # pictures go to files: no window is wanted, wherever this runs


def save(figure, path):
    """Write a figure as a PNG without the stamps that would change its bytes."""
    figure.savefig(path, dpi=150, metadata={"Software": None}, facecolor="white")
    plt.close(figure)


def save_gif(frames, path, milliseconds=120, colours=32):
    """Write figures' frames (a list of matplotlib figures) as a GIF, the same bytes each time."""
    pictures = []
    for figure in frames:
        figure.canvas.draw()
        pictures.append(_picture(figure).quantize(colours, dither=0))
        plt.close(figure)
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=milliseconds,
        loop=0,
        optimize=True,
    )


def _picture(figure):
    from PIL import Image

    return Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
