"""Page 02's checkers: right answers in other words pass, some mistakes are written anew."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from mfhelpers import checks
from mfhelpers.checks import page_02
from tests.checking import assert_passes, assert_refused

ID_MAP, BOTH, COLD = checks.check_id_map, checks.check_code_both, checks.check_cold_rows
RATINGS = pd.DataFrame({"user_id": ["30", "7"]})


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


def count_by_loop(train, test):
    users, movies = set(train["user_id"]), set(train["movie_id"])
    pairs = zip(test["user_id"], test["movie_id"], strict=True)
    return len([1 for user, movie in pairs if user not in users or movie not in movies])


def count_by_merge(train, test):
    known = test["user_id"].isin(train["user_id"]) & test["movie_id"].isin(train["movie_id"])
    return len(test.drop(test[known].index))


def cold(rows, known, column):
    return ~rows[column].isin(known[column])


def combined(combine):
    """What is made of the two columns, cold by user and cold by movie."""
    return lambda train, test: combine(cold(test, train, "user_id"), cold(test, train, "movie_id"))


def distinct(train, test):
    columns = ["user_id", "movie_id"]
    return sum(len(set(test[column]) - set(train[column])) for column in columns)


def asks_the_index(train, test):
    pairs = zip(test["user_id"], test["movie_id"], strict=True)
    return sum(u not in train["user_id"] or m not in train["movie_id"] for u, m in pairs)


def asks_for_pairs(train, test):
    keys = [set(zip(part["user_id"], part["movie_id"], strict=True)) for part in (train, test)]
    return len(keys[1] - keys[0])


def writes_into_test(train, test):
    test["cold"] = cold(test, train, "user_id") | cold(test, train, "movie_id")
    return test["cold"].sum()


RIGHT = [
    (ID_MAP, make_map),
    (ID_MAP, map_by_loop),
    (ID_MAP, lambda ids: dict(zip(ids, pd.factorize(ids)[0], strict=True))),
    (BOTH, code_both),
    (BOTH, mapped(lambda train, test: pd.concat([train, test]))),
    (BOTH, looked_up(lambda train, test: pd.Series([*train, *test]))),
    (BOTH, each(lambda codes: pd.Series(codes, dtype="Int64"))),
    (BOTH, each(tuple)),
    (COLD, count_by_loop),
    (COLD, count_by_merge),
    (COLD, combined(lambda user, movie: np.count_nonzero(user | movie))),
    (COLD, combined(lambda user, movie: user.sum() + movie.sum() - (user & movie).sum())),
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
    (COLD, combined(lambda user, movie: (user * movie).sum()), "one of them is enough"),
    (COLD, combined(lambda user, movie: (user != movie).sum()), "counts as well"),
    (COLD, combined(lambda user, movie: (user.astype(int) + movie).sum()), "counted twice"),
    (COLD, distinct, "the rows are asked for"),
    (COLD, lambda train, test: count_by_loop(test, train), "other way round"),
    (COLD, combined(lambda user, movie: (user | ~movie).sum()), "in front of both"),
    (COLD, asks_the_index, "about its index"),
    (COLD, asks_for_pairs, "as a pair"),
    (COLD, combined(lambda user, movie: (user | movie).count()), "counts the Trues"),
    (COLD, combined(lambda user, movie: (user or movie).sum()), "use `&`, `|`"),
    (COLD, combined(lambda user, movie: user | movie), "True or False"),
    (COLD, lambda train, test: test[cold(test, train, "user_id")], "one number"),
    (COLD, writes_into_test, "changed something that it was given"),
    (COLD, lambda train, test: 9, "whatever it is given"),
    (COLD, lambda train, test: count_by_loop(train, test) + 1, "should be 5, yours is 6"),
]


@pytest.mark.parametrize("check, answer", RIGHT)
def test_right_answers_pass(check, answer):
    assert_passes(check, answer)


@pytest.mark.parametrize("check, answer, hint", WRONG)
def test_wrong_answers_get_their_hint(check, answer, hint):
    assert_refused(check, answer, hint)


def test_no_two_mistakes_in_numbering_agree():
    columns, splits = [(ids,) for ids in page_02._columns()], page_02._splits()
    for cases, right, mistakes in [
        (columns, page_02._numbered, page_02._WRONG_MAPS),
        (splits, page_02._both_coded, page_02._WRONG_CODES),
    ]:
        functions = [right, *(wrong for _, *wrongs in mistakes for wrong in wrongs)]
        for one, other in combinations(functions, 2):
            assert any(one(*case) != other(*case) for case in cases)
