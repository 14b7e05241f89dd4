"""The figures of a year that a sheet can move: as they are, and as they would be."""

from decimal import Decimal

from django.db.models.functions import Coalesce

from communes.models import Level, Recognition
from communes.text import vn_number
from criteria.models import Assessment, AssessmentRound
from criteria.rules.standard import Standard
from criteria.rules.verdicts import Summary

from .preview import Effect


class Effects:
    """The summaries of a round before and after what is told of them. Two queries."""

    def __init__(self, round: AssessmentRound, standard: Standard):
        certified = _standing_places(round)
        rows = Assessment.objects.filter(round=round).values_list("commune_id", _PLACE, *_MASKS)
        self.certified = {commune_id for commune_id, place, *_ in rows if place in certified}
        self.before = {commune_id: Summary(*masks) for commune_id, _, *masks in rows}
        self.after = dict(self.before)
        self.total = len(standard.criteria)

    def lines(self) -> list[Effect]:
        """Certified, slipped, all criteria met, mean criteria; by their Vietnamese label, as they are read."""
        before, after = self._figures(self.before), self._figures(self.after)
        return [Effect(label, old, after[label]) for label, old in before.items()]

    def _figures(self, summaries: dict[int, Summary]) -> dict[str, str]:
        slipped = sum(
            bool(summaries[commune_id].known_mask & ~summaries[commune_id].met_mask) for commune_id in self.certified
        )
        return {
            "Xã đạt chuẩn (có quyết định)": vn_number(len(self.certified)),
            "Trong đó đang dưới chuẩn": vn_number(slipped),
            f"Xã đạt đủ {self.total} tiêu chí": vn_number(sum(s.met_count == self.total for s in summaries.values())),
            "Bình quân tiêu chí/xã": _mean([s.met_count for s in summaries.values() if s.known_mask]),
        }


_PLACE = Coalesce("commune__origin", "commune")
_MASKS = ("met_mask", "known_mask", "not_applicable_mask")


def _mean(counts: list[int]) -> str:
    return vn_number(Decimal(sum(counts)) / len(counts), 2) if counts else "–"


def _standing_places(round: AssessmentRound) -> set[int]:
    """The places with a standing recognition at the end of the year."""
    found = Recognition.objects.standing_at_end_of(round.year).filter(
        commune__province=round.province_id, level=Level.STANDARD
    )
    return set(found.values_list(_PLACE, flat=True))
