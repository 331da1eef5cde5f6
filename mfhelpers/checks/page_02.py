"""Exercise checkers of page 02: the map, codes for train and test, cold rows."""

import numpy as np
import pandas as pd

from mfhelpers.checks._common import Wrong, as_number, call, checker

_MAP_WITHOUT_TRAINING = (
    "though it is in the training set. Your map must hold the ids of both columns. To put two "
    "Series one after the other use `pd.concat`; `+` adds them element by element."
)
_MAP_OF_TRAINING = (
    "it has no entry in your map. A map made after the split, from the training ids alone, "
    "knows nobody who is only in the test set."
)


@checker
def check_id_map(make_map):
    """Check the function that makes a dictionary from each id to its code.

    Args:
        make_map: function of a Series of ids, which returns {id: code}.
    """
    _check_one_map(make_map, ["30", "7", "112", "7", "30", "5", "7"])
    _check_one_map(make_map, [4, 2, 4, 9, 1, 2, 2])
    return "Each id has one code, in order of first appearance."


@checker
def check_code_both(code_both):
    """Check the function that numbers the ids of a training set and a test set together.

    Args:
        code_both: function of two Series of ids, which returns two lists of codes.
    """
    _check_one_pair(code_both, ["b", "d", "a", "d", "b"], ["d", "c", "a", "e"])
    _check_one_pair(code_both, ["u9", "u2", "u9"], ["u1", "u2", "u7", "u1"])
    return "Every id has one code, whichever part it is in."


@checker
def check_cold_rows(count_cold_rows):
    """Check the function that counts test rows with a user or movie unknown from training.

    Args:
        count_cold_rows: function of two frames, train and test, which returns a number.
    """
    _check_one_count(count_cold_rows, *_small_split())
    _check_one_count(count_cold_rows, *_random_split())
    return "Rows are counted once, cold by their user, their movie or both."


def _check_one_map(make_map, ids):
    answer = call(make_map, pd.Series(ids))
    if not isinstance(answer, dict):
        raise Wrong(f"a dictionary is asked for, {{id: code}}; yours is a {type(answer).__name__}.")
    unique = list(dict.fromkeys(ids))
    if _agree(answer, _numbered(unique)):
        _refuse_broken_numbers(answer)
        return
    _name_wrong_keys(answer, unique)
    _name_wrong_codes(answer, unique, ids)


def _name_wrong_keys(answer, unique):
    first = unique[0]
    if _agree(answer, dict(enumerate(unique))):
        raise Wrong(
            f"look up the id {first!r} in your map: it is not there. Yours goes from code to "
            "id; the id must be the key."
        )
    wanted = {str(original) for original in unique}
    if set(answer) != set(unique) and {str(key) for key in answer} == wanted:
        raise Wrong(
            f"your keys are of another type than the ids: the column holds {first!r}, so "
            "`map` will not find it. Leave the ids as they are."
        )
    missing = [original for original in unique if original not in answer]
    if missing:
        raise Wrong(f"the id {missing[0]!r} is in the column but not in your map.")
    strangers = [key for key in answer if key not in unique]
    if strangers:
        raise Wrong(f"your map has the key {strangers[0]!r}, which is no id of the column.")


def _name_wrong_codes(answer, unique, ids):
    rows = list(enumerate(ids))
    last_rows = {original: row for row, original in rows}
    first_rows = {original: row for row, original in reversed(rows)}
    per_row = (
        "you counted rows, not ids: an id that comes twice moves the count on. Take unique ids."
    )
    hints = [
        (_numbered(sorted(unique)), "a valid numbering, but sorted: we promised order of first "
         "appearance."),
        (_numbered(unique, start=1), "your codes start at 1. Row numbers start at 0."),
        (_minus_one(unique), "you took id - 1, which leaves gaps: number the ids one by one."),
        (last_rows, per_row),
        (first_rows, per_row),
        (_numbered(pd.Series(ids).value_counts().index), "a valid numbering, but by how often an "
         "id occurs: we promised order of first appearance."),
        (_numbered(reversed(unique)), "a valid numbering, but from the last id to the first: we "
         "promised order of first appearance."),
    ]  # fmt: skip
    for wrong, hint in hints:
        if _agree(answer, wrong):
            raise Wrong(hint)
    _refuse_broken_numbers(answer)
    codes = list(answer.values())
    if len(set(codes)) < len(codes):
        raise Wrong("two different ids share a code: they would share a row of P.")
    if set(codes) != set(range(len(unique))):
        raise Wrong(f"the codes of {len(unique)} ids should be 0 to {len(unique) - 1}, no gaps.")
    raise Wrong("a valid numbering, but not in order of first appearance.")


def _refuse_broken_numbers(answer):
    whole = (int, np.integer)
    if not all(isinstance(code, whole) and not isinstance(code, bool) for code in answer.values()):
        raise Wrong("a code is a row number, so it must be a whole number such as 0, not 0.0.")


def _numbered(ids, start=0):
    return {original: code for code, original in enumerate(ids, start)}


def _minus_one(ids):
    return {original: int(original) - 1 for original in ids}


def _agree(answer, wanted):
    return set(answer) == set(wanted) and all(answer[key] == wanted[key] for key in wanted)


def _check_one_pair(code_both, train, test):
    answer = _call_both(code_both, train, test)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(
            "two results are asked for, `return train_codes, test_codes`; yours is one "
            f"{type(answer).__name__}."
        )
    given = [_codes(part, name) for part, name in zip(answer, ("train", "test"), strict=True)]
    right = _codes_of(train + test, train, test)
    if _same_parts(given, right):
        return
    if _same_parts(given, right[::-1]):
        raise Wrong("you return the codes of the test set first; the training set comes first.")
    for part, ids, name in zip(given, (train, test), ("train", "test"), strict=True):
        if len(part) != len(ids):
            raise Wrong(
                f"the {name} column has {len(ids)} entries, but you gave back {len(part)} codes."
            )
    codes, ids = np.concatenate(given), train + test
    _name_missing_code(codes, ids, train)
    _name_shared_codes(codes, ids, len(train))
    _name_other_order(given, train, test)


def _call_both(code_both, train, test):
    """Return the answer; where the function stops at an id that its map lacks, say why."""
    try:
        return call(code_both, _with_mixed_index(train), _with_mixed_index(test))
    except Wrong as stop:
        found = [original for original in train + test if repr(original) in str(stop)]
        if "KeyError" not in str(stop) or not found:
            raise
        why = f", {_MAP_WITHOUT_TRAINING}" if found[0] in train else f": {_MAP_OF_TRAINING}"
        raise Wrong(f"looking up the id {found[0]!r} failed{why}") from None


def _name_missing_code(codes, ids, train):
    if np.isnan(codes).any():
        original = ids[int(np.isnan(codes).argmax())]
        if original in train:
            raise Wrong(f"the id {original!r} got NaN, {_MAP_WITHOUT_TRAINING}")
        raise Wrong(f"the id {original!r} got NaN: {_MAP_OF_TRAINING}")
    if (codes < 0).any():
        original = ids[int((codes < 0).argmax())]
        raise Wrong(
            f"the id {original!r} got the code {codes.min():g}. NumPy would take that for a row "
            "counted from the end, somebody else's. Give it a code of its own."
        )
    if (codes != np.floor(codes)).any():
        raise Wrong("a code is a row number, so it must be a whole number.")


def _name_shared_codes(codes, ids, n_train):
    for original in dict.fromkeys(ids):
        own = [int(code) for code, name in zip(codes, ids, strict=True) if name == original]
        if len(set(own)) > 1:
            raise Wrong(
                f"the id {original!r} has the codes {', '.join(map(str, sorted(set(own))))}. One "
                "id needs one code: do not number the two parts each on their own."
            )
    owners = {}
    for code, original in zip(codes, ids, strict=True):
        if owners.setdefault(code, original) != original:
            raise Wrong(
                f"the ids {owners[code]!r} and {original!r} share the code {code:g}: they would "
                "share a row of P."
            )


def _name_other_order(given, train, test):
    unique = list(dict.fromkeys(train + test))
    orders = [
        (sorted(unique), "sorted: we promised order of appearance."),
        (test + train, "the test set was counted first: start with the training set."),
    ]
    for order, hint in orders:
        if _same_parts(given, _codes_of(order, train, test)):
            raise Wrong(f"a valid numbering, but {hint}")
    if min(part.min() for part in given) == 1:
        raise Wrong("your codes start at 1. Row numbers start at 0.")
    if max(part.max() for part in given) >= len(unique):
        raise Wrong(
            f"there are {len(unique)} different ids, so the codes should be 0 to "
            f"{len(unique) - 1}, no gaps. Did you count rows? Take each id once."
        )
    raise Wrong("a valid numbering, but not in order of appearance, the training set first.")


def _with_mixed_index(ids):
    """Return the ids as a Series whose index, as after a split, does not count from 0."""
    return pd.Series(ids, index=[(5 * row + 3) % 11 for row in range(len(ids))])


def _codes(part, name):
    """Return codes as a flat float array, NaN where there is none."""
    if not isinstance(part, (list, tuple, np.ndarray, pd.Series, pd.Index)):
        raise Wrong(f"your {name} codes should be a list of codes, not a {type(part).__name__}.")
    try:
        array = np.asarray(part, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"your {name} codes should be numbers.") from None
    if array.ndim != 1:
        raise Wrong(f"your {name} codes should be one flat list, yours has shape {array.shape}.")
    return array


def _codes_of(order, train, test):
    codes = _numbered(dict.fromkeys(order))
    return [np.array([codes[original] for original in part]) for part in (train, test)]


def _same_parts(given, wanted):
    return all(np.array_equal(a, b) for a, b in zip(given, wanted, strict=True))


def _check_one_count(count_cold_rows, train, test):
    frames = train.copy(), test.copy()
    answer = call(count_cold_rows, *frames)
    for given, kept, name in zip(frames, (train, test), ("train", "test"), strict=True):
        if not given.equals(kept):
            raise Wrong(
                f"your function changed the frame {name} that it was given. Keep what you work "
                "out in a variable of its own, so that the cell can be run twice."
            )
    _refuse_rows(answer)
    value = as_number(answer, "the number of cold rows")
    right, mistakes = _counts(train, test)
    if value == right:
        return
    for wrong, hint in mistakes:
        if abs(value - wrong) < 1e-9:
            raise Wrong(hint)
    raise Wrong(f"of {len(test)} test rows, {right} are cold; you count {value:g}.")


def _refuse_rows(answer):
    if isinstance(answer, (pd.Series, np.ndarray)) and answer.dtype == bool and answer.size > 1:
        raise Wrong("that is a True or False for each row. How many are True? `.sum()` counts.")
    is_rows = isinstance(answer, (pd.DataFrame, pd.Series, list, set, tuple))
    if is_rows or (isinstance(answer, np.ndarray) and answer.size != 1):
        raise Wrong(f"one number is asked for, yours is a {type(answer).__name__}. Count it.")


def _counts(train, test):
    """Return the number of cold rows, and what typical mistakes count instead, with hints."""
    user, movie = _is_cold(test, train, "user_id"), _is_cold(test, train, "movie_id")
    swapped = _is_cold(train, test, "user_id") | _is_cold(train, test, "movie_id")
    distinct = test["user_id"][user].nunique() + test["movie_id"][movie].nunique()
    labels = ~test[["user_id", "movie_id"]].isin(train.index)
    cold = user | movie
    mistakes = [
        (user.sum(), "you looked at the users alone: a row with a cold movie is cold, too."),
        (movie.sum(), "you looked at the movies alone: a row with a cold user is cold, too."),
        ((user & movie).sum(), "you asked for user *and* movie to be cold: one of them is enough. "
         "`|` is the or."),
        (user.sum() + movie.sum(), "a row whose user and movie are both cold was counted twice."),
        ((user ^ movie).sum(), "a row whose user and movie are both cold counts as well."),
        (distinct, "you counted cold users and cold movies; the rows are asked for."),
        (cold.mean(), "that is the share of cold rows; their number is asked for."),
        ((~cold).sum(), "you counted the rows that are not cold: turn it round with `~`."),
        (swapped.sum(), "you searched the training rows for what is not in test: the other way "
         "round."),
        (labels.any(axis=1).sum(), "`in` asks a Series about its index, the row labels. Use "
         "`isin`, or a set of the values."),
        (len(test), "you counted every test row. Did you ask for pairs? No test row is in "
         "training as a pair: ask for user and movie each on their own. Or did you use "
         "`.count()` or `len` on a True/False column? `.sum()` counts the Trues."),
    ]  # fmt: skip
    return cold.sum(), mistakes


def _is_cold(rows, known, column):
    return ~rows[column].isin(known[column])


def _small_split():
    """Return a small train and test in which each typical mistake gives a number of its own."""
    train = [(20, 20), (21, 20), (21, 21), (22, 22), (9, 20), (9, 21), (9, 22), (20, 9), (21, 9)]
    test = [(20, 21), (22, 20), (3, 20), (3, 21), (4, 22), (20, 5), (21, 5), (22, 5), (21, 7)]
    test += [(20, 8), (5, 6)]
    columns = ["user_id", "movie_id"]
    train, test = (pd.DataFrame(pairs, columns=columns) for pairs in (train, test))
    train.index = [0, 3, 20, 21, 22, 31, 5, 33, 7]  # for who asks `in`: labels, not values
    return train.assign(user_rating=4.0), test.assign(user_rating=3.0)


def _random_split():
    rng = np.random.default_rng(10)
    columns = ["user_id", "movie_id"]
    pairs = pd.DataFrame(rng.integers(0, 60, (120, 2)), columns=columns).drop_duplicates()
    pairs = pairs.assign(user_rating=rng.integers(1, 6, len(pairs)).astype(float))
    return pairs.iloc[:70], pairs.iloc[70:]
