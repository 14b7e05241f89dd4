"""Harmful text in every field and every parameter does nothing: pages, JSON, xlsx, docx and the log show it as text."""

import io
import re
import zipfile
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree

import openpyxl
import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Concat, Left, Mod

from communes.models import Hamlet, Officer
from criteria.triggers import LOG
from reports.triggers import ISSUED
from tests.reports.making import addresses

pytestmark = pytest.mark.django_db

DISTRICT, COMMUNE = "171", "05773"
PAYLOADS = {
    "markup": "\"'><svg onload=a(7)>",
    "formula": "=1+cmd|'/C calc'!A0",
    "link": '=HYPERLINK("//evil")',
    "template": "{{7*7}}{%x%}${7*7}",
    "sql": "'); DELETE FROM x;--",
    "path": "../../../etc/passwd",
    "header": "a\r\nX-Evil: 1",
}
# What the portal itself goes by, and what people cannot type.
OURS = re.compile(
    r"(code|slug|key|folded|username|password|hash|sha256|previous|kind|group|region|state|status|verdict|ruled|claim|"
    r"level|batch|via|scope|comparison|source|measure|progress|role|title|set_code|criteria_set|name|unit|session_data)$"
)
NAMED_BY_PEOPLE = {
    "communes.Commune.name", "communes.Commune.alias", "communes.District.name", "communes.Department.name",
    "communes.Officer.full_name", "communes.Hamlet.name", "communes.YearlyStatistics.source",
    "communes.Arrears.source", "communes.Recognition.criteria_set", "communes.DistrictRecognition.source",
    "criteria.ChangeEvent.source", "criteria.Evidence.title", "reports.Conclusion.title", "reports.StatedFigure.unit",
    "criteria.Criterion.name", "criteria.CriteriaSet.title",
}  # fmt: skip
PARAMETERS = (
    *("ten", "nhom", "chuan", "dang_ky", "mau", "chon", "chi-tieu", "page", "q", "sap-xep", "o", "dang", "ngay"),
    *("tu", "den", "ai", "chitieu", "in", "trong", "next"),
)
ENDING = ("huyen", "thieu", "loai", "tc", "xa", "trang", "ky")  # where nonsense may end in 404 before the rest is read


def fields():
    """Every text that people type, with its model."""
    for model in apps.get_models():
        if model._meta.app_label not in {"communes", "criteria", "reports"}:
            continue
        for field in model._meta.concrete_fields:
            typed = isinstance(field, models.CharField | models.TextField) and not field.choices
            if typed and (str(field) in NAMED_BY_PEOPLE or not OURS.search(field.name)):
                yield model, field


def spoil() -> int:
    """Put the payloads into every typed text, row by row another one; how many fields."""
    for table in (LOG, ISSUED):
        table.drop(connection)
    Hamlet.objects.filter(model_year=None).update(model_year=2017)  # a decision has a year
    found = list(fields())
    for shift, (model, field) in enumerate(found):
        longest = field.max_length or 300
        turns = [
            When(turn=turn, then=Value(payload[: longest - 8])) for turn, payload in enumerate(PAYLOADS.values())
        ]  # fmt: skip
        text = Concat(Case(*turns, output_field=CharField()), Cast(F("pk"), CharField()))
        rows = model.objects.annotate(turn=Mod(F("pk") + shift, len(PAYLOADS)))
        rows.update(**{field.name: Left(text, longest)})
    return len(found)


class Markup(HTMLParser):
    """What would act in a page: handlers, scripts of its own, frames, links elsewhere."""

    def __init__(self, html: str):
        super().__init__()
        self.acts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.acts += [f"{tag} {name}" for name in given if name.startswith("on")]
        if tag in {"iframe", "object", "embed", "base", "meta"} and not given.keys() & {"charset", "name"}:
            self.acts.append(tag)
        own = given.get("src", "").startswith(("/static/", "/quan-tri/jsi18n/"))
        if tag == "script" and not own and given.get("type") != "application/json":
            self.acts.append("script")
        for name in ("href", "src", "action"):
            if re.match(r"\s*(javascript:|data:text|//|https?:(?!//testserver/))", given.get(name) or "", re.I):
                self.acts.append(f"{name}={given[name]}")


def acts_of(answer) -> list[str]:
    """Whatever in an answer is more than text."""
    content = b"".join(answer) if answer.streaming else answer.content
    found = [f"header {name}" for name in answer.headers if name.lower() == "x-evil"]
    found += [name for name, value in answer.headers.items() if "\n" in value or "\r" in value]
    if content.startswith(b"PK"):
        return found + acts_in_office(content)
    if answer.headers["Content-Type"].startswith("text/html"):
        return found + Markup(content.decode()).acts
    return found


def acts_in_office(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        found = [name for name in names if re.search(r"vbaProject|externalLink|embeddings|connections", name)]
        relations = b"".join(parts.read(name) for name in names if name.endswith(".rels"))
        if b'TargetMode="External"' in relations:
            found.append("external link")
        if "word/document.xml" in names:
            text = parts.read("word/document.xml") + b"".join(
                parts.read(n) for n in names if "foot" in n or "head" in n
            )
            instructions = re.findall(rb"<w:instrText[^>]*>(.*?)<|w:instr=\"(.*?)\"", text)
            told = {b"".join(pair).split()[0] for pair in instructions if b"".join(pair).strip()}
            found += [f"field {name!r}" for name in told - {b"PAGE", b"NUMPAGES"}]
            ElementTree.fromstring(parts.read("word/document.xml"))
            return found
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return found + [f"{cell.coordinate}: {cell.value}" for cell in cells if cell.data_type == "f"]


def everything(client) -> list[str]:
    log = ["/nhat-ky/?nam=2017", "/nhat-ky.xlsx?nam=2017", "/nhap-lieu/2017/", "/nhap-lieu/2017/171/"]
    return [*addresses(DISTRICT, COMMUNE), *log, f"/nhap-lieu/2017/xa/{COMMUNE}/", "/nhap-excel/", "/tai-khoan/"]


def test_what_people_typed_is_text_on_every_page_and_in_every_file(client_of, admin):
    assert spoil() > 40
    client = client_of(Officer.objects.get(pk=admin.pk))
    found = {address: acts for address in everything(client) if (acts := acts_of(client.get(address)))}
    assert found == {}


def test_the_lists_and_files_of_the_administration_show_it_as_text(client_of, admin):
    spoil()
    client = client_of(Officer.objects.get(pk=admin.pk))
    for name in ("funding", "arrears", "registration", "hamlet", "assignment", "recognition", "department", "officer"):
        address = f"/quan-tri/communes/{name}/"
        assert acts_of(client.get(address)) == [], address
    asked = {"format": "0", "resource": "0", "departmentresource_name": "on"}
    exported = client.post("/quan-tri/communes/department/export/", asked)
    for line in exported.content.decode("utf-8-sig").splitlines()[1:]:
        assert not line.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r")), line


SENT = (PAYLOADS["markup"] + PAYLOADS["sql"], "\x00", "9" * 400)  # on each page another turn of them
PAGES = sorted({address.split("?")[0] for address in addresses(DISTRICT, COMMUNE) if "." not in address.split("?")[0]})


PAGES += ["/nhat-ky/", "/nhap-lieu/2017/171/", f"/nhap-lieu/2017/xa/{COMMUNE}/"]


@pytest.mark.parametrize(("shift", "address"), list(enumerate(PAGES)))
def test_what_comes_with_an_address_is_answered_as_text(client_of, staff, shift, address):
    client = client_of(staff)
    sent = [{"nam": "2017"} | dict.fromkeys(PARAMETERS, payload) for payload in SENT]
    sent += [{"nam": "2017", name: SENT[(turn + shift) % len(SENT)]} for turn, name in enumerate(ENDING)]
    sent += [{"nam": SENT[shift % len(SENT)]}]
    for given in sent:
        answer = client.get(address, given)
        assert answer.status_code in (200, 302, 400, 404), given
        assert acts_of(answer) == [], given


HOLES = (
    *("/xa/{}/", "/xa/{}/ho-so/", "/huyen/{}/", "/bao-cao/{}/", "/bao-cao/{}.xlsx", "/van-ban/{}/", "/tieu-chi/{}/"),
    *("/nhap-lieu/2017/{}/", "/nhap-lieu/2017/xa/{}/", "/tieu-chi-xa/{}/", "/nhap-excel/{}/"),
    "/bao-cao/da-phat-hanh/{}/",
)


@pytest.mark.parametrize("hole", HOLES)
def test_what_stands_in_an_address_is_answered_as_text(client_of, staff, hole):
    client = client_of(staff)
    for payload in [*PAYLOADS.values(), "..%2f..%2fetc%2fpasswd", "0" * 5000, "²", "%00", "null"]:
        answer = client.get(hole.format(quote(payload, safe="%")))
        assert answer.status_code in (400, 404), payload
        assert acts_of(answer) == [], payload


def test_the_fields_are_those_that_people_type():
    """A text field that is new is tried here, or is named among what is the portal's own."""
    known = {str(field) for _, field in fields()}
    assert known | {"criteria.Evidence.title"} >= NAMED_BY_PEOPLE
