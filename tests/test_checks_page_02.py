"""The checkers of page 02 accept what is right, and name what is wrong."""

import numpy as np
import pandas as pd
import pytest

from mfhelpers.checks import page_02
from tests.checking import assert_passes, assert_refused


def make_map(ids):
    return {original_id: code for code, original_id in enumerate(ids.unique())}


def map_by_loop(ids):
    codes = {}
    for original in ids:
        codes.setdefault(original, len(codes))
    return codes


def code_both(train_ids, test_ids):
    codes, _ = pd.factorize(pd.concat([train_ids, test_ids]))
    return codes[: len(train_ids)], codes[len(train_ids) :]


def both_by_map(train_ids, test_ids):
    codes = make_map(pd.concat([train_ids, test_ids]))
    return train_ids.map(codes), test_ids.map(codes).tolist()


def count_cold_rows(train, test):
    cold_user = ~test["user_id"].isin(train["user_id"])
    cold_movie = ~test["movie_id"].isin(train["movie_id"])
    return (cold_user | cold_movie).sum()


def count_by_loop(train, test):
    users, movies = set(train["user_id"]), set(train["movie_id"])
    pairs = zip(test["user_id"], test["movie_id"], strict=True)
    return len([1 for user, movie in pairs if user not in users or movie not in movies])


@pytest.mark.parametrize("answer", [make_map, map_by_loop])
def test_right_maps_pass(answer):
    assert_passes(page_02.check_id_map, answer)


WRONG_MAPS = {
    "reversed": (lambda ids: dict(enumerate(ids.unique())), "the id must be the key"),
    "sorted": (lambda ids: {i: c for c, i in enumerate(sorted(ids.unique()))}, "but sorted"),
    "from one": (lambda ids: {i: c for c, i in enumerate(ids.unique(), 1)}, "start at 0"),
    "every row": (lambda ids: {i: c for c, i in enumerate(ids)}, "counted rows, not ids"),
    "first rows": (lambda ids: {i: list(ids).index(i) for i in ids}, "counted rows, not ids"),
    "id - 1": (lambda ids: {i: int(i) - 1 for i in ids}, "leaves gaps"),
    "by count": (
        lambda ids: {i: c for c, i in enumerate(ids.value_counts().index)},
        "how often",
    ),
    "backwards": (lambda ids: {i: c for c, i in enumerate(ids.unique()[::-1])}, "last id"),
    "whole numbers": (lambda ids: {int(i): c for i, c in make_map(ids).items()}, "another type"),
    "only text": (lambda ids: {str(i): c for i, c in make_map(ids).items()}, "another type"),
    "codes": (lambda ids: pd.factorize(ids)[0], "a dictionary is asked for"),
    "both": (lambda ids: pd.factorize(ids), "a dictionary is asked for"),
    "the set": (lambda ids: set(ids), "a dictionary is asked for"),
    "empty": (lambda ids: {}, "not in your map"),
    "one too few": (lambda ids: make_map(ids[:2]), "not in your map"),
    "one too many": (lambda ids: make_map(ids) | {"new": 9}, "no id of the column"),
    "all zero": (lambda ids: dict.fromkeys(ids, 0), "share a code"),
    "gaps": (lambda ids: {i: 2 * c for i, c in make_map(ids).items()}, "no gaps"),
    "floats": (lambda ids: {i: float(c) for i, c in make_map(ids).items()}, "whole number"),
    "text codes": (lambda ids: {i: str(c) for i, c in make_map(ids).items()}, "whole number"),
    "learned by heart": (lambda ids: {"30": 0, "7": 1, "112": 2, "5": 3}, "not in your map"),
}


@pytest.mark.parametrize("wrong", WRONG_MAPS.values(), ids=WRONG_MAPS)
def test_wrong_maps_are_named(wrong):
    assert_refused(page_02.check_id_map, *wrong)


@pytest.mark.parametrize("answer", [code_both, both_by_map])
def test_right_codes_pass(answer):
    assert_passes(page_02.check_code_both, answer)


def train_map_only(train, test):
    codes = make_map(train)
    return train.map(codes), test.map(codes)


def test_map_only(train, test):
    codes = make_map(test)
    return train.map(codes), test.map(codes)


test_map_only.__test__ = False


def map_of_added_columns(train, test):
    codes = make_map(train + test)
    return train.map(codes), test.map(codes)


def looked_up_in_test_map(train, test):
    codes = make_map(test)
    return [codes[name] for name in train], [codes[name] for name in test]


def last_rows(train, test):
    codes = {name: row for row, name in enumerate(pd.concat([train, test]))}
    return train.map(codes), test.map(codes)


def looked_up_one_by_one(train, test):
    codes = make_map(train)
    return [codes[name] for name in train], [codes[name] for name in test]


def looked_up_by_loc(train, test):
    codes = pd.Series(make_map(train))
    return codes.loc[train].tolist(), codes.loc[test].tolist()


def other_key(train, test):
    return train["user_id"], test["user_id"]


def minus_one_for_unknown(train, test):
    codes = make_map(train)
    return train.map(codes), test.map(codes).fillna(-1)


def unknown_dropped(train, test):
    codes = make_map(train)
    return train.map(codes), test.map(codes).dropna()


def one_code_for_unknown(train, test):
    codes = make_map(train)
    return train.map(codes), test.map(codes).fillna(len(codes))


def each_on_its_own(train, test):
    return pd.factorize(train)[0], pd.factorize(test)[0]


def test_moved_on(train, test):
    return pd.factorize(train)[0], pd.factorize(test)[0] + train.nunique()


test_moved_on.__test__ = False


def by_alphabet(train, test):
    codes = np.unique(pd.concat([train, test]), return_inverse=True)[1]
    return codes[: len(train)], codes[len(train) :]


def test_set_first(train, test):
    codes = pd.factorize(pd.concat([test, train]))[0]
    return codes[len(test) :], codes[: len(test)]


test_set_first.__test__ = False

WRONG_CODES = {
    "train map": (train_map_only, "A map made after the split"),
    "test map": (test_map_only, "'b' got NaN, though it is in the training set"),
    "added": (map_of_added_columns, "use `pd.concat`"),
    "test lookup": (looked_up_in_test_map, "'b' failed, though it is in the training set"),
    "rows": (last_rows, "5 different ids, so the codes should be 0 to 4"),
    "stub": (lambda a, b: ([], []), "train column has 5 entries, but you gave back 0 codes"),
    "one by one": (looked_up_one_by_one, "'c' failed: it has no entry in your map"),
    "by loc": (looked_up_by_loc, "A map made after the split"),
    "other key": (other_key, "stopped with KeyError: 'user_id'"),
    "minus one": (minus_one_for_unknown, "counted from the end"),
    "dropped": (unknown_dropped, "test column has 4 entries, but you gave back 2 codes"),
    "one for all": (one_code_for_unknown, "share the code"),
    "own maps": (each_on_its_own, "One id needs one code"),
    "moved on": (test_moved_on, "One id needs one code"),
    "sorted": (by_alphabet, "but sorted"),
    "test first": (test_set_first, "test set was counted first"),
    "swapped": (lambda a, b: code_both(a, b)[::-1], "training set comes first"),
    "from one": (lambda a, b: [codes + 1 for codes in code_both(a, b)], "start at 0"),
    "gaps": (lambda a, b: [2 * codes for codes in code_both(a, b)], "no gaps"),
    "halves": (lambda a, b: [codes / 2 for codes in code_both(a, b)], "whole number"),
    "one list": (lambda a, b: pd.factorize(pd.concat([a, b]))[0], "two results"),
    "the ids": (lambda a, b: (a, b), "should be numbers"),
    "a dict": (lambda a, b: (make_map(a), make_map(b)), "not a dict"),
    "column": (lambda a, b: [c.reshape(-1, 1) for c in code_both(a, b)], "one flat list"),
    "backwards": (
        lambda a, b: [code_both(a, b)[1].max() - codes for codes in code_both(a, b)],
        "not in order of appearance",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_CODES.values(), ids=WRONG_CODES)
def test_wrong_codes_are_named(wrong):
    assert_refused(page_02.check_code_both, *wrong)


@pytest.mark.parametrize("answer", [count_cold_rows, count_by_loop])
def test_right_counts_pass(answer):
    assert_passes(page_02.check_cold_rows, answer)


def cold(rows, known, column):
    return ~rows[column].isin(known[column])


def cold_columns(train, test):
    return cold(test, train, "user_id"), cold(test, train, "movie_id")


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


def sum_of_both(train, test):
    return sum(part.sum() for part in cold_columns(train, test))


WRONG_COUNTS = {
    "users": (lambda a, b: cold_columns(a, b)[0].sum(), "users alone"),
    "movies": (lambda a, b: cold_columns(a, b)[1].sum(), "movies alone"),
    "and": (lambda a, b: np.logical_and(*cold_columns(a, b)).sum(), "one of them is enough"),
    "xor": (lambda a, b: np.logical_xor(*cold_columns(a, b)).sum(), "counts as well"),
    "twice": (sum_of_both, "counted twice"),
    "distinct": (distinct, "the rows are asked for"),
    "share": (lambda a, b: count_cold_rows(a, b) / len(b), "the share"),
    "warm": (lambda a, b: len(b) - count_cold_rows(a, b), "not cold"),
    "swapped": (lambda a, b: count_cold_rows(b, a), "other way round"),
    "index": (asks_the_index, "about its index"),
    "pairs": (asks_for_pairs, "as a pair"),
    "count": (lambda a, b: np.logical_or(*cold_columns(a, b)).count(), "counts the Trues"),
    "mask": (lambda a, b: np.logical_or(*cold_columns(a, b)), "True or False"),
    "rows": (lambda a, b: b[np.logical_or(*cold_columns(a, b))], "one number"),
    "writes": (writes_into_test, "changed the frame test"),
    "by heart": (lambda a, b: 9, "are cold; you count 9"),
    "zero": (lambda a, b: 0, "are cold; you count 0"),
}


@pytest.mark.parametrize("wrong", WRONG_COUNTS.values(), ids=WRONG_COUNTS)
def test_wrong_counts_are_named(wrong):
    assert_refused(page_02.check_cold_rows, *wrong)


def test_each_mistake_gives_a_number_of_its_own():
    right, mistakes = page_02._counts(*page_02._small_split())
    values = [right, *(value for value, _ in mistakes)]
    assert len(set(values)) == len(values)
