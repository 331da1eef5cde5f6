"""Page 08's checkers: the solution passes, each typical mistake gets its own hint."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from mfhelpers import checks
from tests.checking import assert_passes, assert_refused

# --- the n best unseen movies -------------------------------------------------------------------


def best_unseen(scores, seen, n, mask=-np.inf):
    masked = np.array(scores, dtype=float)
    masked[seen] = mask
    return np.argsort(-masked, kind="stable")[:n]


def partitioned(scores, seen, n):
    masked = np.array(scores, dtype=float)
    masked[seen] = -np.inf
    return np.sort(np.argpartition(-masked, n - 1)[:n])


def in_place(scores, seen, n):
    scores[seen] = -np.inf
    return np.argsort(-scores)[:n]


def deleted(scores, seen, n):
    return np.argsort(-np.delete(scores, seen))[:n]


def cut_first(scores, seen, n):
    return [code for code in np.argsort(-scores)[:n] if code not in seen]


def with_codes_kept(scores, seen, n):
    unseen = [code for code in range(len(scores)) if code not in seen]
    return sorted(unseen, key=lambda code: -scores[code])[:n]


def test_lists_that_are_right_pass():
    assert_passes(checks.check_best_unseen, best_unseen)
    assert_passes(checks.check_best_unseen, with_codes_kept)
    assert_passes(checks.check_best_unseen, lambda s, seen, n: best_unseen(s, seen, n).tolist())


WRONG_LISTS = [
    (lambda s, seen, n: np.argsort(s)[:n], "*worst* ones"),
    (lambda s, seen, n: np.argsort(-best_scores(s, seen, -np.inf) * -1)[:n], "at their head"),
    (lambda s, seen, n: np.argsort(best_scores(s, seen, np.inf))[:n], "worst of the unseen"),
    (lambda s, seen, n: best_unseen(s, seen, n, mask=0), "0 is no mask"),
    (lambda s, seen, n: np.argsort(-s)[:n], "mask their scores"),
    (partitioned, "argpartition"),
    (in_place, "changed an array"),
    (deleted, "codes are lost"),
    (lambda s, seen, n: best_unseen(s, seen, n)[::-1], "turn it round"),
    (lambda s, seen, n: s[best_unseen(s, seen, n)], "these are scores"),
    (lambda s, seen, n: best_unseen(s, seen, len(s)), "keep the first n"),
    (lambda s, seen, n: best_unseen(s, seen, len(s) - len(seen)), "keep the first n"),
    (lambda s, seen, n: best_unseen(s, seen, n - 1), "one too few"),
    (cut_first, "you cut before you masked"),
    (lambda s, seen, n: best_unseen(s, seen, n + 1)[1:], "begin at 1"),
    (lambda s, seen, n: best_unseen(s, seen, n + 2), "codes were asked for"),
    (lambda s, seen, n: best_unseen(s, seen, n, mask=-1000), "is your mask -inf"),
    (lambda s, seen, n: best_unseen(s, seen, 4), "does n count"),
    (lambda s, seen, n: [1, 3, 4, 6], "not these movies"),
]


def best_scores(scores, seen, mask):
    masked = np.array(scores, dtype=float)
    masked[seen] = mask
    return masked


@pytest.mark.parametrize("wrong, phrase", WRONG_LISTS)
def test_wrong_lists(wrong, phrase):
    assert_refused(checks.check_best_unseen, wrong, phrase)


# --- a new person -------------------------------------------------------------------------------


def new_person(Q, rated, stars, lam, penalty=None, rows=None):
    rows = Q[rated] if rows is None else rows
    penalty = lam * len(rated) if penalty is None else penalty
    return np.linalg.solve(rows.T @ rows + penalty * np.eye(Q.shape[1]), rows.T @ stars)


def by_ridge(Q, rated, stars, lam):
    return Ridge(alpha=lam * len(rated), fit_intercept=False).fit(Q[rated], stars).coef_


def on_the_page(Q, rated, stars, penalty, bias_last=False):
    """The page's system with its column of ones: the bias and the factors."""
    parts = [np.ones((len(rated), 1)), Q[rated]]
    rows = np.hstack(parts[::-1] if bias_last else parts)
    return np.linalg.solve(rows.T @ rows + penalty * np.eye(rows.shape[1]), rows.T @ stars)


def with_intercept(Q, rated, stars, lam):
    return Ridge(alpha=lam * len(rated)).fit(Q[rated], stars)


def both_of_ridge(Q, rated, stars, lam):
    fitted = with_intercept(Q, rated, stars, lam)
    return np.append(fitted.intercept_, fitted.coef_)


def blanks_as_zero(Q, rated, stars, lam):
    filled = np.zeros(len(Q))
    filled[rated] = stars
    return np.linalg.solve(Q.T @ Q + lam * len(rated) * np.eye(2), Q.T @ filled)


def all_rows_left(Q, rated, stars, lam):
    return np.linalg.solve(Q.T @ Q + lam * len(rated) * np.eye(2), Q[rated].T @ stars)


def brake_everywhere(Q, rated, stars, lam):
    rows = Q[rated]
    return np.linalg.solve(rows.T @ rows + lam * len(rated), rows.T @ stars)


def not_solved(Q, rated, stars, lam):
    rows = Q[rated]
    return (rows.T @ rows + lam * len(rated) * np.eye(2)) @ (rows.T @ stars)


def wrong_side(Q, rated, stars, lam):
    rows = Q[rated]
    return np.linalg.solve(rows @ rows.T + lam * len(rated) * np.eye(len(rated)), stars)


def test_people_that_are_right_pass():
    assert_passes(checks.check_new_person, new_person)
    assert_passes(checks.check_new_person, by_ridge)


WRONG_PEOPLE = [
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, penalty=lam), "once per rating"),
    (lambda Q, i, r, lam: new_person(Q, i, r, 0), "brake is missing"),
    (lambda Q, i, r, lam: new_person(Q, i, r, -lam), "wrong sign"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, penalty=lam * len(Q)), "*all* movies"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, penalty=lam * 2), "lambda times k"),
    (lambda Q, i, r, lam: new_person(Q, i, r, 2 * lam), "factor 2"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, rows=Q[np.sort(i)]), "order of `rated`"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, rows=Q[: len(i)]), "first rows of Q"),
    (lambda Q, i, r, lam: new_person(Q, i, r - r.mean(), lam), "took the mean"),
    (brake_everywhere, "every cell"),
    (all_rows_left, "all rows of Q are"),
    (blanks_as_zero, "blank is not zero"),
    (not_solved, "*solved*"),
    (lambda Q, i, r, lam: Q[i].T @ r, "right-hand side"),
    (wrong_side, "k×k"),
    (lambda Q, i, r, lam: Q @ new_person(Q, i, r, lam), "return the person's k factors"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam)[:, None], "the right numbers in shape"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam, penalty=1.0), "is a number written in"),
    (lambda Q, i, r, lam: np.array([0.0, 0.0]), "not these factors"),
    (lambda Q, i, r, lam: np.zeros(3), "is a column of ones left?"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r - 3.5, 3), "is a column of ones left?"),
    (lambda Q, i, r, lam: np.zeros(4), "k = 2 numbers"),
    (lambda Q, i, r, lam: new_person(Q, i, r, lam / 2), "not these factors"),
    (lambda Q, i, r, lam: LinearRegression().fit(Q[i], r).coef_, "not these factors"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r, lam * len(i)), "kept the column of ones"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r, lam * len(i), True), "kept the column of ones"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r, lam * len(i))[1:], "kept the column of ones"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r, lam * len(i), True)[:-1], "the column of ones"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r, 3), "kept the column of ones"),
    (lambda Q, i, r, lam: on_the_page(Q, i, r, lam)[1:], "kept the column of ones"),
    (lambda Q, i, r, lam: with_intercept(Q, i, r, lam).coef_, "fit_intercept=False"),
    (lambda Q, i, r, lam: with_intercept(Q, i, r, lam / len(i)).coef_, "fit_intercept=False"),
    (both_of_ridge, "fit_intercept=False"),
    (
        lambda Q, i, r, lam: new_person(Q, i, r, lam, penalty=3),
        "λ counts once per rating here: regularization times the number of ratings",
    ),
    (
        lambda Q, i, r, lam: new_person(Q, i, r, 3 / len(i)),
        "λ counts once per rating here: regularization times the number of ratings",
    ),
]


@pytest.mark.parametrize("wrong, phrase", WRONG_PEOPLE)
def test_wrong_people(wrong, phrase):
    assert_refused(checks.check_new_person, wrong, phrase)


# --- recall at k --------------------------------------------------------------------------------


def hits(ranked, relevant):
    return len(set(np.asarray(ranked).tolist()) & set(np.asarray(relevant).tolist()))


def recall_at_k(ranked, relevant, k):
    return hits(ranked[:k], relevant) / len(relevant)


def places(ranked, relevant, k):
    return sum(place in relevant for place in range(k)) / len(relevant)


def test_recalls_that_are_right_pass():
    assert_passes(checks.check_recall_at_k, recall_at_k)
    assert_passes(
        checks.check_recall_at_k, lambda ranked, relevant, k: np.isin(relevant, ranked[:k]).mean()
    )


WRONG_RECALLS = [
    (lambda r, rel, k: hits(r[:k], rel) / k, "precision"),
    (lambda r, rel, k: hits(r, rel) / len(rel), "was not cut"),
    (lambda r, rel, k: hits(r[:k], rel), "number of hits"),
    (lambda r, rel, k: hits(r[:k], rel) / len(r), "length of the list"),
    (lambda r, rel, k: float(hits(r[:k], rel) > 0), "hit rate"),
    (lambda r, rel, k: 1 - recall_at_k(r, rel, k), "*missed*"),
    (lambda r, rel, k: hits(r[:k], rel) / hits(r, rel), "in the whole list"),
    (lambda r, rel, k: hits(r[-k:], rel) / len(rel), "took the last k"),
    (lambda r, rel, k: hits(r[:k], rel[:k]) / len(rel), "you cut `relevant` at k. Only"),
    (lambda r, rel, k: hits(r, rel[:k]) / len(rel), "you cut `relevant` at k. Only"),
    (lambda r, rel, k: hits(r[:k], rel[:k]) / len(rel[:k]), "and divide by k"),
    (lambda r, rel, k: hits(r[:k], rel) / len(rel[:k]), "precision"),
    (lambda r, rel, k: hits(r[:k], rel[:k]) / k, "and divide by k"),
    (lambda r, rel, k: hits(r[1:k], rel) / len(rel), "begin at 1"),
    (lambda r, rel, k: hits(r[1 : k + 1], rel) / len(rel), "begin at 1"),
    (lambda r, rel, k: hits(r[: k - 1], rel) / len(rel), "one too early"),
    (lambda r, rel, k: hits(r[: k + 1], rel) / len(rel), "place k + 1"),
    (lambda r, rel, k: hits(r[:k], rel) / max(k + 1, len(rel)), "what do you divide by"),
    (places, "compared with codes"),
    (lambda r, rel, k: hits(r[:k], rel) * len(rel), "never above 1"),
    (lambda r, rel, k: 0.123, "count by hand"),
]


@pytest.mark.parametrize("wrong, phrase", WRONG_RECALLS)
def test_wrong_recalls(wrong, phrase):
    assert_refused(checks.check_recall_at_k, wrong, phrase)
