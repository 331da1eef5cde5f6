REASONS = [
    ("zeros come where the step stops", "zeros['l1'] = zeros['l1_sign']"),
    ("the rattle does little harm", "errors['l1_sign'] = errors['l1'] + 0.1"),
    ("the trap is L1's, not that of a strong penalty", "errors.loc[0.5, 'l2'] = nothing"),
    (
        "a mean that all rows share lifts the same start out: without it, it would end as before",
        "ends['0.5, both signs, plus 0.1'] = ends['0.5, both signs']",
    ),
    (
        "that start had no mean: it would survive by its signs",
        "ends['0.5, both signs'] = ends['0.5, all positive']",
    ),
    ("it is hardly larger", "starts['0.5, both signs, plus 0.1'] = starts['1.0, both signs']"),
    ("and has minus signs", "starts['0.5, both signs, plus 0.1'] = starts['0.5, all positive']"),
    ("without minus signs it has a mean", "ends['0.5, all positive'] = ends['0.5, both signs']"),
    (
        "a start is trapped when it is small",
        "ends['0.1, all positive'] = ends['0.5, all positive']",
    ),
    ("with no mean, too", "ends['1.0, both signs'] = ends['0.5, both signs']"),
    ("a price on both factors is one on singular values", "one_sided = left_over"),
    ("a strong L2 empties directions", "sizes.loc[0.1] = sizes.loc[0.3]"),
    ("after 10 epochs the start decides", "by_start['0.5, 10'] = by_start['0.1, 10']"),
    ("the second direction had not yet grown", "by_start['0.1, 10'] = by_start['0.1, 150']"),
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
    ("the tenth column carries the prediction", "busiest = (busiest + 1) % 10"),
    ("small directions have not met", "by_start['0.5, 150'] = by_start['0.1, 150']"),
    ("the RMSE does not see the bug", "its_rmse = page_rmse + 0.01"),
    ("a weight of a thousandth is as good as zero", "rounded_rmse = its_rmse + 0.01"),
    ("batch normalization undoes the scale", "normed_shrunk = batch @ shrunk"),
    ("what a row becomes depends on its batch", "batch_norm = lambda rows: normed"),
]
