"""The others in the race: cornac's SGD, in a process of its own, and a loop in C++."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tools.bench import process
from tools.bench.process import Missing, Process
from tools.bench.rounds import seconds_of
from tools.paths import ROOT

CORNAC_PROCESS = "tools.bench.cornac_process"
CPP_LOOP = ROOT / "tools" / "sgd_loop.cpp"
CPP_FLAGS = ["-O3", "-march=native", "-ffast-math", "-fPIC"]
LEARNING_RATE, REGULARIZATION, INIT_STD = 0.01, 0.05, 0.01


# ---------------------------------------------------------------- cornac


class Cornac(Process):
    """cornac's compiled SGD in a process that waits for turns; one thread, no shuffling."""

    def __init__(self, users, movies, ratings, install=True):
        arrays = {"users": users, "movies": movies, "ratings": ratings}
        super().__init__([process.peer_python(install), CORNAC_PROCESS], arrays)

    def seconds(self, n_factors, n_epochs):
        """Train from new start values; return the seconds that cornac took.

        Raises:
            Missing: the process has ended; the message is the last line of its stderr.
        """
        return self.ask([n_factors, n_epochs])["seconds"]


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
