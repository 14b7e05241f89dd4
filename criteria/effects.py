"""The figures of a year that a sheet can move, from states in memory: as they are, and as they would be."""

from decimal import Decimal

from django.db.models.functions import Coalesce

from communes.models import Level, Recognition
from communes.text import vn_number

from .loading import State
from .models import AssessmentRound
from .standard import Standard


def standing_places(round: AssessmentRound) -> set[int]:
    """The places with a standing recognition at the end of the year. One query."""
    found = Recognition.objects.standing_at_end_of(round.year).filter(
        commune__province=round.province_id, level=Level.STANDARD
    )
    return set(found.values_list(Coalesce("commune__origin", "commune"), flat=True))


def year_figures(states: dict[int, State], certified: set[int], standard: Standard) -> dict[str, str]:
    """Certified, slipped, all criteria met, mean criteria; by their Vietnamese label, as they are read."""
    summaries = [(state.commune.place_id in certified, state.assessment.summary) for state in states.values()]
    known = [summary.met_count for _, summary in summaries if summary.known_mask]
    total = len(standard.criteria)
    slipped = sum(stands and bool(s.known_mask & ~s.met_mask) for stands, s in summaries)
    mean = vn_number(Decimal(sum(known)) / len(known), 2) if known else "–"
    return {
        "Xã đạt chuẩn (có quyết định)": str(sum(stands for stands, _ in summaries)),
        "Trong đó đang dưới chuẩn": str(slipped),
        f"Xã đạt đủ {total} tiêu chí": str(sum(s.met_count == total for _, s in summaries)),
        "Bình quân tiêu chí/xã": mean,
    }
