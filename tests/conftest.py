"""What all tests share: the trial data, a small cast of officers, and a browser on a portal of its own."""

import os
import shutil
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from communes.models import Officer, Province

from .sharing import answers_of_a_test
from .site import running_site
from .template import template, test_database
from .whole import WHOLE

# The browser tests run Playwright's event loop in this thread; the ORM is used beside it, never inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The reference and trial data, once per process. Every test sees it and leaves it as it was."""
    with django_db_blocker.unblock(), test_database():
        # Asked of SQLite once per process: it would fall among the queries that a test counts.
        assert connection.features.supports_json_field
        yield


@pytest.fixture(scope="session", autouse=True)
def copied_anew_after_real_commits():
    """A test with real commits is followed by the data as it was, not by Django's flush, which would leave nothing."""

    def copy_anew(case):
        template().copy()

    with patch.object(TransactionTestCase, "_fixture_teardown", copy_anew):
        yield


@pytest.fixture
def province(db):
    """Thái Nguyên with its trial data."""
    return Province.objects.get()


@pytest.fixture
def officer(province):
    """An officer of the trial data by name, fetched as the sign-in backend does."""
    return Officer.objects.select_related("province", "district").get


@pytest.fixture
def admin(officer):
    return officer(username="quantri")


@pytest.fixture
def staff(officer):
    return officer(username="chuyenvien")


@pytest.fixture
def leader(officer):
    return officer(username="lanhdao")


@pytest.fixture
def daitu(officer):
    """The official of Đại Từ (171)."""
    return officer(username="daitu")


@pytest.fixture
def phubinh(officer):
    """The official of another district, Phú Bình (173)."""
    return officer(username="phubinh")


@pytest.fixture
def viewer(officer):
    return officer(username="nguoixem")


@pytest.fixture
def client_of():
    """``client_of(staff).get("/")``: a client signed in as an officer. A stranger is the plain ``client``."""

    def signed_in(officer: Officer) -> Client:
        client = Client()
        client.force_login(officer)
        return client

    return signed_in


@pytest.fixture
def answers(province):
    """``answers(staff, "/xa/?nam=2017")``: what the unchanged trial data tells, asked for once per process."""
    with answers_of_a_test() as answers:
        yield answers


# Names by which a test module gets a portal process with a database of its own.
OWN_PORTAL = {"running", "running_site", "empty_office", "scratch_database"}


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL only what PostgreSQL can break: what stores or reads, and one journey through the browser."""
    for item in items:
        if "page" in item.fixturenames or "browser" in item.fixturenames:
            item.add_marker("browser")
    if connection.vendor == "postgresql" and not WHOLE:
        left_out = [item for item in items if not hangs_on_the_database(item)]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def hangs_on_the_database(item) -> bool:
    """Pure rules and what a browser shows are the same on every database; SQLite runs them."""
    if item.get_closest_marker("browser"):
        return item.get_closest_marker("every_database") is not None
    if {"db", "transactional_db"} & set(item.fixturenames) or item.get_closest_marker("django_db"):
        return True
    return bool(OWN_PORTAL & vars(item.module).keys())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium. Without one the browser tests are skipped, and fail in CI."""
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"no Chromium found (looked for {', '.join(CHROMIUM)})")
    return {**browser_type_launch_args, "executable_path": executable, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The base URL of a running portal that the browser tests of this process share: change only what is yours."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running_site(tmp_path_factory.mktemp("site"), worker) as url:
        yield url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, browser_type_launch_args, site):
    """Pages open relative to the site: ``page.goto("/bao-cao/")``."""
    return {**browser_context_args, "base_url": site, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
