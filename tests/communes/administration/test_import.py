"""Files of reference data, statistics and decisions through the administration: out, previewed, back in, or refused."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from itertools import product

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communes.models import (
    Arrears,
    Assignment,
    Commune,
    Department,
    District,
    Funding,
    Hamlet,
    Recognition,
    Registration,
    YearlyStatistics,
)
from criteria.models import ChangeEvent, Indicator, Requirement, Via
from tests.whole import WHOLE

pytestmark = pytest.mark.django_db

CSV, XLSX = "0", "1"  # their places in the list of formats
CUC_DUONG = "05737"
DECISION = {
    "Mã xã": CUC_DUONG,
    "Mức": "Đạt chuẩn",
    "Tính cho năm": "2017",
    "Số quyết định": "12/QĐ-UBND",
    "Ngày quyết định": "26/6/2018",
}
EXCHANGED = [Commune, Department, District, Recognition, Registration, Requirement, YearlyStatistics]
EXCHANGED += [Arrears, Assignment, Funding, Hamlet]


@pytest.fixture
def client(client_of, admin):
    return client_of(admin)


def page(model, action: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}")


def export(client, model, form=XLSX) -> bytes:
    answer = client.post(page(model, "export"), {"format": form, "resource": "0"})
    assert answer.status_code == 200
    return answer.content


def decisions(*codes):
    return Recognition.objects.filter(commune__code__in=codes or [CUC_DUONG], counts_for_year=2017)


def table(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def workbook(*rows) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def send(client, model, content: bytes, form=CSV, name="bang.csv"):
    file = SimpleUploadedFile(name, content)
    answer = client.post(page(model, "import"), {"import_file": file, "format": form, "resource": "0"})
    assert answer.status_code == 200
    return answer


def lines(*rows: dict) -> bytes:
    columns = list(rows[0])
    text = [",".join(columns), *(",".join(f'"{row.get(column, "")}"' for column in columns) for row in rows)]
    return "\n".join(text).encode()


def confirm(client, model, preview):
    fields = preview.context["confirm_form"].initial
    return client.post(page(model, "process_import"), fields)


def refused(client, model, content: bytes, **how) -> str:
    """What the page says of a file that it does not take."""
    answer = send(client, model, content, **how)
    assert answer.context.get("confirm_form") is None
    html = answer.content.decode()
    return " ".join(re.findall(r'class="errorlist"[^>]*>(.*?)</ul>', html, re.DOTALL))


def rows_of(content: bytes, form: str) -> list:
    """The rows of an exported file, the head first: cells of a workbook, lines of a text file."""
    return table(content) if form == XLSX else list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def file_of(rows: list, form: str) -> bytes:
    if form == XLSX:
        return workbook(*rows)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


ALTERNATING = [(model, (CSV, XLSX)[turn % 2]) for turn, model in enumerate(EXCHANGED)]


@pytest.mark.parametrize(("model", "form"), list(product(EXCHANGED, [CSV, XLSX])) if WHOLE else ALTERNATING)
def test_what_is_exported_comes_back_as_it_is(client, model, form):
    """Every row goes out; of those that come back, fifteen from all over the table."""
    head, *rows = rows_of(export(client, model, form), form)
    assert len(rows) == model.objects.count() > 0
    back = rows if WHOLE else rows[:: len(rows) // 15 + 1]
    name = "bang.xlsx" if form == XLSX else "bang.csv"
    preview = send(client, model, file_of([head, *back], form), form, name)
    result = preview.context["result"]
    assert not result.has_errors()
    assert not result.has_validation_errors()
    assert {row.import_type for row in result} == {"skip"}
    assert len(result.rows) == len(back)


def test_numbers_days_and_codes_of_a_workbook_are_what_they_are(client, province):
    Recognition.objects.create(
        commune=Commune.objects.get(code=CUC_DUONG), counts_for_year=2017, decided_on=date(2018, 6, 26), note="=1+1"
    )
    heads, *rows = table(export(client, Recognition))
    row = next(dict(zip(heads, row, strict=True)) for row in rows if "=1+1" in row)
    assert (row["Mã xã"], row["Tính cho năm"], row["Mức"]) == (CUC_DUONG, 2017, "Đạt chuẩn")
    assert row["Ngày quyết định"].date() == date(2018, 6, 26)
    assert row["Ghi chú"] == "=1+1"
    cells = openpyxl.load_workbook(io.BytesIO(export(client, Recognition))).active
    assert [cell.data_type for line in cells for cell in line if cell.value == "=1+1"] == ["s"]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)"])
def test_text_like_a_formula_is_marked_in_a_text_file_and_read_back_unmarked(client, province, text):
    Department.objects.create(name=text)
    content = export(client, Department, CSV)
    assert f"'{text}" in content.decode("utf-8-sig")
    Department.objects.filter(name=text).delete()
    confirm(client, Department, send(client, Department, content))
    assert Department.objects.filter(name=text).exists()


def test_the_indicators_can_be_taken_out_and_not_brought_in(client, province):
    assert len(table(export(client, Indicator))) == Indicator.objects.count() + 1
    with pytest.raises(Exception, match="import"):
        page(Indicator, "import")


def test_a_decision_comes_in_after_a_preview_and_is_told_in_the_log(client, admin, province):
    events = ChangeEvent.objects.count()
    preview = send(client, Recognition, lines(DECISION), name="quyet-dinh.csv")
    assert "1 dòng mới, 0 dòng đổi" in preview.content.decode()
    assert not decisions()
    assert ChangeEvent.objects.count() == events
    confirm(client, Recognition, preview)
    stored = decisions().get()
    assert (stored.decision_number, stored.decided_on) == ("12/QĐ-UBND", date(2018, 6, 26))
    event = ChangeEvent.objects.latest("pk")
    assert (event.by, event.via, event.year, event.source) == (admin, Via.ADMIN, 2017, "quyet-dinh.csv")
    [(key, (old, new))] = event.changes.items()
    assert (key, old) == ("Công nhận Đạt chuẩn 2017", None)
    assert "12/QĐ-UBND" in new


def test_a_changed_decision_shows_the_old_and_the_new(client, province):
    confirm(client, Recognition, send(client, Recognition, lines(DECISION)))
    preview = send(client, Recognition, lines(DECISION | {"Số quyết định": "13/QĐ-UBND", "Ngày quyết định": ""}))
    html = preview.content.decode()
    assert "<del>12/QĐ-UBND</del> → <ins>13/QĐ-UBND</ins>" in html
    assert "<del>26/06/2018</del> → <ins>(trống)</ins>" in html
    assert "style=" not in html.split("import-preview")[1]
    confirm(client, Recognition, preview)
    assert decisions().get().decision_number == "13/QĐ-UBND"
    assert LogEntry.objects.first().get_change_message() == "Nạp từ tệp"
    [(_, (old, new))] = ChangeEvent.objects.latest("pk").changes.items()
    assert "12/QĐ-UBND" in old
    assert "13/QĐ-UBND" in new


def test_a_decision_by_the_form_is_told_in_the_log(client, admin, province):
    commune = Commune.objects.get(code=CUC_DUONG)
    fields = {"commune": commune.pk, "level": "dat_chuan", "counts_for_year": 2017, "decision_number": "12/QĐ-UBND"}
    client.post(page(Recognition, "add"), fields)
    event = ChangeEvent.objects.latest("pk")
    assert (event.by, event.commune, event.via) == (admin, commune, Via.ADMIN)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"Mã xã": "99999"}, "Không có đơn vị cấp xã mã “99999” cuối năm 2017"),
        ({"Tính cho năm": "hai nghìn"}, "“hai nghìn” không phải là số nguyên"),
        ({"Tính cho năm": ""}, "phải là một năm"),
        ({"Ngày quyết định": "6/26/2018"}, "“6/26/2018” không phải là ngày; hãy ghi như 26/6/2018"),
        ({"Ngày quyết định": "43277"}, "không phải là ngày"),
        ({"Mức": "tốt"}, "“tốt” không có trong danh mục: Đạt chuẩn, Nâng cao, Kiểu mẫu"),
        ({"Số quyết định": "x" * 41}, "Số quyết định"),
    ],
)
def test_a_wrong_row_is_told_in_vietnamese_and_nothing_is_written(client, province, changed, says):
    count = Recognition.objects.count()
    other = DECISION | {"Mã xã": "05719"}
    said = refused(client, Recognition, lines(other, DECISION | changed))
    assert "Dòng 3: " in said
    assert "Dòng 2: " not in said
    assert says in said
    assert Recognition.objects.count() == count


def test_the_day_is_read_before_the_month(client, province):
    confirm(client, Recognition, send(client, Recognition, lines(DECISION | {"Ngày quyết định": "6/7/2018"})))
    assert decisions().get().decided_on == date(2018, 7, 6)


def test_a_code_that_lost_its_leading_zero_is_still_that_commune(client, province):
    count = Commune.objects.count()
    heads, row = table(export(client, Commune))[:2]
    numbers = [int(cell) if head == "Mã" else cell for head, cell in zip(heads, row, strict=True)]
    preview = send(client, Commune, workbook(heads, numbers), XLSX, "bang.xlsx")
    assert [row.import_type for row in preview.context["result"]] == ["skip"]
    assert Commune.objects.count() == count


def test_a_row_that_is_there_twice_is_refused(client, province):
    assert "Dòng này trùng với dòng 2" in refused(client, Recognition, lines(DECISION, DECISION))


@pytest.mark.parametrize(
    ("content", "form", "name", "says"),
    [
        (b"", CSV, "bang.csv", "rỗng"),
        (b"\xef\xbb\xbf", CSV, "bang.csv", "Không đọc được tệp"),
        ("Mã xã,Mức,Tính cho năm\n".encode(), CSV, "bang.csv", "Không đọc được tệp"),
        (b"PK\x03\x04", XLSX, "bang.xlsx", "bị cắt cụt"),
        (b"PK\x03\x04\xff\xfe", CSV, "bang.csv", "không phải .csv"),
        (b"Ma\n1,2,3\n", CSV, "bang.csv", "Không đọc được tệp"),
        ("Mã xã,Mức\n05737,Đạt chuẩn\n".encode(), CSV, "bang.csv", "Tệp thiếu cột: Tính cho năm"),
        ("Mã xã,Mức,Tính cho năm,Số QD\n05737,x,1,2\n".encode(), CSV, "bang.csv", "Cột không có trong biểu này: Số QD"),
        ("Mã xã,Mã xã,Mức,Tính cho năm\n1,2,3,4\n".encode(), CSV, "bang.csv", "hai cột cùng tên: Mã xã"),
    ],
)
def test_a_file_that_is_none_is_told_in_vietnamese(client, province, content, form, name, says):
    assert says in refused(client, Recognition, content, form=form, name=name)


def test_a_workbook_without_a_cell_is_told(client, province):
    assert "Không đọc được tệp" in refused(client, Recognition, workbook(), form=XLSX, name="trong.xlsx")


def statistics(**changed) -> bytes:
    return lines({"Mã xã": CUC_DUONG, "Năm": "2017"} | changed)


@pytest.mark.parametrize(("typed", "stored"), [("25,1", "25.1"), ("25.1", "25.1"), ("25", "25"), ("", None)])
def test_a_figure_is_read_with_either_mark_and_the_other_columns_stay(client, province, typed, stored):
    before = YearlyStatistics.objects.get(commune__code=CUC_DUONG, year=2017)
    content = statistics(**{"Thu nhập bình quân (triệu đồng/người/năm)": typed})
    confirm(client, YearlyStatistics, send(client, YearlyStatistics, content, name="thu-nhap.csv"))
    after = YearlyStatistics.objects.get(pk=before.pk)
    assert after.income == (stored and Decimal(stored))
    assert (after.population, after.households) == (before.population, before.households)
    assert ChangeEvent.objects.latest("pk").source == "thu-nhap.csv"


def test_a_unit_of_a_template_that_nobody_filled_in_is_passed_over(client, province):
    empty, income = {"Mã xã": CUC_DUONG, "Năm": "2012"}, "Thu nhập bình quân (triệu đồng/người/năm)"
    filled = {"Mã xã": "05728", "Năm": "2012", income: "25,1"}
    content = lines({**empty, income: ""}, filled)
    confirm(client, YearlyStatistics, send(client, YearlyStatistics, content, name="thu-nhap.csv"))
    assert [row.commune.code for row in YearlyStatistics.objects.filter(year=2012)] == ["05728"]


@pytest.mark.parametrize(
    ("column", "typed", "says"),
    [
        ("Dân số (người)", "một nghìn", "không phải là số"),
        ("Số hộ", "12,5", "12,5"),
        ("Số hộ nghèo", "999999", "lớn hơn số hộ"),
        ("Thu nhập bình quân (triệu đồng/người/năm)", "-1", "ngoài khoảng"),
    ],
)
def test_a_figure_that_cannot_be_is_told(client, province, column, typed, says):
    events = ChangeEvent.objects.count()
    assert says in refused(client, YearlyStatistics, statistics(**{column: typed}))
    assert ChangeEvent.objects.count() == events


def test_a_requirement_that_judged_stays_as_it_is(client, province):
    heads, *rows = table(export(client, Requirement))
    used = Requirement.objects.filter(results__isnull=False, province=province).order_by("pk").first()
    row = next(row for row in rows if {province.code, used.year_from} <= set(row))
    changed = [1 if head == "Mức" else cell for head, cell in zip(heads, row, strict=True)]
    said = refused(client, Requirement, workbook(heads, changed), form=XLSX, name="muc.xlsx")
    assert "Mức này đã dùng để đánh giá" in said


def test_what_changed_since_the_preview_writes_nothing(client, province):
    preview = send(client, Recognition, lines(DECISION | {"Mã xã": "05719"}, DECISION))
    Commune.objects.filter(code=CUC_DUONG).update(valid_to=date(2016, 12, 31))
    answer = confirm(client, Recognition, preview)
    assert "Chưa ghi gì" in " ".join(map(str, get_messages(answer.wsgi_request)))
    assert not decisions("05719", CUC_DUONG)


def test_confirming_twice_is_no_error(client, province):
    preview = send(client, Recognition, lines(DECISION))
    _, again = (confirm(client, Recognition, preview) for _ in range(2))
    assert "không còn" in " ".join(map(str, get_messages(again.wsgi_request)))
    assert decisions().count() == 1


@pytest.mark.parametrize("who", ["leader", "daitu", "viewer"])
@pytest.mark.parametrize("action", ["import", "export", "process_import"])
def test_only_who_enters_may(client_of, request, who, action):
    officer = request.getfixturevalue(who)
    for model in EXCHANGED:
        answer = client_of(officer).post(page(model, action))
        assert answer.status_code == 403 or answer.url.startswith("/quan-tri/login/")


@pytest.mark.parametrize("model", EXCHANGED, ids=lambda model: model._meta.model_name)
def test_the_pages_speak_vietnamese(client, model):
    html = "".join(client.get(page(model, action)).content.decode() for action in ("import", "export", "changelist"))
    for word in ("Nạp từ tệp", "Xuất ra tệp", "Loại tệp", "Xem trước", "Tải tệp", "Các cột"):
        assert word in html
    for word in ("Import", "Export", "Submit", "Format:", "Resource", "onchange="):
        assert word not in html
