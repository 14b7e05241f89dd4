"""A small country beside the trial data: its summaries follow from its results, a province reads only its own."""

import pytest
from django.db import connection

from criteria.models import Assessment, AssessmentRound, Result
from criteria.proofs.summaries import differences
from tests.bench import country, nation, pages
from tests.bench.timing import Effort

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
LINES = 49


@pytest.fixture
def clerk(province):
    """An officer of the first province of a small country."""
    return nation.make(nation.SMALL, lambda _: None)


def test_a_country_is_as_large_as_it_says_and_its_summaries_follow_from_its_results(clerk):
    made = AssessmentRound.objects.exclude(province__code="19")
    assert made.values("province").distinct().count() == nation.SMALL.provinces
    assert Assessment.objects.filter(round__in=made).count() == nation.SMALL.communes * nation.SMALL.years
    results = Result.objects.filter(assessment__round__in=made)
    assert results.count() == nation.SMALL.communes * nation.SMALL.years * LINES
    assert len(set(Assessment.objects.filter(round__in=made).values_list("met_count", flat=True))) > 5
    assert list(differences()) == []


def test_the_overview_of_a_province_in_a_country_is_held_against_bare_sql(clerk):
    found = country.measure_overview(pages.client_of(clerk), clerk.province, Effort(1, 1, 0), "PostgreSQL")
    assert (found.key, found.database) == ("2", "PostgreSQL")
    assert found.value > 0


def test_no_page_or_file_of_a_province_fetches_more_than_the_province_has(clerk):
    communes = nation.SMALL.communes // nation.SMALL.provinces
    found = country.measure_fetching(clerk, "PostgreSQL")
    assert found.value <= communes * LINES * nation.SMALL.years, found.detail


@pytest.mark.parametrize(("address", "most"), [("/nhap-lieu/2017/", 100), ("/bao-cao/xa-dat-chuan/?nam=2017", 60)])
def test_what_other_provinces_have_stored_is_not_fetched(clerk, address, most):
    """Statistics and decisions of all provinces lie in one table each; they alone are more rows than ``most``, and
    what the page needs (communes, requirements) is less."""
    fetching, client = country.Fetching(), pages.client_of(clerk)
    with connection.execute_wrapper(fetching):
        assert client.get(address).status_code == 200
    assert fetching.most <= most
