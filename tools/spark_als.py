"""Trains Spark's ALS on a file of ratings, on this machine or on a cluster, and tests it.

usage: python -m tools.spark_als --ratings PATH [--master spark://HOST:7077]
           [--checkpoint FOLDER] [--save FOLDER]
       spark-submit --master spark://HOST:7077 tools/spark_als.py --ratings PATH
           --checkpoint FOLDER

PATH is a csv file with a header, a parquet file or a folder of either, with the columns user_id,
movie_id and user_rating; ids may be strings. On a cluster every machine must see PATH, the
checkpoint folder and the folder to save to, at the same address (hdfs://…, s3a://…, a shared
disk). The file needs nothing of this project beside pyspark, so it goes to a cluster alone.
"""

import argparse
import sys

PAIR = ["user_id", "movie_id"]


def read_ratings(spark, path):
    """Return the ratings as a Spark DataFrame of whole-number codes and stars.

    Args:
        spark: the session.
        path: a csv or parquet file, or a folder of them; without a known ending it is parquet.
    """
    from pyspark.ml.feature import StringIndexer

    is_csv = path.rstrip("/").endswith((".csv", ".csv.gz"))
    raw = spark.read.csv(path, header=True) if is_csv else spark.read.parquet(path)
    missing = [column for column in [*PAIR, "user_rating"] if column not in raw.columns]
    if missing:
        sys.exit(f"{path} has no column {missing[0]}; it has: {', '.join(raw.columns)}")
    codes = [f"{column}_code" for column in PAIR]
    coded = StringIndexer(inputCols=PAIR, outputCols=codes).fit(raw).transform(raw)
    return coded.select(
        coded[codes[0]].cast("int").alias(PAIR[0]),
        coded[codes[1]].cast("int").alias(PAIR[1]),
        coded["user_rating"].cast("float"),
    )


def train(ratings, options):
    """Return Spark's ALSModel, trained with the command's options."""
    from pyspark.ml.recommendation import ALS

    als = ALS(
        rank=options.rank,
        regParam=options.regularization,
        maxIter=options.iterations,
        numUserBlocks=options.blocks,
        numItemBlocks=options.blocks,
        checkpointInterval=5,
        coldStartStrategy="drop",
        seed=options.seed,
        userCol="user_id",
        itemCol="movie_id",
        ratingCol="user_rating",
    )
    return als.fit(ratings)


def run(spark, options):
    """Read, split, train and test; save where a folder is named. Return the test RMSE."""
    from pyspark.ml.evaluation import RegressionEvaluator

    spark.sparkContext.setLogLevel("WARN")
    spark.sparkContext.setCheckpointDir(options.checkpoint)
    ratings = read_ratings(spark, options.ratings).cache()
    learn, test = ratings.randomSplit([0.9, 0.1], seed=options.seed)
    print(f"training on {learn.count():,} ratings", flush=True)
    model = train(learn, options)
    scored = model.transform(test).cache()
    rmse = RegressionEvaluator(labelCol="user_rating").evaluate(scored)
    print(f"test RMSE {rmse:.4f} on {scored.count():,} of {test.count():,} ratings", flush=True)
    if options.save:
        model.write().overwrite().save(options.save)
    return rmse


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ratings", required=True, help="csv or parquet")
    parser.add_argument("--master", help="spark://HOST:7077 or the like (default: this machine)")
    parser.add_argument("--rank", type=int, default=10, help="k")
    parser.add_argument("--regularization", type=float, default=0.05, help="λ, times n_u")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--blocks", type=int, default=10, help="of users, and of movies")
    parser.add_argument("--checkpoint", default="spark-checkpoints", help="a folder all can see")
    parser.add_argument("--save", help="folder to save the model to")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        sys.exit("pyspark is missing: pip install -r requirements/spark.txt, and Java 17 or newer")

    builder = SparkSession.builder.appName("als")
    if options.master:
        builder = builder.master(options.master)
    spark = builder.getOrCreate()
    try:
        run(spark, options)
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
