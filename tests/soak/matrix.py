"""The whole suite with every combination, size and width that an ordinary run takes a share of (``tests.whole``)."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.prepared import ROOT

HEADINGS = ("database", "tests", "minutes")
FINE = "Every combination holds."


def run(tests: Sequence[str]) -> tuple[str, float, list[str]]:
    """How pytest sums itself up, the minutes it took, and the lines of what failed."""
    line = [sys.executable, "-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "worksteal", "-q", *tests]
    began = time.monotonic()
    done = subprocess.run(line, cwd=ROOT, env=os.environ | {"WHOLE": "1"}, capture_output=True, text=True)
    minutes = (time.monotonic() - began) / 60
    told = done.stdout.strip().splitlines() or ["pytest said nothing"]
    failed = [said for said in told if said.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failed:
        failed = [*told[-20:], *done.stderr.splitlines()[-20:]]
    return told[-1], minutes, failed
