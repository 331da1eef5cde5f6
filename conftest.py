"""Tests and pages run on the generated ratings, unless another source is pinned."""

import os

os.environ["MFHELPERS_RATINGS"] = os.environ.get("MFHELPERS_RATINGS") or "generated"
