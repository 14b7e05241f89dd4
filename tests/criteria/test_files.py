"""Whatever comes as a file is read or refused in a sentence; it never breaks, stays or takes the machine."""

import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from criteria import files, importing
from criteria.files import open_file
from criteria.guard import FileRefused
from criteria.marking import mark
from criteria.models import ChangeEvent
from criteria.sheet import RawRow, read_sheet
from criteria.stamp import SHEET
from criteria.tolerance import Named, by_name
from tests.criteria import odd_files
from tests.criteria.odd_files import BOMBS, CORPUS, FLIPPED, OFFICES, flipped

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 5, 256


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
@pytest.mark.parametrize("odd", CORPUS, ids=str)
def test_a_file_is_refused_in_a_sentence_or_read_as_it_is_meant(odd, round_2017):
    content, events, start = odd.make(), ChangeEvent.objects.count(), time.monotonic()
    if odd.refused:
        with pytest.raises(FileRefused, match=odd.refused):
            importing.rehearse(content, odd.filename, round_2017)
    else:
        preview = importing.rehearse(content, odd.filename, round_2017)
        assert tuple(f"{change.id}={change.new_text}" for change in preview.changes) == odd.changes
        assert [rejection.cell for rejection in preview.rejected] == [cell for cell, _ in odd.rejected]
        assert all(why in found.reason for found, (_, why) in zip(preview.rejected, odd.rejected, strict=True))
    assert time.monotonic() - start < SECONDS
    assert ChangeEvent.objects.count() == events


MEASURE = """
import json, sys, time
from pathlib import Path
from criteria.files import open_file
from criteria.guard import FileRefused
from criteria.sheet import read_sheet

def peak():
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) // 1024

for path in sorted(Path(sys.argv[1]).iterdir()):
    start = time.monotonic()
    try:
        read_sheet(open_file(path.read_bytes(), path.name).rows, {"1.1", "3.1", "5.1"})
        said = ""
    except FileRefused as refused:
        said = str(refused)
    print(json.dumps([path.name, said, time.monotonic() - start, peak()]), flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
@pytest.mark.usefixtures("nothing_stays")
def test_bombs_take_neither_time_nor_memory(tmp_path_factory):
    """One process opens all of them, one after the other; what an old xls may take is bounded by ``MEMORY``."""
    folder = tmp_path_factory.mktemp("bombs")
    for number, odd in enumerate(BOMBS):
        (folder / f"{number:03}-{odd.filename}").write_bytes(odd.make())
    command = [sys.executable, "-c", MEASURE, str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    measured = [json.loads(line) for line in run.stdout.splitlines()]
    assert [bool(said) for _, said, *_ in measured] == [bool(odd.refused) for odd in BOMBS]
    assert max(seconds for *_, seconds, _ in measured) < SECONDS
    assert max(peak for *_, peak in measured) < MEGABYTES
    assert files.MEMORY < MEGABYTES * 1024 * 1024


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


def test_an_error_that_libreoffice_computes_is_not_taken_for_no_data(office, round_2017):
    content = office(odd_files.by_openpyxl(odd_files.cells("=NA()")), "a.xlsx", "xlsx")
    preview = importing.rehearse(content, "b.xlsx", round_2017)
    assert [(found.cell, found.reason) for found in preview.rejected] == [("D2", "“#N/A” không phải là số")]


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_an_error_whose_cell_cannot_be_told_refuses_the_file(office, form):
    with pytest.raises(FileRefused, match="ô lỗi"):
        open_file(office(odd_files.by_openpyxl(odd_files.cells("=NA()")), "a.xlsx", form), f"b.{form}")


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
    book.create_sheet("Chỉ tiêu").append(["Mã", "Nội dung"])
    stamp = book.create_sheet(SHEET)
    stamp.append(["{}"])
    stamp.sheet_state = "veryHidden"


PROBLEMS = {"D2": "“x” không phải là số", "F4": "ghi Đạt, Chưa đạt hoặc KXX: lý do", "I1": "ô gộp"}


def facts(content: bytes) -> dict:
    """Everything of a workbook that an official would miss, the marked cells aside."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book["Sheet"]
    marked = {"D2", "F4"}
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
    for address in ("D2", "F4"):
        assert page[address].comment.text == PROBLEMS[address]
        assert page[address].fill.fgColor.rgb == "FFFFC7CE"
    assert sum(cell.comment is not None for row in page.iter_rows() for cell in row) == 2


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
