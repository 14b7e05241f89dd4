"""One sheet of the portal, saved by the programs that offices use: it comes back as the same sheet."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from communes.models import Commune
from criteria import actions
from criteria.intake import importing
from criteria.models import Via
from criteria.spreadsheets.opening import open_file
from tests.criteria.spreadsheets.test_opening import office  # noqa: F401

from .test_three_way import LIEN_MINH, VU_CHAN, edit

pytestmark = pytest.mark.django_db
CHANGES = {
    (VU_CHAN, "4.2"): Decimal("97.25"),
    (VU_CHAN, "1.1"): "Chưa đạt",
    (LIEN_MINH, "3.1"): None,
    (LIEN_MINH, "population"): 3500,
}


def by_openpyxl(content: bytes, _) -> tuple[bytes, str]:
    return edit(content, {}), "b.xlsx"


def values(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content))["Biểu"].iter_rows(values_only=True))


def by_xlsxwriter(content: bytes, _) -> tuple[bytes, str]:
    """From nothing: the values alone, as a script of an office would write them."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Tổng hợp")
        for number, row in enumerate(values(content)):
            sheet.write_row(number, 0, row)
    return stream.getvalue(), "b.xlsx"


def by_hand(content: bytes, _) -> tuple[bytes, str]:
    """Text with a decimal comma, as Excel saves it on a Vietnamese computer."""
    text = io.StringIO()
    rows = [
        [str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in values(content)
    ]
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("utf-8-sig"), "b.csv"


def by_libreoffice(form: str):
    def save(content: bytes, convert) -> tuple[bytes, str]:
        return convert(content, "a.xlsx", form), f"b.{form}"

    return save


STAMPED = [
    pytest.param(by_openpyxl, id="openpyxl"),
    *(pytest.param(by_libreoffice(form), id=f"LibreOffice {form}") for form in ("xlsx", "ods", "xls")),
]
BARE = [pytest.param(by_xlsxwriter, id="XlsxWriter"), pytest.param(by_hand, id="csv")]


@pytest.fixture
def taken_out(client_of, staff, round_2017):
    """The sheet of Võ Nhai as it was taken out."""
    return b"".join(client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017&huyen=170"))


@pytest.fixture
def saved(request, taken_out):
    """``saved(program, edits)``: the sheet of Võ Nhai with edits, as a program saves it; LibreOffice where it is."""

    def save(program, edits=None) -> tuple[bytes, str]:
        needs = request.getfixturevalue("office") if program not in (by_openpyxl, by_xlsxwriter, by_hand) else None
        return program(edit(taken_out, edits or {}), needs)

    return save


@pytest.mark.parametrize("program", [*STAMPED, *BARE])
def test_an_untouched_sheet_changes_nothing_whoever_saved_it(program, saved, taken_out, round_2017):
    plain = importing.rehearse(taken_out, "du-lieu.xlsx", round_2017)
    preview = importing.rehearse(*saved(program), round_2017)
    assert (preview.changes, preview.conflicts, preview.rejected, preview.kept) == ([], [], [], 0)
    assert preview.unchanged == plain.unchanged > 500
    assert preview.ignored_columns == plain.ignored_columns


@pytest.mark.parametrize("program", [*STAMPED, *BARE])
def test_the_same_edits_are_the_same_changes_whoever_saved_them(program, saved, round_2017):
    preview = importing.rehearse(*saved(program, CHANGES), round_2017)
    assert {(change.code, change.column): change.new for change in preview.changes} == CHANGES
    assert (preview.conflicts, preview.rejected) == ([], [])


def test_the_stamp_survives_every_program(saved, taken_out):
    kept = open_file(taken_out, "a.xlsx").stamp
    for program in STAMPED:
        assert open_file(*saved(*program.values)).stamp == kept, program.id


@pytest.mark.parametrize(("program", "stamped"), [*((p.values[0], True) for p in STAMPED), (by_xlsxwriter, False)])
def test_what_a_colleague_changed_is_kept_where_the_stamp_is_and_else_shown(program, stamped, saved, round_2017):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=VU_CHAN)
    actions.record(round_2017, [actions.Entry(commune.pk, {"population": 2700})], by=None, via=Via.GRID)
    preview = importing.rehearse(*saved(program), round_2017)
    assert (preview.stamped, preview.kept, preview.conflicts) == (stamped, int(stamped), [])
    assert [(c.column, c.old, c.new) for c in preview.changes] == [("population", 2700, 2620)] * (not stamped)
    mine = importing.rehearse(*saved(program, {(VU_CHAN, "population"): 2650}), round_2017)
    assert [c.new for c in (mine.conflicts if stamped else mine.changes)] == [2650]
