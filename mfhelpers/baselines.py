"""What a model must beat: means of users or movies, and regularised biases of both.

The mean of all ratings is scikit-learn's `DummyRegressor`.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg

from mfhelpers._codes import OnRatings
from mfhelpers._numbers import check_choice, check_number


class GroupMean(OnRatings):
    """Predict each user's, or each movie's, own mean rating.

    Users (or movies) that were not in training get the mean of all ratings.

    Args:
        by: "user" or "movie", whose mean it is.

    Attributes:
        means_: mean rating by code, shape (m,) or (n,); the overall mean where a code is unseen.
        mean_: mean rating of the training set.
    """

    def __init__(self, by="user"):
        self.by = by

    def fit(self, X, y):
        """Learn the means.

        Args:
            X: two columns, user codes and movie codes from 0: DataFrame or integer (n, 2) array.
            y: n ratings.

        Returns:
            The fitted model itself.

        Raises:
            ValueError: another `by`, or bad input; the message names column, row and value.
        """
        check_choice(self.by, "by", ("user", "movie"))
        users, movies, ratings = self._check_fit(X, y)
        self.mean_ = float(ratings.mean())
        codes = users if self.by == "user" else movies
        counts, sums = np.bincount(codes), np.bincount(codes, ratings)
        self.means_ = np.where(counts > 0, sums / np.maximum(counts, 1), self.mean_)
        return self

    def predict(self, X):
        """Return the mean that belongs to each row, float64 of shape (n,).

        Args:
            X: two columns as in fit; codes that fit has not seen are allowed.

        Raises:
            ValueError: negative or non-integer codes, other columns than in fit.
        """
        users, movies = self._check_predict(X)
        return _look_up(self.means_, users if self.by == "user" else movies, self.mean_)


class BiasModel(OnRatings):
    r"""Predict the mean plus how far this user and this movie lie above or below it.

    Prediction: :math:`\hat r_{ui} = \mu + b_u + b_i`, with :math:`\mu` the mean rating of the
    training set. The biases minimise, over the observed ratings,
    :math:`\sum (r_{ui} - \mu - b_u - b_i)^2 + \lambda (\sum_u b_u^2 + \sum_i b_i^2)`: each
    bias is counted once, so one that rests on few ratings is pulled to 0 the most. For a user
    this says :math:`b_u = \sum_i (r_{ui} - \mu - b_i) / (\lambda + n_u)`, over the
    :math:`n_u` movies the user rated, and for a movie likewise.

    Source: Koren (2010), Factor in the neighbors: scalable and accurate collaborative
    filtering, ACM TKDD 4(1), section 2.1; Koren, Bell and Volinsky (2009), Matrix
    factorization techniques for recommender systems, Computer 42(8), equation 3. Solved
    exactly as ridge regression on 0/1 columns, one for each user and each movie.

    Args:
        regularization: lambda, in ratings: a bias seen once is divided by 1 + lambda. Five
            lies in the flat bottom of cross-validation on samples of MovieLens.

    Attributes:
        mean_: mean rating of the training set.
        user_biases_: b_u by user code, shape (m,); 0 where a code is unseen.
        movie_biases_: b_i by movie code, shape (n,).
    """

    def __init__(self, regularization=5.0):
        self.regularization = regularization

    def fit(self, X, y):
        """Learn the biases.

        Args:
            X: two columns, user codes and movie codes from 0: DataFrame or integer (n, 2) array.
            y: n ratings.

        Returns:
            The fitted model itself.

        Raises:
            ValueError: a regularization below 0, or bad input; the message names it.
        """
        check_number(self.regularization, "regularization")
        users, movies, ratings = self._check_fit(X, y)
        self.mean_ = float(ratings.mean())
        biases = _ridge(_one_hot(users, movies), ratings - self.mean_, self.regularization)
        self.user_biases_, self.movie_biases_ = np.split(biases, [users.max() + 1])
        return self

    def predict(self, X):
        """Return mean plus biases, float64 of shape (n,); an unseen code has the bias 0.

        Args:
            X: two columns as in fit; codes that fit has not seen are allowed.

        Raises:
            ValueError: negative or non-integer codes, other columns than in fit.
        """
        users, movies = self._check_predict(X)
        user_part = _look_up(self.user_biases_, users, 0.0)
        return self.mean_ + user_part + _look_up(self.movie_biases_, movies, 0.0)


def _look_up(values, codes, otherwise):
    """Return values[codes], with one value for all codes beyond the last."""
    known = codes < len(values)
    return np.where(known, values[np.where(known, codes, 0)], otherwise)


def _one_hot(users, movies):
    """Return a sparse row per rating: a 1 in its user's column, a 1 in its movie's."""
    n_users = users.max() + 1
    columns = np.column_stack([users, n_users + movies]).ravel()
    row_starts = np.arange(0, len(columns) + 1, 2)
    return sparse.csr_array((np.ones(len(columns)), columns, row_starts))


def _ridge(rows, targets, regularization):
    """Return the weights w with (XᵀX + λI) w = Xᵀy, for X sparse."""
    gram = (rows.T @ rows + regularization * sparse.eye_array(rows.shape[1])).tocsr()
    # dividing each column by its number of ratings first takes a quarter of the steps
    scale = sparse.diags_array(1 / np.maximum(gram.diagonal(), 1))
    weights, _ = cg(gram, rows.T @ targets, M=scale, rtol=1e-10)
    return weights
