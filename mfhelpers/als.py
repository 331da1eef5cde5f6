"""Alternating least squares: for stars, and for who rated what, as scikit-learn estimators.

With the movies' factors fixed, the loss of each user is an ordinary least-squares problem of
k unknowns, solved exactly; then the users are fixed and the movies solved. Page 09 does it in
ten lines of NumPy; here the same rows are solved by a compiled loop, on two threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from mfhelpers._codes import OnRatings
from mfhelpers._numbers import check_choice, check_number
from mfhelpers._training import Factorization, check_validation, generator
from mfhelpers.sgd import FAST

THREADS = min(2, os.cpu_count() or 1)
CHUNK = 64  # ratings whose factors are copied side by side: 10 KB at k=20, near the processor
HALF_STEPS = (("user", "movie"), ("movie", "user"))  # who is solved, who is fixed
LOSSES = ("loss_after_users", "loss_after_movies")


class _Alternating(Factorization):
    """What both models share: the start, and half-steps in turn."""

    def _check_settings(self):
        check_number(self.n_factors, "n_factors", whole=True, least=1)
        check_number(self.n_iterations, "n_iterations", whole=True)
        check_number(self.regularization, "regularization", above=0)
        check_number(self.init_std, "init_std")
        check_choice(self.progress, "progress", (True, False))

    def _learn(self, users, movies, ratings, mean, validation=None):
        """Alternate, from fresh start values; on any exception nothing half learned is left."""
        rng = generator(self.random_state)
        with self._all_or_nothing():
            self.mean_ = mean
            sides = self._start(users, movies, rng)

            def one_round(iteration, bar):
                return [self._half_step(*kinds, sides, ratings) for kinds in HALF_STEPS]

            seen = users, movies, ratings
            self._train_rounds("iteration", self.n_iterations, one_round, LOSSES, seen, validation)
        return self

    def _start(self, users, movies, rng):
        """Set the start values; return how the ratings lie by user, and how by movie."""
        m, n, k = int(users.max()) + 1, int(movies.max()) + 1, self.n_factors
        sides = {"user": _Side(users, movies, m), "movie": _Side(movies, users, n)}
        self.user_factors_ = rng.normal(0, self.init_std, (m, k))
        self.movie_factors_ = rng.normal(0, self.init_std, (n, k))
        self.user_biases_, self.movie_biases_ = np.zeros(m), np.zeros(n)
        self.user_seen_, self.movie_seen_ = sides["user"].counts > 0, sides["movie"].counts > 0
        return sides

    def _half_step(self, own, other, sides, ratings):
        """Solve all rows of one kind, the other kind fixed; return the loss J after it."""
        side = sides[own]
        factors, biases = getattr(self, f"{other}_factors_"), getattr(self, f"{other}_biases_")
        fixed = self._penalties(sides[other]) @ (biases**2 + (factors**2).sum(axis=1))
        targets = ratings[side.order]
        if self.biased:  # the row's own bias is the weight of a column of ones
            targets = targets - self.mean_ - biases[side.others]
            factors = np.column_stack([np.ones(len(factors)), factors])
        shared, weight = self._shared(factors)
        solved, explained = side.solve(targets, factors, shared, weight, self._penalties(side))
        if not np.isfinite(solved.sum()):
            raise ValueError(
                f"the equations of some {own} have no single solution at regularization="
                f"{self.regularization}; raise it"
            )
        if self.biased:
            setattr(self, f"{own}_biases_", solved[:, 0].copy())
            solved = solved[:, 1:].copy()
        setattr(self, f"{own}_factors_", solved)
        # where A x = b, the sum of squares left over is what it was at x = 0 less b.x
        return 0.5 * float(targets @ targets - explained + fixed)


class AlternatingLeastSquares(OnRatings, _Alternating):
    r"""Predict ratings by dot products of factors that alternating least squares has found.

    Prediction and loss are those of `MatrixFactorization`: :math:`\hat r_{ui} = p_u \cdot q_i`,
    when biased :math:`\mu + b_u + b_i + p_u \cdot q_i`, and :math:`J = \frac12 \sum (r_{ui} -
    \hat r_{ui})^2 + \lambda(\|p_u\|^2 + \|q_i\|^2)` over the observed ratings (with
    :math:`\lambda(b_u^2 + b_i^2)` when biased). With Q fixed, J is smallest where each user's
    row solves :math:`(\sum_i q_i q_i^\top + \lambda n_u I)\, p_u = \sum_i r_{ui}\, q_i` over the
    :math:`n_u` movies the user rated; then P is fixed and the movies' rows are solved. J falls
    at every half-step. A biased row solves for its bias too, by a column of ones.

    After Zhou, Wilkinson, Schreiber and Pan (2008), Large-scale parallel collaborative
    filtering for the Netflix Prize, AAIM, section 3 (their weighted lambda). Ratings of users or
    movies that were not in training are predicted as by `MatrixFactorization`. The same seed
    gives the same factors on any number of threads.

    Args:
        n_factors: k, numbers per user and per movie.
        biased: whether mean, user biases and movie biases are part of the prediction.
        regularization: lambda, counted once a rating; above 0, so that each row has one
            solution.
        n_iterations: how often users and movies are solved; 0 leaves the start values.
        init_std: standard deviation of the normal start values of all factors.
        random_state: None, an int or a numpy Generator; the same int gives the same factors.
        progress: whether to show a progress bar.

    Attributes:
        user_factors_: P, shape (m, k); m is the largest user code in training plus one.
        movie_factors_: Q, shape (n, k).
        user_biases_, movie_biases_: shapes (m,) and (n,); zeros unless biased.
        mean_: mean rating of the training set.
        user_seen_, movie_seen_: bool, whether a code was in training.
        n_iter_: iterations done.
        history_: DataFrame, one row an iteration: iteration (from 1); loss_after_users and
            loss_after_movies, J after each half-step; train_rmse (every iteration with a
            validation set, else only the last); validation_rmse (NaN without one); seconds.
    """

    def __init__(
        self,
        n_factors=10,
        *,
        biased=False,
        regularization=0.1,
        n_iterations=10,
        init_std=0.1,
        random_state=None,
        progress=False,
    ):
        self.n_factors = n_factors
        self.biased = biased
        self.regularization = regularization
        self.n_iterations = n_iterations
        self.init_std = init_std
        self.random_state = random_state
        self.progress = progress

    def fit(self, X, y, validation=None):
        """Learn factors (and biases) from ratings.

        Ctrl-C ends training after the iteration under way, as in `MatrixFactorization.fit`.

        Args:
            X: two columns, user codes and movie codes from 0: DataFrame or integer (n, 2) array.
            y: n ratings.
            validation: (X, y) of other ratings whose RMSE is kept after each iteration, or None.

        Returns:
            The fitted model itself.

        Raises:
            ValueError: a setting out of its range, or bad input; the message names it.
            KeyboardInterrupt: Ctrl-C a second time, or in a fit that a library called.
        """
        self._check_settings()
        check_choice(self.biased, "biased", (True, False))
        users, movies, ratings = self._check_fit(X, y)
        if validation is not None:
            validation = check_validation(validation)
        return self._learn(users, movies, ratings, float(ratings.mean()), validation)

    def _shared(self, factors):
        return np.zeros((factors.shape[1], factors.shape[1])), 1.0

    def _penalties(self, side):
        return self.regularization * side.counts


class WeightedALS(_Alternating):
    r"""Score movies by how likely a user is to rate them, learned from who rated what.

    Every cell of the table counts: a pair that was rated is a 1 of weight 1, a blank is a 0 of
    weight :math:`w` (unobserved_weight). Minimises :math:`J = \frac12 \sum_{u,i} w_{ui} (x_{ui} -
    p_u \cdot q_i)^2 + \frac{\lambda}{2} (\sum_u (n_u + w n) \|p_u\|^2 + \sum_i (n_i + w m)
    \|q_i\|^2)`: :math:`\lambda` counts as often as the row's weights say. With Q fixed each
    user's row solves :math:`(w\,Q^\top Q + (1 - w) \sum_i q_i q_i^\top + \lambda (n_u + w n) I)\,
    p_u = \sum_i q_i` over the user's :math:`n_u` movies. :math:`Q^\top Q` is the same for all
    users, so the blanks cost next to nothing.

    After Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets,
    ICDM, section 4; the scaling of lambda after Rendle, Krichene, Zhang and Koren (2022),
    Revisiting the performance of iALS on item recommendation benchmarks, RecSys. The same seed
    gives the same factors on any number of threads.

    Args:
        n_factors: k, numbers per user and per movie.
        unobserved_weight: w, the weight of a blank, above 0; a pair that was rated has weight 1.
        regularization: lambda, above 0; a user's row counts it n_u + w n times.
        n_iterations: how often users and movies are solved; 0 leaves the start values.
        init_std: standard deviation of the normal start values of all factors.
        random_state: None, an int or a numpy Generator; the same int gives the same factors.
        progress: whether to show a progress bar.

    Attributes:
        user_factors_: P, shape (m, k); m is the largest user code in training plus one.
        movie_factors_: Q, shape (n, k).
        user_biases_, movie_biases_, mean_: zeros, so that `top_n` and `similar_movies` take it.
        user_seen_, movie_seen_: bool, whether a code was in training; an unseen one scores 0.
        n_iter_: iterations done.
        history_: DataFrame, one row an iteration: iteration (from 1); loss_after_users and
            loss_after_movies, J after each half-step; seconds.
    """

    biased = False

    def __init__(
        self,
        n_factors=20,
        *,
        unobserved_weight=0.3,
        regularization=0.01,
        n_iterations=8,
        init_std=0.1,
        random_state=None,
        progress=False,
    ):
        self.n_factors = n_factors
        self.unobserved_weight = unobserved_weight
        self.regularization = regularization
        self.n_iterations = n_iterations
        self.init_std = init_std
        self.random_state = random_state
        self.progress = progress

    def fit(self, X, y=None):
        """Learn factors from pairs; a pair that comes twice counts once, and stars do not matter.

        Ctrl-C ends training after the iteration under way, as in `MatrixFactorization.fit`.

        Args:
            X: two columns, user codes and movie codes from 0: DataFrame or integer (n, 2) array.
            y: not used; here because scikit-learn hands it over.

        Returns:
            The fitted model itself.

        Raises:
            ValueError: a setting out of its range, or bad input; the message names it.
            KeyboardInterrupt: Ctrl-C a second time, or in a fit that a library called.
        """
        self._check_settings()
        check_number(self.unobserved_weight, "unobserved_weight")
        if self.unobserved_weight == 0:
            raise ValueError(
                "unobserved_weight must be above 0: without the blanks every target is 1, and a "
                "model that says 1 of every movie fits perfectly and ranks nothing"
            )
        users, movies = csr_array((np.ones(len(X)), self._check_fit_pairs(X))).nonzero()
        self._learn(users, movies, np.ones(len(users)), 0.0)
        self.history_ = self.history_.drop(columns=["train_rmse", "validation_rmse"])
        return self

    def _shared(self, factors):
        return self.unobserved_weight * (factors.T @ factors), 1 - float(self.unobserved_weight)

    def _penalties(self, side):
        return self.regularization * (side.counts + self.unobserved_weight * side.n_others)


class _Side:
    """The ratings in the order of the rows to be solved: all of row 0, then of row 1, ..."""

    def __init__(self, rows, others, n_rows):
        n = len(rows)
        # a sparse matrix with one entry a rating; turning it around sorts by row, in one pass
        by_row = csr_array((np.arange(n), rows, np.arange(n + 1)), shape=(n, n_rows)).tocsc()
        self.starts, self.order = by_row.indptr.astype(np.int64), by_row.data
        self.counts = np.diff(self.starts)
        self.others = others[self.order].astype(np.uint32)
        self.n_others = int(others.max()) + 1

    def solve(self, targets, factors, shared, weight, penalties):
        """Return the solved rows, and the sum of b.x over them; a row without ratings is zero."""
        solved = np.zeros((len(self.counts), factors.shape[1]))
        explained = np.zeros(len(self.counts))
        shares = np.linspace(0, self.starts[-1], THREADS + 1)
        cuts = np.searchsorted(self.starts, shares)  # rows, so that each thread has its ratings
        cuts[-1] = len(self.counts)

        def solve_share(thread):
            _solve_rows(
                cuts[thread], cuts[thread + 1], self.starts, self.others, targets, factors,
                shared, weight, penalties.astype(np.float64), solved, explained,
            )  # fmt: skip

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(solve_share, range(THREADS)))
        return solved, explained.sum()


@njit(inline="always")  # a quarter of a second less to compile
def _solve_in_place(A, b, x):
    """Write the solution of A x = b into x, by Cholesky: A = L L', L in the lower half of A."""
    k = len(b)
    for f in range(k):
        for g in range(f + 1):
            left = A[f, g]
            for h in range(g):
                left -= A[f, h] * A[g, h]
            A[f, g] = left / A[g, g] if g < f else np.sqrt(left)
        left = b[f]
        for h in range(f):
            left -= A[f, h] * x[h]
        x[f] = left / A[f, f]
    for f in range(k - 1, -1, -1):
        x[f] /= A[f, f]
        for h in range(f):
            x[h] -= A[f, h] * x[f]


# nogil: Python's lock is of no use in here, and without it two threads work at a time. In
# float64: it takes no longer here than float32, and J comes out of the same sums.
@njit(nogil=True, fastmath=FAST, error_model="numpy")
def _solve_rows(first, last, starts, others, targets, factors, shared, weight, penalties,
                solved, explained):  # fmt: skip
    """Solve A x = b for the rows first to last, where A and b are sums over a row's ratings.

    A = shared + weight * sum q q' + penalty * I and b = sum target * q, with q the other side's
    factors. A row's result does not depend on the other rows, so neither on the threads.
    """
    k = factors.shape[1]
    A, b = np.empty((k, k)), np.empty(k)
    rated = np.empty((k, CHUNK))
    for row in range(first, last):
        if starts[row] == starts[row + 1]:
            continue
        for f in range(k):
            b[f] = 0.0
            for g in range(f + 1):
                A[f, g] = shared[f, g]
        for start in range(starts[row], starts[row + 1], CHUNK):
            size = min(CHUNK, starts[row + 1] - start)
            for j in range(size):
                for f in range(k):
                    rated[f, j] = factors[others[start + j], f]
            for f in range(k):
                total = 0.0
                for j in range(size):
                    total += rated[f, j] * targets[start + j]
                b[f] += total
                for g in range(f + 1):
                    total = 0.0
                    for j in range(size):
                        total += rated[f, j] * rated[g, j]
                    A[f, g] += weight * total
        for f in range(k):
            A[f, f] += penalties[row]
        _solve_in_place(A, b, solved[row])
        for f in range(k):
            explained[row] += b[f] * solved[row, f]
