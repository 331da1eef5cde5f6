"""Page 03's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np

from mfhelpers import checks

STEP = checks.check_simultaneous_step
EPOCH = checks.check_one_epoch
EDGE = checks.check_find_edge


def step(p, q, r, eta, lam, e=None):
    old_p, p, q = p.copy(), p.copy(), q.copy()
    e = r - np.dot(p, q) if e is None else e
    p += eta * (e * q - lam * p)
    q += eta * (e * old_p - lam * q)
    return np.array([p, q])


def step_with_one_name(p, q, r, eta, lam):
    e = r - p @ q
    p = p + eta * (e * q - lam * p)
    q = q + eta * (e * p - lam * q)
    return p, q


def epoch(rows, P, Q, eta, lam, rmse=lambda e: np.mean(e**2) ** 0.5, again=False):
    """The epoch of the page, with the RMSE of the errors as one likes."""
    P, Q, errors = P.copy(), Q.copy(), []
    for u, i, r in rows:
        e = r - P[u] @ Q[i]
        errors.append(e)
        P[u] += eta * (e * Q[i] - lam * P[u])
        if again:
            e = r - P[u] @ Q[i]
        Q[i] += eta * (e * P[u] - lam * Q[i])
    return P, Q, rmse(np.array(errors))


def copies_in_the_loop(rows, user_factors, movie_factors, *rest):
    for row in rows:
        P, Q, error = epoch([row], user_factors, movie_factors, *rest)
    return P, Q, error


def measured_later(rows, P, Q, *rest):
    errors = []
    for row in rows:
        P, Q, _ = epoch([row], P, Q, *rest)
        errors.append(row[2] - P[row[0]] @ Q[row[1]])
    return P, Q, np.sqrt(np.mean(np.square(errors)))


def learns(rmse):
    return np.isfinite(rmse[-1]) and rmse[-1] <= rmse[0]


def climbed(run, factor=1.1, learns=learns, rate=0.001):
    while rate < 1 and learns(run(rate * factor)):
        rate *= factor
    return rate, rate * factor


def halved(run, low=0.001, high=1.0):
    while high > 1.05 * low:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if learns(run(middle)) else (low, middle)
    return np.array([low, high])


STARS = np.ones(3)


def edge_of_the_page(run):
    return STARS.mean(), 2 * STARS.mean()


RIGHT = {
    STEP: [step, lambda *case: list(map(list, step(*case)))],
    EPOCH: [epoch, lambda *case: list(epoch(*case))],
    EDGE: [climbed, halved],
}
WRONG = {
    STEP: [
        (step_with_one_name, "neither `p = ...` nor `p = P[u]` keeps the old one"),
        (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, p @ q - r), "wrong sign"),
        (lambda p, q, r, eta, lam: step(p, q, r, eta, lam, r - p * q), "one number"),
        (lambda p, q, r, eta, lam: step(p, q, r, eta, -lam), "should p grow"),
        (lambda p, q, r, eta, lam: step(p, q, r, eta, 2 * lam), "were twice as large"),
        (lambda p, q, r, eta, lam: step(p, q, r, lam, eta), "takes learning_rate for regular"),
        (lambda p, *rest: (p, step(p, *rest)[1]), "stays as it was"),
        (lambda p, q, *rest: (step(p, q, *rest)[0], 3 * q), "the new p is right"),
    ],
    EPOCH: [
        (lambda *case: epoch(*case, again=True), "computed the error again"),
        (copies_in_the_loop, "is the copy made inside the loop"),
        (lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, 0), "brake is missing"),
        (measured_later, "after its update"),
        (lambda *case: epoch(*case, rmse=lambda e: np.sqrt(e[-1] ** 2)), "one error alone"),
        (lambda r, P, Q, *_: (P, Q, 1.0), "nothing was learned"),
        (lambda r, P, Q, eta, lam: epoch(r, P, Q, eta, 0, np.sum), "brake is missing"),  # two
    ],
    EDGE: [
        (lambda run: climbed(run)[::-1], "the other way round"),
        (lambda run: climbed(run, factor=2), "far apart"),
        (lambda run: climbed(run, 1.1, lambda rmse: not rmse[-1] > rmse[0], 0.9), "np.isfinite"),
        (lambda run: climbed(run, learns=lambda rmse: rmse[-1] < rmse[-2]), "still learns"),
        (lambda run: (0.125, 0.1375), "does your search call `run`"),
        (edge_of_the_page, "your function uses `STARS` of the page"),
    ],
}
