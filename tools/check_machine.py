"""Says in one line what the machine lacks for the set-up; silent when all is there.

usage: python -m tools.check_machine
Runs on any Python, however old: no f-strings, standard library only.
"""

import shutil
import sys

NEEDED_GB = 1.5  # what a reader's environment takes on disk, and pip while it works


def problem():
    """Return what is missing as one sentence, or None."""
    if sys.version_info < (3, 11):
        return (
            "Python %d.%d is too old: the course needs 3.11 or newer "
            "(another one: make lab PYTHON=python3.12)" % sys.version_info[:2]
        )
    for name in ("ensurepip", "venv"):
        try:
            __import__(name)
        except ImportError:
            return (
                "Python has no module '%s': install it first "
                "(Debian and Ubuntu: sudo apt install python3-venv)" % name
            )
    free = shutil.disk_usage(".").free / 1e9
    if free < NEEDED_GB:
        return (
            "The disk has %.1f GB free here, the set-up needs %.1f GB: "
            "make room, or move the folder to another disk" % (free, NEEDED_GB)
        )
    return None


if __name__ == "__main__":
    sys.exit(problem())
