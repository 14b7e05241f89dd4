"""What all provinces share, and what each adds of its own: departments, and what an indicator asks for.

A province looks at what is shared and changes none of it; what another province added it does not see.
"""

import re

import pytest
from django.urls import reverse

from communes.models import Assignment, Commune, Department, District, Funding, Officer, Registration, Role
from criteria.dossier import actions as appraisal
from criteria.dossier.actions import Said
from criteria.dossier.loading import load_frame
from criteria.models import Assessment, AssessmentRound, Indicator, Opinion, Requirement
from tests.reports.making import make_province, officer_of

from .test_import import XLSX, confirm, export, lines, refused, send, table, workbook

pytestmark = pytest.mark.django_db

OTHERS, OWN, COMMON = "Sở của tỉnh khác", "Sở của tỉnh mình", "Sở Y tế"
SHARED = "Dùng chung cho các tỉnh"
BASIS, SOUGHT = "Quyết định tỉnh khác", "Quyết định cần tìm"


@pytest.fixture
def client(client_of, admin):
    return client_of(admin)


@pytest.fixture
def other(province) -> Officer:
    """The administrator of another province, which has a department and a threshold of its own."""
    found = officer_of(make_province(5, 1), Role.ADMIN)
    Department.objects.create(name=OTHERS, province=found.province)
    Requirement.objects.create(**threshold(found.province, legal_basis=BASIS))
    return found


def threshold(province, **about) -> dict:
    line = Indicator.objects.get(criterion__criteria_set__code="1980/QĐ-TTg", code="4.2")
    kept = {"indicator": line, "scope": "province", "province": province, "year_from": 2030}
    return kept | {"comparison": ">=", "threshold": 50, "legal_basis": "Thử"} | about


def page(row, action: str, *args) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=args)


def foreign() -> list:
    return [Department.objects.get(name=OTHERS), Requirement.objects.get(legal_basis=BASIS)]


def common() -> list:
    return [Department.objects.get(name=COMMON), Requirement.objects.filter(province=None, results=None).first()]


def everything() -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in (Department, Requirement)]


@pytest.mark.parametrize("username", ["quantri", "chuyenvien"])
def test_what_another_province_added_is_not_there(client_of, other, username):
    client, before = client_of(Officer.objects.get(username=username)), everything()
    for row in foreign():
        for action in ("change", "history", "delete"):
            for answer in (
                client.get(page(row, action, row.pk)),
                client.post(page(row, action, row.pk), {"post": "yes"}),
            ):
                assert answer.status_code == 403 or answer.url == "/quan-tri/", (row, action)
        for shown in (
            client.get(page(row, "changelist")),
            client.post(page(row, "export"), {"format": "0", "resource": "0"}),
        ):
            assert OTHERS not in shown.content.decode()
            assert BASIS not in shown.content.decode()
    assert everything() == before


def test_its_own_administrator_sees_and_changes_it(client_of, other):
    department, _ = foreign()
    client = client_of(other)
    assert OTHERS in client.get(page(department, "changelist")).content.decode()
    assert client.post(page(department, "change", department.pk), {"name": "Ban Dân tộc"}).status_code == 302
    assert Department.objects.filter(name="Ban Dân tộc", province=other.province).exists()


@pytest.mark.parametrize("position", [0, 1], ids=["department", "requirement"])
def test_what_is_shared_is_looked_at_and_not_changed(client, province, position):
    row, before = common()[position], everything()
    html = client.get(page(row, "change", row.pk)).content.decode()
    assert SHARED in html
    assert 'name="_save"' not in html
    sent = {"name": "Sở khác", "post": "yes"}
    assert client.post(page(row, "change", row.pk), sent).status_code == 403
    assert client.post(page(row, "delete", row.pk), sent).status_code == 403
    client.post(page(row, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert everything() == before


def test_the_list_says_what_is_shared(client, admin):
    Department.objects.create(name=OWN, province=admin.province)
    html = client.get(page(Department, "changelist")).content.decode()
    assert html.count("Dùng chung") == Department.objects.filter(province=None).count()
    assert html.count(f"Tỉnh {admin.province}") == 1


def test_a_new_department_is_of_ones_own_province(client, admin, other):
    for name in (OWN, OTHERS):
        assert client.post(page(Department, "add"), {"name": name, "province": other.province_id}).status_code == 302
        assert Department.objects.filter(name=name, province=admin.province).exists()
    for name, said in ((OWN, "đã có"), (COMMON, "đã có trong danh mục dùng chung")):
        assert said in str(client.post(page(Department, "add"), {"name": name}).context["adminform"].form.errors)


def test_a_file_adds_departments_to_ones_own_province(client, admin, other):
    confirm(client, Department, send(client, Department, lines({"Tên": OTHERS}, {"Tên": COMMON})))
    assert Department.objects.filter(name=OTHERS, province=admin.province).exists()
    assert Department.objects.filter(name=COMMON).count() == 1
    assert Department.objects.get(name=OTHERS, province=other.province)


def test_the_department_of_another_province_cannot_be_named(client, other):
    department, _ = foreign()
    sent = {"department": department.pk, "criterion": "3", "year_from": "2030"}
    assert "department" in client.post(page(Assignment, "add"), sent).context["adminform"].form.errors
    sent = {"sponsor": department.pk, "year": "2018"}
    assert "sponsor" in client.post(page(Registration, "add"), sent).context["adminform"].form.errors
    file = workbook(["Sở, ngành", "Mã xã được giúp đỡ", "Tiêu chí số", "Từ năm"], [OTHERS, "", 3, 2030])
    plan = workbook(["Mã xã", "Năm phấn đấu", "Mức", "Sở, ngành giúp đỡ"], ["05737", 2018, "Đạt chuẩn", OTHERS])
    for model, content in ((Assignment, file), (Registration, plan)):
        assert f"Không có sở, ngành “{OTHERS}”" in refused(client, model, content, form=XLSX, name="bang.xlsx")
    query = "?app_label=communes&model_name=assignment&field_name=department&term=tỉnh+khác"
    assert client.get(f"/quan-tri/autocomplete/{query}").json()["results"] == []
    assert not Assignment.objects.filter(department=department).exists()


TASK = {"criterion": 5, "year_from": 2010}


def test_who_is_in_charge_of_a_criterion_elsewhere_is_not_there(client, client_of, staff, other):
    Assignment.objects.create(department=Department.objects.get(name=COMMON), province=other.province, **TASK)
    listed = client.get(page(Assignment, "changelist") + "?year_from=2010").content.decode()
    assert f">{COMMON}<" not in listed
    assert "2010" not in str(client_of(staff).get("/bao-cao/phan-cong.json?nam=2017").json()["rows"])
    round = AssessmentRound.objects.of_year(staff.province, 2017).get()
    assert COMMON not in [name for number, name in load_frame(round).in_charge() if number == 5]


@pytest.mark.parametrize("by", ["form", "file"])
def test_the_same_can_be_laid_down_in_ones_own_province(client, admin, other, by):
    department = Department.objects.get(name=COMMON)
    Assignment.objects.create(department=department, province=other.province, **TASK)
    if by == "form":
        client.post(page(Assignment, "add"), {"department": department.pk, **TASK})
    else:
        head = ["Sở, ngành", "Mã xã được giúp đỡ", "Tiêu chí số", "Từ năm"]
        file = workbook(head, [COMMON, "", TASK["criterion"], TASK["year_from"]])
        confirm(client, Assignment, send(client, Assignment, file, form=XLSX, name="bang.xlsx"))
    found = Assignment.objects.filter(department=department, **TASK)
    assert {row.province_id for row in found} == {other.province_id, admin.province_id}


@pytest.mark.parametrize("model", [Commune, Funding])
def test_a_list_is_filtered_by_districts_of_ones_own_province(client, other, model):
    listed = client.get(page(model, "changelist")).content.decode()
    offered = set(re.findall(r"district__id__exact=(\d+)", listed))
    assert offered == {str(pk) for pk in District.objects.filter(province__code="19").values_list("pk", flat=True)}


def test_the_department_of_another_province_has_no_say_in_a_dossier(client_of, staff, other):
    department, _ = foreign()
    Assignment.objects.create(department=department, criterion=5, province=other.province, year_from=2010)
    assessment = Assessment.objects.filter(round__as_of__year=2017, round__province=staff.province).first()
    html = client_of(staff).get(f"/xa/{assessment.commune.code}/ho-so/?nam=2017").content.decode()
    assert (OTHERS in html, COMMON in html) == (False, True)
    assert OTHERS not in str(client_of(staff).get("/bao-cao/phan-cong.json?nam=2017").json()["rows"])
    with pytest.raises(appraisal.ValidationError, match="không có sở, ngành này"):
        appraisal.give_opinions(assessment, [Said(5, department.pk, True)], by=staff)
    assert not Opinion.objects.filter(department=department).exists()


def typed(row: Requirement, **changed) -> dict:
    names = ("scope", "region", "group", "year_from", "comparison", "threshold", "legal_basis")
    return {name: getattr(row, name) for name in names} | {"indicator": row.indicator_id} | changed


def test_a_province_lays_down_thresholds_for_itself(client, admin, other):
    _, theirs = foreign()
    assert client.post(page(theirs, "add"), typed(theirs, province=other.province_id)).status_code == 302
    mine = Requirement.objects.get(legal_basis=BASIS, province=admin.province)
    assert client.post(page(mine, "change", mine.pk), typed(mine, threshold="60")).status_code == 302
    assert Requirement.objects.get(pk=mine.pk).threshold == 60
    assert Requirement.objects.get(pk=theirs.pk).threshold == 50


@pytest.mark.parametrize(("scope", "region"), [("national", ""), ("region", "TDMNPB")])
def test_a_province_lays_down_nothing_for_the_country_or_its_region(client, other, scope, region):
    _, theirs = foreign()
    before = everything()
    form = client.post(page(theirs, "add"), typed(theirs, scope=scope, region=region)).context["adminform"].form
    assert "scope" in form.errors
    assert everything() == before


def of_file(client, row: Requirement) -> dict:
    """A requirement as the file of export has it, empty cells as empty text."""
    Requirement.objects.filter(pk=row.pk).update(legal_basis=SOUGHT)
    heads, *rows = table(export(client, Requirement))
    [found] = [row for row in rows if SOUGHT in row]
    return {head: "" if cell is None else cell for head, cell in zip(heads, found, strict=True)}


@pytest.mark.parametrize("changed", [{"Mức": "7"}, {"Từ năm": "2031"}, {"Ghi chú": "đổi"}])
def test_a_file_neither_adds_nor_changes_what_is_shared(client, admin, other, changed):
    _, row = common()
    line = of_file(client, row)
    before = everything()
    assert "dùng chung cho các tỉnh" in refused(client, Requirement, lines(line | changed))
    assert [one.import_type for one in send(client, Requirement, lines(line)).context["result"]] == ["skip"]
    assert "thuộc tỉnh khác" in refused(
        client, Requirement, lines(line | {"Tỉnh": "90", "Phạm vi": "Tỉnh", "Vùng": ""})
    )
    assert everything() == before


def test_a_file_keeps_the_thresholds_of_ones_own_province(client, admin):
    row = Requirement.objects.create(**threshold(admin.province))
    line = of_file(client, row)
    confirm(client, Requirement, send(client, Requirement, lines(line | {"Mức": "61"})))
    assert Requirement.objects.get(pk=row.pk).threshold == 61
