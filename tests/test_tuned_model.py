"""Page 07's tuned model: how good it is, and that no test rating had a part in its choice."""

import symtable

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

from mfhelpers import MatrixFactorization, load_ratings, remap_ids
from tests.pages import PAGES, ROOT, Page

PAGE = Page(ROOT / "notebooks" / f"{PAGES[6]}.ipynb")
PAIR = ["user_id", "movie_id"]
TEST_SETS = {"test", "all_test"}
CHOICES = {"chosen_on_sample", "chosen_on_all"}
LIMITS = {"generated": 0.845, "real": 0.842}
KNOBS = {
    "n_factors": 100, "biased": True, "regularization": 0.045, "n_epochs": 60,
    "learning_rate_schedule": "linear", "dtype": "float32", "shuffle": True, "random_state": 0,
}  # fmt: skip

# ---------------------------------------------------------------- the full-size model


@pytest.fixture(scope="module", params=list(LIMITS))
def split(request):
    """(source, training ratings, test ratings): all ratings, 90/10, in the source's own order."""
    source = request.param
    where = request.getfixturevalue("real_ratings_path") if source == "real" else source
    coded, *_ = remap_ids(load_ratings(None, source=str(where)))
    return source, *train_test_split(coded, test_size=0.1, random_state=0)


def score(train, test, **knobs):
    model = MatrixFactorization(**KNOBS, **knobs).fit(train[PAIR], train["user_rating"])
    return root_mean_squared_error(test["user_rating"], model.predict(test[PAIR]))


def test_it_is_as_good_as_promised_and_a_large_start_is_not(split):
    source, train, test = split
    small_start = score(train, test, init_std=0.01)
    assert 0.829 < small_start < LIMITS[source]
    assert 0.008 < score(train, test, init_std=0.1) - small_start < 0.03


# ---------------------------------------------------------------- the test set chooses nothing


def names_of(source):
    """Return the global names that code binds, and those that it reads."""
    bound, read = set(), set()

    def visit(table, top):
        for symbol in table.get_symbols():
            is_global = top or symbol.is_global()
            if is_global and (symbol.is_assigned() or symbol.is_imported()):
                bound.add(symbol.get_name())
            if is_global and symbol.is_referenced():
                read.add(symbol.get_name())
        for child in table.get_children():
            visit(child, top=False)

    visit(symtable.symtable(source, "cell", "exec"), top=True)
    return bound, read


def makes_a_choice(source):
    """Whether code binds what was chosen."""
    return bool(CHOICES & names_of(source)[0])


def cells_behind(sources, places):
    """Return the places of the cells whose results those at `places` need, and these, in order."""
    needed, todo = set(), list(places)
    while todo:
        place = todo.pop()
        if place in needed:
            continue
        needed.add(place)
        for name in names_of(sources[place])[1]:
            before = [p for p in range(place) if name in names_of(sources[p])[0]]
            todo += before[-1:]
    return sorted(needed)


def choices(sources, places, shuffled=False):
    """Run the cells behind those at `places`; return what they chose, by its name."""
    names = {}
    with matplotlib.rc_context():
        for place in cells_behind(sources, places):
            exec(compile(sources[place], f"cell {place}", "exec"), names)
            for name in TEST_SETS & names_of(sources[place])[0] if shuffled else ():
                ratings = np.random.default_rng(0).permutation(names[name]["user_rating"])
                names[name] = names[name].assign(user_rating=ratings)
    plt.close("all")
    return {name: names[name] for name in CHOICES if name in names}


@pytest.fixture(scope="module")
def sources():
    return [cell.source for _, cell in PAGE.code_cells]


@pytest.fixture(scope="module")
def choosing(sources):
    return [place for place, source in enumerate(sources) if makes_a_choice(source)]


def test_what_is_chosen_never_reads_a_test_set(sources, choosing):
    assert len(choosing) == 2
    behind = [names_of(sources[place]) for place in cells_behind(sources, choosing)]
    assert TEST_SETS <= set().union(*(bound for bound, _ in behind)), "both splits are among them"
    for bound, read in behind:  # the cell that makes a split may tell its size
        assert not TEST_SETS & (read - bound)


def test_shuffled_test_ratings_change_no_choice(sources, choosing):
    chosen = choices(sources, choosing)
    assert set(chosen["chosen_on_sample"]) == {"init_std", "n_epochs"}
    assert set(chosen["chosen_on_all"]) == {"regularization"}
    assert chosen == choices(sources, choosing, shuffled=True)


def test_a_choice_on_the_test_set_would_be_found(sources, choosing):
    honest, dishonest = "(all_learn, all_validation)", "(all_learn, all_test)"
    cheating = [source.replace(honest, dishonest) for source in sources]
    assert cheating != sources
    with pytest.raises(AssertionError):
        test_what_is_chosen_never_reads_a_test_set(cheating, choosing)
    runs = [choices(cheating, choosing[-1:], shuffled) for shuffled in (False, True)]
    assert runs[0] != runs[1]
