"""Opens JupyterLab on a page; prints the address where there is no browser.

usage: python -m tools.open_lab [--port 8888] [--page 01]
"""

import argparse
import json
import os
import sys
import tempfile
import webbrowser
from pathlib import Path

from tools.paths import PAGES, ROOT

NUMBERS = {page[:2]: f"notebooks/{page}.ipynb" for page in PAGES}
FIRST_PAGE = NUMBERS["01"]
TEXT_BROWSERS = {"www-browser", "links", "elinks", "lynx", "w3m"}

# Defaults for this one server only: no question about news over the first page. Whoever has
# settings of their own keeps them.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}


# Where Jupyter, IPython, Matplotlib and the Hub's library keep their files, in the home folder.
IN_HOME = (
    "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR", "MPLCONFIGDIR", "HF_HOME",
)  # fmt: skip


def home_can_be_written():
    """Whether files can be made in the home folder."""
    try:
        with tempfile.TemporaryFile(dir=Path.home()):
            return True
    except OSError:
        return False


def do_without_home(directory):
    """Let what is usually kept in the home folder lie in a directory, and say so."""
    print("Your home folder cannot be written to: settings and downloads last until you close.")
    for name in IN_HOME:
        os.environ.setdefault(name, str(Path(directory) / name.lower()))


def has_browser():
    """Whether a browser with windows can be opened from here."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    return os.path.basename(getattr(browser, "name", "")) not in TEXT_BROWSERS


def add_quiet_defaults(directory, settings=QUIET):
    """Let Jupyter read default settings from a directory, beside the user's own."""
    labconfig = Path(directory) / "labconfig"
    labconfig.mkdir(parents=True)
    labconfig.joinpath("default_setting_overrides.json").write_text(json.dumps(settings))
    paths = [str(directory), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))


def pin_ratings():
    """Let a relative path of ratings mean what it means here; kernels start in notebooks/."""
    pinned = os.environ.get("MFHELPERS_RATINGS", "").strip()
    if pinned and Path(pinned).expanduser().exists():
        os.environ["MFHELPERS_RATINGS"] = str(Path(pinned).expanduser().absolute())


def lab_arguments(port, browser, page=FIRST_PAGE):
    """Return JupyterLab's command line for a page."""
    arguments = [
        f"--port={port}",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{page}",
    ]
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "getuid") and os.getuid() == 0:
        arguments.append("--allow-root")
    return arguments


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--page", choices=NUMBERS, default="01")
    options = parser.parse_args()

    pin_ratings()
    browser = has_browser()
    if not browser:
        print("No browser was found here. Open the address below that starts with http://")
    with tempfile.TemporaryDirectory() as directory:
        if not home_can_be_written():
            do_without_home(directory)
        add_quiet_defaults(directory)
        from jupyterlab.labapp import main as lab

        sys.exit(lab(lab_arguments(options.port, browser, NUMBERS[options.page])))


if __name__ == "__main__":
    main()
