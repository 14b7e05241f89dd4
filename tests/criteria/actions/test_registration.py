"""Registrations with their follow-up: one writer, told in the change log; a file is previewed, and refused whole."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tablib import Dataset

from communes.models import Commune, Department, Registration
from criteria.actions.money import save_registration
from criteria.administration.resources_money import RegistrationResource
from criteria.models import AssessmentRound, ChangeEvent, Via
from criteria.proofs.log import tampering

pytestmark = pytest.mark.django_db

CUC_DUONG = "05737"
ROW = {
    "Mã xã": CUC_DUONG,
    "Năm phấn đấu": "2019",
    "Mức": "Đạt chuẩn",
    "Đợt": "Kế hoạch",
    "Căn cứ": "Kết luận số 1",
    "Nhu cầu vốn (triệu đồng)": "1.234,5",
    "Hạn hoàn thành": "31/12/2019",
    "Kết quả": "Đang làm đường",
}


@pytest.fixture
def commune(province):
    return Commune.objects.in_force(date(2018, 12, 31)).get(code=CUC_DUONG)


@pytest.fixture
def registration(commune):
    return Registration(commune=commune, year=2018, batch="planned")


def told() -> list:
    """The old and the new text of the newest entry."""
    [(topic, change)] = ChangeEvent.objects.latest("sequence").changes.items()
    assert topic == "Đăng ký đạt chuẩn"
    return change


def test_a_registration_is_told_in_the_log_with_all_it_says(registration, staff):
    registration.needs, registration.deadline = Decimal("4200.5"), date(2018, 12, 31)
    registration.legal_basis, registration.result = "Kết luận 272", "Đã làm xong đường"
    registration.sponsor = Department.objects.get(name="Sở Y tế")
    save_registration(registration, staff)
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.via, event.year, event.commune) == (staff, Via.ADMIN, 2018, registration.commune)
    old, new = told()
    assert old is None
    for part in (
        f"({CUC_DUONG})", "năm 2018", "Đạt chuẩn", "đợt kế hoạch", "Kết luận 272", "Sở Y tế giúp đỡ",
        "nhu cầu vốn 4.200,5 triệu đồng", "hạn 31/12/2018", "kết quả: Đã làm xong đường",
    ):  # fmt: skip
        assert part in new
    assert list(tampering()) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "nang_cao"),
        ("batch", "supplementary"),
        ("legal_basis", "Kết luận 9"),
        ("needs", Decimal(7)),
        ("deadline", date(2018, 6, 30)),
        ("result", "Xong"),
        ("note", "Ghi thêm"),
    ],
)
def test_whatever_changes_of_a_registration_leaves_its_old_and_new_text(registration, staff, field, value):
    save_registration(registration, staff)
    setattr(registration, field, value)
    save_registration(registration, staff)
    old, new = told()
    assert old != new


def test_an_unchanged_registration_leaves_no_entry(registration, staff):
    save_registration(registration, staff)
    events = ChangeEvent.objects.count()
    save_registration(Registration.objects.get(pk=registration.pk), staff)
    assert ChangeEvent.objects.count() == events


def test_needs_that_nobody_knows_are_not_zero(registration, staff):
    save_registration(registration, staff)
    assert "nhu cầu vốn chưa có số liệu" in told()[1]


def test_needs_below_zero_are_refused_by_the_form_and_by_the_database(registration, staff):
    registration.needs = Decimal(-1)
    with pytest.raises(ValidationError, match="không được âm"):
        save_registration(registration, staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.bulk_create([registration])


def test_a_plan_for_the_coming_year_can_be_made_when_the_year_is_closed(province, registration, staff):
    """The supplementary list of 2018 was made in April, long after 2017 was over."""
    assert AssessmentRound.objects.of_year(province, 2016).get().closed_at
    registration.year = 2017
    save_registration(registration, staff)
    assert ChangeEvent.objects.latest("sequence").year == 2017


def bring(officer, *rows: dict, dry_run: bool = False):
    data = Dataset(*[list(row.values()) for row in rows], headers=list(rows[0]))
    about = {"user": officer, "file_name": "dang-ky.xlsx", "rollback_on_validation_errors": True}
    return RegistrationResource().import_data(data, dry_run=dry_run, use_transactions=True, **about)


def test_a_file_of_registrations_is_previewed_before_it_is_written(commune, staff):
    events = ChangeEvent.objects.count()
    assert [row.import_type for row in bring(staff, ROW, dry_run=True)] == ["new"]
    assert not Registration.objects.filter(year=2019).exists()
    assert ChangeEvent.objects.count() == events
    bring(staff, ROW)
    stored = Registration.objects.get(year=2019)
    assert (stored.commune.code, stored.needs, stored.deadline) == (CUC_DUONG, Decimal("1234.5"), date(2019, 12, 31))
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.source, ChangeEvent.objects.count()) == (staff, "dang-ky.xlsx", events + 1)


def test_a_file_that_says_the_same_again_changes_nothing(commune, staff):
    bring(staff, ROW)
    events = ChangeEvent.objects.count()
    assert [row.import_type for row in bring(staff, ROW)] == ["skip"]
    assert [row.import_type for row in bring(staff, ROW | {"Kết quả": "Xong"})] == ["update"]
    assert ChangeEvent.objects.count() == events + 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"Mã xã": "99999"}, "Không có đơn vị cấp xã"),
        ({"Mức": "Tốt"}, "không có trong danh mục"),
        ({"Nhu cầu vốn (triệu đồng)": "-5"}, "ngoài khoảng"),
        ({"Nhu cầu vốn (triệu đồng)": "nhiều"}, "không phải là số"),
        ({"Hạn hoàn thành": "12/31/2019"}, "không phải là ngày"),
        ({"Kết quả": "x" * 301}, "Kết quả"),
    ],
)
def test_a_file_with_a_wrong_cell_is_refused_whole(commune, staff, wrong, said):
    good = ROW | {"Mã xã": "05719"}
    result = bring(staff, good, ROW | wrong)
    assert said in " ".join(str(row.error) for row in result.invalid_rows)
    assert not Registration.objects.filter(year=2019).exists()


def test_what_is_exported_comes_back_as_it_is(province, staff):
    data = RegistrationResource().export()
    result = RegistrationResource().import_data(data, dry_run=True, user=staff)
    assert {row.import_type for row in result} == {"skip"}
    assert len(result.rows) == Registration.objects.count() == 22
