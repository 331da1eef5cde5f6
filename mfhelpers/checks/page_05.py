"""Checkers of page 05: the gradient for one user, the other lambda, the largest rate."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, refuse, same

# Sizes that are all different, and numbers without a pattern, so that each mistake gives a
# result of its own.
_P = np.array([0.7, -0.4, 1.1])
_RATED = np.array([[1.2, 0.3, -0.5], [0.4, 0.9, 0.8], [-0.6, 1.5, 0.2], [0.1, 0.7, 1.3]])
_STARS = np.array([5.0, 2.0, 3.0, 4.0])
_Q = np.array([0.5, 1.3, -0.2])


@checker
def check_user_gradient(gradient):
    """Check a function of (p, rated, stars, regularization) → gradient of J by p."""
    answer = as_array(call(gradient, _P, _RATED, _STARS, 0.3), "your gradient")
    _look_for_mistakes_in_user_gradient(answer, _P, _RATED, _STARS, 0.3)
    if not same(answer, _user_gradient(_P, _RATED, _STARS, 0.3)):
        raise Wrong(
            "that is not the slope of this user's part of J. For one rating it is "
            "-error * q + regularization * p; add these up over the user's ratings."
        )
    for n_ratings in (1, 3):
        rated, stars = _RATED[:n_ratings, :2], _STARS[:n_ratings]
        answer = as_array(call(gradient, _P[:2], rated, stars, 0.05), "your gradient")
        if not same(answer, _user_gradient(_P[:2], rated, stars, 0.05)):
            raise Wrong(
                "right for one user, wrong for another with fewer ratings, fewer factors and "
                "another lambda. Is a number written in that should come from the arguments?"
            )
    return "Uphill, summed over the ratings, lambda once for each of them."


def _user_gradient(p, rated, stars, regularization):
    return -(stars - rated @ p) @ rated + len(stars) * regularization * p


def _look_for_mistakes_in_user_gradient(answer, p, rated, stars, regularization):
    n, errors = len(stars), stars - rated @ p
    from_errors, pull = errors @ rated, len(stars) * regularization * p
    per_rating = -errors[:, None] * rated + regularization * p
    refuse(
        answer,
        *{
            "that is the downhill step, error * q - regularization * p, added up. "
            "The gradient points uphill: flip it.": from_errors - pull,
            "that is the downhill step, with lambda counted once a user. The gradient points "
            "uphill: flip it; and J sums lambda for each rating.": (
                from_errors - regularization * p
            ),
            "twice too much. The square gives a 2, and the ½ in J was there for this.": 2
            * (pull - from_errors),
            "the part from the errors is twice too much. The square gives a 2, and the ½ in J "
            "was there for this.": pull - 2 * from_errors,
            "the penalty is twice too much. The square gives a 2, and the ½ in J was there "
            "for this.": 2 * pull - from_errors,
            "you counted lambda once for the user. J sums it for each rating: how many "
            "times is p in that sum?": regularization * p - from_errors,
            "the penalty is missing. J has λ times the squared length of p in it, "
            "once for each rating.": -from_errors,
            "the errors are missing: this is the slope of the penalty alone.": pull,
            "uphill in the errors, downhill in the penalty: the sign of lambda is wrong. Set "
            "all errors to 0: where does the loss grow?": -from_errors - pull,
            "the sign of the errors' part is wrong. With error = stars - prediction, "
            "the inside of the square has a -q in it.": from_errors + pull,
            "that is the mean over the user's ratings. J is a sum.": (pull - from_errors) / n,
            "that is one row a rating. J is their sum: add up the rows.": per_rating,
            "the rows are added up along the wrong axis: you got a number for each rating, "
            "where one for each factor was asked for.": per_rating.sum(axis=1),
            "the errors are not multiplied by the movies' factors. Chain rule: the outside, "
            "times the derivative of the inside.": pull - errors.sum(),
            "in the penalty you used the movies' factors. Only the term with p "
            "in it moves when p moves.": regularization * rated.sum(axis=0) - from_errors,
            "that is the derivative by the movies' factors. p was to move, the movies "
            "stand still.": -errors[:, None] * p + regularization * rated,
        }.items(),
    )
    if answer.shape != p.shape:
        raise Wrong(
            f"one slope for each factor was asked for, shape {p.shape}; "
            f"yours has shape {answer.shape}."
        )


@checker
def check_step_once_a_row(step):
    """Check a function of (p, q, rating, rate, regularization, counts) → new p, new q."""
    new = _pair(call(step, _P, _Q, 4.0, 0.05, 0.3, 4, 10))
    _look_for_mistakes_in_step(new, _P, _Q, 4.0, 0.05, 0.3, 4, 10)
    if not same(new, _step(_P, _Q, 4.0, 0.05, 0.3, 4, 10)):
        raise Wrong(
            "that is not the simultaneous update with p's lambda shared out over user_count "
            "visits and q's over movie_count."
        )
    again = _pair(call(step, _Q[:2], _P[:2], 2.0, 0.2, 0.1, 30, 7))
    if not same(again, _step(_Q[:2], _P[:2], 2.0, 0.2, 0.1, 30, 7)):
        raise Wrong(
            "right for one rating, wrong for another with other counts. "
            "Is a number written in that should come from the arguments?"
        )
    return "Each row feels its λ once an epoch, however often it is visited."


def _step(p, q, rating, rate, regularization, user_count, movie_count):
    error = rating - p @ q
    return (
        p + rate * (error * q - regularization / user_count * p),
        q + rate * (error * p - regularization / movie_count * q),
    )


def _pair(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Wrong("give back two things, the new p and the new q: `return new_p, new_q`.")
    new_p, new_q = as_array(answer[0], "your new p"), as_array(answer[1], "your new q")
    if new_p.shape != new_q.shape or new_p.ndim != 1:
        raise Wrong(
            "the new p and the new q should each have k numbers, yours have shapes "
            f"{new_p.shape} and {new_q.shape}."
        )
    return new_p, new_q


def _look_for_mistakes_in_step(new, p, q, rating, rate, lam, user_count, movie_count):
    error = rating - p @ q

    def step(for_p, for_q):
        """The update with these lambdas."""
        return p + rate * (error * q - for_p * p), q + rate * (error * p - for_q * q)

    right = step(lam / user_count, lam / movie_count)
    moved = (right[0], q + rate * (error * right[0] - lam / movie_count * q))
    all_shared = (
        p + rate * (error * q - lam * p) / user_count,
        q + rate * (error * p - lam * q) / movie_count,
    )
    gradient = (p - right[0]) / rate, (q - right[1]) / rate
    refuse(
        new,
        *{
            "that is page 03's update: λ at every visit, so once a rating. Over n visits "
            "it should add up to one λ.": step(lam, lam),
            "you multiplied λ by the counts. A row that is visited n times feels its pull n "
            "times already: divide.": step(lam * user_count, lam * movie_count),
            "the counts are swapped: p belongs to the user, q to the movie.": step(
                lam / movie_count, lam / user_count
            ),
            "you used user_count for both rows. The movie is visited movie_count times.": step(
                lam / user_count, lam / user_count
            ),
            "you used movie_count for both rows. The user is visited user_count times.": step(
                lam / movie_count, lam / movie_count
            ),
            "you divided by both counts together. Each row has visits of its own.": step(
                lam / (user_count + movie_count), lam / (user_count + movie_count)
            ),
            "only p's λ is shared out over its visits. q's has to be too.": step(
                lam / user_count, lam
            ),
            "only q's λ is shared out over its visits. p's has to be too.": step(
                lam, lam / movie_count
            ),
            "the penalty is gone. (`//` rounds a small λ down to 0.)": step(0, 0),
            "the sign of λ is wrong: with an error of 0 your p would grow.": step(
                -lam / user_count, -lam / movie_count
            ),
            "your step for q uses the new p where the old one was meant.": moved,
            "you divided the errors' part by the counts too. Only the penalty is "
            "counted otherwise.": all_shared,
            "you gave back the new q first. The user comes first.": right[::-1],
            "that is the change alone. Add it to the old p and q.": (right[0] - p, right[1] - q),
            "that is the gradient. Step against it: old - learning_rate * gradient.": gradient,
            "you stepped uphill: the whole step has the wrong sign.": (
                2 * p - right[0],
                2 * q - right[1],
            ),
            "the learning rate is missing.": (p - gradient[0], q - gradient[1]),
            "nothing has moved: that is the old p and the old q.": (p, q),
        }.items(),
    )


@checker
def check_largest_rate(largest_rate):
    """Check a function of (q, n, regularization) → rate at which gradient descent tips over."""
    for q, n, lam in ((1.7, 12, 0.3), (0.6, 40, 0.05), (-1.2, 1, 0.1)):
        answer = as_number(call(largest_rate, q, n, lam), "your learning rate")
        _look_for_mistakes_in_rate(answer, q, n, lam)
        if not same(answer, 2 / (n * (q**2 + lam))):
            raise Wrong(
                f"for q = {q}, n = {n} and λ = {lam} you get {answer:.4g}. Write down the slope "
                "of J by p; what stands in front of p is the curvature c, and 1 - ηc must stay "
                "above -1."
            )
    return "Two over the curvature, which grows with every rating."


def _look_for_mistakes_in_rate(answer, q, n, lam):
    right = 2 / (n * (q**2 + lam))
    if same(answer, right):
        return
    refuse(
        answer,
        *{
            "that is one over the curvature: the rate that is there in a single step. It may "
            "be larger than that before it diverges. (Or is a 2 in your curvature? The ½ in J "
            "has taken it away.)": right / 2,
            "that is four over the curvature. The ½ in J is gone once the square has been "
            "differentiated.": 2 * right,
            "that is the curvature. At which η does 1 - η times it reach -1?": 2 / right,
            "that is right for one rating. J sums over all n of them.": 2 / (q**2 + lam),
            "that would be right if J were a mean. It is a sum over n ratings.": 2
            * n
            / (q**2 + lam),
            "the penalty is missing: it curves the loss too.": 2 / (n * q**2),
            "you counted λ once for the user. J sums it for each rating.": 2 / (n * q**2 + lam),
            "the prediction is p * q and it is squared: q comes squared as well.": 2
            / (n * (q + lam)),
            "the sign of λ is wrong: the penalty makes the bowl steeper, not flatter.": 2
            / (n * (q**2 - lam)),
        }.items(),
    )


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
    p, q, rating = points[0]
    half = "p's half" if off[0] else "q's half"
    which = 0 if off[0] else 1
    other = "" if off.all() else f" {'q' if off[0] else 'p'}'s half agrees."
    moved = " Does q's step see the old p?" if not off[0] else ""
    return (
        f"the two do not belong together in {half}: at p = {p.round(2).tolist()}, q = "
        f"{q.round(2).tolist()}, rating {rating:g}, λ = {_LAMBDA} the update believes in the slopes "
        f"{believed[0, which].round(3).tolist()}, the loss has {measured[0, which].round(3).tolist()}."
        f"{other}{moved}"
    )
