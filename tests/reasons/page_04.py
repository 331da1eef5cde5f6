"""The reasons of page 04, and what its controls would have shown if they were false."""

REASONS = [
    (
        "RMSE and MAE differ because errors differ in size",
        "few_errors = np.array([1.0, -1.0, 1.0, -1.0])",
    ),
    (
        "running lies above train because a rating's last turn is long ago, not by the ratings",
        'tenths["backwards"] = tenths["top to bottom"]',
    ),
    (
        "the few predictions beyond 1 and 5 decide where all bars stand",
        'with_clipped["clipped"] = bin_edges["predicted"]',
    ),
    (
        "the square pays for staying in the middle: stretched predictions would be as good",
        "stretched[as_wide] = stretched[1]",
    ),
    (
        "the brake keeps the test curve from rising",
        "runs[0.1] = runs[0]",
    ),
    (
        "λ = 0.2 is behind for these epochs only: later it would be, too",
        "three_times = three_times[::-1]",
    ),
    (
        "a larger k is worse by the start values that it brings: a small start would not help",
        'sizes["λ=0, start 0.01"] = sizes["λ=0"]',
    ),
    (
        "a small start only delays over-fitting: it would never come",
        'sizes["λ=0, start 0.01, 30 epochs"] = sizes["λ=0, start 0.01"]',
    ),
    (
        "what more epochs do depends on k: with two factors they would over-fit as well",
        'sizes.loc[2, "λ=0, start 0.01, 30 epochs"] += 0.04',
    ),
    (
        "what the start does depends on λ: under the brake it would help as much",
        'starts.loc["start 0.01"] -= 0.02',
    ),
    (
        "small start and more epochs take most of the gap only together",
        'starts.loc["50 epochs"] = starts.loc["start 0.01, 50 epochs"]',
    ),
    (
        "rare movies have not come far: more epochs would not take them further",
        'mean_errors.loc["1–4", "50 epochs"] = mean_errors.loc["1–4", "as above"]',
    ),
    (
        "rare movies start near 0: from the mean they would be as low",
        'mean_errors.loc["1–4", "from the mean"] = mean_errors.loc["1–4", "as above"]',
    ),
    (
        "from the mean the way is short: rare movies would lie as far from it as from 0",
        'mean_errors.loc["1–4", "mean stars"] = 1.5',
    ),
    (
        "the small directions beyond the second help on training ratings only",
        'ranks.loc["first 10", "test RMSE"] = ranks.loc["first 2", "test RMSE"] - 0.01',
    ),
    (
        "the second direction helps on test ratings, too",
        'ranks.loc["first 2"] = ranks.loc["first 1"]',
    ),
    (
        "predictions are too low on average: moved up they would be as good as before",
        "moved_up = stretched[1]",
    ),
    (
        "a handful of cold rows moves the RMSE of all",
        'cold_table.loc["all rows", "about 0"] = cold_table.loc["all rows", "the mean"]',
    ),
    (
        "rounding's cost goes with the square of the step",
        'rounding.loc[0.5, "mean of shift²"] = rounding.loc[1.0, "mean of shift²"]',
    ),
    (
        "the small directions come from the start",
        'directions["start 0.01"] = directions["start 0.1"]',
    ),
    (
        "the start is still in the small directions, at its old size",
        "along = along / 2",
    ),
    (
        "training keeps the start up: the brake alone would leave as much",
        "worn = along",
    ),
    (
        "roots taken before the mean make it low",
        'several.iloc[6] = several["test, every user counts the same"]',
    ),
    (
        "rounding helps the MAE because the medians are whole",
        'by_metric["MAE, stars blurred"] = by_metric["MAE"]',
    ),
]
