"""Opening the year: by who enters figures, once, with an empty sheet for every xã of its last day."""

from datetime import date

import pytest

from communes.models import Officer
from criteria.models import AssessmentRound, ChangeEvent, CriteriaSet

pytestmark = pytest.mark.django_db
ADDRESS = "/nhap-lieu/mo-ky/"


def test_staff_open_the_next_year_and_find_an_empty_sheet_for_every_commune(client_of, staff):
    client = client_of(staff)
    assert 'name="nam" value="2018"' in client.get("/nhap-lieu/").content.decode()
    answer = client.post(ADDRESS, {"nam": "2018", "han": "15/1/2019"}, follow=True)
    assert answer.redirect_chain[0][0] == "/nhap-lieu/2018/"
    progress = answer.context["progress"]
    assert sum(len(part.rows) for part in progress.districts) == 139
    round = AssessmentRound.objects.get(as_of=date(2018, 12, 31))
    assert (round.deadline, round.criteria_set.code) == (date(2019, 1, 15), "1980/QĐ-TTg")
    assert round.assessments.count() == 139
    told = ChangeEvent.objects.order_by("sequence").last()
    assert (told.by, told.changes) == (staff, {"Mở kỳ đánh giá": [None, "1980/QĐ-TTg (31/12/2018): 139 xã"]})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"nam": "2017"}, "đã mở"),
        ({"nam": "1999"}, "2011"),
        ({"nam": "hai nghìn"}, "số nguyên"),
        ({"nam": ""}, "bắt buộc"),
        ({"nam": "2026"}, "hãy chọn bộ tiêu chí"),
        ({"nam": "2018", "bo": "999"}, "không có trong danh sách"),
        ({"nam": "2018", "han": "31/2/2019"}, "ngày"),
    ],
)
def test_what_cannot_be_opened_is_said_and_nothing_is_written(client_of, staff, given, said):
    before = AssessmentRound.objects.count(), ChangeEvent.objects.count()
    answer = client_of(staff).post(ADDRESS, given)
    assert answer.status_code == 409
    problem = " ".join(text for texts in answer.context["form"].errors.values() for text in texts)
    assert said in problem
    assert problem.split(".")[0] in answer.content.decode()
    assert (AssessmentRound.objects.count(), ChangeEvent.objects.count()) == before


def test_a_year_whose_communes_are_not_listed_is_refused(client_of, staff):
    chosen = CriteriaSet.objects.get(code="1980/QĐ-TTg")
    answer = client_of(staff).post(ADDRESS, {"nam": "2026", "bo": chosen.pk})
    assert "Ngày 31/12/2026 chưa có xã nào" in answer.content.decode()
    assert not AssessmentRound.objects.filter(as_of__year=2026).exists()


def test_a_year_between_two_sets_asks_which(client_of, staff):
    CriteriaSet.objects.create(code="999/QĐ-TTg", slug="999", title="Bộ khác", year_from=2018, year_to=2018)
    assert "hãy chọn bộ tiêu chí" in client_of(staff).post(ADDRESS, {"nam": "2018"}).content.decode()
    chosen = CriteriaSet.objects.get(code="1980/QĐ-TTg")
    assert client_of(staff).post(ADDRESS, {"nam": "2018", "bo": chosen.pk}).status_code == 302


@pytest.mark.parametrize("username", ["lanhdao", "daitu", "nguoixem"])
def test_nobody_else_may(client_of, username):
    client = client_of(Officer.objects.get(username=username))
    assert client.post(ADDRESS, {"nam": "2018"}).status_code == 403
    assert "Mở kỳ đánh giá" not in client.get("/nhap-lieu/").content.decode()
