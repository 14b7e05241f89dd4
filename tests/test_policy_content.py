"""What is answered names nothing that is not theirs: the text of every page, file and list that an officer may open.

Words that stand nowhere else are planted in the rows of the other district and of the other province; an answer with
one of them has told what it should not. Totals of the own province are everybody's (docs/phan-quyen.md).
"""

import io
import zipfile

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.urls import reverse

from communes.models import Commune, Department, Officer, Province, Registration, Role
from criteria.log.triggers import LOG
from criteria.models import Assessment, ChangeEvent, Evidence, Opinion
from reports.catalogue.registry import REPORTS
from reports.models import Conclusion, Directive
from reports.triggers import ISSUED
from tests.policies.stage import YEAR, set_up
from tests.sharing import kept_for_the_module
from tests.small import make_small

pytestmark = pytest.mark.django_db
OURS, THEIRS, ABROAD = "Maucuta", "Maucuahuyenkhac", "Maucuatinhkhac"
NAM = f"?nam={YEAR}"


def mark(word: str, **units) -> None:
    """A word into every text that names something of some communes: the commune, who wrote, what was sent."""
    communes = Commune.objects.filter(**units)
    communes.update(name=f"{word} xã", folded=f"{word.lower()} xa")
    Assessment.objects.filter(commune__in=communes).update(returned_because=f"{word} trả lại")
    Evidence.objects.filter(commune__in=communes).update(title=f"{word} giấy")
    Opinion.objects.filter(commune__in=communes).update(text=f"{word} ý kiến")
    Registration.objects.filter(commune__in=communes).update(note=f"{word} ghi chú")
    ChangeEvent.objects.filter(commune__in=communes).update(reason=f"{word} lý do", source=f"{word} nguồn")


@pytest.fixture(scope="module")
def marked(django_db_setup, django_db_blocker):
    """Two districts of one province, and another province with officers, a document, a file and a paper of its own."""
    with kept_for_the_module(django_db_blocker):
        make_small()
        yield _marked(Province.objects.get(code="19"))


def _marked(province):
    stage = set_up(province)
    for table in (LOG, ISSUED):
        table.drop(connection)
    mark(OURS, district__code=stage.own.district)
    mark(THEIRS, district__code=stage.other.district)
    mark(ABROAD, province__code="90")
    abroad = Officer.objects.filter(province__code="90")
    abroad.update(full_name=f"{ABROAD} cán bộ")
    Officer.objects.filter(province=province, district__code=stage.other.district).update(full_name=f"{THEIRS} cán bộ")
    province_abroad = abroad.first().province
    province_abroad.district_set.update(name=f"{ABROAD} huyện")
    Department.objects.create(province=province_abroad, name=f"{ABROAD} sở")
    Conclusion.objects.filter(province=province_abroad).update(title=f"{ABROAD} văn bản", issuer=f"{ABROAD} nơi gửi")
    Directive.objects.filter(conclusion__province=province_abroad).update(text=f"{ABROAD} việc", owner=f"{ABROAD} sở")
    return stage


def told(answer) -> str:
    """All text of an answer; of an office file that of its parts."""
    content = b"".join(answer) if answer.streaming else answer.content
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return " ".join(
            parts.read(name).decode("utf-8", "replace") for name in parts.namelist() if name.endswith("xml")
        )


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def general() -> list[str]:
    """What names no place, with every filter that may be asked of it."""
    names = ("overview", "communes", "reports", "documents", "log", "log_xlsx", "uploads", "issued_list", "account")
    found = [reverse(name) + NAM for name in (*names, "pack", "pack_xlsx", "pack_docx", "what_if")]
    found += [reverse("criterion", args=["17"]) + NAM, reverse("what_if") + NAM + "&chon=dang-ky"]
    found += [reverse("entry_years"), reverse("entry_year", args=[YEAR]), reverse("entry_grid_all", args=[YEAR])]
    found += [f"{reverse('report', args=[slug])}{NAM}" for slug in REPORTS]
    for name in ("report_json", "report_xlsx", "report_docx"):
        found += [f"{reverse(name, args=[slug])}{NAM}" for slug, report in REPORTS.items() if report.detail]
    return [
        *found,
        f"{reverse('log')}?truoc=999999",
        f"{reverse('communes')}{NAM}&ten=mau",
        "/bao-cao/gan-dat/?thieu=9",
    ]


def placed(stage, place) -> list[str]:
    """What names a place: a district, a commune, a dossier."""
    code = place.returned
    found = [
        reverse("district", args=[place.district]),
        reverse("commune", args=[code]),
        reverse("dossier", args=[code]),
    ]
    found += [reverse("entry_grid", args=[YEAR, place.district]), reverse("entry_commune", args=[YEAR, code])]
    found += [reverse("dossier_file", args=[place.approved, place.paper]), reverse("upload", args=[stage.upload])]
    found += [
        reverse("criterion", args=["17"]),
        reverse("what_if"),
        reverse("pack"),
        reverse("communes"),
        reverse("log"),
    ]
    found += [reverse("issued", args=[stage.issued]), reverse("document", args=["301-KL-TU"])]
    return [f"{address}{NAM}&huyen={place.district}&xa={code}" for address in found]


def telling(officer: Officer, addresses: list[str], foreign: tuple[str, ...]) -> tuple[dict[str, list[str]], str]:
    """Which answers name what is foreign, and all text that came."""
    client, wrong, text = signed_in(officer), {}, []
    for address in addresses:
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        text.append(told(answer))
        if found := [word for word in foreign if word.lower() in text[-1].lower()]:
            wrong[address] = found
    return wrong, " ".join(text)


def desk() -> list[str]:
    """Of every model its list, its form to add with the choices offered there, and a row of the other province."""
    found = []
    for model in site._registry:
        base = f"/quan-tri/{model._meta.app_label}/{model._meta.model_name}/"
        found += [base, base + "add/", f"{base}?q={ABROAD[:3]}"]
    for field in ("commune", "department"):
        asked = f"app_label=communes&model_name=assignment&field_name={field}"
        found += [f"/quan-tri/autocomplete/?{asked}&term={word}" for word in ("", "mau")]
    return found


def test_a_district_official_is_told_nothing_of_another_district(marked):
    daitu = Officer.objects.get(username="daitu")
    addresses = [*general(), *placed(marked, marked.own), *placed(marked, marked.other)]
    wrong, text = telling(daitu, addresses, (THEIRS, ABROAD))
    assert wrong == {}
    assert OURS in text  # the own district is told of, so that the search above can find


def test_an_officer_of_another_province_is_told_nothing_of_this_one(marked):
    officer = Officer.objects.get(province__code="90", role=Role.ADMIN)
    addresses = [*general(), *placed(marked, marked.own), *placed(marked, marked.other), *desk()]
    wrong, text = telling(officer, addresses, (OURS, THEIRS))
    assert wrong == {}
    assert ABROAD in text


def test_the_province_is_told_nothing_of_another_one(marked):
    admin = Officer.objects.get(username="quantri")
    addresses = [*general(), *desk()]
    wrong, text = telling(admin, addresses, (ABROAD,))
    assert wrong == {}
    assert OURS in text
    assert THEIRS in text
