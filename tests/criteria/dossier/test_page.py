"""The check of a dossier as a page: a commune with arrears does not pass, and is told why."""

import re
from datetime import date
from decimal import Decimal

import pytest

from communes.models import Arrears, Commune

pytestmark = pytest.mark.django_db
ALL_MET, OTHER_DISTRICT = "05773", "05944"


def items(client, code: str = ALL_MET, query: str = "nam=2017") -> dict[str, str]:
    html = client.get(f"/xa/{code}/ho-so/?{query}").content.decode()
    return dict(re.findall(r'data-item="(\w+)" data-ok="(\w+)"', html))


def test_a_commune_with_all_criteria_met_still_waits_for_what_is_not_recorded(client_of, staff):
    found = items(client_of(staff))
    assert [found[f"criterion_{number}"] for number in range(1, 20)] == ["True"] * 19
    assert [found[f"opinion_{number}"] for number in range(1, 20)] == ["None"] * 19
    assert (found["arrears"], found["evidence"]) == ("True", "False")
    assert "Chưa đủ điều kiện" in client_of(staff).get(f"/xa/{ALL_MET}/ho-so/?nam=2017").content.decode()


def test_arrears_block_the_dossier_and_say_which_work_and_how_much(client_of, staff):
    commune = Commune.objects.in_force(date(2017, 12, 31)).get(code=ALL_MET)
    Arrears.objects.create(
        commune=commune, work="Đường trục xã", investor="UBND xã", value=Decimal(900), paid=Decimal(650),
        as_of=date(2017, 11, 30),
    )  # fmt: skip
    html = client_of(staff).get(f"/xa/{ALL_MET}/ho-so/?nam=2017").content.decode()
    assert items(client_of(staff))["arrears"] == "False"
    assert "Còn nợ đọng xây dựng cơ bản 250 triệu đồng ở 1 công trình: Đường trục xã (250 triệu đồng)" in html


def test_a_missed_criterion_stands_among_what_does_not_hold(client_of, staff):
    client = client_of(staff)
    row = next(row for row in client.get("/bao-cao/ma-tran.json?nam=2017").json()["rows"] if row["c17"] == "not_met")
    assert items(client, row["code"])["criterion_17"] == "False"


def test_who_answers_for_another_district_does_not_find_it(client_of, daitu):
    assert client_of(daitu).get(f"/xa/{ALL_MET}/ho-so/?nam=2017").status_code == 200
    assert client_of(daitu).get(f"/xa/{OTHER_DISTRICT}/ho-so/?nam=2017").status_code == 404


@pytest.mark.parametrize("address", ["/xa/99999/ho-so/?nam=2017", f"/xa/{ALL_MET}/ho-so/?nam=2030"])
def test_what_is_not_there_is_404(client_of, staff, address):
    assert client_of(staff).get(address).status_code == 404
