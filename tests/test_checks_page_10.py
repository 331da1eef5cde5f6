"""Page 10's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from mfhelpers import checks

SCORES, CODES, ROW = (
    checks.check_two_scores, checks.check_spark_codes, checks.check_implicit_row
)  # fmt: skip

# ---------------------------------------------------------------- two scores


def by_frame(rating, prediction, mean):
    frame = pd.DataFrame({"r": rating, "p": prediction})
    kept = frame.dropna()
    frame["p"] = frame["p"].fillna(mean)
    return tuple(root_mean_squared_error(one["r"], one["p"]) for one in (kept, frame))


def by_loop(rating, prediction, mean):
    known, everything = [], []
    for r, p in zip(rating, prediction, strict=True):
        if p == p:  # NaN is the only number that is not itself
            known.append((r - p) ** 2)
        everything.append((r - (p if p == p else mean)) ** 2)
    return [(sum(squares) / len(squares)) ** 0.5 for squares in (known, everything)]


def compared_with_nan(rating, prediction, mean):
    kept = prediction != np.nan  # true everywhere
    filled = np.where(prediction == np.nan, mean, prediction)
    pairs = (rating[kept], prediction[kept]), (rating, filled)
    return tuple(np.sqrt(np.mean((r - p) ** 2)) for r, p in pairs)


RIGHT_SCORES = [by_frame, by_loop]
WRONG_SCORES = [
    (compared_with_nan, "NaN equals nothing"),
    (lambda r, p, mean: by_frame(r, p, 0), "Nobody predicted 0"),
    (lambda r, p, mean: by_frame(r, np.nan_to_num(p), mean), "Nobody predicted 0"),
    (lambda r, p, mean: by_frame(r, p, r.mean()), "mean of the *training*"),
    (lambda r, p, mean: by_frame(r, p, mean)[::-1], "in the wrong order"),
    (lambda r, p, mean: (by_frame(r, p, mean)[0],) * 2, "both RMSEs leave the NaN rows out"),
    (lambda r, p, mean: by_frame(r, np.nan_to_num(p, nan=mean), 0), "both RMSEs are of all"),
    (lambda r, p, mean: np.square(by_frame(r, p, mean)), "the root is missing"),
    (
        lambda r, p, mean: (
            mean_absolute_error(r[p == p], p[p == p]),
            mean_absolute_error(r, np.nan_to_num(p, nan=mean)),
        ),
        "MAE",
    ),
    (lambda r, p, mean: by_frame(r, p, mean)[0], "give back 2 things"),
    (lambda r, p, mean: (np.sqrt(np.nansum((r - p) ** 2) / len(p)), by_frame(r, p, mean)[1]),
     "number of rows that you kept"),
]  # fmt: skip

# ---------------------------------------------------------------- whole numbers


def by_concatenation(ids, known):
    return pd.factorize(np.array([*known, *ids]))[0][len(known) :]


def by_growing_list(ids, known):
    names = list(known)
    for one in ids:
        if one not in names:
            names.append(one)
    return [names.index(one) for one in ids]


def grows_what_it_was_given(ids, known):
    for one in ids:
        if one not in known:
            known.append(one)
    return [known.index(one) for one in ids]


RIGHT_CODES = [by_concatenation, by_growing_list]
WRONG_CODES = [
    (lambda ids, known: pd.factorize(np.array(ids))[0], "number this file anew"),
    (lambda ids, known: [int(one) for one in ids], "but no code"),
    (lambda ids, known: pd.Index(known).get_indexer(ids), "-1 is a number to Spark"),
    (lambda ids, known: pd.Index(known).get_indexer(ids) % (len(known) + 1), "one code here"),
    (lambda ids, known: by_growing_list(ids, known)[::-1], "dict from id to code"),
    (lambda ids, known: by_growing_list(ids, sorted({*ids, *known})), "sort known and new"),
    (lambda ids, known: by_concatenation(ids, known) + 1, "count from 0"),
    (lambda ids, known: [known.index(one) for one in ids], "stopped with"),
    (lambda ids, known: [known.index(one) for one in ids if one in known], "rows are lost"),
    (lambda ids, known: list(ids), "made of numbers"),
    (grows_what_it_was_given, "changed something that it was given"),
]

# ---------------------------------------------------------------- one row


def by_dense_weights(Q, watched, stars, alpha, reg, wish=None):
    """The whole table's row: every movie with its confidence and its wish."""
    confidence, wishes = np.ones(len(Q)), np.zeros(len(Q))
    confidence[watched] += alpha * stars
    wishes[watched] = 1 if wish is None else wish
    system = Q.T @ np.diag(confidence) @ Q + reg * len(watched) * np.eye(Q.shape[1])
    return np.linalg.solve(system, Q.T @ (confidence * wishes))


def by_ridge(Q, watched, stars, alpha, reg):
    confidence = 1 + alpha * np.bincount(watched, stars, minlength=len(Q))
    wishes = np.isin(np.arange(len(Q)), watched) * 1.0
    ridge = Ridge(alpha=reg * len(watched), fit_intercept=False)
    return ridge.fit(Q, wishes, sample_weight=confidence).coef_


def once_a_person(Q, watched, stars, alpha, reg):
    return by_dense_weights(Q, watched, stars, alpha, reg / len(watched))


def explicit(Q, watched, stars, alpha, reg):
    ridge = Ridge(alpha=reg * len(watched), fit_intercept=False)
    return ridge.fit(Q[watched], stars).coef_


RIGHT_ROWS = [by_dense_weights, by_ridge]
WRONG_ROWS = [
    (once_a_person, "once a rating in Spark, too"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r, a, 0), "the brake is missing"),
    (explicit, "Spark's model of stars"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r, a, reg, wish=r), "no target here"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r * 0 + 1, a, reg), "grows with the stars"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r, a, reg * len(Q) / len(i)), "*all* movies"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r - r.mean(), a, reg), "no biases"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r + 1 / a, a, reg), "Print the three parts"),
    (lambda Q, i, r, a, reg: by_dense_weights(Q, i, r, reg, a), "order of the arguments"),
    (lambda Q, i, r, a, reg: Q @ by_dense_weights(Q, i, r, a, reg), "should have shape"),
]

NESTED_RIGHT = [(SCORES, RIGHT_SCORES), (CODES, RIGHT_CODES), (ROW, RIGHT_ROWS)]
RIGHT = [(check, answer) for check, answers in NESTED_RIGHT for answer in answers]
NESTED_WRONG = [(SCORES, WRONG_SCORES), (CODES, WRONG_CODES), (ROW, WRONG_ROWS)]
WRONG = [(check, *answer) for check, answers in NESTED_WRONG for answer in answers]
