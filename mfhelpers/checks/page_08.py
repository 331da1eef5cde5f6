"""Checkers of page 08: a list, a new person, recall at k."""

import numpy as np

from mfhelpers.checks._common import Wrong, as_array, as_number, call, checker, refuse, same

# All scores below zero, so that a mask of 0 shows; unsorted, so that every order differs. Two of
# the best n have been seen: who cuts first is left with n - 2, and not with the best n - 1.
SCORES = np.array([-0.4, -2.0, -0.1, -3.0, -1.0, -0.2, -1.5, -0.9, -2.5, -0.3])
SEEN, N = np.array([2, 8, 9]), 4


def _best(scores, n):
    return np.argsort(-scores, kind="stable")[:n]


def _masked(value, scores=SCORES, seen=SEEN):
    masked = scores.copy()
    masked[seen] = value
    return masked


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
    yield (
        "you cut before you masked: seen movies took places among the first n, and fewer than n "
        "are left.",
        [code for code in _best(SCORES, N) if code not in SEEN],
    )
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
    refuse(answer, *_wrong_lists())
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
        answer = as_array(call(best_unseen, scores, seen, n), "your list")
        if not same(answer, _best(_masked(-np.inf, scores, seen), n)):
            raise Wrong(
                f"right for the first example, wrong for scores {scores.tolist()}, "
                f"seen {seen.tolist()}, n={n}: is your mask -inf, and does n count?"
            )


# k = 2, seven movies, five of them rated: k, k + 1 (a bias too many), n and m are different shapes
FACTORS = np.array(
    [[1.0, 0.2], [0.3, -0.8], [0.6, 1.1], [-0.4, 0.5], [0.9, 0.9], [-0.7, 0.1], [0.4, -0.5]]
)
RATED, STARS, PENALTY = np.array([3, 0, 5, 2, 6]), np.array([2.0, 4.0, 1.0, 5.0, 3.0]), 0.2
TOTAL_ON_THE_PAGE = 3  # the page's own person has this brake in all, however many films are rated


def _solve(rows, stars, penalty):
    return np.linalg.solve(rows.T @ rows + penalty * np.eye(rows.shape[1]), rows.T @ stars)


def _people_with_a_bias():
    """A hint and (factors, bias) of each way to leave the page's bias in the system."""
    rows, n = FACTORS[RATED], len(RATED)
    with_ones = np.column_stack([np.ones(n), rows])
    for penalty in (PENALTY * n, PENALTY, TOTAL_ON_THE_PAGE):
        both = _solve(with_ones, STARS, penalty)
        yield "you kept the column of ones; this model has no bias.", both[1:], both[0]
        factors = _solve(rows - rows.mean(axis=0), STARS - STARS.mean(), penalty)
        yield (
            "an intercept was fitted, and this model has none: tell `Ridge` fit_intercept=False.",
            factors,
            STARS.mean() - rows.mean(axis=0) @ factors,
        )


def _wrong_people():
    rows, n = FACTORS[RATED], len(RATED)
    for hint, factors, bias in _people_with_a_bias():
        yield hint, factors
        yield hint, np.append(bias, factors)
        yield hint, np.append(factors, bias)
    yield (
        "your brake is 3 in all, whoever rates. λ counts once per rating here: regularization "
        "times the number of ratings.",
        _solve(rows, STARS, TOTAL_ON_THE_PAGE),
    )
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
        _solve(FACTORS, filled, PENALTY * n),
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
        one = as_array(call(new_person, FACTORS, RATED[:1], STARS[:1], 0.7), "your answer")
        if not same(one, _solve(FACTORS[RATED[:1]], STARS[:1], 0.7)):
            raise Wrong("right for five ratings, wrong for one: is a number written in?")
        return "One small system, and the person has a row."
    if answer.shape == (len(RATED),):
        raise Wrong(
            "that is one number a rating, so these are predictions, or the system is n×n. The "
            "person's factors are k numbers: rows.T @ rows is k×k."
        )
    if answer.shape == (len(FACTORS),):
        raise Wrong("that is one number a movie: predictions. Return the person's k factors.")
    if same(answer.ravel(), right):
        raise Wrong(f"the right numbers in shape {answer.shape}: return shape {right.shape}.")
    refuse(answer.ravel(), *_wrong_people())
    if answer.size == right.size:
        raise Wrong("not these factors. Write the system of the page down for k = 2, n = 5.")
    if answer.size == right.size + 1:
        raise Wrong("a person is k numbers here, and yours are k + 1: is a column of ones left?")
    raise Wrong(f"a person is k = {len(right)} numbers here; yours has shape {answer.shape}.")


# Two hits among the first k, one of them beyond place k of `relevant`; three more among the last
# k of the list, so that each wrong count gives another number.
RANKED, K = [14, 3, 8, 20, 5, 16, 11, 2, 30, 9], 4
RELEVANT = [8, 40, 41, 42, 2, 3, 43, 30, 11]


def _wrong_recalls():
    hits, hits_of_whole_list, n = 2, 5, len(RELEVANT)
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
    yield "you took the last k: the best come first, so `ranked[:k]`.", 3 / n
    yield (
        "you cut `relevant` at k. Only the list is cut there; a film at any place of `relevant` "
        "counts when it is found.",
        1 / n,
    )
    yield (
        "you cut `relevant` at k, and divide by k. Only the list is cut; divide by how many films "
        "are relevant.",
        1 / K,
    )


@checker
def check_recall_at_k(recall_at_k):
    """Check recall_at_k(ranked, relevant, k) -> a share, for one user."""
    answer = as_number(call(recall_at_k, np.array(RANKED), np.array(RELEVANT), K), "your recall")
    if not same(answer, 2 / len(RELEVANT)):
        refuse(answer, *_wrong_recalls())
        if answer > 1:
            raise Wrong("a recall is a share, never above 1.")
        raise Wrong(f"{answer:.3f} for {RANKED} ranked, {RELEVANT} relevant, k={K}: count by hand.")
    return _check_other_recalls(recall_at_k)


def _check_other_recalls(recall_at_k):
    cases = [
        ([5, 6], [0, 1], 2, 0.0, "codes must be compared with codes, not with places."),
        (
            [1, 2, 3],
            [1, 7, 8, 9],
            2,
            0.25,
            "a hit at place 1 counts: does your slice begin at 1?",
        ),
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
