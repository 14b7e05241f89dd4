"""Bar 1: the province overview against the SQL that gives the same numbers."""

from datetime import date

from django.db import connection
from django.test import Client

from communes.models import Province
from criteria.rounds import rounds_of
from reports.picture.figures import band_rows, criterion_rows, headline
from reports.picture.reading import pictures

from .bars import Measured
from .timing import Effort, compare

# Every version of a place shares the recognition of any of them, hence coalesce(origin_id, id).
DISTRICTS = """
WITH round AS (
    SELECT id, as_of, extract(year FROM as_of)::int AS year
    FROM criteria_assessmentround WHERE id = ANY(%(rounds)s)
), certified AS (
    SELECT DISTINCT round.year, coalesce(place.origin_id, place.id) AS place
    FROM communes_recognition decision
    JOIN communes_commune place ON place.id = decision.commune_id AND place.province_id = %(province)s
    JOIN round ON decision.counts_for_year <= round.year
        AND (decision.revoked_on IS NULL OR decision.revoked_on > round.as_of)
    WHERE decision.level = 'dat_chuan'
), unit AS (
    SELECT round.year, c.district_id, c.kind = 'xã' AS rural, coalesce(a.known_mask, 0) <> 0 AS assessed, a.met_count,
        a.known_mask & ~a.met_mask <> 0 AS short, certified.place IS NOT NULL AS certified,
        s.population, s.households, s.poor_households, s.income
    FROM round
    JOIN communes_commune c ON c.province_id = %(province)s AND c.valid_from <= round.as_of
        AND (c.valid_to IS NULL OR c.valid_to >= round.as_of)
    LEFT JOIN criteria_assessment a ON a.round_id = round.id AND a.commune_id = c.id
    LEFT JOIN communes_yearlystatistics s ON s.commune_id = c.id AND s.year = round.year
    LEFT JOIN certified ON certified.year = round.year AND certified.place = coalesce(c.origin_id, c.id)
)
SELECT unit.year, d.code, d.kind, d.name,
    count(*) FILTER (WHERE rural) AS total,
    count(*) FILTER (WHERE rural AND certified) AS certified,
    count(*) FILTER (WHERE rural AND certified AND short) AS slipped,
    count(*) FILTER (WHERE rural AND NOT certified AND short) AS below,
    count(*) FILTER (WHERE rural AND NOT certified AND met_count = %(criteria)s) AS meets,
    count(*) FILTER (WHERE rural AND assessed) AS assessed,
    sum(met_count) FILTER (WHERE rural AND assessed) AS met,
    count(*) FILTER (WHERE rural AND assessed AND met_count = %(criteria)s) AS all_met,
    count(*) FILTER (WHERE rural AND assessed AND met_count BETWEEN 15 AND %(criteria)s - 1) AS from_15,
    count(*) FILTER (WHERE rural AND assessed AND met_count BETWEEN 10 AND 14) AS from_10,
    count(*) FILTER (WHERE rural AND assessed AND met_count BETWEEN 5 AND 9) AS from_5,
    count(*) FILTER (WHERE rural AND assessed AND met_count < 5) AS from_0,
    sum(income * population) FILTER (WHERE rural) AS income,
    sum(population) FILTER (WHERE rural AND income IS NOT NULL) AS people,
    sum(poor_households) FILTER (WHERE rural AND households > 0) AS poor_rural,
    sum(households) FILTER (WHERE rural AND poor_households IS NOT NULL) AS households_rural,
    sum(poor_households) FILTER (WHERE households > 0) AS poor,
    sum(households) FILTER (WHERE poor_households IS NOT NULL) AS households,
    EXISTS (
        SELECT FROM communes_districtrecognition done
        WHERE done.district_id = d.id AND done.counts_for_year <= unit.year
            AND (done.revoked_on IS NULL OR done.revoked_on > make_date(unit.year, 12, 31))
    ) AS completed
FROM unit LEFT JOIN communes_district d ON d.id = unit.district_id
GROUP BY unit.year, d.id ORDER BY unit.year, d.code
"""
MAP = """
SELECT c.code, c.name, d.code, d.name, c.hex_column, c.hex_row, a.met_count, a.met_mask, a.known_mask,
    EXISTS (
        SELECT FROM communes_recognition decision JOIN communes_commune place ON place.id = decision.commune_id
        WHERE coalesce(place.origin_id, place.id) = coalesce(c.origin_id, c.id) AND decision.level = 'dat_chuan'
            AND decision.counts_for_year <= %(year)s
            AND (decision.revoked_on IS NULL OR decision.revoked_on > make_date(%(year)s, 12, 31))
    ) AS certified
FROM communes_commune c JOIN communes_district d ON d.id = c.district_id
JOIN criteria_assessment a ON a.commune_id = c.id AND a.round_id = %(round)s
WHERE c.kind = 'xã' ORDER BY d.code, c.code
"""
PLANNED = """
SELECT count(*) FROM communes_registration plan JOIN communes_commune place ON place.id = plan.commune_id
WHERE place.province_id = %s AND plan.year = %s AND plan.level = 'dat_chuan'
"""
NATIONAL = """
SELECT figure.value FROM reports_statedfigure figure JOIN reports_conclusion c ON c.id = figure.conclusion_id
WHERE c.province_id = %s AND figure.key = 'national_certified_percent' AND figure.year = %s
ORDER BY c.issued_on DESC LIMIT 1
"""
ROUNDS = """
SELECT r.id, r.as_of, r.closed_at, s.code FROM criteria_assessmentround r
JOIN criteria_criteriaset s ON s.id = r.criteria_set_id
WHERE r.province_id = %s AND s.level = 'dat_chuan' ORDER BY r.as_of
"""


class BareOverview:
    """The numbers of the overview by six statements, as one would write them for this page alone: each district in
    each year, the criteria, every commune of the map, the plan, the nation."""

    def __init__(self, province: Province, year: int):
        self.province, self.year = province, year
        self.rounds = rounds_of(province)
        self.picture = pictures(province, self.rounds.values())[year]
        self.criteria = self._criteria_statement()

    def _criteria_statement(self) -> str:
        """All criteria in one pass over the summaries: a sum for each bit."""
        bits = [
            f"sum(a.{mask} >> {criterion.position} & 1)"
            for criterion in self.picture.criteria
            for mask in ("met_mask", "known_mask")
        ]
        return f"SELECT max(a.updated_at), {', '.join(bits)} FROM criteria_assessment a WHERE a.round_id = %s"

    def read(self) -> tuple:
        province, year = self.province.pk, self.year
        rounds = [round.pk for then, round in self.rounds.items() if then <= year]
        with connection.cursor() as cursor:
            cursor.execute(ROUNDS, [province])
            cursor.fetchall()
            about = {"rounds": rounds, "province": province, "criteria": len(self.picture.criteria)}
            cursor.execute(DISTRICTS, about)
            districts = [dict(zip((c.name for c in cursor.description), row, strict=True)) for row in cursor]
            cursor.execute(self.criteria, [rounds[-1]])
            criteria = cursor.fetchone()
            cursor.execute(MAP, {"year": year, "round": rounds[-1]})
            communes = cursor.fetchall()
            cursor.execute(PLANNED, [province, year + 1])
            planned = cursor.fetchone()
            cursor.execute(NATIONAL, [province, year])
            national = cursor.fetchone()
        return districts, criteria, communes, planned, national

    def check(self) -> None:
        """The statements give what the page shows; otherwise they are no measure for it."""
        districts, (_, *bits), communes, (planned,), _ = self.read()
        drawn = [(unit.code, unit.summary.met_count, unit.certified) for unit in self.picture.communes]
        assert [(row[0], row[6], row[-1]) for row in communes] == drawn
        now = [row for row in districts if row["year"] == self.year]

        def total(name: str):
            return sum(row[name] or 0 for row in now)

        *rows, whole = band_rows(self.picture)
        assert [(row["code"], row["total"], row["certified"]) for row in now] == [
            (row.code, row.total, row.certified) for row in rows
        ]
        bands = ("all_met", "from_15", "from_10", "from_5", "from_0")
        assert tuple(map(total, bands)) == whole.counts
        assert bits[::2] == [row.met for row in criterion_rows(self.picture)]
        figures = {figure.key: (figure.numerator, figure.denominator) for figure in headline(self.picture)}
        assert figures["income_per_capita"] == (total("income"), total("people"))
        assert figures["poverty_rate"] == (total("poor"), total("households"))
        assert figures["poverty_rate_rural"] == (total("poor_rural"), total("households_rural"))
        assert figures["criteria_mean"] == (total("met"), total("assessed"))
        assert figures["districts_completed"][0] == total("completed")
        standings = {key: len(units) for key, units in self.picture.standings.items()}
        assert standings["slipped"] == total("slipped")
        assert (standings["meets"], standings["below"]) == (total("meets"), total("below"))
        assert planned == sum(bool(unit.planned) for unit in self.picture.communes)


def measure(client: Client, province: Province, effort: Effort, database: str) -> list[Measured]:
    bare = BareOverview(province, date(2017, 12, 31).year)
    bare.check()
    pair = compare(lambda: client.get("/", {"nam": 2017}), bare.read, effort.runs, effort.warm_up)
    return [Measured("1", database, pair.ratio, pair.detail)]
