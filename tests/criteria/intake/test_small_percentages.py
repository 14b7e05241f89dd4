"""Percentages below 1 that the portal itself wrote come back as they are, and are not taken for fractions."""

import pytest

from criteria.intake import importing
from criteria.models import Result

from .test_three_way import VU_CHAN, edit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", [{"commune__code": VU_CHAN}, {"commune__district__code": "170"}])
def test_an_untouched_sheet_with_small_percentages_changes_nothing(client_of, staff, round_2017, place):
    about = {f"assessment__{key}": value for key, value in place.items()}
    Result.objects.filter(assessment__round=round_2017, indicator__code="4.2", **about).update(value="0.5")
    content = b"".join(client_of(staff).get("/bao-cao/du-lieu.xlsx?nam=2017&huyen=170"))
    preview = importing.rehearse(content, "a.xlsx", round_2017)
    assert (preview.changes, preview.rejected, preview.notices) == ([], [], [])
    preview = importing.rehearse(edit(content, {(VU_CHAN, "4.2"): 0.6}), "a.xlsx", round_2017)
    assert ["60 %" in found.reason for found in preview.rejected] == [True]
