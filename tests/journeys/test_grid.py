"""The entry grid in a real browser, as a clerk uses it."""

import json
import os
import re

import pytest
from playwright.sync_api import expect

from tests.site import running, sign_in
from tests.whole import WHOLE

DRAFT = "/nhap-lieu/2017/170/"  # Võ Nhai is still at work in the trial data
EMPTY = "/nhap-lieu/2018/170/"
VU_CHAN = "05728"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, browser_type_launch_args):
    """A portal of this module alone, which it may stop and start; 2018 is open and empty."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with running(tmp_path_factory.mktemp("desk"), f"grid_{worker}") as site:
        site.manage("open_round", "--year", "2018")
        yield site


@pytest.fixture
def clerk(desk, browser, page_errors):
    """A page of the clerk, signed in."""
    context = browser.new_context(base_url=desk.url, viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desk.url)
    page = page_errors(context.new_page())
    sign_in(page, "chuyenvien")
    yield page
    context.close()


@pytest.fixture
def page_errors():
    """Errors of scripts and of the content security policy fail the test."""
    found = []

    def watch(page):
        page.on("pageerror", lambda error: found.append(str(error)))
        page.on("console", lambda m: found.append(m.text) if "Content Security Policy" in m.text else None)
        return page

    yield watch
    assert found == []


def cell(page, commune, key):
    return page.locator(f'td[data-commune="{commune}"][data-indicator="{key}"]')


def choose(page, commune, key):
    cell(page, commune, key).click()


def saved(page):
    """Wait until the server has answered for every cell."""
    expect(page.locator("#saved")).to_have_text("Mọi ô đã lưu", timeout=60_000)


def paste(page, text, html=""):
    """What the browser does on Ctrl+V, with a clipboard of ours."""
    page.evaluate(
        """([text, html]) => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            if (html) data.setData('text/html', html);
            const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
            document.getElementById('input').dispatchEvent(event);
        }""",
        [text, html],
    )


def stored(desk, year=2017, district="170"):
    """The cells as the database has them now, by commune and column."""
    where = ["--district", district] if district else []
    rows = json.loads(desk.manage("report", "du-lieu", "--year", str(year), *where))["rows"]
    return {row["code"]: row for row in rows}


def test_a_typed_value_is_stored_and_judged_by_the_server(desk, clerk):
    clerk.goto(DRAFT)
    choose(clerk, VU_CHAN, "4.2")
    clerk.keyboard.type("94,9")
    clerk.keyboard.press("Enter")
    saved(clerk)
    assert cell(clerk, VU_CHAN, "4.2").get_attribute("data-verdict") == "not_met"
    assert stored(desk)[VU_CHAN]["4.2"] == 94.9
    clerk.keyboard.press("Control+z")
    saved(clerk)
    assert cell(clerk, VU_CHAN, "4.2").text_content() == "98,3"
    assert cell(clerk, VU_CHAN, "4.2").get_attribute("data-verdict") == "met"
    assert stored(desk)[VU_CHAN]["4.2"] == 98.3


def test_a_change_of_statistics_moves_the_derived_cell_and_the_count(desk, clerk):
    clerk.goto(DRAFT)
    choose(clerk, "05752", "income")  # Liên Minh meets all 19
    clerk.keyboard.type("23,9")
    clerk.keyboard.press("Tab")
    saved(clerk)
    assert cell(clerk, "05752", "10.1").text_content() == "23,9"
    assert cell(clerk, "05752", "10.1").get_attribute("data-verdict") == "not_met"
    assert clerk.locator('th[data-code="05752"] [data-met]').text_content() == "18"
    clerk.keyboard.press("Control+z")
    saved(clerk)
    assert clerk.locator('th[data-code="05752"] [data-met]').text_content() == "19"


def test_keys_of_a_spreadsheet(clerk):
    clerk.goto(DRAFT)
    at = clerk.locator("td.at")
    keys = [
        ("ArrowRight", "households"), ("End", "19.2"), ("Home", "population"), ("Tab", "households"),
        ("Shift+Tab", "population"), ("Control+ArrowRight", "19.2"), ("Control+Home", "population"),
    ]  # fmt: skip
    for key, column in keys:
        clerk.keyboard.press(key)
        assert at.get_attribute("data-indicator") == column, key
    clerk.keyboard.press("F2")
    clerk.keyboard.type("9")
    clerk.keyboard.press("Escape")
    assert at.text_content() == "2150"
    assert clerk.locator("#saved").text_content() == "Mọi ô đã lưu"
    clerk.keyboard.press("Escape")
    clerk.keyboard.press("Tab")
    assert clerk.evaluate("document.activeElement.id") != "input", "Esc, Tab leads out of the grid"


def test_tab_skips_locked_cells_and_enter_returns_to_where_the_run_began(clerk):
    clerk.goto(DRAFT)
    choose(clerk, VU_CHAN, "9.2")
    clerk.keyboard.press("Tab")
    assert clerk.locator("td.at").get_attribute("data-indicator") == "12.1"
    clerk.keyboard.press("Enter")
    at = clerk.locator("td.at")
    assert (at.get_attribute("data-indicator"), at.get_attribute("data-commune")) == ("9.2", "05731")


def test_the_first_keystroke_of_an_input_method_is_not_lost(clerk):
    clerk.goto(EMPTY)
    choose(clerk, VU_CHAN, "2.1")
    # Telex composes "Đạt" from several keys; the first of them starts the composition on the hidden field.
    session = clerk.context.new_cdp_session(clerk)
    for text in ("Đ", "Đa", "Đạ", "Đạt"):
        session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    session.send("Input.insertText", {"text": "Đạt"})
    assert clerk.locator("#input").input_value() == "Đạt"
    clerk.keyboard.press("Enter")
    saved(clerk)
    assert cell(clerk, VU_CHAN, "2.1").text_content() == "Đạt"


def test_forty_nine_values_need_at_most_fifty_one_keys_of_navigation(desk, clerk):
    clerk.goto(EMPTY)
    choose(clerk, "05719", "population")
    figures = {"population": "2200", "households": "610", "poor_households": "120", "income": "20,5"}
    kinds = {c["key"]: c["kind"] for c in json.loads(clerk.locator("#grid-settings").text_content())["columns"]}
    open_cells = clerk.locator('td[data-commune="05719"][data-status="saved"]')
    keys = open_cells.evaluate_all("cells => cells.map((td) => td.dataset.indicator)")[:49]
    moves = 0
    for key in keys:
        clerk.keyboard.type(figures.get(key) or ("x" if kinds[key] == "word" else "90"))
        clerk.keyboard.press("Tab")
        moves += 1
    saved(clerk)
    assert moves <= 51
    row = stored(desk, 2018)["05719"]
    assert sum(value not in (None, "05719", "Sảng Mộc", "Võ Nhai") for value in row.values()) >= 49


def test_a_whole_district_pasted_in_one_go_is_undone_in_one_step(desk, clerk):
    clerk.goto(EMPTY)
    before = stored(desk, 2018)
    choose(clerk, "05719", "1.1")
    block = "\n".join("\t".join(["Đạt", "x", *["Chưa đạt"] * 4, "85,5", "Đạt", "Đạt", "97"]) for _ in range(14))
    paste(clerk, block + "\n")
    expect(clerk.locator("#paste-text")).to_contain_text(re.compile("Sẽ thay 1[34][0-9] ô"))
    clerk.locator("#paste button[value=ok]").click()
    saved(clerk)
    after = stored(desk, 2018)
    assert all(
        (row["1.1"], row["2.1"], row["3.1"], row["4.2"]) == ("Đạt", "Chưa đạt", 85.5, 97) for row in after.values()
    )
    clerk.keyboard.press("Control+z")
    saved(clerk)
    assert stored(desk, 2018) == before


def test_the_whole_province_pasted_in_one_go_is_saved_with_verdicts_and_undone_in_one_step(desk, clerk):
    """139 communes × all columns that can be typed: more than 139 × 49 cells."""
    source = stored(desk, 2017, None)
    clerk.goto("/nhap-lieu/2018/toan-tinh/")
    keys = [column["key"] for column in json.loads(clerk.locator("#grid-settings").text_content())["columns"]]
    codes = clerk.locator("#grid tbody th").evaluate_all("heads => heads.map((th) => th.dataset.code)")
    before = stored(desk, 2018, None)
    for row in source.values():
        row["10.1"] = "Đạt"  # no step is known for 2018: an officer judges
    text = {code: {k: "" if v is None else str(v) for k, v in row.items()} for code, row in source.items()}
    rows = [[text[code][key].replace(".", ",") for key in keys] for code in codes]
    clerk.locator("#grid tbody td").first.click()
    paste(clerk, "\n".join("\t".join(row) for row in rows))
    expect(clerk.locator("#paste-text")).to_contain_text(re.compile("Sẽ thay [67][0-9]{3} ô"))
    clerk.locator("#paste button[value=ok]").click()
    saved(clerk)
    after = stored(desk, 2018, None)
    differing = [
        (code, key)
        for code in codes
        for key in keys
        if after[code][key] != source[code][key] and "KXX" not in text[code][key]
    ]
    assert differing == []
    assert cell(clerk, VU_CHAN, "3.1").get_attribute("data-verdict") == "not_met"
    clerk.locator("#grid tbody td").first.click()
    clerk.keyboard.press("Control+z")
    saved(clerk)
    assert stored(desk, 2018, None) == before


def test_what_is_wrong_in_a_paste_says_so_at_its_cell_and_the_rest_is_stored(desk, clerk):
    clerk.goto(EMPTY)
    choose(clerk, "05758", "14.2")
    paste(clerk, "71,5\t101\t-3\tĐạt\t12,5,5\tabc\t" + "9" * 600)
    expect(clerk.locator("#grid td[data-status=invalid]")).to_have_count(5)
    row = stored(desk, 2018)["05758"]
    assert (row["14.2"], row["14.3"], row["15.1"], row["15.2"]) == (71.5, None, None, "Đạt")
    choose(clerk, "05758", "14.3")
    assert "nằm ngoài khoảng 0–100" in clerk.locator("#about").text_content()
    assert clerk.locator("#problems li").count() == 5
    clerk.reload()
    assert cell(clerk, "05758", "14.3").text_content() == "101", "what was typed is still there"
    for _ in range(5):
        clerk.locator("#problems li button", has_text="Bỏ").first.click()
    expect(clerk.locator("#problems")).to_be_hidden()


def test_a_paste_over_the_edge_and_onto_locked_cells_is_clipped_and_counted(clerk):
    clerk.goto(DRAFT)
    choose(clerk, "05758", "9.2")
    paste(clerk, "80,1\t1\t2\t95,1\n1\t2")
    expect(clerk.locator("#said")).to_contain_text("bỏ qua 2 ô khóa")
    saved(clerk)
    clerk.keyboard.press("Control+z")
    saved(clerk)


def test_copy_gives_excel_text_and_a_table(clerk):
    clerk.goto(DRAFT)
    choose(clerk, VU_CHAN, "4.1")
    clerk.keyboard.press("Shift+ArrowRight")
    clerk.keyboard.press("Control+c")
    assert clerk.evaluate("navigator.clipboard.readText()") == "Đạt\t98,3"


def test_a_colleagues_edit_is_never_overwritten_silently(desk, clerk, browser):
    clerk.goto(DRAFT)
    other = browser.new_context(base_url=desk.url)
    colleague = other.new_page()
    sign_in(colleague, "quantri")
    colleague.goto(DRAFT)
    choose(colleague, "05734", "12.1")
    colleague.keyboard.type("91,5")
    colleague.keyboard.press("Enter")
    saved(colleague)
    choose(clerk, "05734", "12.1")
    paste(clerk, "92,5\nx\n")  # the second cell is of another commune: invalid, and nobody's
    clerk.wait_for_selector('td[data-commune="05734"][data-indicator="12.1"][data-status="conflict"]')
    text = clerk.locator("#problems li").first.text_content()
    assert "của tôi “92,5”" in text
    assert "Quản trị hệ thống đã ghi “91,5”" in text
    assert stored(desk)["05734"]["12.1"] == 91.5
    clerk.locator("#problems button", has_text="Giữ của tôi").first.click()
    expect(cell(clerk, "05734", "12.1")).to_have_attribute("data-status", "saved")
    assert stored(desk)["05734"]["12.1"] == 92.5
    other.close()


def test_an_approved_figure_asks_why(desk, clerk):
    clerk.goto("/nhap-lieu/2017/165/")
    choose(clerk, "05524", "4.2")
    clerk.keyboard.type("99,5")
    clerk.keyboard.press("Enter")
    clerk.locator("#why[open]").wait_for()
    assert stored(desk, 2017, "165")["05524"]["4.2"] != 99.5
    clerk.locator("#why-text").fill("Theo công văn 12")
    clerk.locator("#why button[value=ok]").click()
    saved(clerk)
    assert stored(desk, 2017, "165")["05524"]["4.2"] == 99.5


def test_cells_typed_without_network_survive_a_reload_and_a_lost_session(desk, clerk):
    clerk.goto("/nhap-lieu/2018/171/")
    clerk.context.set_offline(True)
    choose(clerk, "05767", "1.1")
    row = ["x"] * 6 + ["88"] + ["x"] * 2 + ["96,5", "75"] + ["x"] * 2 + ["100"] + ["x"] * 5
    paste(clerk, "\n".join("\t".join(row) for _ in range(28)))
    clerk.locator("#paste button[value=ok]").click()
    expect(clerk.locator("#saved")).to_contain_text("532 ô chờ mạng")
    clerk.context.clear_cookies(name="sessionid")
    clerk.context.set_offline(False)
    clerk.locator("#signin[open]").wait_for()
    clerk.locator("#signin button[value='']").click()
    clerk.goto("/dang-nhap/")  # the page is left altogether, the cells stay in the browser
    sign_in(clerk, "chuyenvien")
    clerk.goto("/nhap-lieu/2018/171/")
    saved(clerk)
    rows = stored(desk, 2018, "171")
    assert len(rows) == 28
    assert all((row["1.1"], row["3.1"], row["4.2"]) == ("Đạt", 88, 96.5) for row in rows.values())


def test_signing_in_again_in_place_sends_what_waits(desk, clerk):
    clerk.goto(EMPTY)
    clerk.context.clear_cookies(name="sessionid")
    choose(clerk, "05746", "4.2")
    clerk.keyboard.type("95,5")
    clerk.keyboard.press("Enter")
    clerk.locator("#signin[open]").wait_for()
    clerk.locator("#signin-name").fill("chuyenvien")
    clerk.locator("#signin-password").fill("sai")
    clerk.locator("#signin button[value=ok]").click()
    clerk.locator("#signin-error:has-text('không đúng')").wait_for()
    clerk.locator("#signin-password").fill("mat-khau-dung-thu")
    clerk.locator("#signin button[value=ok]").click()
    saved(clerk)
    assert stored(desk, 2018)["05746"]["4.2"] == 95.5


def test_a_cell_typed_again_while_it_is_being_sent_is_sent_again(desk, clerk):
    """The answer to the first value says nothing of the second one, which must not go with it."""
    sent = []
    clerk.goto(DRAFT)
    clerk.route("**/luu/", lambda route: sent.append(route) or (len(sent) > 1 and route.continue_()))
    choose(clerk, "05734", "12.1")
    with clerk.expect_request("**/luu/"):
        clerk.keyboard.type("93,5")
        clerk.keyboard.press("Enter")
    choose(clerk, "05734", "12.1")
    clerk.keyboard.type("94,5")
    clerk.keyboard.press("Enter")
    sent[0].continue_()
    saved(clerk)
    assert stored(desk)["05734"]["12.1"] == 94.5
    assert len(sent) == 2


def test_a_restarted_server_loses_nothing(desk, clerk):
    clerk.goto(EMPTY)
    desk.stop(kill=True)
    choose(clerk, "05749", "4.2")
    clerk.keyboard.type("96,1")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#saved")).to_contain_text("chờ mạng")
    assert cell(clerk, "05749", "4.2").get_attribute("data-status") == "waiting"
    desk.start()
    saved(clerk)
    assert stored(desk, 2018)["05749"]["4.2"] == 96.1


def test_last_years_figures_are_marked_until_confirmed(desk, clerk):
    clerk.goto(EMPTY)
    choose(clerk, "05755", "16.1")
    clerk.keyboard.press("F6")
    copied = cell(clerk, "05755", "16.1")
    assert copied.get_attribute("data-held") is not None
    clerk.wait_for_timeout(300)
    assert stored(desk, 2018)["05755"]["16.1"] is None, "nothing is sent before it is confirmed"
    choose(clerk, "05755", "16.1")
    clerk.keyboard.press("Enter")
    saved(clerk)
    assert stored(desk, 2018)["05755"]["16.1"] == stored(desk, 2017)["05755"]["16.1"]


def test_a_warning_is_accepted_with_one_key_and_recorded(desk, clerk):
    clerk.goto(DRAFT)
    choose(clerk, "05722", "14.3")
    clerk.keyboard.type("99,9")
    clerk.keyboard.press("Enter")
    saved(clerk)
    warned = cell(clerk, "05722", "14.3")
    warned.click()
    assert "Chênh lớn so với năm trước" in warned.get_attribute("data-warning")
    clerk.keyboard.press("F8")
    expect(clerk.locator("td.at")).not_to_have_attribute("data-warning", re.compile("."))
    clerk.reload()
    assert warned.get_attribute("data-warning") is None


def test_jump_to_a_commune_typed_without_accents(clerk):
    clerk.goto(DRAFT)
    clerk.locator("#jump").fill("lien minh")
    assert clerk.locator("td.at").get_attribute("data-commune") == "05752"


@pytest.mark.parametrize("width", [1280, 360] if WHOLE else [1280])
def test_axe_finds_nothing(clerk, width):
    from axe_playwright_python.sync_playwright import Axe

    clerk.set_viewport_size({"width": width, "height": 900})
    for path in ("/nhap-lieu/", "/nhap-lieu/2017/", DRAFT, EMPTY):
        clerk.goto(path)
        results = Axe().run(clerk)
        assert results.violations_count == 0, results.generate_report()


def test_a_district_page_is_light(clerk):
    sizes = []
    clerk.on("response", lambda r: sizes.append(int(r.headers.get("content-length") or 0)))
    clerk.goto("/nhap-lieu/2017/171/")
    clerk.wait_for_load_state("networkidle")
    assert sum(sizes) < 600_000  # a development server sends static files as they are; compressed is measured in docs
