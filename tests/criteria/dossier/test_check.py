"""The check of a dossier before recognition: it says what is missing, and passes only when nothing is."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Arrears, Commune
from communes.money import Debt
from criteria.dossier.check import Item, Judged, Opinion, check, missing, passes, with_waiting
from criteria.dossier.loading import dossier_of
from criteria.rules.verdicts import Verdict

MET = [Judged(number, f"Tên {number}", Verdict.MET) for number in range(1, 20)]
AGREED = [Opinion(number, "Sở A", True) for number in range(1, 20)]
DAY = date(2018, 6, 26)


def owed(amount, work="Đường trục xã") -> Debt:
    return Debt(1, "171", work, "UBND xã", Decimal(amount) + 5, Decimal(5), "", None, date(2017, 12, 31))


def item(items: list[Item], key: str) -> Item:
    return next(found for found in items if found.key == key)


def test_everything_at_hand_passes():
    items = check(MET, [], AGREED, 3)
    assert passes(items)
    assert len(items) == 19 + 1 + 19 + 1


@given(st.lists(st.decimals("0.001", 100_000, places=3), min_size=1, max_size=5))
def test_a_commune_with_arrears_never_passes_and_is_told_which_works_and_how_much(amounts):
    debts = [owed(amount, f"Công trình {number}") for number, amount in enumerate(amounts)]
    items = check(MET, debts, AGREED, 3)
    assert not passes(items)
    [refused] = [found for found in items if not found.ok]
    assert (refused.key, refused.ok) == ("arrears", False)
    assert f"ở {len(amounts)} công trình" in refused.text
    assert all(debt.work in refused.text for debt in debts)


def test_the_sentence_reads_well():
    text = item(check(MET, [owed(1500), owed("20.5", "Trạm y tế")], AGREED, 1), "arrears").text
    assert text == (
        "Còn nợ đọng xây dựng cơ bản 1.520,5 triệu đồng ở 2 công trình: "
        "Đường trục xã (1.500 triệu đồng); Trạm y tế (20,5 triệu đồng)."
    )


@pytest.mark.parametrize(
    ("verdict", "ok"),
    [(Verdict.MET, True), (Verdict.NOT_APPLICABLE, True), (Verdict.NOT_MET, False), (Verdict.UNKNOWN, None)],
)
def test_each_criterion_must_be_known_to_be_met(verdict, ok):
    items = check([*MET[:9], Judged(10, "Thu nhập", verdict), *MET[10:]], [], AGREED, 1)
    assert item(items, "criterion_10").ok is ok
    assert passes(items) == bool(ok)


@pytest.mark.parametrize(
    ("opinions", "ok"),
    [
        ([Opinion(10, "Sở B", True)], True),
        ([Opinion(10, "Sở B", False), Opinion(10, "Sở A", True)], False),
        ([Opinion(10, "Sở B", None), Opinion(10, "Sở A", True)], None),
        ([], None),
    ],
)
def test_every_department_must_agree(opinions, ok):
    items = check(MET, [], [one for one in AGREED if one.number != 10] + opinions, 1)
    assert item(items, "opinion_10").ok is ok
    assert passes(items) == bool(ok)


def test_a_department_in_charge_that_has_said_nothing_is_waited_for():
    """Beside one that agreed: both are in charge."""
    said = with_waiting([Opinion(10, "Sở B", True)], [(10, "Sở A"), (10, "Sở B")])
    assert said == [Opinion(10, "Sở B", True), Opinion(10, "Sở A", None)]
    found = item(check(MET, [], [one for one in AGREED if one.number != 10] + said, 1), "opinion_10")
    assert (found.ok, "Sở A chưa có ý kiến" in found.text) == (None, True)


def test_what_is_missing_is_said_in_sentences_and_what_does_not_hold_first():
    assert missing(check(MET, [], AGREED, 1)) == []
    said = missing(check(MET, [owed(1500)], [], 1))
    assert len(said) == 1 + 19
    assert "Đường trục xã (1.500 triệu đồng)" in said[0]
    assert all("chưa có ý kiến" in text for text in said[1:])


def test_what_is_not_kept_is_not_taken_for_granted():
    items = check(MET, [])
    assert {found.key for found in items if found.ok is None} == {"opinions", "evidence"}
    assert not passes(items)
    assert not passes(check(MET, [], AGREED, 0))
    assert not passes(check([], [], [], 1))


@pytest.fixture
def waiting(province):
    """The commune at 19/19 without a decision."""
    found = Commune.objects.filter(registrations__year=2018, district__code="171").order_by("code")
    return next(c for c in found if all(i.ok for i in dossier_of(c, DAY) if i.key.startswith("criterion")))


def test_a_commune_is_checked_as_it_stood_on_the_day(waiting, django_assert_num_queries):
    with django_assert_num_queries(5):  # assessment, frame, opinions, papers, debts
        items = dossier_of(waiting, DAY)
    assert item(items, "arrears").ok
    Arrears.objects.create(commune=waiting, work="Cầu", value=900, paid=400, as_of=date(2018, 6, 1))
    blocked = item(dossier_of(waiting, DAY), "arrears")
    assert (blocked.ok, "Cầu (500 triệu đồng)" in blocked.text) == (False, True)
    assert item(dossier_of(waiting, date(2018, 5, 31)), "arrears").ok
    Arrears.objects.filter(work="Cầu").update(settled_on=date(2018, 6, 20))
    assert item(dossier_of(waiting, DAY), "arrears").ok


def test_a_registered_commune_of_the_trial_data_is_held_back_by_its_debt(province):
    commune = Commune.objects.in_force(DAY).get(code="05548")
    assert not item(dossier_of(commune, DAY), "arrears").ok


def test_a_commune_that_was_never_assessed_is_not_known_to_meet_anything(province):
    ward = Commune.objects.in_force(DAY).filter(kind="phường").first()
    assert item(dossier_of(ward, DAY), "criteria").ok is None
