"""Makes a folder like GroupLens' 25 million ratings, with nobody's ratings in it.

usage: python -m tools.large_ratings FOLDER

The sizes and the long tails are those of MovieLens 25M, and so is the form of ratings.csv and
movies.csv; who rated what, the stars and the titles are drawn from a seed. It takes 660 MB.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from numba import njit
from pyarrow import csv

N_USERS, N_MOVIES, N_RATINGS = 162_541, 59_047, 25_000_095
STARS = np.arange(1, 11) / 2
SHARES = np.array([1.6, 3.1, 1.6, 6.6, 5.1, 19.6, 12.7, 26.6, 8.8, 14.3]) / 100
GENRES = ("Action", "Comedy", "Drama", "Horror", "Romance", "Sci-Fi", "Thriller", "War")


def write_folder(folder, n_users=N_USERS, n_movies=N_MOVIES, n_ratings=N_RATINGS, seed=0):
    """Write ratings.csv and movies.csv; the same seed writes the same bytes.

    Args:
        folder: where to; made when it is missing.
        n_users, n_movies: how many there are. Every movie is rated when there are no more
            movies than users.
        n_ratings: lines of ratings, no pair of user and movie twice.
        seed: of all draws.

    Raises:
        ValueError: fewer ratings than users, or more than half of the pairs.
    """
    if not n_users <= n_ratings <= n_users * n_movies / 2:
        raise ValueError(
            f"n_ratings is {n_ratings:,}: expected at least one for each of {n_users:,} users, "
            f"and at most half of the {n_users * n_movies:,} pairs"
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    # ids have gaps, as GroupLens' movies do
    movie_ids = np.sort(rng.permutation(np.arange(1, 4 * n_movies))[:n_movies])
    _write(folder / "movies.csv", _titles(movie_ids, rng))
    counts = _counts(n_users, n_movies, n_ratings, rng)
    movies = _movies_of_users(counts, _slots(n_movies, rng), n_movies, seed)
    stars = rng.choice(len(STARS), n_ratings, p=SHARES / SHARES.sum())
    columns = {
        "userId": np.repeat(np.arange(1, n_users + 1), counts),
        "movieId": movie_ids[movies],
        "rating": pa.array([str(star) for star in STARS]).take(pa.array(stars)),
        "timestamp": _timestamps(counts, rng),
    }
    _write(folder / "ratings.csv", columns, quoting="none")


def _counts(n_users, n_movies, n_ratings, rng):
    """Ratings of each user: at least 20 where they suffice, and a lognormal tail."""
    least = min(20, n_ratings // n_users)
    tail = rng.lognormal(0, 1.38, n_users)
    tail *= (n_ratings - least * n_users) / tail.sum()
    counts = np.minimum(least + tail.astype(np.int64), n_movies // 2)
    while missing := n_ratings - counts.sum():  # what rounding and the cap left over
        open_users = np.flatnonzero(counts < n_movies // 2 + 1)
        counts[rng.permutation(open_users)[:missing]] += 1
    return counts


def _slots(n_movies, rng):
    """Movie numbers, each as often as it is popular (lognormal) and at least once."""
    popularity = rng.lognormal(0, 2.9, n_movies)
    shares = np.ceil(64 * n_movies * popularity / popularity.sum()).astype(np.int64)
    return np.repeat(np.arange(n_movies, dtype=np.int32), shares)


@njit
def _movies_of_users(counts, slots, n_movies, seed):
    """Draw each user's movies, none twice; the first is the user's own number, so all occur."""
    np.random.seed(seed)
    movies = np.empty(counts.sum(), np.int32)
    last_user = np.full(n_movies, -1)
    row = 0
    for user, count in enumerate(counts):
        movie = user % n_movies
        for _ in range(count):
            while last_user[movie] == user:
                movie = slots[int(np.random.random() * len(slots))]
            last_user[movie] = user
            movies[row] = movie
            row += 1
    return movies


def _titles(movie_ids, rng):
    years = rng.integers(1920, 2020, len(movie_ids))
    genres = rng.integers(0, len(GENRES), (2, len(movie_ids)))
    titles = [f"Film {i}, The ({year})" for i, year in zip(movie_ids, years, strict=True)]
    both = ["|".join(dict.fromkeys((GENRES[a], GENRES[b]))) for a, b in genres.T]
    return {"movieId": movie_ids, "title": titles, "genres": both}


def _timestamps(counts, rng):
    """Seconds since 1970: an evening for each user, the ratings within some hours of it."""
    evenings = rng.integers(1_000_000_000, 1_500_000_000, len(counts))
    return np.repeat(evenings, counts) + rng.integers(0, 10_000, counts.sum())


def _write(path, columns, quoting="needed"):
    how = csv.WriteOptions(quoting_style=quoting, quoting_header="none")
    csv.write_csv(pa.table(columns), path, how)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    write_folder(sys.argv[1])
    print(f"{N_RATINGS:,} ratings of {N_MOVIES:,} movies by {N_USERS:,} users in {sys.argv[1]}")


if __name__ == "__main__":
    main()
