"""A Hugging Face Hub on loopback that has one data set, for tests and for executing the pages.

It answers just what `datasets.load_dataset` asks, so that the reader's path runs end to end
without a network; and it can be made to fail in the ways that a real one does.

    with serve_hub("ratings.parquet") as url:
        subprocess.run(command, env=hub_environment(url, cache_directory))
"""

import contextlib
import hashlib
import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "nbtpj/movielens-1m-ratings"
FILE = "data/train-00000-of-00001.parquet"
FAULTS = (None, "hang", "error500", "not_found", "broken_file", "cut_file", "hang_on_file")


@contextlib.contextmanager
def serve_hub(parquet_path, repo=REPOSITORY, fault=None):
    """Serve a parquet file as the Hub's data set `repo`; yields the address for HF_ENDPOINT.

    Args:
        parquet_path: the one file of the data set's train split.
        repo: owner/name of the data set.
        fault: None; "hang" (no answer at all), "error500" (to every request), "not_found" (no
            such data set), "broken_file" (half a parquet file), "cut_file" (the connection
            ends in the middle of it), "hang_on_file" (all is well but the file never comes).
    """
    if fault not in FAULTS:
        raise ValueError(f"fault is {fault!r}: expected one of {FAULTS}")
    content = Path(parquet_path).read_bytes()
    if fault == "broken_file":
        content = content[: len(content) // 2]
    server = _Hub(repo, content, fault)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_port}", server.log, server.sha)
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def hub_environment(url, cache_dir):
    """Return the environment of a process that shall take `url` for the Hub.

    Args:
        url: address that `serve_hub` yielded.
        cache_dir: directory for the caches; an empty one means that nothing is cached yet.

    Returns:
        Copy of this process's environment, changed where needed.
    """
    dropped = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN",
               "HF_TOKEN_PATH", "HUGGINGFACE_HUB_CACHE", "MFHELPERS_RATINGS")  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    cache_dir = Path(cache_dir).absolute()
    environment |= {
        "HF_ENDPOINT": url,
        "HF_HOME": str(cache_dir),
        "HF_HUB_CACHE": str(cache_dir / "hub"),
        "HF_DATASETS_CACHE": str(cache_dir / "datasets"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    return environment


class Address(str):
    """Address of a loopback Hub; `.requests` lists what it was asked so far, `.sha` its commit."""

    def __new__(cls, url, requests, sha):
        """Make the text, with the two beside it."""
        address = super().__new__(cls, url)
        address.requests, address.sha = requests, sha
        return address


class _Hub(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, repo, content, fault):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.repo, self.content, self.fault = repo, content, fault
        self.sha = hashlib.sha1(content).hexdigest()
        self.etag = hashlib.sha256(content).hexdigest()
        self.closing = threading.Event()
        self.log = []  # "METHOD path" of every request


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def log_message(self, *_):
        pass

    def _answer(self, with_body):
        hub, url = self.server, urlsplit(self.path)
        hub.log.append(f"{self.command} {url.path}")
        if hub.fault == "hang":
            self._hang()
        elif hub.fault == "error500":
            self._send(500, b"{}", with_body)
        elif hub.fault == "not_found":
            self._send(404, b"{}", with_body, {"X-Error-Code": "RepoNotFound"})
        elif self._revision(url) not in (None, "main", hub.sha):
            self._send(404, b"{}", with_body, {"X-Error-Code": "RevisionNotFound"})
        elif re.fullmatch(f"/datasets/{hub.repo}/resolve/[^/]+/{FILE}", url.path):
            self._send_file(with_body)
        elif (found := self._describe(url)) is not None:
            self._send(200, json.dumps(found).encode(), with_body)
        else:
            self._send(404, b"{}", with_body, {"X-Error-Code": "EntryNotFound"})

    def _hang(self):
        self.server.closing.wait()
        self.close_connection = True

    def _revision(self, url):
        """Return the revision that is asked for: the only commit is called main and by its hash."""
        named = re.match(rf"(?:/api)?/datasets/{self.server.repo}/\w+/([^/]+)", url.path)
        return named and named[1]

    def _describe(self, url):
        """Return what the API says about the data set or its tree, or None."""
        hub = self.server
        folder, name = FILE.split("/")
        api = f"/api/datasets/{hub.repo}"
        path = re.sub(r"/(revision|tree)/[^/]+", r"/\1", url.path)
        directory = {"type": "directory", "oid": "0" * 40, "size": 0, "path": folder}
        file = {"type": "file", "oid": hub.sha, "size": len(hub.content), "path": FILE}
        if path in (api, f"{api}/revision"):
            siblings = [{"rfilename": FILE}]
            return {"id": hub.repo, "sha": hub.sha, "private": False, "siblings": siblings}
        if path == f"{api}/tree":
            everything = "true" in parse_qs(url.query.casefold()).get("recursive", [])
            return [directory, file] if everything else [directory]
        return [file] if path == f"{api}/tree/{folder}" else None

    def _send_file(self, with_body):
        hub = self.server
        if with_body and hub.fault == "hang_on_file":
            return self._hang()
        headers = {"ETag": f'"{hub.etag}"', "X-Repo-Commit": hub.sha, "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            return self._send(200, hub.content, with_body, headers)
        start = int(asked[1])
        end = min(int(asked[2] or len(hub.content)), len(hub.content) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(hub.content)}"
        return self._send(206, hub.content[start : end + 1], with_body, headers)

    def _send(self, status, body, with_body, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.fault == "cut_file" and "ETag" in dict(headers):
            body, self.close_connection = body[: len(body) // 2], True
        if with_body:
            self.wfile.write(body)
