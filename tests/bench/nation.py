"""A country of figures: provinces, districts, communes, and years of results, written with COPY. All of it invented.

Communes share some hundred profiles: a profile is judged once by the portal's own rules and then copied, so that
every summary follows from its results (``verify_summaries`` agrees) and the country takes minutes, not hours.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, cycle, islice

from django.db import connection, transaction

from communes.models import (
    Arrears,
    Batch,
    Commune,
    District,
    Funding,
    Officer,
    Province,
    Recognition,
    Region,
    Registration,
    Role,
    YearlyStatistics,
)
from communes.money import FundingSource
from criteria.actions.journal import log
from criteria.judging.applying import derive, with_statistics
from criteria.judging.loading import STATISTICS, load_standard
from criteria.models import (
    Assessment,
    AssessmentRound,
    ChangeEvent,
    CriteriaSet,
    Requirement,
    Result,
    Scope,
    Source,
    Via,
)
from criteria.rules.standard import Standard
from criteria.rules.verdicts import NO_DATA, Summary, judge
from tests.reports.making import make_document

from .making import SET, statistics, value

LAST_YEAR = 2017
PROFILES = 97
TYPICAL = 139  # communes of the first province, the one that is measured
FROM = date(2001, 1, 1)
AT = datetime(2018, 1, 15, 8, tzinfo=UTC)
BASIS = "Mức minh họa để đo tốc độ"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a country is; the results are communes × years × the counted lines of the set."""

    provinces: int
    districts: int
    communes: int
    years: int

    @property
    def seasons(self) -> range:
        return range(LAST_YEAR - self.years + 1, LAST_YEAR + 1)

    def shares(self) -> list[tuple[int, int]]:
        """Districts and communes of each province; the first has the typical number where the country is large."""
        first = min(TYPICAL, self.communes // self.provinces)
        districts = _dealt(self.districts, self.provinces)
        return list(zip(districts, [first, *_dealt(self.communes - first, self.provinces - 1)], strict=True))


NATION, SMALL = Size(63, 700, 8900, 10), Size(3, 9, 60, 2)


def _dealt(things: int, among: int) -> list[int]:
    return [things // among + (place < things % among) for place in range(among)]


@dataclass(frozen=True, slots=True)
class Profile:
    """A year of a commune: its statistics, the lines of its results for COPY (without assessment), their summary."""

    statistics: dict
    lines: tuple[str, ...]
    summary: Summary


class Profiles:
    """The profiles of every region and year, judged when first asked for."""

    def __init__(self, criteria_set: CriteriaSet):
        self.criteria_set = criteria_set
        self.made: dict[tuple[str, int], list[Profile]] = {}

    def of(self, region: str, year: int, communes: int) -> list[Profile]:
        """One for each of so many communes, in turn."""
        if (region, year) not in self.made:
            standard = load_standard(self.criteria_set, Province(pk=0, region=region), year)
            self.made[region, year] = [_profile(standard, number) for number in range(PROFILES)]
        return list(islice(cycle(self.made[region, year]), communes))


def make(size: Size, say: Callable[[str], object] = print) -> Officer:
    """The country beside whatever is stored. Needs the reference data. An officer of its first province."""
    criteria_set = CriteriaSet.objects.get(code=SET)
    _add_steps(criteria_set)
    profiles = Profiles(criteria_set)
    districts, units = iter(range(size.districts)), iter(range(size.communes))
    officers = []
    for place, ((parts, count), region) in enumerate(zip(size.shares(), cycle(Region.values))):
        with transaction.atomic():
            province = Province.objects.create(
                code=f"{chr(65 + place // 10)}{place % 10}", name=f"Minh họa {place + 1}", region=region,
                illustrative=True,
            )  # fmt: skip
            make_document(province)
            rural, urban = _places(province, list(islice(districts, parts)), list(islice(units, count)))
            _fill(province, profiles, size.seasons, rural, urban)
            _stand(rural)
        officers.append(_officer(province, place))
        say(f"{place + 1}/{size.provinces} tỉnh …")
    return officers[0]


def _add_steps(criteria_set: CriteriaSet) -> None:
    """An income step for every region, or nobody could meet the criterion."""
    line = criteria_set.criteria.get(indicators__source=Source.INCOME).indicators.get(source=Source.INCOME)
    Requirement.objects.bulk_create(
        Requirement(
            indicator=line, scope=Scope.REGION, region=region, year_from=FROM.year, comparison=">=", threshold=25,
            legal_basis=BASIS, illustrative=True,
        )
        for region in Region.values
    )  # fmt: skip


def _places(province: Province, districts: list[int], units: list[int]) -> tuple[list[Commune], list[Commune]]:
    """The xã and the townships, one of each district, with codes that no real place has in the register."""
    parts = District.objects.bulk_create(
        District(province=province, code=f"{chr(65 + n // 100)}{n % 100:02}", name=f"Huyện {n + 1}", kind="huyện")
        for n in districts
    )
    about = {"province": province, "valid_from": FROM}
    rural = [
        Commune(
            code=f"{10000 + n}", name=f"Xã {n + 1}", folded=f"xa {n + 1}", kind="xã",
            district=parts[place % len(parts)], hex_column=place % 25, hex_row=place // 25, **about,
        )
        for place, n in enumerate(units)
    ]  # fmt: skip
    urban = [
        Commune(
            code=f"{70000 + n}", name=f"Phố {n + 1}", folded=f"pho {n + 1}", kind="thị trấn", district=part, **about
        )
        for n, part in zip(districts, parts, strict=True)
    ]
    return Commune.objects.bulk_create(rural), Commune.objects.bulk_create(urban)


def _fill(province: Province, profiles: Profiles, seasons: range, rural: list, urban: list) -> None:
    """The rounds of the years with all that belongs to them: for each table a COPY."""
    rounds = AssessmentRound.objects.bulk_create(
        AssessmentRound(province=province, criteria_set=profiles.criteria_set, as_of=date(year, 12, 31))
        for year in seasons
    )
    rows = [
        (round, commune, profile)
        for round in rounds
        for commune, profile in zip(rural, profiles.of(province.region, round.year, len(rural)), strict=True)
    ]
    _copy(Assessment, ASSESSMENT, (_assessment(round.pk, unit.pk, profile.summary) for round, unit, profile in rows))
    towns = ((round, unit, profile) for round, _, profile in rows[:: len(rural)] for unit in urban)
    _copy(YearlyStatistics, STATISTIC, (_statistic(*row) for row in chain(rows, towns)))
    stored = Assessment.objects.filter(round__in=rounds).values_list("round", "commune", "pk")
    keys = {(round_id, commune_id): pk for round_id, commune_id, pk in stored}
    _copy(Result, RESULT, (
        f"{keys[round.pk, unit.pk]}\t{line}" for round, unit, profile in rows for line in profile.lines
    ))  # fmt: skip
    _log(rounds, rural)


STATISTIC = ("commune_id", "year", *STATISTICS, "status", "source")
ASSESSMENT = (
    "round_id", "commune_id", "met_mask", "known_mask", "not_applicable_mask", "met_count", "updated_at", "state",
    "returned_because", "accepted",
)  # fmt: skip
RESULT = (
    "assessment_id", "indicator_id", "value", "numerator", "denominator", "claim", "reason", "note", "verdict",
    "ruled", "requirement_id",
)  # fmt: skip


def _assessment(round_id: int, commune_id: int, summary: Summary) -> str:
    masks = (summary.met_mask, summary.known_mask, summary.not_applicable_mask, summary.met_count)
    return _cells([round_id, commune_id, *masks, AT.isoformat(), "draft", "", "{}"])


def _profile(standard: Standard, number: int) -> Profile:
    """Poverty falls over the years, other values change to and fro."""
    figures = statistics(LAST_YEAR - standard.year, number)
    lines, verdicts = [], {}
    for line in standard.lines:
        if line.counted:
            rule = standard.rule(line)
            given = NO_DATA if line.derived else value(line, rule, standard.year % 2, number)
            given = with_statistics(line, given, figures)
            judged = judge(given, rule.threshold if rule else None)
            verdicts[line.id] = judged.verdict
            counts = (given.value, given.numerator, given.denominator, given.claim or "", "", "")
            lines.append(_cells([line.id, *counts, judged.verdict, judged.ruled, rule.id if rule else None]))
    return Profile(figures, tuple(lines), derive(verdicts, standard))


def _statistic(round: AssessmentRound, unit: Commune, profile: Profile) -> str:
    return _cells([unit.pk, round.year, *profile.statistics.values(), YearlyStatistics.Status.OFFICIAL, BASIS])


def _cells(values: Iterable) -> str:
    return "\t".join("\\N" if cell is None else str(cell) for cell in values)


def _copy(model, columns: tuple[str, ...], lines: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        names = ", ".join(columns)
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", io.StringIO("\n".join(lines)))


def _log(rounds: list[AssessmentRound], rural: list[Commune]) -> None:
    """An entry of the change log for each commune in each year, chained as those of the portal."""
    log([
        ChangeEvent(at=AT, via=Via.COMMAND, year=round.year, round=round, commune=commune, source=BASIS,
                    changes={"population": [None, 1000 + place]})
        for round in rounds for place, commune in enumerate(rural)
    ])  # fmt: skip


def _stand(rural: list[Commune]) -> None:
    """Every third commune certified, every seventh registered, each with money, every tenth in arrears."""
    Recognition.objects.bulk_create(
        Recognition(
            commune=commune, counts_for_year=LAST_YEAR - place % 2, decision_number=f"{place + 1}/QĐ-MH",
            decided_on=date(LAST_YEAR + 1, 1, 8),
        )
        for place, commune in enumerate(rural[::3])
    )  # fmt: skip
    Registration.objects.bulk_create(
        Registration(commune=commune, year=LAST_YEAR + 1, batch=Batch.PLANNED) for commune in rural[1::7]
    )
    Funding.objects.bulk_create(
        Funding(commune=commune, year=year, source=FundingSource.PROVINCE, planned=900, allocated=800, disbursed=700)
        for commune in rural
        for year in (LAST_YEAR - 1, LAST_YEAR)
    )
    Arrears.objects.bulk_create(
        Arrears(commune=commune, work="Công trình minh họa", value=500, paid=200, as_of=date(LAST_YEAR, 12, 31))
        for commune in rural[::10]
    )


def _officer(province: Province, place: int) -> Officer:
    name = f"{province.name}, chuyên viên"
    return Officer.objects.create(username=f"minh-hoa-{place}", full_name=name, role=Role.STAFF, province=province)
