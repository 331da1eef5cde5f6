"""What every training shares: its rounds and their history, prediction, seeds, Ctrl-C."""

import signal
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
from tqdm import tqdm

from mfhelpers._codes import OnCodes, check_ratings
from mfhelpers._predict import predicted_ratings, rmse_of

LEARNED = (
    "user_factors_", "movie_factors_", "user_biases_", "movie_biases_", "mean_", "user_seen_",
    "movie_seen_",
)  # fmt: skip


class Factorization(OnCodes):
    """The base of models with factors that are trained in rounds, of SGD or ALS alike."""

    def predict(self, X):
        """Return a prediction a row, float64 of shape (n,), not clipped to the stars' range.

        (A score where the model is a WeightedALS.)

        Args:
            X: two columns as in fit; codes that fit has not seen are allowed.

        Raises:
            ValueError: negative or non-integer codes, other columns than in fit.
            NotFittedError: no fit yet, or the last one diverged or was stopped.
        """
        return predicted_ratings(self, *self._check_predict(X))

    def __sklearn_is_fitted__(self):
        """Tell whether there is something to predict from; history_ alone is not enough."""
        return hasattr(self, "user_factors_")

    @contextmanager
    def _all_or_nothing(self):
        """Forget the last training; forget this one, too, where it does not come to its end."""
        self._forget(*LEARNED, "history_", "n_iter_")
        try:
            yield
        except BaseException:
            self._forget(*LEARNED)  # half a training predicts anything, NaN too
            raise

    def _forget(self, *names):
        for name in names:
            vars(self).pop(name, None)

    def _train_rounds(self, kind, n_rounds, one_round, tells, seen, validation):
        """Do the rounds, one more after Ctrl-C; keep history_ and n_iter_, whatever happens.

        Args:
            kind: what a round is called, "epoch" or "iteration".
            n_rounds: how many there are to be.
            one_round: function of (number from 1, progress bar) → what the round tells of itself.
            tells: names of that, columns of history_.
            seen: users, movies, ratings of the training set.
            validation: the same of other ratings, or None.
        """
        history = []
        bar = tqdm(range(1, n_rounds + 1), desc=f"{kind}s", disable=not self.progress)
        try:
            with bar, one_more_round_on_ctrl_c() as pressed:
                for number in bar:
                    start = time.perf_counter()
                    told = one_round(number, bar)
                    seconds = time.perf_counter() - start
                    train_rmse = validation_rmse = np.nan
                    if validation is not None:
                        validation_rmse = rmse_of(self, *validation)
                    if validation is not None or number == n_rounds or pressed.is_set():
                        train_rmse = rmse_of(self, *seen)
                    history.append((number, *told, train_rmse, validation_rmse, seconds))
                    if pressed.is_set():
                        say_stopped(kind, number, n_rounds)
                        break
        finally:
            numbers = (*tells, "train_rmse", "validation_rmse", "seconds")
            columns = [(kind, int), *((name, float) for name in numbers)]
            self.history_ = pd.DataFrame(np.array(history, dtype=columns))
            self.n_iter_ = len(history)


def check_validation(validation):
    """Return users, movies, ratings of a pair (X, y); a ValueError of it says validation."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise ValueError("validation must be a pair (X, y)")
    try:
        return check_ratings(*validation)
    except ValueError as error:
        raise ValueError(f"validation: {error}") from None


def generator(random_state):
    """Return the numpy Generator that a random_state asks for."""
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError):
        raise ValueError(
            f"random_state must be None, a whole number or a numpy Generator, not {random_state!r}"
        ) from None


@contextmanager
def one_more_round_on_ctrl_c():
    """Yield an Event that the first Ctrl-C sets; the second raises KeyboardInterrupt.

    In a fit that a library called the first one raises it.
    """
    pressed = threading.Event()
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or _called_by_a_library():  # signals reach the main thread alone
        yield pressed
        return

    def note(signum, frame):
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)


def say_stopped(kind, n, of):
    """Print how far a training got that Ctrl-C has ended."""
    print(f"Stopped by hand after {kind} {n} of {of}; what was learned until then is kept.")


def _called_by_a_library():
    """Whether scikit-learn or joblib stands among the callers, who are the only ones to know."""
    frame = sys._getframe()
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in ("sklearn", "joblib"):
            return True
        frame = frame.f_back
    return False
