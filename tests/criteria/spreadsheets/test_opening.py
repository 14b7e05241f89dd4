"""Whatever comes as a file is read or refused in a sentence; it never breaks, stays or takes the machine."""

import io
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from communes.uploads.guard import FileRefused
from criteria.intake import importing
from criteria.intake.marking import mark
from criteria.models import ChangeEvent
from criteria.spreadsheets import opening
from criteria.spreadsheets.opening import open_file
from criteria.spreadsheets.sheet import RawRow, read_sheet
from criteria.spreadsheets.stamp import SHEET
from criteria.spreadsheets.tolerance import Named, by_name
from tests.criteria import odd_files
from tests.criteria.odd_files import BOMBS, CORPUS, FLIPPED, HOSTILE, OFFICES, flipped

ROOT = Path(__file__).parent.parents[2]
SECONDS, MEGABYTES = 5, 256  # of the processor, which another program's work does not lengthen


def processor_seconds() -> float:
    """What this process has used until now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def nothing_stays(tmp_path, monkeypatch):
    """A directory for temporary files, empty before and after."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield
    assert list(tmp_path.iterdir()) == []


def test_the_corpus_is_large_and_its_names_are_different():
    assert len({odd.name for odd in CORPUS}) == len(CORPUS) >= 100


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.parametrize("odd", [*HOSTILE, *OFFICES], ids=str)
def test_a_file_is_refused_in_a_sentence_or_read_as_it_is_meant(odd, round_2017):
    content, events, start = odd.make(), ChangeEvent.objects.count(), processor_seconds()
    if odd.refused:
        with pytest.raises(FileRefused, match=odd.refused):
            importing.rehearse(content, odd.filename, round_2017)
    else:
        preview = importing.rehearse(content, odd.filename, round_2017)
        assert tuple(f"{change.id}={change.new_text}" for change in preview.changes) == odd.changes
        assert [rejection.cell for rejection in preview.rejected] == [cell for cell, _ in odd.rejected]
        assert all(why in found.reason for found, (_, why) in zip(preview.rejected, odd.rejected, strict=True))
    assert processor_seconds() - start < SECONDS
    assert ChangeEvent.objects.count() == events


def refusal(odd, said: str) -> bool:
    return bool(odd.refused and re.search(odd.refused, said))


MEASURE = """
import json, sys, time
from pathlib import Path
from criteria.spreadsheets.opening import open_file
from communes.uploads.guard import FileRefused
from criteria.spreadsheets.sheet import read_sheet

STATUS = Path("/proc/self/status")

def peak():
    if not STATUS.exists():  # the peak of memory is read from Linux's /proc
        return 0
    status = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(status["VmHWM"].split()[0]) // 1024

for path in sorted(Path(sys.argv[1]).iterdir()):
    start = time.process_time()
    try:
        read_sheet(open_file(path.read_bytes(), path.name).rows, {"1.1", "3.1", "5.1"})
        said = ""
    except FileRefused as refused:
        said = str(refused)
    print(json.dumps([path.name, said, time.process_time() - start, peak()]), flush=True)
"""


@pytest.mark.usefixtures("nothing_stays")
def test_bombs_take_neither_time_nor_memory(tmp_path_factory):
    """One process opens all of them, one after the other; what an old xls may take is bounded by ``MEMORY``."""
    folder = tmp_path_factory.mktemp("bombs")
    for number, odd in enumerate(BOMBS):
        (folder / f"{number:03}-{odd.filename}").write_bytes(odd.make())
    command = [sys.executable, "-c", MEASURE, str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=True)
    measured = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(measured) == len(BOMBS)
    wrong = [(str(odd), said) for odd, (_, said, *_) in zip(BOMBS, measured, strict=True) if not refusal(odd, said)]
    assert wrong == []
    assert max(seconds for *_, seconds, _ in measured) < SECONDS
    assert max(peak for *_, peak in measured) < MEGABYTES
    assert opening.MEMORY < MEGABYTES * 1024 * 1024


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.parametrize(("kind", "make", "seed"), FLIPPED)
def test_a_file_with_flipped_bits_is_refused_or_read(kind, make, seed, round_2017):
    with suppress(FileRefused):
        assert not importing.rehearse(flipped(make(), seed), f"b.{kind}", round_2017).written


# --- the programs that write them ---


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """``office(content, "a.xlsx", "xls")``: a file as LibreOffice saves it in another form."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice (soffice) on this machine")
    profile = tmp_path_factory.mktemp("profile")

    def convert(content: bytes, filename: str, form: str) -> bytes:
        folder = tmp_path_factory.mktemp("office")
        (folder / filename).write_bytes(content)
        command = [program, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", form]
        command += ["--outdir", str(folder / "out"), str(folder / filename)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (folder / "out" / filename).with_suffix(f".{form}").read_bytes()

    return convert


def plain(content: bytes, filename: str) -> list[RawRow]:
    """The rows by value: a program may give 60 as 60.0, and an empty cell as nothing."""
    return read_sheet(open_file(content, filename).rows, {"1.1", "3.1", "5.1"}).rows


def test_the_programs_that_write_workbooks_are_read_alike():
    read = plain(odd_files.xlsx(), "b.xlsx")
    assert plain(odd_files.by_openpyxl(), "b.xlsx") == plain(odd_files.ods(), "b.ods") == read
    assert plain(odd_files.xls(), "b.xls") == read


@pytest.mark.parametrize(("form", "edit"), [("xlsx", odd_files.formulas), ("ods", odd_files.formulas), ("xls", None)])
def test_libreoffice_is_read_like_the_others(office, form, edit):
    content = office(odd_files.xlsx(edit=edit), "a.xlsx", form)
    assert plain(content, f"b.{form}") == plain(odd_files.xlsx(), "b.xlsx")


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_an_error_that_libreoffice_computes_is_not_taken_for_no_data(office, round_2017, form):
    content = office(odd_files.by_openpyxl(odd_files.cells("=NA()")), "a.xlsx", form)
    preview = importing.rehearse(content, f"b.{form}", round_2017)
    assert [found.cell for found in preview.rejected] == ["D2"]
    assert "ô lỗi #N/A" in preview.rejected[0].reason


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_formulas_that_libreoffice_computes_are_read_as_their_values(office, form):
    """openpyxl writes none, so that LibreOffice calculates them."""
    rows = [odd_files.HEAD, [*odd_files.BODY[0][:3], "=30*2", '="91,8"', '=IF(1,"Đạt","")'], *odd_files.BODY[1:]]
    read = plain(office(odd_files.by_openpyxl(rows), "a.xlsx", form), f"b.{form}")[0].cells
    assert (read["5.1"], read["3.1"], read["1.1"]) == (60, "91,8", "Đạt")


def test_a_zero_that_libreoffice_writes_for_a_text_is_never_read_as_0(office, round_2017):
    """It keeps the texts of formulas that Excel calculated in its own forms, and writes 0 for them in an xls."""
    kept = odd_files.xlsx(edit=odd_files.formulas)
    assert plain(office(kept, "a.xlsx", "xlsx"), "b.xlsx")[1].cells["1.1"] == "Đạt"
    preview = importing.rehearse(office(kept, "a.xlsx", "xls"), "b.xls", round_2017)
    assert [found.cell for found in preview.rejected] == ["F3"]
    assert "0 cả khi kết quả là chữ" in preview.rejected[0].reason


# --- the workbook given back ---


def decorate(book, sheet):
    sheet.merge_cells("H1:J1")
    sheet["H1"] = "Ghi chú"
    sheet["A1"].font, sheet["D3"].number_format = Font(bold=True, color="FF0000FF"), "0.00"
    sheet.column_dimensions["B"].width, sheet.row_dimensions[3].hidden = 33, True
    sheet.freeze_panes, sheet.protection.sheet = "C2", True
    choices = DataValidation("list", formula1='"Đạt,Chưa đạt"')
    choices.add("F2:F4")
    sheet.add_data_validation(choices)
    sheet["K2"] = "=D2*2"
    sheet["B3"].comment, sheet["F4"].comment = Comment("xã mới", "Huyện"), Comment("hỏi lại", "Huyện")
    sheet.conditional_formatting.add("D2:D4", CellIsRule(operator="lessThan", formula=["70"], font=Font(bold=True)))
    sheet.page_setup.orientation, sheet.print_title_rows = "landscape", "1:1"
    book.create_sheet("Chỉ tiêu").append(["Mã", "Nội dung"])
    stamp = book.create_sheet(SHEET)
    stamp.append(["{}"])
    stamp.sheet_state = "veryHidden"


PROBLEMS = {"D2": "“x” không phải là số", "F4": "ghi Đạt, Chưa đạt hoặc KXX: lý do", "I1": "ô gộp"}
MARKED = {"D2", "F4", "H1"}  # I1 shows as H1, with which it is merged


def facts(content: bytes) -> dict:
    """Everything of a workbook that an official would miss, the marked cells aside."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book["Sheet"]
    marked = MARKED
    cells = {
        (sheet.title, cell.coordinate): (
            cell.value,
            cell.number_format,
            cell.font.b,
            cell.font.color,
            cell.fill.fgColor.rgb,
        )
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.coordinate not in marked
    }
    rules = [(rule.type, rule.formula1, str(rule.sqref)) for rule in page.data_validations.dataValidation]
    formats = [(str(area.sqref), area.rules[0].formula) for area in page.conditional_formatting]
    rules += [*formats, page.page_setup.orientation, page.print_title_rows, page["B3"].comment.text]
    layout = (str(page.merged_cells), page.column_dimensions["B"].width, page.row_dimensions[3].hidden)
    return {
        "cells": cells,
        "rules": rules,
        "layout": (*layout, page.freeze_panes, page.protection.sheet),
        "sheets": [(sheet.title, sheet.sheet_state) for sheet in book],
        "values": [page[address].value for address in sorted(marked)],
    }


def test_the_marked_workbook_says_what_is_wrong_and_is_otherwise_as_it_was():
    content = odd_files.by_openpyxl(edit=decorate)
    marked = mark(content, "Sheet", PROBLEMS)
    assert facts(marked) == facts(content)
    page = openpyxl.load_workbook(io.BytesIO(marked))["Sheet"]
    said = {cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment}
    shown = {"D2": PROBLEMS["D2"], "F4": f"{PROBLEMS['F4']}\nhỏi lại", "H1": PROBLEMS["I1"]}
    assert said == {"B3": "xã mới", **shown}
    assert {page[address].fill.fgColor.rgb for address in MARKED} == {"FFFFC7CE"}


def test_a_marked_workbook_keeps_what_openpyxl_drops():
    """A footer that does not say where it stands, and choices that are listed on another sheet."""
    space = b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:xm="urn:xm"'
    choices = b'<ext uri="{CCE6A557}" ' + space + b'><x14:dataValidations count="1"><x14:dataValidation type="list">'
    choices += b"<x14:formula1><xm:f>Khac!A1:A2</xm:f></x14:formula1></x14:dataValidation></x14:dataValidations></ext>"
    more = (
        b"<headerFooter><oddFooter>&amp;P/&amp;N</oddFooter></headerFooter><extLst>"
        + choices
        + b"</extLst></worksheet>"
    )
    content = odd_files.edited("sheet", b"</worksheet>", more)
    sheet = odd_files.parts_of(mark(content, "Biểu", PROBLEMS))[odd_files.PARTS["sheet"]]
    assert choices in sheet
    assert b"&amp;C&amp;P/&amp;N" in sheet


@pytest.mark.parametrize("odd", [odd for odd in OFFICES if odd.filename.endswith(".xlsx")], ids=str)
def test_every_workbook_that_is_read_can_be_marked(odd):
    content = odd.make()
    sheet = open_file(content, odd.filename).sheet
    assert open_file(mark(content, sheet, PROBLEMS), odd.filename).sheet == sheet


def test_the_marked_workbook_opens_in_libreoffice(office):
    marked = mark(odd_files.by_openpyxl(edit=decorate), "Sheet", PROBLEMS)
    assert office(marked, "a.xlsx", "pdf").startswith(b"%PDF")
    again = openpyxl.load_workbook(io.BytesIO(office(marked, "a.xlsx", "xlsx")))["Sheet"]
    assert PROBLEMS["D2"] in again["D2"].comment.text


# --- names ---


@pytest.mark.parametrize(
    ("name", "district", "codes"),
    [
        ("Hòa Bình", "", ["1", "2"]),
        ("Hoà Bình", "Huyện Đồng Hỷ", ["1"]),
        ("xã hoa binh", "TP Sông Công", ["2"]),
        ("Hòa Bình", "Đại Từ", []),
        ("Hòa", "", []),
        ("Phú Lạc", "", ["3"]),
        ("", "Đại Từ", []),
    ],
)
def test_a_name_that_two_communes_bear_is_asked_and_never_guessed(name, district, codes):
    communes = [("1", "hoa binh", "dong hy"), ("2", "hoa binh", "song cong"), ("3", "phu lac", "dai tu")]
    assert by_name(name, district, {code: Named(code, (folded,), place) for code, folded, place in communes}) == codes
