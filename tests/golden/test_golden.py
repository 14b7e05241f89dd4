"""The golden comparison finds nothing where nothing changed, and what was planted in each kind of answer, by place."""

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from tests.golden.__main__ import main
from tests.golden.comparing import Acceptance, compare
from tests.golden.stage import Stage, clock, signed_in
from tests.golden.taking import keep, take, write

REPORTS = ("tong-hop", "ma-tran", "nguon-luc")
SMALL = [
    ("staff", f"/bao-cao/{slug}.{form}?nam=2017&huyen=171") for slug in REPORTS for form in ("xlsx", "docx", "json")
]
SMALL += [
    ("staff", "/?nam=2017"),
    ("viewer", "/xa/?nam=2017"),
    ("district", "/nhap-lieu/"),
    ("stranger", "/dang-nhap/"),
]


@pytest.fixture
def stage(province):
    with clock():
        yield Stage(signed_in(), {})


@pytest.fixture(scope="module")
def first_take(tmp_path_factory):
    return tmp_path_factory.mktemp("golden") / "was"


@pytest.fixture
def taken(stage, tmp_path, first_take):
    """Taken once for the module; every test has a copy of its own to spoil."""
    if not first_take.exists():
        take(first_take, stage, SMALL)
    return Path(shutil.copytree(first_take, tmp_path / "was"))


@pytest.fixture
def plant(taken, stage, tmp_path):
    """``plant(role, address, change)``: the differences found when an answer was other by ``change`` of its bytes."""

    def answered(folder, role: str, address: str, change):
        answer = stage.clients[role].get(address)
        content = change(answer.getvalue())
        if answer.streaming:
            answer.streaming_content = [content]
        else:
            answer.content = content
        keep(folder, role, address, answer, again=True)

    def planted(role: str, address: str, change, without=None) -> list:
        """``without``: what the tool that plants does by itself, done to the answer before as well."""
        now = tmp_path / "now"
        shutil.copytree(taken, now)
        if without:
            answered(taken, role, address, without)
        answered(now, role, address, change)
        return list(compare(taken, now))

    return planted


def test_a_second_take_says_the_same(taken, stage, tmp_path):
    take(tmp_path / "again", stage, SMALL)
    assert len(list(taken.glob("*/*.json"))) == len(SMALL)
    assert not list(compare(taken, tmp_path / "again"))


def in_book(change):
    def changed(content: bytes) -> bytes:
        book, out = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
        change(book["Biểu"])
        book.save(out)
        return out.getvalue()

    return changed


def in_paper(change):
    def changed(content: bytes) -> bytes:
        document, out = Document(io.BytesIO(content)), io.BytesIO()
        change(document)
        document.save(out)
        return out.getvalue()

    return changed


def number_cell(sheet):
    return next(cell for row in sheet.iter_rows(min_row=8) for cell in row if isinstance(cell.value, int | float))


def test_another_value_in_a_workbook_is_found(plant):
    places = []

    def change(sheet):
        cell = number_cell(sheet)
        cell.value += 1
        places.append(f"staff {SMALL[0][1]} Biểu!{cell.coordinate}")

    assert [
        found.place for found in plant(*SMALL[0], in_book(change), in_book(lambda sheet: None)) if "!" in found.place
    ] == places


def test_another_number_format_in_a_workbook_is_found(plant):
    places = []

    def change(sheet):
        cell = number_cell(sheet)
        cell.number_format = "0.000"
        places.append(f"staff {SMALL[0][1]} Biểu!{cell.coordinate}")

    found = [one for one in plant(*SMALL[0], in_book(change), in_book(lambda sheet: None)) if "!" in one.place]
    assert [one.place for one in found] == places
    assert "[0.000]" in found[0].now


def test_another_paragraph_in_a_word_document_is_found(plant):
    def change(document):
        next(one for one in document.paragraphs if one.runs).runs[0].text = "Chữ khác"

    found = plant(*SMALL[1], in_paper(change))
    assert len(found) == 1
    assert "paragraph" in found[0].place
    assert "Chữ khác" in found[0].now


def test_another_table_cell_in_a_word_document_is_found(plant):
    def change(document):
        document.tables[-1].rows[-1].cells[-1].text = "Chữ khác"

    found = plant(*SMALL[1], in_paper(change))
    assert len(found) == 1
    assert " table " in found[0].place
    assert " row " in found[0].place
    assert "Chữ khác" in found[0].now


def test_another_figure_in_json_is_found(plant):
    def change(content: bytes) -> bytes:
        report = json.loads(content)
        report["rows"][1][report["columns"][-1]["key"]] = "khác"
        return json.dumps(report).encode()

    found = plant(*SMALL[2], change)
    assert [one.place.split()[-1].startswith("$.rows[1].") for one in found] == [True]
    assert found[0].now == '"khác"'


def test_another_text_on_a_page_is_found(plant):
    def change(content: bytes) -> bytes:
        return content.replace("Đăng nhập</h1>".encode(), "Chào</h1>".encode(), 1)

    found = plant("stranger", "/dang-nhap/", change)
    assert [(one.was, one.now) for one in found] == [("h1: Đăng nhập", "h1: Chào")]
    assert found[0].place.startswith("stranger /dang-nhap/ line ")


def test_a_line_more_on_a_page_is_one_difference(plant):
    found = plant("stranger", "/dang-nhap/", lambda content: content.replace(b"<h1", b"<p>Moi</p><h1", 1))
    assert [(one.was, one.now) for one in found] == [("(nothing)", "Moi")]


@pytest.fixture
def differing(tmp_path):
    """Two folders that differ in one line."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "golden.json").write_text("{}", encoding="utf-8")
        write(tmp_path / name, "staff", "/xa/", "page", {"line 1": f"Chữ {name}"})
    return tmp_path / "a", tmp_path / "b"


def test_a_difference_fails_and_its_place_is_printed(differing, capsys):
    assert main(["compare", *map(str, differing)]) == 1
    assert "staff /xa/ line 1\n    was: Chữ a\n    now: Chữ b\n" in capsys.readouterr().out


def test_the_same_passes(differing):
    assert main(["compare", str(differing[0]), str(differing[0])]) == 0


def test_an_answer_that_is_gone_is_a_difference(differing):
    was, now = differing
    next(now.glob("staff/*.json")).unlink()
    assert [(found.place, found.was, found.now) for found in compare(was, now)] == [
        ("staff /xa/", "there", "(nothing)")
    ]


@pytest.mark.parametrize(
    ("place", "now", "code"),
    [("staff /xa/ line 1", "Chữ b", 0), ("staff /xa/ .*", "Chữ b", 0), ("staff /xa/", "Chữ b", 1), (".*", "Chữ c", 1)],
)
def test_an_accepted_difference_is_printed_and_does_not_fail(differing, capsys, monkeypatch, place, now, code):
    known = [Acceptance(place=place, was="Chữ a", now=now, why="đổi tên")]
    monkeypatch.setattr("tests.golden.__main__.accepted", lambda: known)
    assert main(["compare", *map(str, differing)]) == code
    assert ("accepted (đổi tên): staff /xa/ line 1" in capsys.readouterr().out) == (code == 0)


def test_a_folder_that_holds_other_things_is_left_alone(stage, tmp_path):
    (tmp_path / "thu.txt").write_text("thư", encoding="utf-8")
    with pytest.raises(SystemExit, match="other things"):
        take(tmp_path, stage, SMALL[:1])
    assert (tmp_path / "thu.txt").exists()
