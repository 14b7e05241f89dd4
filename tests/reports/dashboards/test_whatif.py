"""What if: the figures move as they would, and nothing is stored."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.models import Assessment, ChangeEvent
from criteria.rules.verdicts import Summary
from reports.dashboards.whatif import Choice, changed, gained, suppose
from reports.picture.figures import headline
from reports.picture.picture import Criterium, DistrictRow, Picture, Unit

CRITERIA = tuple(Criterium(position, position + 1, f"Tiêu chí {position + 1}") for position in range(3))
DISTRICT = DistrictRow("1", "Một")
ALL = 0b111


def unit(code: str, met: int, known: int = ALL, certified: bool = False, rural: bool = True) -> Unit:
    return Unit(
        int(code), int(code), code, code, rural, DISTRICT, summary=Summary(met & known, known), certified=certified
    )


def year(*units: Unit) -> Picture:
    return Picture(1, 2017, None, "S", False, CRITERIA, units)


def choice(picture, communes=(), criteria=()) -> Choice:
    return Choice(frozenset(u.code for u in picture.communes), frozenset(communes), frozenset(criteria))


def certified(picture) -> set[str]:
    return {u.code for u in picture.communes if u.certified}


def test_a_chosen_commune_meets_all_and_is_recognised():
    now = year(unit("1", 0b001), unit("2", 0b011))
    then = suppose(now, choice(now, ["1"]))
    assert (certified(then), [u.summary.met_count for u in then.communes]) == ({"1"}, [3, 2])
    assert [u.code for u in gained(now, then)] == ["1"]


def test_a_chosen_criterion_is_met_everywhere_and_those_it_completes_are_recognised():
    now = year(unit("1", 0b011), unit("2", 0b001), unit("3", ALL))
    then = suppose(now, choice(now, criteria=[3]))
    assert [u.summary.met_count for u in then.communes] == [3, 2, 3]
    assert certified(then) == {"1"}  # the third met all before and still waits for its decision


def test_chosen_criteria_pass_in_the_chosen_communes_alone():
    now = year(unit("1", 0b001), unit("2", 0b001))
    then = suppose(now, choice(now, ["2"], [2]))
    assert [u.summary.met_count for u in then.communes] == [1, 2]


def test_who_waits_for_a_decision_is_recognised_when_chosen():
    now = year(unit("3", ALL))
    assert certified(suppose(now, choice(now, ["3"]))) == {"3"}


def test_what_is_out_of_reach_stays_as_it_is():
    now = year(unit("1", 0), unit("2", 0))
    then = suppose(now, Choice(frozenset({"1"}), frozenset({"2"}), frozenset()))
    assert then.communes == now.communes
    everywhere = suppose(now, Choice(frozenset({"1"}), frozenset(), frozenset({1})))
    assert [u.code for u, _ in changed(now, everywhere)] == ["1"]


units = st.lists(st.tuples(st.integers(0, ALL), st.integers(0, ALL), st.booleans()), min_size=1, max_size=12)


@given(units, st.sets(st.integers(0, 11)), st.sets(st.integers(1, 3)))
def test_nobody_loses_and_the_choice_of_nothing_changes_nothing(found, communes, criteria):
    now = year(*(unit(str(n), met, known, stands) for n, (met, known, stands) in enumerate(found)))
    then = suppose(now, choice(now, map(str, communes), criteria))
    for old, new in zip(now.communes, then.communes, strict=True):
        assert new.summary.met_mask & old.summary.met_mask == old.summary.met_mask
        assert new.certified >= old.certified
    if not communes and not criteria:
        assert then == now
    assert headline(then)[0].numerator == headline(now)[0].numerator + len(gained(now, then))


def supposed(client, query: str) -> dict[str, tuple[float, float]]:
    html = client.get(f"/neu-thi/?nam=2017{query}").content.decode()
    rows = re.findall(r'data-supposed="(\w+)" data-now="([\d.]+)" data-then="([\d.]+)"', html)
    return {key: (float(now), float(then)) for key, now, then in rows}


def test_without_a_choice_both_columns_are_the_figures_of_the_report(client_of, staff):
    client = client_of(staff)
    expected = {row["key"]: row["value"] for row in client.get("/bao-cao/tong-hop.json?nam=2017").json()["rows"]}
    found = supposed(client, "")
    assert found == {key: (expected[key], expected[key]) for key in found}
    assert len(found) == 3


def test_the_22_registered_communes_would_make_90(client_of, staff):
    assert supposed(client_of(staff), "&chon=dang-ky")["communes_certified"] == (68, 90)


def test_the_link_of_a_choice_gives_the_same_figures(client_of, leader):
    client = client_of(leader)
    html = client.get("/neu-thi/?nam=2017&chon=thieu-1").content.decode()
    link = re.search(r'href="http://testserver/neu-thi/\?nam=2017([^"]+)">Đường dẫn', html)[1].replace("&amp;", "&")
    assert supposed(client, link) == supposed(client, "&chon=thieu-1") != supposed(client, "")


def test_an_official_supposes_of_the_own_communes_only(client_of, daitu):
    client = client_of(daitu)
    assert supposed(client, "&xa=05944&xa=05946") == supposed(client, "")
    assert "05944" not in client.get("/neu-thi/?nam=2017").content.decode()


@pytest.mark.parametrize("query", ["&tc=99&tc=x", "&xa=..%2F", "&chon=thieu-9", "&chon=%00"])
def test_nonsense_chooses_nothing(client_of, staff, query):
    assert supposed(client_of(staff), query) == supposed(client_of(staff), "")


def test_supposing_stores_nothing(client_of, staff):
    before = list(Assessment.objects.order_by("pk").values_list("met_mask")), ChangeEvent.objects.count()
    client_of(staff).get("/neu-thi/?nam=2017&chon=thieu-3&tc=17")
    assert (list(Assessment.objects.order_by("pk").values_list("met_mask")), ChangeEvent.objects.count()) == before
