"""Documents and tasks are of one province: officers of another neither see nor change them."""

import io
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from communes.models import Officer, Province, Role
from reports.documents.actions import keep, withdraw
from reports.models import Conclusion, Directive, StatedFigure
from tests.reports.making import make_document, make_province, officer_of

pytestmark = pytest.mark.django_db

NUMBER, TASK, SHARE = "99-NQ/TU", "Việc của tỉnh khác", "77,7"
MARKS = (NUMBER, TASK, SHARE)
PAGES = [
    "/?nam=2017",
    "/van-ban/",
    "/bao-cao/nhiem-vu/?nam=2017",
    "/bao-cao/nhiem-vu.json?nam=2017",
    "/bao-cao/nhiem-vu.xlsx?nam=2017",
    "/bao-cao/nhiem-vu.docx?nam=2017",
    "/bao-cao/bo-tai-lieu.xlsx?nam=2017",
    "/bao-cao/bo-tai-lieu.docx?nam=2017",
    "/quan-tri/reports/conclusion/",
    "/quan-tri/reports/directive/",
    "/quan-tri/reports/directive/add/",
]
EMPTY = {f"figures-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


@pytest.fixture
def foreign(province) -> Conclusion:
    """Newer than ours, with tasks and a national share unlike any of ours."""
    document = make_document(make_province(5, 1), NUMBER)
    Conclusion.objects.filter(pk=document.pk).update(issued_on=date(2018, 12, 1), title=TASK)
    document.directives.update(text=TASK)
    document.figures.filter(key="national_certified_percent").update(value=Decimal("77.7"))
    return Conclusion.objects.get(pk=document.pk)


@pytest.fixture
def stranger(foreign) -> Officer:
    return officer_of(foreign.province, Role.STAFF)


@pytest.fixture(params=["quantri", "chuyenvien"])
def ours(request, province) -> Officer:
    return Officer.objects.get(username=request.param)


def page(row, action: str, *args) -> str:
    return reverse(f"admin:reports_{row._meta.model_name}_{action}", args=args)


def typed(document: Conclusion, **changed) -> dict:
    about = {name: getattr(document, name) for name in ("number", "slug", "kind", "issuer", "title", "received")}
    return about | {"issued_on": "1/12/2018"} | EMPTY | changed


def task(document: Conclusion, **changed) -> dict:
    return {"conclusion": document.pk, "number": "77", "text": "Thử", "progress": "waiting"} | changed


def everything() -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in (Conclusion, StatedFigure, Directive)]


def said(answer) -> str:
    """All that an answer says: of a page, of JSON, of the parts of a workbook or a letter."""
    kind, content = answer.headers["Content-Type"], answer.getvalue()
    if "json" in kind:
        return str(answer.json())
    if "officedocument" not in kind:
        return content.decode()
    with ZipFile(io.BytesIO(content)) as book:
        return " ".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("address", PAGES)
def test_what_is_read_tells_of_the_documents_of_ones_own_province_only(client_of, foreign, stranger, ours, address):
    theirs, own = (said(client_of(one).get(address)) for one in (stranger, ours))
    assert [mark for mark in MARKS if mark in theirs]
    assert [mark for mark in MARKS if mark in own] == []


def test_the_page_of_a_foreign_document_is_not_there(client_of, foreign, stranger, ours):
    address = f"/van-ban/{foreign.slug}/"
    assert client_of(stranger).get(address).status_code == 200
    assert client_of(ours).get(address).status_code == 404


def test_two_provinces_may_have_documents_of_one_number_and_each_reads_its_own(client_of, foreign, stranger, viewer):
    Conclusion.objects.filter(number="301-KL/TU", province=foreign.province).update(title=TASK)
    StatedFigure.objects.filter(conclusion__number="301-KL/TU", conclusion__province=foreign.province).delete()
    theirs, own = (client_of(one).get("/van-ban/301-KL-TU/").content.decode() for one in (stranger, viewer))
    assert (TASK in theirs, TASK in own) == (True, False)
    assert (theirs.count("<tr data-stated="), own.count("<tr data-stated=")) == (0, 9)


def test_foreign_documents_and_tasks_cannot_be_opened_or_changed_in_the_administration(client_of, foreign, ours):
    client, before = client_of(ours), everything()
    forms = {foreign: typed(foreign, number="1"), foreign.directives.first(): task(foreign, text="Đổi")}
    for row, sent in forms.items():
        for action in ("change", "history"):
            assert client.get(page(row, action, row.pk)).url == "/quan-tri/", (row, action)
        assert client.post(page(row, "change", row.pk), sent).url == "/quan-tri/"
    assert everything() == before


def test_a_task_cannot_be_given_by_a_foreign_document(client_of, foreign, ours):
    client, before = client_of(ours), everything()
    mine = Directive.objects.filter(conclusion__province=ours.province).first()
    for address in (page(mine, "add"), page(mine, "change", mine.pk)):
        form = client.post(address, task(foreign)).context["adminform"].form
        assert form.errors.keys() == {"conclusion"}
        assert set(form.fields["conclusion"].queryset) == set(Conclusion.objects.filter(province=ours.province))
    assert everything() == before


def test_a_foreign_figure_cannot_be_taken_into_ones_own_document(client_of, foreign, ours):
    mine, theirs, before = Conclusion.objects.get(province=ours.province), foreign.figures.first(), everything()
    names = ("key", "year", "value", "decimals", "unit", "quote")
    row = {name: getattr(theirs, name) for name in names} | {"id": theirs.pk, "conclusion": mine.pk, "unit": "khác"}
    sent = {f"figures-0-{name}": value for name, value in row.items()}
    counts = {"figures-TOTAL_FORMS": "1", "figures-INITIAL_FORMS": "1"}
    client_of(ours).post(page(mine, "change", mine.pk), typed(mine) | sent | counts)
    assert everything()[1:] == before[1:]


def test_a_new_document_is_of_ones_own_province_whatever_is_sent(client_of, foreign, ours):
    client = client_of(ours)
    assert 'name="province"' not in client.get(page(foreign, "add")).content.decode()
    sent = typed(foreign, province=foreign.province_id)
    assert client.post(page(foreign, "add"), sent).status_code == 302
    assert set(Conclusion.objects.filter(number=NUMBER).values_list("province", flat=True)) == {
        foreign.province_id,
        ours.province_id,
    }


@pytest.mark.parametrize(
    ("changed", "said"), [({"slug": "khac"}, "số, ký hiệu này"), ({"number": "1"}, "đường dẫn này")]
)
def test_a_province_has_each_number_and_address_once(client_of, staff, changed, said):
    mine = Conclusion.objects.get(province=staff.province)
    answer = client_of(staff).post(page(mine, "add"), typed(mine, **changed))
    assert f"Tỉnh đã có văn bản mang {said}" in str(answer.context["adminform"].form.errors)


def test_the_writer_refuses_what_belongs_to_another_province(foreign, staff):
    before, figure = everything(), foreign.figures.first()
    moved = Directive.objects.filter(conclusion__province=staff.province).first()
    moved.conclusion, moved.number = foreign, 78
    taken = foreign.directives.first()
    taken.conclusion, taken.number = Conclusion.objects.get(province=staff.province), 79
    for row in (foreign, figure, moved, taken):
        with pytest.raises(ValidationError, match="tỉnh khác"):
            keep(row, by=staff)
    with pytest.raises(ValidationError, match="tỉnh khác"):
        withdraw(figure, by=staff)
    assert everything() == before


def test_the_log_tells_of_a_document_to_its_own_province(client_of, foreign, stranger, ours):
    foreign.title = "Sửa trích yếu"
    keep(foreign, by=stranger)
    told = [foreign.title in client_of(one).get("/nhat-ky/").content.decode() for one in (stranger, ours)]
    assert told == [True, False]


def test_the_reference_data_says_whose_its_documents_are(province):
    assert set(Conclusion.objects.values_list("province__code", flat=True)) == {Province.objects.get(code="19").code}
