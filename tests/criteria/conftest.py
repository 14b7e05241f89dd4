"""The rounds the tests of this room work on."""

from datetime import date

import pytest

from criteria import actions
from criteria.judging.loading import load_standard
from criteria.models import AssessmentRound, CriteriaSet
from criteria.rules.workflow import State


@pytest.fixture
def round_2016(province):
    """Closed."""
    return AssessmentRound.objects.of_year(province, 2016).get()


@pytest.fixture
def round_2017(province):
    """Open and filled, nothing of it submitted yet."""
    round = AssessmentRound.objects.of_year(province, 2017).get()
    round.assessments.update(state=State.DRAFT)
    return round


@pytest.fixture
def round_2018(province):
    """Open and empty; no step of the income criterion is known for its year."""
    return actions.open_round(province, CriteriaSet.objects.get(code="1980/QĐ-TTg"), date(2018, 12, 31))


@pytest.fixture
def standard_2017(round_2017):
    return load_standard(round_2017.criteria_set, round_2017.province, 2017)
