"""Page 02's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pandas as pd

from mfhelpers import checks

ID_MAP, BOTH, SPLIT = checks.check_id_map, checks.check_code_both, checks.check_own_split
IDS = pd.Series(["30", "7"])
SMALL = pd.DataFrame({"user_id": [0, 0, 1, 1], "movie_id": [0, 1, 0, 1], "user_rating": 4.0})


def make_map(ids):
    return {original_id: code for code, original_id in enumerate(ids.unique())}


def code_both(train_ids, test_ids):
    codes, _ = pd.factorize(pd.concat([train_ids, test_ids]))
    return codes[: len(train_ids)], codes[len(train_ids) :]


def mapped(make_codes):
    """Both parts looked up in the map of some ids: a function of (train, test)."""
    return lambda train, test: [
        part.map(make_map(make_codes(train, test))) for part in (train, test)
    ]


def each(change):
    """The right codes, with something done to each part."""
    return lambda train, test: [change(part) for part in code_both(train, test)]


def at_random(ratings, seed=10):
    test = ratings.sample(frac=0.2, random_state=seed)
    return ratings.drop(test.index), test


def warm(train, test, columns=("user_id", "movie_id")):
    """The split with its rows that are cold by these columns sent back to train."""
    rows = np.any([~test[column].isin(train[column]) for column in columns], axis=0)
    return pd.concat([train, test[rows]]), test[~rows]


def row_by_row(ratings):
    """Every third row is tested, where its user and movie were both met before."""
    users, movies, rows = set(), set(), []
    for row, user, movie in ratings[["user_id", "movie_id"]].itertuples():
        if row % 3 == 0 and user in users and movie in movies:
            rows.append(row)
        else:
            users.add(user)
            movies.add(movie)
    return ratings.drop(rows), ratings.loc[rows]


def changed(change):
    """A right split, with something done to its two frames."""
    return lambda ratings: change(*warm(*at_random(ratings)))


RIGHT = {
    ID_MAP: [make_map, lambda ids: dict(zip(ids, pd.factorize(ids)[0], strict=True))],
    BOTH: [
        code_both,
        mapped(lambda train, test: pd.concat([train, test])),
        each(lambda codes: pd.Series(codes, dtype="Int64")),
    ],
    SPLIT: [
        row_by_row,
        changed(lambda train, test: [train.sample(frac=1), test[::-1].assign(day=0)]),
        changed(lambda train, test: (train.reset_index(), test.reset_index(drop=True))),
    ],
}
WRONG = {
    ID_MAP: [
        (lambda ids: ids.to_dict(), "the id must be the key"),
        (lambda ids: {i: c for c, i in enumerate(np.unique(ids))}, "but sorted"),
        (lambda ids: {i: c for c, i in enumerate(ids.unique()[::-1])}, "not in order of first app"),
        (lambda ids: {i: c for c, i in enumerate(ids.unique(), 1)}, "start at 0"),
        (lambda ids: {i: c for c, i in enumerate(ids)}, "Did you count rows"),
        (lambda ids: dict(zip(ids, ids.astype(int) - 1, strict=True)), "no gaps"),
        (lambda ids: {int(i): c for i, c in make_map(ids).items()}, "another type"),
        (lambda ids: pd.Series(make_map(ids)), "a dictionary is asked for"),
        (lambda ids: make_map(ids[:-1]), "not in your map"),
        (lambda ids: make_map(ids) | {"new": 9}, "no id of the column"),
        (lambda ids: dict.fromkeys(ids, 0), "share the code"),
        (lambda ids: {i: str(c) for i, c in make_map(ids).items()}, "whole number"),
        (lambda ids: make_map(IDS), "your function uses `IDS` of the page"),
    ],
    BOTH: [
        (mapped(lambda train, test: train), "A map made after the split"),
        (mapped(lambda train, test: train + test), "use `pd.concat`"),
        (lambda a, b: (a.map(make_map(a)), b.map(make_map(a)).fillna(-1)), "counted from the end"),
        (lambda a, b: ([make_map(b)[i] for i in a], b), "'b' failed, though it is in the training"),
        (lambda a, b: (a.map(make_map(a)), b.map(make_map(a)).astype(int)), "Some ids got NaN"),
        (lambda a, b: [pd.factorize(part)[0] for part in (a, b)], "One id needs one code"),
        (lambda a, b: code_both(a, b)[::-1], "training set comes first"),
        (lambda a, b: (code_both(a, b)[0], []), "test column has 4 entries"),
        (lambda a, b: pd.factorize(pd.concat([a, b]))[0], "two results"),
        (lambda a, b: (make_map(a), make_map(b)), "not a dict"),
        (each(lambda codes: codes * 1.0), "whole number"),
    ],
    SPLIT: [
        (at_random, "test rows are cold"),
        (lambda ratings: warm(*at_random(ratings), ["user_id"]), "Only movies are cold now"),
        (lambda ratings: warm(*at_random(ratings, None)), "Give the draw a seed"),
        (changed(lambda train, test: (test, train)), "more than half"),
        (changed(lambda train, test: (train, test.head(2))), "is in neither part"),
        (lambda ratings: (ratings, at_random(ratings)[1]), "is in both parts"),
        (lambda ratings: (ratings, ratings.head(0)), "at least one in fifty"),
        (changed(lambda train, test: (pd.concat([train, train]), test)), "more often than in"),
        (changed(lambda train, test: (train, test[["user_id"]])), "lost the column movie_id"),
        (changed(lambda train, test: pd.concat([train, test])), "two frames are asked for"),
        (lambda ratings: (SMALL.head(3), SMALL.tail(1)), "your function uses `SMALL` of the page"),
    ],
}
