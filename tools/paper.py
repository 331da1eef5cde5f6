"""Turns a page into one HTML file for paper: pictures inside, formulas as MathML, no network."""

import base64
import copy
import re
from pathlib import Path

from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import TagRemovePreprocessor

from tools.mathml import mathml
from tools.notebooks import tags

STYLE = """
@page { size: A4; margin: 18mm 17mm 20mm; @bottom-center { content: counter(page); } }
body { font: 10.5pt/1.45 Georgia, "DejaVu Serif", serif; max-width: 46em; margin: 1em auto; }
h1, h2, h3 { font-family: Helvetica, Arial, "DejaVu Sans", sans-serif; line-height: 1.2;
  break-after: avoid; }
h1 { font-size: 19pt; } h2 { font-size: 14pt; margin-top: 1.6em; } h3 { font-size: 11.5pt; }
p, li { orphans: 3; widows: 3; }
a { color: inherit; } a.anchor-link { display: none; }
pre, code { font: 8.6pt/1.35 "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { white-space: pre-wrap; margin: .4em 0; }
.input_area pre { border-left: 2.5pt solid #888; background: #f5f5f5; padding: .5em .7em; }
.output_area pre { padding-left: .9em; }
pre, img, table, math[display=block] { break-inside: avoid; }
img { max-width: 100%; max-height: 105mm; }
table { border-collapse: collapse; margin: .6em 0; font-size: 9pt; }
th, td { border-bottom: .5pt solid #aaa; padding: .2em .6em; vertical-align: top; }
td img { max-height: 32mm; }
math { font-family: "Cambria Math", "STIX Two Math", "Latin Modern Math",
  "DejaVu Math TeX Gyre", math; }
math[display=block] { margin: .7em 0; }
mtd:nth-child(odd) { text-align: right; } mtd:nth-child(even) { text-align: left; }
details { border: .5pt solid #aaa; padding: .3em .8em; margin: .6em 0; }
summary { font-weight: bold; list-style: none; }
.prompt { display: none; }
@media print { a { text-decoration: none; } body { margin: 0; max-width: none; } }
"""
FOLDED = "folded"  # the tag by which nbconvert is told to leave a cell's code out
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>{style}</style></head>
<body>
{body}
</body></html>
"""


class PaperRenderer(IPythonRenderer):
    """Markdown as nbconvert renders it, with formulas as MathML and pictures inside the file."""

    def block_math(self, body):
        return mathml(body, "block")

    def inline_math(self, body):
        return mathml(body, "inline")

    def image(self, text, url, title=None):
        return super().image(text, embedded(Path(self.path) / url), title)


class PaperExporter(HTMLExporter):
    """nbconvert's own basic template, with the renderer above."""

    template_name = "basic"

    def markdown2html(self, context, source):
        path = context["resources"]["metadata"]["path"]
        renderer = PaperRenderer(escape=False, path=path)
        # `markdown2html` is called with jinja's context, as nbconvert's own is
        return MarkdownWithMath(renderer=renderer).render(source)

    markdown2html.jinja_pass_arg = HTMLExporter.markdown2html.jinja_pass_arg


def embedded(picture):
    """Return a picture as a data address; of an animation the stills that lie beside it."""
    stills = picture.with_suffix(".png")
    if picture.suffix == ".gif" and stills.is_file():
        picture = stills
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode("ascii")


def for_paper(book):
    """Return a copy without what paper does not need: folded code, and progress bars."""
    copied, cells = copy.deepcopy(book), []
    for cell in copied.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            if cell.metadata.get("jupyter", {}).get("source_hidden"):
                if not cell.outputs:
                    continue
                cell.metadata.tags = [*tags(cell), FOLDED]
        cells.append(cell)
    copied.cells = cells
    return copied


def paper(book, title, folder):
    """Return the HTML of a notebook.

    Args:
        book: the notebook; it is not changed.
        title: of the file.
        folder: where the links to its pictures start.
    """
    resources = {"metadata": {"path": str(folder), "name": title}}
    exporter, leave_out = PaperExporter(), TagRemovePreprocessor(remove_input_tags={FOLDED})
    exporter.register_preprocessor(leave_out, enabled=True)
    body, resources = exporter.from_notebook_node(for_paper(book), resources)
    body = body.replace("<details>", "<details open>")
    body = re.sub(r'href="(\d\d_\w+)\.ipynb', r'href="\1.html', body)
    colours = "\n".join(resources["inlining"]["css"])
    return PAGE.format(title=title, style=STYLE + colours, body=body)
