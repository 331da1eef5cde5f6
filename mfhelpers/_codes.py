"""The base of every estimator on (user, movie) codes: input checks, column names, tags."""

import numbers

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

# No code may be larger, in fit or later: it was surely a raw id.
MOST_ROWS = 100_000_000
# Fit makes a row of factors for every number up to the largest code. Codes from remap_ids are
# fewer than the ratings; a sample of coded ratings has gaps, hence ten times as many are
# allowed, and up to a million anyhow (80 MB at k=10). Beyond that, most rows would be nobody's.
ALWAYS_ALLOWED = 1_000_000
ROWS_PER_RATING = 10


class OnCodes(BaseEstimator):
    """What estimators on codes share: X has two columns, user codes before movie codes.

    Column names are scikit-learn's affair: remembered in fit, compared in predict.
    """

    def _check_fit(self, X, y):
        """Return users, movies, ratings as `check_ratings` does; remember the names of X."""
        users, movies, ratings = check_ratings(X, y, to_fit=True)
        validate_data(self, X, y, skip_check_array=True)
        return users, movies, ratings

    def _check_fit_pairs(self, X):
        """Return users, movies as `check_pairs` does, at least one; remember the names of X."""
        users, movies = _check_some(*check_pairs(X, to_fit=True))
        validate_data(self, X, skip_check_array=True)
        return users, movies

    def _check_predict(self, X):
        """Return users, movies as `check_pairs` does, of a model that has been fitted."""
        check_fitted(self)
        pairs = check_pairs(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        return pairs

    def __sklearn_tags__(self):
        """Tell scikit-learn's own checks what X may hold: whole numbers from 0."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.positive_only = True
        return tags


class OnRatings(RegressorMixin, OnCodes):
    """The base of those that predict stars, for scikit-learn a regressor."""

    def __sklearn_tags__(self):
        """Tell scikit-learn's own checks not to expect a good fit of their numbers."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


def check_fitted(model, attribute=None):
    """Raise a NotFittedError unless the model has learned something (or has this attribute).

    It says so when the last fit broke off, which leaves the history of its epochs.
    """
    message = "this %(name)s is not fitted: call fit first"
    if hasattr(model, "history_"):
        message = (
            "this %(name)s is not fitted: its last fit broke off after "
            f"{len(model.history_)} whole epochs (history_ has them), and what it had until then "
            "is of no use. After a divergence, lower learning_rate and fit again"
        )
    check_is_fitted(model, attribute, msg=message)


def check_pairs(X, to_fit=False):
    """Return the two code columns of X as read-only integer arrays, users first.

    Args:
        X: DataFrame of two columns or integer array of shape (n, 2): user codes, movie codes.
        to_fit: whether a table with a row for each code is to be made.

    Raises:
        ValueError: not two columns, codes that are not whole numbers, are negative or too
            large; the message names column, row and value.
    """
    if issparse(X):
        raise ValueError("X is sparse; hand over two dense columns: user codes and movie codes")
    if isinstance(X, pd.DataFrame):
        if X.shape[1] != 2:
            raise ValueError(
                "X must have exactly two columns, user codes and movie codes; "
                f"it has {X.shape[1]}: {list(X.columns)}"
            )
        columns = [X.iloc[:, 0].to_numpy(), X.iloc[:, 1].to_numpy()]
    else:
        array = np.asarray(X)
        if array.ndim != 2 or array.shape[1] != 2:
            raise ValueError(
                "X must be a DataFrame of two columns or an array of shape (n, 2): user codes "
                f"and movie codes; it has shape {array.shape}"
            )
        columns = [array[:, 0], array[:, 1]]
    return tuple(_check_codes(c, name, to_fit) for c, name in zip(columns, _names(X), strict=True))


def check_ratings(X, y, to_fit=False):
    """Return users, movies (integer) and ratings (float64): read-only arrays of one length n > 0.

    Raises:
        ValueError: as check_pairs; or y is missing, empty, of another length than X, not
            numeric, or has a NaN or an infinity; the message names row and value.
    """
    users, movies = _check_some(*check_pairs(X, to_fit))
    if y is None:
        raise ValueError(
            "fit requires y to be passed, but the target y is None: hand over a rating for each row"
        )
    ratings = column_or_1d(y, warn=True)
    if len(ratings) != len(users):
        raise ValueError(f"X has {len(users)} rows but y has {len(ratings)} ratings")
    if ratings.dtype.kind not in "iuf":
        ratings = _as_numbers(ratings)
    ratings = read_only(np.ascontiguousarray(ratings, dtype=np.float64))
    if not np.isfinite(ratings.sum()) and not np.isfinite(ratings).all():
        row = int(np.argmin(np.isfinite(ratings)))
        raise ValueError(f"y must hold finite ratings; row {row} is {ratings[row]}")
    return users, movies, ratings


def _check_some(users, movies):
    if len(users) == 0:
        raise ValueError("X has no rows: there is nothing to learn from")
    return users, movies


def _names(X):
    if isinstance(X, pd.DataFrame):
        return [str(name) for name in X.columns]
    return ["user codes", "movie codes"]


def _check_codes(codes, name, to_fit):
    if codes.dtype.kind not in "iu":
        raise ValueError(_why_no_code(codes, name))
    if len(codes) == 0:
        return read_only(np.zeros(0, dtype=np.int64))
    if codes.dtype != np.uint64:
        codes = np.ascontiguousarray(codes, dtype=np.int64)
    most = (
        min(max(ALWAYS_ALLOWED, ROWS_PER_RATING * len(codes)), MOST_ROWS) if to_fit else MOST_ROWS
    )
    # One pass: a negative code, read as unsigned, is larger than any that is allowed.
    largest = codes.view(np.uint64).max()
    if largest >= most:
        if codes.min() < 0:
            row = int(np.argmax(codes < 0))
            raise ValueError(f"{name}: codes start at 0, but row {row} is {codes[row]}")
        there_are = f", and there are {len(codes)} ratings" if to_fit else ""
        raise ValueError(
            f"{name}: code {largest} would need as many rows of factors{there_are}; "
            "number the ids from 0 with remap_ids first"
        )
    return read_only(codes.astype(np.int64, copy=False))


def read_only(array):
    """Return a view of the array that cannot be written to."""
    # pandas hands out read-only columns, NumPy writable ones, and numba compiles a loop anew
    # for each kind: marked so, all are of one kind, and nothing is copied
    array = array.view()
    array.flags.writeable = False
    return array


def _why_no_code(codes, name):
    if codes.dtype.kind == "f":
        bad = ~np.isfinite(codes) | (codes != np.floor(codes))
        if bad.any():
            row = int(np.argmax(bad))
            return f"{name}: codes must be whole numbers, but row {row} is {codes[row]}"
        return f"{name}: codes must be of an integer type, not {codes.dtype}; use .astype(int)"
    shown = repr(codes[0]) if len(codes) else "nothing"
    return (
        f"{name}: codes must be whole numbers from 0, but row 0 is {shown} ({codes.dtype}); "
        "number the ids with remap_ids first"
    )


def _as_numbers(ratings):
    if ratings.dtype.kind == "b":
        raise ValueError("y must be ratings, not True and False")
    for row, value in enumerate(ratings.tolist()):
        if not isinstance(value, numbers.Real):
            raise ValueError(f"y must be numbers; row {row} is {value!r}")
    return ratings.astype(np.float64)
