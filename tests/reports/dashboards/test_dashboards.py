"""The dashboards show what the reports say, to the last saved cell, and make sense where little is known."""

import gzip
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from communes.models import Commune, Recognition, YearlyStatistics
from criteria import actions
from criteria.models import AssessmentRound, CriteriaSet, Via

pytestmark = pytest.mark.django_db

DISTRICTS = ["164", "165", "167", "168", "169", "170", "171", "172", "173"]
PLACES = {"/": "", **{f"/huyen/{code}/": f"&huyen={code}" for code in DISTRICTS}}

SOME_COMMUNE = "05485"

WORDS = {"district", "band", "figure", "trend", "commune", "state"}


class Seen:
    """What a page says in its attributes."""

    def __init__(self, client, address: str):
        answer = client.get(address)
        assert answer.status_code == 200, address
        self.html = answer.content.decode()

    def rows(self, *names: str) -> list[tuple]:
        pattern = " ".join(f'data-{name}="([^"]*)"' for name in names)
        found = (row if isinstance(row, tuple) else (row,) for row in re.findall(pattern, self.html))
        return [tuple(map(read, names, row)) for row in found]

    @property
    def figures(self) -> dict:
        return dict(self.rows("figure", "value"))


def read(name: str, text: str):
    return text if name in WORDS else float(text) if text else None


def report(client, slug: str, query: str) -> list[dict]:
    return client.get(f"/bao-cao/{slug}.json?{query}").json()["rows"]


@pytest.mark.parametrize("year", [2015, 2016, 2017])
@pytest.mark.parametrize(("path", "part"), PLACES.items(), ids=["tỉnh", *DISTRICTS])
def test_every_number_of_a_dashboard_is_that_of_a_report(client_of, staff, path, part, year):
    client, query = client_of(staff), f"nam={year}{part}"
    seen = Seen(client, f"{path}?nam={year}")
    headline = {row["key"]: row["value"] for row in report(client, "tong-hop", query)}
    assert seen.figures == {key: value for key, value in headline.items() if key in seen.figures}
    assert len(seen.figures) >= 6
    bands = report(client, "nhom-tieu-chi", query)
    assert dict(seen.rows("band", "value")) == {key: n for key, n in bands[-1].items() if re.match(r"b\d", key)}
    criteria = report(client, "tung-tieu-chi", query)
    assert sorted(seen.rows("criterion", "met", "total")) == [(r["number"], r["met"], r["total"]) for r in criteria]
    for key, then, value in seen.rows("trend", "year", "value"):
        rows = {row["key"]: row["value"] for row in report(client, "tong-hop", f"nam={then:.0f}{part}")}
        assert value == rows[key], (key, then)
    assert {then for _, then, _ in seen.rows("trend", "year", "value")} == set(range(2015, year + 1))


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_the_districts_add_up_to_the_province(client_of, viewer, year):
    client = client_of(viewer)
    province = Seen(client, f"/?nam={year}")
    rows = province.rows("district", "total", "certified", "mean")
    assert len(rows) == 9
    assert sum(row[2] for row in rows) == province.figures["communes_certified"]
    pages = {code: Seen(client, f"/huyen/{code}/?nam={year}") for code in DISTRICTS}
    for code, _, certified, mean in rows:
        assert (pages[code].figures["communes_certified"], pages[code].figures["criteria_mean"]) == (certified, mean)
    for attribute in ("band", "criterion"):
        second = "value" if attribute == "band" else "met"
        for key, whole in province.rows(attribute, second):
            assert sum(dict(page.rows(attribute, second)).get(key, 0) for page in pages.values()) == whole, key


def test_the_hardest_criterion_stands_first(client_of, staff):
    met = [row[1] for row in Seen(client_of(staff), "/?nam=2017").rows("criterion", "met")]
    assert len(met) == 19
    assert all(earlier <= later for earlier, later in pairwise(met))


def test_a_saved_cell_shows_at_the_next_request(client_of, staff, province):
    client, round = client_of(staff), AssessmentRound.objects.of_year(province, 2017).get()
    before = Seen(client, "/?nam=2017")
    code = next(row["code"] for row in report(client, "ma-tran", "nam=2017&huyen=170") if row["c10"] == "not_met")
    commune = Commune.objects.in_force(round.as_of).get(code=code)
    entry = actions.Entry(commune.pk, {"income": Decimal(99)})
    actions.record(round, [entry], by=staff, via=Via.GRID)
    after = Seen(client, "/?nam=2017")
    assert dict(after.rows("criterion", "met"))[10] == dict(before.rows("criterion", "met"))[10] + 1
    assert after.figures["criteria_mean"] > before.figures["criteria_mean"]
    assert after.figures["income_per_capita"] > before.figures["income_per_capita"]
    expected = {row["key"]: row["value"] for row in report(client, "tong-hop", "nam=2017")}
    assert after.figures == {key: expected[key] for key in after.figures}


def test_a_decision_shows_at_the_next_request(client_of, staff, province):
    waiting = Commune.objects.get(
        code=re.search(r'data-commune="(\d+)" data-state="meets"', Seen(client_of(staff), "/?nam=2017").html)[1]
    )
    Recognition.objects.create(commune=waiting, counts_for_year=2017)
    assert Seen(client_of(staff), "/?nam=2017").figures["communes_certified"] == 69


@pytest.mark.parametrize("path", ["/", "/huyen/171/"])
def test_a_year_without_data_says_so(client_of, staff, province, path):
    round = AssessmentRound.objects.of_year(province, 2017).get()
    actions.open_round(province, round.criteria_set, date(2018, 12, 31))
    seen = Seen(client_of(staff), f"{path}?nam=2018")
    assert "0/" in seen.html
    assert "xã đã duyệt" in seen.html
    assert seen.figures["criteria_mean"] is None
    states = dict(seen.rows("commune", "state"))
    assert set(states.values()) <= {"certified", "unknown"}
    assert sum(state == "unknown" for state in states.values()) > 10
    assert dict(seen.rows("band", "value"))["unknown"] == len(states)


def test_a_district_with_one_commune_and_a_commune_without_statistics(client_of, staff, province):
    one = Commune.objects.get(code="05485")
    others = Commune.objects.in_force(date(2017, 12, 31)).filter(district__code="164").exclude(pk=one.pk)
    others.update(valid_to=date(2017, 12, 30))
    YearlyStatistics.objects.filter(commune=one, year=2017).delete()
    seen = Seen(client_of(staff), "/huyen/164/?nam=2017")
    assert [row[0] for row in seen.rows("commune", "state")] == ["05485"]
    assert seen.figures["income_per_capita"] is None
    assert "chưa có" in seen.html


def test_before_the_boundary_change_the_commune_is_in_its_old_district(client_of, staff):
    client = client_of(staff)
    dong_lien = "05914"
    for year, district, other in ((2016, "173", "164"), (2017, "164", "173")):
        assert f'data-commune="{dong_lien}"' in Seen(client, f"/huyen/{district}/?nam={year}").html
        assert f'data-commune="{dong_lien}"' not in Seen(client, f"/huyen/{other}/?nam={year}").html


def test_a_commune_without_a_place_on_the_map_is_named_below_it(client_of, staff):
    seen = Seen(client_of(staff), "/?nam=2016")
    drawn = {code for code, _ in seen.rows("commune", "state")}
    every = {row["code"] for row in report(client_of(staff), "ma-tran", "nam=2016") if row["code"]}
    assert (len(drawn), len(every)) == (139, 140)
    below = re.search(r"<p[^>]*data-unplaced[^>]*>(.*?)</p>", seen.html, re.DOTALL)[1]
    assert set(re.findall(r"/xa/(\d+)/", below)) == every - drawn


@pytest.mark.parametrize("path", ["/", "/huyen/173/", "/tieu-chi-xa/11/", f"/xa/{SOME_COMMUNE}/", "/bao-cao/tong-hop/"])
def test_a_page_says_whether_its_year_is_closed(answers, staff, path):
    """2016 is closed, 2017 is open: nobody shall quote a provisional figure as a final one."""
    closed, provisional = (answers(staff, f"{path}?nam={year}").text.casefold() for year in (2016, 2017))
    assert ("đã chốt" in closed, "tạm tính" in closed) == (True, False)
    assert ("đã chốt" in provisional, "tạm tính" in provisional) == (False, True)


def test_the_years_are_marked_where_another_set_begins(client_of, staff, province):
    other = CriteriaSet.objects.get(code="318/QĐ-TTg")
    round = actions.open_round(province, other, date(2018, 12, 31))
    assert round
    html = Seen(client_of(staff), "/?nam=2018").html
    assert re.findall(r'<span class="set">([^<]+)</span>', html) == ["1980/QĐ-TTg", "318/QĐ-TTg"]


def test_first_load_is_small(client_of, staff):
    files = [finders.find(name) for name in ("portal.css", "charts.css", "bootstrap/bootstrap.min.css")]
    parts = [client_of(staff).get("/?nam=2017").content, *(Path(file).read_bytes() for file in files)]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000
