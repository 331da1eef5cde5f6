"""The bug hunts of pages 03, 05 and 06: the bug is there, the curve hides it, the fix works.

The loops are the pages' own: the stub has the bug, the folded solution has not.
"""

from functools import cache

import numpy as np
import pytest
from numba import njit
from sklearn.model_selection import train_test_split

from mfhelpers import checks, load_ratings, remap_ids
from tests.checking import assert_passes, assert_refused
from tests.pages import exercises, find_pages
from tests.test_solutions import without_checks
from tools.paths import REAL_RATINGS

HUNTS = {e.checks[0]: e for page in find_pages() for e in exercises(page) if "bug" in e.checks[0]}
SOURCES = ["generated", *([REAL_RATINGS] if REAL_RATINGS.is_file() else [])]
SEEDS = (0, 1, 2)


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: str(source)[-15:])
def split(request):
    """Training and test columns (users, movies, stars), and the numbers of users and movies."""
    coded, user_ids, movie_ids = remap_ids(load_ratings(source=request.param))
    parts = train_test_split(coded, test_size=0.2, random_state=10)
    names = ["user_id", "movie_id", "user_rating"]
    columns = [[part[name].to_numpy() for name in names] for part in parts]
    return *columns, (len(user_ids), len(movie_ids))


@cache
def suspects(name):
    """Return the function with the bug and the mended one, as the page has them."""
    found = []
    for code in (HUNTS[name].stub, HUNTS[name].solution_code):
        names = {"np": np}
        exec(without_checks(code), names)
        found.append(names["suspect"])
    return found


@cache
def compiled(name, kind=njit):
    """Return both of them, compiled once for both sources of ratings."""
    return [kind(suspect) for suspect in suspects(name)]


def starts(sizes, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 0.1, (size, 10)) for size in sizes]


def rmse(P, Q, columns):
    users, movies, stars = columns
    return np.sqrt(np.mean((stars - (P[users] * Q[movies]).sum(axis=1)) ** 2))


def test_03_the_curve_is_right_and_the_predictions_are_not(split):
    train, test, sizes = split
    broken, mended = compiled("check_bug_03")
    for seed in SEEDS:
        *bad, its_curve = broken(*train, *starts(sizes, seed), 20, 0.01, 0.1)
        *good, our_curve = mended(*train, *starts(sizes, seed), 20, 0.01, 0.1)
        assert np.abs(its_curve - our_curve)[8:].max() < 0.02
        assert rmse(*bad, train) > its_curve[-1] + 0.3, "bad even where it has learned"
        assert rmse(*bad, test) > rmse(*good, test) + 0.2
        assert rmse(*good, train) < our_curve[-1]


def epoch_with(update):
    """Compile one epoch with an update: it moves P and Q, and returns the running RMSE."""
    update = njit(update)

    @njit
    def epoch(users, movies, ratings, P, Q):
        squares = 0.0
        for row in range(len(ratings)):
            p, q, error = P[users[row]], Q[movies[row]], ratings[row]
            for f in range(len(p)):
                error -= p[f] * q[f]
            squares += error**2
            new_p, new_q = update(p, q, ratings[row], 0.01, 0.1)
            for f in range(len(p)):  # assignments to whole rows take seconds to compile
                p[f], q[f] = new_p[f], new_q[f]
        return np.sqrt(squares / len(ratings))

    return epoch


def trained(epoch, train, P, Q):
    """Twenty epochs: the factors, and the running RMSE of each epoch."""
    return P, Q, np.array([epoch(*train, P, Q) for _ in range(20)])


def gaps(update, rate):
    """The relative gaps of p's and q's half to the loss's slopes, by central differences."""
    p, q, rating, lam, h = np.array([0.3, -0.2]), np.array([0.5, 0.4]), 4.0, 0.1, 1e-5

    def loss(x):
        return ((rating - x[:2] @ x[2:]) ** 2 + lam * x @ x) / 2

    here = np.concatenate([p, q])
    slopes = np.array([loss(here + d) - loss(here - d) for d in h * np.eye(4)]) / (2 * h)
    believed = (here - np.concatenate(update(p, q, rating, rate, lam))) / rate
    ends = np.split(believed - slopes, 2), np.split(slopes, 2)
    return [np.linalg.norm(gap) / np.linalg.norm(slope) for gap, slope in zip(*ends, strict=True)]


def test_05_the_curve_rewards_the_bug_and_the_check_finds_it(split):
    train, test, sizes = split
    broken, mended = compiled("check_bug_05", epoch_with)
    for seed in SEEDS:
        *bad, its_curve = trained(broken, train, *starts(sizes, seed))
        *good, our_curve = trained(mended, train, *starts(sizes, seed))
        assert (np.diff(its_curve) < 0).all() and its_curve[-1] < our_curve[-1] - 0.03
        assert rmse(*bad, test) > rmse(*good, test) + 0.01
    broken, mended = suspects("check_bug_05")
    for rate in (0.1, 0.01, 0.001):
        assert gaps(broken, rate)[0] < 1e-6 and gaps(broken, rate)[1] > 0.01, "stays, in q alone"
        assert max(gaps(mended, rate)) < 1e-6


def test_06_the_test_rmse_is_no_worse_and_the_zeros_are_few(split):
    train, test, sizes = split
    broken, mended = compiled("check_bug_06")
    for seed in SEEDS:
        bad = broken(*train, *starts(sizes, seed), 0.01, 0.1, 20)
        good = mended(*train, *starts(sizes, seed), 0.01, 0.1, 20)
        assert -0.02 < rmse(*bad, test) - rmse(*good, test) < 0.002
        tiny_gone = [np.where(np.abs(table) <= 0.001, 0, table) for table in bad]
        assert abs(rmse(*tiny_gone, test) - rmse(*bad, test)) < 1e-4
        assert max(np.mean(table == 0) for table in bad) < 0.25
        assert min(np.mean(table == 0) for table in good) > 0.65


# ---------------------------------------------------------------- the checkers


@pytest.mark.parametrize("name", HUNTS)
def test_the_bug_is_refused_and_the_fix_passes(name):
    broken, mended = suspects(name)
    assert_refused(getattr(checks, name), broken, "the bug is still there")
    assert_passes(getattr(checks, name), mended)


def loop_that_stops_early(users, movies, ratings, P, Q, n_epochs, eta, lam):
    P, Q = P.copy(), Q.copy()
    for u, i, r in zip(users, movies, ratings, strict=True):
        e = r - P[u] @ Q[i]
        P[u] += eta * (e * Q[i] - lam * P[u])
        Q[i] += eta * (e * P[u] - lam * Q[i])
    return P, Q, np.zeros(n_epochs)


def moves_q_alone(p, q, rating, rate, lam):
    return p, q + rate * ((rating - p @ q) * p - lam * q)


def brakes_by_both(p, q, rating, rate, lam):
    e = rating - p @ q
    return p + rate * (e * q - lam * p), q + rate * (e * p - lam * (p + q))


@pytest.mark.parametrize(
    "name, answer, hint",
    [
        ("check_bug_03", loop_that_stops_early, "one place only"),
        ("check_bug_03", lambda *a: suspects("check_bug_03")[1](*a)[:2], "give back 3 things"),
        ("check_bug_05", brakes_by_both, "one place only"),
        ("check_bug_05", moves_q_alone, "nothing has happened to it"),
        ("check_bug_06", lambda u, m, s, P, Q, *a: (P, Q), "nothing has happened to it"),
    ],
)  # fmt: skip
def test_other_wrong_mends_are_refused(name, answer, hint):
    assert_refused(getattr(checks, name), answer, hint)
