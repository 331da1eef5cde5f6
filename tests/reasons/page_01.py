REASONS = [
    (
        "it is the zeros in the holes that make the copy so bad",
        "svd_misses['mean'] = list(svd_misses['0'])",
    ),
    (
        "the loop does well as holes take no part",
        "misses['the loop, holes filled'] = misses['the loop']",
    ),
    (
        "it is the brake that makes the hidden ratings less a matter of luck",
        "hidden_misses[2, 0.1] = hidden_misses[2, 0]",
    ),
    (
        "more factors than ratings do no harm under the brake",
        "hidden_misses[4, 0.1] = hidden_misses[4, 0]",
    ),
    (
        "one column cannot hold two tastes, but one",
        "same_taste[:] = mixed_tastes",
    ),
    (
        "two tastes are too many, not two movies",
        "mixed_tastes[:] = same_taste",
    ),
    (
        "the hidden miss climbs for Dia's two cells alone",
        "climb[24] = climb[24][0], climb[24][0]",
    ),
    (
        "the other four fall at first and rise later",
        "climb[300] = climb[60]",
    ),
    (
        "it extrapolates where it has seen nothing",
        "hidden_misses[1, 0.1] = seen_misses[1, 0.1]",
    ),
    (
        "Tender June stands still as it has no action",
        "ann_without[0, 2] -= 1",
    ),
    (
        "the brake brings Dia's hidden cells down",
        "dia_above_4['with the brake'] = list(dia_above_4['without'])",
    ),
    (
        "Dia's overshoot passes with time only under the brake",
        "dia_above_4['without'] = list(dia_above_4['with the brake'])",
    ),
    (
        "two starts meet in one table under the brake alone",
        "start_gap['without'] = start_gap['with the brake']",
    ),
    (
        "L2 does not notice a rotation, which leaves lengths as they are",
        "noticed['rotation by 30 degrees'] = noticed['stretch']",
    ),
    (
        "it is the size of the step that keeps the loop beside the SVD",
        "loop_error[0.01] = loop_error[0.03]",
    ),
]
