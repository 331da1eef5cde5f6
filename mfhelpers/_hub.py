"""MovieLens 1M from the Hugging Face Hub, or from its cache, with patience that has an end.

Without a network `load_dataset` retries for half a minute, even when everything is in its
cache, and behind some firewalls far longer. So the cache is asked first, with the network
switched off, and then the Hub with one short question, before anything is loaded from it.
"""

import contextlib
import logging
import os
import sys
import threading
import warnings
from concurrent.futures import Future, wait
from pathlib import Path

import numpy as np
import pyarrow

REPOSITORY = "nbtpj/movielens-1m-ratings"
# Which commit to load: "main", or a commit's hash, all 40 digits of it, which pins that one. When
# last seen, main was at a5a7e1f, and the ratings had been uploaded once, in 535e89b.
REVISION = "main"
# What the pages were run on; somebody else keeps the copy, and may change it.
N_RATINGS, FINGERPRINT = 1_000_209, 13427728199547296192
PROBE_SECONDS = 2.5
QUIET_SECONDS = 3.0  # after these a download says that it is one
GIVE_UP_SECONDS = 60.0  # after these "auto" goes on without the Hub
LOGGERS = ("datasets", "huggingface_hub", "fsspec", "filelock", "httpx", "httpx2", "httpcore")


class HubUnreachableError(ConnectionError):
    """The Hub, or the data set on it, could not be reached."""


class HubContentError(ValueError):
    """The Hub answered, but what it sent is broken."""


def read_ratings(columns, give_up_seconds=None):
    """Return the whole table of the Hub's data set, from the cache where it is there.

    Args:
        columns: names of the columns to keep; those that the data set lacks are left out.
        give_up_seconds: how long a download may take; None is as long as it needs.

    Returns:
        DataFrame in the data set's own order.

    Raises:
        HubUnreachableError: no answer in time, or an answer that is an error.
        HubContentError: a data set that is broken.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = _from_cache()
            if dataset is None:
                _probe()
                dataset = _download(give_up_seconds)
            train = dataset["train"]
            kept = [column for column in train.column_names if column in columns]
            return train.with_format(None).select_columns(kept).to_pandas()
        except HubUnreachableError:
            raise
        except Exception as error:
            raise _translated(error) from error


def difference(ratings):
    """Say in what the ratings differ from those that the pages were run on, or return None.

    Args:
        ratings: the whole data set, cleaned by `_table.tidy`; its rows may be in any order.
    """
    if len(ratings) != N_RATINGS:
        return f"it has {len(ratings):,} ratings, not {N_RATINGS:,}"
    return None if fingerprint(ratings) == FINGERPRINT else "some of its ratings are others"


def fingerprint(ratings):
    """Return a number that changes with any user, movie or rating, and not with the order of rows.

    Args:
        ratings: as in `difference`.

    Returns:
        Whole number below 2**64, or None where an id is not a whole number.
    """
    try:
        users, movies = (
            pyarrow.array(ratings[column]).cast("int64").to_numpy()
            for column in ("user_id", "movie_id")
        )
    except pyarrow.ArrowInvalid:
        return None
    # One number for each rating, in hundredths of a star. Their sum alone would not see two
    # ratings that change places; the sum of their cubes does. It overflows, always in one way.
    numbers = users * 10_000
    numbers += movies
    numbers *= 1_000
    numbers += np.rint(100 * ratings["user_rating"].to_numpy()).astype(np.int64)
    numbers = numbers.view(np.uint64)
    return int((numbers * numbers * numbers).sum())


def _from_cache():
    """Return the cached data set, whatever its revision, or None; never asks the network."""
    if not any(_cache_directory().glob("*/*/*")):
        return None
    try:
        with _offline():
            return _load_dataset()
    except Exception:  # whatever is wrong with the cache, the Hub may still have the data set
        return None


def _cache_directory():
    """Return where `datasets` keeps this data set, without importing it (a second) for that."""
    if "datasets" in sys.modules:
        root = sys.modules["datasets"].config.HF_DATASETS_CACHE
    else:
        cache_home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        home = os.environ.get("HF_HOME") or os.path.join(cache_home, "huggingface")
        root = os.environ.get("HF_DATASETS_CACHE") or os.path.join(home, "datasets")
    return Path(root).expanduser() / REPOSITORY.replace("/", "___")


def _probe():
    """Ask the Hub for the data set's card; raise HubUnreachableError without a quick answer."""
    from huggingface_hub import HfApi

    def ask():
        with _no_log_lines:
            HfApi().dataset_info(REPOSITORY, revision=REVISION, timeout=2)

    try:
        _result(_in_thread(ask), PROBE_SECONDS)
    except Exception as error:
        raise HubUnreachableError(f"the Hugging Face Hub {_what_happened(error)}") from error


def _download(give_up_seconds):
    """Load the data set online; say so once when it takes a while."""
    import datasets  # noqa: F401  (so that the second this takes is not taken for a slow Hub)

    job = _in_thread(_load_dataset)
    with contextlib.suppress(_StillRunning):
        return _result(job, QUIET_SECONDS)
    print("Downloading MovieLens 1M from the Hugging Face Hub, once ...", flush=True)
    try:
        return _result(job, give_up_seconds)
    except _StillRunning:
        raise HubUnreachableError(
            f"the Hugging Face Hub did not send the ratings within {give_up_seconds:g} seconds"
        ) from None


def _load_dataset():
    from datasets import load_dataset

    with _no_log_lines, _no_bars:
        return load_dataset(REPOSITORY, revision=REVISION)


def _in_thread(work):
    """Start work in a thread that does not keep Python alive; return its Future."""
    job = Future()

    def run():
        try:
            result = work()
        except BaseException as error:
            job.set_exception(error)
        else:
            job.set_result(result)

    threading.Thread(target=run, daemon=True, name="mfhelpers-hub").start()
    return job


class _StillRunning(Exception):
    """The time is up and the thread has not finished."""


def _result(job, seconds):
    """Return the job's result, or raise its error, or _StillRunning when the time is up."""
    if not wait([job], timeout=seconds).done:
        raise _StillRunning
    return job.result()


@contextlib.contextmanager
def _offline():
    """Forbid both libraries the network; their switches are module globals."""
    import datasets
    import huggingface_hub

    modules = (huggingface_hub.constants, datasets.config)
    before = [module.HF_HUB_OFFLINE for module in modules]
    try:
        for module in modules:
            module.HF_HUB_OFFLINE = True
        yield
    finally:
        for module, value in zip(modules, before, strict=True):
            module.HF_HUB_OFFLINE = value


class _Shared:
    """A context that several threads may be in at once: the last one out undoes it.

    A download that was given up still runs in its thread, maybe for longer than the next one.
    """

    def __init__(self, start):
        self.start, self.lock, self.users, self.stack = start, threading.Lock(), 0, None

    def __enter__(self):
        with self.lock:
            if self.users == 0:
                self.stack = self.start()
            self.users += 1

    def __exit__(self, *_):
        with self.lock:
            self.users -= 1
            if self.users == 0:
                self.stack.close()


def _silence_loggers():
    stack = contextlib.ExitStack()
    for name in LOGGERS:
        logger = logging.getLogger(name)
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL + 1)
    return stack


def _hide_bars():
    import datasets.utils
    import huggingface_hub.utils

    stack = contextlib.ExitStack()
    for utils in (datasets.utils, huggingface_hub.utils):
        if not utils.are_progress_bars_disabled():
            utils.disable_progress_bars()
            stack.callback(utils.enable_progress_bars)
    return stack


_no_log_lines = _Shared(_silence_loggers)
_no_bars = _Shared(_hide_bars)


def _translated(error):
    """Return what went wrong with loading, as one of this module's two errors."""
    chain = [error]
    while following := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(following)
    if any(_is_about_network(link) for link in chain):
        reason = _what_happened(error, otherwise="broke off while it sent the ratings")
        return HubUnreachableError(f"the Hugging Face Hub {reason}")
    root = str(chain[-1]).strip().splitlines() or [type(chain[-1]).__name__]
    return HubContentError(
        f"the data set {REPOSITORY} cannot be read ({root[0][:200].rstrip('.')})"
    )


def _is_about_network(error):
    module = type(error).__module__.split(".")[0]
    return isinstance(error, (ConnectionError, TimeoutError)) or module in (
        "httpx", "httpx2", "httpcore", "requests", "urllib3",
    )  # fmt: skip


def _what_happened(error, otherwise="cannot be reached"):
    """Say in a few words why the Hub could not be used; goes on from "the Hugging Face Hub"."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    kind = type(error).__name__
    if status == 404 or kind == "DatasetNotFoundError":
        at = "" if REVISION == "main" else f" at the revision {REVISION}"
        return f"does not have the data set {REPOSITORY}{at}"
    if status is not None:
        return f"answered with error {status}"
    if kind == "OfflineModeIsEnabled":
        return "is switched off by HF_HUB_OFFLINE"
    late = "Timeout" in kind or isinstance(error, (TimeoutError, _StillRunning))
    return "did not answer in time" if late else otherwise
