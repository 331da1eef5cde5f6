"""The ratings that are measured on."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mfhelpers import load_ratings, remap_ids
from tools.paths import REAL_RATINGS


@dataclass(frozen=True)
class Ratings:
    """Codes (DataFrame of user_id, movie_id), stars, and the name of where they came from."""

    X: pd.DataFrame
    y: np.ndarray
    source: str

    def __len__(self):
        return len(self.y)

    @property
    def users(self):
        return self.X["user_id"].to_numpy()

    @property
    def movies(self):
        return self.X["movie_id"].to_numpy()

    def take(self, rows):
        """Return the same ratings, or some of them, in another order."""
        return Ratings(self.X.take(rows).reset_index(drop=True), self.y[rows], self.source)


def load(source=None, n_ratings=None, seed=10):
    """Return ratings from --ratings, MFHELPERS_RATINGS, the real ones at hand, or generated."""
    source = source or os.environ.get("MFHELPERS_RATINGS")
    if not source:
        source = str(REAL_RATINGS) if REAL_RATINGS.is_file() else "generated"
    ratings = load_ratings(n_ratings, source=source, seed=seed)
    return coded(ratings, "generated" if source == "generated" else f"real ({Path(source).name})")


def coded(ratings, name):
    """Return a frame of ratings, renumbered, as Ratings."""
    with_codes, _, _ = remap_ids(ratings)
    return Ratings(with_codes[["user_id", "movie_id"]], with_codes["user_rating"].to_numpy(), name)


def sample(ratings, n_ratings, seed=10):
    """Return a random sample, renumbered, as the pages take it."""
    rows = np.random.default_rng(seed).permutation(len(ratings))[:n_ratings]
    taken = ratings.take(rows)
    return coded(taken.X.assign(user_rating=taken.y), taken.source)
