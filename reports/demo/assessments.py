"""Loads the illustrative data of ``fixtures/demo`` through the importer and the actions, as an office would."""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from communes import actions as places
from communes.fixtures import FIXTURES, day, rows
from communes.models import Batch, Commune, Department, District, Officer, Province, Recognition, Registration, Role
from criteria import actions
from criteria.intake import importing
from criteria.models import AssessmentRound, CriteriaSet, Indicator, Requirement, Scope, Source, Via
from criteria.rules.workflow import Step

from . import money

SET = "1980/QĐ-TTg"
YEARS = (2015, 2016, 2017)
RETROSPECTIVE = "Đánh giá lại theo bộ 1980/QĐ-TTg để so sánh; năm này bộ cũ còn hiệu lực."
BASIS: dict[str, str] = {Batch.SUPPLEMENTARY: "Kết luận số 272-KL/TU ngày 17/4/2018"}
ILLUSTRATION = "Số liệu minh họa"
AT_WORK = "170"
ACCOUNTS = [
    ("quantri", "Quản trị hệ thống", Role.ADMIN, ""),
    ("chuyenvien", "Chuyên viên Văn phòng điều phối", Role.STAFF, ""),
    ("lanhdao", "Lãnh đạo Văn phòng điều phối", Role.LEADER, ""),
    ("daitu", "Cán bộ huyện Đại Từ", Role.DISTRICT, "171"),
    ("phubinh", "Cán bộ huyện Phú Bình", Role.DISTRICT, "173"),
    ("nguoixem", "Người xem", Role.VIEWER, ""),
]


@transaction.atomic
def load(say: Callable[[str], None]) -> str:
    """Everything of the demonstration; the password of the trial accounts. ``say`` hears the progress."""
    province = Province.objects.get()
    province.illustrative = True
    province.save()
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    _make_accounts(province, password)
    staff = Officer.objects.get(username="chuyenvien")
    _add_income_steps(province)
    for year in YEARS:
        say(f"  Biểu đánh giá năm {year} …")
        _load_year(province, year, staff)
    say("  Số liệu đô thị, quyết định công nhận, đăng ký năm 2018 …")
    _load_urban_statistics(province, staff)
    places.recognise(list(_recognitions()))
    places.register(list(_registrations()))
    say("  Nguồn lực, nợ đọng, xóm kiểu mẫu, phân công …")
    money.load(staff)
    return password


def _make_accounts(province: Province, password: str) -> None:
    districts = {district.code: district for district in District.objects.all()}
    hashed = make_password(password)
    officers = [
        Officer(username=name, full_name=title, role=role, province=province, district=districts.get(district))
        for name, title, role, district in ACCOUNTS
    ]
    for officer in officers:
        officer.password = hashed
    Officer.objects.bulk_create(officers)


def _add_income_steps(province: Province) -> None:
    income = Indicator.objects.get(criterion__criteria_set__code=SET, source=Source.INCOME)
    Requirement.objects.bulk_create(
        Requirement(
            indicator=income,
            scope=Scope.PROVINCE,
            province=province,
            year_from=int(row["year"]),
            year_to=int(row["year"]),
            comparison=">=",
            threshold=Decimal(row["threshold"]),
            legal_basis="Mức minh họa, không có văn bản",
            illustrative=True,
            note=row["note"],
        )
        for row in rows("demo/income_steps.csv")
    )


def _load_year(province: Province, year: int, staff: Officer) -> None:
    criteria_set = CriteriaSet.objects.get(code=SET)
    note = RETROSPECTIVE if year < criteria_set.year_from else ""
    round = actions.open_round(province, criteria_set, date(year, 12, 31), note)
    file = FIXTURES / "demo" / f"{year}.csv"
    preview = importing.commit(file.read_bytes(), file.name, round, by=staff, via=Via.COMMAND)
    if preview.rejected:
        raise ValueError(f"{file.name}: {preview.rejected[:3]}")
    _walk(round, staff, Officer.objects.get(role=Role.LEADER))


def _walk(round: AssessmentRound, staff: Officer, leader: Officer) -> None:
    """Past years approved and closed; in the last one a district is still at work, so that there is something to do."""
    last = round.year == YEARS[-1]
    rows = round.assessments.values_list("commune_id", "commune__district__code")
    done = [commune_id for commune_id, district in rows if not (last and district == AT_WORK)]
    actions.move(round, done, Step.SUBMIT, by=staff, reason=ILLUSTRATION)
    actions.move(round, done, Step.APPROVE, by=leader)
    if not last:
        actions.close_year(round, by=leader)


def _load_urban_statistics(province: Province, staff: Officer) -> None:
    table = rows("demo/urban_statistics.csv")
    for year in YEARS:
        codes = dict(Commune.objects.in_force(date(year, 12, 31)).values_list("code", "pk"))
        values = {
            codes[row["code"]]: {
                "population": int(row["population"]),
                "households": int(row["households"]),
                "poor_households": int(row["poor_households"]),
                "income": Decimal(row["income"]),
            }
            for row in table
            if int(row["year"]) == year
        }
        actions.record_statistics(province, year, values, by=staff, via=Via.COMMAND, source="urban_statistics.csv")


def _recognitions() -> Iterator[Recognition]:
    """Each against the version of the commune in force at the end of the year it counts for."""
    versions: dict[str, list[Commune]] = {}
    for commune in Commune.objects.all():
        versions.setdefault(commune.code, []).append(commune)
    for row in rows("demo/recognitions.csv"):
        year = int(row["counts_for_year"])
        yield Recognition(
            commune=next(version for version in versions[row["code"]] if version.was_in_force(date(year, 12, 31))),
            criteria_set=SET,
            level=row["level"],
            counts_for_year=year,
            decision_number=row["decision_number"],
            decided_on=day(row["decided_on"]),
            note=row["note"],
        )


def _registrations() -> Iterator[Registration]:
    communes = dict(Commune.objects.in_force(date(2018, 12, 31)).values_list("code", "pk"))
    sponsors = {}
    for row in rows("demo/registrations_2018.csv"):
        if row["sponsor"] not in sponsors:
            sponsors[row["sponsor"]], _ = Department.objects.get_or_create(name=row["sponsor"])
        yield Registration(
            commune_id=communes[row["code"]],
            year=2018,
            batch=row["batch"],
            legal_basis=BASIS.get(row["batch"], ""),
            sponsor=sponsors[row["sponsor"]],
            needs=Decimal(row["needs"]),
            deadline=day(row["deadline"]),
            note=row["note"],
        )
