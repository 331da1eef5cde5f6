"""Page 05's checkers: right answers in other words pass, some mistakes are written anew."""

import numpy as np
import pytest

from mfhelpers import checks

GRADIENT, STEP = checks.check_user_gradient, checks.check_step_once_a_row
OWN = checks.check_own_loss


def by_loop(p, rated, stars, regularization):
    total = 0 * p
    for q, star in zip(rated, stars, strict=True):
        total = total - (star - p @ q) * q + regularization * p
    return list(total)


def measured(p, rated, stars, regularization):
    """Return central differences of J: right to some eight digits."""

    def loss(numbers):
        errors = stars - rated @ numbers
        return (errors @ errors + len(stars) * regularization * (numbers @ numbers)) / 2

    nudges = 1e-4 * np.eye(len(p))
    return [(loss(p + nudge) - loss(p - nudge)) / 2e-4 for nudge in nudges]


def in_place(p, rated, stars, regularization):
    p *= len(stars) * regularization
    return p


def step(p, q, rating, learning_rate, regularization, user_count, movie_count):
    """The update as its own gradient, subtracted."""
    error = rating - np.dot(p, q)
    slope_p = regularization * p / user_count - error * q
    slope_q = regularization * q / movie_count - error * p
    return p - learning_rate * slope_p, q - learning_rate * slope_q


def moved_p(p, q, rating, rate, lam, n, m):
    error = rating - p @ q
    p = p + rate * (error * q - lam / n * p)
    q = q + rate * (error * p - lam / m * q)
    return p, q


def towards_one(p, q, rating, lam):
    return ((rating - p @ q) ** 2 + lam * (((p - 1) ** 2).sum() + ((q - 1) ** 2).sum())) / 2


def step_towards_one(p, q, rating, rate, lam):
    e = rating - p @ q
    return p + rate * (e * q - lam * (p - 1)), q + rate * (e * p - lam * (q - 1))


def fourth_power(p, q, rating, lam):
    return (rating - p @ q) ** 4 / 4 + lam * (q @ q)


def step_of_fourth_power(p, q, rating, rate, lam):
    e = (rating - p @ q) ** 3
    return p + rate * e * q, q + rate * (e * p - 2 * lam * q)


def moves_p_first(p, q, rating, rate, lam):
    e = rating - p @ q
    new_p = p + rate * (e * q - lam * (p - 1))
    return new_p, q + rate * (e * new_p - lam * (q - 1))


def of_the_page(p, q, rating, lam):
    return ((rating - p @ q) ** 2 + lam * (p @ p + q @ q)) / 2


def uphill(p, q, rating, rate, lam):
    new_p, new_q = step_towards_one(p, q, rating, rate, lam)
    return 2 * p - new_p, 2 * q - new_q


RIGHT = {
    GRADIENT: [
        by_loop,
        measured,
        lambda p, Q, r, lam: (Q.T @ Q + r.size * lam * np.eye(p.size)) @ p - Q.T @ r,
    ],
    STEP: [step, lambda *case: np.array(step(*case))],
    OWN: [(towards_one, step_towards_one), (fourth_power, step_of_fourth_power)],
}
WRONG = {
    GRADIENT: [
        (lambda p, Q, r, lam: Q.T @ (r - Q @ p) - r.size * lam * p, "flip it"),
        (lambda p, Q, r, lam: 2 * (Q.T @ (Q @ p - r) + lam * p), "two things"),
        (lambda p, Q, r, lam: Q.T @ (Q @ p - r) + lam * p, "lambda once for the user"),
        (lambda p, Q, r, lam: ((Q @ p - r) @ Q) / len(r) + lam * p, "J is a sum"),
        (lambda p, Q, r, lam: np.sum(Q.T @ (Q @ p - r)) + len(r) * lam * p, "factors too"),
        (lambda p, Q, r, lam: (Q @ p - r) @ Q + 3 * lam * p, "something typed in"),
        (lambda p, Q, r, lam: Q @ (Q @ p - r), "it is 2 on the left and 3 on the right"),
        (in_place, "changed something"),
    ],
    STEP: [
        (lambda p, q, r, rate, lam, n, m: step(p, q, r, rate, lam, 1, 1), "page 03's update"),
        (lambda p, q, r, rate, lam, n, m: step(p, q, r, rate, lam, m, n), "counts are swapped"),
        (lambda p, q, r, rate, lam, n, m: step(p, q, r, -rate, lam, n, m), "the opposite way"),
        (lambda p, q, r, rate, lam, n, m: step(p, q, r, rate, lam, 4, m), "something typed in"),
        (lambda *case: step(*case)[::-1], "in the wrong order"),
        (lambda *case: step(*case)[0], "give back 2 things"),
        (moved_p, "new p where the old one"),
    ],
    OWN: [
        ((towards_one, moves_p_first), "in q's half"),
        ((towards_one, step_of_fourth_power), "in p's half"),
        ((towards_one, uphill), "uphill"),
        ((of_the_page, step_towards_one), "the loss of this page"),
        ((lambda *case: 3.0, step_towards_one), "does not change when p and q do"),
        ((lambda p, q, rating, lam: p @ p, step_towards_one), "does not depend on the rating"),
        ((lambda *case: 2 * towards_one(*case), step_towards_one), "half the gradient"),
        ((towards_one, lambda p, *rest: p), "give back two things"),
        ((towards_one, lambda p, *rest: (p, 1.0)), "the new q should have shape"),
        ((None, None), "hand over the function"),
    ],
}


def test_right_step_adds_up_to_one_lambda_a_row():
    """Visited n times without an error, a row shrinks by η λ in all, to first order."""
    solution = STEP.exercise.solution
    p, q, rate, lam = np.array([1.0, 0.0]), np.array([0.0, 1.0]), 1e-6, 0.5
    for _ in range(8):
        p, _ = solution(p, q, 0.0, rate, lam, 8, 3)
    assert (1 - p[0]) / rate == pytest.approx(lam, rel=1e-4)
