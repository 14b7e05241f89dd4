"""What the journeys share: a browser for each of the trial accounts."""

import pytest

from tests.site import sign_in

ACCOUNTS = ("chuyenvien", "quantri", "lanhdao", "daitu", "nguoixem")


@pytest.fixture(scope="module")
def contexts(browser, browser_context_args):
    """A browser for each role, signed in once."""
    made = {}
    for role in ACCOUNTS:
        made[role] = browser.new_context(**browser_context_args)
        page = made[role].new_page()
        sign_in(page, role)
        page.close()
    yield made
    for context in made.values():
        context.close()
