"""The README's small pictures, one a page: cut down from the pictures that the pages show."""

from PIL import Image

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
}
WIDTH = 320


def _small(source):
    """Return a function that writes the source, WIDTH pixels wide, to a path."""

    def draw(path):
        picture = Image.open(IMAGES / source).convert("RGB")
        height = round(picture.height * WIDTH / picture.width)
        picture.resize((WIDTH, height), Image.Resampling.LANCZOS).save(path, optimize=True)

    return draw


DRAWINGS = {f"small_{page}.png": _small(source) for page, source in PICTURES.items()}
