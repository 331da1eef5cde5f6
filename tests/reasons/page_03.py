"""What the reasons of page 03 rest on, and how to take it away: see the package's docstring."""

REASONS = [
    (
        "the nudge misses the formula by its own size, q²h",
        "nudged = by_formula",
    ),
    (
        "the slope is -2eq, and not only where e is q",
        "nudged = list(map(lambda place: -2 * (5 - place[0] * place[1]) ** 2, places))",
    ),
    (
        "the model believes what it heard last",
        "orders['ones last'] = orders['fives last']",
    ),
    (
        "sorted ratings are mended by shuffling",
        "orders['fives last, but shuffled'] = orders['fives last']",
    ),
    (
        "rows with a common part make the first epoch quick",
        "first_epochs['no minus signs'] = first_epochs['ours']",
    ),
    (
        "it is the mean and not the missing minus signs",
        "first_epochs['no minus signs, no mean'] = first_epochs['no minus signs']",
    ),
    (
        "a common part makes random signs quick",
        "first_epochs['ours plus 0.08'] = first_epochs['ours']",
    ),
    (
        "the mean helps at equal size, not because it adds to the size",
        "changes['ours plus 0.08'] = changes['ours']",
    ),
    (
        "larger start values help some",
        "first_epochs['five times larger'] = first_epochs['ours']",
    ),
    (
        "larger start values help less than a common part",
        "first_epochs['five times larger'] = first_epochs['no minus signs']",
    ),
    (
        "zero never moves, since both steps are zero there",
        "last_rmse['zero'] = last_rmse['tiny']",
    ),
    (
        "a tiny step to the side is enough, given the time",
        "last_rmse['tiny'] = last_rmse['equal']",
    ),
    (
        "factors that start equal are no better than one",
        "last_rmse['equal'] = last_rmse['tiny']",
    ),
    (
        "old and moved p are two updates",
        "by_update['simultaneous'] = by_update['moved']",
    ),
    (
        "they differ less than three starts spread",
        "by_update['simultaneous'] = by_update['moved'] + 0.1",
    ),
    (
        "they are close with the brake on: without it they would be as close",
        "test_rmse = lambda held=test_rmse, **knobs: held(**knobs | {'regularization': 0.1})",
    ),
    (
        "the compiled loop is the loop by hand",
        "largest_gap = 1e-6",
    ),
    (
        "a positive error lets a number fall where q has a minus",
        "after_p = pencil_p + abs(after_p - pencil_p)",
    ),
]
