"""How the tests start a browser: which one, and so that it calls nobody itself."""

import shutil

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
