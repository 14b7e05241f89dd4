"""What the journeys share: a browser for each of the trial accounts; and no page of them breaks the content policy."""

import pytest

from tests.site import sign_in

ACCOUNTS = ("chuyenvien", "quantri", "lanhdao", "daitu", "nguoixem")


@pytest.fixture(scope="session")
def violations_seen(browser):
    """What browsers refused to load or run, of every page that any journey opens."""
    seen: list[str] = []
    open_context = browser.new_context

    def watched(**options):
        context = open_context(**options)
        context.on("console", lambda said: seen.append(said.text) if "Content Security Policy" in said.text else None)
        return context

    browser.new_context = watched
    yield seen
    browser.new_context = open_context


@pytest.fixture(autouse=True)
def within_the_content_policy(request, violations_seen):
    violations_seen.clear()
    yield
    assert violations_seen == [] or request.node.get_closest_marker("breaks_policy")


@pytest.fixture(scope="module")
def contexts(browser, browser_context_args, violations_seen):
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
