"""Matrix factorization by stochastic gradient descent, as a scikit-learn estimator."""

import numpy as np

from mfhelpers import sgd
from mfhelpers._codes import OnRatings
from mfhelpers._numbers import check_choice, check_number
from mfhelpers._prefetch import is_far
from mfhelpers._training import Factorization, check_validation, generator

SCHEDULES = ("constant", "linear")
DTYPES = ("float64", "float32")


class DivergenceError(FloatingPointError, ValueError):
    """Training ran away to infinity: a setting is too large. A ValueError too, since one is."""


class MatrixFactorization(OnRatings, Factorization):
    r"""Predict ratings by dot products of factors that SGD has learned.

    Prediction: :math:`\hat r_{ui} = p_u \cdot q_i`, and when biased
    :math:`\mu + b_u + b_i + p_u \cdot q_i`.

    Minimises, over the observed ratings, :math:`J = \frac12 \sum (r_{ui} - \hat r_{ui})^2 +
    \lambda(\|p_u\|^2 + \|q_i\|^2)`, and when biased also :math:`\lambda(b_u^2 + b_i^2)`: the
    penalty counts once a rating. One rating's update, in this order, with
    :math:`e = r_{ui} - \hat r_{ui}` kept from the start:

    - :math:`b_u \mathrel{+}= \eta (e - \lambda b_u)`, :math:`b_i \mathrel{+}= \eta (e -
      \lambda b_i)` when biased
    - :math:`p_u \mathrel{+}= \eta (e\,q_i - \lambda p_u)`
    - :math:`q_i \mathrel{+}= \eta (e\,p_u - \lambda q_i)`, which sees the moved :math:`p_u`

    With ``update="simultaneous"`` both factors step from the old values, which is the gradient
    step of J and what most libraries do: :math:`p_u' = p_u + \eta (e\,q_i - \lambda p_u)`,
    :math:`q_i' = q_i + \eta (e\,p_u - \lambda q_i)`. The moved :math:`p_u` adds
    :math:`\eta^2 e\,(e\,q_i - \lambda p_u)` to the movie's step. Its part :math:`\eta^2 e^2 q_i`
    stretches :math:`q_i` whatever the sign of the error, so that a plain model runs away at
    learning rates from about .03; the simultaneous step is safe at rates several times larger.
    At small rates they learn nearly the same.

    Ratings of users or movies that were not in training are predicted by the mean, plus the
    bias of the one that was. After Koren, Bell and Volinsky (2009), Matrix factorization
    techniques for recommender systems, Computer 42(8), equations 2 and 5; the order of the
    steps is that of the shorter lines in Funk (2006), Netflix update: try this at home. The
    defaults are the course's first run.

    Args:
        n_factors: k, numbers per user and per movie.
        biased: whether mean, user biases and movie biases are part of the prediction.
        penalty: "l2"; "l1", whose soft-threshold reaches exact zeros; or "l1_sign", the
            sub-gradient step, which never does.
        update: "moved", where the movie's step sees the user's moved factors, or
            "simultaneous", where both factors step from the old values.
        regularization: lambda, counted once a rating.
        learning_rate: eta, the share of the gradient that one step moves.
        learning_rate_schedule: "constant", or "linear": eta falls in a straight line, epoch e
            of E (from 0) uses eta * (1 - e / E).
        n_epochs: passes over the ratings; 0 leaves the start values.
        init_std: standard deviation of the normal start values of all factors.
        shuffle: False visits rows in the order given. True mixes them once and then, in each
            epoch, visits about 1,000 blocks of neighbours in a fresh random order.
        dtype: "float64", which repeats the hand-written loop, or "float32", the fast one.
        random_state: None, an int or a numpy Generator; the same int gives the same factors.
        progress: whether to show a progress bar.

    Attributes:
        user_factors_: P, shape (m, k); m is the largest user code in training plus one.
        movie_factors_: Q, shape (n, k).
        user_biases_, movie_biases_: shapes (m,) and (n,); zeros unless biased.
        mean_: mean rating of the training set.
        user_seen_, movie_seen_: bool, whether a code was in training.
        n_iter_: epochs done.
        history_: DataFrame, one row an epoch: epoch (from 1); running_rmse, of the errors met
            on the way; train_rmse, after the epoch (every epoch with a validation set, else
            only the last, for it costs a pass over the ratings); validation_rmse (NaN without
            a validation set); seconds.
    """

    def __init__(
        self,
        n_factors=10,
        *,
        biased=False,
        penalty="l2",
        update="moved",
        regularization=0.1,
        learning_rate=0.01,
        learning_rate_schedule="constant",
        n_epochs=20,
        init_std=0.1,
        shuffle=False,
        dtype="float64",
        random_state=None,
        progress=False,
    ):
        self.n_factors = n_factors
        self.biased = biased
        self.penalty = penalty
        self.update = update
        self.regularization = regularization
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.n_epochs = n_epochs
        self.init_std = init_std
        self.shuffle = shuffle
        self.dtype = dtype
        self.random_state = random_state
        self.progress = progress

    def fit(self, X, y, validation=None):
        """Learn factors (and biases) from ratings.

        Ctrl-C ends training after the epoch under way and keeps what was learned; a second
        one stops at once. Where scikit-learn or joblib called fit, in a search say, the first
        one stops at once and goes on up: a model of fewer epochs would be scored as if complete.
        A model whose fit did not end is not fitted.

        Args:
            X: two columns, user codes and movie codes from 0: DataFrame or integer (n, 2) array.
            y: n ratings.
            validation: (X, y) of other ratings whose RMSE is kept after each epoch, or None.

        Returns:
            The fitted model itself.

        Raises:
            ValueError: a setting out of its range, or bad input; the message names it.
            DivergenceError: an epoch ended in infinity or NaN; `history_` keeps those before.
            KeyboardInterrupt: Ctrl-C, as said above.
        """
        self._check_settings()
        users, movies, ratings = self._check_fit(X, y)
        if validation is not None:
            validation = check_validation(validation)
        rng = generator(self.random_state)
        with self._all_or_nothing():
            self._start(users, movies, ratings, rng)
            self._train(users, movies, ratings, validation, rng)
        return self

    def _check_settings(self):
        check_number(self.n_factors, "n_factors", whole=True, least=1)
        check_number(self.n_epochs, "n_epochs", whole=True)
        check_number(self.regularization, "regularization")
        check_number(self.learning_rate, "learning_rate", above=0)
        check_number(self.init_std, "init_std")
        check_choice(self.penalty, "penalty", list(sgd.MOVES))
        check_choice(self.update, "update", sgd.UPDATES)
        check_choice(self.learning_rate_schedule, "learning_rate_schedule", SCHEDULES)
        check_choice(_dtype_name(self.dtype), "dtype", DTYPES)
        for switch in ("biased", "shuffle", "progress"):
            check_choice(getattr(self, switch), switch, (True, False))

    def _start(self, users, movies, ratings, rng):
        m, n, k = int(users.max()) + 1, int(movies.max()) + 1, self.n_factors
        self.user_factors_ = sgd.on_cache_lines(rng.normal(0, self.init_std, (m, k)), self.dtype)
        self.movie_factors_ = sgd.on_cache_lines(rng.normal(0, self.init_std, (n, k)), self.dtype)
        self.user_biases_ = np.zeros(m, self.dtype)
        self.movie_biases_ = np.zeros(n, self.dtype)
        self.mean_ = float(ratings.mean())
        self.user_seen_ = np.zeros(m, dtype=bool)
        self.movie_seen_ = np.zeros(n, dtype=bool)

    def _train(self, users, movies, ratings, validation, rng):
        rows = self._visiting_rows(users, movies, ratings, rng)

        def one_round(epoch, bar):
            running_rmse = self._run_epoch(epoch, *rows, rng)
            self._stop_if_diverged(running_rmse, epoch)
            bar.set_postfix(rmse=f"{running_rmse:.4f}", refresh=False)
            return (running_rmse,)

        seen = users, movies, ratings
        self._train_rounds("epoch", self.n_epochs, one_round, ["running_rmse"], seen, validation)

    def _visiting_rows(self, users, movies, ratings, rng):
        """Return rows in the order of the first visit, in the loop's own types; note who is there.

        Unsigned codes spare the loop a test for negative indices.
        """
        if not self.shuffle:
            self.user_seen_[users] = True
            self.movie_seen_[movies] = True
            return users.astype(np.uint32), movies.astype(np.uint32), ratings.astype(self.dtype)
        mixed = (
            np.empty(len(users), np.uint32),
            np.empty(len(users), np.uint32),
            np.empty(len(users), self.dtype),
        )
        seed = np.uint64(rng.integers(1, 2**63))
        sgd.mixed_rows(users, movies, ratings, seed, *mixed, self.user_seen_, self.movie_seen_)
        return mixed

    def _run_epoch(self, epoch, users, movies, ratings, rng):
        n_ratings = len(ratings)
        # Blocks in random order are as good as a permutation and cost nothing; up to 2,000
        # ratings a block is one row, and this is a permutation.
        block_size = max(1, n_ratings // 1000) if self.shuffle else n_ratings
        n_blocks = -(-n_ratings // block_size)
        order = rng.permutation(n_blocks) if self.shuffle else np.arange(n_blocks)
        rate = self.learning_rate
        if self.learning_rate_schedule == "linear":
            rate *= 1 - (epoch - 1) / self.n_epochs
        number = np.dtype(self.dtype).type
        run_epoch = sgd.compiled_epoch(
            self.penalty,
            bool(self.biased),
            _dtype_name(self.dtype) == "float32",
            self.update,
            is_far(self.user_factors_, self.movie_factors_),
        )
        squared_errors = run_epoch(
            users, movies, ratings, order, block_size,
            self.user_factors_, self.movie_factors_, self.user_biases_, self.movie_biases_,
            number(self.mean_ if self.biased else 0), number(rate), number(self.regularization),
        )  # fmt: skip
        return float(np.sqrt(squared_errors / n_ratings))

    def _stop_if_diverged(self, running_rmse, epoch):
        learned = (self.user_factors_, self.movie_factors_, self.user_biases_, self.movie_biases_)
        if np.isfinite(running_rmse) and all(np.isfinite(a.sum()) for a in learned):
            return
        raise DivergenceError(
            f"training diverged in epoch {epoch}: the factors grew without bound. Lower "
            f"learning_rate (now {self.learning_rate}) or init_std (now {self.init_std})"
            + (
                f", or regularization (now {self.regularization})"
                if self.learning_rate * self.regularization > 1
                else ""
            )
        )


def _dtype_name(dtype):
    try:
        return np.dtype(dtype).name
    except TypeError:
        return repr(dtype)
