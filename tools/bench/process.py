"""A process that waits for turns: what it is asked, and what it answers, is a line of JSON."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tools.paths import ROOT

REQUIREMENTS = ROOT / "requirements" / "bench.txt"
BENCH_VENV = ROOT / ".bench-venv"
LONGEST_WORDS = 500  # bytes at the end of a process's stderr


class Missing(Exception):
    """A contestant that cannot take part; the message says why in a few words."""


def peer_python(install=True):
    """Return the Python of the peers' environment, made when it is missing or of other peers.

    A peer that does not install is left out by its own process, which says so.

    Raises:
        Missing: it is not there and may not or cannot be made.
    """
    python = BENCH_VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    installed = BENCH_VENV / REQUIREMENTS.name
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if python.exists() and (not install or _says(installed, wanted)):
        return python
    if not install:
        raise Missing(f"{BENCH_VENV.name} is not there")
    print(f"Making {BENCH_VENV.name} for the peers in requirements/{REQUIREMENTS.name} (once) ...")
    try:
        _run([sys.executable, "-m", "venv", BENCH_VENV])
        _install(python, wanted)
    except Missing:
        shutil.rmtree(BENCH_VENV, ignore_errors=True)
        raise
    installed.write_text(wanted, encoding="utf-8")
    return python


def _says(file, text):
    return file.exists() and file.read_text(encoding="utf-8") == text


def _install(python, requirements):
    """Install the peers one by one: where one does not build, the others still race."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    peers, failures = [line for line in lines if line], []
    for peer in peers:
        try:
            _run([python, "-m", "pip", "install", "-q", peer])
        except Missing as why:
            failures.append(why)
            print(f"{peer}: {why}")
    if len(failures) == len(peers):
        raise failures[0]


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"it could not be installed: {said[-1] if said else 'no reason given'}")


class Process:
    """A Python module that is asked turn by turn.

    Args:
        command: the Python, the module and its arguments; the path of the arrays comes last.
        arrays: {name: array} that it is handed in a file.
        environment: variables beside those of this process.

    Raises:
        Missing: it ended before its first answer; the message is the last line of its stderr.
    """

    def __init__(self, command, arrays, environment=None):
        self._directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = Path(self._directory.name)
        np.savez(self.folder / "arrays.npz", **arrays)
        # A file takes whatever it says; a pipe that nobody reads would stall it once full.
        self._stderr = tempfile.TemporaryFile()
        python, module, *arguments = command
        self._process = subprocess.Popen(
            [python, "-W", "ignore", "-m", module, *arguments, self.folder / "arrays.npz"],
            cwd=ROOT, env=os.environ | (environment or {}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, text=True,
        )  # fmt: skip
        try:
            self.version = self._answer()["version"]
        except Missing:
            self.close()
            raise

    def ask(self, question):
        """Return the answer to a question.

        Raises:
            Missing: the process has ended; the message is the last line of its stderr.
        """
        with contextlib.suppress(OSError):  # where it has ended, the answer says so
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        return self._answer()

    def close(self):
        with contextlib.suppress(OSError):  # a line that an ended process did not take
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._stderr.close()
        self._directory.cleanup()

    def _answer(self):
        if line := self._process.stdout.readline():
            return json.loads(line)
        raise Missing(self._last_words())

    def _last_words(self):
        # its output is closed a moment before its last words are written
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - LONGEST_WORDS))
        said = self._stderr.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else "its process ended without a word"


# ---------------------------------------------------------------- inside such a process


def own_output():
    """Return the standard output, which no library can write into any more: stderr takes that."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # for what compiled code writes
    sys.stdout = sys.stderr
    return out


def serve(out, version, answer):
    """Say the version, then answer line after line."""
    print(json.dumps({"version": version}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=out, flush=True)


def forget_peak():
    """Let peak_megabytes count from here, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes():
    """Return the most memory that this process has had; 0 where the system does not say."""
    with contextlib.suppress(OSError, StopIteration):
        # not getrusage: on Linux that starts from what the parent had
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1e3
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
