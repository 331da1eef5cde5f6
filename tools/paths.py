"""Where the course's files lie, said once for all tools and tests."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
IMAGES = ROOT / "images"
README = ROOT / "README.md"
# Drawn from measurements by tools.benchmark, so that no function draws it anew.
BENCHMARK_PICTURE = IMAGES / "benchmark.png"
# The real ratings that pages are executed and checked on, where they are at hand.
REAL_RATINGS = ROOT.parent / "shared" / "data" / "ml-1m" / "ratings.parquet"

# The page to look things up on: it has no code and no lesson, so it is none of the pages below.
REFERENCE = NOTEBOOKS / "00_notation_and_glossary.ipynb"
# For the reader with a table of their own: a page beside the ten, without a number.
OWN = NOTEBOOKS / "bring_your_own_ratings.ipynb"
# The pages by name, in order, those to come included.
PAGES = (
    "01_what_is_matrix_factorization",
    "02_data_and_id_remapping",
    "03_the_sgd_training_loop",
    "04_rmse_curve_and_histograms",
    "05_the_hidden_loss",
    "06_l1_and_l2",
    "07_biases_and_tuning",
    "08_making_recommendations",
    "09_scaling_up",
    "10_beyond_one_machine",
)


def page_files(folder=NOTEBOOKS):
    """Return the paths of the pages in a folder, in order; other notebooks are not pages."""
    return sorted(p for p in folder.glob("[0-9][0-9]_*.ipynb") if p.name != REFERENCE.name)
