"""Helpers of a hands-on course in matrix factorization.

What the pages build by hand, ready to import: `load_ratings`, `remap_ids`,
`MatrixFactorization`, exercise `checks`, and the modules behind them. Each is loaded when
it is first used, so that `import mfhelpers` is quick.
"""

import importlib

_HOMES = {
    "load_ratings": "ratings",
    "remap_ids": "ratings",
    "generated_truth": "generated",
    "MatrixFactorization": "model",
    "DivergenceError": "model",
    "BiasModel": "baselines",
    "AlternatingLeastSquares": "als",
    "WeightedALS": "als",
    "top_n": "recommend",
    "similar_movies": "recommend",
    "fold_in": "recommend",
    "course_style": "plots",
}
_MODULES = {
    "ratings",
    "generated",
    "baselines",
    "sgd",
    "model",
    "als",
    "penalties",
    "plots",
    "checks",
    "recommend",
}

__all__ = sorted({*_HOMES, *_MODULES})


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
