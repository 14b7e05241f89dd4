"""What the administration does not take in, whoever sends it: harm, and a change of a year that is closed."""

from decimal import Decimal

import pytest

from communes.models import Recognition, YearlyStatistics
from criteria import actions
from criteria.models import AssessmentRound, ChangeEvent
from tests.criteria.odd_files import flat_bomb, nested_bomb, overlapping_bomb

from .test_import import DECISION, XLSX, confirm, decisions, lines, refused, send, statistics

VU_CHAN = "05728"
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, admin):
    return client_of(admin)


@pytest.mark.parametrize("bomb", [flat_bomb, nested_bomb, overlapping_bomb])
@pytest.mark.parametrize("model", [Recognition, YearlyStatistics])
def test_a_bomb_is_refused_before_it_is_read(client, province, model, bomb):
    assert "Tệp" in refused(client, model, bomb(), form=XLSX, name="bang.xlsx")


def test_a_decision_that_would_move_a_closed_year_is_refused(client, province):
    said = refused(client, Recognition, lines(DECISION | {"Mã xã": VU_CHAN, "Tính cho năm": "2016"}))
    assert "Số liệu năm 2016 đã khóa" in said
    assert not Recognition.objects.filter(commune__code=VU_CHAN).exists()


def test_a_decision_for_the_open_year_is_taken(client, province):
    confirm(client, Recognition, send(client, Recognition, lines(DECISION)))
    assert decisions().count() == 1


def test_revoking_from_now_on_leaves_the_closed_years_as_they_were(client, province):
    old = Recognition.objects.filter(counts_for_year=2015).select_related("commune").first()
    row = {"Mã xã": old.commune.code, "Mức": "Đạt chuẩn", "Tính cho năm": "2015"}
    refused(client, Recognition, lines(row | {"Ngày thu hồi": "1/7/2016"}))
    confirm(client, Recognition, send(client, Recognition, lines(row | {"Ngày thu hồi": "1/7/2017"})))
    old.refresh_from_db()
    assert str(old.revoked_on) == "2017-07-01"


def test_official_figures_of_an_approved_commune_come_with_their_reason(client, province):
    approved = YearlyStatistics.objects.filter(commune__district__code="171", commune__kind="xã", year=2017)
    code = approved.values_list("commune__code", flat=True).first()
    content = statistics(**{"Mã xã": code, "Thu nhập bình quân (triệu đồng/người/năm)": "33,3"})
    confirm(client, YearlyStatistics, send(client, YearlyStatistics, content))
    assert approved.get(commune__code=code).income == Decimal("33.3")
    assert ChangeEvent.objects.latest("sequence").reason == "Có số liệu chính thức"


def test_figures_of_a_closed_year_are_refused(client, province, leader):
    round = AssessmentRound.objects.of_year(province, 2017).get()
    round.assessments.update(state="approved")
    actions.close_year(round, by=leader)
    content = statistics(**{"Thu nhập bình quân (triệu đồng/người/năm)": "33,3"})
    assert "đã khóa" in refused(client, YearlyStatistics, content)
