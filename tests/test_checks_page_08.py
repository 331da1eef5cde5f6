"""Page 08's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, Ridge

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

LIST, PERSON, RECALL = (
    checks.check_best_unseen, checks.check_new_person, checks.check_recall_at_k
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

# ---------------------------------------------------------------- recall at k


def found(ranked, relevant):
    return sum(code in relevant for code in ranked)


def recall_at_k(ranked, relevant, k):
    return found(ranked[:k], relevant) / len(relevant)


RIGHT_RECALLS = [
    recall_at_k,
    lambda ranked, relevant, k: np.isin(relevant, ranked[:k]).mean(),
    lambda ranked, relevant, k: len(np.intersect1d(ranked[:k], relevant)) / relevant.size,
]
WRONG_RECALLS = [
    (lambda r, rel, k: np.isin(r[:k], rel).mean(), "precision"),
    (lambda r, rel, k: recall_at_k(r, rel, len(r)), "was not cut"),
    (lambda r, rel, k: found(r[:k], rel) / len(rel[:k]), "whichever is smaller"),
    (lambda r, rel, k: np.mean([code not in r[:k] for code in rel]), "*missed*"),
    (lambda r, rel, k: recall_at_k(r[::-1], rel, k), "took the last k"),
    (lambda r, rel, k: found(r, rel[:k]) / len(rel), "you cut `relevant` at k. Only"),
    (lambda r, rel, k: recall_at_k(r, rel, k + 1), "place k + 1"),
    (lambda r, rel, k: found(range(k), rel) / len(rel), "compared with codes"),
    (lambda r, rel, k: recall_at_k(r, rel, k) * len(rel) ** 2, "never above 1"),
    (lambda rel, r, k: recall_at_k(r, rel, k), "takes ranked for relevant"),
]
RIGHT = [(LIST, RIGHT_LISTS), (PERSON, RIGHT_PEOPLE), (RECALL, RIGHT_RECALLS)]
WRONG = [(LIST, WRONG_LISTS), (PERSON, WRONG_PEOPLE), (RECALL, WRONG_RECALLS)]


@pytest.mark.parametrize("check, answer", [(c, a) for c, answers in RIGHT for a in answers])
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", [(c, *a) for c, answers in WRONG for a in answers])
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)
