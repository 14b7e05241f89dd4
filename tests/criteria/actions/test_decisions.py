"""Decisions on districts: through the log, and closed years stay as they were."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from communes.models import Commune, DistrictRecognition
from criteria.actions.decisions import save_district_recognition
from criteria.models import AssessmentRound, ChangeEvent

pytestmark = pytest.mark.django_db
ADD = "/quan-tri/communes/districtrecognition/add/"


def refused(act, *args) -> str:
    with pytest.raises(ValidationError) as error:
        act(*args)
    return " ".join(error.value.messages)


def of_district(year=2017, **more) -> DistrictRecognition:
    district = Commune.objects.filter(district__code="171").first().district
    return DistrictRecognition(district=district, title="dat_chuan", counts_for_year=year, **more)


def test_a_decision_on_a_district_is_told_in_the_log_that_the_office_can_read(province, staff):
    save_district_recognition(of_district(decision_number="5/QĐ-TTg"), staff)
    event = ChangeEvent.objects.visible_to(staff).latest("sequence")
    assert event.changes == {
        "Công nhận cấp huyện 171, 2017": [
            None,
            "Huyện Đại Từ (171); Huyện đạt chuẩn nông thôn mới, tính cho năm 2017; quyết định 5/QĐ-TTg",
        ]
    }
    assert (event.by, event.year, event.commune) == (staff, 2017, None)


def test_a_decision_on_a_district_that_would_move_a_closed_year_is_refused(province, staff):
    assert "Số liệu năm 2016 đã khóa" in refused(save_district_recognition, of_district(2016), staff)
    assert not DistrictRecognition.objects.filter(district__code="171").exists()


def test_a_district_revoked_in_the_open_year_leaves_the_closed_ones_as_they_were(province, staff, leader):
    save_district_recognition(of_district(), staff)
    round = AssessmentRound.objects.of_year(province, 2017).get()
    AssessmentRound.objects.filter(pk=round.pk).update(closed_at=timezone.now())
    stored = DistrictRecognition.objects.get(district__code="171")
    stored.revoked_on = date(2017, 12, 1)
    assert "2017 đã khóa" in refused(save_district_recognition, stored, staff)
    stored.revoked_on = date(2018, 12, 1)
    save_district_recognition(stored, staff)
    assert "thu hồi 01/12/2018" in ChangeEvent.objects.latest("sequence").changes["Công nhận cấp huyện 171, 2017"][1]


def test_one_that_reads_the_same_leaves_no_entry(province, staff):
    save_district_recognition(of_district(), staff)
    before = ChangeEvent.objects.count()
    save_district_recognition(DistrictRecognition.objects.get(district__code="171"), staff)
    assert ChangeEvent.objects.count() == before


def fields(year: int) -> dict:
    district = Commune.objects.filter(district__code="171").first().district
    return {"district": district.pk, "title": "dat_chuan", "counts_for_year": year, "decision_number": "5/QĐ-TTg"}


def test_the_administration_keeps_them_through_the_log(client_of, admin):
    assert client_of(admin).post(ADD, fields(2017)).status_code == 302
    assert DistrictRecognition.objects.filter(district__code="171").count() == 1
    event = ChangeEvent.objects.latest("sequence")
    assert (list(event.changes), event.by) == (["Công nhận cấp huyện 171, 2017"], admin)


def test_the_administration_says_why_a_closed_year_does_not_move(client_of, admin):
    answer = client_of(admin).post(ADD, fields(2016), follow=True)
    assert "Số liệu năm 2016 đã khóa" in answer.content.decode()
    assert not DistrictRecognition.objects.filter(district__code="171").exists()
