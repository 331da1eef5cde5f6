"""What Python's and NumPy's errors mean in plain words, and what a look at the code tells."""

import ast
import builtins
import dis
import inspect
import numbers
import re
import textwrap

import numpy as np
import pandas as pd

NO_RETURN = "your function gave back None. Does it end with `return ...`?"
SHAPE = re.compile(r"\((\d[\d, ]*)\)")
MATMUL = re.compile(r"size (\d+) is different from (\d+)")
NOT_ALIGNED = re.compile(r"shapes \(([\d, ]*)\) and \(([\d, ]*)\) not aligned")


def one_line(error):
    """Return an error as one short line of text."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}".rstrip(": ")


def in_plain_words(error, function, arguments):
    """Return the error's own line, and behind it what it means where that is known."""
    names = argument_names(function, len(arguments))
    meaning = _meaning(error, names, arguments)
    if isinstance(error, TypeError) and f"{getattr(function, '__qualname__', '')}()" in str(error):
        meaning = f"It is called with {len(arguments)} arguments, in the order of the task."
    return one_line(error).rstrip(".") + (f". {meaning}" if meaning else ".")


def argument_names(function, count):
    """Return what the student calls the arguments, or None for what cannot be known."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    return [*names, *[None] * count][:count]


def _meaning(error, names, arguments):
    text = str(error)
    if "truth value of a" in text:
        return (
            "`if`, `and`, `or` and `not` decide once, but an array or a column needs a decision "
            "for each entry: use `&`, `|`, `~` (with brackets around each side) or np.where."
        )
    if "bitwise_xor" in text or "for ^" in text:
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
        known = ", ".join(f"`{name}`" for name in names if name)
        return f"Inside your function only its arguments are known: {known}." if known else None
    if isinstance(error, UnboundLocalError):
        return "That name is used before it has a value, in at least one way through your code."
    return _misfit(text, names, arguments)


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
    """Return the names of the page's data that the function uses and does not get."""
    found = []
    for code in _codes(getattr(function, "__code__", None)):
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval not in found:
                found.append(step.argval)
    data = (np.ndarray, pd.DataFrame, pd.Series, list, dict, numbers.Number)
    known = getattr(function, "__globals__", {})
    return [n for n in found if not hasattr(builtins, n) and isinstance(known.get(n), data)]


def _codes(code):
    """The code of a function and of what is defined inside it."""
    if code is not None:
        yield code
        for constant in code.co_consts:
            if inspect.iscode(constant):
                yield from _codes(constant)


def prints_instead(function):
    """Return a hint where the function prints its result and gives back nothing, else None."""
    tree = _tree(function)
    if tree is None:
        return None
    printed = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, (ast.Return, ast.Expr)) and _is_print(node.value)
    ]
    if not printed:
        return None
    return "`print` shows a value and gives back None: write `return value` without it."


def returns_too_early(function):
    """Whether a `return` stands in a loop with no condition, so that the first round ends it."""
    tree = _tree(function)
    loops = (ast.For, ast.While)
    return tree is not None and any(
        isinstance(inner, ast.Return)
        for node in ast.walk(tree)
        if isinstance(node, loops)
        for inner in node.body
    )


def _is_print(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == "print"


def _tree(function):
    """The syntax tree of a function written with def, or None where its text is not to be had."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
