"""A paper that was issued stays what it was, to the cell, whatever is edited later; the portal says what moved and why.

``ISSUES=100`` makes a hundred rounds of a thousand edits (see docs/measurements.md); here it is a small version.
The two papers, of the province and of a district, are issued once for all tests of this module.
"""

import io
import os
import random
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from html import unescape
from unittest.mock import Mock

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from docx import Document

from communes.models import Commune, Officer, Role
from criteria import actions
from criteria.judging.loading import load_states
from criteria.models import AssessmentRound, Result, Via
from reports.meeting.issuing import fingerprint, reopened
from reports.meeting.views_issued import ON_A_PAGE
from reports.meeting.views_pack import read_pack
from reports.models import IssuedReport
from reports.tables.freezing import NAMING
from reports.tables.table import Column, Table
from reports.triggers import ISSUED
from tests.reports.making import issue, make_province, officer_of
from tests.sharing import kept_for_the_module

pytestmark = pytest.mark.django_db

ROUNDS = int(os.environ.get("ISSUES", "2"))
EDITS = 1000 if "ISSUES" in os.environ else 60


@pytest.fixture
def client(client_of, leader):
    return client_of(leader)


@pytest.fixture(scope="module")
def papers(django_db_setup, django_db_blocker):
    with kept_for_the_module(django_db_blocker):
        client = Client()
        client.force_login(Officer.objects.get(username="lanhdao"))
        yield {"": issue(client).pk, "&huyen=171": issue(client, "&huyen=171", so="07/BC-VPĐP").pk}


@pytest.fixture
def issued(papers, province) -> IssuedReport:
    return IssuedReport.objects.get(pk=papers[""])


@pytest.fixture
def issued_in_daitu(papers, province) -> IssuedReport:
    return IssuedReport.objects.get(pk=papers["&huyen=171"])


@pytest.fixture
def round(province):
    return AssessmentRound.objects.of_year(province, 2017).get()


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


def test_an_issued_pack_is_made_again_as_it_was_after_any_number_of_edits(client, round, staff, issued):
    before = files(client, issued)
    for seed in range(ROUNDS):
        done = 0
        while done < EDITS:
            done += edit(round, random.Random(seed * 1000 + done), EDITS, staff)
        assert files(client, issued) == before, seed


def test_every_changed_figure_is_listed_with_who_and_why(client, round, staff, issued):
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


def test_nothing_edited_is_nothing_listed(client, issued):
    assert "Không số liệu nào đổi" in client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/").content.decode()
    assert listed_in_the_file(client, issued) == []


def current(leader, issued: IssuedReport) -> list[Table]:
    """The tables of the pack as it would be issued today."""
    request = RequestFactory().get("/")
    request.user = leader
    return read_pack(request, {"nam": "2017"} | ({"huyen": issued.district.code} if issued.district else {}))[1].tables


def texts(table: Table) -> list[list[str]]:
    return [[column.text(row) for column in table.shown] for row in (*table.rows, *table.totals)]


def cells(tables: list[Table]) -> Counter:
    """How often each text stands in each column of each table, whatever its row."""
    every = (
        (each.title, heading(column), text)
        for table in tables
        for each in filter(None, (table, table.appendix))
        for row in texts(each)
        for column, text in zip(each.shown, row, strict=True)
    )
    return Counter(cell for cell in every if cell[2])


def heading(column: Column) -> str:
    return f"{column.group}: {column.heading}" if column.group else column.heading


def listed_on_the_pages(client, issued: IssuedReport) -> list[list[str]]:
    """The first five cells of every row of every page, in order."""
    found, page = [], 1
    while page:
        html = client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/", {"trang": page}).content.decode()
        for row in html.split("<tr data-changed=")[1:]:
            row = row.split("</tr>")[0].split(">", 1)[1].replace("<br>", "\n")
            found.append([unescape(cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)][:5])
        page = page + 1 if 'rel="next"' in html else None
    return found


def listed_in_the_file(client, issued: IssuedReport) -> list[list]:
    answer = client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/thay-doi.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))["Biểu"]
    return [[cell.value for cell in row[1:7]] for row in sheet.iter_rows() if isinstance(row[0].value, int)]


@pytest.mark.parametrize("query", ["", "&huyen=171"])
def test_the_list_of_changes_is_complete(client, papers, leader, round, staff, query):
    """Page after page and in the file: what was issued, less what is listed as old, and what is listed as new, is what
    stands in the pack of today; and where no row came or went, the list is the comparison cell by cell."""
    issued = IssuedReport.objects.get(pk=papers[query])
    old = reopened(issued)[0].tables
    edit(round, random.Random(7), 100, staff)
    Result.objects.filter(assessment__round=round, indicator__code="4.2").update(value=1)
    Commune.objects.filter(code="05773").update(name="Tên khác")
    now = current(leader, issued)
    listed = listed_on_the_pages(client, issued)
    assert len(listed) > (ON_A_PAGE if not query else 20)
    stood = Counter((table, column, was) for table, _, column, was, _ in listed if was != "–")
    stands = Counter((table, column, is_now) for table, _, column, _, is_now in listed if is_now != "–")
    assert cells(old) - stood + stands == cells(now)
    assert not stood - cells(old)
    assert not [row for row in listed if row[3] == row[4]]
    assert_cell_by_cell(old, now, listed)
    filed = listed_in_the_file(client, issued)
    assert [(row[0], row[1], row[2]) for row in filed] == [(row[0], row[1], row[2]) for row in listed]
    assert all(why for *_, why in filed)


def assert_cell_by_cell(old: list[Table], new: list[Table], listed: list[list[str]]) -> None:
    compared = 0
    for was, now in zip(old, new, strict=True):
        before, after = texts(was), texts(now)
        named = [index for index, column in enumerate(now.shown) if column.key in NAMING]
        names = [[[row[index] for index in named] for row in rows] for rows in (before, after)]
        if names[0] != names[1]:
            continue  # a row came, went or moved
        compared += 1
        found = [
            [heading(column), b or "–", a or "–"]
            for one, other in zip(before, after, strict=True)
            for column, b, a in zip(now.shown, one, other, strict=True)
            if b != a
        ]
        assert [row[2:] for row in listed if row[0] == now.title] == found, now.title
    assert compared > 5


def test_a_changed_number_is_a_number_in_the_file(client, round, staff, issued):
    commune = Commune.objects.in_force(round.as_of).get(code="05728")
    entry = actions.Entry(commune.pk, {"income": Decimal("40.5")})
    actions.record(round, [entry], by=staff, via=Via.GRID, reason="Có số liệu chính thức")
    rows = listed_in_the_file(client, issued)
    own = next(row for row in rows if row[1] == "Vũ Chấn" and "Thu nhập" in row[2])
    assert own[4] == 40.5
    assert isinstance(own[3], int | float)
    assert f"{staff.full_name}, bảng nhập" in own[5]


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1.5", "9" * 30])
def test_a_page_that_is_not_there_is_404(client, monkeypatch, number, issued):
    monkeypatch.setattr("reports.meeting.views_issued.moved", lambda issued, current: [])
    monkeypatch.setattr("reports.meeting.views_issued.read_pack", lambda request, query: (None, Mock(), None))
    assert client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/", {"trang": number}).status_code == 404
    assert client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/", {"trang": ""}).status_code == 200


def test_the_number_the_day_the_signatory_and_the_hash_stand_on_the_paper(client, issued):
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


@pytest.fixture
def unguarded(province):
    """``unguarded(paper, year=2016)``: change a stored paper as somebody with the database's password would."""
    connection.check_constraints()  # PostgreSQL: nothing may be pending when a trigger goes
    ISSUED.drop(connection)
    yield lambda issued, **changed: IssuedReport.objects.filter(pk=issued.pk).update(**changed)
    connection.check_constraints()
    ISSUED.create(connection)


def assert_broken(client, issued):
    for page in (".xlsx", ".docx", "/thay-doi.xlsx"):
        assert client.get(f"/bao-cao/da-phat-hanh/{issued.pk}{page}").status_code == 409, page
    assert "không khớp mã băm" in client.get(f"/bao-cao/da-phat-hanh/{issued.pk}/").content.decode()


def test_a_content_that_was_tampered_with_is_not_given_out(client, unguarded, issued):
    content = issued.content
    content["tables"][0]["rows"][0][2] = ["i", 139, 0]
    unguarded(issued, content=content)
    assert_broken(client, issued)


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "06/BC-VPĐP"},
        {"issued_on": date(2018, 6, 27)},
        {"signatory": "Nguyễn Văn B"},
        {"year": 2016},
        {"district": None},
        {"log_sequence": 1},
    ],
)
def test_what_stands_at_the_head_of_a_paper_cannot_be_changed_unseen(client, unguarded, changed, issued_in_daitu):
    unguarded(issued_in_daitu, **changed)
    assert_broken(client, issued_in_daitu)


def test_the_hash_is_of_the_paper_as_it_comes_back_from_the_database(issued, province):
    assert fingerprint(issued) == fingerprint(IssuedReport.objects.get(pk=issued.pk)) == issued.hash
    province.code = "20"
    assert fingerprint(replaced(issued, province=province)) != issued.hash


def replaced(issued: IssuedReport, **changed) -> IssuedReport:
    fields = {field.name: getattr(issued, field.name) for field in IssuedReport._meta.concrete_fields}
    return IssuedReport(**fields | changed)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_issuedreport SET signatory = 'khác'",
        "UPDATE reports_issuedreport SET hash = hash",
        "DELETE FROM reports_issuedreport",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_issued_paper(issued, statement):
    before = list(IssuedReport.objects.values())
    with pytest.raises(DatabaseError, match=ISSUED.message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(IssuedReport.objects.values()) == before


def test_the_orm_cannot_change_an_issued_paper_either(client, issued):
    for attempt in (issued.delete, issued.save, IssuedReport.objects.all().delete):
        with pytest.raises(DatabaseError, match=ISSUED.message), transaction.atomic():
            attempt()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone can replace a row while inserting")
@pytest.mark.parametrize("key", ["id", "hash"])
def test_an_issued_paper_is_not_replaced_by_another_of_its_key(client, key, issued):
    """By its id; and, with another id, by its number and day."""
    names = ", ".join(f.column for f in IssuedReport._meta.concrete_fields if key == "id" or f.column != "id")
    copy = f"INSERT OR REPLACE INTO reports_issuedreport ({names}) SELECT {names} FROM reports_issuedreport"
    before = list(IssuedReport.objects.values())
    with pytest.raises(DatabaseError, match=ISSUED.message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copy)
    assert list(IssuedReport.objects.values()) == before


def test_results_judged_anew_do_not_move_what_was_issued(client, round, staff, issued):
    before = files(client, issued)
    Result.objects.filter(assessment__round=round, indicator__code="4.2").update(value=1, verdict="not_met")
    assert files(client, issued) == before


def test_issued_papers_are_for_those_who_see_the_whole_province(client, client_of, officer, viewer, issued):
    pages = ["", f"{issued.pk}/", f"{issued.pk}.xlsx", f"{issued.pk}.docx", f"{issued.pk}/thay-doi.xlsx"]
    for page in pages:
        address = f"/bao-cao/da-phat-hanh/{page}"
        assert client_of(viewer).get(address).status_code == 200, page
        assert client_of(officer(username="daitu")).get(address).status_code == 403, page
    assert client.get(f"/bao-cao/da-phat-hanh/{issued.pk + 1000}/").status_code == 404


def test_a_paper_of_another_province_does_not_exist(client, client_of, issued):
    stranger = client_of(officer_of(make_province(5, 1), Role.LEADER))
    for page in (f"{issued.pk}/", f"{issued.pk}.xlsx", f"{issued.pk}.docx", f"{issued.pk}/thay-doi.xlsx"):
        assert stranger.get(f"/bao-cao/da-phat-hanh/{page}").status_code == 404
