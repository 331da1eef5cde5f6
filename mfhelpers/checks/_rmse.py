"""RMSE, and what students take for it: three pages ask for it."""

import numpy as np


def rmse_of(errors):
    """Return the root of the mean of the squared errors, shape (n,)."""
    return np.sqrt(np.mean(np.square(errors)))


# fmt: off
WRONG_RMSES = {
    "that is the MAE, the mean of the absolute errors. RMSE squares each error, takes the mean, "
    "and the root at the end.":
        (lambda e: np.mean(abs(e)), lambda e: np.sqrt(np.mean(abs(e)))),
    "that is the MSE, the mean squared error. Take the root, to get back to stars.":
        (lambda e: np.mean(e**2),),
    "you took the *sum* where the mean is meant: twice the ratings would give a larger RMSE, "
    "though the model is no worse.":
        (lambda e: np.sqrt(np.sum(e**2)), lambda e: np.sum(e**2), lambda e: np.sum(abs(e))),
    "you took the root before you divided. Divide the sum by the number of ratings first.":
        (lambda e: np.sqrt(np.sum(e**2)) / len(e),),
    "divide by the number of ratings, neither one less (as `.var()` of a Series does) nor more.":
        (lambda e: np.sqrt(np.sum(e**2) / (len(e) - 1)),
         lambda e: np.sqrt(np.sum(e**2) / (len(e) + 1))),
    "that is the spread around the mean (`std`): the RMSE of a model that knows that mean. Take "
    "the mean of the squares as they are.":
        (np.std, np.var, lambda e: np.std(e, ddof=1), lambda e: np.var(e, ddof=1)),
    "too high and too low errors cancel in your mean: square each error before you average.":
        (np.mean, lambda e: abs(np.mean(e)), lambda e: np.mean(e) ** 2, np.sum),
    "that is one error alone, and all of them count. Does a list begin anew in each round?":
        (lambda e: np.max(abs(e)), lambda e: abs(e[-1]), lambda e: e[-1] ** 2),
}
# fmt: on
