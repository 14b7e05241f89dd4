"""Every page in a real browser: wide and narrow, without errors, accessible, with the figures of the JSON."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.site import sign_in
from tests.whole import in_turn

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
REPORTS = [
    "tong-hop",
    "nhom-tieu-chi",
    "tung-tieu-chi",
    "ma-tran",
    "xa-dat-chuan",
    "dang-ky",
    "xom-kieu-mau",
    "phan-cong",
    "nguon-luc",
    "no-dong",
    "gan-dat",
    "mong-manh",
    "tieu-chi-kho",
]
PAGES = {
    "overview": "/?nam=2017",
    "overview of the first year": "/?nam=2015",
    "a year without data": "/?nam=2030",
    "overview, by criterion": "/?nam=2017&mau=tc-17",
    "overview, by income": "/?nam=2017&mau=thu-nhap",
    "what if": "/neu-thi/?nam=2017",
    "what if the registered pass": "/neu-thi/?nam=2017&chon=dang-ky&tc=17",
    "district": "/huyen/170/?nam=2017",
    "city": "/huyen/164/?nam=2017",
    "communes": "/xa/?nam=2017",
    "communes, filtered": "/xa/?nam=2017&huyen=171&thieu=10&chuan=below&sap=thu-nhap",
    "communes, none found": "/xa/?nam=2017&ten=khong-co",
    "communes, wrong filter": "/xa/?nam=2017&nhom=zzz",
    "commune": "/xa/05773/?nam=2017",
    "slipped commune": "/xa/05842/?nam=2017",
    "commune that moved": "/xa/05914/?nam=2017",
    "dossier": "/xa/05773/ho-so/?nam=2017",
    "reports": "/bao-cao/?nam=2017",
    "meeting pack": "/bao-cao/bo-tai-lieu/?nam=2017",
    "issued papers": "/bao-cao/da-phat-hanh/",
    **{f"report {slug}": f"/bao-cao/{slug}/?nam=2017" for slug in REPORTS},
    "report du-lieu of a district": "/bao-cao/du-lieu/?nam=2017&huyen=165",  # axe takes 20 seconds for the whole
    "report of a district": "/bao-cao/ma-tran/?nam=2016&huyen=173",
    "near communes of a district": "/bao-cao/gan-dat/?nam=2017&huyen=171&thieu=3",
    "criterion with numbers": "/tieu-chi-xa/17/?nam=2017",
    "criterion of a district": "/tieu-chi-xa/10/?nam=2016&huyen=171",
    "criterion without numbers": "/tieu-chi-xa/8/?nam=2017",
    "criteria sets": "/tieu-chi/",
    "set 1980": "/tieu-chi/1980-QD-TTg/",
    "set 318": "/tieu-chi/318-QD-TTg/",
    "documents": "/van-ban/",
    "document": "/van-ban/301-KL-TU/",
}
NO_DATA = PAGES["a year without data"]  # 404; other pages that do not exist are Django's own while DEBUG is on

every_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)


class Watched:
    """What went wrong while a page was open: scripts, policy, requests to somewhere else."""

    def __init__(self, page: Page, site: str):
        self.problems: list[str] = []
        self.requests = 0
        self.site = site
        page.on("console", lambda message: message.type in ("error", "warning") and self._note(message.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("requestfailed", lambda request: self._note(f"failed: {request.url}"))
        page.on("request", self._see)

    def _note(self, text: str):
        self.problems.append(text)

    def _see(self, request):
        self.requests += 1
        if not request.url.startswith((f"{self.site}/", "data:")):
            self._note(f"elsewhere: {request.url}")


@pytest.fixture(scope="module")
def signed_in(browser, browser_context_args):
    """A browser in which the staff account is signed in."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    sign_in(page, "chuyenvien")
    page.close()
    yield context
    context.close()


@pytest.fixture
def staff_page(signed_in):
    page = signed_in.new_page()
    yield page
    page.close()


def overflow(page: Page) -> list[str]:
    """How far the document is wider than the window, and what sticks out of it."""
    return page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            return [...document.body.querySelectorAll('*')]
                .filter(e => e.getBoundingClientRect().right > wide + 0.5 && !e.closest('.scroll'))
                .map(e => `${e.tagName}.${e.className}: ${e.getBoundingClientRect().right} > ${wide}`)
                .concat([`scrollWidth ${document.documentElement.scrollWidth} > ${wide}`]);
        }"""
    )


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {[node['target'] for node in rule['nodes']][:3]}" for rule in found]


@every_page
def test_a_page_fits_the_window_raises_no_error_and_is_accessible(staff_page, site, address):
    staff_page.set_viewport_size(WIDE)
    watched = Watched(staff_page, site)
    answer = staff_page.goto(address)
    assert answer.status == (404 if address == NO_DATA else 200)
    problems = [text for text in watched.problems if not (address == NO_DATA and "404 (Not Found)" in text)]
    assert problems == []
    assert watched.requests >= 3  # the page and its two style sheets: it was really watched
    assert staff_page.locator("h1").count() == 1
    assert staff_page.locator("h1").inner_text().strip()
    for size in (WIDE, NARROW):
        staff_page.set_viewport_size(size)
        assert (overflow(staff_page), violations(staff_page)) == ([], []), size


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_the_login_page_is_no_worse(page, site, size):
    page.set_viewport_size(size)
    watched = Watched(page, site)
    page.goto("/dang-nhap/")
    assert (watched.problems, overflow(page), violations(page)) == ([], [], [])
    assert page.locator("h1").count() == 1


@pytest.mark.breaks_policy
def test_the_watch_sees_what_the_policy_forbids(staff_page, site):
    """Or silence would prove nothing."""
    watched = Watched(staff_page, site)
    staff_page.goto("/")
    staff_page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/x.png'}))")
    staff_page.wait_for_timeout(300)
    assert any("Content Security Policy" in text for text in watched.problems)


@pytest.mark.parametrize(("year", "district"), in_turn([2015, 2016, 2017], ["171", ""]))
def test_headline_figures_are_those_of_the_json(staff_page, year, district):
    place = f"/huyen/{district}/" if district else "/"
    query = f"?nam={year}" + (f"&huyen={district}" if district else "")
    json = staff_page.request.get(f"/bao-cao/tong-hop.json{query}").json()
    expected = {row["key"]: row["value"] for row in json["rows"]}
    staff_page.goto(f"{place}?nam={year}")
    shown = staff_page.eval_on_selector_all(
        "[data-figure]", "found => found.map(e => [e.dataset.figure, Number(e.dataset.value), e.innerText])"
    )
    absent = {"communes_total", "districts_completed"} if district else {"communes_total"}
    assert {key: value for key, value, _ in shown} == {k: v for k, v in expected.items() if k not in absent}
    for key, value, text in shown:
        assert text.split("/")[0].replace("%", "").strip().replace(".", "").replace(",", ".") in as_printed(value), key


def as_printed(value: float) -> set[str]:
    return {f"{value:.0f}", f"{value:.1f}", f"{value:.2f}"}


def test_the_68_of_the_overview_lead_to_a_list_of_68_communes(staff_page):
    staff_page.goto("/?nam=2017")
    figure = staff_page.locator("[data-figure=communes_certified]")
    assert figure.inner_text().replace("\n", "") == "68/139"
    figure.click()
    staff_page.wait_for_url("**/xa/**")
    assert staff_page.locator("main tbody tr").count() == 68
    assert staff_page.locator("main tbody th a").count() == 68
    assert "68 đơn vị" in staff_page.locator("main").inner_text()


@pytest.mark.parametrize(("name", "count"), [("Đạt đủ tiêu chí, chưa công nhận", 1), ("Đạt chuẩn, đang dưới chuẩn", 3)])
def test_the_states_of_certification_lead_to_their_communes(staff_page, name, count):
    staff_page.goto("/?nam=2017")
    link = staff_page.locator("dl.figures div", has_text=name).locator("a")
    assert link.inner_text() == str(count)
    link.click()
    staff_page.wait_for_url("**/xa/**")
    assert staff_page.locator("main tbody tr").count() == count


def test_a_name_is_found_without_accents(staff_page):
    staff_page.goto("/xa/?nam=2017")
    staff_page.get_by_label("Tên xã").fill("dong lien")
    staff_page.get_by_role("button", name="Lọc").click()
    staff_page.wait_for_url("**ten=dong**")
    assert staff_page.locator("main tbody th").all_inner_texts() == ["Đồng Liên"]


def test_an_excel_file_is_offered_under_its_own_name(staff_page):
    staff_page.goto("/bao-cao/ma-tran/?nam=2017&huyen=173")
    with staff_page.expect_download() as download:
        staff_page.get_by_role("link", name="Tải Excel").click()
    assert download.value.suggested_filename == "ma-tran-2017-173.xlsx"


@pytest.mark.breaks_policy  # by Django's own page for 404 in debug mode
def test_a_district_official_sees_the_province_and_the_own_communes(page, site):
    sign_in(page, "daitu")
    assert page.locator("[data-figure=communes_certified]").get_attribute("data-value") == "68"
    page.get_by_role("navigation", name="Chính").get_by_role("link", name="Xã", exact=True).click()
    page.wait_for_url("**/xa/**")
    assert page.locator("main tbody tr").count() == 28
    assert set(page.locator("main tbody tr td:nth-child(3)").all_inner_texts()) == {"Đại Từ"}
    page.goto("/huyen/173/?nam=2017")
    assert page.locator("[data-figure=communes_certified]").get_attribute("data-value") == "7"
    assert page.locator("main a[href^='/xa/0']").count() == 0
    assert page.goto("/xa/05944/?nam=2017").status == 404


def test_the_first_tab_leads_past_the_navigation(staff_page):
    staff_page.goto("/?nam=2017")
    staff_page.keyboard.press("Tab")
    assert staff_page.evaluate("document.activeElement.innerText") == "Đến nội dung"
    staff_page.keyboard.press("Enter")
    assert staff_page.url.endswith("#noi-dung")
