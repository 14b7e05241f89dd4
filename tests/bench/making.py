"""Provinces of any size, and values to fill them with: two variants that differ in every cell."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import xlsxwriter

from communes import actions as places
from communes.models import Batch, Commune, District, Officer, Province, Recognition, Region, Registration, Role
from communes.text import fold
from criteria import actions
from criteria.judging.loading import STATISTICS, load_standard
from criteria.models import AssessmentRound, CriteriaSet, Requirement, Scope, Source, Via
from criteria.rules.cells import limit, show
from criteria.rules.standard import Line, Rule, Standard
from criteria.rules.verdicts import Given, Verdict
from tests.reports.making import make_document

YEARS = (2016, 2017)
COMMUNES_IN_A_DISTRICT = 16
SET = "1980/QĐ-TTg"


def make_province(mark: str, communes: int) -> Officer:
    """A province whose codes begin with ``mark``, assessed in both years; its officer. Every third commune is
    certified, every seventh registered, every district has a township."""
    province = make_places(f"{mark}0", communes)
    units = list(Commune.objects.filter(province=province).rural().order_by("pk"))
    criteria_set = CriteriaSet.objects.get(code=SET)
    for variant, year in enumerate(YEARS):
        round = actions.open_round(province, criteria_set, date(year, 12, 31))
        standard = load_standard(criteria_set, province, year)
        entries = [make_entry(unit.pk, standard, variant, number) for number, unit in enumerate(units)]
        actions.record(round, entries, by=None, via=Via.COMMAND, standard=standard)
    places.recognise([Recognition(commune=unit, counts_for_year=2016 + n % 2) for n, unit in enumerate(units[::3])])
    places.register([Registration(commune=unit, year=2018, batch=Batch.PLANNED) for unit in units[1::7]])
    return Officer.objects.create(username=f"tinh{mark}", full_name="Chuyên viên", role=Role.STAFF, province=province)


def make_places(code: str, communes: int) -> Province:
    """A province whose places' codes begin as its own, with an income step, and nothing known of them."""
    province = Province.objects.create(code=code, name=f"Tỉnh {communes} xã", region=Region.NORTHERN_MOUNTAINS)
    make_document(province)
    _add_income_step(province, CriteriaSet.objects.get(code=SET))
    mark, size = code[0], max(COMMUNES_IN_A_DISTRICT, -(-communes // 99))
    count = -(-communes // size)
    districts = District.objects.bulk_create(
        District(province=province, code=f"{mark}{number:02}", name=f"Huyện {number}", kind="huyện")
        for number in range(count)
    )

    def unit(number: int, name: str, kind: str, district: District) -> Commune:
        return Commune(
            province=province, district=district, code=f"{mark}{number:04}", name=name, folded=fold(name), kind=kind,
            valid_from=date(2011, 1, 14),
        )  # fmt: skip

    rural = [unit(n, f"Tân Thành {n}", "xã", districts[n % count]) for n in range(communes)]
    urban = [unit(9000 + n, f"Phố Mới {n}", "thị trấn", district) for n, district in enumerate(districts)]
    Commune.objects.bulk_create([*rural, *urban])
    return province


def _add_income_step(province: Province, criteria_set: CriteriaSet) -> None:
    Requirement.objects.create(
        indicator=criteria_set.criteria.get(indicators__source=Source.INCOME).indicators.get(source=Source.INCOME),
        scope=Scope.PROVINCE, province=province, comparison=">=", threshold=25, legal_basis="Mức để đo tốc độ",
        illustrative=True,
    )  # fmt: skip


def make_entry(commune_id: int, standard: Standard, variant: int, number: int) -> actions.Entry:
    """Values for every counted line of a commune: 49 that change between the variants, two of them by statistics."""
    cells = {line.code: value(line, standard.rule(line), variant, number) for line in given_lines(standard)}
    return actions.Entry(commune_id, statistics(variant, number), cells)


def given_lines(standard: Standard) -> list[Line]:
    """The lines that a sheet gives: counted, and not derived from the statistics."""
    return [line for line in standard.lines if line.counted and not line.derived]


def statistics(variant: int, number: int) -> dict[str, Decimal | int | None]:
    households = 900 + 7 * number % 1500
    poor = households * (5 + number % 9 + 3 * variant) // 100
    return dict(zip(STATISTICS, (households * 4, households, poor, Decimal(22 + number % 9 + variant)), strict=True))


def value(line: Line, rule: Rule | None, variant: int, number: int) -> Given:
    """What is given for a line; ``number`` spreads it over the communes."""
    met = (number + line.id + variant) % 2 == 0
    if rule is None:
        return Given(claim=Verdict.MET if met else Verdict.NOT_MET)
    if line.kind == "boolean":
        return Given(Decimal(met))
    spread = Decimal((number * 37 + line.id * 11) % 400) / 10
    return Given(min(spread + 40 + Decimal("13.7") * variant, limit(line)))


def make_sheet(round: AssessmentRound, standard: Standard, variant: int) -> bytes:
    """The wide sheet of a round as xlsx: every commune, every counted line. Population and households do not change."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(_sheet_rows(round, standard, variant)):
            sheet.write_row(row, 0, cells)
    return stream.getvalue()


def _sheet_rows(round: AssessmentRound, standard: Standard, variant: int) -> Iterator[list]:
    lines = given_lines(standard)
    yield ["code", "name", *STATISTICS, *(line.code for line in lines)]
    communes = Commune.objects.filter(province=round.province).in_force(round.as_of).rural()
    for number, commune in enumerate(communes):
        cells = (show(value(line, standard.rule(line), variant, number), line) for line in lines)
        yield [commune.code, commune.name, *statistics(variant, number).values(), *cells]
