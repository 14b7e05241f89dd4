"""The way of a workbook through a real browser: out of the portal, edited, back in, and onto the dashboards."""

import io
import json
import os
import re
from functools import partial

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site import running, sign_in

REPORT = "/bao-cao/du-lieu/?nam=2017"
UPLOAD = "/nhap-excel/"
# Communes of Võ Nhai, which is still at work in the trial data; Phúc Hà is approved.
LIEN_MINH, VU_CHAN, PHU_THUONG, THUONG_NUNG, SANG_MOC = "05752", "05728", "05734", "05731", "05719"
PHUC_HA = "05485"
RECORD = """
from decimal import Decimal
from communes.models import Commune, Officer
from criteria import actions
from criteria.models import AssessmentRound, Via
from criteria.rules.verdicts import Given
given = {given!r}
round = AssessmentRound.objects.year_end().get(as_of__year=2017)
ids = dict(Commune.objects.filter(code__in=given).in_force(round.as_of).values_list("code", "pk"))
entries = [
    actions.Entry(ids[code], cells={{key: Given(value=text and Decimal(text)) for key, text in cells.items()}})
    for code, cells in given.items()
]
actions.record(round, entries, by=Officer.objects.get(username="quantri"), via=Via.GRID)
"""
STATES = """() => {
    sessionStorage.states = "[]";
    new MutationObserver(() => {
        const bar = document.querySelector("progress");
        const status = document.querySelector("form.filters [role=status]");
        const seen = JSON.parse(sessionStorage.states);
        const state = `${status.textContent}|${bar.hidden ? "" : "bar"}`;
        if (seen.at(-1) !== state) sessionStorage.states = JSON.stringify([...seen, state]);
    }).observe(document.querySelector("form.filters"), {subtree: true, childList: true, attributes: true});
}"""

# What a browser that keeps pages does on "back": the page as it was left, and an event.
AS_LEFT = """() => {
    document.querySelector("form.filters button").setAttribute("aria-disabled", "true");
    document.querySelector("progress").hidden = false;
    dispatchEvent(new Event("pageshow"));
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory, browser_type_launch_args):
    """A portal of this module alone, whose figures it changes."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running(tmp_path_factory.mktemp("excel"), f"excel_{worker}") as site:
        yield site


@pytest.fixture
def opened(desk, browser):
    """``opened("chuyenvien")``: a page on which that officer is signed in. Errors of scripts and policy fail."""
    contexts, found = [], []

    def open_for(username, **options):
        contexts.append(browser.new_context(base_url=desk.url, viewport={"width": 1280, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: found.append(str(error)))
        page.on("console", lambda m: found.append(m.text) if "Content Security Policy" in m.text else None)
        sign_in(page, username)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert found == []


@pytest.fixture
def clerk(opened):
    return opened("chuyenvien")


def colleague_writes(desk, given: dict[str, dict[str, str | None]]):
    desk.manage("shell", "-c", RECORD.format(given=given))


def taken_out(page, address=REPORT) -> openpyxl.Workbook:
    """The sheet as the page offers it."""
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải Excel").click()
    return openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))


def cell(book, code, key):
    sheet = book["Biểu"]
    row = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == code)
    column = next(c.column for line in sheet.iter_rows(max_row=8) for c in line if str(c.value) == key)
    return sheet.cell(row, column)


def choose(page, book, name="bieu-2017.xlsx") -> bytes:
    """Choose an edited workbook at the form; the bytes of it."""
    content = io.BytesIO()
    book.save(content)
    page.goto(UPLOAD)
    page.get_by_label("Năm").select_option("2017")
    page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content.getvalue()})
    return content.getvalue()


def send(page, book, name="bieu-2017.xlsx"):
    choose(page, book, name)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator("h1")).to_have_text(f"Xem trước: {name}", timeout=60_000)


def answer(status: int, route):
    route.fulfill(status=status, body="<h1>…</h1>")


def figures(page, address="/?nam=2017") -> dict[str, str]:
    page.goto(address)
    return dict(page.eval_on_selector_all("[data-figure]", "f => f.map(e => [e.dataset.figure, e.dataset.value])"))


def stored(desk, district="170"):
    rows = json.loads(desk.manage("report", "du-lieu", "--year", "2017", "--district", district))["rows"]
    return {row["code"]: row for row in rows}


def axe(page) -> list[str]:
    found = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        found += [(width, rule["id"], rule["nodes"][0]["target"]) for rule in Axe().run(page).response["violations"]]
        found += [(width, "wide")] * page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_a_workbook_goes_out_comes_back_and_moves_the_dashboard(desk, clerk):
    before, before_district = figures(clerk), figures(clerk, "/huyen/170/?nam=2017")
    colleague_writes(desk, {SANG_MOC: {"12.1": None}})
    book = taken_out(clerk)
    edits = {
        (LIEN_MINH, "4.2"): 50,  # 19 criteria become 18
        (VU_CHAN, "4.2"): 97.5,
        (PHU_THUONG, "12.1"): 92.5,
        (SANG_MOC, "12.1"): 92.4,  # empty when it was taken out
    }
    for at, value in edits.items():
        cell(book, *at).value = value
    colleague_writes(desk, {VU_CHAN: {"4.2": "96.5"}, PHU_THUONG: {"12.1": "91.5"}, THUONG_NUNG: {"12.1": "94.8"}})

    send(clerk, book)
    main = clerk.locator("main")
    expect(main).to_contain_text("2 thay đổi · 2 trùng sửa · 0 ô bị từ chối")
    expect(main).to_contain_text("giữ 1 ô cổng đã có số mới hơn")
    tabs = clerk.get_by_role("group", name="Loại thay đổi").get_by_role("button")
    assert tabs.all_inner_texts() == ["Sẽ đổi (1)", "Sẽ thêm (1)", "Trùng sửa (2)", "Bị từ chối (0)"]
    effect = clerk.locator("table.effect tbody tr").all_inner_texts()
    assert "Xã đạt đủ 19 tiêu chí\t66\t65" in effect
    assert figures(clerk)["criteria_mean"] != before["criteria_mean"], "one cell was emptied, nothing else written"
    clerk.go_back()

    conflict = main.locator("tbody tr", has_text="Vũ Chấn")
    assert [t.replace("\n", "") for t in conflict.locator("td.num").all_inner_texts()] == ["98,3", "96,5", "97,5"]
    conflict.get_by_label("trong tệp").check()
    tabs.first.click()
    expect(main.locator("tbody tr", has_text="Liên Minh")).to_contain_text("50")
    expect(main.locator("tbody tr", has_text="Vũ Chấn")).to_contain_text("97,5")  # as was just chosen
    clerk.get_by_role("button", name="Ghi").click()
    expect(clerk.get_by_role("alert")).to_have_text("Chưa ghi gì: còn 1 ô trùng sửa chưa chọn.")
    assert stored(desk)[VU_CHAN]["4.2"] == 96.5
    expect(tabs.nth(2)).to_have_text("Trùng sửa (1)")
    main.locator("tbody tr", has_text="Phú Thượng").get_by_label("trong cổng").check()
    clerk.get_by_role("button", name="Ghi").click()
    expect(clerk.locator("h1")).to_have_text("Đã ghi: bieu-2017.xlsx")
    expect(main).to_contain_text("1 ô thêm mới, 2 ô đổi")

    rows = stored(desk)
    assert [rows[code][key] for code, key in edits] == [50, 97.5, 91.5, 92.4]
    assert rows[THUONG_NUNG]["12.1"] == 94.8
    after = figures(clerk)
    assert before | {"criteria_mean": "15.89"} == after
    district = figures(clerk, "/huyen/170/?nam=2017")
    assert before_district | {"criteria_mean": "11.36"} == district
    clerk.goto(f"/nhat-ky/?xa={LIEN_MINH}")
    entry = clerk.locator("main tbody tr", has_text="4.2").first
    expect(entry).to_contain_text("Tệp Excel bieu-2017.xlsx (sha256 ")
    expect(entry).to_contain_text("50")


def test_the_own_sheet_of_a_district_with_an_approved_figure_asks_why(desk, clerk):
    book = taken_out(clerk, REPORT + "&huyen=164")
    assert {row[0].value for row in book["Biểu"].iter_rows(min_row=8, max_col=1)} & {PHUC_HA, VU_CHAN} == {PHUC_HA}
    was = cell(book, PHUC_HA, "4.2").value
    cell(book, PHUC_HA, "4.2").value = 97.9
    send(clerk, book, "tp.xlsx")
    reason = clerk.get_by_label("Lý do sửa số đã duyệt (1 xã)")
    assert axe(clerk) == []
    clerk.get_by_role("button", name="Ghi").click()
    expect(reason).to_be_focused()
    assert stored(desk, "164")[PHUC_HA]["4.2"] == was
    reason.fill("Theo công văn 12")
    writes = []
    clerk.on("request", lambda request: request.method == "POST" and writes.append(request.url))
    clerk.route("**/ghi/", partial(answer, 204))  # the page stays as it is while the server works
    button = clerk.get_by_role("button", name="Ghi")
    for _ in range(2):
        button.click(force=True)
        expect(clerk.locator("form [role=status]")).to_have_text("Đang ghi…")
        expect(button).to_have_attribute("aria-disabled", "true")
    assert len(writes) == 1
    clerk.unroute("**/ghi/")
    clerk.reload()
    reason.fill("Theo công văn 12")
    button.click()
    expect(clerk.locator("h1")).to_have_text("Đã ghi: tp.xlsx")
    assert axe(clerk) == []
    expect(clerk.locator("main")).to_contain_text("lý do: Theo công văn 12")
    assert stored(desk, "164")[PHUC_HA]["4.2"] == 97.9


def test_a_district_official_takes_the_own_sheet_out_and_brings_none_in(opened):
    official = opened("daitu")
    codes = {row[0].value for row in taken_out(official)["Biểu"].iter_rows(min_row=8, max_col=1)}
    assert "05773" in codes
    assert not codes & {VU_CHAN, PHUC_HA}
    assert official.get_by_role("link", name="Nạp Excel").count() == 0
    assert official.goto(UPLOAD).status == 403


def look(book) -> dict:
    """Everything of a workbook that a clerk can see or that holds it together, by place."""
    found = {}
    for sheet in book:
        widths = {name: dimension.width for name, dimension in sheet.column_dimensions.items()}
        rules = sorted((str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation)
        about = (sheet.sheet_state, sheet.freeze_panes, sheet.protection.sheet, sheet.print_title_rows)
        found[sheet.title] = (about, widths, rules, sorted(map(str, sheet.merged_cells.ranges)))
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            style = (
                cell.fill.start_color.rgb,
                cell.font.b,
                cell.number_format,
                cell.protection.locked,
                repr(cell.border),
            )
            found[sheet.title, cell.coordinate] = (cell.value, cell.comment and cell.comment.text, style)
    return found


def test_a_rejected_cell_comes_back_marked_and_all_else_as_it_was(desk, clerk):
    book = taken_out(clerk, REPORT + "&huyen=170")
    wrong = cell(book, VU_CHAN, "4.2")
    wrong.value = 101
    wrong_text = cell(book, PHU_THUONG, "14.2")
    wrong_text.value = "chưa rõ"
    before = stored(desk)
    content = choose(clerk, book, "sai.xlsx")
    clerk.get_by_role("button", name="Xem trước").click()
    expect(clerk.locator("main")).to_contain_text("2 ô bị từ chối")
    expect(clerk.locator("tbody tr", has_text=wrong.coordinate)).to_contain_text("nằm ngoài khoảng 0–100")
    assert clerk.get_by_role("button", name="Ghi", exact=True).count() == 0
    assert axe(clerk) == []
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="Tệp đánh dấu ô lỗi").click()
    assert download.value.suggested_filename == "danh-dau-sai.xlsx"
    sent = look(openpyxl.load_workbook(io.BytesIO(content)))
    marked = look(openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())))
    assert sent.keys() == marked.keys()
    differing = {place[1] for place in sent if sent[place] != marked[place]}
    assert differing == {wrong.coordinate, wrong_text.coordinate}
    value, comment, style = marked["Biểu", wrong.coordinate]
    assert (value, style[0]) == (101, "FFFFC7CE")
    assert "ngoài khoảng 0–100" in comment
    assert style[1:] == sent["Biểu", wrong.coordinate][2][1:]
    assert stored(desk) == before


def test_the_upload_shows_how_far_it_is_and_is_sent_once(clerk):
    book = taken_out(clerk, REPORT + "&huyen=170")
    choose(clerk, book, "lon.xlsx")
    assert axe(clerk) == []
    sent = []
    clerk.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    clerk.evaluate(STATES)
    clerk.get_by_role("button", name="Xem trước").dblclick()
    expect(clerk.locator("h1")).to_have_text("Xem trước: lon.xlsx", timeout=60_000)
    assert json.loads(clerk.evaluate("sessionStorage.states")) == [
        "Đang gửi tệp…|bar",
        "Đang kiểm tra tệp…|bar",
        "Đã kiểm tra xong, đang mở trang xem trước…|bar",
    ]
    assert len(sent) == 1
    expect(clerk.locator("main")).to_contain_text("0 thay đổi")
    clerk.go_back()
    clerk.evaluate(AS_LEFT)
    expect(clerk.get_by_role("button", name="Xem trước")).not_to_have_attribute("aria-disabled", "true")
    expect(clerk.locator("progress")).to_be_hidden()


def test_what_goes_wrong_on_the_way_is_said_and_the_form_stays(clerk):
    book = taken_out(clerk, REPORT + "&huyen=170")
    choose(clerk, book, "mang.xlsx")
    button, problem = clerk.get_by_role("button", name="Xem trước"), clerk.locator("#upload-problem")
    clerk.context.set_offline(True)
    button.click()
    expect(problem).to_contain_text("Không gửi được tệp: mất kết nối")
    clerk.context.set_offline(False)
    for status, says in ((413, "Tệp quá lớn"), (500, "Cổng gặp lỗi"), (403, "Hãy tải lại trang")):
        clerk.route("**/nhap-excel/", partial(answer, status))
        button.click()
        expect(problem).to_contain_text(says)
        clerk.unroute("**/nhap-excel/")
    clerk.context.clear_cookies(name="sessionid")
    button.click()
    expect(problem).to_contain_text("Phiên làm việc đã hết")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    expect(clerk.locator("progress")).to_be_hidden()
    assert axe(clerk) == []
    other = clerk.context.new_page()
    sign_in(other, "chuyenvien")
    button.click()
    expect(clerk.locator("h1")).to_have_text("Xem trước: mang.xlsx", timeout=60_000)


def test_a_file_that_cannot_be_read_is_told_at_the_form(clerk):
    clerk.goto(UPLOAD)
    clerk.locator("#file").set_input_files({"name": "hong.xlsx", "mimeType": "", "buffer": b"PK\x03\x04"})
    clerk.get_by_role("button", name="Xem trước").click()
    expect(clerk.locator("#upload-problem")).to_contain_text(re.compile("hỏng", re.I))
    assert clerk.url.endswith(UPLOAD)


def test_without_scripts_the_forms_do_the_same(desk, opened):
    plain = opened("chuyenvien", java_script_enabled=False)
    book = taken_out(plain, REPORT + "&huyen=170")
    cell(book, VU_CHAN, "12.1").value = 84.6
    send(plain, book, "khong-script.xlsx")
    plain.get_by_role("button", name="Ghi").click()
    expect(plain.locator("h1")).to_have_text("Đã ghi: khong-script.xlsx")
    assert stored(desk)[VU_CHAN]["12.1"] == 84.6
