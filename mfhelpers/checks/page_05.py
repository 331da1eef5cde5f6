"""Checkers of page 05: the gradient for one user, the other lambda, a loss of one's own."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, same
from mfhelpers.checks._exercise import exercise


def _sum(made):
    """Return a gradient made of (errors, rated, p, lambda, number of ratings)."""
    return lambda p, rated, stars, lam: made(stars - rated @ p, rated, p, lam, len(stars))


def _plus(pull):
    """Return a gradient whose part from the errors is right, and the penalty's is this."""
    return _sum(lambda e, q, p, lam, n: -e @ q + pull(q, p, lam, n))


def _of_rows(rows):
    return _sum(lambda e, q, p, lam, n: -e[rows] @ q[rows] + len(e[rows]) * lam * p)


def _more_ratings(rng):
    n, k = rng.integers(1, 9), rng.integers(2, 6)
    stars = rng.integers(1, 6, n).astype(float)
    return rng.normal(0, 1, k), rng.normal(0, 1.5, (n, k)), stars, rng.uniform(0.02, 1.5)


check_user_gradient = exercise(
    "Check a function of (p, rated, stars, regularization) → gradient of J by p.",
    solution=lambda p, rated, stars, regularization: (
        -(stars - rated @ p) @ rated + len(stars) * regularization * p
    ),
    gives="your gradient",
    cases=[(np.array([0.7, -0.4]), np.array([[1.2, 0.3], [0.4, 2.5], [-3.1, 1.5]]),
            np.array([5.0, 2.0, 3.0]), 0.3)],
    more=_more_ratings,
    steps=lambda p, rated, stars, lam: {
        "the errors": stars - rated @ p,
        "the sum of the -error * q": -(stars - rated @ p) @ rated,
        "the sum of the regularization * p": len(stars) * lam * p,
    },
    mistakes={
        "that is the downhill step, error * q - regularization * p, added up. The gradient "
        "points uphill: flip it.": _sum(lambda e, q, p, lam, n: e @ q - n * lam * p),
        "that is the downhill step, with lambda counted once a user. The gradient points uphill: "
        "flip it; and J sums lambda for each rating.": _sum(
            lambda e, q, p, lam, n: e @ q - lam * p),
        "twice too much. The square gives a 2, and the ½ in J was there for this.": _sum(
            lambda e, q, p, lam, n: 2 * (n * lam * p - e @ q)),
        "the part from the errors is twice too much. The square gives a 2, and the ½ in J was "
        "there for this.": _sum(lambda e, q, p, lam, n: n * lam * p - 2 * e @ q),
        "the penalty is twice too much. The square gives a 2, and the ½ in J was there for this.":
            _plus(lambda q, p, lam, n: 2 * n * lam * p),
        "two things: the ½ in J takes away the 2 that a square gives, and J sums lambda for each "
        "rating, not once.": (
            _sum(lambda e, q, p, lam, n: 2 * (lam * p - e @ q)),
            _sum(lambda e, q, p, lam, n: lam * p - 2 * e @ q),
            _plus(lambda q, p, lam, n: 2 * lam * p)),
        "a ½ is left: the 2 that a square gives has used it up.": (
            _sum(lambda e, q, p, lam, n: (n * lam * p - e @ q) / 2),
            _sum(lambda e, q, p, lam, n: n * lam * p - e @ q / 2),
            _plus(lambda q, p, lam, n: n * lam * p / 2)),
        "you counted lambda once for the user. J sums it for each rating: how many times is p in "
        "that sum?": _plus(lambda q, p, lam, n: lam * p),
        "lambda is to be counted once for each rating, so len(stars) times.": (
            _plus(lambda q, p, lam, n: len(p) * lam * p),
            _plus(lambda q, p, lam, n: q.size * lam * p),
            _plus(lambda q, p, lam, n: n * n * lam * p),
            _plus(lambda q, p, lam, n: lam * p / n)),
        "the penalty is missing. J has λ times the squared length of p in it, once for each "
        "rating.": _plus(lambda q, p, lam, n: 0),
        "the errors are missing: this is the slope of the penalty alone.": (
            _sum(lambda e, q, p, lam, n: n * lam * p), _sum(lambda e, q, p, lam, n: lam * p)),
        "uphill in the errors, downhill in the penalty: the sign of lambda is wrong. Set all "
        "errors to 0: where does the loss grow?": (
            _plus(lambda q, p, lam, n: -n * lam * p), _plus(lambda q, p, lam, n: -lam * p)),
        "the sign of the errors' part is wrong. With error = stars - prediction, the inside of "
        "the square has a -q in it.": (
            _sum(lambda e, q, p, lam, n: e @ q + n * lam * p),
            _sum(lambda e, q, p, lam, n: e @ q + lam * p)),
        "that is the mean over the user's ratings. J is a sum.": _sum(
            lambda e, q, p, lam, n: lam * p - e @ q / n),
        "the errors' part is the mean over the user's ratings. J is a sum.": _sum(
            lambda e, q, p, lam, n: n * lam * p - e @ q / n),
        "that is one row a rating. J is their sum: add up the rows.": (
            _sum(lambda e, q, p, lam, n: lam * p - e[:, None] * q),
            _sum(lambda e, q, p, lam, n: n * lam * p - e[:, None] * q)),
        "the rows are added up along the wrong axis: you got a number for each rating, where one "
        "for each factor was asked for.": _sum(
            lambda e, q, p, lam, n: (lam * p - e[:, None] * q).sum(axis=1)),
        "you added up the factors too: one slope for each of them was asked for. Sum over the "
        "ratings only (axis=0).": (
            _sum(lambda e, q, p, lam, n: (lam * p - e[:, None] * q).sum()),
            _sum(lambda e, q, p, lam, n: n * lam * p - (e @ q).sum())),
        "the errors are not multiplied by the movies' factors. Chain rule: the outside, times the "
        "derivative of the inside.": _sum(lambda e, q, p, lam, n: n * lam * p - e.sum()),
        "the errors are multiplied by p. When p moves, the inside p · q has the slope q.": _sum(
            lambda e, q, p, lam, n: n * lam * p - e.sum() * p),
        "in the penalty you used the movies' factors. Only the term with p in it moves when p "
        "moves.": _plus(lambda q, p, lam, n: lam * q.sum(axis=0)),
        "the movies' own penalty is in it too. When p moves, that term stands still.": _plus(
            lambda q, p, lam, n: lam * (p + q).sum(axis=0)),
        "that is the derivative by the movies' factors. p was to move, the movies stand still.":
            _sum(lambda e, q, p, lam, n: lam * q - e[:, None] * p),
        "that is the first rating alone. Add up over all of them: does a `return` stand inside "
        "the loop?": _of_rows(slice(1)),
        "that is the last rating alone: in a loop, add to what is there already.": _of_rows(
            slice(-1, None)),
        "a rating is left out, the first or the last: take all of them.": (
            _of_rows(slice(1, None)), _of_rows(slice(-1))),
        "the error is the stars minus the prediction: the prediction is missing.": _sum(
            lambda e, q, p, lam, n: n * lam * p - (e + q @ p) @ q),
        "the errors are still squared. The slope of ½ e² is e, times the slope of e.": _sum(
            lambda e, q, p, lam, n: n * lam * p - e**2 @ q),
        "the errors have lost their sign: no `abs` here.": _sum(
            lambda e, q, p, lam, n: n * lam * p - np.abs(e) @ q),
        "J has the predictions as they are: not rounded, not cut off at 1 and 5.": (
            _sum(lambda e, q, p, lam, n: n * lam * p - (e + q @ p - np.round(q @ p)) @ q),
            _sum(lambda e, q, p, lam, n: n * lam * p - (e + q @ p - np.clip(q @ p, 1, 5)) @ q)),
        "lambda itself is missing in the penalty's part.": (
            _plus(lambda q, p, lam, n: p), _plus(lambda q, p, lam, n: n * p)),
        "the slope of ½ λ p² is λ p: p comes once in it.": (
            _plus(lambda q, p, lam, n: n * lam), _plus(lambda q, p, lam, n: lam),
            _plus(lambda q, p, lam, n: n * lam * p**2),
            _plus(lambda q, p, lam, n: n * lam * p @ p)),
        "that is p after a step. The gradient alone was asked for.": _sum(
            lambda e, q, p, lam, n: p - n * lam * p + e @ q),
        "that is J itself. Its slope by each number of p was asked for.": _sum(
            lambda e, q, p, lam, n: (e @ e + n * lam * p @ p) / 2),
    },
    fallback="For one rating it is -error * q + regularization * p; add these up over the user's "
    "ratings.",
    praise="Uphill, summed over the ratings, lambda once for each of them.",
)  # fmt: skip


def _shares(share):
    """Return the simultaneous update with p's and q's λ made of (λ, both counts)."""

    def step(p, q, rating, rate, lam, n, m):
        error, (for_p, for_q) = rating - p @ q, share(lam, n, m)
        return p + rate * (error * q - for_p * p), q + rate * (error * p - for_q * q)

    return step


def _lines(made):
    """Return an update made of (p, q, error, learning rate, p's share of λ, q's share)."""
    return lambda p, q, rating, rate, lam, n, m: made(
        p, q, rating - p @ q, rate, lam / n, lam / m
    )  # fmt: skip


_right_step = _shares(lambda lam, n, m: (lam / n, lam / m))


def _after(made):
    """Return what is made of (the old, the right change), each a table of two rows, and rate."""

    def step(p, q, rating, rate, *others):
        old = np.array([p, q])
        return tuple(made(old, _right_step(p, q, rating, rate, *others) - old, rate))

    return step


def _p_first(new_error, shared=True):
    """Return an update in which q sees the moved p, with the error made again or not."""

    def step(p, q, rating, rate, lam, n, m):
        n, m, error = (n, m, rating - p @ q) if shared else (1, 1, rating - p @ q)
        p = p + rate * (error * q - lam / n * p)
        error = rating - p @ q if new_error else error
        return p, q + rate * (error * p - lam / m * q)

    return step


def _more_visits(rng):
    p, q = rng.normal(0, 1.2, (2, rng.integers(2, 6)))
    counts = rng.choice(np.arange(2, 80), 2, replace=False).tolist()
    return p, q, int(rng.integers(1, 6)), rng.uniform(0.01, 0.4), rng.uniform(0.05, 0.9), *counts


check_step_once_a_row = exercise(
    "Check a function of (p, q, rating, rate, regularization, counts) → new p, new q.",
    solution=lambda p, q, rating, learning_rate, regularization, user_count, movie_count: (
        _right_step(p, q, rating, learning_rate, regularization, user_count, movie_count)
    ),
    gives=("your new p", "your new q"),
    cases=[
        (np.array([0.7, -0.4, 1.1]), np.array([0.5, 1.3, -0.2]), 4, 0.05, 0.3, 4, 10),
        (np.array([1.9, -0.7, 0.6]), np.array([2.1, 0.8, -1.7]), 1, 0.2, 0.8, 7, 3),
    ],
    more=_more_visits,
    steps=lambda p, q, rating, rate, lam, n, m: {
        "the error": rating - p @ q, "p's share of λ": lam / n, "q's share of λ": lam / m,
    },
    mistakes={
        "that is page 03's update: λ at every visit, so once a rating. Over n visits it should "
        "add up to one λ.": _shares(lambda lam, n, m: (lam, lam)),
        "you multiplied λ by the counts. A row that is visited n times feels its pull n times "
        "already: divide.": _shares(lambda lam, n, m: (lam * n, lam * m)),
        "the counts are swapped: p belongs to the user, q to the movie.": _shares(
            lambda lam, n, m: (lam / m, lam / n)),
        "you used user_count for both rows. The movie is visited movie_count times.": _shares(
            lambda lam, n, m: (lam / n, lam / n)),
        "you used movie_count for both rows. The user is visited user_count times.": _shares(
            lambda lam, n, m: (lam / m, lam / m)),
        "you divided by both counts together. Each row has visits of its own.": (
            _shares(lambda lam, n, m: (lam / (n + m), lam / (n + m))),
            _shares(lambda lam, n, m: (lam / (n * m), lam / (n * m)))),
        "only p's λ is shared out over its visits. q's has to be too.": _shares(
            lambda lam, n, m: (lam / n, lam)),
        "only q's λ is shared out over its visits. p's has to be too.": _shares(
            lambda lam, n, m: (lam, lam / m)),
        "the penalty is gone. (`//` rounds a small λ down to 0.)": _shares(
            lambda lam, n, m: (0, 0)),
        "q has a penalty too.": _shares(lambda lam, n, m: (lam / n, 0)),
        "p has a penalty too.": _shares(lambda lam, n, m: (0, lam / m)),
        "the sign of λ is wrong: with an error of 0 your p would grow.": (
            _shares(lambda lam, n, m: (-lam / n, -lam / m)),
            _shares(lambda lam, n, m: (-lam / n, lam / m))),
        "the sign of q's λ is wrong: with an error of 0 your q would grow.": _shares(
            lambda lam, n, m: (lam / n, -lam / m)),
        "λ is twice too much, or half: the ½ of J and the 2 that a square gives cancel.": (
            _shares(lambda lam, n, m: (2 * lam / n, 2 * lam / m)),
            _shares(lambda lam, n, m: (lam / n / 2, lam / m / 2))),
        "a row's share of λ is λ over its count, not over the root or the square of that.": (
            _shares(lambda lam, n, m: (lam / n**0.5, lam / m**0.5)),
            _shares(lambda lam, n, m: (lam / n**2, lam / m**2))),
        "λ itself is missing: its share is λ divided by the count.": _shares(
            lambda lam, n, m: (1 / n, 1 / m)),
        "your step for q uses the new p where the old one was meant.": (
            _p_first(new_error=False), _p_first(new_error=True)),
        "your step for q uses the new p where the old one was meant; and λ is not shared out.": (
            _p_first(new_error=False, shared=False), _p_first(new_error=True, shared=False)),
        "you divided the errors' part by the counts too. Only the penalty is counted otherwise.": (
            lambda p, q, rating, rate, lam, n, m: (
                p + rate * ((rating - p @ q) * q - lam * p) / n,
                q + rate * ((rating - p @ q) * p - lam * q) / m),
            lambda p, q, rating, rate, lam, n, m: (
                p + rate * ((rating - p @ q) * q - lam / n * p) / n,
                q + rate * ((rating - p @ q) * p - lam / m * q) / m)),
        "you multiplied the errors' part by the counts. Only the penalty is counted otherwise.": (
            lambda p, q, rating, rate, lam, n, m: (
                p + rate * ((rating - p @ q) * q * n - lam * p),
                q + rate * ((rating - p @ q) * p * m - lam * q))),
        "the error has the wrong sign: it is the rating minus the prediction.": _lines(
            lambda p, q, e, r, a, b: (p + r * (-e * q - a * p), q + r * (-e * p - b * q))),
        "the error is missing: this is the penalty alone.": _lines(
            lambda p, q, e, r, a, b: (p - r * a * p, q - r * b * q)),
        "the error comes twice: the ½ of J has taken the 2 away.": _lines(
            lambda p, q, e, r, a, b: (p + r * (2 * e * q - a * p), q + r * (2 * e * p - b * q))),
        "the error is the rating minus the prediction: the prediction is missing.": _lines(
            lambda p, q, e, r, a, b: (
                p + r * ((e + p @ q) * q - a * p), q + r * ((e + p @ q) * p - b * q))),
        "the error is squared: that is the loss. Its slope has the error as it is.": _lines(
            lambda p, q, e, r, a, b: (p + r * (e**2 * q - a * p), q + r * (e**2 * p - b * q))),
        "the errors' part has q in p's line, and p in q's: it is missing.": _lines(
            lambda p, q, e, r, a, b: (p + r * (e - a * p), q + r * (e - b * q))),
        "the errors' part has q in p's line, and p in q's: not so in yours.": (
            _lines(lambda p, q, e, r, a, b: (p + r * (e * p - a * p), q + r * (e * q - b * q))),
            _lines(lambda p, q, e, r, a, b: (p + r * (e * q - a * p), q + r * (e * q - b * q)))),
        "λ's part has p in p's line, and q in q's: not so in yours.": (
            _lines(lambda p, q, e, r, a, b: (p + r * (e * q - a * q), q + r * (e * p - b * p))),
            _lines(lambda p, q, e, r, a, b: (p + r * (e * q - a * p), q + r * (e * p - b * p)))),
        "the new q starts from the old q, not from p.": _lines(
            lambda p, q, e, r, a, b: (p + r * (e * q - a * p), p + r * (e * p - b * q))),
        "λ's part has p in p's line, and q in q's: it is missing.": _lines(
            lambda p, q, e, r, a, b: (p + r * (e * q - a), q + r * (e * p - b))),
        "that is the change alone. Add it to the old p and q.": _after(
            lambda old, change, rate: change),
        "that is the gradient. Step against it: old - learning_rate * gradient.": _after(
            lambda old, change, rate: -change / rate),
        "that is what the learning rate is multiplied by: no step yet.": _after(
            lambda old, change, rate: change / rate),
        "you stepped uphill: the whole step has the wrong sign.": _after(
            lambda old, change, rate: old - change),
        "the learning rate is missing.": _after(lambda old, change, rate: old + change / rate),
        "the learning rate is missing in λ's part: it belongs to both.": _lines(
            lambda p, q, e, r, a, b: (p + r * e * q - a * p, q + r * e * p - b * q)),
        "the learning rate is missing in the error's part: it belongs to both.": _lines(
            lambda p, q, e, r, a, b: (p + e * q - r * a * p, q + e * p - r * b * q)),
        "the learning rate comes twice.": _after(lambda old, change, rate: old + change * rate),
        "nothing has moved: that is the old p and the old q.": _after(
            lambda old, change, rate: old),
        "only p has moved. q makes a step too.": _after(
            lambda old, change, rate: (old[0] + change[0], old[1])),
        "only q has moved. p makes a step too.": _after(
            lambda old, change, rate: (old[0], old[1] + change[1])),
    },
    fallback="It is the simultaneous update, with p's λ shared out over user_count visits and q's "
    "over movie_count.",
    praise="Each row feels its λ once an epoch, however often it is visited.",
)  # fmt: skip


# ---------------------------------------------------------------- a loss of one's own

_POINTS, _LAMBDA, _RATE = 12, 0.3, 0.05


@checker
def check_own_loss(loss, update):
    """Check a loss of one rating and its simultaneous update against each other.

    Args:
        loss: function of (p, q, rating, regularization), which returns a number.
        update: function of (p, q, rating, learning_rate, regularization), which returns the
            new p and the new q.
    """
    rng = np.random.default_rng(5)
    points = [(*rng.normal(0, 0.8, (2, 3)), float(rng.integers(1, 6))) for _ in range(_POINTS)]
    measured = np.array([_measured(loss, *point) for point in points])
    believed = np.array([_believed(update, *point) for point in points])
    _refuse_no_loss(loss, points, measured)
    gaps = (
        np.abs(believed - measured)
        / np.maximum(np.abs(measured).max(axis=(1, 2)), 1e-9)[:, None, None]
    )
    if gaps.max() > 1e-5:
        raise Wrong(_why_they_differ(believed, measured, points))
    return "Your update is the gradient step of your own loss, on every rating tried."


def _own_value(loss, p, q, rating):
    return as_number(call(loss, p, q, rating, _LAMBDA, quiet=True), "your loss")


def _measured(loss, p, q, rating, h=1e-5):
    """Return the slopes of the loss by p and by q, shape (2, k), by central differences."""
    slopes = np.empty((2, len(p)))
    for f, nudge in enumerate(h * np.eye(len(p))):
        slopes[0, f] = _own_value(loss, p + nudge, q, rating) - _own_value(
            loss, p - nudge, q, rating
        )
        slopes[1, f] = _own_value(loss, p, q + nudge, rating) - _own_value(
            loss, p, q - nudge, rating
        )
    return slopes / (2 * h)


def _believed(update, p, q, rating):
    """Return the gradients that the update acts on, shape (2, k)."""
    new = call(update, p, q, rating, _RATE, _LAMBDA, quiet=True)
    if not isinstance(new, (tuple, list, np.ndarray)) or len(new) != 2:
        raise Wrong("your update should give back two things, the new p and the new q.")
    new_p, new_q = (
        as_array(n, f"the new {x}", shape=p.shape) for n, x in zip(new, "pq", strict=True)
    )
    return np.array([p - new_p, q - new_q]) / _RATE


def _refuse_no_loss(loss, points, measured):
    """Refuse a loss that does not depend on the factors, or is the page's own."""
    if np.abs(measured).max() < 1e-9:
        raise Wrong("your loss does not change when p and q do: what would the update lower?")
    ratings = {
        _own_value(loss, p, q, rating + 1) - _own_value(loss, p, q, rating)
        for p, q, rating in points
    }
    if max(map(abs, ratings)) < 1e-9:
        raise Wrong("your loss does not depend on the rating: the model could not learn from it.")
    errors = [(r - p @ q, p, q) for p, q, r in points]
    page = np.array([[-e * q + _LAMBDA * p, -e * p + _LAMBDA * q] for e, p, q in errors])
    if same(measured, page, tolerance=1e-5):
        raise Wrong("that is the loss of this page. Change a term of it: make it your own.")


def _why_they_differ(believed, measured, points):
    """Return the hint for an update that is not the gradient step of the loss."""
    for hint, wrong in {
        "your update steps uphill: subtract the gradient.": -measured,
        "your update is twice the gradient of your loss, on every rating.": 2 * measured,
        "your update is half the gradient of your loss, on every rating.": measured / 2,
    }.items():
        if same(believed, wrong, tolerance=1e-5):
            return hint
    off = np.abs(believed - measured).max(axis=(0, 2)) > 1e-5 * np.abs(measured).max()
    (p, q, rating), which = points[0], int(not off[0])
    half = f"{'pq'[which]}'s half"
    other = "" if off.all() else f" {'qp'[which]}'s half agrees."
    moved = " Does q's step see the old p?" if which else ""
    slopes = [side[0, which].round(3).tolist() for side in (believed, measured)]
    return (
        f"the two do not belong together in {half}: at p = {p.round(2).tolist()}, q = "
        f"{q.round(2).tolist()}, rating {rating:g}, λ = {_LAMBDA} the update believes in the "
        f"slopes {slopes[0]}, the loss has {slopes[1]}.{other}{moved}"
    )
