"""Measures what a class asks of one machine: pages run in several kernels side by side.

usage: python -m tools.classroom [NN ...] [--students 8]       (default: all pages; Linux)

Each student has a kernel that runs the page top to bottom, all at the same time: the worst case,
"everybody, run all". Memory is the kernel's own: its peak, less what all kernels share (libraries
that the system keeps once). Seconds are given for one student alone and for all at once, with the
seconds of processor time behind them, which do not depend on what else the machine does.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat

from tools.execute_notebooks import find_pages, run_page

# Peak and shared memory in MB, and the seconds of processor time, of the kernel that runs this.
PROBE = """
import re as _re, resource as _resource
_peak = int(_re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
_maps = open("/proc/self/smaps_rollup").read()
_shared = sum(int(kb) for kb in _re.findall(r"Shared_\\w+:\\s+(\\d+)", _maps)) / 1024
_used = _resource.getrusage(_resource.RUSAGE_SELF)
print(_peak, _shared, _used.ru_utime + _used.ru_stime)
"""
GENERATED = {**os.environ, "MFHELPERS_RATINGS": "generated"}


def one_student(path):
    """Run a page in a kernel of its own; return (peak MB, shared MB, processor seconds)."""
    printed = run_page(nbformat.read(path, as_version=4), path.stem, GENERATED, PROBE)
    return tuple(map(float, printed.split()))


def side_by_side(path, students):
    """Return (seconds until all are done, [what each of them used])."""
    began = time.perf_counter()
    with ThreadPoolExecutor(students) as pool:
        used = list(pool.map(one_student, [path] * students))
    return time.perf_counter() - began, used


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NN")
    parser.add_argument("--students", type=int, default=8)
    options = parser.parse_args()
    if not os.path.exists("/proc/self/smaps_rollup"):
        sys.exit("memory is read from /proc: run this on Linux, as a hub does")

    print(f"{os.cpu_count()} processors, {options.students} students side by side")
    print(f"{'page':36}{'alone':>8}{'all':>8}{'processor':>11}{'MB each':>9}{'shared':>8}")
    for path in find_pages(options.numbers):
        alone, _ = side_by_side(path, 1)
        seconds, used = side_by_side(path, options.students)
        peaks, shared, processor = zip(*used, strict=True)
        own = max(peak - common for peak, common in zip(peaks, shared, strict=True))
        mean = sum(processor) / len(processor)
        print(
            f"{path.stem:36}{alone:6.0f} s{seconds:6.0f} s{mean:9.0f} s{own:9.0f}{min(shared):8.0f}"
        )


if __name__ == "__main__":
    main()
