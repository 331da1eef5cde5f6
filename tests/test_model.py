"""MatrixFactorization: what it learns, how it fits into scikit-learn, what it refuses."""

import _thread
import signal
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from mfhelpers import (
    DivergenceError,
    MatrixFactorization,
    fold_in,
    load_ratings,
    remap_ids,
    similar_movies,
    top_n,
)
from tests.reference import planted, run_epoch


@pytest.fixture(scope="module")
def ratings():
    X, y, *_ = planted()
    return X, y


# --- the same statements as the hand-written loop ---------------------------------------------


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("penalty", ["l2", "l1", "l1_sign"])
@pytest.mark.parametrize("update", ["moved", "simultaneous"])
@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_fit_repeats_the_hand_loop_from_its_own_start(ratings, biased, penalty, update, schedule):
    X, y = ratings
    settings_ = dict(biased=biased, penalty=penalty, update=update, n_factors=3,
                     learning_rate_schedule=schedule, learning_rate=0.05,
                     random_state=1)  # fmt: skip
    begun = MatrixFactorization(n_epochs=0, **settings_).fit(X, y)
    model = MatrixFactorization(n_epochs=4, **settings_).fit(X, y)
    arrays = [begun.user_factors_, begun.movie_factors_, begun.user_biases_, begun.movie_biases_]
    running = []
    for epoch in range(4):
        rate = 0.05 * (1 - epoch / 4 if schedule == "linear" else 1)
        rows = list(zip(*X.T, y, strict=True))
        running.append(run_epoch(rows, *arrays, y.mean(), biased, rate, 0.1, penalty, update))
    np.testing.assert_allclose(model.history_["running_rmse"], running, rtol=1e-12)
    learned = [model.user_factors_, model.movie_factors_, model.user_biases_, model.movie_biases_]
    for ours, theirs in zip(learned, arrays, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_defaults_are_the_first_run_of_the_course():
    assert MatrixFactorization().get_params() == dict(
        n_factors=10, biased=False, penalty="l2", update="moved", regularization=0.1,
        learning_rate=0.01, learning_rate_schedule="constant", n_epochs=20, init_std=0.1,
        shuffle=False, dtype="float64", random_state=None, progress=False,
    )  # fmt: skip


def test_zero_epochs_leave_the_start_values(ratings):
    model = MatrixFactorization(n_factors=50, init_std=0.2, n_epochs=0, random_state=0)
    model.fit(*ratings)
    assert model.user_factors_.shape == (30, 50) and model.movie_factors_.shape == (20, 50)
    assert model.user_factors_.std() == pytest.approx(0.2, rel=0.05)
    assert len(model.history_) == 0 and model.n_iter_ == 0


def test_a_planted_truth_is_found(ratings):
    X, y = ratings
    model = MatrixFactorization(
        2, n_epochs=400, learning_rate=0.05, regularization=0.001, random_state=0, shuffle=True
    )
    model.fit(X, y)
    _, _, P, Q = planted()
    everything = np.argwhere(np.ones((30, 20)))
    truth = (P @ Q.T)[everything[:, 0], everything[:, 1]]
    assert root_mean_squared_error(truth, model.predict(everything)) < 0.1


def test_at_a_rate_where_the_moved_step_runs_away_the_simultaneous_one_learns():
    coded, *_ = remap_ids(load_ratings(source="generated"))
    X, y = coded[["user_id", "movie_id"]], coded["user_rating"]
    fast = dict(learning_rate=0.03, random_state=0)
    with pytest.raises(DivergenceError):
        MatrixFactorization(**fast).fit(X, y)
    history = MatrixFactorization(update="simultaneous", **fast).fit(X, y).history_
    assert history["train_rmse"].iloc[-1] < 0.9


# --- history ------------------------------------------------------------------------------------


def test_history_says_what_a_prediction_afterwards_says(ratings):
    X, y = ratings
    model = MatrixFactorization(n_epochs=3, random_state=0)
    model.fit(X[:200], y[:200], validation=(X[200:], y[200:]))
    history = model.history_
    assert list(history.columns) == [
        "epoch", "running_rmse", "train_rmse", "validation_rmse", "seconds",
    ]  # fmt: skip
    assert list(history["epoch"]) == [1, 2, 3]
    for part, name in ((slice(200), "train_rmse"), (slice(200, None), "validation_rmse")):
        expected = root_mean_squared_error(y[part], model.predict(X[part]))
        assert history[name].iloc[-1] == pytest.approx(expected)
    assert history.notna().all().all()


def test_without_validation_train_rmse_is_known_at_the_end(ratings):
    history = MatrixFactorization(n_epochs=3, random_state=0).fit(*ratings).history_
    assert history["validation_rmse"].isna().all()
    assert list(history["train_rmse"].isna()) == [True, True, False]


def test_validation_does_not_change_what_is_learned(ratings):
    X, y = ratings
    a = MatrixFactorization(n_epochs=3, random_state=0, shuffle=True).fit(X, y)
    b = MatrixFactorization(n_epochs=3, random_state=0, shuffle=True)
    b.fit(X, y, validation=(X[:9], y[:9]))
    np.testing.assert_array_equal(a.user_factors_, b.user_factors_)


# --- order of the rows --------------------------------------------------------------------------


def test_same_seed_same_bits_other_seed_other_factors(ratings):
    def factors(seed):
        model = MatrixFactorization(n_epochs=3, shuffle=True, dtype="float32", random_state=seed)
        return model.fit(*ratings).user_factors_

    np.testing.assert_array_equal(factors(5), factors(5))
    assert not np.array_equal(factors(5), factors(6))


def test_models_trained_at_the_same_time_are_those_trained_alone(ratings):
    def fit(seed):
        return MatrixFactorization(shuffle=True, dtype="float32", random_state=seed).fit(*ratings)

    together = Parallel(n_jobs=4, prefer="threads")(delayed(fit)(seed) for seed in range(8))
    for seed, model in enumerate(together):
        assert np.array_equal(model.user_factors_, fit(seed).user_factors_)


def test_shuffle_forgets_the_order_that_the_rows_came_in(ratings):
    X, y = ratings
    order = np.argsort(y)

    def rmse(shuffle):
        model = MatrixFactorization(n_epochs=5, learning_rate=0.1, shuffle=shuffle, random_state=0)
        model.fit(X[order], y[order])
        return root_mean_squared_error(y, model.predict(X))

    assert rmse(True) < rmse(False)


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_predictions_do_not_depend_on_how_ids_are_numbered(random):
    X, y, *_ = planted()
    new_users, new_movies = list(range(30)), list(range(20))
    random.shuffle(new_users)
    random.shuffle(new_movies)
    renumbered = np.column_stack([np.array(new_users)[X[:, 0]], np.array(new_movies)[X[:, 1]]])
    settings_ = dict(n_epochs=3, init_std=0.0, biased=True)  # no random start to be renumbered
    a = MatrixFactorization(**settings_).fit(X, y).predict(X)
    b = MatrixFactorization(**settings_).fit(renumbered, y).predict(renumbered)
    np.testing.assert_allclose(a, b)


# --- codes that training has not seen -----------------------------------------------------------


@pytest.mark.parametrize("biased", [False, True])
def test_unseen_codes_get_what_is_known(biased):
    X = np.array([[0, 0], [0, 2], [2, 0], [2, 2]])  # user 1 and movie 1 are gaps
    y = np.array([1.0, 2.0, 4.0, 5.0])
    model = MatrixFactorization(n_epochs=50, biased=biased, random_state=0).fit(X, y)
    b_u, b_i = model.user_biases_, model.movie_biases_
    asked = np.array([[1, 0], [0, 1], [1, 1], [99, 2], [0, 99], [99, 99]])
    known = [b_i[0], b_u[0], 0, b_i[2], b_u[0], 0]
    np.testing.assert_allclose(model.predict(asked), 3.0 + np.array(known))
    if biased:
        assert b_u[0] < 0 < b_u[2]
    else:
        assert not b_u.any() and not b_i.any()


def test_seen_pairs_get_the_dot_product(ratings):
    X, y = ratings
    for biased in (False, True):
        model = MatrixFactorization(n_epochs=2, biased=biased, random_state=0).fit(X, y)
        expected = np.sum(model.user_factors_[X[:, 0]] * model.movie_factors_[X[:, 1]], axis=1)
        if biased:
            expected += model.mean_ + model.user_biases_[X[:, 0]] + model.movie_biases_[X[:, 1]]
        np.testing.assert_allclose(model.predict(X), expected)


# --- endings before the end ---------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_divergence_names_epoch_and_remedy_and_keeps_history(ratings, dtype):
    model = MatrixFactorization(learning_rate=2.0, dtype=dtype, n_epochs=50, random_state=0)
    with pytest.raises(DivergenceError, match=r"epoch \d+.*learning_rate \(now 2.0\)") as caught:
        model.fit(*ratings)
    epoch = int(str(caught.value).split("epoch ")[1].split(":")[0])
    assert len(model.history_) == epoch - 1
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("biased", [False, True])
def test_after_a_divergence_the_model_is_not_fitted_and_says_so(ratings, biased):
    X, y = ratings
    model = MatrixFactorization(biased=biased, random_state=0).fit(X, y)
    with pytest.raises(DivergenceError):
        model.set_params(learning_rate=2.0).fit(X, y)
    n_whole = len(model.history_)
    told = f"not fitted: its last fit broke off after {n_whole} whole epochs.*lower learning_rate"
    asked = [lambda: model.predict(X), lambda: model.score(X, y), lambda: top_n(model, 0),
             lambda: similar_movies(model, 0), lambda: fold_in(model, [0], [3])]  # fmt: skip
    for ask in asked:
        with pytest.raises(NotFittedError, match=told):
            ask()
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    model.set_params(learning_rate=0.01).fit(X, y).predict(X)


def test_ctrl_c_ends_after_the_epoch_and_keeps_what_was_learned(ratings, capsys):
    model = MatrixFactorization(n_epochs=10_000_000, random_state=0)
    timer = threading.Timer(0.3, _thread.interrupt_main)
    timer.start()
    model.fit(*ratings)
    timer.join()
    assert 0 < model.n_iter_ < 10_000_000
    assert len(model.history_) == model.n_iter_
    assert model.history_["train_rmse"].notna().iloc[-1]
    assert capsys.readouterr().out == (
        f"Stopped by hand after epoch {model.n_iter_} of 10000000; "
        "what was learned until then is kept.\n"
    )


def press_ctrl_c(monkeypatch, epoch, times=1):
    """Have Ctrl-C pressed at the end of that epoch of every fit."""
    run_epoch = MatrixFactorization._run_epoch

    def pressing(self, now, *rest):
        running_rmse = run_epoch(self, now, *rest)
        for _ in range(times if now == epoch else 0):
            signal.raise_signal(signal.SIGINT)
        return running_rmse

    monkeypatch.setattr(MatrixFactorization, "_run_epoch", pressing)


def test_a_second_ctrl_c_stops_at_once_and_nothing_half_learned_is_left(ratings, monkeypatch):
    press_ctrl_c(monkeypatch, epoch=3, times=2)
    model = MatrixFactorization()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*ratings)
    assert list(model.history_["epoch"]) == [1, 2]
    with pytest.raises(NotFittedError, match="after 2 whole epochs"):
        model.predict(ratings[0])


@pytest.mark.parametrize(
    "fit_inside",
    [
        lambda X, y: GridSearchCV(MatrixFactorization(), {"n_factors": [1, 2]}, cv=2).fit(X, y),
        lambda X, y: make_pipeline(MatrixFactorization()).fit(X, y),
        lambda X, y: Parallel()(delayed(MatrixFactorization(k).fit)(X, y) for k in (1, 2)),
    ],
)
def test_ctrl_c_in_a_fit_that_a_library_called_stops_all_of_it(ratings, monkeypatch, fit_inside):
    press_ctrl_c(monkeypatch, epoch=2)
    with pytest.raises(KeyboardInterrupt):
        fit_inside(*ratings)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_progress_bar_shows_epochs(ratings, capsys):
    MatrixFactorization(n_epochs=2, progress=True).fit(*ratings)
    assert "2/2" in capsys.readouterr().err


# --- scikit-learn's contract --------------------------------------------------------------------


def test_clone_and_searches(ratings):
    X, y = ratings
    frame = pd.DataFrame(X, columns=["user_id", "movie_id"])
    grid = {"n_factors": [1, 2], "regularization": [0.01, 0.1]}
    scoring = "neg_root_mean_squared_error"
    search = GridSearchCV(MatrixFactorization(random_state=0), grid, scoring=scoring, cv=3)
    search.fit(frame, pd.Series(y), validation=(frame, y))
    assert set(search.best_params_) == set(grid)
    RandomizedSearchCV(clone(search.estimator), grid, n_iter=2, scoring=scoring, cv=2).fit(X, y)
    assert search.best_estimator_.score(frame, y) <= 1


def test_predict_before_fit():
    with pytest.raises(NotFittedError):
        MatrixFactorization().predict(np.array([[0, 0]]))


def test_nothing_handed_in_is_changed(ratings):
    X, y = ratings
    frame, series = pd.DataFrame(X.copy(), columns=["u", "i"]), pd.Series(y.copy())
    MatrixFactorization(n_epochs=2, shuffle=True).fit(frame, series)
    np.testing.assert_array_equal(frame.to_numpy(), X)
    np.testing.assert_array_equal(series.to_numpy(), y)


def test_pickles_copies_and_refits(ratings):
    import pickle

    X, y = ratings
    model = MatrixFactorization(n_epochs=2, random_state=0).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(model.predict(X), again.predict(X))
    small = model.fit(X[:5], y[:5])
    assert small.user_factors_.shape[0] == X[:5, 0].max() + 1


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.uint64])
def test_codes_of_any_integer_type(ratings, dtype):
    X, y = ratings
    settings_ = dict(n_epochs=1, random_state=0)
    expected = MatrixFactorization(**settings_).fit(X, y).predict(X)
    got = MatrixFactorization(**settings_).fit(X.astype(dtype), y).predict(X.astype(dtype))
    np.testing.assert_array_equal(got, expected)


# --- bad input ----------------------------------------------------------------------------------

GOOD_X, GOOD_Y = np.array([[0, 0], [1, 1], [2, 0]]), np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "X, y, message",
    [
        (np.array([[0, 0], [-1, 1], [2, 0]]), GOOD_Y, "user codes.*row 1 is -1"),
        (np.array([[0, 0], [1, -7], [2, 0]]), GOOD_Y, "movie codes.*row 1 is -7"),
        (np.array([[0, 0], [-1, 1], [2, 0]], np.int8), GOOD_Y, "user codes.*row 1 is -1"),
        (np.array([[0, 0], [2**63, 1], [2, 0]], np.uint64), GOOD_Y, "9223372036854775808"),
        (np.array([[0, 0], [0.5, 1], [2, 0]]), GOOD_Y, "user codes.*row 1 is 0.5"),
        (np.array([[0, 0], [np.nan, 1], [2, 0]]), GOOD_Y, "user codes.*row 1 is nan"),
        (GOOD_X.astype(float), GOOD_Y, "integer type, not float64"),
        (GOOD_X.astype(str), GOOD_Y, "remap_ids"),
        (GOOD_X == 1, GOOD_Y, "whole numbers"),
        (np.array([[0, 0], [1, 999_999_999], [2, 0]]), GOOD_Y, "999999999.*remap_ids"),
        (np.zeros((3, 3), int), GOOD_Y, r"shape \(3, 3\)"),
        (np.zeros(3, int), GOOD_Y, r"shape \(3,\)"),
        (np.zeros((0, 2), int), np.zeros(0), "no rows"),
        (GOOD_X, GOOD_Y[:2], "3 rows but y has 2"),
        (GOOD_X, np.array([1, np.nan, 2]), "row 1 is nan"),
        (GOOD_X, np.array([1, 2, np.inf]), "row 2 is inf"),
        (GOOD_X, ["4", "5", "3"], "row 0 is '4'"),
        (GOOD_X, [4, None, 3], "row 1 is None"),
        (GOOD_X, GOOD_Y == 1, "True and False"),
        (GOOD_X, np.column_stack([GOOD_Y, GOOD_Y]), r"shape \(3, 2\)"),
        (GOOD_X, None, "target y is None"),
        (pd.DataFrame(GOOD_X).assign(extra=1), GOOD_Y, "exactly two columns"),
    ],
)
def test_bad_ratings_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        MatrixFactorization().fit(X, y)
    with pytest.raises(ValueError, match="validation: .*" + message):
        MatrixFactorization().fit(GOOD_X, GOOD_Y, validation=(X, y))


def test_predict_refuses_bad_codes_and_swapped_columns():
    frame = pd.DataFrame(GOOD_X, columns=["user_id", "movie_id"])
    model = MatrixFactorization(n_epochs=1).fit(frame, GOOD_Y)
    with pytest.raises(ValueError, match="in the same order"):
        model.predict(frame[["movie_id", "user_id"]])
    with pytest.raises(ValueError, match="unseen at fit time:\n- film"):
        model.predict(frame.rename(columns={"movie_id": "film"}))
    with pytest.raises(ValueError, match="user_id.*row 0 is -1"):
        model.predict(frame - 1)
    assert model.predict(frame[:0]).shape == (0,)


@pytest.mark.parametrize("validation", [GOOD_X, (GOOD_X,), 5])
def test_validation_must_be_a_pair(validation):
    with pytest.raises(ValueError, match="validation"):
        MatrixFactorization().fit(GOOD_X, GOOD_Y, validation=validation)


@pytest.mark.parametrize(
    "setting",
    [
        {"n_factors": 0}, {"n_factors": 2.5}, {"n_factors": True}, {"n_epochs": -1},
        {"n_epochs": "20"}, {"regularization": -0.1}, {"regularization": np.nan},
        {"learning_rate": 0}, {"learning_rate": np.inf}, {"init_std": -1}, {"penalty": "L2"},
        {"penalty": None}, {"update": "both"}, {"update": True},
        {"learning_rate_schedule": "cosine"}, {"dtype": "float16"},
        {"dtype": "nonsense"}, {"biased": "yes"}, {"shuffle": 1.5}, {"random_state": "seed"},
        {"random_state": -3},
    ],
)  # fmt: skip
def test_bad_settings_are_refused_by_name(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        MatrixFactorization(**setting).fit(GOOD_X, GOOD_Y)
