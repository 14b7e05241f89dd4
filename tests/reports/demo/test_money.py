"""The illustrative money is told in the change log, kind by kind and year by year."""

from collections import Counter

import pytest
from django.core.management import call_command

from communes.models import Arrears, Assignment, Funding, Hamlet
from criteria.actions.money import note_loaded
from criteria.models import AssessmentRound, ChangeEvent
from criteria.proofs.log import tampering

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(province) -> dict[tuple[str, int], str]:
    """What the log says was loaded, by kind and year."""
    found = ChangeEvent.objects.filter(source="fixtures/demo")
    return {(topic, event.year): change[1] for event in found for topic, change in event.changes.items()}


def test_every_record_that_was_loaded_is_counted_in_the_log(told):
    stored = Counter(("Nguồn lực", year) for year in Funding.objects.values_list("year", flat=True))
    stored += Counter(("Nợ đọng xây dựng cơ bản", day.year) for day in Arrears.objects.values_list("as_of", flat=True))
    stored += Counter(("Phân công sở, ngành", year) for year in Assignment.objects.values_list("year_from", flat=True))
    stored += Counter(("Xóm", year or 2017) for year in Hamlet.objects.values_list("model_year", flat=True))
    assert told == {key: f"Nạp số liệu minh họa: {count:,} bản ghi".replace(",", ".") for key, count in stored.items()}


def test_the_entries_are_of_the_province_and_say_who_and_how(told, province, staff, client_of):
    events = ChangeEvent.objects.filter(source="fixtures/demo")
    assert {(event.by, event.via, event.round.province) for event in events} == {(staff, "command", province)}
    assert {event.year for event in events if event.round.year != event.year} == {2018, 2019, 2020}
    page = client_of(staff).get("/nhat-ky/", {"nam": 2019}).content.decode()
    assert "Nạp số liệu minh họa" in page


def test_the_log_is_sound_after_loading(told, capsys):
    assert list(tampering()) == []
    call_command("verify_log")
    assert "0 chỗ khác" in capsys.readouterr().out


def test_before_the_first_round_the_log_says_it_all_the_same(province, staff):
    row = Funding.objects.filter(year=2017).first()
    staff.province_id += 1000  # a province without a round
    note_loaded([row, row], "Nạp", staff)
    event = ChangeEvent.objects.latest("sequence")
    assert (event.round, event.year, event.changes) == (None, 2017, {"Nguồn lực": [None, "Nạp: 2 bản ghi"]})
    assert AssessmentRound.objects.exists()
