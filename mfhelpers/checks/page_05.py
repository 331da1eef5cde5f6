"""Checkers of page 05: the gradient for one user, the other lambda, a loss of one's own."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, same, two_results
from mfhelpers.checks._exercise import exercise


def _sum(made):
    """Return a gradient made of (errors, rated, p, lambda, number of ratings)."""
    return lambda p, rated, stars, lam: made(stars - rated @ p, rated, p, lam, len(stars))


def _plus(pull):
    """Return a gradient whose part from the errors is right, and the penalty's is this."""
    return _sum(lambda e, q, p, lam, n: -e @ q + pull(q, p, lam, n))


def _along(slope):
    """Return a gradient whose penalty is right, and the part from the errors is this."""
    return _sum(lambda e, q, p, lam, n: n * lam * p + slope(e, q, p, n))


def _more_ratings(rng):
    n, k = rng.integers(1, 9), rng.integers(2, 6)
    stars = rng.integers(1, 6, n).astype(float)
    return rng.normal(0, 1, k), rng.normal(0, 1.5, (n, k)), stars, rng.uniform(0.02, 1.5)


# fmt: off
check_user_gradient = exercise(
    "Check a function of (p, rated, stars, regularization) → gradient of J by p.",
    solution=lambda p, rated, stars, regularization: (
        -(stars - rated @ p) @ rated + len(stars) * regularization * p
    ),
    gives="your gradient",
    cases=[
        (np.array([0.7, -0.4]), np.array([[1.2, 0.3], [0.4, 2.5], [-3.1, 1.5]]),
        np.array([5.0, 2.0, 3.0]), 0.3),
    ],
    more=_more_ratings,
    steps=lambda p, rated, stars, lam: {
        "the errors": stars - rated @ p, "the sum of the -error * q": -(stars - rated @ p) @ rated,
        "the sum of the regularization * p": len(stars) * lam * p,
    },
    mistakes={
        "that is the downhill step, added up. The gradient points uphill: flip it.":
            _sum(lambda e, q, p, lam, n: e @ q - n * lam * p),
        "twice too much. The square gives a 2, and the ½ in J was there for this.":
            (_sum(lambda e, q, p, lam, n: 2 * (n * lam * p - e @ q)),
             _along(lambda e, q, p, n: -2 * e @ q), _plus(lambda q, p, lam, n: 2 * n * lam * p)),
        "two things: the ½ in J takes the square's 2 away, and J sums lambda for each rating.":
            (_sum(lambda e, q, p, lam, n: 2 * (lam * p - e @ q)),
             _sum(lambda e, q, p, lam, n: lam * p - 2 * e @ q),
             _plus(lambda q, p, lam, n: 2 * lam * p)),
        "you counted lambda once for the user. J sums it for each rating: how often is p in it?":
            _plus(lambda q, p, lam, n: lam * p),
        "lambda is to be counted once for each rating, so len(stars) times.":
            (_plus(lambda q, p, lam, n: len(p) * lam * p), _plus(lambda q, p, lam, n: lam * p / n),
             _plus(lambda q, p, lam, n: n * n * lam * p)),
        "the penalty is missing. J has λ times the squared length of p in it, for each rating.":
            _plus(lambda q, p, lam, n: 0),
        "the sign of lambda is wrong: set all errors to 0, and see where the loss grows.":
            (_plus(lambda q, p, lam, n: -n * lam * p), _plus(lambda q, p, lam, n: -lam * p)),
        "the sign of the errors' part is wrong: the inside of the square has a -q in it.":
            (_along(lambda e, q, p, n: e @ q), _sum(lambda e, q, p, lam, n: e @ q + lam * p)),
        "you took the mean over the user's ratings. J is a sum.":
            (_sum(lambda e, q, p, lam, n: lam * p - e @ q / n),
             _along(lambda e, q, p, n: -e @ q / n)),
        "that is one row a rating. J is their sum: add up the rows.":
            (_sum(lambda e, q, p, lam, n: lam * p - e[:, None] * q),
             _along(lambda e, q, p, n: -e[:, None] * q)),
        "you added up the factors too: sum over the ratings only (axis=0).":
            (_sum(lambda e, q, p, lam, n: (lam * p - e[:, None] * q).sum()),
             _along(lambda e, q, p, n: -(e @ q).sum())),
        "chain rule: the outside times the slope of the inside; that of p · q by p is q.":
            (_along(lambda e, q, p, n: -e.sum()), _along(lambda e, q, p, n: -e.sum() * p)),
        "the slope of ½ e² is e, times the slope of e: no square is left, and the sign stays.":
            (_along(lambda e, q, p, n: -e**2 @ q), _along(lambda e, q, p, n: -abs(e) @ q)),
    },
    fallback="For one rating it is -error * q + regularization * p; add these up over the user's "
    "ratings.",
    praise="Uphill, summed over the ratings, lambda once for each of them.",
    rows=("rated", "stars"),
)
# fmt: on


def _lines(made):
    """Return an update whose two rows are both made(w, other row, error, rate, λ's share)."""

    def step(p, q, rating, rate, lam, n, m):
        error = rating - p @ q
        return made(p, q, error, rate, lam / n), made(q, p, error, rate, lam / m)

    return step


def _shares(share):
    """Return the simultaneous update with p's and q's λ made of (λ, both counts)."""

    def step(p, q, rating, rate, lam, n, m):
        error, (for_p, for_q) = rating - p @ q, share(lam, n, m)
        return p + rate * (error * q - for_p * p), q + rate * (error * p - for_q * q)

    return step


def _p_first(p, q, rating, rate, lam, n, m, *, error_again):
    """The update in which q sees the moved p, with the error made again or not."""
    error = rating - p @ q
    p = p + rate * (error * q - lam / n * p)
    error = rating - p @ q if error_again else error
    return p, q + rate * (error * p - lam / m * q)


def _more_visits(rng):
    p, q = rng.normal(0, 1.2, (2, rng.integers(2, 6)))
    counts = rng.choice(np.arange(2, 80), 2, replace=False).tolist()
    return p, q, int(rng.integers(1, 6)), rng.uniform(0.01, 0.4), rng.uniform(0.05, 0.9), *counts


# fmt: off
check_step_once_a_row = exercise(
    "Check a function of (p, q, rating, rate, regularization, counts) → new p, new q.",
    solution=lambda p, q, rating, learning_rate, regularization, user_count, movie_count: (
        _shares(lambda lam, n, m: (lam / n, lam / m))(
            p, q, rating, learning_rate, regularization, user_count, movie_count)
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
        "that is page 03's update: λ at every visit. Over n visits it should add up to one λ.":
            _shares(lambda lam, n, m: (lam, lam)),
        "you multiplied λ by the counts. A row feels its pull at each of n visits: divide.":
            _shares(lambda lam, n, m: (lam * n, lam * m)),
        "the counts are swapped: p belongs to the user, q to the movie.":
            _shares(lambda lam, n, m: (lam / m, lam / n)),
        "each row has visits of its own: p user_count of them, q movie_count.":
            (_shares(lambda lam, n, m: (lam / n, lam / n)),
             _shares(lambda lam, n, m: (lam / m, lam / m)),
             _shares(lambda lam, n, m: (lam / (n + m), lam / (n + m))),
             _shares(lambda lam, n, m: (lam / (n * m), lam / (n * m)))),
        "the penalty is gone. (`//` rounds a small λ down to 0.)":
            _shares(lambda lam, n, m: (0, 0)),
        "the sign of λ is wrong: with an error of 0 your rows would grow.":
            _shares(lambda lam, n, m: (-lam / n, -lam / m)),
        "your step for q uses the new p where the old one was meant.":
            (lambda *case: _p_first(*case, error_again=False),
             lambda *case: _p_first(*case, error_again=True)),
        "the error has the wrong sign: it is the rating minus the prediction.":
            _lines(lambda w, o, e, r, a: w + r * (-e * o - a * w)),
        "the ½ of J has taken the 2 away, and the slope of e² has no square: the error comes once.":
            (_lines(lambda w, o, e, r, a: w + r * (2 * e * o - a * w)),
             _lines(lambda w, o, e, r, a: w + r * (e**2 * o - a * w))),
        "the errors' part has q in p's line, and p in q's: not so in yours.":
            (_lines(lambda w, o, e, r, a: w + r * (e - a * w)),
             _lines(lambda w, o, e, r, a: w + r * (e * w - a * w))),
        "λ's part has p in p's line, and q in q's: not so in yours.":
            (_lines(lambda w, o, e, r, a: w + r * (e * o - a * o)),
             _lines(lambda w, o, e, r, a: w + r * (e * o - a))),
        "the learning rate belongs to both parts, the error's and λ's.":
            (_lines(lambda w, o, e, r, a: w + r * e * o - a * w),
             _lines(lambda w, o, e, r, a: w + e * o - r * a * w)),
    },
    fallback="It is the simultaneous update, with p's λ shared out over user_count visits and q's "
    "over movie_count.",
    praise="Each row feels its λ once an epoch, however often it is visited.",
)
# fmt: on


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
    gaps, sizes = (np.abs(x).max(axis=(1, 2)) for x in (believed - measured, measured))
    if (gaps > 1e-5 * np.maximum(sizes, 1e-9)).any():
        raise Wrong(_why_they_differ(believed, measured, points))
    return "Your update is the gradient step of your own loss, on every rating tried."


def _own_value(loss, p, q, rating):
    return as_number(call(loss, p, q, rating, _LAMBDA, quiet=True), "your loss")


def _measured(loss, p, q, rating, h=1e-5):
    """Return the slopes of the loss by p and by q, shape (2, k), by central differences."""
    k, factors = len(p), np.concatenate([p, q])

    def value(factors):
        return as_number(
            call(loss, factors[:k], factors[k:], rating, _LAMBDA, quiet=True), "your loss"
        )

    nudges = h * np.eye(2 * k)
    slopes = [value(factors + nudge) - value(factors - nudge) for nudge in nudges]
    return np.reshape(slopes, (2, k)) / (2 * h)


def _believed(update, p, q, rating):
    """Return the gradients that the update acts on, shape (2, k)."""
    new = two_results(
        call(update, p, q, rating, _RATE, _LAMBDA, quiet=True),
        "your update should give back two things, the new p and the new q.",
    )
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
