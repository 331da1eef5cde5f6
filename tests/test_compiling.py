"""How often the loops are compiled: once for each kind of model, however the ratings come."""

import functools
import json
import subprocess
import sys
import threading
import time

import pytest

from mfhelpers import sgd

EVERY_FORM = """
import json, pickle
import numpy as np, pandas as pd
from mfhelpers import MatrixFactorization, _predict, sgd

X, y = np.array([[0, 0], [1, 1], [2, 0], [0, 1]]), np.array([1.0, 2, 3, 5])
frozen, one_column = X.copy(), np.asfortranarray(X)
frozen.flags.writeable = one_column.flags.writeable = False
frame = pd.DataFrame(X.copy(), columns=["user_id", "movie_id"])
forms = [(X, y), (frame, pd.Series(y)), (frame, y), (X, pd.Series(y)), (frozen, list(y)),
         (one_column, y[::-1]), (X.tolist(), y.astype(int)), (X.astype(np.uint32), y),
         (frame.astype("int32"), y.astype("float32")), (X[::-1], y), (X.astype(np.uint64), y)]
for shuffle in (False, True):
    for X_form, y_form in forms:
        model = MatrixFactorization(2, n_epochs=1, shuffle=shuffle)
        model.fit(X_form, y_form, validation=(X_form, y_form)).predict(X_form)
        model.predict(X_form[:1])
model = pickle.loads(pickle.dumps(model))
model.user_factors_.flags.writeable = False
model.movie_factors_ = np.asfortranarray(model.movie_factors_)
model.predict(X)
loops = {"epoch": sgd.compiled_epoch("l2", False, False), "mixing": sgd.mixed_rows,
         "predicting": _predict._compiled}
print(json.dumps({name: len(loop.signatures) for name, loop in loops.items()}))
"""


def test_however_ratings_come_each_loop_is_compiled_once():
    done = subprocess.run([sys.executable, "-c", EVERY_FORM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"epoch": 1, "mixing": 1, "predicting": 1}


@pytest.fixture
def nothing_compiled(monkeypatch):
    fresh = functools.cache(sgd._compiled_epoch.__wrapped__)
    monkeypatch.setattr(sgd, "_compiled_epoch", fresh)


def test_of_two_threads_one_compiles_and_the_other_waits(nothing_compiled, monkeypatch):
    made, njit = [], sgd.njit

    def slow_njit(function, **options):
        time.sleep(0.1)  # long enough for the other thread to come in between
        made.append(function.__name__)
        return njit(function, **options)

    monkeypatch.setattr(sgd, "njit", slow_njit)
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(sgd.compiled_epoch("l2", True, True)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["l2_move", "run_epoch"]
    assert got[0] is got[1]


def test_each_kind_of_model_has_a_loop_of_its_own(nothing_compiled):
    kinds = [
        (penalty, biased, fast, update)
        for penalty in sgd.MOVES
        for biased in (False, True)
        for fast in (False, True)
        for update in sgd.UPDATES
    ]
    assert len({id(sgd.compiled_epoch(*kind)) for kind in kinds}) == len(kinds)
    assert sgd.compiled_epoch("l1", True, True) is sgd.compiled_epoch("l1", True, True, "moved")
