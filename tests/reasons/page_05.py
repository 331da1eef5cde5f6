"""The reasons of page 05, and what its controls would have shown if they were false."""

REASONS = [
    (
        "ours diverges because q sees the part along q: without it, it would diverge too",
        'control.loc["ours without the part along q"] = np.nan',
    ),
    (
        "simultaneous trains because it lacks that part: given it, it would still train",
        'control.loc["simultaneous with that part"] = control.loc["simultaneous"]',
    ),
    (
        "the order of two lines costs the rate: ours would train as far as simultaneous",
        'largest["ours"] = largest["simultaneous"]',
    ),
    (
        "the gap of ours comes from the order, so it fades with the rate",
        'gap_by_rate.loc["ours", 0.001] = gap_by_rate.loc["ours", 0.01]',
    ),
    (
        "a gap that stays comes from a wrong term",
        'gap_by_rate.loc["wrong_sign", 0.001] = gap_by_rate.loc["wrong_sign", 0.01] / 10',
    ),
    (
        "alternating is honest at the moved p",
        "gap_in_q_at_the_moved_p = lambda update: 0.05",
    ),
    (
        "training looks better without the penalty, the test set says otherwise",
        'forgotten.loc["test RMSE", "penalty forgotten"] = forgotten.loc["test RMSE"].iloc[0]',
    ),
    (
        "the curve hides the wrong sign",
        "curve_a = curve_b + 0.1",
    ),
    (
        "at a rate of one over the curvature one step leads across the steep axis",
        "full = slow",
    ),
    (
        "a constant rate keeps SGD above the bottom; a falling one comes to rest",
        'above["falling"] = above["constant"]',
    ),
]
