"""What the reasons of page 02 rest on, and how to take it away: see the package's docstring."""

REASONS = [
    (
        "the top tenth pulls the mean up",
        "spreads['user_id'][4] = spreads['user_id'][2] + spreads['user_id'][3]",
    ),
    (
        "text ids are lost in a second run because a code is no text",
        "twice['text'] = twice['numbers']",
    ),
    (
        "numbers survive a second run because codes are ids of others",
        "twice['numbers'] = example_coded['user_id'].tolist()",
    ),
    (
        "the holes differ because people chose what to rate",
        "mean_of_movies = mean_of_ratings",
    ),
    (
        "test rows lack a code because we split first",
        "split_first = test['movie_id']",
    ),
    (
        "the sample is emptier because it draws ratings, not by the number alone",
        "sizes.loc['a fifth of the users', 'cells filled [%]'] = sizes.iloc[1, 3]",
    ),
    (
        "codes leave no gaps where id - 1 does",
        "gaps['rows with codes'] = gaps['rows with id - 1']",
    ),
    (
        "leaving one out takes the say from the busiest because each user counts once",
        "votes['leave one out'] = votes['random test']",
    ),
]
