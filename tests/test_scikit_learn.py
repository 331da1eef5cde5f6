"""The estimators among scikit-learn's: its own checks, its warnings, its words for bad input."""

import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array, issparse
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.estimator_checks import check_estimator

from mfhelpers import AlternatingLeastSquares, MatrixFactorization, WeightedALS, _codes
from mfhelpers.baselines import BiasModel, GroupMean

X, Y = np.array([[0, 0], [1, 1], [2, 0], [0, 1]]), np.array([1.0, 2.0, 3.0, 5.0])
FRAME = pd.DataFrame(X, columns=["user_id", "movie_id"])
STARS = [
    MatrixFactorization(n_epochs=2, random_state=0),
    AlternatingLeastSquares(n_iterations=2, random_state=0),
    BiasModel(),
    GroupMean("movie"),
]
MODELS = [*STARS, WeightedALS(n_iterations=2, random_state=0)]


# ---------------------------------------------------------------- scikit-learn's own checks


def first_two(columns):
    """The checks make tables of three to ten columns; codes have two."""
    if issparse(columns):
        return columns
    if isinstance(columns, pd.DataFrame):
        return columns.iloc[:, :2]
    array = np.asarray(columns)
    return array[:, :2] if array.ndim == 2 else columns


class _FirstTwo:
    def fit(self, X, y=None):
        return super().fit(first_two(X), y)

    def predict(self, X):
        return super().predict(first_two(X))


class TwoOfFactors(_FirstTwo, MatrixFactorization):
    pass


class TwoOfBiases(_FirstTwo, BiasModel):
    pass


class TwoOfMeans(_FirstTwo, GroupMean):
    pass


class TwoOfAlternating(_FirstTwo, AlternatingLeastSquares):
    pass


class TwoOfWeighted(_FirstTwo, WeightedALS):
    pass


DECIMALS = "the check hands over decimals, which are no codes; they are refused by type"
OWN_WORDS = "it is refused, in our words: what X must be, or which row is wrong"
NOT_FOR_CODES = {
    "check_n_features_in_after_fitting": "of the check's four columns the model sees two",
    "check_estimators_dtypes": DECIMALS,
    "check_dtype_object": "whole numbers stored as objects are refused: remap_ids gives integers",
    "check_estimators_nan_inf": DECIMALS + ", which comes before a look at NaN",
    "check_complex_data": OWN_WORDS,
    "check_positive_only_tag_during_fit": OWN_WORDS,
    "check_estimators_empty_data_messages": OWN_WORDS,
    "check_fit2d_1feature": OWN_WORDS,
    "check_fit2d_predict1d": OWN_WORDS,
}


# targets of up to some hundreds need smaller steps than stars do
CHECKED = [TwoOfFactors(learning_rate=1e-4), TwoOfBiases(), TwoOfMeans()]
CHECKED += [TwoOfAlternating(), TwoOfWeighted()]


@pytest.mark.parametrize("model", CHECKED, ids=lambda model: type(model).__name__)
def test_the_checks_of_scikit_learn(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(model, expected_failed_checks=NOT_FOR_CODES, on_fail=None)
    failed = {r["check_name"]: str(r["exception"]) for r in results if r["status"] == "failed"}
    assert not failed
    for name in NOT_FOR_CODES:
        outcomes = [result["status"] for result in results if result["check_name"] == name]
        assert "xfail" in outcomes or not outcomes, f"{name} passes: no excuse is needed"
    assert sum(result["status"] == "passed" for result in results) > 30


# ---------------------------------------------------------------- names of columns


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_an_array_after_a_frame_is_warned_of(model):
    model = clone(model).fit(FRAME, Y)
    told = f"X does not have valid feature names, but {type(model).__name__} was fitted with"
    with pytest.warns(UserWarning, match=told):
        from_array = model.predict(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(model.predict(FRAME), from_array)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_names_of_the_last_fit_count(model):
    model = clone(model).fit(FRAME, Y)
    assert model.feature_names_in_.tolist() == ["user_id", "movie_id"]
    with pytest.raises(ValueError, match="code"):
        model.fit(X - 1, Y)
    assert model.feature_names_in_.tolist() == ["user_id", "movie_id"], "nothing was learned anew"
    assert not hasattr(model.fit(X, Y), "feature_names_in_")
    assert model.n_features_in_ == 2


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_integer_names_of_columns_are_no_names(model):
    numbered = pd.DataFrame(X)
    model = clone(model).fit(numbered, Y)
    assert not hasattr(model, "feature_names_in_")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(model.predict(numbered[[0, 1]]), model.predict(X))
    with pytest.raises(TypeError, match="string names"):
        clone(model).fit(FRAME.set_axis(["user_id", 1], axis=1), Y)


# ---------------------------------------------------------------- y and X of other kinds


@pytest.mark.parametrize("model", STARS, ids=str)
def test_a_column_of_ratings_is_learned_and_warned_of(model):
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        column = clone(model).fit(X, Y[:, None]).predict(X)
    np.testing.assert_array_equal(column, clone(model).fit(X, Y).predict(X))


@pytest.mark.parametrize("model", STARS, ids=str)
def test_missing_ratings_and_sparse_tables_are_refused(model):
    with pytest.raises(ValueError, match="the target y is None"):
        clone(model).fit(X, None)
    with pytest.raises(ValueError, match="X is sparse"):
        clone(model).fit(csr_array(X), Y)
    with pytest.raises(ValueError, match="X is sparse"):
        clone(model).fit(X, Y).predict(csr_array(X))


# ---------------------------------------------------------------- raw ids


@pytest.mark.parametrize("model", MODELS, ids=str)
@pytest.mark.parametrize("column", [0, 1])
def test_a_raw_id_is_named_before_memory_is_asked_for(model, column):
    raw = X.copy()
    raw[2, column] = 50_000_000
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"code 50000000 .* 4 ratings; .* remap_ids first"):
        clone(model).fit(raw, Y)
    with pytest.raises(ValueError, match=f"{FRAME.columns[column]}: code 50000000"):
        clone(model).fit(pd.DataFrame(raw, columns=FRAME.columns), Y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1e6


def test_a_table_may_be_ten_times_as_long_as_the_ratings(monkeypatch):
    monkeypatch.setattr(_codes, "ALWAYS_ALLOWED", 100)
    many = np.column_stack([np.arange(50), np.zeros(50, int)])
    for largest, ratings in ((499, many), (99, many[:3])):
        ratings[-1, 0] = largest
        GroupMean().fit(ratings, np.ones(len(ratings)))
        ratings[-1, 0] = largest + 1
        with pytest.raises(ValueError, match=f"code {largest + 1} would need"):
            GroupMean().fit(ratings, np.ones(len(ratings)))
    GroupMean().fit(X, Y).predict([[50_000_000, 0]])  # asked of a stranger, nothing is allocated


def test_gaps_below_a_million_are_allowed():
    model = GroupMean().fit([[0, 0], [5_000, 1], [999_999, 0]], [1.0, 2.0, 3.0])
    assert model.predict([[5_000, 0]]).tolist() == [2.0]
