"""Installs a file of requirements with pip; where that fails, says why in one line.

usage: python -m tools.install FILE [WHEELS]  (with the Python that is to get the packages)
With WHEELS, a folder of ready-made packages, no network is asked.
Standard library only: nothing is installed yet when it runs.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--timeout", "15")
LOG = Path(tempfile.gettempdir()) / "course_install.log"

# What pip's output tells of a failure, the surest sign first.
REASONS = (
    ("No space left on device", "the disk is full: make room"),
    ("Read-only file system", "this folder cannot be written to: copy it to one that can"),
    ("Permission denied", "this folder, or a file in it, is not yours to write: copy it"),
    ("CERTIFICATE_VERIFY_FAILED", "a proxy or a wrong clock breaks the certificates: "
     "set pip's `cert` or put the clock right"),
    ("ProxyError", "the proxy refuses: look at HTTPS_PROXY"),
    ("Temporary failure in name resolution", "no network"),
    ("Failed to establish a new connection", "no network"),
    ("timed out", "the network does not answer (a firewall?)"),
    ("Hash mismatch", "a download broke off: try again"),
    ("IncompleteRead", "a download broke off: try again"),
    ("No module named pip", "the environment is half made: make clean"),
    ("Failed to build", "a package has no ready-made form for this Python: take 3.11 to 3.13"),
    ("No matching distribution found", "a package is not to be had for this Python, or not on "
     "the index or in the folder that pip asks: take Python 3.11, 3.12 or 3.13"),
)  # fmt: skip


def reason(output):
    """Return the sentence for what pip printed, or None where nothing is known."""
    return next((sentence for sign, sentence in REASONS if sign in output), None)


def run_pip(*arguments):
    """Return pip's (exit code, output)."""
    command = [*PIP, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def install(file, wheels=None):
    """Return pip's (exit code, output) for a file of requirements.

    The packages come from the folder wheels, if one is given. Else one question comes first:
    behind a firewall that swallows packets pip would wait for each package in turn, for twenty
    minutes in all.
    """
    folder = ["--no-index", "--find-links", wheels] if wheels else []
    if not (folder or os.environ.get("PIP_NO_INDEX")):
        code, output = run_pip("index", "versions", "numpy", "--retries", "1")
        if code and reason(output):
            return code, output
    return run_pip("install", "-q", "-c", "requirements/constraints.txt", "-r", file, *folder)


def main():
    code, output = install(*sys.argv[1:])
    if not code:
        return None
    known = reason(output)
    if not known:
        print(*output.splitlines()[-8:], sep="\n")
        return "Installing failed, as pip says above. Then run make again"
    LOG.write_text(output, encoding="utf-8")
    return f"Installing failed: {known}. Then run make again (all that pip said: {LOG})"


if __name__ == "__main__":
    sys.exit(main())
