"""The papers of a meeting in a real browser: looked at, taken out, issued, found again."""

import io

import openpyxl
from docx import Document
from playwright.sync_api import expect

from tests.journeys.test_pages import overflow, violations


def saved(page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.path().read_bytes()


def test_a_leader_issues_a_pack_and_takes_out_what_was_issued(contexts):
    page = contexts["lanhdao"].new_page()
    page.goto("/bao-cao/?nam=2017")
    page.get_by_role("link", name="Bộ tài liệu họp").first.click()
    expect(page.locator("main")).to_contain_text("Đến hết năm 2017, toàn tỉnh có 68/139 xã đạt chuẩn nông thôn mới")
    page.get_by_label("Số, ký hiệu").fill("07/BC-VPĐP")
    page.get_by_label("Ngày phát hành").fill("31/2/2018")
    page.get_by_label("Người ký").fill("Nguyễn Văn A")
    page.get_by_role("button", name="Phát hành").click()
    expect(page.get_by_role("alert")).to_contain_text("Ngày phát hành")
    expect(page.get_by_label("Số, ký hiệu")).to_have_value("07/BC-VPĐP")  # what was typed is not lost
    page.get_by_label("Ngày phát hành").fill("26/6/2018")
    page.get_by_role("button", name="Phát hành").click()
    expect(page.locator("h1")).to_have_text("Báo cáo số 07/BC-VPĐP ngày 26/06/2018")
    expect(page.locator("main")).to_contain_text("Không số liệu nào đổi từ khi phát hành.")
    assert violations(page) == []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == []
    book = openpyxl.load_workbook(io.BytesIO(saved(page, "Tải Excel")))
    assert len(book.sheetnames) > 10
    text = "\n".join(p.text for p in Document(io.BytesIO(saved(page, "Tải Word"))).paragraphs)
    assert "68/139 xã đạt chuẩn nông thôn mới, đạt 48,92 % số xã, cao hơn bình quân cả nước (32,3 %)" in text
    page.goto("/bao-cao/da-phat-hanh/")
    expect(page.get_by_role("link", name="07/BC-VPĐP")).to_be_visible()
    page.close()


def test_a_viewer_reads_what_was_issued_and_is_offered_no_issuing(contexts):
    page = contexts["nguoixem"].new_page()
    page.goto("/bao-cao/bo-tai-lieu/?nam=2017")
    expect(page.get_by_role("link", name="Tải Word: báo cáo")).to_be_visible()
    expect(page.get_by_role("button", name="Phát hành")).to_have_count(0)
    page.close()
