"""What Python's and NumPy's errors mean in plain words, and what a look at the code tells."""

import ast
import builtins
import dis
import inspect
import numbers
import re
import sys
import textwrap
import types

import numpy as np
import pandas as pd

NO_RETURN = "your function gave back None. Does it end with `return ...`?"
PRINTS = "`print` shows a value and gives back None: write `return value` without it."
TOO_EARLY = (
    "your `return` stands inside the loop and ends it in the first round: move it to the left, "
    "below the loop."
)
SHAPE = re.compile(r"\((\d[\d, ]*)\)")
MATMUL = re.compile(r"size (\d+) is different from (\d+)")
NOT_ALIGNED = re.compile(r"shapes \(([\d, ]*)\) and \(([\d, ]*)\) not aligned")


def one_line(error):
    """Return an error as one short line of text."""
    text = " ".join(str(error).split())
    cut = f"{text[:120]} …" if len(text) > 120 else text
    return f"{type(error).__name__}: {cut}".rstrip(": ")


def in_plain_words(error, function, arguments):
    """Return the error's own line, and behind it what it means where that is known."""
    names = argument_names(function, len(arguments))
    if isinstance(error, TypeError) and not _takes(function, arguments):
        meaning = f"It is called with {len(arguments)} arguments, in the order of the task."
    else:
        meaning = _meaning(error, names, arguments)
    return one_line(error).rstrip(".") + (f". {meaning}" if meaning else ".")


def argument_names(function, count):
    """Return what the student calls the arguments, or None for what cannot be known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
    one_each = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [parameter.name for parameter in parameters if parameter.kind in one_each]
    return [*names, *[None] * count][:count]


def _meaning(error, names, arguments):
    text = str(error)
    if "truth value of a" in text:
        return (
            "`if`, `and`, `or` and `not` decide once, but an array or a column needs a decision "
            "for each entry: use `&`, `|`, `~` (with brackets around each side) or np.where; and "
            "np.maximum, np.minimum in place of `max`, `min`."
        )
    if "converted to Python scalars" in text:
        return "`math...`, `int` and `float` take one number; for a whole array, NumPy has its own."
    if "xor" in text or "for ^" in text:
        return "`^` is no power in Python: write `**`."
    if "boolean array indexing assignment" in text or "shape mismatch: value array" in text:
        return (
            "A whole table was assigned to some of its cells. Take the same cells on the right: "
            "`a[cells] = b[cells]`, or use np.where."
        )
    if "setting an array element with a sequence" in text:
        return "One cell takes one number, and here it got several."
    if "both or neither of x and y" in text:
        return (
            "`np.where` takes three things: a condition, what is taken where it holds, and what "
            "is taken elsewhere."
        )
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        if error.name in sys.stdlib_module_names:
            return f"Is `import {error.name}` missing?"
        known = ", ".join(f"`{name}`" for name in names if name)
        return f"Inside your function only its arguments are known: {known}." if known else None
    if isinstance(error, UnboundLocalError):
        return "That name is used before it has a value, in at least one way through your code."
    if isinstance(error, RecursionError):
        return "It calls itself, or a function that calls it, without an end."
    if "object is not callable" in text and "module" not in text:
        return "A name with `(` behind it is a call: is a `*` missing, or did you mean `[...]`?"
    if "for @:" in text or "not have enough dimensions" in text:
        return "`@` is for arrays: a single number is multiplied with `*`."
    return _misfit(text, names, arguments)


def _takes(function, arguments):
    """Whether the function can be called with these arguments, as far as its head tells."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a head that Python cannot read, as that of np.add
        return True
    return True


def _misfit(text, names, arguments):
    """Return which shapes did not fit, each with the argument that has it."""
    matmul = MATMUL.search(text)
    if matmul and "matmul" in text:
        return (
            f"`@` multiplies along an inner size that both sides share; here it is {matmul[2]} on "
            f"the left and {matmul[1]} on the right{_having(names, arguments)}. Is a `.T` missing, "
            "or the order wrong?"
        )
    found = NOT_ALIGNED.search(text)
    shapes = [found[1], found[2]] if found else SHAPE.findall(text)
    if "broadcast" not in text and not found or len(shapes) < 2:
        return None
    sizes = [tuple(int(n) for n in re.findall(r"\d+", shape)) for shape in shapes[:2]]
    told = " and ".join(f"{size}{_whose(size, names, arguments)}" for size in sizes)
    return f"Two arrays met whose shapes do not fit: {told}."


def _whose(size, names, arguments):
    owners = [n for n, a in zip(names, arguments, strict=True) if n and np.shape(a) == size]
    return f" (the shape of `{'`, `'.join(owners)}`)" if owners else ""


def _having(names, arguments):
    told = [
        f"`{name}` is {np.shape(argument)}"
        for name, argument in zip(names, arguments, strict=True)
        if name and isinstance(argument, np.ndarray) and argument.ndim
    ]
    return f" ({', '.join(told)})" if told else ""


def page_names(function):
    """Return the names of the page's data that the function uses and does not get.

    Tables and models that another function of the page uses on its behalf are among them.
    """
    own = _written(function)
    known = getattr(own, "__globals__", {})
    found, functions = [], [own]
    for one in functions:  # grows on the way
        for name in _global_names(getattr(one, "__code__", None)):
            value = _written(known.get(name))
            if isinstance(value, types.FunctionType):
                if value.__globals__ is known and not any(value is seen for seen in functions):
                    functions.append(value)
            elif _is_data(value) or (one is own and isinstance(value, numbers.Number)):
                found.append(name)
    return [name for name in dict.fromkeys(found) if not hasattr(builtins, name)]


def _written(function):
    """The function as it was written, without what partial, njit or a decorator put around it."""
    for _ in range(9):  # no more, should they lead in a circle
        for inside in ("func", "py_func", "pyfunc", "__wrapped__"):
            if callable(function) and callable(getattr(function, inside, None)):
                function = getattr(function, inside)
    return function


def _global_names(code):
    steps = (step for one in _codes(code) for step in dis.get_instructions(one))
    return [step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]


def _is_data(value):
    """Whether a value is data or a model; names of columns are neither."""
    if isinstance(value, (list, tuple)):
        return not all(isinstance(one, str) for one in value)
    data = (np.ndarray, pd.DataFrame, pd.Series, dict)
    return isinstance(value, data) or (hasattr(value, "predict") and not isinstance(value, type))


def _codes(code):
    """The code of a function and of what is defined inside it."""
    if code is not None:
        yield code
        for constant in code.co_consts:
            if inspect.iscode(constant):
                yield from _codes(constant)


def why_nothing(function):
    """Return a hint for a function that gave back None."""
    return PRINTS if _prints(function) else TOO_EARLY if returns_too_early(function) else NO_RETURN


def _prints(function):
    """Whether a function prints its result and gives back nothing else."""
    tree = _tree(function)
    if tree is None:
        return False
    nodes = list(ast.walk(tree))
    returned = [n.value for n in nodes if isinstance(n, ast.Return) and n.value is not None]
    bodies = [n.body for n in nodes if isinstance(n, ast.Lambda)]
    alone = [n.value for n in nodes if isinstance(n, ast.Expr)]
    return any(map(_is_print, returned or bodies or alone))


def returns_too_early(function):
    """Whether a `return` stands in a loop so that the first round ends it, come what may."""
    tree = _tree(function)
    loops = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While))] if tree else []
    return any(
        _returns(loop.body) and not any(isinstance(n, ast.Continue) for n in ast.walk(loop))
        for loop in loops
    )


def _returns(body):
    """Whether lines of code end in a `return`, whichever way they go."""
    return any(
        isinstance(line, ast.Return)
        or (isinstance(line, ast.If) and _returns(line.body) and _returns(line.orelse))
        for line in body
    )


def _is_print(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == "print"


def _tree(function):
    """The syntax tree of a function written with def, or None where its text is not to be had."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(_written(function))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
