"""The form of one commune in a real browser: without JavaScript, by keyboard alone, wide and narrow."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site import PASSWORD, running, sign_in
from tests.whole import WHOLE

EMPTY = "/nhap-lieu/2018/xa/05719/"
DRAFT = "/nhap-lieu/2017/xa/05722/"
APPROVED = "/nhap-lieu/2017/xa/05485/"
FIGURES = {"o:9.1:value": "0", "o:15.3:value": "12,5", "o:poor_households:value": "9", "o:income:value": "31,5"}
FIGURES |= {"o:population:value": "4.210", "o:households:value": "1.050"}
COUNTS = {"o:5.1:numerator": "3", "o:5.1:denominator": "4"}


@pytest.fixture(scope="module")
def office(tmp_path_factory, browser_type_launch_args):
    """A portal of this module alone; 2018 is open and empty."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running(tmp_path_factory.mktemp("office"), f"form_{worker}") as site:
        site.manage("open_round", "--year", "2018")
        yield site


@pytest.fixture
def desk(office, browser):
    """``desk("chuyenvien")``: a page of an officer, signed in."""
    contexts = []

    def opened(username: str, **options) -> Page:
        context = browser.new_context(base_url=office.url, viewport={"width": 1280, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        sign_in(page, username)
        return page

    yield opened
    for context in contexts:
        context.close()


def focused(page: Page) -> dict:
    return page.evaluate(
        """() => { const it = document.activeElement; return {
            id: it.id, name: it.name || '', value: it.value || '', tag: it.tagName, text: it.textContent.trim(),
            first: it.options ? it.options[0].text : '' } }"""
    )


def tab_to(page: Page, reached) -> dict:
    """Press Tab until the focus is where it should be."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if reached(here := focused(page)):
            return here
    raise AssertionError("the keyboard does not get there")


def press(page: Page, text: str) -> None:
    tab_to(page, lambda here: here["tag"] == "BUTTON" and here["text"] == text)
    enter(page)


def enter(page: Page) -> None:
    """Press Enter where it sends a form."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in_by_keyboard(page: Page, username: str) -> None:
    page.goto("/dang-nhap/")
    if focused(page)["name"] != "username":
        tab_to(page, lambda here: here["name"] == "username")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    enter(page)
    assert "/dang-nhap/" not in page.url


def fill_by_keyboard(page: Page) -> None:
    """From the first box to the button, in the order of the Tab key."""
    for _ in range(400):
        page.keyboard.press("Tab")
        here = focused(page)
        if here["tag"] == "BUTTON" and here["text"] == "Lưu":
            enter(page)
            return
        if here["first"] == "Chưa có số liệu":
            page.keyboard.press("ArrowDown")
        elif here["name"] in FIGURES | COUNTS:
            page.keyboard.type((FIGURES | COUNTS)[here["name"]])
        elif here["name"].endswith(":value") and here["name"] != "o:5.1:value":
            page.keyboard.type("100")
    raise AssertionError("no button to save")


def test_from_an_empty_commune_to_an_approved_one_by_keyboard_and_without_javascript(office, browser):
    context = browser.new_context(base_url=office.url, java_script_enabled=False)
    page = context.new_page()
    sign_in_by_keyboard(page, "chuyenvien")
    page.goto(EMPTY)
    expect(page.locator("main .state").first).to_have_text("Đang nhập")
    fill_by_keyboard(page)
    expect(page.get_by_role("status")).to_contain_text("Đã lưu 53 ô.")
    expect(page.locator("main")).to_contain_text("đạt 19/19 tiêu chí")
    press(page, "Nộp")
    expect(page.locator("main .state").first).to_have_text("Đã nộp")
    press(page, "Đăng xuất")
    sign_in_by_keyboard(page, "lanhdao")
    page.goto(EMPTY)
    press(page, "Duyệt")
    expect(page.locator("main .state").first).to_have_text("Đã duyệt")
    context.close()


def test_the_list_of_mistakes_has_the_focus_and_leads_to_the_box(desk):
    page = desk("chuyenvien", java_script_enabled=False)
    page.goto(DRAFT)
    page.get_by_label("Số hộ nghèo").fill("-3")
    page.locator("[id='o:4.2:value']").fill("1O1")
    enter(page)
    assert "Chưa lưu được" in focused(page)["text"]
    tab_to(page, lambda here: here["text"].startswith("Chỉ tiêu 4.2"))
    page.keyboard.press("Enter")
    assert focused(page)["id"] == "o:4.2:value"
    assert focused(page)["value"] == "1O1"
    expect(page.locator("[id='o:4.2:value']")).to_have_accessible_description("“1O1” không phải là số.")


def test_the_box_in_focus_is_never_behind_the_bar_with_the_button(desk):
    page = desk("chuyenvien", reduced_motion="reduce")
    page.goto(DRAFT)
    hidden = []
    for _ in range(120):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => { const it = document.activeElement, bar = document.querySelector('.entry .save');
                return bar && !bar.contains(it)
                    && it.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1 }"""
        )
        hidden += [focused(page)["name"]] if covered else []
    assert not hidden


@pytest.mark.parametrize("width", [1280, 360] if WHOLE else [360])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(desk, width):
    clerk, leader = desk("chuyenvien"), desk("lanhdao")
    views = [(clerk, DRAFT), (clerk, APPROVED), (clerk, f"{DRAFT}?in=1"), (clerk, f"{EMPTY}?trong=1"), (leader, DRAFT)]
    for page, address in views:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        check(page)
    _in_trouble(desk, clerk, f"7{width % 7}")
    expect(clerk.locator(".summary li")).to_have_count(2)
    check(clerk)


def check(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def _in_trouble(desk, page: Page, figure: str) -> None:
    """A mistake and a conflict at once."""
    page.goto(DRAFT)
    other = desk("quantri")
    other.goto(DRAFT)
    for where, text in ((other, figure), (page, "66")):
        where.locator("[id='o:3.1:value']").fill(text)
        if where is page:
            where.locator("[id='o:4.2:value']").fill("101")
        with where.expect_navigation():
            where.get_by_role("button", name="Lưu").click()


def test_it_prints_without_what_only_a_screen_needs(desk):
    page = desk("chuyenvien")
    page.goto(f"{EMPTY}?trong=1")
    page.emulate_media(media="print")
    for hidden in ("header.top", ".actions", ".foot"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_text("Người lập phiếu")).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 5
