"""The training loop in plain Python, written a second time: what the compiled one must repeat."""

import numpy as np


def soft_threshold(weight, threshold):
    return np.sign(weight) * max(abs(weight) - threshold, 0.0)


def step(weight, push, rate, regularization, penalty):
    if penalty == "l2":
        return weight + rate * (push - regularization * weight)
    if penalty == "l1_sign":
        return weight + rate * (push - regularization * np.sign(weight))
    return soft_threshold(weight + rate * push, rate * regularization)


def run_epoch(
    rows, P, Q, b_u, b_i, mean, biased, rate, regularization, penalty="l2", update="moved"
):
    """One pass in the order given; changes the arrays, returns the RMSE met on the way."""
    total = 0.0
    for u, i, r in rows:
        prediction = P[u] @ Q[i] + (mean + b_u[u] + b_i[i] if biased else 0)
        error = r - prediction
        total += error**2
        if biased:
            b_u[u] = step(b_u[u], error, rate, regularization, penalty)
            b_i[i] = step(b_i[i], error, rate, regularization, penalty)
        old_p = P[u].copy()
        for f in range(P.shape[1]):
            P[u, f] = step(P[u, f], error * Q[i, f], rate, regularization, penalty)
        for f in range(P.shape[1]):
            seen = P[u, f] if update == "moved" else old_p[f]
            Q[i, f] = step(Q[i, f], error * seen, rate, regularization, penalty)
    return np.sqrt(total / len(rows))


def planted(m=30, n=20, k=2, share=0.5, noise=0.1, seed=0):
    """Ratings made from known factors: X (int array), y, P, Q."""
    rng = np.random.default_rng(seed)
    P, Q = rng.normal(1, 0.5, (m, k)), rng.normal(1, 0.5, (n, k))
    cells = np.argwhere(rng.random((m, n)) < share)
    y = (P @ Q.T)[cells[:, 0], cells[:, 1]] + rng.normal(0, noise, len(cells))
    return cells, y, P, Q
