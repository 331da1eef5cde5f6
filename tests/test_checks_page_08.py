"""Page 08's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, Ridge

from mfhelpers import checks

LIST, PERSON, OWN = checks.check_best_unseen, checks.check_new_person, checks.check_will_watch


def best_unseen(scores, seen, n, mask=-np.inf):
    masked = np.array(scores, dtype=float)
    masked[seen] = mask
    return np.argsort(-masked)[:n]


def by_loop(scores, seen, n):
    unseen = [code for code in range(len(scores)) if code not in seen]
    return sorted(unseen, key=lambda code: -scores[code])[:n]


def partitioned(scores, seen, n, then_sort=False):
    masked = np.where(np.isin(np.arange(len(scores)), seen), -np.inf, scores)
    best = np.argpartition(-masked, n)[:n]
    return best[np.argsort(-masked[best])] if then_sort else best


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


def wrong_side(Q, rated, stars, lam):
    n = len(rated)
    return np.linalg.solve(Q[rated] @ Q[rated].T + lam * n * np.eye(n), stars)


def will_watch(directions, watched, n):
    row = np.isin(np.arange(directions.shape[1]), watched).astype(float)
    scores = row @ directions.T @ directions
    scores[watched] = -np.inf
    return np.argsort(-scores)[:n]


def by_counting(directions, watched, n):
    likeness = directions.T @ directions  # movie by movie
    totals = {
        movie: sum(likeness[movie, other] for other in watched)
        for movie in range(len(likeness))
        if movie not in watched
    }
    return sorted(totals, key=totals.get, reverse=True)[:n]


RIGHT = {
    LIST: [
        by_loop,
        lambda s, seen, n: partitioned(s, seen, n, then_sort=True),
        lambda s, seen, n: best_unseen(s, seen, n, mask=np.nan),  # NaN is sorted to the end
    ],
    PERSON: [
        by_optimizer,
        lambda Q, i, r, lam: Ridge(alpha=lam * len(i), fit_intercept=False).fit(Q[i], r).coef_,
        lambda Q, i, r, lam: Q[i].T @ wrong_side(Q, i, r, lam),  # the same, from n×n
    ],
    OWN: [
        by_counting,
        (will_watch, [5, 1, 9, 12, 30]),
        lambda d, w, n: will_watch(2 * d, w, n),
    ],  # twice the scores, same order
}
WRONG = {
    LIST: [
        (lambda s, seen, n: np.argsort(s)[:n], "*worst* ones"),
        (lambda s, seen, n: best_unseen(s, seen, n, mask=0), "0 is no mask"),
        (lambda s, seen, n: best_unseen(s, seen, n, mask=min(s)), "beside all scores"),
        (lambda s, seen, n: np.argsort(-s)[:n], "mask their scores"),
        (partitioned, "argpartition"),
        (lambda s, seen, n: np.argsort(-np.delete(s, seen))[:n], "whose codes are lost"),
    ],
    PERSON: [
        (lambda Q, i, r, lam: new_person(Q, i, r, lam, lam), "once a rating"),
        (lambda Q, i, r, lam: np.linalg.lstsq(Q[i], r)[0], "brake is missing"),
        (lambda Q, i, r, lam: new_person(Q, np.sort(i), r, lam), "order of `rated`"),
        (lambda Q, i, r, lam: new_person(Q, i, r, -lam), "`regularization` had the other sign"),
        (lambda Q, i, r, lam: new_person(Q, i, r, lam, 1.0), "without the column of ones"),
        (lambda Q, i, r, lam: Q @ new_person(Q, i, r, lam), "return the person's k factors"),
        (lambda Q, i, r, lam: with_ones(Q, i, r - 3.5, 3), "is a column of ones"),
        (lambda Q, i, r, lam: with_ones(Q, i, r, lam * len(i))[1:], "kept the column of ones"),
        (lambda Q, i, r, lam: LinearRegression().fit(Q[i], r).coef_, "fit_intercept=False"),
        (wrong_side, "k×k"),
    ],
    OWN: [
        (lambda d, w, n: np.argsort(-(d[:, w].sum(axis=1) @ d))[:n], "mask their scores"),
        (lambda d, w, n: np.argsort(-(d[:, w].T @ d))[:, :n], "one row a watched movie"),
        (lambda d, w, n: d[:, w].sum(axis=1), "one more product"),
        (lambda d, w, n: will_watch(d, w, n)[::-1], "turn it round"),
        ((will_watch, [1, 2, 3, 4]), "at least 5"),
        ((will_watch, [1, 2, 3, 4, 4]), "twice"),
        ((will_watch, [1, 2, 3, 4, -1]), "whole numbers from 0"),
        ((will_watch, ["Alien", "Big", "Babe", "Heat", "Fargo"]), "my_movies"),
    ],
}
