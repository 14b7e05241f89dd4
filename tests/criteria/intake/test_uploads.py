"""Bringing in a workbook over HTTP: upload, preview, confirm, the kept file, the marked file, who may."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from communes.models import Officer, Province, Role
from criteria import actions
from criteria.intake import views as intake
from criteria.intake.preview import Preview, Rejection
from criteria.models import ChangeEvent, Upload
from tests.criteria.making import HEADINGS, xlsx

VU_CHAN = ["05728", "Vũ Chấn", "Huyện Võ Nhai"]


@pytest.fixture
def send(client_of, staff, round_2017):
    def sent(content: bytes, name="bieu.xlsx", officer=staff, year="2017"):
        data = {"file": SimpleUploadedFile(name, content), "nam": year}
        return client_of(officer).post("/nhap-excel/", data, follow=True)

    return sent


@pytest.fixture
def approved_sheet(client_of, staff, province):
    """The preview of a file that changes an approved commune."""
    content = xlsx([*HEADINGS, "4.2"], ["05485", "Phúc Hà", "", 97])
    data = {"file": SimpleUploadedFile("bieu.xlsx", content), "nam": "2017"}
    return client_of(staff).post("/nhap-excel/", data, follow=True)


def test_a_file_is_shown_before_it_is_written(send, client_of, staff):
    page = send(xlsx([*HEADINGS, "4.2", "1.1"], [*VU_CHAN, 97, "Chưa đạt"]))
    assert page.status_code == 200
    html = page.content.decode()
    assert "2 thay đổi" in html
    assert "chỉ so với số hiện có" in html
    assert "98,3" in html
    assert not ChangeEvent.objects.filter(source__contains="bieu.xlsx").exists()
    upload = Upload.objects.get()
    done = client_of(staff).post(f"/nhap-excel/{upload.pk}/ghi/", follow=True)
    assert "Đã ghi: bieu.xlsx" in done.content.decode()
    event = ChangeEvent.objects.get(source__contains=upload.sha256)
    assert (set(event.changes), event.by) == ({"4.2", "1.1"}, staff)


def test_a_file_is_written_once(send, client_of, staff):
    send(xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97]))
    pk = Upload.objects.get().pk
    client_of(staff).post(f"/nhap-excel/{pk}/ghi/")
    again = client_of(staff).post(f"/nhap-excel/{pk}/ghi/")
    assert again.status_code == 409
    assert "đã được ghi" in again.content.decode()


def test_two_confirmations_at_once_write_once(send, client_of, staff, admin, monkeypatch):
    """The other one is answered whole between reading the upload and taking it."""
    send(xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97]))
    upload, find = Upload.objects.get(), intake._find

    def find_first(*asked):
        monkeypatch.setattr(intake, "_find", find)
        found = find(*asked)
        assert client_of(admin).post(f"/nhap-excel/{upload.pk}/ghi/").status_code == 302
        return found

    monkeypatch.setattr(intake, "_find", find_first)
    second = client_of(staff).post(f"/nhap-excel/{upload.pk}/ghi/")
    assert second.status_code == 409
    assert ChangeEvent.objects.get(source__contains=upload.sha256).by == admin


def test_an_upload_is_written_and_noted_as_written_or_neither(send, client_of, staff, monkeypatch):
    def broken(*_):
        raise ValidationError("Hỏng giữa chừng.")

    send(xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97]))
    upload = Upload.objects.get()
    monkeypatch.setattr(actions, "finish", broken)
    assert client_of(staff).post(f"/nhap-excel/{upload.pk}/ghi/").status_code == 409
    assert not ChangeEvent.objects.filter(source__contains=upload.sha256).exists()
    upload.refresh_from_db()
    assert upload.committed_at is None


def test_a_rejected_cell_writes_nothing_and_the_workbook_comes_back_marked(send, client_of, staff):
    page = send(xlsx([*HEADINGS, "4.2", "3.1"], [*VU_CHAN, 101, 80]))
    assert "nằm ngoài khoảng 0–100" in page.content.decode()
    upload = Upload.objects.get()
    assert client_of(staff).post(f"/nhap-excel/{upload.pk}/ghi/").status_code == 409
    assert not ChangeEvent.objects.filter(source__contains=upload.sha256).exists()
    answer = client_of(staff).get(f"/nhap-excel/{upload.pk}/danh-dau/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))["Biểu"]
    assert "ngoài khoảng" in sheet["D2"].comment.text
    assert sheet["D2"].fill.start_color.rgb == "FFFFC7CE"
    assert sheet["E2"].comment is None


def test_the_file_is_kept_as_it_was_sent(send, client_of, leader):
    content = xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97])
    send(content)
    answer = client_of(leader).get(f"/nhap-excel/{Upload.objects.get().pk}/tep/")
    assert b"".join(answer) == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bieu.xlsx", b"PK\x03\x04", "hỏng"),
        ("bieu.exe", b"MZ", "Chỉ nhận"),
        ("bieu.csv", b"", "rỗng"),
        ("bieu.csv", "Biểu năm 2016\nMã xã,Xã,1.1\n05728,Vũ Chấn,Đạt\n".encode(), "không phải năm 2017"),
        ("<script>.xlsx", b"x", "không phải .xlsx"),
    ],
)
def test_what_cannot_be_taken_is_told_at_the_form_and_not_kept(send, name, content, says):
    page = send(content, name)
    assert page.status_code == 400
    assert says in page.content.decode()
    assert "<script>.xlsx" not in page.content.decode()
    assert not Upload.objects.exists()


def test_who_may(send, client, client_of, staff, leader, daitu, viewer):
    content = xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97])
    assert send(content, officer=leader).status_code == 403
    send(content)
    pk = Upload.objects.get().pk
    pages = [f"/nhap-excel/{pk}/{part}" for part in ("", "tep/", "danh-dau/")]
    for officer in (daitu, viewer):
        assert {client_of(officer).get(page).status_code for page in ("/nhap-excel/", *pages)} == {403}
    assert client_of(leader).post(f"/nhap-excel/{pk}/ghi/").status_code == 403
    assert client.get(pages[1]).status_code == 302


def test_another_province_knows_of_no_file(send, client_of, province):
    elsewhere = Province.objects.create(code="90", name="Thử nghiệm", region=province.region)
    stranger = Officer.objects.create_user("ngoaitinh", role=Role.ADMIN, province=elsewhere, full_name="Ngoài tỉnh")
    send(xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97]), name="cua-thai-nguyen.xlsx")
    page = f"/nhap-excel/{Upload.objects.get().pk}/"
    client = client_of(stranger)
    assert "cua-thai-nguyen" not in client.get("/nhap-excel/").content.decode()
    assert [client.get(f"{page}{part}").status_code for part in ("", "tep/", "danh-dau/")] == [404] * 3
    assert client.post(f"{page}ghi/").status_code == 404


def test_approved_figures_need_a_reason(approved_sheet, client_of, staff):
    pk = Upload.objects.get().pk
    refused = client_of(staff).post(f"/nhap-excel/{pk}/ghi/")
    assert refused.status_code == 409
    assert "hãy ghi lý do" in refused.content.decode()
    client_of(staff).post(f"/nhap-excel/{pk}/ghi/", {"reason": "Nhập nhầm"})
    assert Upload.objects.get().committed_at


def test_an_approved_figure_asks_for_a_reason_and_is_not_a_wrong_cell(approved_sheet):
    html = approved_sheet.content.decode()
    assert "Bị từ chối (0)" in html
    assert 'name="reason"' in html
    assert "Lý do sửa số đã duyệt (1 xã)" in html


def test_a_preview_that_cannot_be_written_offers_no_writing(send, client_of, leader):
    assert "data-write" in send(xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97])).content.decode()
    assert "data-write" not in client_of(leader).get(f"/nhap-excel/{Upload.objects.get().pk}/").content.decode()
    assert "data-write" not in send(xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 101])).content.decode()


def test_turning_to_another_tab_keeps_what_was_typed_and_writes_nothing(approved_sheet, client_of, staff):
    typed = {"reason": "Nhập nhầm", "c:05485|4.2": "mine"}
    page = client_of(staff).post(f"/nhap-excel/{Upload.objects.get().pk}/?loai=moi", typed)
    assert 'value="Nhập nhầm"' in page.content.decode()
    assert '<input type="hidden" name="c:05485|4.2" value="mine">' in page.content.decode()
    assert not Upload.objects.get().committed_at


def test_a_script_is_told_where_the_preview_is_or_what_is_wrong(client_of, staff, leader, round_2017):
    def send(officer, content):
        data = {"file": SimpleUploadedFile("bieu.xlsx", content), "nam": "2017"}
        return client_of(officer).post("/nhap-excel/", data, headers={"Accept": "application/json"})

    good = send(staff, xlsx([*HEADINGS, "4.2"], [*VU_CHAN, 97]))
    assert (good.status_code, good.json()) == (200, {"url": f"/nhap-excel/{Upload.objects.get().pk}/"})
    bad = send(staff, b"PK")
    assert bad.status_code == 400
    assert "không phải .xlsx" in bad.json()["error"]
    assert send(leader, b"PK").status_code == 403


def test_a_large_preview_stays_light(client_of, staff, round_2017):
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017"))))
    for row in sheet["Biểu"].iter_rows(8, 146, 18, 18):
        row[0].value = 51.5
    stream = io.BytesIO()
    sheet.save(stream)
    data = {"file": SimpleUploadedFile("bieu.xlsx", stream.getvalue()), "nam": "2017"}
    page = client_of(staff).post("/nhap-excel/", data, follow=True)
    assert "139 thay đổi" in page.content.decode()
    assert len(page.content) < 200_000


def test_two_problems_of_one_cell_are_both_told_on_it():
    found = [Rejection("H12", "một"), Rejection("", "cả tệp"), Rejection("H12", "hai"), Rejection("B2", "ba")]
    assert Preview(rejected=found).problems() == {"H12": "một\nhai", "B2": "ba"}
