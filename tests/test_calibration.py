"""What the pages claim about results holds on the generated ratings and on real ones alike.

Each test is one statement: an order of two errors, or a rough size. Bands are wide enough for
both sources and other splits, and narrow enough that a wrong model falls out of them.
"""

import functools

import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

from mfhelpers import DivergenceError, MatrixFactorization, generated_truth, load_ratings, remap_ids
from mfhelpers.baselines import BiasModel, GroupMean

SHUFFLED = {"init_std": 0.01, "n_epochs": 60, "shuffle": True}


class Split:
    """Train and test codes of one source; models are fitted once for each setting.

    In float32 for speed, which changes an RMSE in its fifth digit.
    """

    def __init__(self, source, n_ratings, test_size, random_state):
        coded = remap_ids(load_ratings(n_ratings, source=source))[0]
        X, y = coded[["user_id", "movie_id"]].to_numpy(), coded["user_rating"].to_numpy()
        self.X, self.X_test, self.y, self.y_test = train_test_split(
            X, y, test_size=test_size, random_state=random_state
        )
        self.fit = functools.cache(self._fit)

    def _fit(self, **settings):
        settings = {"dtype": "float32"} | settings
        return MatrixFactorization(random_state=0, **settings).fit(self.X, self.y)

    def test(self, model=None, **settings):
        model = model or self.fit(**settings)
        return root_mean_squared_error(self.y_test, model.predict(self.X_test))

    def train(self, **settings):
        return root_mean_squared_error(self.y, self.fit(**settings).predict(self.X))

    @functools.cached_property
    def biases(self):
        return self.test(BiasModel().fit(self.X, self.y))


SOURCES = ["generated", "real"]


def path_of(source, request):
    return source if source == "generated" else request.getfixturevalue("real_ratings_path")


@pytest.fixture(scope="module", params=SOURCES)
def sample(request):
    """The reference run's split: 200,000 ratings, a fifth of them for the test."""
    return Split(path_of(request.param, request), 200_000, 0.2, 10)


@pytest.fixture(scope="module", params=SOURCES)
def everything(request):
    """All ratings, a tenth of them for the test."""
    return Split(path_of(request.param, request), None, 0.1, 0)


# ---------------------------------------------------------------- 200,000 ratings


def test_reference_run_beats_each_mean_and_loses_to_the_two_biases(sample):
    reference = sample.test()
    assert reference == pytest.approx(0.955, abs=0.02)
    assert sample.train() == pytest.approx(0.848, abs=0.02)
    global_mean = root_mean_squared_error(sample.y_test, np.full(len(sample.y_test), 3.58))
    assert global_mean == pytest.approx(1.117, abs=0.015)
    assert reference < global_mean - 0.1
    for by in ("user", "movie"):
        assert reference < sample.test(GroupMean(by).fit(sample.X, sample.y)) - 0.02
    assert sample.biases == pytest.approx(0.923, abs=0.015)
    assert reference > sample.biases + 0.01


def test_biased_model_beats_the_biases_and_the_plain_model(sample):
    biased = sample.test(biased=True, **SHUFFLED)
    plain = min(sample.test(regularization=value, **SHUFFLED) for value in (0.05, 0.1, 0.15))
    assert biased < sample.biases - 0.001
    assert biased < plain - 0.004


def test_biased_model_with_linear_decay_does_not_gain_on_the_biases(sample):
    decayed = sample.test(biased=True, learning_rate_schedule="linear", **SHUFFLED)
    assert decayed > sample.test(biased=True, **SHUFFLED)


def test_first_epoch_is_near_the_root_of_the_mean_square(sample):
    assert sample.fit().history_["running_rmse"].iloc[0] == pytest.approx(
        np.sqrt(np.mean(sample.y**2)), abs=0.1
    )


def test_errors_shrink_with_the_times_a_movie_was_seen(sample):
    seen = np.bincount(sample.X[:, 1], minlength=sample.X_test[:, 1].max() + 1)
    seen = seen[sample.X_test[:, 1]]
    predicted = sample.fit().predict(sample.X_test)
    errors = [
        root_mean_squared_error(sample.y_test[group], predicted[group])
        for group in ((1 <= seen) & (seen < 5), (5 <= seen) & (seen < 20),
                      (20 <= seen) & (seen < 100), seen >= 100)
    ]  # fmt: skip
    assert errors[0] > errors[1] + 0.3
    assert errors[1] > errors[2] + 0.02 > errors[3] + 0.03
    np.testing.assert_allclose(errors, [1.48, 1.02, 0.955, 0.925], atol=0.1)


def test_cold_rows_are_better_off_with_the_mean(sample):
    model = sample.fit()
    cold = ~np.isin(sample.X_test[:, 0], sample.X[:, 0]) | ~np.isin(
        sample.X_test[:, 1], sample.X[:, 1]
    )
    assert 10 < cold.sum() < 150
    predicted = model.predict(sample.X_test)
    by_dot_product = np.where(cold, 0, predicted)  # a start of N(0, .1) is nearly nothing
    gain = root_mean_squared_error(sample.y_test, by_dot_product) - sample.test()
    assert 0.002 < gain < 0.02
    assert root_mean_squared_error(sample.y_test[cold], np.zeros(cold.sum())) > 3


def test_without_a_penalty_more_factors_fit_better_and_predict_worse(sample):
    train, test = zip(
        *[(sample.train(**s), sample.test(**s)) for s in
          [{"n_factors": k, "regularization": 0.0} for k in (2, 10, 50, 200)]],
        strict=True,
    )  # fmt: skip
    assert all(np.diff(train) < -0.1) and all(np.diff(test) > 0.03)
    np.testing.assert_allclose(train, [0.875, 0.745, 0.43, 0.136], atol=0.02)
    np.testing.assert_allclose(test, [0.965, 1.02, 1.115, 1.26], atol=0.025)


def test_penalty_holds_back_what_more_factors_spoil(sample):
    for k in (10, 200):
        test = {lam: sample.test(n_factors=k, regularization=lam) for lam in (0.0, 0.1, 0.2)}
        train = {lam: sample.train(n_factors=k, regularization=lam) for lam in (0.0, 0.1, 0.2)}
        assert test[0.1] < test[0.0] - 0.05 and train[0.0] < train[0.1] < train[0.2]
    assert sample.test(regularization=0.2) > sample.test() + 0.01  # too much for k = 10
    assert sample.test(n_factors=200) > sample.test() + 0.03  # too many factors for .1
    assert sample.test(n_factors=200, regularization=0.2) < sample.test(n_factors=200) - 0.01


@pytest.mark.parametrize(("n_factors", "turn"), [(10, (8, 18)), (50, (6, 14))])
def test_without_a_penalty_the_test_error_turns(sample, n_factors, turn):
    model = MatrixFactorization(n_factors, regularization=0, n_epochs=40, random_state=0,
                                dtype="float32")  # fmt: skip
    model.fit(sample.X, sample.y, validation=(sample.X_test, sample.y_test))
    test = model.history_["validation_rmse"].to_numpy()
    assert turn[0] <= test.argmin() + 1 <= turn[1]
    assert test[-1] > test.min() + 0.04
    assert (np.diff(model.history_["train_rmse"]) < 0).all()


def test_start_scale_matters_at_its_ends_and_its_order_turns_later(sample):
    after_20 = {std: sample.test(init_std=std) for std in (0.0, 0.01, 0.1, 0.3, 1.0)}
    after_100 = {std: sample.test(init_std=std, n_epochs=100) for std in (0.01, 0.1, 1.0)}
    assert after_20[0.0] > 3.6  # a saddle: it never moves
    assert after_20[1.0] > after_20[0.3] + 0.08 and after_20[0.3] > after_20[0.1] + 0.01
    assert after_100[0.01] < after_100[0.1] - 0.005 < after_100[1.0] - 0.02
    assert after_100[1.0] < after_20[1.0] - 0.05


def test_learning_rate_too_small_right_and_too_large(sample):
    small = sample.test(learning_rate=0.001)
    assert 2.5 < small < 3.4 and small > sample.test() + 1.5
    with np.errstate(all="ignore"), pytest.raises(DivergenceError):
        sample.fit(learning_rate=0.03)


def test_order_of_the_rows_matters_when_they_are_sorted_by_rating(sample):
    by_rating = np.argsort(sample.y, kind="stable")
    model = MatrixFactorization(random_state=0).fit(sample.X[by_rating], sample.y[by_rating])
    assert sample.test(model) > sample.test() + 0.15


def test_l1_reaches_zero_by_soft_threshold_and_never_by_the_sign_step(sample):
    def zeros(penalty, value):
        model = sample.fit(penalty=penalty, regularization=value)
        factors = np.vstack([model.user_factors_, model.movie_factors_])
        return np.mean(factors == 0)

    shares = [zeros("l1", value) for value in (0.01, 0.05, 0.1, 0.5)]
    assert 0 < shares[0] < 0.01 and 0.1 < shares[1] < 0.6
    assert 0.6 < shares[2] < 0.85 and shares[3] > 0.97
    assert [zeros("l1_sign", value) for value in (0.01, 0.05, 0.1, 0.5)] == [0, 0, 0, 0]
    assert zeros("l2", 0.1) == zeros("l2", 0.5) == 0
    collapsed = sample.test(penalty="l1", regularization=0.5)
    assert collapsed == pytest.approx(3.75, abs=0.1)


# ---------------------------------------------------------------- all ratings


def test_with_all_ratings_the_reference_set_up_passes_the_biases(everything):
    biases, reference = everything.biases, everything.test()
    assert biases == pytest.approx(0.905, abs=0.01)
    assert reference == pytest.approx(0.879, abs=0.015) and reference < biases - 0.015
    mean = root_mean_squared_error(everything.y_test, np.full(len(everything.y_test), 3.58))
    by_user, by_movie = (
        everything.test(GroupMean(by).fit(everything.X, everything.y)) for by in ("user", "movie")
    )
    assert biases < by_movie - 0.05 and by_movie < by_user - 0.03 and by_user < mean - 0.05


def test_with_all_ratings_a_tuned_plain_model_is_far_better(everything):
    tuned = everything.test(regularization=0.05, learning_rate_schedule="linear", **SHUFFLED)
    assert tuned == pytest.approx(0.845, abs=0.01)
    assert tuned < everything.test() - 0.02


def ndcg_at_10(scores, relevant):
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    discounts = 1 / np.log2(np.arange(2, 12))
    gains = np.take_along_axis(relevant, best, axis=1) @ discounts
    ideal = np.cumsum(discounts)[np.minimum(relevant.sum(axis=1).astype(int), 10) - 1]
    return np.mean(gains / ideal)


def test_ranking_turns_the_ladder_round(everything):
    """Most popular > matrix factorization > biases, for the ten best of each user."""
    n_users = 800
    shape = (n_users, everything.X[:, 1].max() + 1)
    seen, relevant = np.zeros(shape, bool), np.zeros(shape)
    for X, y, table in ((everything.X, None, seen), (everything.X_test, everything.y_test,
                                                     relevant)):  # fmt: skip
        chosen = (X[:, 0] < n_users) & (X[:, 1] < shape[1]) & (True if y is None else y >= 4)
        table[tuple(X[chosen].T)] = 1
    kept = relevant.any(axis=1)

    def ranking(scores):
        scores = np.where(seen, -1e9, scores)
        return ndcg_at_10(scores[kept], relevant[kept])

    model = everything.fit(n_factors=20, biased=True, regularization=0.05,
                           **SHUFFLED | {"n_epochs": 40})  # fmt: skip
    biases = BiasModel().fit(everything.X, everything.y)
    dots = model.user_factors_[:n_users] @ model.movie_factors_.T + model.movie_biases_
    popular = ranking(np.bincount(everything.X[:, 1], minlength=shape[1])[None, :])
    factorized, by_biases = ranking(dots), ranking(biases.movie_biases_[None, :])
    assert popular > 0.1 > 0.06 > factorized > by_biases + 0.002


def test_no_model_beats_the_floor_of_the_generated_ratings(everything, request):
    if request.node.callspec.params["everything"] != "generated":
        pytest.skip("real ratings have no known floor")
    best = everything.test(regularization=0.05, learning_rate_schedule="linear", **SHUFFLED)
    assert generated_truth().floor + 0.02 < best < generated_truth().floor + 0.06
