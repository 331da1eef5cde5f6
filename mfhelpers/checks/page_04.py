"""Checkers of page 04: RMSE before anything is learned, RMSE of a table, what rounding costs."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, refuse, same

_SOME_STARS = np.array([5.0, 3.0, 4.0, 1.0, 4.0, 2.0, 3.0])
_OTHER_STARS = np.array([2.0, 2.0, 5.0, 3.0])

_TABLE = np.array(
    [[5.0, np.nan, 1.0, 4.0], [np.nan, 2.0, np.nan, np.nan], [3.0, np.nan, 4.0, np.nan]]
)
_PREDICTED = np.array([[4.25, 3.0, 2.5, 3.5], [2.0, 3.25, 1.5, 4.0], [3.25, 2.5, 4.5, 2.75]])
_SMALL_TABLE = np.array([[2.0, np.nan], [np.nan, 5.0]])
_SMALL_PREDICTED = np.array([[2.5, 1.0], [4.0, 4.25]])


@checker
def check_first_rmse(first_rmse):
    """Check a function of ratings → the RMSE of a model whose predictions are all near 0."""
    for ratings in (_SOME_STARS, _OTHER_STARS):
        answer = as_number(call(first_rmse, ratings), "your RMSE")
        if not same(answer, np.sqrt(np.mean(ratings**2))):
            _look_for_mistakes_in_first_rmse(answer, ratings)
            raise Wrong(
                f"for the ratings {ratings.astype(int).tolist()} you get {answer:.4f}. "
                "If every prediction is 0, what is the error of a rating of 5?"
            )
    return "Before training the error of a rating is the rating itself."


def _look_for_mistakes_in_first_rmse(answer, ratings):
    refuse(
        answer,
        (
            "that is the spread around the mean: the RMSE of a model that predicts the mean. "
            "Ours starts near 0 and does not know the mean.",
            ratings.std(),
            ratings.std(ddof=1),
        ),
        (
            "that is the mean of the errors, which is the MAE. RMSE squares each error first.",
            ratings.mean(),
        ),
        (
            "that is the mean squared error. Take the root, to get back to stars.",
            (ratings**2).mean(),
        ),
        (
            "you added up where RMSE takes the mean: twice the ratings would give a larger RMSE.",
            np.sqrt((ratings**2).sum()),
            (ratings**2).sum(),
        ),
        (
            "you took the root before you divided. Divide the sum by the number of ratings first.",
            np.sqrt((ratings**2).sum()) / ratings.size,
        ),
        (
            "the root belongs outside the mean: a root of each square is that error again.",
            np.sqrt(ratings).mean(),
            np.sqrt(ratings.mean()),
        ),
        ("that is the worst error of all, not the typical one.", ratings.max()),
        (
            "you predict 3, the middle of the scale. Two rows of small random numbers "
            "have a dot product near 0.",
            np.sqrt(((ratings - 3) ** 2).mean()),
            np.sqrt(((ratings - 2.5) ** 2).mean()),
        ),
        (
            "that is the curve of this page. Let the function work it out from the ratings "
            "it is given.",
            answer if 3.7 <= answer <= 3.8 else np.inf,
        ),
    )


@checker
def check_table_rmse(table_rmse):
    """Check a function of (ratings with NaN for blanks, predictions) → RMSE over the ratings."""
    for ratings, predicted in ((_TABLE, _PREDICTED), (_SMALL_TABLE, _SMALL_PREDICTED)):
        answer = _number_or_nan(call(table_rmse, ratings, predicted))
        if not same(answer, np.sqrt(np.nanmean((ratings - predicted) ** 2))):
            _look_for_mistakes_in_table_rmse(answer, ratings, predicted)
            raise Wrong(
                f"for a table with {np.isfinite(ratings).sum()} ratings you get {answer:.4f}. "
                "Only cells with a rating count: square each error, take the mean, then the root."
            )
    return "Only what was rated can be wrong."


def _number_or_nan(answer):
    if isinstance(answer, (float, np.floating)) and np.isnan(answer):
        raise Wrong(
            "the result is NaN: a blank minus a prediction is NaN, and so is any mean with it. "
            "Pick the cells that have a rating first. `np.isnan` finds the blanks; comparing with "
            "`np.nan` does not, since NaN equals nothing, not even itself."
        )
    return as_number(answer, "your RMSE")


def _look_for_mistakes_in_table_rmse(answer, ratings, predicted):
    seen = np.isfinite(ratings)
    errors = ratings[seen] - predicted[seen]
    filled = np.where(seen, ratings, 0) - predicted
    squares = errors**2
    refuse(
        answer,
        (
            "that is the MAE, the mean of the absolute errors. RMSE squares them, "
            "takes the mean, and the root at the end.",
            np.abs(errors).mean(),
            np.abs(errors).sum(),
        ),
        (
            "that is the root of the *sum*. With twice as many ratings it would be larger, "
            "though the model is no worse. Take the mean.",
            np.sqrt(squares.sum()),
        ),
        ("that is the sum of squares. Take the mean, then the root.", squares.sum()),
        (
            "you took the root before you divided. Divide the sum by the number of ratings first.",
            np.sqrt(squares.sum()) / squares.size,
        ),
        ("that is the MSE, in squared stars. One root is missing.", squares.mean()),
        (
            "you divided by all m × n cells. Blanks are not errors: divide by the number of "
            "ratings.",
            np.sqrt(squares.sum() / ratings.size),
            squares.sum() / ratings.size,
        ),
        (
            "you took a blank for a rating of 0. Nobody gave it: leave those cells out.",
            np.sqrt((filled**2).mean()),
            np.abs(filled).mean(),
        ),
        (
            "too high and too low errors cancel in your mean. Square before you average.",
            errors.mean(),
            np.abs(errors.mean()),
        ),
        (
            "you measured how errors spread around their own mean. A model that is half a star "
            "too low everywhere must not look perfect.",
            errors.std(),
            errors.std(ddof=1),
        ),
        (
            "you took the mean of the squares for each row, or each column, and then the mean of "
            "those. Take one mean over all ratings: each should count the same.",
            np.sqrt(_row_mean_squares(ratings, predicted).mean()),
            np.sqrt(_row_mean_squares(ratings.T, predicted.T).mean()),
        ),
        (
            "you filled the blanks with a mean. Nobody gave those ratings: leave the cells out.",
            *_rmses_of_filled_tables(ratings, predicted),
        ),
        (
            "you took an RMSE for each row, or each column, and then their mean. Every rating "
            "should count the same, whoever gave it and to whatever movie.",
            np.sqrt(_row_mean_squares(ratings, predicted)).mean(),
            np.sqrt(_row_mean_squares(ratings.T, predicted.T)).mean(),
        ),
        (
            "do not round the predictions before you score them.",
            np.sqrt(((ratings - np.round(predicted))[seen] ** 2).mean()),
        ),
    )


def _row_mean_squares(ratings, predicted):
    """Each row's mean squared error over its ratings (rows without one are left out)."""
    rows = zip(ratings, predicted, strict=True)
    return np.array([np.nanmean((r - p) ** 2) for r, p in rows if np.isfinite(r).any()])


def _rmses_of_filled_tables(ratings, predicted):
    """RMSE over all cells, blanks filled with the mean of all, of the row, of the column."""
    seen = np.isfinite(ratings)
    for axis in (None, 1, 0):
        means = np.nanmean(ratings, axis=axis, keepdims=True)
        yield np.sqrt(np.mean((np.where(seen, ratings, means) - predicted) ** 2))


@checker
def check_rounding_cost(rounding_cost):
    """Check a function of a step → what rounding to that step adds to the mean squared error."""
    for step in (0.4, 2.0, 0.1, 1.0):
        answer = as_number(as_array(call(rounding_cost, step), "your cost"), "your cost")
        # A fine grid of places is a right way to find it, so three digits are enough.
        if not np.isclose(answer, step**2 / 12, rtol=1e-3, atol=0):
            _look_for_mistakes_in_rounding_cost(answer, step)
            raise Wrong(
                f"for a step of {step:g} you get {answer:.4f}. The rounding error lies anywhere "
                "between -step/2 and step/2, all places alike: what is the mean of its square?"
            )
    return "Half the step costs a quarter."


def _look_for_mistakes_in_rounding_cost(answer, step):
    refuse(
        answer,
        ("that is the cost of whole stars. What does a smaller step change?", 1 / 12),
        (
            "that is one fixed number, whatever the step. Use `step`: how large can the rounding "
            "error get, and what does that do to its square?",
            1 / 24,
            1 / 48,
        ),
        (
            "the rounding error grows with the step, so its *square* grows with the square of "
            "the step.",
            step / 12,
        ),
        (
            "that is the worst case, a prediction right in the middle of two steps. "
            "Most are nearer to one of them: take the mean.",
            step**2 / 4,
            step / 2,
        ),
        (
            "that is the mean size of the rounding error. Its mean *square* is asked for.",
            step / 4,
        ),
        (
            "rounding goes to the nearest step, so the error is at most half a step. "
            "You let it reach a whole one.",
            step**2 / 3,
        ),
        ("halved once too often: the error reaches half a step to either side.", step**2 / 48),
        (
            "that is the typical rounding error in stars. The cost is its square.",
            step / np.sqrt(12),
        ),
        (
            "finer steps cost less, not more: multiply by the step where you divided.",
            1 / (12 * step**2),
            1 / (12 * step),
        ),
    )
    if np.isclose(answer, step**2 / 12, rtol=0.1, atol=0):
        raise Wrong(
            f"close: for a step of {step:g} you get {answer:.5f}, and {step**2 / 12:.5f} is right. "
            "If you tried places, try many more, evenly spaced. Or find the formula: what becomes "
            "of the squares when the step is halved?"
        )
