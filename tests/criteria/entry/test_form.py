"""The page of one commune over HTTP: what it shows, what it stores, and what becomes of everything else."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from communes.models import Commune
from criteria import actions
from criteria.actions import Entry
from criteria.entry.reconciling import Edit
from criteria.entry.reconciling import save as save_cells
from criteria.models import Assessment, ChangeEvent, Result, Via
from criteria.rules.verdicts import Given, Verdict
from criteria.rules.workflow import REASONS, State
from tests.criteria.making import assessment, result

pytestmark = pytest.mark.django_db
CODE = "05485"
URLENCODED = "application/x-www-form-urlencoded"


class FormReader(HTMLParser):
    """The inputs of the form of cells, by name, as a browser would send them."""

    def __init__(self, html: str):
        super().__init__()
        self.fields: dict[str, str] = {}
        self.inside, self.open, self.chosen = False, "", ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            self.inside = has.get("class") == "entry"
        name = has.get("name", "")
        if not self.inside:
            return
        if tag == "input" and has.get("type") not in ("checkbox", "radio"):
            self.fields[name] = has.get("value", "")
        elif tag in ("select", "textarea"):
            self.open = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in has:
            self.fields[self.open] = has.get("value", "")

    def handle_data(self, data):
        if self.inside and self.lasttag == "textarea" and self.open:
            self.fields[self.open] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self.open = ""
        if tag == "form":
            self.inside = False


def fields(response) -> dict[str, str]:
    return FormReader(response.content.decode()).fields


def text(response) -> str:
    return response.content.decode()


def url(code=CODE, year=2017) -> str:
    return reverse("entry_commune", args=[year, code])


@pytest.fixture
def form(client_of, staff, round_2017):
    """``form({"o:4.2:value": "97"})``: open the page as staff, change these fields, send it; follows a redirect."""

    def filled(changes: dict[str, str], officer=staff, year=2017, opened=None):
        client = client_of(officer)
        sent = (opened or fields(client.get(url(year=year)))) | changes
        return client.post(url(year=year), urlencode(sent), content_type=URLENCODED, follow=True)

    return filled


@pytest.fixture
def stored(round_2017):
    return lambda code: result(round_2017, CODE, code)


def events(round, code=CODE):
    return ChangeEvent.objects.filter(round=round, commune__code=code, via=Via.FORM)


def test_every_cell_is_there_with_its_requirement_and_last_years_figure(client_of, staff, standard_2017):
    page = client_of(staff).get(url())
    keys = {name.split(":")[1] for name in fields(page) if name.startswith("o:")}
    assert keys == {"population", "households", "poor_households", "income", *(x.code for x in standard_2017.lines)}
    assert "QĐ 1980/QĐ-TTg, chỉ tiêu 4.2" in text(page)
    assert "chưa đối chiếu văn bản" in text(page)
    assert "mức minh họa" in text(page)
    assert "Năm trước: 6933" in text(page)


@pytest.mark.parametrize("who", ["chuyenvien", "lanhdao", "quantri"])
def test_the_page_asks_the_database_eight_times(client_of, officer, who, django_assert_max_num_queries):
    """Session, officer, rounds, lines, requirements, assessments, statistics, results."""
    client = client_of(officer(username=who))
    with django_assert_max_num_queries(8):
        assert client.get(url()).status_code == 200


def test_a_form_sent_back_as_it_came_changes_nothing(client_of, staff, round_2017):
    exotic = {
        "5.1": Given(value=Decimal("66.666667"), numerator=Decimal(2), denominator=Decimal(3)),
        "4.1": Given(value=Decimal(1), claim=Verdict.NOT_MET, reason="Đường dây cũ", note="  hai  dấu cách"),
        "9.1": Given(value=Decimal("1.125")),
        "11.1": Given(claim=Verdict.NOT_APPLICABLE, reason="chưa điều tra"),
    }
    commune = assessment(round_2017, CODE).commune_id
    actions.record(round_2017, [Entry(commune, {}, exotic)], by=staff, via=Via.COMMAND)
    before = list(Result.objects.filter(assessment__round=round_2017).order_by("pk").values())
    client = client_of(staff)
    answer = client.post(url(), fields(client.get(url())), follow=True)
    assert "Không có ô nào thay đổi." in text(answer)
    assert list(Result.objects.filter(assessment__round=round_2017).order_by("pk").values()) == before
    assert not events(round_2017).exists()


def test_what_is_typed_is_stored_judged_and_logged(form, stored, round_2017, staff):
    answer = form({"o:4.2:value": "94,9", "o:4.2:note": "Theo điện lực", "o:households:value": "1.900"})
    assert answer.redirect_chain[0][0] == url(), "a reload sends nothing again"
    assert "Đã lưu 2 ô." in text(answer)
    cell = stored("4.2")
    assert (cell.value, cell.note, cell.verdict) == (Decimal("94.9"), "Theo điện lực", Verdict.NOT_MET)
    event = events(round_2017).get()
    assert event.by == staff
    assert set(event.changes) == {"4.2", "households", "11.1"}


def test_two_counts_give_the_exact_ratio(form, stored):
    form({"o:5.1:numerator": "2", "o:5.1:denominator": "3"})
    cell = stored("5.1")
    assert (cell.value, cell.numerator, cell.denominator) == (Decimal("66.666667"), 2, 3)


def test_a_ratio_is_judged_before_it_is_rounded(form, stored):
    """699.999.999 of 1.000.000.000 is less than the 70 % it rounds to."""
    form({"o:5.1:numerator": "699999999", "o:5.1:denominator": "1000000000"})
    assert (stored("5.1").value, stored("5.1").verdict) == (Decimal("70"), Verdict.NOT_MET)


def test_a_value_typed_beside_two_counts_has_to_agree_with_them(form, stored):
    before = stored("5.1").value
    answer = form({"o:5.1:value": "70", "o:5.1:numerator": "2", "o:5.1:denominator": "3"})
    assert "Khác với tử số ÷ mẫu số (66,67 %)" in text(answer)
    assert stored("5.1").value == before
    form({"o:5.1:value": "66,7", "o:5.1:numerator": "2", "o:5.1:denominator": "3"})
    assert stored("5.1").value == Decimal("66.666667")


def test_a_value_can_replace_counts_that_are_taken_away(form, stored):
    form({"o:5.1:numerator": "2", "o:5.1:denominator": "3"})
    form({"o:5.1:value": "80", "o:5.1:numerator": "", "o:5.1:denominator": ""})
    assert (stored("5.1").value, stored("5.1").numerator, stored("5.1").denominator) == (Decimal(80), None, None)


def test_not_applicable_and_a_verdict_against_the_rule_come_with_their_reasons(form, stored):
    form(
        {
            "o:17.2:claim": "not_applicable",
            "o:17.2:reason": "Không có cơ sở sản xuất",
            "o:4.2:claim": "not_met",
            "o:4.2:reason": "Đoàn thẩm tra kết luận",
        }
    )
    assert (stored("17.2").verdict, stored("17.2").reason) == (Verdict.NOT_APPLICABLE, "Không có cơ sở sản xuất")
    assert (stored("4.2").verdict, stored("4.2").ruled) == (Verdict.NOT_MET, Verdict.MET)


def test_a_claim_that_only_repeats_the_rule_is_none(form, stored):
    """Else it would stand against the rule, without a reason, as soon as the figure changes."""
    form({"o:4.2:value": "99", "o:4.2:claim": "met"})
    assert (stored("4.2").claim, stored("4.2").verdict) == ("", Verdict.MET)


def test_a_reason_goes_with_the_claim_it_was_given_for(form, stored):
    form({"o:4.2:claim": "not_met", "o:4.2:reason": "Đoàn thẩm tra kết luận"})
    form({"o:4.2:claim": ""})
    assert (stored("4.2").claim, stored("4.2").reason, stored("4.2").verdict) == ("", "", Verdict.MET)


@pytest.mark.parametrize(
    ("word", "value", "claim", "verdict"),
    [("met", 1, "", "met"), ("not_met", 0, "", "not_met"), ("", None, "", "unknown")],
)
def test_a_word_under_a_rule_is_judged_by_it(form, stored, word, value, claim, verdict):
    form({"o:4.1:claim": "not_applicable", "o:4.1:reason": "thử"})
    form({"o:4.1:claim": word})
    assert (stored("4.1").value, stored("4.1").claim, stored("4.1").verdict) == (value, claim, verdict)


def test_a_word_without_a_rule_is_the_officers_own(form, stored):
    form({"o:2.1:claim": "not_met"})
    assert (stored("2.1").value, stored("2.1").claim, stored("2.1").verdict) == (None, "not_met", Verdict.NOT_MET)


def test_derived_lines_follow_the_statistics_and_carry_only_what_is_said_about_them(form, stored):
    answer = form({"o:poor_households:value": "933", "o:households:value": "1866", "o:11.1:value": "1"})
    assert "Không có ô “11.1, value” trong phiếu này" in text(answer)
    assert (stored("11.1").value, stored("11.1").numerator) == (50, 933)
    form({"o:11.1:claim": "met", "o:11.1:reason": "Theo kết quả rà soát lại"})
    assert (stored("11.1").verdict, stored("11.1").ruled) == (Verdict.MET, Verdict.NOT_MET)


def test_statistics_wait_when_they_would_turn_a_verdict_against_the_rule(form, round_2017, staff, stored):
    commune = assessment(round_2017, CODE).commune_id
    actions.record(round_2017, [Entry(commune, {}, {"11.1": Given(claim=Verdict.MET)})], by=staff, via=Via.COMMAND)
    answer = form({"o:poor_households:value": "933", "o:4.2:value": "97"})
    assert "Chưa lưu: kết luận ở chỉ tiêu 11.1 cần ghi lý do." in text(answer)
    assert fields(answer)["o:poor_households:value"] == "933"
    assert (stored("11.1").numerator, stored("4.2").value) == (83, 97)
    form({"o:11.1:reason": "Theo rà soát lại"}, opened=fields(answer))
    assert (stored("11.1").numerator, stored("11.1").verdict) == (933, Verdict.MET)


BAD = [
    ("4.2", "value", "chín mươi", "không phải là số"),
    ("4.2", "value", "101", "nằm ngoài khoảng 0–100"),
    ("population", "value", "-5", "nằm ngoài khoảng"),
    ("population", "value", "7009,5", "phải là số nguyên"),
    ("4.2", "value", "9,7,1", "không phải là số"),
    ("4.2", "value", "9" * 40_000, "Nội dung dài quá 500 ký tự (đang có 40.000)"),
    ("4.2", "note", "a" * 40_000, "Nội dung dài quá 500 ký tự (đang có 40.000)"),
    ("4.2", "note", "a\x00b", "Có ký tự không đọc được"),
    ("4.2", "value", "9\x007", "không phải là số"),
    ("4.2", "claim", "approved", "không có trong danh sách"),
    ("income", "value", "0.125", "đọc được theo hai cách"),
]
TOGETHER = [
    ({"numerator": "3", "denominator": "0"}, "denominator", "Mẫu số phải lớn hơn 0."),
    ({"numerator": "4", "denominator": "3"}, "numerator", "Tử số (4) lớn hơn mẫu số (3)"),
    ({"numerator": "-1", "denominator": "3"}, "numerator", "nằm ngoài khoảng"),
    ({"numerator": "3"}, "denominator", "Cần cả tử số và mẫu số"),
    ({"claim": "not_met"}, "reason", "Kết luận khác với mức quy định cần ghi lý do."),
    ({"claim": "not_applicable"}, "reason", "“Không xét” cần ghi lý do."),
    ({"reason": "vì thế"}, "reason", "Lý do chỉ đi với “Không xét”"),
]
CASES = [(key, {part: typed}, part, message) for key, part, typed, message in BAD]
CASES += [("4.2", typed, part, message) for typed, part, message in TOGETHER]


@pytest.mark.parametrize(("key", "typed", "part", "message"), CASES, ids=[case[3][:30] for case in CASES])
def test_bad_input_is_explained_at_its_field_and_the_rest_is_stored(form, stored, key, typed, part, message):
    before = stored("4.2").value
    answer = form({f"o:{key}:{name}": given for name, given in typed.items()} | {"o:3.1:value": "81,5"})
    html = text(answer)
    assert message in html.split(f'id="e:o:{key}:{part}"')[1].split("</p>")[0], "at the field"
    assert f'<a href="#o:{key}:{part}">' in html, "and in the summary"
    kept = {name: fields(answer)[f"o:{key}:{name}"].replace("�", "\x00") for name in typed if name != "claim"}
    assert kept == {name: given for name, given in typed.items() if name != "claim"}
    assert (stored("3.1").value, stored("4.2").value) == (Decimal("81.5"), before)
    assert "Đã lưu 1 ô; những ô dưới đây chưa lưu" in html


def test_forged_fields_are_named_and_the_rest_is_stored(form, stored):
    forged = {f"o:{key}:value": "1" for key in ("99.9", "", "4.2\x00", "x" * 5000)}
    answer = form({**forged, "base:__class__": "{}", "o:4.2:__class__": "1", "o:3.1:value": "81,5"})
    assert answer.status_code == 200
    assert "Không có ô “99.9” trong phiếu này" in text(answer)
    assert stored("3.1").value == Decimal("81.5")


@pytest.mark.parametrize(
    "base", ["", "[]", "{", '{"value":"NaN"}', '{"value":[]}', '{"claim":"x"}', "[" * 4000, "null"]
)
def test_a_cell_that_does_not_say_what_it_was_based_on_overwrites_nothing(form, stored, base):
    before = stored("4.2").value
    answer = form({"o:4.2:value": "50", "base:4.2": base})
    assert "người khác vừa sửa ô này" in text(answer)
    assert stored("4.2").value == before


class TestTwoOfficersAtOneCell:
    @pytest.fixture
    def returned(self, client_of, staff, admin, form, round_2017):
        """Staff opened the page; the administrator changed 4.2 meanwhile; then staff saved 4.2 and 3.1."""
        opened = fields(client_of(staff).get(url()))
        form({"o:4.2:value": "96", "o:4.2:note": "Theo điện lực"}, officer=admin)
        return form({"o:4.2:value": "97", "o:3.1:value": "81,5"}, opened=opened)

    def test_it_comes_back_with_both_values_and_who(self, returned, stored, admin):
        html = text(returned)
        assert f"{admin.full_name} vừa sửa ô này lúc" in html
        assert "giữ của tôi: <b>97</b>" in html
        assert "lấy của họ: <b>kết quả 96; ghi chú Theo điện lực</b>" in html
        assert fields(returned)["o:4.2:value"] == "97"
        assert (stored("4.2").value, stored("3.1").value) == (96, Decimal("81.5"))

    def test_mine_can_be_kept(self, returned, form, stored):
        form({"choice:4.2": "mine"}, opened=fields(returned))
        assert (stored("4.2").value, stored("4.2").note) == (97, "")

    def test_theirs_can_be_taken(self, returned, form, stored):
        answer = form({"choice:4.2": "theirs"}, opened=fields(returned))
        assert answer.redirect_chain
        assert (stored("4.2").value, stored("4.2").note) == (96, "Theo điện lực")

    def test_without_a_choice_nothing_is_overwritten(self, returned, form, stored):
        again = form({}, opened=fields(returned))
        assert "giữ của tôi" in text(again)
        assert stored("4.2").value == 96

    def test_a_choice_made_over_a_figure_that_changed_again_is_asked_once_more(self, returned, form, stored, admin):
        form({"o:4.2:value": "95"}, officer=admin)
        again = form({"choice:4.2": "mine"}, opened=fields(returned))
        assert "lấy của họ: <b>kết quả 95; ghi chú Theo điện lực</b>" in text(again)
        assert stored("4.2").value == 95
        form({"choice:4.2": "mine"}, opened=fields(again))
        assert stored("4.2").value == 97

    def test_a_choice_survives_a_mistyped_figure(self, returned, form, stored):
        wrong = form({"choice:4.2": "mine", "o:4.2:value": "chín bảy"}, opened=fields(returned))
        assert "không phải là số" in text(wrong)
        form({"o:4.2:value": "97"}, opened=fields(wrong))
        assert stored("4.2").value == 97

    def test_cells_that_this_officer_did_not_touch_are_no_conflict(self, client_of, staff, admin, form, stored):
        opened = fields(client_of(staff).get(url()))
        form({"o:4.2:value": "96"}, officer=admin)
        answer = form({"o:3.1:value": "81,5"}, opened=opened)
        assert answer.redirect_chain
        assert (stored("4.2").value, stored("3.1").value) == (96, Decimal("81.5"))

    def test_the_same_figure_twice_is_no_conflict(self, client_of, staff, admin, form, stored):
        opened = fields(client_of(staff).get(url()))
        form({"o:4.2:value": "96"}, officer=admin)
        assert form({"o:4.2:value": "96,0"}, opened=opened).redirect_chain

    def test_a_change_made_in_the_grid_is_seen_too(self, client_of, staff, admin, form, stored, round_2017):
        opened = fields(client_of(staff).get(url()))
        edit = Edit(CODE, "4.2", opened["o:4.2:value"], "96")
        assert save_cells(round_2017, [edit], by=admin, via=Via.GRID).outcomes[0].status == "saved"
        assert "giữ của tôi" in text(form({"o:4.2:value": "97"}, opened=opened))


class TestApproved:
    @pytest.fixture(autouse=True)
    def approved(self, round_2017):
        round_2017.assessments.update(state=State.APPROVED)

    def test_a_figure_changes_only_with_a_reason(self, form, stored):
        before = stored("4.2").value
        answer = form({"o:4.2:value": "97"})
        assert "Số liệu đã duyệt: sửa cần ghi lý do." in text(answer)
        assert '<a href="#reason">' in text(answer)
        assert fields(answer)["o:4.2:value"] == "97"
        assert stored("4.2").value == before

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ({"reason-choice": REASONS[0]}, REASONS[0]),
            ({"reason": " Công văn  số 12 "}, "Công văn số 12"),
            ({"reason-choice": REASONS[1], "reason": "Công văn số 12"}, f"{REASONS[1]}; Công văn số 12"),
        ],
    )
    def test_from_the_list_or_in_words(self, form, stored, round_2017, given, kept):
        form({"o:4.2:value": "97", **given})
        assert stored("4.2").value == 97
        assert events(round_2017).get().reason == kept

    @pytest.mark.parametrize(
        ("reason", "message"),
        [("a" * 301, "Lý do dài quá 300 ký tự."), ("a\x00b", "Lý do có ký tự không đọc được; hãy gõ lại.")],
    )
    def test_a_reason_that_cannot_be_stored_is_asked_for_again(self, form, stored, reason, message):
        answer = form({"o:4.2:value": "97", "reason": reason})
        assert message in text(answer)
        assert fields(answer)["o:4.2:value"] == "97"
        assert fields(answer)["reason"].replace("�", "\x00") == reason
        assert stored("4.2").value != 97

    def test_a_reason_that_is_not_on_the_list_is_none(self, form, stored):
        form({"o:4.2:value": "97", "reason-choice": "Vì thích"})
        assert stored("4.2").value != 97


def test_submitted_it_can_only_be_read_and_what_was_typed_is_not_lost(client_of, staff, form, round_2017, stored):
    opened = fields(client_of(staff).get(url()))
    round_2017.assessments.update(state=State.SUBMITTED)
    page = client_of(staff).get(url())
    assert not fields(page)
    assert "Xã đã nộp, đang chờ duyệt" in text(page)
    answer = form({"o:4.2:value": "97"}, opened=opened)
    assert "Xã đã nộp, đang chờ duyệt" in text(answer)
    assert fields(answer)["o:4.2:value"] == "97"
    assert stored("4.2").value != 97


def test_a_closed_year_can_only_be_read(client_of, staff, leader, form, round_2017, stored):
    opened = fields(client_of(staff).get(url()))
    actions.close_year(round_2017, by=leader, reason="thử")
    page = client_of(staff).get(url())
    assert not fields(page)
    assert "Năm 2017 đã khóa" in text(page)
    assert "Năm này đã khóa." in text(form({"o:4.2:value": "97"}, opened=opened))
    assert stored("4.2").value != 97


class TestWhoMaySeeIt:
    def test_a_leader_and_the_districts_own_official_only_read(self, client_of, leader, daitu, round_2017):
        code = Assessment.objects.filter(round=round_2017, commune__district__code="171").first().commune.code
        for officer in (leader, daitu):
            page = client_of(officer).get(url(code))
            assert page.status_code == 200
            assert not fields(page)
            assert "chỉ xem" in text(page)
            assert client_of(officer).post(url(code), {"o:4.2:value": "1"}).status_code == 403

    def test_another_districts_commune_is_not_there(self, client_of, daitu):
        assert client_of(daitu).get(url()).status_code == 404
        assert client_of(daitu).post(url(), {}).status_code == 404

    def test_viewers_stay_outside_and_strangers_sign_in(self, client_of, viewer, client):
        assert client_of(viewer).get(url()).status_code == 403
        assert client.get(url()).status_code == 302

    @pytest.mark.parametrize(("code", "year"), [("99999", 2017), ("05482", 2017), (CODE, 1999), ("x" * 3000, 2017)])
    def test_what_is_not_in_the_round_is_not_there(self, client_of, staff, code, year):
        assert client_of(staff).get(url(code, year)).status_code == 404
        assert client_of(staff).post(url(code, year), {}).status_code == 404


def test_each_role_finds_its_steps(client_of, staff, leader, round_2017):
    assert 'value="submit"' in text(client_of(staff).get(url()))
    assert 'name="step"' not in text(client_of(leader).get(url()))
    step = {"step": "submit", "commune": CODE, "back": "commune", "reason": ""}
    answer = client_of(staff).post(reverse("entry_step", args=[2017]), step)
    assert answer.url == url()
    assert assessment(round_2017, CODE).state == State.SUBMITTED
    page = text(client_of(leader).get(url()))
    assert 'value="approve"' in page
    assert 'value="send_back"' in page


def test_a_step_takes_any_reason_that_can_be_typed_or_forged(client_of, staff, round_2017):
    step = {"step": "submit", "commune": CODE, "back": "commune", "reason": "a\x00b"}
    assert client_of(staff).post(reverse("entry_step", args=[2017]), step).status_code == 302
    assert assessment(round_2017, CODE).state == State.SUBMITTED


def test_a_warning_is_accepted_as_it_was_shown(form, client_of, staff, round_2017):
    answer = form({"o:4.2:value": "60"})
    assert "Đã lưu 1 ô. Còn 1 cảnh báo cần xem." in text(answer)
    warning = "Chênh lớn so với năm trước (99,4)."
    assert f'name="accept:4.2" value="{warning}"' in text(answer)
    form({"accept:4.2": "Chênh lớn so với năm trước (12)."})
    assert assessment(round_2017, CODE).accepted == {}
    answer = form({"accept:4.2": warning})
    assert assessment(round_2017, CODE).accepted == {"4.2": warning}
    assert "Đã chấp nhận." in text(answer)
    assert events(round_2017).order_by("-sequence").first().changes == {"4.2!": [None, warning]}


def test_a_warning_about_a_figure_that_is_corrected_is_not_accepted(form, round_2017):
    form({"o:4.2:value": "60"})
    form({"o:4.2:value": "99", "accept:4.2": "Chênh lớn so với năm trước (99,4)."})
    assert assessment(round_2017, CODE).accepted == {}


def test_the_sheet_prints_filled_or_empty(client_of, staff, leader, round_2017):
    filled, empty = (text(client_of(leader).get(f"{url()}?{query}")) for query in ("in=1", "trong=1"))
    assert ">7009<" in filled
    assert ">7009<" not in empty
    assert "☐ Đạt" in empty
    assert "6933" in empty, "last year's figures are there to compare with"
    assert not fields(client_of(staff).get(f"{url()}?trong=1"))


def test_an_empty_commune_is_filled_in_one_save(client_of, staff, round_2018):
    client = client_of(staff)
    opened = fields(client.get(url(year=2018)))
    words = {name: "met" for name in opened if name.endswith(":claim")}
    numbers = {name: "100" for name in opened if name.endswith(":value")}
    figures = {"o:9.1:value": "0", "o:15.3:value": "10", "o:poor_households:value": "2"}
    answer = client.post(url(year=2018), opened | words | numbers | figures, follow=True)
    assert answer.redirect_chain, text(answer)
    row = assessment(round_2018, CODE)
    assert (row.met_count, row.known_mask.bit_count()) == (19, 19)


def test_after_the_district_level_ended_the_page_still_opens(client_of, staff, province, round_2017):
    """From 1/7/2025 communes have no district: there is nobody to compare with, and no link to a district's grid."""
    Commune.objects.in_force(date(2017, 12, 31)).filter(code=CODE).update(district=None)
    assert client_of(staff).get(url()).status_code == 200
