"""From the departments' opinions to the decision, in a real browser and without scripts of our own."""

import os

import pytest
from playwright.sync_api import expect

from tests.criteria.making import PDF
from tests.journeys.test_pages import overflow, violations
from tests.site import running, sign_in

DOSSIER = "/xa/05773/ho-so/?nam=2017"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A portal of its own: one commune more is certified in it at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running(tmp_path_factory.mktemp("dossier"), f"dossier_{worker}") as site:
        yield site


@pytest.fixture(scope="module")
def clerk(browser, browser_context_args, office):
    context = browser.new_context(**browser_context_args | {"base_url": office.url})
    page = context.new_page()
    sign_in(page, "chuyenvien")
    yield page
    context.close()


def certified(page) -> int:
    page.goto("/?nam=2017")
    return int(page.locator('[data-figure="communes_certified"]').first.get_attribute("data-value"))


def looks_well(page) -> None:
    assert violations(page) == []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == []


def decide(page, number: str) -> None:
    page.get_by_label("Số quyết định").fill(number)
    page.get_by_label("Ngày quyết định").fill("2/5/2018")
    page.get_by_role("button", name="Ghi quyết định công nhận").click()


def test_a_clerk_records_opinions_and_a_paper_and_the_decision_counts(clerk):
    before = certified(clerk)
    clerk.goto("/xa/05773/?nam=2017")
    clerk.get_by_role("link", name="Kiểm tra hồ sơ đề nghị công nhận").click()
    expect(clerk.locator("main")).to_contain_text("Chưa đủ điều kiện đề nghị công nhận")
    decide(clerk, "1234/QĐ-UBND")
    expect(clerk.get_by_role("alert")).to_contain_text("còn 20 mục")
    expect(clerk.get_by_label("Số quyết định")).to_have_value("1234/QĐ-UBND")  # what was typed is not lost

    answers = clerk.locator("tr[data-row^=m] select[name$=tra_loi]")
    expect(answers).to_have_count(19)
    for row in clerk.locator("tr[data-row^=m]").all():
        department = row.locator("select[name$=co_quan]")
        if not department.input_value():
            department.select_option(index=1)
        row.locator("select[name$=tra_loi]").select_option("nhất trí")
    clerk.get_by_role("button", name="Ghi ý kiến").click()
    expect(clerk.locator("tr[data-row^=y]")).to_have_count(19)

    clerk.get_by_label("Tệp .pdf").set_input_files(
        {"name": "Biên bản thẩm tra.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    clerk.get_by_role("button", name="Nộp tệp").click()
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="Biên bản thẩm tra.pdf").click()
    assert download.value.suggested_filename == "Biên bản thẩm tra.pdf"
    assert download.value.path().read_bytes() == PDF
    expect(clerk.locator("main")).to_contain_text("Đủ điều kiện đề nghị công nhận.")
    looks_well(clerk)

    decide(clerk, "1234/QĐ-UBND")
    expect(clerk.locator("main")).to_contain_text("Xã đã được công nhận đạt chuẩn, tính cho năm 2017")
    looks_well(clerk)
    assert certified(clerk) == before + 1


def test_a_file_that_is_not_what_it_says_is_refused_in_words(clerk):
    clerk.goto(DOSSIER)
    clerk.get_by_label("Tệp .pdf").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\0 a program"}
    )
    clerk.get_by_role("button", name="Nộp tệp").click()
    expect(clerk.get_by_role("alert")).to_contain_text("Nội dung tệp không phải .pdf")
