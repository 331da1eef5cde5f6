"""Checkers of page 03: one step, one epoch, and how long a number lasts."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, same

# k = 3, nothing symmetric, so that every mistake shows
P_ROW, Q_ROW = np.array([1.0, 0.5, -0.3]), np.array([0.8, -1.2, 2.0])
RATING, RATE, PENALTY = 4.0, 0.1, 0.2


def _step(p, q, error, seen_p=None, seen_q=None, rate=RATE, penalty=PENALTY):
    """The two steps, with whatever p and q the other's step is made to see."""
    seen_p, seen_q = p if seen_p is None else seen_p, q if seen_q is None else seen_q
    return (
        p + rate * (error * seen_q - penalty * p),
        q + rate * (error * seen_p - penalty * q),
    )


def _wrong_steps(p, q, rating):
    """What typical mistakes make of one step, each with the hint for it."""
    error = rating - p @ q
    moved, _ = _step(p, q, error)
    again = rating - moved @ q
    hints = {
        "your step of q uses the new p where the old one was meant. Give the new row a new name "
        "(`new_p = ...`); neither `p = ...` nor `p = P[u]` keeps the old one.": (
            _step(p, q, error, seen_p=moved)
        ),
        "you computed the error again after p had moved; here both steps use the first error.": (
            moved,
            q + RATE * (again * moved - PENALTY * q),
        ),
        "the error has the wrong sign: with `+=` it must be rating minus prediction, "
        "or the error grows.": _step(p, q, -error),
        "the brake has the wrong sign. Set the error to 0 in your mind: should p grow?": _step(
            p, q, error, penalty=-PENALTY
        ),
        "the brake is missing: where is regularization times the row itself?": _step(
            p, q, error, penalty=0
        ),
        "the learning rate is missing: the whole gradient is far too long a step.": _step(
            p, q, error, rate=1
        ),
        "you stepped along the squared error; the step is made of the error itself.": _step(
            p, q, error**2
        ),
        "each step should be made of the *other* row: error times q for p.": _step(
            p, q, error, seen_p=q, seen_q=p
        ),
        "your step is twice as long: the rule on this page has no 2.": (
            _step(p, q, error, rate=2 * RATE)
        ),
        "there is a factor 2 too many: the ½ in front of the squared error removes it.": (
            _step(p, q, 2 * error)
        ),
        "the learning rate must multiply the brake too: put both in one bracket.": (
            p + RATE * error * q - PENALTY * p,
            q + RATE * error * p - PENALTY * q,
        ),
        "the error is one number: the rating minus the dot product `p @ q`, not minus `p * q`.": (
            _step(p, q, rating - p * q)
        ),
        "the brakes are swapped: p is pulled back by p, and q by q.": (
            p + RATE * (error * q - PENALTY * q),
            q + RATE * (error * p - PENALTY * p),
        ),
    }
    return hints


@checker
def check_simultaneous_step(step):
    """Check step(p, q, rating, learning_rate, regularization) -> (new p, new q), old values."""
    result = call(step, P_ROW, Q_ROW, RATING, RATE, PENALTY)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Wrong("return two arrays, the new p and the new q: `return new_p, new_q`.")
    new = [
        as_array(part, name, P_ROW.shape)
        for part, name in zip(result, ("the new p", "the new q"), strict=True)
    ]
    right = _step(P_ROW, Q_ROW, RATING - P_ROW @ Q_ROW)
    if all(same(a, b) for a, b in zip(new, right, strict=True)):
        return "Both rows moved, and both steps saw the old values."
    if all(same(a, b) for a, b in zip(new, right[::-1], strict=True)):
        raise Wrong("both rows are right, but in the wrong order: return p first, then q.")
    for hint, wrong in _wrong_steps(P_ROW, Q_ROW, RATING).items():
        if all(same(a, b) for a, b in zip(new, wrong, strict=True)):
            raise Wrong(hint)
    if same(new[0], right[0]):
        raise Wrong(
            "the new p is right, the new q is not: is it the same formula, p and q swapped?"
        )
    if same(new[1], right[1]):
        raise Wrong(
            "the new q is right, the new p is not: is it the same formula, p and q swapped?"
        )
    raise Wrong("neither row is right. Do the example on paper with your own function.")


EPOCH_ROWS = [(0, 0, 4.0), (1, 1, 2.0), (0, 1, 5.0), (1, 0, 3.0), (0, 0, 4.0)]
EPOCH_P = np.array([[1.0, 0.5], [0.2, -0.4]])
EPOCH_Q = np.array([[0.8, 1.1], [-0.6, 0.9]])


def _epoch(order="ours", sign=1, penalty=PENALTY):
    """P, Q and the errors before and after each update of one epoch."""
    P, Q, before, after = EPOCH_P.copy(), EPOCH_Q.copy(), [], []
    for user, movie, rating in EPOCH_ROWS:
        old_p = P[user].copy()
        error = rating - old_p @ Q[movie]
        before.append(error)
        P[user] += sign * RATE * error * Q[movie] - RATE * penalty * old_p
        seen = old_p if order == "simultaneous" else P[user]
        if order == "alternating":
            error = rating - P[user] @ Q[movie]
        Q[movie] += sign * RATE * error * seen - RATE * penalty * Q[movie]
        after.append(rating - P[user] @ Q[movie])
    return P, Q, np.array(before), np.array(after)


def _wrong_epochs():
    yield (
        "the step of q should see the *moved* p here; yours saw the old one.",
        _epoch("simultaneous"),
    )
    yield (
        "you computed the error again after p had moved; keep the first one.",
        _epoch("alternating"),
    )
    yield "the error has the wrong sign: rating minus prediction.", _epoch(sign=-1)
    yield "the brake has the wrong sign: it must pull towards zero.", _epoch(penalty=-PENALTY)
    yield "the brake is missing: where is regularization times the row itself?", _epoch(penalty=0)


def _check_epoch_factors(P, Q, right):
    if same(P, right[0]) and same(Q, right[1]):
        return
    if same(P, EPOCH_P) and same(Q, EPOCH_Q):
        raise Wrong("the factors you return are the start values: nothing was learned.")
    for hint, wrong in _wrong_epochs():
        if same(P, wrong[0]) and same(Q, wrong[1]):
            raise Wrong(hint)
    raise Wrong("the factors are not right. Does every row start from where the last one ended?")


def _check_epoch_rmse(rmse, before, after):
    squared = before**2
    mistakes = {
        "that is the mean squared error: the root is missing.": squared.mean(),
        "you took the root of the *sum*; more rows would mean a larger error. Take the mean.": (
            np.sqrt(squared.sum())
        ),
        "that is the mean of the absolute errors, the MAE.": np.abs(before).mean(),
        "you measured each error after its update; the model had then already seen the answer.": (
            np.sqrt((after**2).mean())
        ),
        "that is the last row's error only: collect the squared errors of all rows.": abs(
            before[-1]
        ),
    }
    P, Q, *_ = _epoch()
    at_the_end = np.array([rating - P[user] @ Q[movie] for user, movie, rating in EPOCH_ROWS])
    mistakes[
        "you measured all errors at the end of the epoch; note each one before its update."
    ] = np.sqrt((at_the_end**2).mean())
    if same(rmse, np.sqrt(squared.mean())):
        return
    for hint, value in mistakes.items():
        if same(rmse, value):
            raise Wrong(hint)
    raise Wrong("the factors are right, the RMSE is not: root of the mean of the squared errors.")


@checker
def check_one_epoch(one_epoch):
    """Check one_epoch(rows, P, Q, learning_rate, regularization) -> (P, Q, RMSE)."""
    result = call(one_epoch, EPOCH_ROWS, EPOCH_P, EPOCH_Q, RATE, PENALTY)
    if not isinstance(result, (tuple, list)) or len(result) != 3:
        raise Wrong("return three things: the user factors, the movie factors, and the RMSE.")
    P = as_array(result[0], "the user factors", EPOCH_P.shape)
    Q = as_array(result[1], "the movie factors", EPOCH_Q.shape)
    right = _epoch()
    _check_epoch_factors(P, Q, right)
    _check_epoch_rmse(as_number(result[2], "the RMSE"), *right[2:])
    return "That is the training loop. You wrote it."


@checker
def check_updates_to_half(updates_to_half):
    """Check updates_to_half(learning_rate, regularization) -> first n with half or less left."""
    for rate, penalty in [(0.1, 0.5), (0.05, 0.4), (0.01, 0.1), (0.5, 1.0)]:
        share = rate * penalty
        right = int(np.ceil(np.log(0.5) / np.log(1 - share)))
        answer = as_number(call(updates_to_half, rate, penalty), "the number of updates")
        if answer == right:
            continue
        mistakes = {
            "one too few: after that many, a little more than half is still left.": [right - 1],
            "one too many: with a loop, is it `while left > 0.5`? With a formula, is it exact, "
            "or only nearly?": [right + 1],
            "that would hold if every update took the same *amount*. It takes the same *share* "
            "of what is left.": [0.5 / share, np.ceil(0.5 / share)],
            "that is when a fixed amount would have used up everything; we ask for half, and the "
            "brake takes a share.": [1 / share, np.ceil(1 / share)],
            "round up: a whole number of updates, the first after which at most half is left.": [
                np.log(0.5) / np.log(1 - share),
            ],
            "the share lost at each update is learning_rate *times* regularization; yours uses "
            "only one of the two.": [
                np.ceil(np.log(0.5) / np.log(1 - rate)),
                np.ceil(np.log(0.5) / np.log(1 - penalty)),
            ],
        }
        for hint, values in mistakes.items():
            if any(same(answer, value) for value in values):
                raise Wrong(hint)
        raise Wrong(f"for η = {rate} and λ = {penalty} yours says {answer:g}; simulate it to see.")
    return "A number fades by half again and again, and never quite reaches zero."
