"""Page 02's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pandas as pd

from mfhelpers import checks

ID_MAP, BOTH, SPLIT = checks.check_id_map, checks.check_code_both, checks.check_own_split
RATINGS = pd.DataFrame({"user_id": ["30", "7"]})
SMALL = pd.DataFrame({"user_id": [0, 0, 1, 1], "movie_id": [0, 1, 0, 1], "user_rating": 4.0})


def make_map(ids):
    return {original_id: code for code, original_id in enumerate(ids.unique())}


def map_of_the_page(ids):
    return {original: code for code, original in enumerate(RATINGS["user_id"].unique())}


def map_of_one(ids):
    codes = {}
    for original in ids:
        codes[original] = len(codes)
        return codes


def code_both(train_ids, test_ids):
    codes, _ = pd.factorize(pd.concat([train_ids, test_ids]))
    return codes[: len(train_ids)], codes[len(train_ids) :]


def mapped(make_codes, unknown=None):
    """Both parts looked up in the map of some ids: a function of (train, test)."""

    def answer(train, test):
        codes = make_map(make_codes(train, test))
        found = train.map(codes), test.map(codes)
        return found if unknown is None else [part.fillna(unknown(codes)) for part in found]

    return answer


def looked_up(make_codes):
    def answer(train, test):
        codes = make_map(make_codes(train, test))
        return [codes[name] for name in train], [codes[name] for name in test]

    return answer


def cast_too_soon(train, test):
    codes = make_map(train)
    return train.map(codes).astype(int), test.map(codes).astype(int)


def each(change):
    """The right codes, with something done to each part."""
    return lambda train, test: [change(part) for part in code_both(train, test)]


def cold(rows, known, column):
    return ~rows[column].isin(known[column])


def at_random(ratings, seed=10):
    test = ratings.sample(frac=0.2, random_state=seed)
    return ratings.drop(test.index), test


def warm(train, test):
    """The split with its cold rows sent back to train."""
    rows = cold(test, train, "user_id") | cold(test, train, "movie_id")
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


def without(column):
    """A random split whose rows that are cold by one column go back to train."""

    def split(ratings):
        train, test = at_random(ratings)
        rows = cold(test, train, column)
        return pd.concat([train, test[rows]]), test[~rows]

    return split


def split_of_the_page(ratings):
    return SMALL.head(3), SMALL.tail(1)


RIGHT = {
    ID_MAP: [make_map, lambda ids: dict(zip(ids, pd.factorize(ids)[0], strict=True))],
    BOTH: [
        code_both,
        mapped(lambda train, test: pd.concat([train, test])),
        each(lambda codes: pd.Series(codes, dtype="Int64")),
    ],
    SPLIT: [
        row_by_row,
        changed(lambda train, test: (train.sample(frac=1), test[::-1].assign(day=0))),
        changed(lambda train, test: (train.reset_index(), test.reset_index(drop=True))),
    ],
}
WRONG = {
    ID_MAP: [
        (lambda ids: ids.to_dict(), "the id must be the key"),
        (lambda ids: {i: c for c, i in enumerate(np.unique(ids))}, "but sorted"),
        (lambda ids: {i: c for c, i in enumerate(ids.unique(), 1)}, "start at 0"),
        (lambda ids: {i: c for c, i in enumerate(ids)}, "Did you count rows"),
        (lambda ids: dict(zip(ids, ids.astype(int) - 1, strict=True)), "no gaps"),
        (lambda ids: {int(i): c for i, c in make_map(ids).items()}, "another type"),
        (lambda ids: pd.Series(make_map(ids)), "a dictionary is asked for"),
        (lambda ids: make_map(ids[:-1]), "not in your map"),
        (lambda ids: {i: str(c) for i, c in make_map(ids).items()}, "whole number"),
        (map_of_the_page, "your function uses `RATINGS` of the page"),
        (map_of_one, "inside the loop and ends it in the first round"),
    ],
    BOTH: [
        (mapped(lambda train, test: train), "A map made after the split"),
        (mapped(lambda train, test: train + test), "use `pd.concat`"),
        (mapped(lambda train, test: train, lambda codes: -1), "counted from the end"),
        (looked_up(lambda train, test: test), "'b' failed, though it is in the training set"),
        (looked_up(lambda train, test: train), "'c' failed: it has no entry in your map"),
        (cast_too_soon, "Some ids got NaN"),
        (
            lambda a, b: [pd.factorize(part)[0] for part in (a, b)],
            "One id needs one code, whichever column",
        ),
        (lambda a, b: pd.factorize(pd.concat([a, b]))[0], "two results"),
        (lambda a, b: (make_map(a), make_map(b)), "not a dict"),
        (each(lambda codes: codes * 1.0), "whole number"),
    ],
    SPLIT: [
        (at_random, "test rows are cold"),
        (without("user_id"), "Only movies are cold now"),
        (lambda ratings: warm(*at_random(ratings, None)), "Give the draw a seed"),
        (changed(lambda train, test: (test, train)), "more than half"),
        (changed(lambda train, test: (train, test.head(2))), "is in neither part"),
        (lambda ratings: (ratings, at_random(ratings)[1]), "is in both parts"),
        (changed(lambda train, test: (train, test["user_id"])), "test should be a frame"),
        (changed(lambda train, test: (train, test[["user_id"]])), "lost the column movie_id"),
        (changed(lambda train, test: pd.concat([train, test])), "two frames are asked for"),
        (split_of_the_page, "your function uses `SMALL` of the page"),
    ],
}
