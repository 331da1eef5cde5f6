"""Formulas as MathML, which browsers draw themselves: on the site and on paper."""

from latex2mathml.converter import convert

# what the converter does not know, or draws in another way than the pages mean it
KNOWN = ((r"\lvert", r"\left|"), (r"\rvert", r"\right|"), ("{aligned}", "{align*}"))


def mathml(latex, display):
    """Return a formula as MathML; what the converter does not know stays in it as LaTeX.

    Args:
        latex: the formula, without dollar signs.
        display: "inline" or "block".
    """
    for ours, known in KNOWN:
        latex = latex.replace(ours, known)
    return convert(latex, display=display)
