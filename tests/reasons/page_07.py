"""Page 07: factors asleep and awake, the second valley, recipes, pairs and witnesses."""

REASONS = [
    (
        "k makes no difference, for with page 03's knobs the factors are asleep",
        """asleep.loc["page 03's knobs", "p·q set to 0"] += 0.01""",
    ),
    (
        "the second valley is the factors' work",
        """
asleep.loc["start 0.001, second valley", "p·q set to 0"] = asleep["with p·q"].min()
""",
    ),
    (
        "with a start of 0.1 it is the factors that do harm",
        """
asleep.loc["start 0.1, as many epochs", "p·q set to 0"] = asleep["with p·q"].max()
""",
    ),
    ("small starts follow the line without factors", "curves[0] = curves[0.1]"),
    ("a start scale wants its own number of epochs", "curves.loc[60] = curves.loc[30]"),
    (
        "the second valley is no luck of a start",
        "by_start['second valley'][1] = by_start['first valley'][1]",
    ),
    (
        "the smaller start's valley is lower for each start",
        "by_start['start 0.01'][2] = by_start['second valley'][2]",
    ),
    (
        "the recipe alone moves the best brake",
        "by_recipe['sample, falling'] = by_recipe['sample, patient']",
    ),
    ("pairs make small gaps visible", "widths['unpaired'] = widths['paired, by rating']"),
    ("counted by movie too, no verdict turns", "widths['by user and movie'] *= 10"),
    (
        "more data, the knobs untouched, beats the two biases",
        """
ladder.loc["page 03's knobs, plain, k=10"] = ladder.loc["two biases"]
""",
    ),
    (
        "good knobs take most of the biases' worth on the sample away",
        """worth.loc["good knobs for both"] = worth.loc["page 03's knobs"]""",
    ),
    ("what is left hangs on the rate, too", "plain_fast = plain_slow"),
    (
        "with all ratings the same bad knobs leave less of the biases' worth",
        """worth.loc["page 03's knobs", "all ratings"] = worth.loc["page 03's knobs", "sample"]""",
    ),
    (
        "the gain sits with well-known movies",
        """
profit["squared errors saved, in sum"] = profit["squared errors saved, in sum"].to_numpy()[::-1]
""",
    ),
    (
        "many epochs leave the dice of a start of 0.1 where ratings are few",
        "kept.iloc[0] = kept.iloc[-1]",
    ),
    (
        "at its best epoch the start of 0.1 is asleep",
        "own_best = [(0.1, second, 0), *own_best[1:]]",
    ),
]
