"""The page of one commune in a real browser: on one sheet of paper, in the dark, on a telephone."""

import io
import mimetypes
import shutil
import subprocess
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from criteria import actions
from criteria.models import CriteriaSet, Result
from criteria.rules.verdicts import Verdict
from tests.journeys.test_pages import overflow, violations
from tests.whole import in_turn

HERE = "http://cong.test"
MET_ALL, MISSED_MANY, MOVED = "05773", "05725", "05914"
LEAST = 6.5  # points: what people of the office can still read on paper
SIZES = [(1920, 1000), (1280, 900), (360, 740)]


def open_2018(province):
    actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(2018, 12, 31))


def miss_everything(province):
    """More than any commune has to say: every indicator missed, by numbers that take room, over eight years."""
    for year in (2011, 2012, 2013, 2014, 2018):
        actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(year, 12, 31))
    results = Result.objects.filter(assessment__round__as_of=date(2017, 12, 31), assessment__commune__code=MET_ALL)
    results.exclude(requirement=None).exclude(indicator__kind="boolean").update(value="12.34", numerator=None)
    results.update(verdict=Verdict.NOT_MET, ruled=Verdict.NOT_MET)


def nothing(province):
    pass


PAPERS = {
    "everything met": (f"/xa/{MET_ALL}/?nam=2017", nothing),
    "many missed": (f"/xa/{MISSED_MANY}/?nam=2017", nothing),
    "before it moved": (f"/xa/{MOVED}/?nam=2016", nothing),
    "without data": (f"/xa/{MISSED_MANY}/?nam=2018", open_2018),
    "everything missed": (f"/xa/{MET_ALL}/?nam=2017", miss_everything),
}


@pytest.fixture
def shown(browser, client_of, staff):
    """``shown(address)``: what the portal answers from the database of this test, open in the browser."""
    contexts = []

    def show(address: str, **options):
        answer = client_of(staff).get(address)
        assert answer.status_code == 200
        context = browser.new_context(locale="vi-VN", **options)
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", lambda route: _fulfil(route, answer.content))
        page.goto(f"{HERE}{address}")
        return page

    yield show
    for context in contexts:
        context.close()


def _fulfil(route, html: bytes) -> None:
    path = urlsplit(route.request.url).path
    if not path.startswith("/static/"):
        return route.fulfill(body=html, content_type="text/html; charset=utf-8")
    found = finders.find(path.removeprefix("/static/"))
    with open(found, "rb") as file:
        return route.fulfill(body=file.read(), content_type=mimetypes.guess_type(path)[0])


def pages_of(pdf: bytes) -> int:
    if shutil.which("pdfinfo"):
        text = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pages:")))
    reader = pytest.importorskip("pypdf", reason="counting pages needs pdfinfo (poppler-utils) or pypdf")
    return len(reader.PdfReader(io.BytesIO(pdf)).pages)


def smallest_print(page) -> float:
    """The smallest letters that are drawn, in points."""
    return page.evaluate(
        """() => {
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            let least = Infinity;
            while (walker.nextNode()) {
                const parent = walker.currentNode.parentElement;
                const drawn = walker.currentNode.textContent.trim() && parent.checkVisibility();
                if (drawn && !parent.closest('.visually-hidden, .skip'))
                    least = Math.min(least, parseFloat(getComputedStyle(parent).fontSize) * 0.75);
            }
            return least;
        }"""
    )


@pytest.mark.parametrize(("address", "prepare"), PAPERS.values(), ids=PAPERS)
def test_a_scorecard_is_one_legible_sheet(shown, province, address, prepare):
    prepare(province)
    page = shown(address)
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 733, "height": 1062})  # A4 less its margins
    assert smallest_print(page) >= LEAST
    assert overflow(page) == []


def test_the_sheet_says_everything(shown, province):
    page = shown(f"/xa/{MISSED_MANY}/?nam=2017")
    page.emulate_media(media="print")
    text = page.locator("body").inner_text()
    for part in (
        "Xã Thần Sa",
        "Số liệu minh họa",
        "Còn thiếu",
        "Qua các năm",
        "Quyết định",
        "Các xã của Huyện Võ Nhai",
    ):
        assert part in text
    codes = page.locator(".lines td.code")
    assert codes.count() == 50
    assert all(code.is_visible() for code in codes.all())
    assert page.locator(".strip tbody tr").count() == 3
    assert "thiếu 19,1 điểm %" in page.locator(".missing").inner_text()
    assert "14 Thần Sa 7" in " ".join(page.locator(".peers").inner_text().split())
    assert "Toàn tỉnh" not in text


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    in_turn(["many missed", "before it moved", "without data", "everything missed"], SIZES, ["light", "dark"]),
)
def test_a_scorecard_fits_and_is_accessible(shown, province, name, size, scheme):
    """Every combination in a whole run."""
    address, prepare = PAPERS[name]
    prepare(province)
    page = shown(address, viewport=dict(zip(("width", "height"), size, strict=True)), color_scheme=scheme)
    assert overflow(page) == []
    assert violations(page) == []
