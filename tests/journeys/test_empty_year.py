"""A whole year as an office lives it, in the browser: opened empty, filled from Excel, approved, issued as a paper."""

import io
import os

import openpyxl
import pytest
from docx import Document
from playwright.sync_api import expect

from tests.site import running, sign_in

BOOK = "Biểu"
# Income has no step in 2018, so an officer says whether it is met; poverty is counted from the households.
JUDGED_OTHERWISE = {"10.1", "11.1"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running(tmp_path_factory.mktemp("year"), f"year_{worker}") as site:
        yield site


@pytest.fixture
def signed_in(browser, browser_context_args, office):
    contexts = []

    def page_of(username: str):
        contexts.append(browser.new_context(**browser_context_args | {"base_url": office.url}))
        page = contexts[-1].new_page()
        sign_in(page, username)
        return page

    yield page_of
    for context in contexts:
        context.close()


def taken_out(page, year: int) -> openpyxl.Workbook:
    page.goto(f"/bao-cao/du-lieu/?nam={year}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải Excel").click()
    return openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))


def keys_of(sheet) -> tuple[int, dict[str, int]]:
    """The row with the keys of the columns, and the column of each."""
    row = next(row for row in range(1, 15) if any(str(cell.value) == "3.1" for cell in sheet[row]))
    return row, {str(cell.value): cell.column for cell in sheet[row] if cell.value is not None}


def fill(empty: openpyxl.Workbook, full: openpyxl.Workbook) -> bytes:
    """What an office does: last year's figures into this year's sheet, which has the same columns."""
    source, target = full[BOOK], empty[BOOK]
    row, keys = keys_of(target)
    lines = {source.cell(line, 1).value: line for line in range(1, source.max_row + 1)}
    skipped = {keys[key] for key in JUDGED_OTHERWISE}
    for line in range(row + 1, target.max_row + 1):
        if (code := str(target.cell(line, 1).value)) in lines and len(code) == 5:
            for column in set(range(4, target.max_column + 1)) - skipped:
                target.cell(line, column).value = source.cell(lines[code], column).value
            target.cell(line, keys["10.1"]).value = "Đạt"
    content = io.BytesIO()
    empty.save(content)
    return content.getvalue()


def bring_in(page, content: bytes) -> None:
    page.goto("/nhap-excel/")
    page.get_by_label("Năm").select_option("2018")
    page.locator("#file").set_input_files({"name": "bieu-2018.xlsx", "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator("h1")).to_have_text("Xem trước: bieu-2018.xlsx", timeout=60_000)
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("main")).to_contain_text("Đã ghi", timeout=60_000)


def step(page, name: str, reason: str = "") -> None:
    """One step for every commune of the year."""
    page.goto("/nhap-lieu/2018/")
    page.get_by_label("Việc cần làm").select_option(label=name)
    page.get_by_label("Với", exact=True).select_option("moi")
    page.get_by_label("Lý do (khi trả lại").fill(reason)
    page.get_by_role("button", name="Thực hiện").click()
    expect(page.locator("main")).to_contain_text(f"{name}: 139 xã.")


@pytest.mark.every_database
def test_from_an_empty_year_to_an_issued_paper(signed_in):
    clerk, leader = signed_in("chuyenvien"), signed_in("lanhdao")
    clerk.goto("/nhap-lieu/")
    clerk.get_by_text("Mở kỳ đánh giá năm mới").click()
    clerk.get_by_label("Hạn nhập").fill("15/1/2019")
    clerk.get_by_role("button", name="Mở kỳ").click()
    expect(clerk.locator("h1")).to_have_text("Nhập liệu năm 2018")
    bring_in(clerk, fill(taken_out(clerk, 2018), taken_out(clerk, 2017)))
    step(clerk, "Nộp")
    step(leader, "Duyệt")

    clerk.goto("/bao-cao/dang-ky/?nam=2018")
    clerk.get_by_role("link", name="Nhập, sửa").click()
    clerk.get_by_role("link", name="Thêm vào đăng ký đạt chuẩn").click()
    choose_commune(clerk, "05773")
    clerk.get_by_label("Năm phấn đấu").fill("2019")
    clerk.get_by_label("Đợt").select_option(label="Kế hoạch")
    clerk.get_by_label("Nhu cầu vốn").fill("2.500,5")
    clerk.get_by_role("button", name="Lưu lại", exact=True).click()
    clerk.goto("/bao-cao/nguon-luc/?nam=2018")
    clerk.get_by_role("link", name="Nhập, sửa").click()
    clerk.get_by_role("link", name="Thêm vào nguồn lực").click()
    choose_commune(clerk, "05773")
    clerk.get_by_label("Năm:", exact=True).fill("2018")
    clerk.get_by_label("Nguồn:", exact=True).select_option(label="Ngân sách xã")
    clerk.get_by_label("Đã giải ngân").fill("1.250,5")
    clerk.get_by_role("button", name="Lưu lại", exact=True).click()
    expect(clerk.locator("main, #content").first).to_be_visible()

    leader.goto("/bao-cao/bo-tai-lieu/?nam=2018")
    expect(leader.locator("main")).to_contain_text("Đến hết năm 2018, toàn tỉnh có 68/139 xã đạt chuẩn nông thôn mới")
    leader.get_by_label("Số, ký hiệu").fill("03/BC-VPĐP")
    leader.get_by_label("Ngày phát hành").fill("20/1/2019")
    leader.get_by_label("Người ký").fill("Nguyễn Văn A")
    leader.get_by_role("button", name="Phát hành").click()
    expect(leader.locator("h1")).to_have_text("Báo cáo số 03/BC-VPĐP ngày 20/01/2019")
    with leader.expect_download() as download:
        leader.get_by_role("link", name="Tải Word", exact=True).click()
    text = "\n".join(p.text for p in Document(io.BytesIO(download.value.path().read_bytes())).paragraphs)
    assert "1 xã đăng ký đạt chuẩn năm 2019" in text


def choose_commune(page, code: str) -> None:
    page.locator("#id_commune + .select2").click()
    page.locator(".select2-search__field").fill(code)
    page.locator(".select2-results__option--highlighted", has_text="Xã").click()
