"""The README's small pictures, one a page: cut down from the pictures that the pages show."""

from functools import partial

from PIL import Image

from tools.drawings import drawing
from tools.paths import IMAGES

PICTURES = {
    "01": "matrix_factorization.png",
    "02": "ratings_after.png",
    "03": "one_update.png",
    "04": "rmse_three_ways.png",
    "05": "loss_surface.png",
    "06": "diamond_and_circle.png",
    "07": "rating_in_parts.png",
    "08": "fold_in.png",
    "09": "half_step.png",
    "10": "als_blocks.png",
}
WIDTH = 320


def small(source):
    """The source, WIDTH pixels wide."""
    picture = Image.open(IMAGES / source).convert("RGB")
    height = round(picture.height * WIDTH / picture.width)
    return picture.resize((WIDTH, height), Image.Resampling.LANCZOS)


for page, source in PICTURES.items():
    drawing(f"small_{page}.png")(partial(small, source))
