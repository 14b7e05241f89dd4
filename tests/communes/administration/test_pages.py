"""The administration: every page opens, and what comes in by form or file goes the way everything else goes."""

import csv
import io
from decimal import Decimal

import pytest
from django.contrib import admin as django_admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communes.models import Commune, Department, YearlyStatistics
from criteria.models import Assessment, ChangeEvent, Requirement, Result, Via

pytestmark = pytest.mark.django_db

CSV = "0"  # its place in the list of formats
CUC_DUONG = "05737"  # a xã of Võ Nhai, at 24,6 million in 2017; the step of that year is 24
ROOMS = {"communes", "criteria", "reports"}
MODELS = [model for model in django_admin.site._registry if model._meta.app_label in ROOMS]
COLUMNS = {
    "commune": "Mã xã",
    "year": "Năm",
    "population": "Dân số (người)",
    "households": "Số hộ",
    "poor_households": "Số hộ nghèo",
    "income": "Thu nhập bình quân (triệu đồng/người/năm)",
    "status": "Loại số liệu",
    "source": "Nguồn",
}
FIGURES = ["population", "households", "poor_households", "income", "status", "source"]

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


@pytest.fixture
def client(client_of, admin):
    return client_of(admin)


@pytest.fixture
def statistics(province):
    """``statistics(2017)``: the row of Cúc Đường, as it is stored now."""
    return lambda year: YearlyStatistics.objects.select_related("commune").get(commune__code=CUC_DUONG, year=year)


def page(model, action: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def said(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


@every_model
def test_the_list_of_every_model_opens_and_can_be_searched(client, model):
    for query in ("", "?q=dai+tu", "?q=%00", "?o=-1"):
        assert client.get(page(model, "changelist") + query, follow=True).status_code == 200, query


@every_model
def test_a_new_one_can_be_begun_where_that_is_allowed(client, rf, admin, model):
    request = rf.get("/")
    request.user = admin
    allowed = django_admin.site._registry[model].has_add_permission(request)
    assert client.get(page(model, "add")).status_code == (200 if allowed else 403)


@every_model
def test_the_page_of_what_is_there_opens(client, model):
    assert client.get(page(model, "change", model.objects.first().pk)).status_code == 200


@every_model
def test_nothing_with_a_history_is_deleted(client, model):
    used = {"results__isnull": False} if model is Requirement else {}
    first = model.objects.filter(**used).order_by("pk").first()
    client.post(page(model, "delete", first.pk), {"post": "yes"})
    assert model.objects.filter(pk=first.pk).exists()


def exported(client, model) -> list[dict[str, str]]:
    form = client.get(page(model, "export")).context["form"]
    fields = dict.fromkeys(form.fields.keys() - {"export_items"}, "on") | {"format": CSV, "resource": "0"}
    answer = client.post(page(model, "export"), fields)
    assert answer.headers["Content-Type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def upload(client, model, rows: list[dict]):
    """The preview of a file, and what to post to confirm it; None where the preview found it wrong."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile("bang.csv", text.getvalue().encode())
    preview = client.post(page(model, "import"), {"import_file": file, "format": CSV, "resource": "0"})
    assert preview.status_code == 200
    form = preview.context.get("confirm_form")
    return preview, form and form.initial


def confirm(client, model, fields):
    return client.post(page(model, "process_import"), fields, follow=True)


def test_departments_are_exported(client):
    assert {row["Tên"] for row in exported(client, Department)} == set(
        Department.objects.values_list("name", flat=True)
    )


def test_departments_come_in_after_a_preview_that_writes_nothing(client):
    known = Department.objects.first().name
    count = Department.objects.count()
    preview, fields = upload(client, Department, [{"Tên": known}, {"Tên": "Sở Thử nghiệm"}])
    assert [row.import_type for row in preview.context["result"]] == ["skip", "new"]
    assert Department.objects.count() == count
    confirm(client, Department, fields)
    assert Department.objects.count() == count + 1
    assert Department.objects.filter(name="Sở Thử nghiệm").exists()


def test_exported_text_is_never_a_formula(client, province):
    Department.objects.create(name="=1+1")
    assert "'=1+1" in [row["Tên"] for row in exported(client, Department)]


def row_of(stored: YearlyStatistics, **changed) -> dict:
    return (
        {name: getattr(stored, name) for name in FIGURES}
        | {"commune": stored.commune_id, "year": stored.year}
        | changed
    )


def line_of(stored: YearlyStatistics, **changed) -> dict:
    """The same as a row of a file."""
    row = row_of(stored) | {"commune": stored.commune.code} | changed
    return {COLUMNS[name]: value for name, value in row.items()}


def test_a_file_of_statistics_judges_anew_and_leaves_an_event(client, admin, statistics):
    before = statistics(2017)
    events, met = ChangeEvent.objects.count(), assessment(2017).met_count
    assert income_verdict(2017) == "met"
    _, fields = upload(client, YearlyStatistics, [line_of(before, income="23,9")])
    assert (statistics(2017).income, income_verdict(2017), ChangeEvent.objects.count()) == (
        before.income,
        "met",
        events,
    )
    confirm(client, YearlyStatistics, fields)
    assert (statistics(2017).income, income_verdict(2017)) == (Decimal("23.9"), "not_met")
    assert assessment(2017).met_count == met - 1
    assert ChangeEvent.objects.count() == events + 1
    event = ChangeEvent.objects.latest("pk")
    assert (event.by, event.via, event.commune, event.year) == (admin, Via.ADMIN, before.commune, 2017)
    assert event.changes["income"] == ["24.6", "23.9"]
    assert [side["verdict"] for side in event.changes["10.1"]] == ["met", "not_met"]


def test_a_file_of_statistics_that_repeats_what_is_stored_leaves_no_event(client, statistics):
    events = ChangeEvent.objects.count()
    preview, fields = upload(client, YearlyStatistics, [line_of(statistics(2017))])
    assert [row.import_type for row in preview.context["result"]] == ["skip"]
    confirm(client, YearlyStatistics, fields)
    assert ChangeEvent.objects.count() == events


def test_a_file_of_statistics_for_a_closed_year_is_refused_in_the_preview(client, statistics):
    before = statistics(2016)
    events = ChangeEvent.objects.count()
    preview, fields = upload(
        client, YearlyStatistics, [line_of(statistics(2017), income="1"), line_of(before, income="1")]
    )
    assert fields is None
    assert "đã khóa" in preview.content.decode()
    assert (statistics(2016).income, statistics(2017).income) == (before.income, Decimal("24.6"))
    assert ChangeEvent.objects.count() == events


@pytest.mark.parametrize(
    "wrong", [{"year": "70000"}, {"year": "x"}, {"income": "-1"}, {"commune": "0"}, {"income": "x"}]
)
def test_a_file_with_a_wrong_cell_is_refused_in_the_preview(client, statistics, wrong):
    _, fields = upload(client, YearlyStatistics, [line_of(statistics(2017), **wrong)])
    assert fields is None


def test_the_form_of_statistics_judges_anew_and_leaves_an_event(client, admin, statistics):
    before = statistics(2017)
    answer = post_form(client, before, income="23.9")
    assert "thành công" in said(answer)
    assert (statistics(2017).income, income_verdict(2017)) == (Decimal("23.9"), "not_met")
    event = ChangeEvent.objects.latest("pk")
    assert (event.by, event.via, event.changes["income"]) == (admin, Via.ADMIN, ["24.6", "23.9"])


def test_the_form_refuses_a_closed_year_and_keeps_what_was_typed(client, statistics):
    before, events = statistics(2016), ChangeEvent.objects.count()
    answer = post_form(client, before, income="1")
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert "đã khóa" in str(form.non_field_errors())
    assert (form["income"].value(), said(answer)) == ("1", "")
    assert (statistics(2016).income, ChangeEvent.objects.count()) == (before.income, events)


def test_the_form_cannot_turn_a_row_into_that_of_another_unit_or_year(client, statistics):
    other = Commune.objects.get(code="05734")
    count = YearlyStatistics.objects.count()
    post_form(client, statistics(2017), income="25", commune=other.pk, year=2018)
    assert YearlyStatistics.objects.count() == count
    assert statistics(2017).income == 25


@pytest.mark.parametrize("year", ["70000", "30000", "0", "x", ""])
def test_a_year_that_cannot_be_is_refused_by_the_form(client, statistics, year):
    count = YearlyStatistics.objects.count()
    answer = client.post(page(YearlyStatistics, "add"), row_of(statistics(2017), year=year))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"year"}
    assert YearlyStatistics.objects.count() == count


def test_statistics_of_a_year_without_a_round_are_stored(client, statistics):
    answer = client.post(page(YearlyStatistics, "add"), row_of(statistics(2017), year=2018, income="26", _continue="1"))
    assert statistics(2018).income == 26
    assert answer.url == page(YearlyStatistics, "change", statistics(2018).pk)
    assert ChangeEvent.objects.latest("pk").year == 2018


def post_form(client, stored: YearlyStatistics, **changed):
    return client.post(page(YearlyStatistics, "change", stored.pk), row_of(stored, **changed), follow=True)


def assessment(year: int) -> Assessment:
    return Assessment.objects.get(commune__code=CUC_DUONG, round__as_of__year=year)


def income_verdict(year: int) -> str:
    return Result.objects.get(assessment=assessment(year), indicator__code="10.1").verdict
