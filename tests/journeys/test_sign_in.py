"""Signing in, in a real browser."""

import pytest

from reports.demo.assessments import ACCOUNTS
from tests.site import sign_in
from tests.whole import WHOLE


@pytest.mark.parametrize("username", [name for name, *_ in ACCOUNTS][:: 1 if WHOLE else 4])
def test_every_trial_account_gets_to_the_overview(page, site, username):
    sign_in(page, username)
    assert page.url.removeprefix(site).split("?")[0] == "/"


def test_a_wrong_password_stays_outside(page, site):
    page.goto("/dang-nhap/")
    page.locator("input[name=username]").fill("quantri")
    page.locator("input[name=password]").fill("sai-mat-khau")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_load_state()
    page.goto("/")
    assert page.url.startswith(f"{site}/dang-nhap/")
