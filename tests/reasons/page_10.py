REASONS = [
    ("α is 1/w − 1", "film_gaps['α = 1/w, brake n_i + w m'] = 0.0"),
    ("the brake counts the blanks, too", "film_gaps['α = 1/w − 1, brake n_i alone'] = 0.0"),
    ("a row for a block, not for a rating", "traffic['once a block'] = traffic['once a rating']"),
    ("more blocks, more traffic",
     "traffic.loc[1000, 'once a block'] = traffic.loc[100, 'once a block']"),
    ("trained for who rated what", "quality['WeightedALS'] = quality['ALS for stars']"),
    ("better than the popular list", "quality['WeightedALS'] = quality['most popular']"),
]  # fmt: skip

# what only a run on Spark can show; tests/test_spark.py tries these
ON_SPARK = [
    ("Spark counts λ once a rating", "gaps['λ'] = gaps['λ n_u']"),
    ("NaN for the cold, and only there", "answer = answer.fillna(3.5)"),
    ("level with ours", "spark_rmse = our_rmse + 0.02"),
    ("recommendForAllUsers is top_n", "same_place = 0.5"),
    ("it masks nothing", "with_seen = 0.0"),
    ("level at who rated what", "quality['Spark, implicitPrefs'] = quality['ALS for stars']"),
    ("no help with speed", "spark_seconds = our_seconds"),
    ("saved and loaded", "both_ways['prediction_loaded'] = both_ways['prediction'] + 0.1"),
    ("each round adds to the lineage", "steps[6, -1] = steps[4, -1]"),
    ("a checkpoint cuts it", "steps[6, 2] = steps[6, -1]"),
]
