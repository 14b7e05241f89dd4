"""The portal as it runs in the office: it does not start half set up, and every answer carries what protects it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SET_UP = {
    "DEBUG": "false",
    "SECRET_KEY": "kho-doan-" + "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "ntm.tinh.example",
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_SETTINGS_MODULE": "ntm_portal.settings",
}
ASK = """
import django
from django.conf import settings
django.setup()
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
client = Client(headers={"host": "ntm.tinh.example"})
plain, health, page = client.get("/xa/"), client.get("/suc-khoe/"), client.get("/dang-nhap/", secure=True)
print(plain.status_code, plain.headers["Location"])
print(health.status_code)
for name, value in page.headers.items():
    print(f"{name}: {value}")
print(page.cookies.output())
other = Client(headers={"host": "khac.example"}, raise_request_exception=False).get("/suc-khoe/")
print("other host", other.status_code)
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    ours = {*SET_UP, "BEHIND_PROXY", "DJANGO_ALLOW_ASYNC_UNSAFE"}  # the last by pytest-playwright
    outside = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=outside | environment, capture_output=True, text=True
    )  # fmt: skip


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_it_refuses_to_start_without(missing):
    done = run("manage.py", "check", **{name: value for name, value in SET_UP.items() if name != missing})
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr


def test_the_check_of_a_deployment_finds_nothing():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **SET_UP)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.fixture(scope="module")
def answers() -> str:
    done = run("-c", ASK, **SET_UP)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "301 https://ntm.tinh.example/xa/",
        "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload",
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "Referrer-Policy: same-origin",
        "Cross-Origin-Opener-Policy: same-origin",
        "frame-ancestors 'none'",
        "Set-Cookie: __Host-csrftoken=",
        "other host 400",
    ],
)
def test_every_answer_is_protected(answers, line):
    assert line in answers


def test_the_policy_of_scripts_allows_only_the_portals_own_files(answers):
    policy = next(line for line in answers.splitlines() if line.startswith("Content-Security-Policy"))
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "https:" not in policy


def test_cookies_are_bound_to_the_host_and_to_https(answers):
    cookie = next(line for line in answers.splitlines() if "__Host-csrftoken" in line)
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "SameSite=Lax" in cookie
