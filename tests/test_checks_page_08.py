"""Page 08's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, Ridge

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

LIST, PERSON, OWN = (
    checks.check_best_unseen, checks.check_new_person, checks.check_will_watch
)  # fmt: skip

# ---------------------------------------------------------------- the n best unseen movies


def best_unseen(scores, seen, n, mask=-np.inf):
    masked = np.array(scores, dtype=float)
    masked[seen] = mask
    return np.argsort(-masked)[:n]


def by_loop(scores, seen, n):
    unseen = [code for code in range(len(scores)) if code not in seen]
    return sorted(unseen, key=lambda code: -scores[code])[:n]


def best_code_last_among_ties(scores, seen, n):
    order = np.argsort(scores, kind="stable")[::-1]
    return order[~np.isin(order, seen)][:n]


def partitioned(scores, seen, n, then_sort=False):
    masked = np.where(np.isin(np.arange(len(scores)), seen), -np.inf, scores)
    best = np.argpartition(-masked, n)[:n]
    return best[np.argsort(-masked[best])] if then_sort else best


def in_place(scores, seen, n):
    scores[seen] = -np.inf
    return np.argsort(-scores)[:n]


def found_again(scores, seen, n):
    """The place of each score: the same one for two movies of the same score."""
    return [scores.tolist().index(score) for score in scores[best_unseen(scores, seen, n)]]


def masked_by_score(scores, seen, n):
    return np.argsort(-np.where(np.isin(scores, scores[seen]), -np.inf, scores))[:n]


RIGHT_LISTS = [
    best_unseen,
    by_loop,
    best_code_last_among_ties,
    lambda s, seen, n: partitioned(s, seen, n, then_sort=True),
    lambda s, seen, n: best_unseen(s, seen, n).tolist(),
    lambda s, seen, n: best_unseen(s, seen, n, mask=np.nan),  # NaN is sorted to the end
]
WRONG_LISTS = [
    (lambda s, seen, n: np.argsort(s)[:n], "*worst* ones"),
    (lambda s, seen, n: best_unseen(-s, seen, n), "worst of the unseen"),
    (lambda s, seen, n: best_unseen(s, seen, n, mask=0), "0 is no mask"),
    (lambda s, seen, n: best_unseen(s, seen, n, mask=-999), "is your mask -inf"),
    (lambda s, seen, n: best_unseen(s, seen, n, mask=min(s)), "beside all scores"),
    (lambda s, seen, n: np.argsort(-s)[:n], "mask their scores"),
    (partitioned, "argpartition"),
    (lambda s, seen, n: np.sort(best_unseen(s, seen, n)), "the right movies in the wrong order"),
    (in_place, "changed something that it was given"),
    (lambda s, seen, n: np.argsort(-np.delete(s, seen))[:n], "codes are lost"),
    (lambda s, seen, n: [code for code in np.argsort(-s)[:n] if code not in seen], "cut before"),
    (lambda s, seen, n: s[best_unseen(s, seen, n)], "these are scores"),
    (lambda s, seen, n: best_unseen(s, seen, n + 2), "should have shape (4,), yours has (6,)"),
    (lambda s, seen, n: best_unseen(s, seen, 4), "should have shape (2,), yours has (4,)"),
    (found_again, "beside all scores"),
    (masked_by_score, "beside all scores"),
]

# ---------------------------------------------------------------- a new person


def new_person(Q, rated, stars, lam, brake=None):
    brake = lam * len(rated) if brake is None else brake
    rows = Q[rated]
    return np.linalg.solve(rows.T @ rows + brake * np.eye(Q.shape[1]), rows.T @ stars)


def by_optimizer(Q, rated, stars, lam):
    def loss(p):
        return np.sum((stars - Q[rated] @ p) ** 2) + lam * len(rated) * p @ p

    return minimize(loss, np.zeros(Q.shape[1]), method="BFGS", options={"gtol": 1e-9}).x


def with_ones(Q, rated, stars, brake):
    rows = np.column_stack([np.ones(len(rated)), Q[rated]])
    return np.linalg.solve(rows.T @ rows + brake * np.eye(rows.shape[1]), rows.T @ stars)


def blanks_as_zero(Q, rated, stars, lam):
    filled = np.zeros(len(Q))
    filled[rated] = stars
    return new_person(Q, np.arange(len(Q)), filled, lam, lam * len(rated))


def wrong_side(Q, rated, stars, lam):
    n = len(rated)
    return np.linalg.solve(Q[rated] @ Q[rated].T + lam * n * np.eye(n), stars)


RIGHT_PEOPLE = [
    new_person,
    by_optimizer,
    lambda Q, i, r, lam: Ridge(alpha=lam * len(i), fit_intercept=False).fit(Q[i], r).coef_,
    lambda Q, i, r, lam: Q[i].T @ wrong_side(Q, i, r, lam),  # the same, from n×n
]
WRONG_PEOPLE = [
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, lam), "once per rating"),
    (lambda Q, i, r, lam: np.linalg.lstsq(Q[i], r)[0], "brake is missing"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, lam * len(Q)), "*all* movies"),
    (lambda Q, i, r, lam: new_person(Q, i, r, 2 * lam), "factor 2"),
    (lambda Q, i, r, lam: new_person(Q, np.sort(i), r, lam), "order of `rated`"),
    (lambda Q, i, r, lam: new_person(Q, i, r, 3 / len(i)), "your brake is 3 in all"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, 1.0), "without the column of ones"),
    (lambda Q, i, r, lam: Q @ new_person(Q, i, r, lam), "return the person's k factors"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam)[:, None], "the numbers are right"),
    (lambda Q, i, r, lam: (new_person(Q, i, r, lam), 0.1), "give back the factors alone"),
    (lambda Q, i, r, lam: with_ones(Q, i, r - 3.5, 3), "is a column of ones"),
    (lambda Q, i, r, lam: with_ones(Q, i, r, lam * len(i))[1:], "kept the column of ones"),
    (lambda Q, i, r, lam: Ridge(alpha=lam * len(i)).fit(Q[i], r).coef_, "fit_intercept=False"),
    (lambda Q, i, r, lam: LinearRegression().fit(Q[i], r).coef_, "fit_intercept=False"),
    (blanks_as_zero, "blank is not zero"),
    (wrong_side, "k×k"),
]

# ---------------------------------------------------------------- films of one's own


def will_watch(directions, watched, n):
    row = np.isin(np.arange(directions.shape[1]), watched).astype(float)
    scores = row @ directions.T @ directions
    scores[watched] = -np.inf
    return np.argsort(-scores)[:n]


def by_counting(directions, watched, n):
    likeness = directions.T @ directions  # film by film
    totals = {
        film: sum(likeness[film, other] for other in watched)
        for film in range(len(likeness))
        if film not in watched
    }
    return sorted(totals, key=totals.get, reverse=True)[:n]


def unmasked(directions, watched, n):
    return np.argsort(-(directions[:, watched].sum(axis=1) @ directions))[:n]


def one_film(directions, watched, n):
    return will_watch(directions, watched[:1], n + len(watched))[:n]


RIGHT_OWN = [
    will_watch,
    by_counting,
    lambda d, w, n: will_watch(d, w, n).tolist(),
    lambda d, w, n: will_watch(2 * d, w, n),  # twice the scores, the same order
]
WRONG_OWN = [
    (unmasked, "mask their scores"),
    (lambda d, w, n: unmasked(d, w, n + len(w))[::-1][:n], "beside all scores"),
    (one_film, "beside all scores"),
    (lambda d, w, n: np.argsort(-(d[:, w].T @ d))[:, :n], "one row a watched film"),
    (lambda d, w, n: d[:, w].sum(axis=1), "one more product"),
    (lambda d, w, n: will_watch(d, np.arange(len(w)), n), "beside all scores"),
    (lambda d, w, n: np.argsort(-d[0])[:n], "beside all scores"),
    (lambda d, w, n: will_watch(d, w, n)[::-1], "turn it round"),
    (lambda d, w, n: will_watch(d, w, n + 1), "should have shape"),
]


@pytest.mark.parametrize(
    "films, hint",
    [
        ([], "at least 5"),
        ([1, 2, 3, 4], "at least 5"),
        ([1, 2, 3, 4, 4], "twice"),
        ([1, 2, 3, 4, -1], "whole numbers from 0"),
        ([1, 2, 3, 4, 5.5], "whole numbers from 0"),
        (["Alien", "Big", "Babe", "Heat", "Fargo"], "my_films"),
    ],
)
def test_films_of_ones_own_are_asked_for(films, hint):
    assert_refused(checks.check_will_watch, will_watch, films, hint)


@pytest.mark.parametrize("films", [[5, 1, 9, 12, 30], np.arange(7), (2, 3, 5, 7, 11)])
def test_own_films_pass(films):
    assert_passes(checks.check_will_watch, will_watch, films)


NESTED_RIGHT = [(LIST, RIGHT_LISTS), (PERSON, RIGHT_PEOPLE), (OWN, RIGHT_OWN)]
RIGHT = [(check, answer) for check, answers in NESTED_RIGHT for answer in answers]
NESTED_WRONG = [(LIST, WRONG_LISTS), (PERSON, WRONG_PEOPLE), (OWN, WRONG_OWN)]
WRONG = [(check, *answer) for check, answers in NESTED_WRONG for answer in answers]
