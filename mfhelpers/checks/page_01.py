"""Checkers of page 01: one cell of the predicted table, the holes filled, the largest k."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, refuse, same

# Three users, three movies, three factors: whatever is multiplied with whatever, the sizes fit,
# so that a wrong product gives a wrong number instead of an error.
_SQUARE_USERS = np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 2.0], [0.25, 4.0, 1.5]])
_SQUARE_MOVIES = np.array([[2.0, 1.0, 3.0], [0.5, 2.6, -1.0], [1.25, 0.75, 5.0]])
_USERS = np.array([[1.0, 2.0], [3.0, 0.5], [0.2, 4.0], [2.5, 1.5], [1.1, 0.7]])
_MOVIES = np.array([[0.9, 0.1], [0.3, 1.2], [1.7, 0.6], [0.4, 2.1]])

_NEEDS_T = (
    "this multiplies P with Q as they are stored, (m, k) with (n, k). "
    "Which of the two needs the .T, so that the sizes next to each other are both k?"
)


@checker
def check_one_cell(predict):
    """Check a function of (user_factors, movie_factors) → first user's score of movie two."""
    answer = as_array(call(predict, _SQUARE_USERS, _SQUARE_MOVIES), "your prediction")
    _look_for_mistakes_in_one_cell(answer, _SQUARE_USERS, _SQUARE_MOVIES)
    if not same(as_number(answer, "your prediction"), _SQUARE_USERS[0] @ _SQUARE_MOVIES[1]):
        raise Wrong(
            "that is not the dot product of the first user's row and the second movie's row. "
            "Multiply the two rows factor by factor, then add up."
        )
    again = as_number(_call_with_two_factors(predict), "your prediction")
    if not same(again, _USERS[0] @ _MOVIES[1]):
        raise Wrong(
            "right for three factors, wrong for two. "
            "Let the whole rows be multiplied, however many factors there are."
        )
    return "One row of P, one row of Q, one number."


def _call_with_two_factors(predict):
    """Return the answer; where a sum typed out for three factors stops, say what differs."""
    try:
        return call(predict, _USERS, _MOVIES)
    except Wrong as stop:
        if "IndexError" in str(stop):
            raise Wrong(
                f"{stop} Here there are only 2 factors: let the whole rows be multiplied, "
                "however many factors there are."
            ) from None
        raise


def _look_for_mistakes_in_one_cell(answer, users, movies):
    user, movie, table, swapped = users[0], movies[1], users @ movies.T, users @ movies
    refuse(
        answer,
        (
            "that is one number for each factor; a rating is one number. "
            "What is still to be done with them?",
            user * movie,
        ),
        (
            "rows are counted from 0 in Python: the first user is row 0, "
            "the second movie is row 1.",
            table[1, 2],
        ),
        ("users come first: you took the second user and the first movie.", table[1, 0]),
        ("wrong movie: rows are counted from 0, so the second movie is row 1.", table[0, 2]),
        ("wrong user: rows are counted from 0, so the first user is row 0.", table[1, 1]),
        (
            "you took columns: a column is one factor of everybody. "
            "A user is a row of P, a movie is a row of Q.",
            users[:, 0] @ movies[:, 1],
        ),
        ("that is every user's score of every movie. Only one cell is asked for.", table),
        (_NEEDS_T, swapped, swapped[0], swapped[0, 1]),
        (
            "you added where a dot product multiplies. Multiply pair by pair, then add up.",
            (user + movie).sum(),
            user.sum() * movie.sum(),
        ),
        ("that is the mean of the products; a dot product is their sum.", (user * movie).mean()),
        (
            "that is every factor of the user with every factor of the movie. "
            "In a dot product only equal factors meet.",
            np.outer(user, movie),
        ),
        ("do not round: a prediction may lie between two stars.", np.round(table[0, 1])),
    )


@checker
def check_fill_holes(fill):
    """Check a function of (ratings, user_factors, movie_factors) → ratings without holes."""
    ratings, predicted = _table_with_holes(_SQUARE_USERS, _SQUARE_MOVIES)
    filled = _table(call(fill, ratings, _SQUARE_USERS, _SQUARE_MOVIES), ratings.shape)
    _look_for_mistakes_in_filling(filled, ratings, predicted)
    if not same(filled, np.where(np.isnan(ratings), predicted, ratings)):
        raise Wrong(
            "some cell is off. A cell with a rating keeps it, "
            "a hole gets the same cell of P times Q transposed."
        )
    ratings, predicted = _table_with_holes(_USERS, _MOVIES)
    filled = _table(call(fill, ratings, _USERS, _MOVIES), ratings.shape)
    if not same(filled, np.where(np.isnan(ratings), predicted, ratings)):
        raise Wrong("right for one table, wrong for one with other sizes and other holes.")
    return "Known ratings are kept, only the holes are predicted."


def _table_with_holes(users, movies):
    """Return (ratings with NaN in some cells, the whole predicted table)."""
    predicted = users @ movies.T
    ratings = np.arange(predicted.size, dtype=float).reshape(predicted.shape) % 5 + 1
    ratings[0, 1] = ratings[1, 0] = ratings[2, 2] = np.nan
    return ratings, predicted


def _table(answer, shape):
    """Return the answer as an array that may still hold NaN, in the shape of the ratings."""
    if isinstance(answer, np.ndarray) and answer.shape == shape and answer.dtype.kind == "f":
        return answer
    return as_array(answer, "the filled table", shape=shape)


def _look_for_mistakes_in_filling(filled, ratings, predicted):
    holes = np.isnan(ratings)
    if np.isnan(filled).all():
        raise Wrong("every cell became NaN: a number plus or times NaN is NaN. Try np.where.")
    if np.array_equal(filled, ratings, equal_nan=True):
        raise Wrong(
            "the holes are still there. Ask `np.isnan(R)` where they are. "
            "(`R == np.nan` would not find them: it is never true.)"
        )
    if np.isnan(filled).any():
        raise Wrong(
            "some holes are still NaN. Which branch of np.where is taken "
            "where `np.isnan(R)` is True?"
        )
    swapped = _SQUARE_USERS @ _SQUARE_MOVIES
    refuse(
        filled,
        ("you replaced known ratings. Keep what people said, fill only the holes.", predicted),
        (
            "you wrote 0 into the holes. A blank is no opinion, it is not a zero: "
            "use the prediction.",
            np.where(holes, 0, ratings),
        ),
        (
            "you wrote one mean into all holes. Use the prediction of each cell.",
            np.where(holes, np.nanmean(ratings), ratings),
        ),
        (_NEEDS_T, np.where(holes, swapped, ratings), swapped),
        (
            "users and movies are swapped: the rows of your prediction are movies. "
            "Users come first.",
            np.where(holes, predicted.T, ratings),
        ),
        (
            "you added the prediction to the ratings. A known rating stays as it is.",
            np.nan_to_num(ratings) + predicted,
        ),
        (
            "the other way round: you kept the holes and threw the known ratings away.",
            np.where(holes, 0, predicted),
        ),
        (
            "do not round: a prediction may lie between two stars.",
            np.where(holes, np.round(predicted), ratings),
        ),
    )


@checker
def check_largest_k(largest_k):
    """Check a function of (n_users, n_movies, n_ratings) → largest k that the ratings cover."""
    for n_users, n_movies, n_ratings in ((60, 40, 730), (600, 400, 6_980), (50, 30, 240)):
        answer = as_number(call(largest_k, n_users, n_movies, n_ratings), "your k")
        _look_for_mistakes_in_k(answer, n_users, n_movies, n_ratings)
        if answer != n_ratings // (n_users + n_movies):
            raise Wrong(
                f"for {n_users} users, {n_movies} movies and {n_ratings} ratings you get "
                f"{answer:g}. Each user and each movie has k numbers: (m + n) k in all, "
                "at most as many as there are ratings."
            )
    return (
        "That many factors, and each number still has a rating of its own. "
        f"For the sample with its 160,000 training ratings k is {160_000 // (6_035 + 3_474)}."
    )


def _look_for_mistakes_in_k(answer, n_users, n_movies, n_ratings):
    rows, cells = n_users + n_movies, n_users * n_movies
    right = n_ratings // rows
    if answer == right:
        return
    refuse(
        answer,
        ("k is a whole number. Round down, with `//`.", n_ratings / rows),
        ("one factor too many: (m + n) k would be more than the ratings. Round down.", right + 1),
        ("one factor too few: exactly as many numbers as ratings is allowed.", right - 1),
        (
            "you divided by all m × n cells. What is learned is k numbers a user and "
            "k numbers a movie.",
            n_ratings // cells,
            n_ratings / cells,
        ),
        (
            "that is where P and Q grow as large as the whole table. "
            "Here the *ratings* are the limit, not the cells.",
            cells // rows,
            cells / rows,
        ),
        (
            "you counted the users alone. Each movie has k numbers too.",
            n_ratings // n_users,
            n_ratings / n_users,
        ),
        (
            "you counted the movies alone. Each user has k numbers too.",
            n_ratings // n_movies,
            n_ratings / n_movies,
        ),
        (
            "that is how many numbers are learned. The k that belongs to it is asked for.",
            right * rows,
        ),
    )
