"""How many factor weights are exactly zero under each penalty, on the generated ratings."""

import functools

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from mfhelpers import MatrixFactorization, load_ratings, remap_ids

# exact zeros in % under the proximal step, by regularization
ZEROS = {0.01: (0, 0.2), 0.05: (10, 55), 0.1: (60, 85), 0.5: (98, 100)}


@functools.cache
def training_set():
    coded, *_ = remap_ids(load_ratings(source="generated"))
    train, _ = train_test_split(coded, test_size=0.2, random_state=10)
    return train[["user_id", "movie_id"]], train["user_rating"]


@functools.cache
def weights(penalty, regularization, dtype="float64", n_epochs=20):
    """Return all numbers of P and Q after the course's first run, with another penalty."""
    model = MatrixFactorization(
        penalty=penalty,
        regularization=regularization,
        dtype=dtype,
        n_epochs=n_epochs,
        random_state=10,
    ).fit(*training_set())
    return np.concatenate([model.user_factors_.ravel(), model.movie_factors_.ravel()])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("regularization", ZEROS)
def test_the_proximal_step_gives_exact_zeros(regularization, dtype):
    share = 100 * np.mean(weights("l1", regularization, dtype) == 0)
    low, high = ZEROS[regularization]
    assert low <= share < high


@pytest.mark.parametrize("regularization", ZEROS)
def test_a_larger_penalty_gives_more_zeros_than_a_smaller_one(regularization):
    shares = [np.mean(weights("l1", larger) == 0) for larger in ZEROS if larger >= regularization]
    assert shares == sorted(shares)


@pytest.mark.parametrize("penalty", ["l1_sign", "l2"])
@pytest.mark.parametrize("regularization", ZEROS)
def test_the_sign_step_and_l2_give_none(penalty, regularization):
    assert np.all(weights(penalty, regularization) != 0)


def test_the_sign_step_leaves_small_weights_where_the_proximal_step_leaves_zeros():
    one_step = 0.01 * 0.1
    rattling = np.mean(np.abs(weights("l1_sign", 0.1)) <= one_step * 1.01)
    assert rattling == pytest.approx(np.mean(weights("l1", 0.1) == 0), abs=0.08)
    assert np.mean(np.abs(weights("l2", 0.1)) <= one_step * 1.01) < 0.02


def test_the_start_has_no_zeros():
    assert np.all(weights("l1", 0.1, n_epochs=0) != 0)
