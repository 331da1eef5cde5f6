"""The loop as everyone first writes it, for the benchmark to measure against."""


def iterrows_epoch(frame, P, Q, learning_rate=0.01, regularization=0.1):
    """The loop as it is first written: over a frame's rows, with NumPy's statements."""
    for _, row in frame.iterrows():
        user, movie = int(row["user_id"]), int(row["movie_id"])
        error = row["user_rating"] - P[user, :] @ Q[movie, :]
        P[user, :] += learning_rate * (error * Q[movie, :] - regularization * P[user, :])
        Q[movie, :] += learning_rate * (error * P[user, :] - regularization * Q[movie, :])
