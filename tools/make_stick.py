"""Fills a folder, a memory stick for instance, with the course and its packages.

usage: python -m tools.make_stick FOLDER [--ratings PATH]

The packages are for this kind of machine: its system and its version of Python. Run the command
on one machine of each kind, into the same folder. MovieLens' ratings go along only where you name
your copy of them: GroupLens allows nobody to pass them on without permission. Without them the
pages use the generated ratings.
"""

import argparse
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tools.open_lab import FIRST_PAGE
from tools.paths import ROOT

LEFT_OUT = (
    ".git", ".venv", ".bench-venv", "__pycache__", ".*_cache", ".hypothesis", ".coverage",
    "*.egg-info", ".ipynb_checkpoints", "build", "handouts", "*.parquet",
)  # fmt: skip
# what builds `-e .` when the packages come from a folder
BUILD = "setuptools>=77"
README = f"""The course, without a network. Packages for: {{kinds}}.

Copy the folder `course` to your disk and open a terminal in it. WHEELS is the folder `wheels` of
this stick, wherever it is mounted.

Linux, macOS:

    MFHELPERS_RATINGS=generated make lab WHEELS=/media/stick/wheels

Windows (PowerShell):

    python -m venv .venv
    .venv\\Scripts\\python -m pip install --no-index --find-links E:\\wheels -r requirements.txt -c requirements/constraints.txt
    $env:MFHELPERS_RATINGS = "generated"
    .venv\\Scripts\\jupyter lab --LabApp.default_url=/lab/tree/{FIRST_PAGE}

For ratings of this stick, put their path in place of `generated`.
"""  # noqa: E501


def kind():
    """Return what packages of this machine are for, such as `Linux x86_64, Python 3.11`."""
    version = "{}.{}".format(*sys.version_info)
    return f"{platform.system()} {platform.machine()}, Python {version}"


def copy_course(folder):
    """Copy the course's own files; what was installed or made from them stays here."""
    made_here = shutil.ignore_patterns(*LEFT_OUT)

    def left_out(directory, names):
        stick = {name for name in names if Path(directory, name).absolute() == folder.parent}
        return made_here(directory, names) | stick

    shutil.copytree(ROOT, folder, ignore=left_out, dirs_exist_ok=True)


def download(folder):
    """Fetch the wheels of all that a reader needs, in the versions that are tested."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line.split("#")[0].strip() for line in lines if not line.startswith(("-e", "#"))]
    constraints = ["-c", str(ROOT / "requirements" / "constraints.txt")]
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += [
        "--only-binary",
        ":all:",
        "-d",
        str(folder),
        *constraints,
        *filter(None, wanted),
        BUILD,
    ]
    if subprocess.run(command, check=False).returncode:
        sys.exit("the packages could not be fetched: see the lines above (no network?)")


def note_kind(folder):
    """Return the kinds of machine that the stick serves, this one added."""
    note = folder / "wheels" / "KINDS.txt"
    known = note.read_text("utf-8").splitlines() if note.is_file() else []
    kinds = sorted({*known, kind()})
    note.write_text("\n".join(kinds) + "\n", "utf-8")
    return kinds


def copy_ratings(path, folder):
    """Copy a ratings file, or a folder with one."""
    folder.mkdir(exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
    else:
        shutil.copy(path, folder / path.name)
    print(f"{folder.name}/{path.name} is on it. MovieLens needs GroupLens' permission for that.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ratings", type=Path, help="your own copy, as load_ratings takes it")
    options = parser.parse_args()
    if options.ratings and not options.ratings.exists():
        sys.exit(f"there is no file or folder {options.ratings}")

    folder = options.folder.absolute()
    (folder / "wheels").mkdir(parents=True, exist_ok=True)
    copy_course(folder / "course")
    download(folder / "wheels")
    kinds = note_kind(folder)
    (folder / "README.txt").write_text(README.format(kinds="; ".join(kinds)), "utf-8")
    if options.ratings:
        copy_ratings(options.ratings, folder / "ratings")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    print(f"{folder.name}/ is ready, {size:.0f} MB, for {'; '.join(kinds)}: see its README.txt")


if __name__ == "__main__":
    main()
