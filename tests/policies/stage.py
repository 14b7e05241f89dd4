"""What the addresses are tried on: two districts at work, kept files, an issued paper, a second province, officers."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from communes.models import Department, Officer, Province, Recognition, Role
from criteria import actions
from criteria.dossier import actions as appraisal
from criteria.entry.grid import load_with_last_year
from criteria.entry.reconciling import standard_of
from criteria.judging.doubts import doubts
from criteria.models import Assessment, AssessmentRound, Evidence, Indicator, Requirement
from criteria.rules.workflow import Step
from reports.models import IssuedReport
from tests.criteria.making import HEADINGS, PDF, xlsx
from tests.policies.table import ADMIN, LEADER, OTHER_DISTRICT, OWN_DISTRICT, STAFF, STRANGER, VIEWER
from tests.reports.making import make_document, make_province, officer_of

YEAR = 2017
PASSWORD = "con-trau-gam-co-ngoai-dong"
WHY = "Nhập nhầm"
UNUSED = "Sở chưa có việc"
DOCUMENT = "12-NQ/TU"  # that the other province has none of


@dataclass(frozen=True)
class Subject:
    """Who asks: ``column`` of the table; an officer without the second factor is ``lacking``; ``elsewhere``: of
    another province; ``other``: at the places of the other district."""

    name: str
    column: str
    role: Role | None = None
    other: bool = False
    lacking: bool = False
    elsewhere: bool = False


def _subjects() -> dict[str, Subject]:
    people = {
        STRANGER: None, VIEWER: Role.VIEWER, STAFF: Role.STAFF, LEADER: Role.LEADER, ADMIN: Role.ADMIN
    }  # fmt: skip
    found = [Subject(f"{column} {place}", column, role, other=place == "B")
             for column, role in people.items() for place in "AB"]  # fmt: skip
    found += [Subject(OWN_DISTRICT, OWN_DISTRICT, Role.DISTRICT)]
    found += [Subject(OTHER_DISTRICT, OTHER_DISTRICT, Role.DISTRICT, other=True)]
    found += [Subject(f"{c} một bước", c, people[c], lacking=True) for c in (LEADER, ADMIN)]
    columns = {role: column for column, role in people.items() if role} | {Role.DISTRICT: OWN_DISTRICT}
    found += [Subject(f"{column} tỉnh khác", column, role, elsewhere=True) for role, column in columns.items()]
    return {subject.name: subject for subject in found}


SUBJECTS = _subjects()
ELSEWHERE = "elsewhere"


def groups() -> dict[str, list[Subject]]:
    """The subjects that share a stage: those of one role, and all of another province."""
    found: dict[str, list[Subject]] = {}
    for subject in SUBJECTS.values():
        found.setdefault(ELSEWHERE if subject.elsewhere else str(subject.role or "stranger"), []).append(subject)
    return found


@dataclass(frozen=True)
class Place:
    """A district and its communes: approved, sent back (open to entry), submitted; a paper and a decision of the
    first."""

    district: str
    approved: str
    returned: str
    submitted: str
    paper: int
    decision: int


@dataclass(frozen=True)
class Stage:
    own: Place
    other: Place
    upload: int
    faulty: int
    issued: int
    department: int
    doubt: tuple[str, str]
    requirement: Requirement


def set_up(province: Province) -> Stage:
    Officer.objects.update(password=make_password(PASSWORD))
    round = AssessmentRound.objects.of_year(province, YEAR).get()
    staff, leader = Officer.objects.get(username="chuyenvien"), Officer.objects.get(username="lanhdao")
    own, other = (_place(round, code, staff, leader) for code in ("171", "173"))
    _second_province()
    Department.objects.create(name=UNUSED, province=province)
    make_document(province, DOCUMENT)
    return Stage(
        own, other, _upload(round, own, "97", staff), _upload(round, own, "1000", staff), _issue(staff),
        Department.objects.filter(province=None).first().pk, _doubt(round, staff), _requirement(province),
    )  # fmt: skip


def _place(round: AssessmentRound, district: str, staff: Officer, leader: Officer) -> Place:
    """Three communes of a district, all of them approved in the trial data; the first one recognised."""
    rows = Assessment.objects.filter(round=round, commune__district__code=district).order_by("commune__code")
    decisions = dict(
        Recognition.objects.filter(commune__in=rows.values("commune"), revoked_on=None)
        .order_by("-pk").values_list("commune", "pk")
    )  # fmt: skip
    first = next(row for row in rows if row.commune_id in decisions)
    returned, submitted = [row for row in rows if row.pk != first.pk][:2]
    actions.move(round, [returned.commune_id, submitted.commune_id], Step.SEND_BACK, by=leader, reason=WHY)
    actions.move(round, [submitted.commune_id], Step.SUBMIT, by=staff, reason=WHY)
    appraisal.attach(first, PDF, "bien-ban.pdf", "Biên bản", None, by=staff)
    codes = [row.commune.code for row in (first, returned, submitted)]
    return Place(district, *codes, Evidence.objects.latest("pk").pk, decisions[first.commune_id])


def _upload(round: AssessmentRound, place: Place, value: str, staff: Officer) -> int:
    content = xlsx([*HEADINGS, "4.2"], [place.returned, "", "", value])
    return actions.keep(content, "bieu.xlsx", round, by=staff).pk


def _issue(staff: Officer) -> int:
    about = {"so": "01/BC", "ngay": "26/6/2018", "nguoi_ky": "Nguyễn Văn A"}
    client = Client()
    client.force_login(staff)
    assert client.post(f"/bao-cao/bo-tai-lieu/phat-hanh/?nam={YEAR}&huyen=171", about).status_code == 302
    return IssuedReport.objects.latest("pk").pk


def _doubt(round: AssessmentRound, staff: Officer) -> tuple[str, str]:
    """A cell with a warning that can be accepted."""
    states, last_year = load_with_last_year(staff, {YEAR: round} | _year_before(round), YEAR, None)
    standing = doubts(states, last_year, standard_of(round))
    return next(cell for cell in standing if states[cell[0]].assessment.state != "submitted")


def _year_before(round: AssessmentRound) -> dict[int, AssessmentRound]:
    return {YEAR - 1: AssessmentRound.objects.of_year(round.province, YEAR - 1).get()}


def _requirement(province: Province) -> Requirement:
    """One of the province that nothing was judged by."""
    line = Indicator.objects.get(criterion__criteria_set__code="1980/QĐ-TTg", code="4.2")
    return Requirement.objects.create(
        indicator=line, scope="province", province=province, year_from=2030, comparison=">=", threshold=50,
        legal_basis="Thử",
    )  # fmt: skip


def _second_province() -> None:
    other = make_province(20)
    for role in Role:
        officer_of(other, role)
    leader = Officer.objects.get(province=other, role=Role.LEADER)
    round = AssessmentRound.objects.of_year(other, YEAR - 1).get()
    actions.close_year(round, by=leader, reason=WHY)
    Officer.objects.filter(province=other).update(password=make_password(PASSWORD))


def officer_for(subject: Subject) -> Officer | None:
    if subject.role is None:
        return None
    found = Officer.objects.filter(role=subject.role).order_by("pk")
    return (found.filter if subject.elsewhere else found.exclude)(province__code="90").first()


def sign_in(subject: Subject, officer: Officer | None) -> Client:
    """A client of the officer; leaders and administrators have a telephone, and gave its code unless ``lacking``."""
    client = Client(raise_request_exception=False)
    if officer is None:
        return client
    client.force_login(officer)
    if subject.role in (Role.LEADER, Role.ADMIN):
        telephone = TOTPDevice.objects.create(user=officer, name="Điện thoại", confirmed=True)
        if not subject.lacking:
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = telephone.persistent_id
            session.save()
    return client


def sheet(place: Place) -> SimpleUploadedFile:
    return SimpleUploadedFile("bieu.xlsx", xlsx([*HEADINGS, "4.2"], [place.returned, "", "", 96]))


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("anh.pdf", PDF + b"%")
