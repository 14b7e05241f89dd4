"""The communes of one district in a year side by side. One query."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.db.models.functions import Coalesce

from communes.models import Level, Recognition
from criteria.models import Assessment
from criteria.rules.verdicts import Summary
from reports.drawing.charts import Bar, bar
from reports.picture.picture import standing_of

WIDTH = 76


@dataclass(frozen=True, slots=True)
class Peer:
    """A commune among those of its district. ``rank``: by criteria met, ties share it; None without data."""

    code: str
    name: str
    here: bool
    summary: Summary
    income: Decimal | None
    certified: bool
    total: int
    rank: int | None = None

    @property
    def count(self) -> int | None:
        return self.summary.met_count if self.summary.known_mask else None

    @property
    def standing(self) -> str:
        return standing_of(self.summary, self.certified, self.total)

    @property
    def bar(self) -> Bar:
        return bar(self.count or 0, self.total, WIDTH)


def ranks(counts: Sequence[int | None]) -> list[int | None]:
    """The rank of each count, the largest first. Equal ones share a rank, which says how many are better."""
    known = [count for count in counts if count is not None]
    return [None if count is None else 1 + sum(other > count for other in known) for count in counts]


def peers_of(assessment: Assessment, total: int) -> list[Peer]:
    """The communes assessed in the same round and district, the best first, those without data last.

    ``total``: the criteria of the set. Nobody has peers where there is no district level.
    """
    rows = _rows(assessment) if assessment.commune.district_id else []
    peers = [
        Peer(code, name, pk == assessment.commune_id, Summary(*masks), income, certified, total)
        for pk, code, name, income, certified, *masks in rows
    ]
    found = [replace(peer, rank=rank) for peer, rank in zip(peers, ranks([peer.count for peer in peers]), strict=True)]
    return sorted(found, key=lambda peer: peer.rank or len(found) + 1)


def _rows(assessment: Assessment):
    round, district = assessment.round, assessment.commune.district_id
    place = Coalesce(OuterRef("commune__origin"), OuterRef("commune"))
    decisions = Recognition.objects.standing_at_end_of(round.year).filter(
        level=Level.STANDARD, commune__province=round.province_id
    )
    certified = decisions.annotate(place=Coalesce("commune__origin", "commune")).filter(place=place)
    of_year = Q(commune__statistics__year=round.year)
    return (
        Assessment.objects.filter(round=round, commune__district=district)
        .annotate(figures=FilteredRelation("commune__statistics", condition=of_year), certified=Exists(certified))
        .order_by("commune__code")
        .values_list(
            "commune", "commune__code", "commune__name", "figures__income", "certified",
            "met_mask", "known_mask", "not_applicable_mask",
        )
    )  # fmt: skip
