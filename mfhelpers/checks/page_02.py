"""Exercise checkers of page 02: the map, codes for train and test, a split of one's own."""

from collections import Counter

import numpy as np
import pandas as pd

from mfhelpers.checks._common import Wrong, call, checker, describe, two_results
from mfhelpers.checks._exercise import from_the_code

N_MORE = 20
_MAP_WITHOUT_TRAINING = (
    "though it is in the training set. Your map must hold the ids of both columns, as its "
    "keys. To put two Series one after the other use `pd.concat`; `+` adds element by element."
)
_MAP_OF_TRAINING = (
    "it has no entry in your map. A map made after the split, from the training ids alone, "
    "knows nobody who is only in the test set."
)
_NO_CODE = "a code is a row number, so it must be a whole number such as 0, not 0.0 or '0'"


def _numbered(ids):
    return {original: code for code, original in enumerate(dict.fromkeys(ids))}


def _is_code(code):
    return isinstance(code, (int, np.integer)) and not isinstance(code, (bool, np.bool_))


def _wrong_numbering(codes, ids):
    """Return the first fault of codes, one for each of the ids, from their kind to their order."""
    code_of, owner_of, n_ids = {}, {}, len(set(ids))
    for code, original in zip(codes, ids, strict=True):
        if not _is_code(code) and not isinstance(code, (float, np.floating)):
            return f"{_NO_CODE}; {original!r} has {describe(code)}."
        if code < 0:
            return (
                f"the id {original!r} got the code {code}. NumPy would take that for a row "
                "counted from the end, somebody else's. Give it a code of its own."
            )
        first, owner = code_of.setdefault(original, code), owner_of.setdefault(code, original)
        if first != code:
            return (
                f"the id {original!r} has the codes {first} and {code}. One id needs one code, "
                "whichever column it is in."
            )
        if owner != original:
            return f"{owner!r} and {original!r} share the code {code}: they would share a row of P."
    if not all(map(_is_code, codes)):
        return f"{_NO_CODE}; {ids[0]!r} has {describe(codes[0])}."
    if sorted(owner_of) == list(range(1, n_ids + 1)):
        return "your codes start at 1. Row numbers start at 0."
    if max(codes) >= n_ids:
        return (
            f"there are {n_ids} different ids, so the codes should be 0 to {n_ids - 1}, no gaps. "
            "Did you count rows, or take the ids themselves? Number each id once."
        )
    if [owner_of[code] for code in range(n_ids)] == sorted(owner_of.values()):
        return "a valid numbering, but sorted: we promised order of first appearance."
    return "a valid numbering, but not in order of first appearance, the training set's first."


# ---------------------------------------------------------------- 1: the map


def _columns():
    """The columns of ids that a map is made of, as lists: text and numbers, with 0 among them."""
    rng = np.random.default_rng(2)
    more = [rng.integers(0, 9 + 3 * n, 4 + 2 * n) for n in range(N_MORE)]
    texts = [ids.astype(str).tolist() if n % 2 else ids.tolist() for n, ids in enumerate(more)]
    return [["30", "7", "112", "7", "30", "5", "7"], [4, 2, 4, 0, 9, 1, 2, 2], *texts]


@checker
def check_id_map(make_map):
    """Check a function of a column of ids → {id: code}, in order of first appearance."""
    for number, ids in enumerate(_columns()):
        answer = call(make_map, pd.Series(ids, name="user_id"), quiet=number > 0)
        if not isinstance(answer, dict):
            raise Wrong(f"a dictionary is asked for, {{id: code}}; yours is {describe(answer)}.")
        if answer != _numbered(ids) or not all(map(_is_code, answer.values())):
            raise Wrong(from_the_code(make_map, (ids,)) or _wrong_map(answer, ids))
    return "Each id has one code, in order of first appearance."


def _wrong_map(answer, ids):
    """Return the first fault of a map, from its keys to the order of its codes."""
    unique = list(dict.fromkeys(ids))
    missing = [original for original in unique if original not in answer]
    strangers = [key for key in answer if key not in unique]
    if missing and list(answer) == list(range(len(answer))):
        return (
            f"look up the id {missing[0]!r} in your map: it is not there. Yours goes from code to "
            "id; the id must be the key."
        )
    if missing and {str(key) for key in answer} == {str(original) for original in unique}:
        return (
            f"your keys are of another type than the ids: the column holds {unique[0]!r}, so "
            "`map` will not find it. Leave the ids as they are."
        )
    if missing:
        return f"the id {missing[0]!r} is in the column but not in your map."
    if strangers:
        return f"your map has the key {strangers[0]!r}, which is no id of the column."
    return _wrong_numbering([answer[original] for original in unique], unique)


# ---------------------------------------------------------------- 2: codes for train and test


def _splits():
    """The pairs (train, test) of lists of ids, of text and of numbers."""
    rng = np.random.default_rng(3)
    written = [
        (["b", "d", "a", "d", "b"], ["d", "c", "a", "e"]),
        (["u9", "u2", "u9"], ["u1", "u2", "u7", "u1"]),
        ([30, 0, 7], [7, 30]),  # nobody is new
    ]
    more = [rng.integers(0, 25, size).tolist() for size in rng.integers(4, 30, 2 * N_MORE)]
    return written + list(zip(more[::2], more[1::2], strict=True))


@checker
def check_code_both(code_both):
    """Check a function of (train ids, test ids) → their codes, numbered together."""
    for number, (train, test) in enumerate(_splits()):
        codes, code_of = _call_both(code_both, train, test, number > 0), _numbered(train + test)
        right = [[code_of[original] for original in part] for part in (train, test)]
        if codes != right or not all(map(_is_code, codes[0] + codes[1])):
            raise Wrong(from_the_code(code_both, (train, test)) or _wrong_codes(codes, train, test))
    return "Every id has one code, whichever part it is in."


def _call_both(code_both, train, test, quiet):
    """Return two lists of codes; where the function stops at an id, say what its map lacks."""
    try:
        answer = call(code_both, _with_mixed_index(train), _with_mixed_index(test), quiet=quiet)
    except Wrong as stop:
        found = [original for original in train + test if repr(original) in str(stop)]
        if "non-finite" in str(stop):
            raise Wrong(f"{stop} Some ids got NaN: do you look up all ids in one map?") from None
        if not isinstance(stop.__cause__, KeyError) or not found:
            raise
        raise Wrong(f"looking up the id {found[0]!r} failed{_why_lost(found[0], train)}") from None
    hint = (
        "two results are asked for, `return train_codes, test_codes`; yours is one "
        f"{type(answer).__name__}."
    )
    parts = zip(two_results(answer, hint), ("train", "test"), strict=True)
    return [_codes(part, name) for part, name in parts]


def _why_lost(original, train):
    return f", {_MAP_WITHOUT_TRAINING}" if original in train else f": {_MAP_OF_TRAINING}"


def _with_mixed_index(ids):
    """Return the ids as a Series whose index, as after a split, does not count from 0."""
    index = np.random.default_rng(len(ids)).permutation(3 * len(ids) + 9)[: len(ids)]
    return pd.Series(ids, index=index, name="user_id")


def _codes(part, name):
    if not isinstance(part, (list, tuple, range)) and not hasattr(part, "__array__"):
        raise Wrong(f"your {name} codes should be a list of codes, not a {type(part).__name__}.")
    nested = (list, tuple, np.ndarray, pd.Series, pd.Index)
    if getattr(part, "ndim", 1) != 1 or any(isinstance(code, nested) for code in part):
        raise Wrong(f"your {name} codes should be one flat list, one code for each row.")
    return list(part)


def _wrong_codes(codes, train, test):
    """Return the first fault of two lists of codes, from their lengths to their order."""
    if len(train) != len(test) and [len(part) for part in codes] == [len(test), len(train)]:
        return "you return the codes of the test set first; the training set comes first."
    for part, ids, name in zip(codes, (train, test), ("train", "test"), strict=True):
        if len(part) != len(ids):
            return f"the {name} column has {len(ids)} entries, but you gave back {len(part)} codes."
    for code, original in zip(codes[0] + codes[1], train + test, strict=True):
        if pd.isna(code):
            return f"the id {original!r} got NaN{_why_lost(original, train)}"
    return _wrong_numbering(codes[0] + codes[1], train + test)


# ---------------------------------------------------------------- 3: a split of one's own

_COLUMNS = ["user_id", "movie_id", "user_rating"]
_SMALLEST, _LARGEST = 0.02, 0.5  # share of the ratings that a test set may have


def _tables():
    """Frames of coded ratings with long tails: some users and movies have a single rating."""
    rng = np.random.default_rng(4)
    return [_table(rng, *sizes) for sizes in [(20, 30, 150), (150, 40, 400), (25, 90, 400)]]


def _table(rng, n_users, n_movies, n_ratings):
    drawn = rng.random((n_ratings, 2)) ** 2 * [n_users, n_movies]
    pairs = pd.DataFrame(drawn.astype(int)).drop_duplicates()
    coded = [pd.factorize(pairs[column])[0] for column in pairs]
    stars = rng.integers(1, 6, len(pairs)).astype(float)
    return pd.DataFrame(dict(zip(_COLUMNS, [*coded, stars], strict=True)))


@checker
def check_own_split(split):
    """Check a function of a frame of ratings → (train, test) with no cold row in test."""
    for number, ratings in enumerate(_tables()):
        train, test = _split_by(split, ratings, quiet=number > 0)
        hint = _wrong_rows(train, test, ratings) or _wrong_size(train, test) or _cold(train, test)
        if hint:
            raise Wrong(from_the_code(split, (ratings,)) or hint)
        if _rows(_split_by(split, ratings, quiet=True)[1]) != _rows(test):
            raise Wrong(
                "a second call splits the same ratings differently. Give the draw a seed, such "
                "as `random_state=10`."
            )
    return "Each rating is in one part, and training knows all users and movies of the test set."


def _split_by(split, ratings, quiet):
    """Return the two frames, or raise Wrong where they are none."""
    answer = call(split, ratings, quiet=quiet)
    hint = f"two frames are asked for, `return train, test`; yours is {describe(answer)}."
    for part, name in zip(two_results(answer, hint), ("train", "test"), strict=True):
        if not isinstance(part, pd.DataFrame):
            raise Wrong(f"{name} should be a frame, with rows of `ratings`, not {describe(part)}.")
        missing = [column for column in _COLUMNS if column not in part]
        if missing:
            raise Wrong(f"{name} has lost the column {missing[0]}: keep whole rows of `ratings`.")
    return answer


def _rows(frame):
    return Counter(frame[_COLUMNS].itertuples(index=False, name=None))


def _wrong_rows(train, test, ratings):
    """Return what is wrong where not every rating is in one part, once and unchanged."""
    in_train, in_test, whole = map(_rows, (train, test, ratings))
    faults = [
        ("is in both parts. What is tested must not be learned", in_train & in_test),
        ("is in neither part. What is not in the test set belongs in train",
         whole - in_train - in_test),
        ("is in your parts more often than in `ratings`. Leave the rows as they are",
         in_train + in_test - whole),
    ]  # fmt: skip
    for fault, rows in faults:
        if rows:
            user, movie, stars = next(iter(rows))
            return f"user {user}, movie {movie}, {stars} stars {fault}."
    return None


def _wrong_size(train, test):
    told = f"your test set has {len(test)} of {len(train) + len(test)} ratings"
    if len(test) > _LARGEST * (len(train) + len(test)):
        return f"{told}, more than half. Train is given back first."
    if len(test) < _SMALLEST * (len(train) + len(test)):
        return f"{told}: put at least one in fifty there."
    return None


def _cold(train, test):
    """Return which test rows are cold and by what, or None."""
    cold = {name: ~test[f"{name}_id"].isin(train[f"{name}_id"]) for name in ("user", "movie")}
    both = cold["user"] | cold["movie"]
    if not both.any():
        return None
    name = "user" if cold["user"].any() else "movie"
    first = test.loc[cold[name].to_numpy(), f"{name}_id"].iloc[0]
    alone = "" if all(part.any() for part in cold.values()) else f" Only {name}s are cold now."
    return (
        f"{both.sum()} of {len(test)} test rows are cold: {name} {first} has no row in your "
        f"train.{alone} What if such rows went back to train?"
    )
