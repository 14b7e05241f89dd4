"""A form that is refused comes back as it was typed, with the reason, and nothing of it is written."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from communes.administration.scope import MEANWHILE
from communes.models import (
    Arrears,
    BoundaryChange,
    Commune,
    Department,
    District,
    DistrictRecognition,
    Funding,
    Recognition,
    Succession,
    YearlyStatistics,
)
from criteria.models import ChangeEvent
from reports.documents.actions import keep
from reports.models import Conclusion, StatedFigure
from tests.reports.making import make_province

pytestmark = pytest.mark.django_db

VU_CHAN, FOREIGN = "05728", "90000"
CLOSED = "Số liệu năm 2016 đã khóa"
LONG = "ghi theo biên bản làm việc ngày 12/3"
ENTERED = {
    Recognition: {"level": "dat_chuan", "counts_for_year": "2016", "note": LONG},
    DistrictRecognition: {"title": "hoan_thanh", "counts_for_year": "2016", "source": LONG},
    Funding: {"year": "2016", "source": "other", "planned": "1.250,5", "note": LONG},
    Arrears: {"work": "Cầu treo", "value": "1.250,5", "paid": "9", "as_of": "31/12/2016", "note": LONG},
}

every_refused = pytest.mark.parametrize("model", ENTERED, ids=lambda model: model._meta.model_name)


@pytest.fixture
def client(client_of, admin):
    return client_of(admin)


@pytest.fixture
def commune(province):
    return Commune.objects.in_force(date(2016, 12, 31)).get(code=VU_CHAN)


def page(model, action: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def stored(model) -> tuple:
    """What a refused form must leave as it is."""
    rows = list(model.objects.order_by("pk").values())
    return rows, ChangeEvent.objects.count(), LogEntry.objects.count()


def errors_of(answer) -> dict[str, list[str]]:
    assert answer.status_code == 200
    assert "thành công" not in answer.content.decode()
    return {name: list(said) for name, said in answer.context["adminform"].form.errors.items()}


def value_in(answer, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', answer.content.decode())[0]
    return re.search(r'value="([^"]*)"', tag)[1]


def entered(model, commune) -> dict[str, str]:
    place = {"district": commune.district_id} if model is DistrictRecognition else {"commune": commune.pk}
    return ENTERED[model] | {name: str(key) for name, key in place.items()}


@every_refused
def test_what_was_typed_comes_back_with_the_reason_and_nothing_is_written(client, commune, model):
    typed, before = entered(model, commune), stored(model)
    answer = client.post(page(model, "add"), typed)
    (said,) = errors_of(answer)["__all__"]
    assert said.startswith(CLOSED)
    assert said in answer.content.decode()
    form = answer.context["adminform"].form
    assert {name: form[name].value() for name in typed} == typed
    assert value_in(answer, "source" if model is DistrictRecognition else "note") == LONG
    assert stored(model) == before


def test_a_change_that_is_refused_comes_back_too_and_the_row_stays(client, province):
    row = Recognition.objects.filter(counts_for_year=2015).first()
    before = stored(Recognition)
    typed = {"commune": row.commune_id, "level": row.level, "counts_for_year": 2015, "revoked_on": "1/7/2016"}
    answer = client.post(page(Recognition, "change", row.pk), typed | {"note": LONG, "_continue": "1"})
    assert errors_of(answer)["__all__"][0].startswith(CLOSED)
    assert (value_in(answer, "revoked_on"), value_in(answer, "note")) == ("1/7/2016", LONG)
    assert stored(Recognition) == before


def test_figures_that_cannot_be_together_come_back_as_they_were_typed(client, commune):
    row = YearlyStatistics.objects.get(commune=commune, year=2017)
    before = stored(YearlyStatistics)
    typed = {"households": "10", "poor_households": "11", "income": "26,5", "status": row.status, "source": LONG}
    answer = client.post(page(YearlyStatistics, "change", row.pk), typed)
    assert errors_of(answer) == {"__all__": ["Số hộ nghèo (11) lớn hơn số hộ (10)."]}
    assert {name: value_in(answer, name) for name in typed if name != "status"} == {
        name: text for name, text in typed.items() if name != "status"
    }
    assert stored(YearlyStatistics) == before


def test_statistics_without_a_figure_are_nothing_to_store(client, province):
    unit = Commune.objects.filter(statistics=None).earliest("pk")
    before = stored(YearlyStatistics)
    answer = client.post(page(YearlyStatistics, "add"), {"commune": unit.pk, "year": 2017, "status": "chinh_thuc"})
    assert errors_of(answer) == {"__all__": ["Chưa có số liệu nào để ghi."]}
    assert stored(YearlyStatistics) == before


def test_the_form_of_a_list_says_so_too(client, province, monkeypatch):
    monkeypatch.setattr(Department, "validate_constraints", lambda *_, **__: None)
    name = Department.objects.create(name="Ban Dân tộc", province=province).name
    assert errors_of(client.post(page(Department, "add"), {"name": name})) == {"__all__": [MEANWHILE]}


def test_who_is_second_with_the_same_record_is_told_so(client, commune, monkeypatch):
    def quicker(row, officer):
        raise IntegrityError("duplicate key")

    monkeypatch.setattr("criteria.administration.pages.save_funding", quicker)
    before = stored(Funding)
    answer = client.post(page(Funding, "add"), entered(Funding, commune))
    assert errors_of(answer) == {"__all__": [MEANWHILE]}
    assert value_in(answer, "note") == LONG
    assert stored(Funding) == before


def test_the_reason_stands_at_the_field_it_names_and_what_was_half_written_is_undone(client, commune, monkeypatch):
    def write_then_refuse(row, officer):
        row.save()
        raise ValidationError({"planned": "Quá kế hoạch.", "elsewhere": "Chưa có kỳ đánh giá."})

    monkeypatch.setattr("criteria.administration.pages.save_funding", write_then_refuse)
    before = stored(Funding)
    answer = client.post(page(Funding, "add"), entered(Funding, commune))
    assert errors_of(answer) == {"planned": ["Quá kế hoạch."], "__all__": ["Chưa có kỳ đánh giá."]}
    assert value_in(answer, "planned") == "1.250,5"
    assert stored(Funding) == before


def test_once_it_is_mended_it_is_written_once(client, commune):
    typed = entered(Funding, commune)
    assert "__all__" in errors_of(client.post(page(Funding, "add"), typed))
    events, rows = ChangeEvent.objects.count(), Funding.objects.count()
    assert client.post(page(Funding, "add"), typed | {"year": "2019"}).status_code == 302
    assert (ChangeEvent.objects.count(), Funding.objects.count()) == (events + 1, rows + 1)
    assert LogEntry.objects.latest("pk").object_id == str(Funding.objects.latest("pk").pk)


def test_a_document_is_not_written_without_the_figure_that_was_refused_and_both_come_back(client, monkeypatch):
    def keep_documents(row, *, by):
        if isinstance(row, StatedFigure):
            raise ValidationError("Văn bản này thuộc tỉnh khác.")
        keep(row, by=by)

    monkeypatch.setattr("reports.documents.administration.keep", keep_documents)
    figure = {"key": "met", "year": "2017", "value": "12", "decimals": "0", "unit": "xã", "quote": LONG}
    typed = {"number": "77/KL", "slug": "77-kl", "kind": "Kết luận", "issued_on": "1/3/2018", "issuer": "Đoàn"}
    counts = {"figures-TOTAL_FORMS": "1", "figures-INITIAL_FORMS": "0", "title": "Nông thôn mới"}
    before = stored(Conclusion)
    sent = typed | counts | {f"figures-0-{name}": text for name, text in figure.items()}
    answer = client.post(page(Conclusion, "add"), sent)
    assert errors_of(answer) == {"__all__": ["Văn bản này thuộc tỉnh khác."]}
    assert {name: value_in(answer, name) for name in typed} == typed
    assert {name: value_in(answer, f"figures-0-{name}") for name in figure} == figure
    assert stored(Conclusion) == before
    assert not StatedFigure.objects.filter(quote=LONG).exists()


class TestSuccessions:
    """What a boundary change made of communes is chosen among those of the province."""

    @pytest.fixture(autouse=True)
    def other(self, commune):
        make_province(2, districts=1)
        self.own, self.foreign = commune, Commune.objects.get(code=FOREIGN)
        self.change = BoundaryChange.objects.create(decision="1/NQ", effective_on=date(2019, 1, 1))

    def rows(self, *pairs, known=()) -> dict:
        """The inline form: a row for each pair of communes, the first of them already stored."""
        sent = {f"succession_set-{number}-{name}": value for number, pair in enumerate(pairs)
                for name, value in {"old": pair[0].pk, "new": pair[1].pk, "kind": "nhập"}.items()}  # fmt: skip
        sent |= {f"succession_set-{number}-id": row.pk for number, row in enumerate(known)}
        counts = {"succession_set-TOTAL_FORMS": len(pairs), "succession_set-INITIAL_FORMS": len(known)}
        return {"decision": "1/NQ", "effective_on": "1/1/2019"} | sent | counts

    def post(self, client, *pairs, known=()):
        return client.post(page(BoundaryChange, "change", self.change.pk), self.rows(*pairs, known=known))

    @pytest.mark.parametrize("name", ["old", "new"])
    def test_one_of_another_province_is_refused_with_a_sentence(self, client, name):
        pair = (self.foreign, self.own) if name == "old" else (self.own, self.foreign)
        answer = self.post(client, pair)
        assert answer.status_code == 200
        (formset,) = answer.context["inline_admin_formsets"]
        assert list(formset.formset.errors[0]) == [name]
        assert "không có trong danh sách." in str(formset.formset.errors[0])
        assert self.foreign.name not in answer.content.decode()
        assert not self.change.succession_set.exists()

    @pytest.mark.parametrize("name", ["old", "new"])
    def test_one_of_another_province_is_not_offered(self, client, name):
        asked = {"app_label": "communes", "model_name": "succession", "field_name": name}
        offered = [
            client.get("/quan-tri/autocomplete/", asked | {"term": code}).json()["results"]
            for code in (VU_CHAN, FOREIGN)
        ]
        assert [bool(found) for found in offered] == [True, False]

    def test_those_of_the_own_are_stored(self, client):
        district = District.objects.get(pk=self.own.district_id)
        into = Commune.objects.filter(district=district).exclude(pk=self.own.pk).first()
        assert self.post(client, (self.own, into)).status_code == 302
        assert [(row.old, row.new) for row in self.change.succession_set.all()] == [(self.own, into)]

    def test_what_crosses_the_border_is_not_changed_here(self, client):
        about = {"change": self.change, "kind": "nhập", "continues": False}
        row = Succession.objects.create(old=self.own, new=self.foreign, **about)
        shown = client.get(page(BoundaryChange, "change", self.change.pk))
        assert self.foreign.name not in shown.content.decode()
        assert self.post(client, (self.own, self.own), known=[row]).status_code == 403
        client.post(page(BoundaryChange, "change", self.change.pk), self.rows() | {"decision": "2/NQ"})
        row.refresh_from_db()
        assert (row.old, row.new, row.change.decision) == (self.own, self.foreign, "1/NQ")
