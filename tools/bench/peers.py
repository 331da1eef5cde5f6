"""The others in the race: cornac's SGD, in a process of its own, and a loop in C++."""

import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tools.bench.rounds import seconds_of
from tools.paths import ROOT

REQUIREMENTS = ROOT / "requirements" / "bench.txt"
BENCH_VENV = ROOT / ".bench-venv"
CORNAC_PROCESS = "tools.bench.cornac_process"
LONGEST_WORDS = 500  # bytes at the end of a peer's stderr
CPP_LOOP = ROOT / "tools" / "sgd_loop.cpp"
CPP_FLAGS = ["-O3", "-march=native", "-ffast-math", "-fPIC"]
LEARNING_RATE, REGULARIZATION, INIT_STD = 0.01, 0.05, 0.01


class Missing(Exception):
    """A peer that cannot take part; the message says why in a few words."""


# ---------------------------------------------------------------- cornac


def peer_python(install=True):
    """Return the Python of the peers' environment, which is made when it is missing.

    Raises:
        Missing: it is not there and may not or cannot be made.
    """
    python = BENCH_VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.exists():
        return python
    if not install:
        raise Missing(f"{BENCH_VENV.name} is not there")
    print(f"Making {BENCH_VENV.name} for the peers in requirements/{REQUIREMENTS.name} (once) ...")
    try:
        _run([sys.executable, "-m", "venv", BENCH_VENV])
        _run([python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS])
    except Missing:
        shutil.rmtree(BENCH_VENV, ignore_errors=True)
        raise
    return python


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"it could not be installed: {said[-1] if said else 'no reason given'}")


class Cornac:
    """cornac's compiled SGD in a process that waits for turns; one thread, no shuffling."""

    def __init__(self, users, movies, ratings, install=True):
        python = peer_python(install)
        self._directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        arrays = Path(self._directory.name) / "ratings.npz"
        np.savez(arrays, users=users, movies=movies, ratings=ratings)
        # A file takes whatever the peer says; a pipe that nobody reads would stall it once full.
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [python, "-W", "ignore", "-m", CORNAC_PROCESS, arrays], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, text=True,
        )  # fmt: skip
        try:
            self.version = self._answer()["version"]
        except Missing:
            self.close()
            raise

    def seconds(self, n_factors, n_epochs):
        """Train from new start values; return the seconds that cornac took.

        Raises:
            Missing: the process has ended; the message is the last line of its stderr.
        """
        with contextlib.suppress(OSError):  # where it has ended, the answer says so
            self._process.stdin.write(json.dumps([n_factors, n_epochs]) + "\n")
            self._process.stdin.flush()
        return self._answer()["seconds"]

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
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - LONGEST_WORDS))
        said = self._stderr.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else "its process ended without a word"


# ---------------------------------------------------------------- C++


def find_compiler():
    """Return the C++ compiler of this machine, $CXX before others.

    Raises:
        Missing: there is none.
    """
    names = [name for name in (os.environ.get("CXX"), "g++", "clang++", "c++") if name]
    for name in names:
        if found := shutil.which(name):
            return found
    raise Missing(f"no C++ compiler was found (looked for {', '.join(names)})")


class CppLoop:
    """tools/sgd_loop.cpp, compiled with the number of factors fixed; no shuffling."""

    def __init__(self, users, movies, ratings):
        self.compiler = find_compiler()
        self._directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._rows = users.astype(np.uint32), movies.astype(np.uint32), ratings.astype(np.float32)
        self._sizes = int(users.max()) + 1, int(movies.max()) + 1
        self._mean = float(ratings.mean())
        self._loops = {}
        self.version = f"{self._first_line('--version')}, {' '.join(CPP_FLAGS[:3])}, k fixed"
        self._loop(1)  # a compiler that fails is met here

    def seconds(self, n_factors, n_epochs):
        """Train from new start values; return the seconds that the loop took."""
        return self.train(n_factors, n_epochs)[0]

    def train(self, n_factors, n_epochs):
        """Train from new start values; return the seconds and what was learned."""
        run_epoch = self._loop(n_factors)
        rows = [_pointer(array) for array in self._rows]
        learned = start_values(*self._sizes, n_factors)
        pointers = [_pointer(array) for array in learned]
        numbers = [ctypes.c_float(x) for x in (self._mean, LEARNING_RATE, REGULARIZATION)]
        n_rows = ctypes.c_int64(len(self._rows[0]))

        def all_epochs():
            for _ in range(n_epochs):
                run_epoch(*rows, n_rows, *pointers, *numbers)

        return seconds_of(all_epochs), learned

    def close(self):
        self._directory.cleanup()

    def _loop(self, n_factors):
        if n_factors not in self._loops:
            library = Path(self._directory.name) / f"sgd_loop_{n_factors}.so"
            part = library.with_suffix(".o")
            self._run_compiler(*CPP_FLAGS, f"-DK={n_factors}", "-c", CPP_LOOP, "-o", part)
            # linked without -ffast-math: that would switch off subnormals in this whole process
            self._run_compiler("-shared", part, "-o", library)
            self._loops[n_factors] = ctypes.CDLL(str(library)).run_epoch
            self._loops[n_factors].restype = ctypes.c_double
        return self._loops[n_factors]

    def _run_compiler(self, *arguments):
        done = subprocess.run([self.compiler, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"{Path(self.compiler).name} failed: {done.stderr.strip()[-200:]}")

    def _first_line(self, option):
        done = subprocess.run([self.compiler, option], capture_output=True, text=True)
        return done.stdout.splitlines()[0] if done.stdout else Path(self.compiler).name


def start_values(m, n, n_factors, seed=0):
    """Return float32 start values: user factors, movie factors, user biases, movie biases."""
    rng = np.random.default_rng(seed)
    P, Q = (rng.normal(0, INIT_STD, (rows, n_factors)).astype(np.float32) for rows in (m, n))
    return P, Q, np.zeros(m, np.float32), np.zeros(n, np.float32)


def _pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)
