REASONS = [
    ("zeros come where the step stops", "zeros['l1'] = zeros['l1_sign']"),
    ("the rattle does little harm", "errors['l1_sign'] = errors['l1'] + 0.1"),
    ("the trap is L1's, not that of a strong penalty", "errors.loc[0.5, 'l2'] = nothing"),
    ("signs widen the trap", "ends['0.5, both signs'] = ends['0.5, all positive']"),
    (
        "a start is trapped when it is small",
        "ends['0.1, all positive'] = ends['0.5, all positive']",
    ),
    ("with both signs, too", "ends['1.0, both signs'] = ends['0.5, both signs']"),
    ("a price on both factors is one on singular values", "one_sided = left_over"),
    ("a strong L2 empties directions", "sizes.loc[0.1] = sizes.loc[0.3]"),
    ("after 10 epochs the start decides", "by_start['large, 10'] = by_start['small, 10']"),
    ("the second direction had not yet grown", "by_start['small, 10'] = by_start['small, 150']"),
    (
        "zeros after each rating are owed to the product",
        "linear['each row, product from 0.5'] = linear['each row']",
    ),
    (
        "a product is trapped near zero",
        "linear['each row, product from 0.01'] = linear['each row, product from 0.5']",
    ),
    (
        "rare movies keep their start for want of pull",
        "by_count['zeros after 200, %'] = by_count['zeros after 20 epochs, %']",
    ),
    ("batch normalization undoes the scale", "normed_shrunk = batch @ shrunk"),
    ("what a row becomes depends on its batch", "batch_norm = lambda rows: normed"),
]
