"""A paper that was issued stays what it was, to the cell, whatever is edited later; the portal says what moved and why.

``ISSUES=100`` makes a hundred rounds of a thousand edits (see docs/measurements.md); here it is a small version.
"""

import io
import os
import random
from decimal import Decimal

import openpyxl
import pytest
from docx import Document

from communes.models import Commune, Role
from criteria import actions
from criteria.loading import load_states
from criteria.models import AssessmentRound, ChangeEvent, Result, Via
from reports.models import IssuedReport
from tests.reports.making import make_province, officer_of

pytestmark = pytest.mark.django_db

ROUNDS = int(os.environ.get("ISSUES", "2"))
EDITS = 1000 if "ISSUES" in os.environ else 60
FORM = {"so": "05/BC-VPĐP", "ngay": "26/6/2018", "nguoi_ky": "Nguyễn Văn A"}


@pytest.fixture
def client(client_of, leader):
    return client_of(leader)


@pytest.fixture
def round(province):
    return AssessmentRound.objects.of_year(province, 2017).get()


def issue(client, query: str = "", **changed) -> IssuedReport:
    answer = client.post(f"/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017{query}", FORM | changed)
    assert answer.status_code == 302, answer.content.decode()
    return IssuedReport.objects.latest("pk")


def files(client, issued: IssuedReport) -> tuple[dict, list]:
    """Every cell of the workbook with its format, and every text of the Word report."""
    content = b"".join(client.get(f"/bao-cao/da-phat-hanh/{issued.pk}.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = {s.title: [[(c.value, c.number_format) for c in row] for row in s.rows] for s in book.worksheets}
    document = Document(io.BytesIO(b"".join(client.get(f"/bao-cao/da-phat-hanh/{issued.pk}.docx"))))
    texts = [paragraph.text for paragraph in document.paragraphs]
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables[:6]]
    return cells, [texts, tables]


def edit(round: AssessmentRound, chance: random.Random, number: int, by) -> int:
    """Random figures of random communes, through the one writer."""
    states = load_states(round)
    entries = []
    for commune_id in chance.sample(sorted(states), min(number // 4, len(states))):
        income, poor = Decimal(chance.randrange(100, 500)) / 10, chance.randrange(1, 90)
        entries.append(actions.Entry(commune_id, {"income": income, "poor_households": poor, "population": 4000}))
    return actions.record(round, entries, by=by, via=Via.GRID, reason="Có số liệu chính thức")


def test_an_issued_pack_is_made_again_as_it_was_after_any_number_of_edits(client, round, staff):
    issued = issue(client)
    before = files(client, issued)
    for seed in range(ROUNDS):
        done = 0
        while done < EDITS:
            done += edit(round, random.Random(seed * 1000 + done), EDITS, staff)
        assert files(client, issued) == before, seed


def test_every_changed_figure_is_listed_with_who_and_why(client, round, staff):
    issued = issue(client)
    commune = Commune.objects.in_force(round.as_of).get(code="05728")
    entry = actions.Entry(commune.pk, {"income": Decimal(40)})
    actions.record(round, [entry], by=staff, via=Via.GRID, reason="Có số liệu chính thức")
    html = client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/").content.decode()
    rows = html.split("<tr data-changed=")[1:]
    assert any(row.startswith('"tong-hop"') and "Thu nhập" in row for row in rows)
    own = next(row for row in rows if row.startswith('"du-lieu"') and "Thu nhập" in row)
    assert "Vũ Chấn" in own
    assert staff.full_name in own
    assert "Có số liệu chính thức" in own
    assert ">40" in own


def test_nothing_edited_is_nothing_listed(client, province):
    issued = issue(client)
    assert "Không số liệu nào đổi" in client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/").content.decode()


def test_the_number_the_day_the_signatory_and_the_hash_stand_on_the_paper(client, province):
    issued = issue(client)
    document = Document(io.BytesIO(b"".join(client.get(f"/bao-cao/da-phat-hanh/{issued.pk}.docx"))))
    said = "\n".join(cell.text for table in document.tables[:2] for row in table.rows for cell in row.cells)
    said += "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "05/BC-VPĐP" in said
    assert "ngày 26 tháng 6 năm 2018" in said
    assert "Nguyễn Văn A" in said
    feet = {p.text for section in document.sections for p in section.footer.paragraphs}
    assert any(issued.hash[:16] in text for text in feet)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"/bao-cao/da-phat-hanh/{issued.pk}.xlsx"))))
    assert all(issued.hash[:16] in str(sheet.oddFooter.left.text) for sheet in book.worksheets)


def test_the_same_number_and_day_are_issued_once(client, province):
    issue(client)
    answer = client.post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", FORM)
    assert answer.status_code == 409
    assert "Đã phát hành một báo cáo mang số và ngày này" in answer.content.decode()
    assert IssuedReport.objects.count() == 1


@pytest.mark.parametrize("missing", FORM)
def test_what_is_missing_is_asked_for(client, province, missing):
    answer = client.post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", FORM | {missing: ""})
    assert answer.status_code == 409
    assert not IssuedReport.objects.exists()


def test_a_content_that_was_tampered_with_is_not_given_out(client, province):
    issued = issue(client)
    content = issued.content
    content["tables"][0]["rows"][0][2] = ["i", 139, 0]
    IssuedReport.objects.filter(pk=issued.pk).update(content=content)
    assert client.get(f"/bao-cao/da-phat-hanh/{issued.pk}.xlsx").status_code == 409
    assert "không khớp mã băm" in client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/").content.decode()


def test_issuing_stands_in_the_log(client, leader):
    issued = issue(client, "&huyen=171")
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.sequence) == (leader, issued.log_sequence)
    assert "05/BC-VPĐP" in str(event.changes)
    assert issued.district.code == "171"


@pytest.mark.parametrize("role", ["daitu", "viewer"])
def test_who_does_not_answer_for_the_province_issues_nothing(client_of, officer, role):
    who = client_of(officer(username={"daitu": "daitu", "viewer": "nguoixem"}[role]))
    assert who.post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", FORM).status_code == 403
    assert not IssuedReport.objects.exists()


def test_results_judged_anew_do_not_move_what_was_issued(client, round, staff):
    issued = issue(client)
    before = files(client, issued)
    Result.objects.filter(assessment__round=round, indicator__code="4.2").update(value=1, verdict="not_met")
    assert files(client, issued) == before


def test_issued_papers_are_for_those_who_see_the_whole_province(client, client_of, officer, viewer):
    issued = issue(client)
    pages = ["", f"{issued.pk}/", f"{issued.pk}.xlsx", f"{issued.pk}.docx"]
    for page in pages:
        address = f"/bao-cao/da-phat-hanh/{page}"
        assert client_of(viewer).get(address).status_code == 200, page
        assert client_of(officer(username="daitu")).get(address).status_code == 403, page
    assert client.get(f"/bao-cao/da-phat-hanh/{issued.pk + 1}/").status_code == 404


def test_a_paper_of_another_province_does_not_exist(client, client_of):
    issued = issue(client)
    stranger = client_of(officer_of(make_province(5, 1), Role.LEADER))
    for page in (f"{issued.pk}/", f"{issued.pk}.xlsx", f"{issued.pk}.docx"):
        assert stranger.get(f"/bao-cao/da-phat-hanh/{page}").status_code == 404
