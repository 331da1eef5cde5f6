REASONS = [
    ("α is 1/w − 1", "movie_gaps['α = 1/w, brake n_i + w m'] = 0.0"),
    ("the brake counts every cell, too", "movie_gaps['α = 1/w − 1, brake n_i alone'] = 0.0"),
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
    ("recommendForUserSubset is top_n", "same_place = 0.5"),
    ("it masks nothing", "with_seen = 0.0"),
    ("with implicitPrefs, too", "spark_gaps['ours'] = spark_gaps['λ n_u']"),
    ("Spark's own rows solve its equation", "spark_gaps['λ n_u'] = 0.01"),
    ("level at who rated what", "quality['Spark, implicitPrefs'] = quality['ALS for stars']"),
    ("no help with speed", "spark_seconds = our_seconds"),
    ("saved and loaded", "both_ways['prediction_loaded'] = both_ways['prediction'] + 0.1"),
    ("each iteration adds to the lineage", "lines[3, -1] = lines[2, -1]"),
    ("a checkpoint cuts it", "lines[3, 2] = lines[3, -1]"),
]
