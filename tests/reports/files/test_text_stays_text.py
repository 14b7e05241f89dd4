"""Text from sheets and forms is text wherever it is shown: no formula in a file, no markup on a page."""

import pytest

from communes.models import Commune, District, Recognition
from criteria import actions
from criteria.intake import importing
from criteria.models import AssessmentRound, Via
from criteria.rules.verdicts import Given, Verdict
from tests.reports.reading import Book, read_page

pytestmark = pytest.mark.django_db

EVIL = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a&b"]
CUC_DUONG = "05737"  # in a district that is still at work in 2017


@pytest.fixture
def fetch(client_of, staff):
    client = client_of(staff)

    def fetched(slug):
        json, xlsx, page = (client.get(f"/bao-cao/{slug}{ending}?nam=2017") for ending in (".json", ".xlsx", "/"))
        return json.json(), Book(b"".join(xlsx)), read_page(page.content.decode())

    return fetched


@pytest.fixture
def round_2017(province):
    return AssessmentRound.objects.of_year(province, 2017).get()


def assert_text_everywhere(answers, key, text):
    json, book, page = answers
    assert text in [row[key] for row in json["rows"]]
    cells = [cell for row in book.sheet.iter_rows() for cell in row if cell.value == text]
    assert {cell.data_type for cell in cells} == {"s"}
    assert book.formulas() == []
    assert text in [cell.text for row in page.body for cell in row]
    if "<" in text:
        assert text not in page.html


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("slug", ["ma-tran", "du-lieu", "xa-dat-chuan"])
def test_the_name_of_a_commune_is_text(province, fetch, slug, text):
    Commune.objects.filter(code=CUC_DUONG).update(name=text)
    assert_text_everywhere(fetch(slug), "name", text)


@pytest.mark.parametrize("text", EVIL)
def test_the_name_of_a_district_is_text(province, fetch, text):
    District.objects.filter(code="171").update(name=text)
    for slug in ("nhom-tieu-chi", "ma-tran"):
        assert_text_everywhere(fetch(slug), "district", text)


@pytest.mark.parametrize("text", EVIL)
def test_the_number_of_a_decision_is_text(province, fetch, text):
    Recognition.objects.filter(commune__code=CUC_DUONG).update(decision_number=text)
    assert_text_everywhere(fetch("xa-dat-chuan"), "decision_number", text)


@pytest.mark.parametrize("text", EVIL)
def test_a_reason_is_text(client_of, staff, round_2017, fetch, text):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=CUC_DUONG)
    given = Given(claim=Verdict.NOT_APPLICABLE, reason=text)
    actions.record(round_2017, [actions.Entry(commune.pk, {}, {"5.1": given})], by=staff, via=Via.FORM)
    assert_text_everywhere(fetch("du-lieu"), "5.1", f"KXX: {text}")
    if "<" in text:
        assert text not in client_of(staff).get(f"/xa/{CUC_DUONG}/?nam=2017").content.decode()


@pytest.mark.parametrize("text", EVIL)
def test_a_commune_with_such_a_name_is_escaped_on_every_page_that_names_it(client_of, staff, province, text):
    Commune.objects.filter(code=CUC_DUONG).update(name=text)
    for path in ("/huyen/170/", "/xa/", f"/xa/{CUC_DUONG}/"):
        html = client_of(staff).get(path, {"nam": 2017}).content.decode()
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        assert escaped in html
        assert "<" not in text or text not in html


@pytest.mark.parametrize("year", [2015, 2016, 2017])
@pytest.mark.parametrize("district", ["", "173"])
def test_the_sheet_of_raw_values_goes_back_in_without_a_change(client_of, staff, province, year, district):
    query = {"nam": year} | ({"huyen": district} if district else {})
    answer = client_of(staff).get("/bao-cao/du-lieu.xlsx", query)
    round = AssessmentRound.objects.of_year(province, year).get()
    preview = importing.rehearse(b"".join(answer), "du-lieu.xlsx", round)
    assert (preview.changes, preview.rejected, preview.ignored_columns) == ([], [], [])
    rows = Commune.objects.in_force(round.as_of).rural().filter(**{"district__code": district} if district else {})
    assert preview.unchanged >= 50 * rows.count()


def test_a_reason_that_looks_like_a_formula_comes_back_as_it_was(client_of, staff, round_2017):
    commune = Commune.objects.in_force(round_2017.as_of).get(code=CUC_DUONG)
    given = Given(claim=Verdict.NOT_APPLICABLE, reason="@x = 1")
    actions.record(round_2017, [actions.Entry(commune.pk, {}, {"5.1": given})], by=staff, via=Via.FORM)
    answer = client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017")
    preview = importing.rehearse(b"".join(answer), "du-lieu.xlsx", round_2017)
    assert (preview.changes, preview.rejected) == ([], [])


def test_what_only_the_database_changed_stays(client_of, staff, round_2017):
    answer = client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017")
    content = b"".join(answer)
    commune = Commune.objects.in_force(round_2017.as_of).get(code=CUC_DUONG)
    entry = actions.Entry(commune.pk, {"population": 1})
    actions.record(round_2017, [entry], by=staff, via=Via.FORM)
    preview = importing.rehearse(content, "du-lieu.xlsx", round_2017)
    assert (preview.changes, preview.conflicts, preview.kept) == ([], [], 1)
