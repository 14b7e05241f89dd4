"""Harmful text in every field and every parameter does nothing: pages, JSON, xlsx, docx and the log show it as text.

Every row of every table carries all of it in every typed field at once, with the number of the field: so it is also
told which fields no page shows.
"""

import ast
import io
import re
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import openpyxl
import pytest
from django.apps import apps
from django.contrib.admin import site
from django.db import connection, models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from communes.models import Commune, Department, Hamlet, Officer, Recognition
from criteria import actions
from criteria.dossier import actions as appraisal
from criteria.dossier.actions import Said
from criteria.log.triggers import LOG
from criteria.models import Assessment, AssessmentRound, ChangeEvent, Indicator, Requirement, Upload
from criteria.rules.workflow import Step
from reports.models import IssuedReport
from reports.triggers import ISSUED
from tests.criteria.making import HEADINGS, PDF, xlsx
from tests.reports.making import addresses
from tests.sharing import kept_for_the_module
from tests.small import make_small

pytestmark = pytest.mark.django_db

DISTRICT, COMMUNE = "171", "05773"
DAY = date(2018, 3, 1)
COUNTS = {"new": 1, "changed": 1, "unchanged": 1}
PAYLOADS = {
    "markup": "\"'><svg onload=a(7)>",
    "formula": "=1+cmd|'/C calc'!A0",
    "link": '=HYPERLINK("//evil")',
    "template": "{{7*7}}{%x%}${7*7}",
    "sql": "'); DELETE FROM x;--",
    "path": "../../../etc/passwd",
    "header": "a\r\nX-Evil: 1",
}
# All at once: first what makes a cell a formula, then what makes a page act, then the number of the field.
SHORT = "=1+1'\"><b onx>"
LONG = "=1+cmd|'/C calc'!A0'\"><svg onload=a(7)>{{7*7}}{%x%}'); DELETE FROM x;--../etc\r\nX-Evil: 1"
OF_FIELD = re.compile(r"F(\d\d)\.")
# What the portal itself goes by, and what people cannot type.
OURS = re.compile(
    r"(code|slug|key|folded|username|password|hash|sha256|previous|kind|group|region|state|status|verdict|ruled|claim|"
    r"level|batch|via|scope|comparison|source|measure|progress|role|title|set_code|criteria_set|name|unit|session_data)$"
)
NAMED_BY_PEOPLE = {
    "communes.Commune.name", "communes.Commune.alias", "communes.District.name", "communes.Department.name",
    "communes.Officer.full_name", "communes.Hamlet.name", "communes.Province.name", "communes.YearlyStatistics.source",
    "communes.Arrears.source", "communes.Recognition.criteria_set", "communes.DistrictRecognition.source",
    "criteria.ChangeEvent.source", "criteria.Evidence.title", "criteria.Evidence.filename", "criteria.Upload.filename",
    "criteria.Criterion.name", "criteria.Criterion.group", "criteria.CriteriaSet.title", "criteria.Indicator.unit",
    "reports.Conclusion.title", "reports.Conclusion.kind", "reports.StatedFigure.unit",
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


def harmful(number: int, field) -> str:
    """As much of it as a field holds; a file name is cleaned of line ends when it comes."""
    longest = field.max_length or 300
    text = LONG if longest >= len(LONG) + 12 else SHORT
    return (text.replace("\r\n", " ") if field.name == "filename" else text) + f"F{number:02}."


def spoil() -> None:
    """Put all of it into every typed text of every row; the key of the row keeps apart what has to differ."""
    for table in (LOG, ISSUED):
        table.drop(connection)
    Hamlet.objects.filter(model_year=None).update(model_year=2017)  # a decision has a year
    for number, (model, field) in enumerate(fields()):
        assert model.objects.exists(), f"{field}: no row to try it on"
        ending = ".xlsx" if field.name == "filename" else ""
        told = Concat(Value(harmful(number, field)), Cast(F("pk"), CharField()), Value(ending))
        model.objects.update(**{field.name: told})


@pytest.fixture(scope="module", autouse=True)
def small(django_db_setup, django_db_blocker):
    with kept_for_the_module(django_db_blocker):
        make_small(COMMUNE)
        yield


@pytest.fixture
def staged(province, staff, leader):
    """A row in every table that has typed fields: a dossier, a file that was sent, a paper, a decision on a district,
    a commune sent back."""
    round = AssessmentRound.objects.of_year(province, 2017).get()
    assessment = round.assessments.get(commune__code=COMMUNE)
    department = Department.objects.filter(province=None).first()
    appraisal.attach(assessment, PDF, "bien-ban.pdf", "Biên bản", 5, by=staff)
    appraisal.attach(assessment, PDF + b"%", "anh.pdf", "Ảnh", by=staff)
    appraisal.give_opinions(assessment, [Said(5, department.pk, False, "Chưa", "1/SNN", DAY)], by=staff)
    actions.keep(xlsx([*HEADINGS, "4.2"], [COMMUNE, "", "", "1000"]), "bieu.xlsx", round, by=staff)
    actions.finish(actions.keep(b"x", "bieu.csv", round, by=staff), COUNTS, "Nhập nhầm")
    actions.move(round, [assessment.commune_id], Step.SEND_BACK, by=leader, reason="Nhập nhầm")
    Requirement.objects.create(
        indicator=Indicator.objects.get(criterion__criteria_set__code="1980/QĐ-TTg", code="4.2"), scope="province",
        province=province, year_from=2030, comparison=">=", threshold=50, legal_basis="Thử",
    )  # fmt: skip
    Assessment.objects.filter(pk=assessment.pk).update(state="draft", accepted={"4.2": LONG})
    IssuedReport.objects.create(
        province=province, year=2017, number="1", issued_on=DAY, signatory="A", content={}, log_sequence=1, by=staff,
        hash="0" * 64,
    )  # fmt: skip
    return round


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
    """Every page, and every file once: that of a district is drawn by the same columns."""
    log = ["/nhat-ky/?nam=2017", "/nhat-ky.xlsx?nam=2017", "/nhap-lieu/", "/nhap-lieu/2017/", "/nhap-lieu/2017/171/"]
    own = [f"/nhap-lieu/2017/xa/{COMMUNE}/", "/nhap-excel/", "/bao-cao/da-phat-hanh/", "/tai-khoan/"]
    sent = [f"/nhap-excel/{pk}/" for pk in Upload.objects.values_list("pk", flat=True)]
    found = [*addresses(DISTRICT, COMMUNE), *log, *own, *sent]
    return [address for address in found if not ("huyen=" in address and re.search("xlsx|docx|json", address))]


# What no page shows: kept for the administration, or for who looks into the database.
NOT_ON_A_PAGE: set[str] = set()


def shown_in(answer) -> set[str]:
    """The fields whose text stands on a page."""
    if not answer.headers["Content-Type"].startswith("text/html"):
        return set()
    names = [str(field) for _, field in fields()]
    return {names[int(number)] for number in OF_FIELD.findall(answer.content.decode())}


def test_what_people_typed_is_text_on_every_page_and_in_every_file(client_of, admin, staged):
    """Each field that people type stands on a page of the portal or of its administration, and acts on none."""
    spoil()
    ChangeEvent.objects.filter(pk=ChangeEvent.objects.latest("sequence").pk).update(changes={LONG: [LONG, LONG]})
    client = client_of(Officer.objects.get(pk=admin.pk))
    found, shown = {}, set()
    for address in [*everything(client), *of_the_administration()]:
        answer = client.get(address)
        if acts := acts_of(answer):
            found[address] = acts
        shown |= shown_in(answer)
    assert found == {}
    assert {str(field) for _, field in fields()} - shown == NOT_ON_A_PAGE


def of_the_administration() -> list[str]:
    """The list of each model, a row of it, its history, and the question before it is deleted."""
    found = []
    for model in site._registry:
        base = f"/quan-tri/{model._meta.app_label}/{model._meta.model_name}/"
        row = model.objects.order_by("pk").last()
        asked = ("", f"{row.pk}/change/", f"{row.pk}/history/") if row else ("",)
        found += [base + ending for ending in asked] if model._meta.app_label != "otp_totp" else []
    return found


def test_what_is_exported_is_no_formula(client_of, admin, staged):
    spoil()
    client = client_of(Officer.objects.get(pk=admin.pk))
    asked = {"format": "0", "resource": "0", "departmentresource_name": "on"}
    exported = client.post("/quan-tri/communes/department/export/", asked)
    for line in exported.content.decode("utf-8-sig").splitlines()[1:]:
        assert not line.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r")), line


def test_an_issued_paper_shows_what_was_frozen_and_what_has_moved_as_text(client_of, admin, staged):
    """The paper is frozen of harmful text under a harmful number, and then something of it changes."""
    spoil()
    client = client_of(Officer.objects.get(pk=admin.pk))
    about = {"so": SHORT, "ngay": "26/6/2018", "nguoi_ky": LONG[:60]}
    answer = client.post(f"/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017&huyen={DISTRICT}", about)
    assert answer.status_code == 302
    Commune.objects.filter(code=COMMUNE).update(name=SHORT + "khác")
    Recognition.objects.filter(commune__code=COMMUNE).update(decision_number=SHORT + "khác")
    for address in (answer.url, answer.url[:-1] + ".xlsx", answer.url[:-1] + ".docx", f"{answer.url}thay-doi.xlsx"):
        given = client.get(address)
        assert given.status_code == 200, address
        assert acts_of(given) == [], address


WRONG = {
    f"/xa/{COMMUNE}/ho-so/quyet-dinh/?nam=2017": ("so", "ngay", "tinh_cho", "muc"),
    f"/xa/{COMMUNE}/ho-so/minh-chung/?nam=2017": ("ten", "tieu_chi"),
    f"/xa/{COMMUNE}/ho-so/y-kien/?nam=2017": ("them-goc", "them-tieu_chi", "them-co_quan", "them-y_kien", "them-so"),
    "/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017&huyen=171": ("so", "ngay", "nguoi_ky"),
    f"/nhap-lieu/2017/xa/{COMMUNE}/": ("v:population:value", "o:population:value", "v:4.2:value", "o:4.2:value"),
    "/nhap-lieu/mo-ky/": ("nam", "bo", "han"),
    "/nhap-excel/": ("nam", "file"),
    "/tai-khoan/mat-khau/": ("old_password", "new_password1", "new_password2"),
    "/dang-nhap/": ("username", "password"),
    "/quan-tri/communes/department/add/": ("name",),
    "/quan-tri/communes/funding/add/": ("year", "source", "planned", "note"),
}


@pytest.mark.parametrize("address", WRONG)
def test_what_is_typed_wrong_comes_back_as_text(client_of, admin, address):
    client = client_of(admin)
    client.post("/dang-xuat/") if "dang-nhap" in address else None
    for text in (LONG, SHORT):
        answer = client.post(address, dict.fromkeys(WRONG[address], text), follow=True)
        assert answer.status_code < 500
        assert acts_of(answer) == []


ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("communes", "criteria", "reports", "ntm_portal")
UNESCAPED = re.compile(
    r"\|\s*safe\b|\|\s*safeseq|autoescape|filter\s+safe|<script(?![^>]*(src=|json))[^>]*>|\bon\w+=\""
)
# Where text is called safe, and how often: each escapes cell by cell for speed, and is tried above.
CALLED_SAFE = {
    "criteria/templatetags/grid.py": 1,
    "reports/templatetags/charts.py": 2,
    "reports/templatetags/tables.py": 2,
}


def test_no_template_calls_a_text_safe():
    """Also in a branch that no test draws."""
    pages = sorted((ROOT / "templates").rglob("*.html"))
    assert len(pages) > 60
    assert [(page.name, found[0]) for page in pages if (found := UNESCAPED.search(page.read_text("utf-8")))] == []


def test_no_code_but_the_drawing_of_tables_calls_a_text_safe():
    """``format_html`` takes a fixed text with holes: one that is put together beforehand has nothing left to escape."""
    counts, put_together = {}, []
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            called = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if called in {"mark_safe", "SafeString", "SafeText", "html_safe"}:
                counts[name] = counts.get(name, 0) + 1
            given = call.args[0] if call.args else None
            if called in {"format_html", "format_html_join"} and not isinstance(given, ast.Constant):
                put_together.append(f"{name}:{call.lineno}")
    assert counts == CALLED_SAFE
    assert put_together == []


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
