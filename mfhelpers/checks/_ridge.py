"""The small ridge system of one row, right and mistaken: two pages ask for it."""

import numpy as np


def solve(rows, stars, brake):
    """Return the k factors that solve (rows.T rows + brake I) x = rows.T stars."""
    return np.linalg.solve(rows.T @ rows + brake * np.eye(rows.shape[1]), rows.T @ stars)


def braked(brake):
    """A function that solves with another brake, made of λ and the numbers n, m and k."""
    return lambda factors, rated, stars, lam: solve(
        factors[rated], stars, brake(lam, len(rated), *factors.shape)
    )


def more_systems(rng):
    """Draw (factors of the other side, which of them have a rating, the stars, λ)."""
    k = int(rng.integers(2, 5))
    n = k + int(rng.integers(2, 5))  # k, k + 1, n and m are different shapes
    factors = rng.normal(0, 0.8, (n + int(rng.integers(2, 9)), k))
    return factors, rng.permutation(len(factors))[:n], rng.integers(1, 6, n), rng.uniform(0.05, 0.7)
