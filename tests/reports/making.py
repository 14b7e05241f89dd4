"""A second province of any size, and the addresses of the portal's pages in it."""

import random
from datetime import date
from decimal import Decimal

from communes.models import (
    Batch,
    Commune,
    District,
    Officer,
    Province,
    Recognition,
    Registration,
    Role,
    YearlyStatistics,
)
from criteria.models import Assessment, AssessmentRound, CriteriaSet, Indicator, Result
from criteria.rules.verdicts import Verdict, summarise
from reports.catalogue.registry import REPORTS
from reports.models import Conclusion, Directive, IssuedReport, StatedFigure

YEARS = (2016, 2017)
BATCH = 2000
DISTRICT, COMMUNE = "900", "90000"
ISSUE = {"so": "05/BC-VPĐP", "ngay": "26/6/2018", "nguoi_ky": "Nguyễn Văn A"}


def make_province(communes: int, districts: int = 10) -> Province:
    """A province with two years of random assessments; every line of the last year has a result.

    Written past ``criteria.actions``: what is counted here is what reading it costs.
    """
    chance = random.Random(communes)
    province = Province.objects.create(code="90", name="Thử nghiệm", region="TDMNPB", illustrative=True)
    parts = District.objects.bulk_create(
        District(province=province, code=f"9{number:02}", name=f"Huyện {number}", kind="huyện")
        for number in range(districts)
    )
    places = Commune.objects.bulk_create(
        Commune(
            province=province, district=parts[number % districts], code=f"9{number:04}", name=f"Xã {number}",
            folded=f"xa {number}", kind="xã", valid_from=date(2011, 1, 14),
            hex_column=number % 25, hex_row=number // 25,
        )
        for number in range(communes)
    )  # fmt: skip
    _add_standing(places, chance)
    for year in YEARS:
        _add_year(province, year, places, chance)
    make_document(province)
    return province


def make_document(province: Province, number: str = "301-KL/TU") -> Conclusion:
    """A document of a province, with the figures and the tasks of the Conclusion of the first one."""
    model = Conclusion.objects.filter(number="301-KL/TU").earliest("pk")
    parts = [*model.figures.all(), *model.directives.all()]
    model.pk, model.province, model.number, model.slug = None, province, number, number.replace("/", "-")
    model.save(force_insert=True)
    for part in parts:
        part.pk, part.conclusion = None, model
    for kind in (StatedFigure, Directive):
        kind.objects.bulk_create(part for part in parts if isinstance(part, kind))
    return model


def officer_of(province: Province, role: Role) -> Officer:
    district = District.objects.get(code=DISTRICT) if role == Role.DISTRICT else None
    return Officer.objects.create(
        username=f"thu-{role}", full_name=role, role=role, province=province, district=district
    )


def _add_standing(places: list[Commune], chance: random.Random) -> None:
    certified = [place for place in places if chance.random() < 0.5]
    Recognition.objects.bulk_create(
        Recognition(commune=place, counts_for_year=2016, decision_number="1", decided_on=date(2017, 1, 2))
        for place in certified
    )
    planned = [place for place in places if place not in certified][::3]
    Registration.objects.bulk_create(Registration(commune=place, year=2018, batch=Batch.PLANNED) for place in planned)


def _add_year(province: Province, year: int, places: list[Commune], chance: random.Random) -> None:
    criteria_set = CriteriaSet.objects.get(code="1980/QĐ-TTg")
    lines = list(Indicator.objects.filter(criterion__criteria_set=criteria_set).select_related("criterion"))
    round = AssessmentRound.objects.create(province=province, criteria_set=criteria_set, as_of=date(year, 12, 31))
    YearlyStatistics.objects.bulk_create(
        YearlyStatistics(
            commune=place, year=year, population=5000, households=1200, poor_households=chance.randrange(300),
            income=Decimal(chance.randrange(150, 400)) / 10,
        )
        for place in places
    )  # fmt: skip
    outcomes = [Verdict.MET] * 8 + [Verdict.NOT_MET, Verdict.UNKNOWN]
    verdicts = [{line.pk: chance.choice(outcomes) for line in lines} for _ in places]
    positions = {line.pk: line.criterion.position for line in lines}
    assessments = []
    for place, found in zip(places, verdicts, strict=True):
        summary = summarise((positions[pk], verdict) for pk, verdict in found.items())
        assessments.append(
            Assessment(
                round=round, commune=place, met_mask=summary.met_mask, known_mask=summary.known_mask,
                met_count=summary.met_count,
            )
        )  # fmt: skip
    assessments = Assessment.objects.bulk_create(assessments, BATCH)
    if year == YEARS[-1]:
        Result.objects.bulk_create(
            (
                Result(assessment=assessment, indicator_id=pk, value=Decimal(50), verdict=verdict, ruled=verdict)
                for assessment, found in zip(assessments, verdicts, strict=True)
                for pk, verdict in found.items()
            ),
            BATCH,
        )


def addresses(district: str = DISTRICT, commune: str = COMMUNE, year: int = 2017) -> list[str]:
    """Every page and file for those who signed in."""
    query = f"?nam={year}"
    filters = [
        "",
        "&ten=xa",
        "&nhom=b10_14",
        "&chuan=co",
        "&chuan=slipped",
        "&thieu=10",
        "&loai=tat-ca",
        "&dang_ky=moi",
    ]
    pages = ["/", "/tieu-chi/", "/tieu-chi/1980-QD-TTg/", "/van-ban/", "/van-ban/301-KL-TU/"]
    pages += [f"/{query}", f"/huyen/{district}/{query}", f"/xa/{commune}/{query}", f"/xa/{commune}/ho-so/{query}"]
    pages += [f"/bao-cao/{query}"]
    pages += [f"/{query}&mau={mode}" for mode in ("so-tieu-chi", "thu-nhap", "ho-ngheo", "tc-10")]
    pages += [f"/neu-thi/{query}{extra}" for extra in ("", "&chon=dang-ky", f"&tc=10&xa={commune}&huyen={district}")]
    pages += [f"/xa/{query}{extra}" for extra in [*filters, f"&huyen={district}"]]
    pages += [f"/tieu-chi-xa/{number}/{query}" for number in (1, 8, 17)]
    pages += [f"/tieu-chi-xa/17/{query}&chi-tieu=17.6&huyen={district}", f"/bao-cao/gan-dat/{query}&thieu=2"]
    pages += [f"/bao-cao/dang-ky/{query}&loai={kind}" for kind in ("nang-cao", "kieu-mau")]
    pages += [f"/bao-cao/bo-tai-lieu{ending}{query}" for ending in ("/", ".xlsx", ".docx")]
    pages += [f"/bao-cao/bo-tai-lieu{ending}{query}&huyen={district}" for ending in ("/", ".xlsx", ".docx")]
    for ending in ("/", ".xlsx", ".docx", ".json"):
        pages += [f"/bao-cao/{slug}{ending}{query}" for slug in REPORTS]
        pages += [f"/bao-cao/{slug}{ending}{query}&huyen={district}" for slug in REPORTS]
    return pages


def issue(client, query: str = "", **changed) -> IssuedReport:
    answer = client.post(f"/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017{query}", ISSUE | changed)
    assert answer.status_code == 302, answer.content.decode()
    return IssuedReport.objects.latest("pk")
