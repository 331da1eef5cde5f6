"""Checkers of page 08: a list, a new person, recall at k."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, same

# All scores below zero, so that a mask of 0 shows; unsorted, so that every order differs.
SCORES = np.array([-0.4, -2.0, -0.1, -3.0, -1.0, -0.2, -1.5, -0.9, -2.5, -0.3])
SEEN, N = np.array([2, 7, 8]), 4


def _best(scores, n):
    return np.argsort(-scores, kind="stable")[:n]


def _masked(value):
    scores = SCORES.copy()
    scores[SEEN] = value
    return scores


def _wrong_lists():
    right = _masked(-np.inf)
    yield "these are the *worst* ones: argsort sorts upwards. Sort `-scores`.", _best(-SCORES, N)
    yield (
        "these are the *worst* ones, and the mask is at their head: argsort sorts upwards. Sort "
        "`-scores`.",
        _best(-right, N),
    )
    yield (
        "these are the worst of the unseen: argsort sorts upwards. Sort `-scores`.",
        _best(-_masked(np.inf), N),
    )
    yield (
        "seen movies are still there. A score can be below 0, so 0 is no mask: use -inf.",
        _best(_masked(0), N),
    )
    yield "seen movies are in the list: mask their scores before you sort.", _best(SCORES, N)
    kept = np.setdiff1d(np.arange(len(SCORES)), SEEN)
    yield (
        "these are places in the shortened array. When you delete the seen movies, the rest move "
        "up and their codes are lost: mask instead.",
        _best(SCORES[kept], N),
    )
    yield "this is the worst of your list first: turn it round.", _best(right, N)[::-1]
    yield "the best one is missing: does your slice begin at 1?", _best(right, N + 1)[1:]
    yield "one too few: `[:n]` already stops before n.", _best(right, N - 1)
    yield "that is the whole order: keep the first n.", _best(right, len(SCORES))


@checker
def check_best_unseen(best_unseen):
    """Check best_unseen(scores, seen, n) -> codes of the n best unseen movies, best first."""
    answer = as_array(call(best_unseen, SCORES, SEEN, N), "your list")
    right = _best(_masked(-np.inf), N)
    if same(answer, right):
        _check_another_list(best_unseen)
        return "Seen movies are out, the best come first."
    for hint, wrong in _wrong_lists():
        if same(answer, wrong):
            raise Wrong(hint)
    if answer.shape == right.shape and same(np.sort(answer), np.sort(SCORES[right])):
        raise Wrong("these are scores. The list should hold codes: argsort, not sort.")
    if answer.shape == right.shape and same(np.sort(answer), np.sort(right)):
        raise Wrong(
            "the right movies in the wrong order. argpartition finds the best n but does not sort "
            "them: sort those n by score."
        )
    if answer.shape == (len(SCORES) - len(SEEN),):
        raise Wrong("that is the order of all unseen movies: keep the first n.")
    if answer.shape != right.shape:
        raise Wrong(f"{N} codes were asked for; your list has shape {answer.shape}.")
    raise Wrong("not these movies. Print the scores of your list beside all scores.")


def _check_another_list(best_unseen):
    """A list of fixed length or a mask of one fixed number passes the first example by luck."""
    scores = np.array([1e12, -1e12, -1e13, 5.0, -1e11])
    for seen, n in ((np.array([0]), 4), (np.zeros(0, dtype=int), 2)):
        masked = scores.copy()
        masked[seen] = -np.inf
        answer = as_array(call(best_unseen, scores, seen, n), "your list")
        if not same(answer, _best(masked, n)):
            raise Wrong(
                f"right for the first example, wrong for scores {scores.tolist()}, "
                f"seen {seen.tolist()}, n={n}: is your mask -inf, and does n count?"
            )


# five movies, k = 2; three of them rated, more than k, so that shapes differ
FACTORS = np.array([[1.0, 0.2], [0.3, -0.8], [0.6, 1.1], [-0.4, 0.5], [0.9, 0.9]])
RATED, STARS, PENALTY = np.array([3, 0, 2]), np.array([2.0, 4.0, 5.0]), 0.2


def _solve(rows, stars, penalty):
    return np.linalg.solve(rows.T @ rows + penalty * np.eye(2), rows.T @ stars)


def _wrong_people():
    rows, n = FACTORS[RATED], len(RATED)
    yield (
        "the brake is lambda once, but lambda counts once per rating: multiply it by how many "
        "movies were rated.",
        _solve(rows, STARS, PENALTY),
    )
    yield "the brake is missing: add lambda times n to the diagonal.", _solve(rows, STARS, 0)
    yield (
        "the brake has the wrong sign: it is *added* to the diagonal.",
        _solve(rows, STARS, -PENALTY * n),
    )
    everywhere = rows.T @ rows + PENALTY * n
    yield (
        "you added the brake to every cell. Only the diagonal gets it: times `np.eye(k)`.",
        np.linalg.solve(everywhere, rows.T @ STARS),
    )
    yield (
        "lambda times the number of *all* movies: only the rated ones count.",
        _solve(rows, STARS, PENALTY * len(FACTORS)),
    )
    yield (
        "lambda times k: it is the number of ratings that counts.",
        _solve(rows, STARS, PENALTY * 2),
    )
    filled = np.zeros(len(FACTORS))
    filled[RATED] = STARS
    yield (
        "all rows of Q are in your system, as if every other movie had been rated with 0. Blank "
        "is not zero: take the rated rows only.",
        np.linalg.solve(FACTORS.T @ FACTORS + PENALTY * n * np.eye(2), FACTORS.T @ filled),
    )
    yield (
        "the stars do not belong to these rows: take the rows in the order of `rated`.",
        _solve(FACTORS[np.sort(RATED)], STARS, PENALTY * n),
    )
    yield (
        "you took the first rows of Q. Which movies were rated says `rated`.",
        _solve(FACTORS[: len(RATED)], STARS, PENALTY * n),
    )
    yield (
        "you took the mean from the stars. A plain model predicts the stars themselves.",
        _solve(rows, STARS - STARS.mean(), PENALTY * n),
    )
    yield (
        "you multiplied by the matrix; the system has to be *solved*: np.linalg.solve.",
        (rows.T @ rows + PENALTY * n * np.eye(2)) @ (rows.T @ STARS),
    )
    yield "that is only the right-hand side; the system is still to be solved.", rows.T @ STARS
    yield (
        "there is a factor 2 too many in the brake: the ½ stands before both parts of the loss.",
        _solve(rows, STARS, 2 * PENALTY * n),
    )


@checker
def check_new_person(new_person):
    """Check new_person(movie_factors, rated, stars, regularization) -> factors, shape (k,)."""
    answer = as_array(call(new_person, FACTORS, RATED, STARS, PENALTY), "your answer")
    right = _solve(FACTORS[RATED], STARS, PENALTY * len(RATED))
    if same(answer, right):
        one = as_array(call(new_person, FACTORS, RATED[:1], STARS[:1], 1.0), "your answer")
        if not same(one, _solve(FACTORS[RATED[:1]], STARS[:1], 1.0)):
            raise Wrong("right for three ratings, wrong for one: is a number written in?")
        return "One small system, and the person has a row."
    if answer.shape == (len(RATED),):
        raise Wrong(
            "that is one number a rating, so these are predictions, or the system is n×n. The "
            "person's factors are k numbers: rows.T @ rows is k×k."
        )
    if answer.shape == (len(FACTORS),):
        raise Wrong("that is one number a movie: predictions. Return the person's k factors.")
    if answer.size == right.size:
        if same(answer.ravel(), right):
            raise Wrong(f"the right numbers in shape {answer.shape}: return shape {right.shape}.")
        for hint, wrong in _wrong_people():
            if same(answer.ravel(), wrong):
                raise Wrong(hint)
        raise Wrong("not these factors. Write the system of the page down for k = 2, n = 3.")
    raise Wrong(f"a person is k = {len(right)} numbers here; yours has shape {answer.shape}.")


RANKED, RELEVANT, K = [14, 3, 8, 20, 5, 11, 2, 30], [8, 2, 3, 40, 41, 42, 43], 4


def _wrong_recalls():
    hits, hits_of_whole_list, n = 2, 3, len(RELEVANT)
    yield "that is precision, hits divided by k. Recall divides by how many are relevant.", hits / K
    yield "the list was not cut: count hits among the first k only.", hits_of_whole_list / n
    yield "that is the number of hits; divide by how many films are relevant.", hits
    yield (
        "you divided by the length of the list; divide by how many films are relevant.",
        hits / len(RANKED),
    )
    yield "you asked whether there is any hit. That is the hit rate; recall counts them.", 1
    yield "that is the share that was *missed*.", 1 - hits / n
    yield (
        "you divided by the hits in the whole list; divide by all relevant films.",
        hits / hits_of_whole_list,
    )
    yield "you took the last k: the best come first, so `ranked[:k]`.", 1 / n


@checker
def check_recall_at_k(recall_at_k):
    """Check recall_at_k(ranked, relevant, k) -> a share, for one user."""
    answer = as_number(call(recall_at_k, np.array(RANKED), np.array(RELEVANT), K), "your recall")
    if not same(answer, 2 / len(RELEVANT)):
        for hint, wrong in _wrong_recalls():
            if same(answer, wrong):
                raise Wrong(hint)
        if answer > 1:
            raise Wrong("a recall is a share, never above 1.")
        raise Wrong(f"{answer:.3f} for {RANKED} ranked, {RELEVANT} relevant, k={K}: count by hand.")
    return _check_other_recalls(recall_at_k)


def _check_other_recalls(recall_at_k):
    cases = [
        ([5, 6], [0, 1], 2, 0.0, "codes must be compared with codes, not with places."),
        (
            [1, 2, 3],
            [1],
            2,
            1.0,
            "everything was found, so the recall is 1: what do you divide by?",
        ),
        ([1, 2, 3], [3], 2, 0.0, "a hit at place k + 1 is no hit: is the list cut at k?"),
        ([1, 2, 3], [2], 2, 1.0, "a hit at place k counts: is the list cut one too early?"),
    ]
    for ranked, relevant, k, right, hint in cases:
        answer = call(recall_at_k, np.array(ranked), np.array(relevant), k)
        if not same(as_number(answer, "your recall"), right):
            raise Wrong(f"for ranked {ranked}, relevant {relevant}, k={k}: {hint}")
    return "Hits among the first k, over all there are to be found."
