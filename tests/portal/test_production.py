"""The portal as an office serves it: the running code is replaced unnoticed, and the log keeps its form."""

import json
import os
import re
import subprocess
import sys
from http.client import HTTPConnection

import pytest

from tests.site import ROOT
from tests.soak import roll
from tests.soak.production import production

from .making import WORKER

DEPLOY = ROOT / "deploy"
GUIDE = ROOT / "docs" / "trien-khai.md"


def test_nobody_notices_that_the_code_is_replaced(tmp_path):
    with production(tmp_path, f"roll_{WORKER}") as site:
        asked = HTTPConnection("127.0.0.1", site.port, timeout=30)
        asked.request("GET", "/xa/%0A%7B%22a%22:1%7D/?ten=bi-mat")
        assert asked.getresponse().read() is not None
        asked.close()
        seen = roll.run(site, rounds=1)
        written = (tmp_path / "server.log").read_text()
    assert seen.faults == []
    assert len(seen.waits) > 20
    lines = [json.loads(line) for line in written.splitlines()]  # gunicorn's own lines too
    assert {"ntm.request", "gunicorn.error"} <= {line["logger"] for line in lines}
    assert "/xa/\n{" in "".join(line.get("path", "") for line in lines)
    assert "bi-mat" not in written


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_the_example_of_a_configuration_is_complete(missing, tmp_path):
    """With the secret filled in it passes Django's own check for production; without a needed value nothing starts."""
    text = (DEPLOY / "ntm.env.example").read_text(encoding="utf-8")
    values = dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.MULTILINE))
    assert values["SECRET_KEY"] == "", "an example carries no secret"
    values |= {
        "SECRET_KEY": "s3cr3t-" * 10,
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert subprocess.run(command, cwd=ROOT, env=values | {missing: ""}, capture_output=True).returncode != 0


def test_the_guide_names_every_file_and_every_file_exists():
    guide = GUIDE.read_text(encoding="utf-8")
    assert {path.name for path in DEPLOY.iterdir() if path.is_file()} <= set(re.findall(r"[\w@.-]+", guide))
    assert [name for name in re.findall(r"deploy/([\w@.-]+[\w])", guide) if not (DEPLOY / name).exists()] == []
