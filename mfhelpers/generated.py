"""Ratings made by NumPy that behave like MovieLens 1M, and the truth behind them.

Users and movies get true factors and biases. A user rates mostly what is popular and what the
user expects to like, and the stars are a noisy score cut into five. So the result of every
experiment of the course has the same order and rough size here as on real ratings, and one
thing more is known: the error that no model can beat.
"""

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from mfhelpers._numbers import check_number

N_USERS, N_MOVIES, N_RATINGS = 6_040, 3_706, 1_000_209
FIRST_WORLD = 3  # the random stream of seed 0: of sixteen tried, the most like MovieLens
FEWEST, MOST = 20, 2_314  # ratings of one user
LAST_MOVIE_ID = 3_952  # ids have gaps, as real ones do

N_FACTORS, FACTOR_DECAY = 12, 0.8**0.5  # so a factor's share of taste falls by .8 each
TASTE_STD, USER_BIAS_STD, MOVIE_BIAS_STD, NOISE_STD = 0.47, 0.43, 0.62, 0.82
POPULARITY_STD, LIKED_WHEN_POPULAR, CHOOSE_BY_TASTE = 1.45, 0.42, 0.9
ACTIVITY_LOG_MEAN, ACTIVITY_LOG_STD = 4.35, 1.12
STAR_SHARES = (0.0562, 0.1075, 0.2611, 0.3489, 0.2263)

# Share of the movies that carry each genre, and how many genres a movie has.
GENRE_SHARES = {
    "Action": 0.134, "Adventure": 0.076, "Animation": 0.028, "Children's": 0.067,
    "Comedy": 0.314, "Crime": 0.054, "Documentary": 0.030, "Drama": 0.403, "Fantasy": 0.018,
    "Film-Noir": 0.012, "Horror": 0.091, "Musical": 0.030, "Mystery": 0.028, "Romance": 0.124,
    "Sci-Fi": 0.074, "Thriller": 0.131, "War": 0.038, "Western": 0.018,
}  # fmt: skip
GENRE_COUNT_SHARES = (0.51, 0.35, 0.11, 0.03)

ADJECTIVES = """Amber Ancient Autumn Bitter Borrowed Broken Careful Crimson Crooked Distant
Electric Endless Faithful Fallen Fearless Forgotten Frozen Gentle Gilded Golden Hidden Hollow
Honest Idle Last Little Lonely Lucky Midnight Narrow Northern Patient Perfect Quiet Reckless
Restless Scarlet Second Secret Silent Silver Sleepless Stolen Stubborn Tender Unknown Velvet
Wandering Wayward Winter""".split()
NOUNS = """Accordion Alibi Atlas Balcony Bargain Beekeeper Boulevard Bridge Cabinet Captain
Carousel Carpenter Cellist Choir Circus Clockmaker Compass Confession Cousin Detective Diary
Engine Envelope Expedition Ferry Fiddler Gambler Garden Glacier Harbour Heiress Horizon Inn
Island Journey Judge Kingdom Ladder Lantern Letter Lighthouse Locksmith Lullaby Machine Map
Meadow Messenger Miller Mirror Orchard Orchestra Painter Parade Passenger Piano Pilot Postcard
Promise Rebellion Reunion River Saddle Sailor Satellite Shadow Signal Staircase Station Stranger
Summer Tailor Telegram Theatre Thunder Tower Trapeze Umbrella Valley Verdict Violin Voyage
Waltz Wedding Window""".split()


@dataclass(frozen=True, eq=False)
class GeneratedTruth:
    """What the generated ratings were made from. Scores have no unit; stars are cut from them.

    Attributes:
        user_ids, movie_ids: original ids (text); row r of the arrays below belongs to id r.
        user_factors, movie_factors: true factors, shapes (6040, 12) and (3706, 12).
        user_biases, movie_biases: true biases, in units of score.
        movie_titles, movie_genres: text, one for each movie.
        cuts: the four scores at which one more star is given.
        noise_std: standard deviation of the noise added to a score.
        floor: RMSE, in stars, of the true expected rating over all ratings.
    """

    user_ids: np.ndarray
    movie_ids: np.ndarray
    user_factors: np.ndarray
    movie_factors: np.ndarray
    user_biases: np.ndarray
    movie_biases: np.ndarray
    movie_titles: np.ndarray
    movie_genres: np.ndarray
    cuts: np.ndarray
    noise_std: float
    floor: float

    def expected_rating(self, user_ids, movie_ids):
        """Return the mean of the stars that these users would give these movies.

        Args:
            user_ids: original user ids, one or many.
            movie_ids: original movie ids, as many.

        Returns:
            Expected stars, float64, one for each pair.

        Raises:
            ValueError: an id that is not in the generated ratings, or lengths that differ.
        """
        users = _positions(self.user_ids, user_ids, "user_ids")
        movies = _positions(self.movie_ids, movie_ids, "movie_ids")
        if len(users) != len(movies):
            raise ValueError(
                f"user_ids and movie_ids must have the same length, got {len(users)} and "
                f"{len(movies)}"
            )
        biases = self.user_biases[users] + self.movie_biases[movies]
        scores = biases + _taste(self.user_factors, self.movie_factors, users, movies)
        return _expected_stars(scores, self.cuts, self.noise_std)


def generated_ratings(seed=0, rows=slice(None)):
    """Return one million MovieLens-like ratings, grouped by user, or some rows of them.

    Args:
        seed: whole number; another seed makes another world of users and movies.
        rows: slice or integer array of the rows wanted, in the order wanted.

    Returns:
        DataFrame of 1,000,209 rows, or those asked for, with user_id, movie_id (text),
        user_rating (1.0 to 5.0), movie_title and movie_genres (text). A fresh copy at each call.

    Raises:
        ValueError: a seed that is not a whole number of at least 0.
    """
    truth, users, movies, stars = _world(seed)
    users, movies = users[rows], movies[rows]
    columns = {
        "user_id": (truth.user_ids, users),
        "movie_id": (truth.movie_ids, movies),
        "user_rating": (None, stars[rows].astype(np.float64)),
        "movie_title": (truth.movie_titles, movies),
        "movie_genres": (truth.movie_genres, movies),
    }
    return pd.DataFrame(
        {
            name: values if texts is None else pd.Series(texts, dtype="str").array.take(values)
            for name, (texts, values) in columns.items()
        }
    )


def generated_truth(seed=0):
    """Return the factors, biases and floor that the generated ratings were made from."""
    return _world(seed)[0]


def _world(seed):
    """Return (truth, user codes, movie codes, stars) of a seed, made once."""
    check_number(seed, "seed", whole=True)
    return _make_world(int(seed))


@functools.lru_cache(maxsize=2)
def _make_world(seed):
    """Make users, movies and all ratings."""
    rng = np.random.default_rng(FIRST_WORLD + seed)
    genres = _draw_genres(rng)
    user_factors, movie_factors = _draw_factors(rng, genres)
    user_biases = rng.normal(0, USER_BIAS_STD, N_USERS)
    log_popularity = rng.normal(0, POPULARITY_STD, N_MOVIES)
    movie_biases = _draw_movie_biases(rng, log_popularity)
    counts = _draw_counts(rng)
    users, movies = _choose_movies(rng, user_factors, movie_factors, log_popularity, counts)

    scores = user_biases[users] + movie_biases[movies]
    scores += _taste(user_factors, movie_factors, users, movies)
    stars, cuts = _give_stars(rng, scores)
    expected = _expected_stars(scores, cuts, NOISE_STD)
    truth = GeneratedTruth(
        user_ids=_fixed(np.arange(1, N_USERS + 1).astype(str).astype(object)),
        movie_ids=_fixed(_draw_movie_ids(rng)),
        user_factors=_fixed(user_factors),
        movie_factors=_fixed(movie_factors),
        user_biases=_fixed(user_biases),
        movie_biases=_fixed(movie_biases),
        movie_titles=_fixed(_draw_titles(rng)),
        movie_genres=_fixed(_genre_texts(genres)),
        cuts=_fixed(cuts),
        noise_std=NOISE_STD,
        floor=float(np.sqrt(np.mean((stars - expected) ** 2))),
    )
    return truth, users, movies, stars


def _draw_genres(rng):
    """Draw which genres each movie has: booleans, (movies, 18), at least one in each row."""
    shares = np.array(list(GENRE_SHARES.values()))
    how_many = rng.choice(4, size=N_MOVIES, p=GENRE_COUNT_SHARES) + 1
    keys = np.log(shares) + rng.gumbel(size=(N_MOVIES, len(shares)))
    ranks = np.argsort(np.argsort(-keys, axis=1), axis=1)
    return ranks < how_many[:, None]


def _draw_factors(rng, genres):
    """Draw true factors: movies of one genre are alike, the first factors matter most."""
    weights = FACTOR_DECAY ** np.arange(N_FACTORS)
    weights /= np.sqrt(np.mean(weights**2))
    genre_vectors = rng.normal(size=(genres.shape[1], N_FACTORS))
    of_genres = genres @ genre_vectors / np.sqrt(genres.sum(axis=1, keepdims=True))
    movie_factors = (0.7 * of_genres + 0.7 * rng.normal(size=of_genres.shape)) * weights
    user_factors = rng.normal(size=(N_USERS, N_FACTORS)) * weights
    scale = np.sqrt(TASTE_STD / _std_of_product(user_factors, movie_factors))
    return user_factors * scale, movie_factors * scale


def _std_of_product(left, right):
    """Standard deviation over all cells of left @ right.T, without making the cells."""
    mean = left.mean(axis=0) @ right.mean(axis=0)
    mean_square = np.sum((left.T @ left) * (right.T @ right)) / (len(left) * len(right))
    return np.sqrt(mean_square - mean**2)


def _draw_movie_biases(rng, log_popularity):
    z = (log_popularity - log_popularity.mean()) / log_popularity.std()
    own = np.sqrt(1 - LIKED_WHEN_POPULAR**2) * rng.normal(size=N_MOVIES)
    return MOVIE_BIAS_STD * (LIKED_WHEN_POPULAR * z + own)


def _draw_counts(rng):
    """Draw how many movies each user rates: long-tailed, 1,000,209 in all."""
    extra = np.exp(rng.normal(ACTIVITY_LOG_MEAN, ACTIVITY_LOG_STD, N_USERS))
    scale = 1.0
    for _ in range(50):
        wished = np.minimum(FEWEST + scale * extra, MOST)
        scale *= (N_RATINGS - FEWEST * N_USERS) / (wished - FEWEST).sum()
    counts = np.floor(wished).astype(np.int64)
    by_remainder = np.argsort(counts - wished, kind="stable")
    counts[by_remainder[: N_RATINGS - counts.sum()]] += 1
    return counts


def _choose_movies(rng, user_factors, movie_factors, log_popularity, counts, chunk=512):
    """Let each user pick movies by popularity, taste and chance; return the two code columns."""
    movies = np.empty(N_RATINGS, dtype=np.int64)
    ends = np.cumsum(counts)
    for start in range(0, N_USERS, chunk):
        taste = user_factors[start : start + chunk] @ movie_factors.T
        chance = -np.log(rng.standard_exponential(taste.shape))
        keys = (log_popularity + CHOOSE_BY_TASTE * taste + chance).astype(np.float32)
        for key, count, end in zip(keys, counts[start:], ends[start:], strict=False):
            picked = np.sort(np.argpartition(key, -count)[-count:])
            movies[end - count : end] = rng.permutation(picked)
    _rate_the_unchosen(rng, movies)
    return np.repeat(np.arange(N_USERS), counts), movies


def _rate_the_unchosen(rng, movies):
    """Let a movie that nobody chose take one place of the most chosen one."""
    times_chosen = np.bincount(movies, minlength=N_MOVIES)
    unchosen = np.flatnonzero(times_chosen == 0)
    places = np.flatnonzero(movies == times_chosen.argmax())
    movies[rng.choice(places, size=len(unchosen), replace=False)] = unchosen


def _taste(user_factors, movie_factors, users, movies):
    return np.einsum("rf,rf->r", user_factors[users], movie_factors[movies])


def _give_stars(rng, scores):
    """Add noise and cut the scores so that each star gets its share."""
    noisy = scores + rng.normal(0, NOISE_STD, len(scores))
    cuts = np.quantile(noisy, np.cumsum(STAR_SHARES)[:-1])
    return 1 + np.searchsorted(cuts, noisy), cuts


def _expected_stars(scores, cuts, noise_std):
    """One star, and one more for each cut with the probability that the noisy score passes it."""
    return 1 + sum(ndtr((scores - cut) / noise_std) for cut in cuts)


def _draw_movie_ids(rng):
    ids = rng.choice(LAST_MOVIE_ID, size=N_MOVIES, replace=False) + 1
    return np.sort(ids).astype(str).astype(object)


def _draw_titles(rng):
    """Invent a title with a year for each movie, all different."""
    names = [f"The {adjective} {noun}" for adjective in ADJECTIVES for noun in NOUNS]
    names = np.array(names, dtype=object)[rng.permutation(len(names))[:N_MOVIES]]
    years = 2000 - np.minimum(rng.exponential(14, N_MOVIES), 80).astype(int)
    return np.array([f"{n} ({y})" for n, y in zip(names, years, strict=True)], dtype=object)


def _genre_texts(genres):
    names = np.array(list(GENRE_SHARES), dtype=object)
    return np.array(["|".join(names[row]) for row in genres], dtype=object)


def _fixed(array):
    """Make an array read-only: the truth is shared by everyone who asks for it."""
    array.setflags(write=False)
    return array


def _positions(ids, asked, argument):
    """Return the row of each id asked for."""
    asked = np.atleast_1d(np.asarray(asked, dtype=object))
    positions = pd.Index(ids).get_indexer(asked)
    if (positions < 0).any():
        wrong = asked[np.argmax(positions < 0)]
        raise ValueError(
            f"{argument}: {wrong!r} is not an id of the generated ratings (ids are text)"
        )
    return positions
