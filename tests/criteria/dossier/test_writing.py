"""The dossier page as it is written in: opinions in one table, papers, the decision; who may, and what is refused."""

import hashlib
import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communes.models import Arrears, Recognition
from criteria import actions
from criteria.dossier import actions as appraisal
from criteria.dossier.forms import read_opinions
from criteria.models import AssessmentRound, ChangeEvent, Evidence, Opinion
from reports.demo.assessments import ACCOUNTS

from .test_attachments import BOMBS, PDF, REFUSED, refused_file

pytestmark = pytest.mark.django_db

OWN, FOREIGN = "05773", "05944"  # of Đại Từ, of Phú Bình
NAM = "?nam=2017"
WRITERS = ("quantri", "chuyenvien")
DECISION = {"so": "1234/QĐ-UBND", "ngay": "2/5/2018", "tinh_cho": "2017", "muc": "dat_chuan"}


def at(part: str = "", code: str = OWN) -> str:
    return f"/xa/{code}/ho-so/{part}{NAM}"


@pytest.fixture
def client(client_of, staff):
    return client_of(staff)


def table(client, answer=None) -> dict[str, dict[str, str]]:
    """The lines of the table of opinions as a browser would send them."""
    html = (answer or client.get(at())).content.decode()
    lines: dict[str, dict[str, str]] = {}
    for key, line in re.findall(r'<tr data-row="([\w-]+)">(.*?)</tr>', html, re.S):
        sent = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]*? value="([^"]*)"', line))
        for name, options in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', line, re.S):
            chosen = re.search(r'value="([^"]*)" selected', options)
            sent[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]
        lines[key] = {name.removeprefix(f"{key}-"): value for name, value in sent.items()}
    return lines


def send(client, lines: dict[str, dict[str, str]], **more):
    flat = {f"{key}-{name}": value for key, line in lines.items() for name, value in line.items()}
    return client.post(at("y-kien/"), flat, **more)


def agree(client):
    """Every department in charge agrees."""
    lines = table(client)
    some = next(line["co_quan"] for line in lines.values() if line["co_quan"])
    for key, line in lines.items():
        if key != "them":
            line |= {"tra_loi": "co", "co_quan": line["co_quan"] or some}
    return send(client, lines)


def attach(client, content: bytes = PDF, name: str = "bien-ban.pdf", code: str = OWN, **fields):
    return client.post(at("minh-chung/", code), {"tep": SimpleUploadedFile(name, content)} | fields)


def test_a_table_sent_as_it_was_shown_changes_nothing(client):
    before = ChangeEvent.objects.count()
    answer = send(client, table(client))
    assert (answer.status_code, answer.url) == (302, f"/xa/{OWN}/ho-so/?nam=2017#y-kien")
    assert not Opinion.objects.exists()
    assert ChangeEvent.objects.count() == before


def test_one_click_stores_what_was_changed_and_the_page_shows_it(client):
    lines = table(client)
    assert len(lines) == 19 + 1
    key = next(key for key in lines if key.startswith("m5-"))
    lines[key] |= {"tra_loi": "khong", "noi_dung": "Thiếu  phòng học", "so": "12/SGD", "ngay": "1/3/2018"}
    assert send(client, lines).status_code == 302
    opinion = Opinion.objects.get()
    assert (opinion.criterion, opinion.agrees, opinion.text) == (5, False, "Thiếu phòng học")
    assert (opinion.paper_number, opinion.paper_on) == ("12/SGD", date(2018, 3, 1))
    shown = table(client)[f"y{opinion.pk}"]
    assert (shown["tra_loi"], shown["noi_dung"], shown["ngay"]) == ("khong", "Thiếu phòng học", "01/03/2018")
    before = ChangeEvent.objects.count()
    send(client, table(client))
    assert ChangeEvent.objects.count() == before


def test_another_department_is_added_on_the_last_line(client):
    agree(client)
    lines = table(client)
    other = next(line["co_quan"] for line in lines.values() if line.get("tieu_chi") not in ("5", ""))
    lines["them"] |= {"tieu_chi": "5", "co_quan": other, "tra_loi": "cho"}
    assert send(client, lines).status_code == 302
    assert Opinion.objects.filter(criterion=5).count() == 2


def test_a_stored_opinion_can_be_taken_back(client):
    agree(client)
    stored = Opinion.objects.get(criterion=5)
    lines = table(client)
    lines[f"y{stored.pk}"]["tra_loi"] = "rut"
    send(client, lines)
    stored.refresh_from_db()
    assert stored.withdrawn_at
    assert f"y{stored.pk}" not in table(client)


def test_a_line_that_cannot_be_read_keeps_all_lines_from_being_stored_and_none_is_lost(client):
    lines = table(client)
    five, six = (next(key for key in lines if key.startswith(f"m{number}-")) for number in (5, 6))
    lines[five] |= {"tra_loi": "co", "noi_dung": "giữ lại"}
    lines[six] |= {"tra_loi": "co", "ngay": "31/2/2018"}
    answer = send(client, lines)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Tiêu chí 6: Ngày văn bản" in html
    assert 'value="giữ lại"' in html
    assert 'value="31/2/2018"' in html
    assert not Opinion.objects.exists()
    lines = table(client, answer)
    lines[six]["ngay"] = "28/2/2018"
    assert send(client, lines).status_code == 302
    assert list(Opinion.objects.values_list("criterion", "text")) == [(5, "giữ lại"), (6, "")]


def test_typing_without_choosing_an_answer_is_asked_about(client):
    lines = table(client)
    key = next(key for key in lines if key.startswith("m5-"))
    lines[key]["noi_dung"] = "Thiếu"
    answer = send(client, lines)
    assert answer.status_code == 409
    assert "Tiêu chí 5: Ý kiến" in answer.content.decode()


def test_a_page_left_open_does_not_overwrite_what_a_colleague_wrote(client):
    agree(client)
    stored = Opinion.objects.get(criterion=5)
    mine, theirs = table(client), table(client)
    theirs[f"y{stored.pk}"] |= {"tra_loi": "khong", "noi_dung": "Thiếu"}
    send(client, theirs)
    mine[f"y{stored.pk}"]["noi_dung"] = "Đủ"
    answer = send(client, mine)
    assert answer.status_code == 409
    assert "vừa được người khác sửa" in answer.content.decode()
    assert "không nhất trí; Thiếu" in answer.content.decode()
    stored.refresh_from_db()
    assert stored.text == "Thiếu"
    assert send(client, table(client, answer)).status_code == 302  # seen, and meant
    stored.refresh_from_db()
    assert (stored.text, stored.agrees) == ("Đủ", True)


ODD = ["\0", "x" * 10_000, "٣", "-1", "9" * 30, "<script>", "'", "\ud7ff"]
FIELDS = ["tieu_chi", "co_quan", "tra_loi", "noi_dung", "so", "ngay", "goc", "thay"]


def odd_lines(client) -> list[str]:
    """The key of a new line, of a stored opinion, and keys that no line has."""
    return ["them", f"y{Opinion.objects.get(criterion=5).pk}", "y", "y²", f"y{9**40}", "zzz"]


@pytest.mark.parametrize("name", FIELDS)
def test_nonsense_in_a_line_is_stored_or_refused_and_no_fault(client, staff, name):
    """Without the pages around it: what the form takes goes on to what stores it."""
    agree(client)
    assessment = AssessmentRound.objects.get(as_of=date(2017, 12, 31)).assessments.get(commune__code=OWN)
    department = str(Opinion.objects.get(criterion=5).department_id)
    line = {"tieu_chi": "5", "co_quan": department, "tra_loi": "co", "goc": ""}
    for key in odd_lines(client):
        for odd in ODD:
            post = {f"{key}-{field}": value for field, value in (line | {name: odd}).items()}
            before = list(Opinion.objects.order_by("pk").values())
            try:
                appraisal.give_opinions(assessment, read_opinions(post), by=staff)
            except ValidationError:
                assert list(Opinion.objects.order_by("pk").values()) == before, odd


def test_nonsense_in_every_line_is_no_fault_of_the_page_that_shows_it_again(client):
    client.raise_request_exception = False
    agree(client)
    keys = odd_lines(client)
    for odd in ODD:
        lines = {key: dict.fromkeys(FIELDS, odd) for key in keys}
        assert send(client, lines).status_code == 409, odd


def test_a_paper_is_attached_listed_and_downloaded_as_it_was_sent(client):
    answer = attach(client, ten="Biên bản thẩm tra", tieu_chi="5")
    assert (answer.status_code, answer.url) == (302, f"/xa/{OWN}/ho-so/?nam=2017#minh-chung")
    paper = Evidence.objects.get()
    html = client.get(at()).content.decode()
    assert "Biên bản thẩm tra" in html
    answer = client.get(at(f"minh-chung/{paper.pk}/"))
    assert b"".join(answer) == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bien-ban.pdf"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert paper.sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_withdrawn_paper_leaves_the_dossier_and_can_still_be_read(client):
    attach(client)
    paper = Evidence.objects.get()
    assert client.post(at(f"minh-chung/{paper.pk}/rut/")).status_code == 302
    html = client.get(at()).content.decode()
    assert 'data-item="evidence" data-ok="False"' in html
    assert "đã rút" in html
    assert client.get(at(f"minh-chung/{paper.pk}/")).status_code == 200
    assert client.post(at(f"minh-chung/{paper.pk}/rut/")).status_code == 409


@pytest.mark.parametrize("case", sorted(REFUSED.keys() - BOMBS))
def test_a_refused_file_is_told_why_and_nothing_of_it_is_kept(client, case):
    name, content, words = refused_file(case)
    before = ChangeEvent.objects.count()
    answer = attach(client, content, name)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert not Evidence.objects.exists()
    assert ChangeEvent.objects.count() == before


@pytest.mark.parametrize(
    "name", ["a\u202efdp.pdf", "a\u2066b.pdf", "x" * 250 + ".pdf", "..\\..\\a.pdf", 'a"b.pdf', "đ.pdf"]
)
def test_an_odd_name_of_a_good_file_is_made_plain(client, name):
    assert attach(client, name=name).status_code == 302
    paper = Evidence.objects.get()
    assert re.fullmatch(r"[\w.-]{1,100}", paper.filename)
    answer = client.get(at(f"minh-chung/{paper.pk}/"))
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tieu_chi": "20"}, "số 20"),
        ({"tieu_chi": "x"}, "Tiêu chí"),
        ({"ten": "x" * 201}, "200"),
        ({"tep": ""}, "Hãy chọn tệp"),
    ],
)
def test_a_form_that_cannot_be_read_is_told_why(client, fields, words):
    answer = attach(client, **fields)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert not Evidence.objects.exists()


def test_text_of_officers_stays_text(client):
    attach(client, ten="<b>x</b>")
    assert "&lt;b&gt;x" in client.get(at()).content.decode()


def test_a_decision_is_refused_until_the_dossier_passes_and_is_told_what_is_missing(client):
    Arrears.objects.create(
        commune=AssessmentRound.objects.get(as_of=date(2017, 12, 31)).assessments.get(commune__code=OWN).commune,
        work="Cầu Đát", value=900, paid=650, as_of=date(2018, 3, 1),
    )  # fmt: skip
    answer = client.post(at("quyet-dinh/"), DECISION)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "còn 21 mục" in html
    assert "Cầu Đát (250 triệu đồng)" in html
    assert 'value="1234/QĐ-UBND"' in html
    assert not Recognition.objects.filter(commune__code=OWN).exists()


def test_from_opinions_to_the_decision_its_revocation_and_back(client):
    agree(client)
    attach(client)
    assert "<strong>Đủ điều kiện" in client.get(at()).content.decode()
    assert client.post(at("quyet-dinh/"), DECISION).status_code == 302
    decision = Recognition.objects.get(commune__code=OWN)
    html = client.get(at()).content.decode()
    assert "Xã đã được công nhận đạt chuẩn" in html
    assert "1234/QĐ-UBND" in html
    assert "Ghi quyết định công nhận" not in html
    assert client.post(at("quyet-dinh/"), DECISION).status_code == 409
    there = at(f"quyet-dinh/{decision.pk}/thu-hoi/")
    revocation = {"so": "7/QĐ-UBND", "ngay": "1/9/2018", "ly_do": "Không giữ được tiêu chí 17"}
    for name in revocation:
        assert client.post(there, revocation | {name: ""}).status_code == 409
    assert client.post(there, revocation).status_code == 302
    assert "thu hồi ngày 01/09/2018 theo 7/QĐ-UBND" in client.get(at()).content.decode()
    assert "Không giữ được tiêu chí 17" in client.get("/nhat-ky/?nam=2017").content.decode()
    again = DECISION | {"so": "99/QĐ-UBND", "ngay": "5/11/2018", "tinh_cho": "2018"}
    assert client.post(at("quyet-dinh/"), again).status_code == 302
    assert Recognition.objects.filter(commune__code=OWN).count() == 2


def test_a_closed_year_shows_its_dossier_and_takes_nothing(client, leader):
    attach(client)
    round = AssessmentRound.objects.get(as_of=date(2017, 12, 31))
    lines = table(client)
    lines["them"] |= {"tieu_chi": "5", "tra_loi": "cho", "co_quan": next(iter(lines.values()))["co_quan"]}
    round.assessments.update(state="approved")
    actions.close_year(round, by=leader)
    html = client.get(at()).content.decode()
    assert "đã khóa" in html
    assert "Nộp tệp" not in html
    for answer in (send(client, lines), attach(client, PDF + b" ")):
        assert answer.status_code == 409
        assert "đã khóa" in answer.content.decode()
    assert client.post(at(f"minh-chung/{Evidence.objects.get().pk}/rut/")).status_code == 409


@pytest.fixture
def addresses(client):
    """The addresses of a dossier by code, with what is needed to write at them, and whether they are for writing."""
    made = {}
    for code in (OWN, FOREIGN):
        attach(client, code=code)
        paper = Evidence.objects.get(commune__code=code)
        commune = paper.commune
        decision = Recognition.objects.create(commune=commune, counts_for_year=2015, level="kieu_mau")
        parts = ["y-kien/", "minh-chung/", f"minh-chung/{paper.pk}/rut/", "quyet-dinh/"]
        made[code] = [*parts, f"quyet-dinh/{decision.pk}/thu-hoi/"], f"minh-chung/{paper.pk}/"
    return made


@pytest.mark.parametrize("username", [name for name, *_ in ACCOUNTS])
@pytest.mark.parametrize("code", [OWN, FOREIGN])
def test_who_may_do_what_in_which_dossier(addresses, client_of, officer, username, code):
    """Only staff and administrators write; files are for those who check; another district's commune is not there."""
    client = client_of(officer(username=username))
    writing, file = addresses[code]
    reach = username not in ("daitu", "phubinh") or (username == "daitu") == (code == OWN)
    assert client.get(at("", code)).status_code == (200 if reach else 404)
    assert client.get(at(file, code)).status_code == (403 if username == "nguoixem" else 200 if reach else 404)
    html = client.get(at("", code)).content.decode()
    assert ("<form" in html.split('id="noi-dung"')[1]) == (username in WRITERS)
    for part in writing:
        expected = {302, 409} if username in WRITERS else {403}
        assert client.post(at(part, code)).status_code in expected, part
        read = 302 if part == "y-kien/" else 405  # back to the page, for who comes from signing in again
        assert client.get(at(part, code)).status_code == (read if username in WRITERS else 403), part


def test_a_stranger_is_sent_to_the_login_page(addresses):
    for code, (writing, file) in addresses.items():
        for part in [*writing, file]:
            answer = Client().post(at(part, code), {"noi_dung": "đang gõ"})
            if part == "y-kien/":  # what was typed waits until the officer has signed in
                assert (answer.status_code, "đang gõ" in answer.context["kept"]) == (401, True)
            else:
                assert (answer.status_code, answer.url[:12]) == (302, "/dang-nhap/?")


def test_a_paper_or_decision_of_another_commune_is_not_there(client, addresses):
    """Not even under the address of a commune that may be seen."""
    writing, file = addresses[FOREIGN]
    assert client.get(at(file)).status_code == 404
    for part in (writing[2], writing[4]):
        data = {"so": "1", "ngay": "1/9/2018", "ly_do": "x"}
        assert client.post(at(part), data).status_code == 404
    assert client.get(at(f"minh-chung/{2**70}/")).status_code == 404


def test_a_paper_of_another_year_is_not_there(client, addresses):
    assert client.get(f"/xa/{OWN}/ho-so/{addresses[OWN][1]}?nam=2016").status_code == 404


def test_what_is_written_needs_the_token_of_the_page(staff, addresses):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    for part in addresses[OWN][0]:
        assert client.post(at(part)).status_code == 403


@pytest.mark.parametrize("username", ["chuyenvien", "daitu", "nguoixem"])
def test_a_full_page_takes_eight_queries(client, client_of, officer, django_assert_num_queries, username):
    """Session, officer, assessments; frame of the round, opinions, papers, debts, decisions."""
    agree(client)
    for number in range(3):
        attach(client, PDF + b" " * number)
    reader = client_of(officer(username=username))
    with django_assert_num_queries(8):
        reader.get(at())


def test_the_scorecard_leads_to_the_dossier(client):
    assert f'href="/xa/{OWN}/ho-so/?nam=2017"' in client.get(f"/xa/{OWN}/?nam=2017").content.decode()
