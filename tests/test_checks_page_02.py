"""Page 02's checkers: right answers in other words pass, some mistakes are written anew."""

from itertools import combinations

import numpy as np
import pandas as pd

from mfhelpers import checks
from mfhelpers.checks import page_02

ID_MAP, BOTH, SPLIT = checks.check_id_map, checks.check_code_both, checks.check_own_split
RATINGS = pd.DataFrame({"user_id": ["30", "7"]})
SMALL = pd.DataFrame({"user_id": [0, 0, 1, 1], "movie_id": [0, 1, 0, 1], "user_rating": 4.0})


def make_map(ids):
    return {original_id: code for code, original_id in enumerate(ids.unique())}


def map_by_loop(ids):
    codes = {}
    for original in ids:
        codes.setdefault(original, len(codes))
    return codes


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


def looked_up_by_loc(train, test):
    codes = pd.Series(make_map(train))
    return codes.loc[train].tolist(), codes.loc[test].tolist()


def last_rows(train, test):
    codes = {name: row for row, name in enumerate(pd.concat([train, test]))}
    return train.map(codes), test.map(codes)


def moved_on(train, test):
    return pd.factorize(train)[0], pd.factorize(test)[0] + train.nunique()


def by_row(train, test):
    return range(len(train)), [len(train) + row for row in range(len(test))]


def cast_too_soon(train, test):
    codes = make_map(train)
    return train.map(codes).astype(int), test.map(codes).astype(int)


def by_alphabet(train, test):
    codes = np.unique(pd.concat([train, test]), return_inverse=True)[1]
    return codes[: len(train)], codes[len(train) :]


def test_set_first(train, test):
    return code_both(test, train)[::-1]


test_set_first.__test__ = False


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


def one_of_each_busy_user(ratings):
    seen = ratings["user_id"].map(ratings["user_id"].value_counts())
    test = ratings[seen > 5].groupby("user_id").head(1)
    return warm(ratings.drop(test.index), test)


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


RIGHT = [
    (ID_MAP, make_map),
    (ID_MAP, map_by_loop),
    (ID_MAP, lambda ids: dict(zip(ids, pd.factorize(ids)[0], strict=True))),
    (BOTH, code_both),
    (BOTH, mapped(lambda train, test: pd.concat([train, test]))),
    (BOTH, looked_up(lambda train, test: pd.Series([*train, *test]))),
    (BOTH, each(lambda codes: pd.Series(codes, dtype="Int64"))),
    (BOTH, each(tuple)),
    (SPLIT, lambda ratings: warm(*at_random(ratings))),
    (SPLIT, one_of_each_busy_user),
    (SPLIT, row_by_row),
    (SPLIT, changed(lambda train, test: [train, test])),
    (SPLIT, changed(lambda train, test: (train.sample(frac=1), test[::-1].assign(day=0)))),
    (SPLIT, changed(lambda train, test: (train.reset_index(), test.reset_index(drop=True)))),
]
WRONG = [
    (ID_MAP, lambda ids: dict(enumerate(ids.unique())), "the id must be the key"),
    (ID_MAP, lambda ids: ids.to_dict(), "the id must be the key"),
    (ID_MAP, lambda ids: {i: c for c, i in enumerate(np.unique(ids))}, "but sorted"),
    (ID_MAP, lambda ids: {i: c for c, i in enumerate(ids.unique(), 1)}, "start at 0"),
    (ID_MAP, lambda ids: {i: c for c, i in enumerate(ids)}, "counted rows, not ids"),
    (ID_MAP, lambda ids: dict(zip(ids, ids.astype(int) - 1, strict=True)), "leaves gaps"),
    (ID_MAP, lambda ids: {i: c for c, i in enumerate(ids.value_counts().index)}, "how often"),
    (ID_MAP, lambda ids: {int(i): c for i, c in make_map(ids).items()}, "another type"),
    (ID_MAP, lambda ids: pd.Series(make_map(ids)), "a dictionary is asked for"),
    (ID_MAP, lambda ids: make_map(ids[:-1]), "not in your map"),
    (ID_MAP, lambda ids: make_map(ids) | {"new": 9}, "no id of the column"),
    (ID_MAP, lambda ids: dict.fromkeys(ids, 0), "share the code"),
    (ID_MAP, lambda ids: {i: 2 * c for i, c in make_map(ids).items()}, "no gaps"),
    (ID_MAP, lambda ids: {i: float(c) for i, c in make_map(ids).items()}, "whole number"),
    (ID_MAP, lambda ids: {i: str(c) for i, c in make_map(ids).items()}, "whole number"),
    (ID_MAP, lambda ids: {"30": 0, "7": 1, "112": 2, "5": 3}, "not in your map"),
    (ID_MAP, map_of_the_page, "your function uses `RATINGS` of the page"),
    (ID_MAP, map_of_one, "inside the loop and ends it in the first round"),
    (BOTH, mapped(lambda train, test: train), "A map made after the split"),
    (BOTH, mapped(lambda train, test: test), "'b' got NaN, though it is in the training set"),
    (BOTH, mapped(lambda train, test: train + test), "use `pd.concat`"),
    (BOTH, looked_up(lambda train, test: test), "'b' failed, though it is in the training set"),
    (BOTH, looked_up(lambda train, test: train), "'c' failed: it has no entry in your map"),
    (BOTH, looked_up_by_loc, "A map made after the split"),
    (BOTH, last_rows, "5 different ids, so the codes should be 0 to 4"),
    (BOTH, lambda a, b: ([], []), "train column has 5 entries, but you gave back 0 codes"),
    (BOTH, lambda a, b: (a["user_id"], b["user_id"]), "stopped with KeyError: 'user_id'"),
    (BOTH, mapped(lambda train, test: train, lambda codes: -1), "counted from the end"),
    (BOTH, mapped(lambda train, test: train, len), "share the code"),
    (BOTH, lambda a, b: (code_both(a, b)[0], []), "test column has 4 entries"),
    (BOTH, lambda a, b: [pd.factorize(part)[0] for part in (a, b)], "numbered on its own"),
    (BOTH, moved_on, "numbered on its own"),
    (BOTH, by_row, "the id 'd' has the codes 1 and 3. One id needs one code"),
    (BOTH, cast_too_soon, "Some ids got NaN"),
    (BOTH, by_alphabet, "but sorted"),
    (BOTH, test_set_first, "test set was counted first"),
    (BOTH, lambda a, b: code_both(a, b)[::-1], "training set comes first"),
    (BOTH, each(lambda codes: codes + 1), "start at 0"),
    (BOTH, each(lambda codes: 2 * codes), "no gaps"),
    (BOTH, each(lambda codes: codes * 1.0), "whole number"),
    (BOTH, each(lambda codes: codes.astype(str)), "whole number"),
    (BOTH, lambda a, b: pd.factorize(pd.concat([a, b]))[0], "two results"),
    (BOTH, lambda a, b: (make_map(a), make_map(b)), "not a dict"),
    (BOTH, each(lambda codes: {0: 4, 4: 0}.get), "should be a list"),
    (SPLIT, at_random, "test rows are cold"),
    (SPLIT, without("user_id"), "Only movies are cold now"),
    (SPLIT, without("movie_id"), "Only users are cold now"),
    (SPLIT, lambda ratings: warm(*at_random(ratings, None)), "Give the draw a seed"),
    (SPLIT, changed(lambda train, test: (test, train)), "more than half"),
    (SPLIT, changed(lambda train, test: (train, test.head(2))), "is in neither part"),
    (SPLIT, lambda ratings: (ratings, at_random(ratings)[1]), "is in both parts"),
    (SPLIT, lambda ratings: (ratings, ratings.head(0)), "at least one in fifty"),
    (SPLIT, changed(lambda train, test: (pd.concat([train, train]), test)), "more often than in"),
    (SPLIT, changed(lambda train, test: (train, test.assign(user_rating=3.25))), "in neither part"),
    (SPLIT, changed(lambda train, test: (train, test["user_id"])), "test should be a frame"),
    (SPLIT, changed(lambda train, test: (train, test[["user_id"]])), "lost the column movie_id"),
    (SPLIT, changed(lambda train, test: pd.concat([train, test])), "two frames are asked for"),
    (SPLIT, split_of_the_page, "your function uses `SMALL` of the page"),
]


def test_no_two_mistakes_in_numbering_agree():
    columns, splits = [(ids,) for ids in page_02._columns()], page_02._splits()
    for cases, right, mistakes in [
        (columns, page_02._numbered, page_02._WRONG_MAPS),
        (splits, page_02._both_coded, page_02._WRONG_CODES),
    ]:
        functions = [right, *(wrong for _, *wrongs in mistakes for wrong in wrongs)]
        for one, other in combinations(functions, 2):
            assert any(one(*case) != other(*case) for case in cases)
