"""What the reasons of page 09 rest on, and how to take it away: see the package's docstring."""

REASONS = [
    ("iterrows is slow by reading its rows",
     "only_read = (by_zip[0],)"),
    ("calls cost, not arithmetic",
     "tenfold = (10 * by_zip[0],)"),
    ("a permutation is dear by jumping",
     "visiting.iloc[:, 1] = visiting.iloc[:, 0].to_numpy()"),
    ("blocks are as good as a permutation",
     "by_order.loc['blocks'] = by_order.loc['permutation'] + 0.01"),
    ("a half-step finds the best rows", "J.iloc[3, 1] = J.iloc[3, 0] + 1"),
    ("the update, not the rate, diverges",
     "histories['SGD, k = 100, moved'] = histories['SGD, k = 100, simultaneous']"),
    ("one half-step is what training does",
     "weighted_row = lambda fixed, shared, rated: fixed[rated].sum(axis=0)[::-1]"),
    ("it is the question, not the alternation, that makes the lists",
     "quality['ALS for stars'] = quality['who rated what, weighted ALS']"),
    ("a weight and a brake, where all cells alike do not lead",
     "quality['who rated what, SVD'] = quality['who rated what, weighted ALS']"),
    ("tiles of a diagonal share no rows", "grids.iloc[2, 0] += 1e-6"),
]  # fmt: skip
