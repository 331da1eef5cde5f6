"""Settings of the website. `python -m tools.make_site` stages the pages and runs Sphinx."""

import tomllib

from docutils.nodes import SkipNode
from sphinx.util import logging

from tools.make_site import repository
from tools.mathml import mathml
from tools.paths import NOTEBOOKS, README, ROOT

LOGGER = logging.getLogger(__name__)

project = README.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
author = "The authors of the matrix factorization course"
copyright = f"{author}. Text and pictures: CC BY 4.0, code: BSD 3-Clause"  # noqa: A001
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"  # pages are committed with their outputs
nb_ipywidgets_js = {}  # would come from the network
nb_code_prompt_show = "Show the cell's {type}"
nb_code_prompt_hide = "Fold the cell's {type}"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4
smartquotes_action = "D"  # dashes; quotes stay as they were typed
default_role = "py:obj"  # `name` in a docstring: a link where there is one, code elsewhere
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_default_options = {
    "members": True,
    # scikit-learn puts these into every estimator
    "exclude-members": "set_fit_request, set_predict_request, set_score_request, "
    "get_metadata_routing",
}
suppress_warnings = ["myst.header"]  # a page may open with a question, which is a ### heading

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = str(ROOT / "images" / "small_01.png")
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_math_renderer = "mathml"
html_use_index = html_domain_indices = False  # the API is one page
html_context = {"default_mode": "auto"}  # dark or light as the reader's system is
html_theme_options = {
    "navbar_persistent": [],  # one place to search is enough: beside the pages
    "show_toc_level": 2,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
}
if repository():
    html_theme_options |= {
        "repository_url": repository(),
        "repository_branch": "main",
        "path_to_docs": NOTEBOOKS.name,
        "use_repository_button": True,
        "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    }


def formula(node, display):
    """Return a node's formula as MathML; what the converter does not know is a warning."""
    made = mathml(node.astext().strip(), display)
    if "\\" in made or "<mi>&</mi>" in made:
        LOGGER.warning("no MathML for %s", node.astext(), location=node)
    return made


def write_inline(self, node):
    """Write a formula that stands in a line."""
    self.body.append(f'<span class="math">{formula(node, "inline")}</span>')
    raise SkipNode  # its text is written


def write_block(self, node):
    """Write a formula that stands alone."""
    self.body.append(f'<div class="math">{formula(node, "block")}</div>')
    raise SkipNode  # its text is written


def setup(app):
    """Register MathML beside Sphinx's own ways to show formulas."""
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
