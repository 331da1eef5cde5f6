"""The base of every estimator on (user, movie) codes: input checks, column names, tags."""

import numbers

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

# A factor row for every number up to the largest code: beyond this many rows a raw id was
# surely handed in where a code was meant.
MOST_ROWS = 100_000_000


class OnCodes(RegressorMixin, BaseEstimator):
    """What estimators on codes share: X has two columns, user codes before movie codes.

    Column names are scikit-learn's affair: remembered in fit, compared in predict.
    """

    def _check_fit(self, X, y):
        """Return users, movies, ratings as `check_ratings` does; remember the names of X."""
        users, movies, ratings = check_ratings(X, y)
        validate_data(self, X, y, skip_check_array=True)
        return users, movies, ratings

    def _check_predict(self, X):
        """Return users, movies as `check_pairs` does, of a model that has been fitted."""
        check_is_fitted(self)
        pairs = check_pairs(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        return pairs

    def __sklearn_tags__(self):
        """Tell scikit-learn's own checks what X may hold: whole numbers from 0."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.positive_only = True
        tags.regressor_tags.poor_score = True  # on the checks' numbers, which are no ratings
        return tags


def check_pairs(X):
    """Return the two code columns of X as integer arrays, users first; X is not changed.

    Args:
        X: DataFrame of two columns or integer array of shape (n, 2): user codes, movie codes.

    Raises:
        ValueError: not two columns, codes that are not whole numbers or are negative; the
            message names column, row and value.
    """
    if isinstance(X, pd.DataFrame):
        if X.shape[1] != 2:
            raise ValueError(
                "X must have exactly two columns, user codes and movie codes; "
                f"it has {X.shape[1]}: {list(X.columns)}"
            )
        names = [str(name) for name in X.columns]
        columns = [X.iloc[:, 0].to_numpy(), X.iloc[:, 1].to_numpy()]
    else:
        array = np.asarray(X)
        if array.ndim != 2 or array.shape[1] != 2:
            raise ValueError(
                "X must be a DataFrame of two columns or an array of shape (n, 2): user codes "
                f"and movie codes; it has shape {array.shape}"
            )
        names, columns = ["user codes", "movie codes"], [array[:, 0], array[:, 1]]
    return tuple(_check_codes(c, name) for c, name in zip(columns, names, strict=True))


def check_ratings(X, y):
    """Return users, movies (integer arrays) and ratings (float64), all of one length n > 0.

    Raises:
        ValueError: as check_pairs; or y is empty, of another length than X, not numeric, or has
            a NaN or an infinity; the message names row and value.
    """
    users, movies = check_pairs(X)
    if len(users) == 0:
        raise ValueError("X has no rows: there is nothing to learn from")
    ratings = np.asarray(y)
    if ratings.ndim != 1:
        raise ValueError(f"y must be one column of ratings; it has shape {ratings.shape}")
    if len(ratings) != len(users):
        raise ValueError(f"X has {len(users)} rows but y has {len(ratings)} ratings")
    if ratings.dtype.kind not in "iuf":
        ratings = _as_numbers(ratings)
    ratings = np.ascontiguousarray(ratings, dtype=np.float64)
    if not np.isfinite(ratings.sum()) and not np.isfinite(ratings).all():
        row = int(np.argmin(np.isfinite(ratings)))
        raise ValueError(f"y must hold finite ratings; row {row} is {ratings[row]}")
    return users, movies, ratings


def _check_codes(codes, name):
    if codes.dtype.kind not in "iu":
        raise ValueError(_why_no_code(codes, name))
    if len(codes) == 0:
        return np.zeros(0, dtype=np.int64)
    if codes.dtype != np.uint64:
        codes = np.ascontiguousarray(codes, dtype=np.int64)
    # One pass: a negative code, read as unsigned, is larger than any that is allowed.
    largest = codes.view(np.uint64).max()
    if largest >= MOST_ROWS:
        if codes.min() < 0:
            row = int(np.argmax(codes < 0))
            raise ValueError(f"{name}: codes start at 0, but row {row} is {codes[row]}")
        raise ValueError(
            f"{name}: code {largest} would need as many rows of factors; "
            "number the ids from 0 with remap_ids first"
        )
    return codes.astype(np.int64, copy=False)


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
