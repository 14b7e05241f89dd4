"""The dashboards as they are met: by each role, on phone, desk and projector, in the dark, on paper, by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_pages import Watched, overflow, violations
from tests.site import sign_in
from tests.whole import in_turn

DASHBOARDS = {
    "overview": "/?nam=2017",
    "overview by criterion": "/?nam=2017&mau=tc-17",
    "district": "/huyen/171/?nam=2017",
    "foreign district": "/huyen/173/?nam=2017",
    "commune": "/xa/05773/?nam=2017",
    "criterion": "/tieu-chi-xa/17/?nam=2017",
    "nearly there": "/bao-cao/gan-dat/?nam=2017&huyen=171",
    "fragile": "/bao-cao/mong-manh/?nam=2017",
    "hard criteria": "/bao-cao/tieu-chi-kho/?nam=2017",
    "what if": "/neu-thi/?nam=2017&chon=thieu-1",
}
ROLES = ["quantri", "lanhdao", "daitu", "nguoixem"]
SEEN_ALIKE = {"quantri", "nguoixem"}  # their pages are those of the leader, which axe looks at
SHAPES = {
    "dark": ({"width": 1280, "height": 900}, {"color_scheme": "dark"}),
    "dark phone": ({"width": 360, "height": 740}, {"color_scheme": "dark"}),
    "projector": ({"width": 1920, "height": 1080}, {}),
    "paper": ({"width": 794, "height": 1123}, {"media": "print"}),
}


@pytest.mark.parametrize(("page_name", "role"), in_turn(DASHBOARDS, ROLES))
def test_every_role_finds_the_page_whole_and_accessible(contexts, site, role, page_name):
    """Every page for every role in a whole run."""
    address = DASHBOARDS[page_name]
    page = contexts[role].new_page()
    watched = Watched(page, site)
    assert page.goto(address).ok
    assert watched.problems == []
    assert role in SEEN_ALIKE or violations(page) == []
    for width in (360, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == [], width
    page.close()


@pytest.mark.parametrize(("page_name", "shape"), in_turn(DASHBOARDS, SHAPES))
def test_a_page_holds_in_the_dark_on_a_projector_and_on_paper(contexts, page_name, shape):
    """Every page in every shape in a whole run."""
    address = DASHBOARDS[page_name]
    size, media = SHAPES[shape]
    if shape == "paper" and address.startswith("/bao-cao/"):  # tables are printed across
        size = {"width": size["height"], "height": size["width"]}
    page = contexts["chuyenvien"].new_page()
    page.set_viewport_size(size)
    page.emulate_media(**media)
    page.goto(address)
    assert overflow(page) == []
    assert "dark" not in shape or violations(page) == []  # another size or paper changes no contrast and no name
    page.close()


def test_large_type_is_kept_from_page_to_page_and_given_up_again(contexts):
    page = contexts["lanhdao"].new_page()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/huyen/171/?nam=2017")
    plain = page.locator("h1").bounding_box()["height"]
    page.get_by_role("button", name="Chữ lớn").click()
    expect(page.locator("html.large")).to_have_count(1)
    assert page.url.endswith("/huyen/171/?nam=2017")
    page.goto("/?nam=2017")
    assert page.locator("h1").bounding_box()["height"] > plain * 1.3
    assert overflow(page) == []
    assert violations(page) == []
    page.get_by_role("button", name="Chữ thường").click()
    expect(page.locator("html.large")).to_have_count(0)
    page.close()


def test_the_map_is_read_and_walked_by_keyboard(contexts):
    page = contexts["chuyenvien"].new_page()
    page.goto("/?nam=2017")
    assert page.get_by_role("group", name="Bản đồ lục giác 139 xã").get_by_role("link").count() == 139
    page.locator("#mau").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.commune").isdigit()
    name = page.evaluate("document.activeElement.getAttribute('aria-label')").split(",")[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/xa/**")
    expect(page.locator("h1")).to_contain_text(name)
    page.close()


def test_the_map_can_be_passed_over(contexts):
    page = contexts["chuyenvien"].new_page()
    page.goto("/?nam=2017")
    page.get_by_role("link", name="Bỏ qua bản đồ").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#map')") is None
    page.close()


def test_a_colour_is_chosen_without_script(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "chuyenvien")
    page.goto("/?nam=2017")
    page.locator("#mau").select_option("ho-ngheo")
    page.get_by_role("button", name="Tô màu").click()
    expect(page.locator("#map")).to_have_attribute("aria-label", "Bản đồ lục giác 139 xã: Tỷ lệ hộ nghèo (%)")
    context.close()


def test_a_supposition_is_made_by_ticking_and_sent_as_a_link(contexts):
    page = contexts["chuyenvien"].new_page()
    page.goto("/neu-thi/?nam=2017")
    page.get_by_text("Tiêu chí (0 đã chọn)").click()
    page.get_by_role("checkbox", name="17. Môi trường và an toàn thực phẩm").check()
    page.get_by_role("button", name="Tính lại").first.click()
    page.wait_for_url("**tc=17**")
    row = page.locator("[data-supposed=communes_certified]")
    then = row.get_attribute("data-then")
    assert float(then) > float(row.get_attribute("data-now")) == 68
    link = page.get_by_role("link", name="Đường dẫn của phép thử này").get_attribute("href")
    other = contexts["lanhdao"].new_page()
    other.goto(link)
    expect(other.locator("[data-supposed=communes_certified]")).to_have_attribute("data-then", then)
    other.close()
    page.close()
