"""The years that can be entered, and opening the next."""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from communes.accounts.policy import allow
from communes.accounts.request import OfficerRequest
from communes.models import Level, Role
from criteria import actions
from criteria.models import AssessmentRound, CriteriaSet
from criteria.rounds import READERS
from criteria.rules import workflow
from criteria.rules.workflow import NotAllowed, Step

FIRST, LAST = 2011, 2100


class OpeningForm(forms.Form):
    """A year, its criteria set where the year alone does not tell, and until when figures are awaited."""

    nam = forms.IntegerField(label="Năm", min_value=FIRST, max_value=LAST)
    bo = forms.ModelChoiceField(
        CriteriaSet.objects.filter(level=Level.STANDARD), label="Bộ tiêu chí", required=False, empty_label="Theo năm"
    )
    han = forms.DateField(label="Hạn nhập", required=False)

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if given.get("nam") and not given.get("bo") and "bo" not in self.errors:
            found = list(CriteriaSet.objects.of_year(given["nam"]))
            if len(found) != 1:
                raise ValidationError(f"Chưa rõ bộ tiêu chí của năm {given['nam']}: hãy chọn bộ tiêu chí.")
            given["bo"] = found[0]
        return given


def _rounds(officer) -> list[AssessmentRound]:
    found = AssessmentRound.objects.year_end().filter(province=officer.province)
    return list(found.select_related("criteria_set").order_by("-as_of"))


def _shown(request: OfficerRequest, rounds: list[AssessmentRound], form: OpeningForm, status: int = 200):
    context = {"rounds": rounds, "form": form if workflow.may(request.user.role, Step.OPEN) else None}
    return render(request, "criteria/entry/years.html", context, status=status)


@allow(*READERS)
def years(request: OfficerRequest):
    """The rounds that are there, the latest first."""
    rounds = _rounds(request.user)
    latest = rounds[0].year if rounds else date.today().year - 1
    return _shown(request, rounds, OpeningForm(initial={"nam": latest + 1}))


@allow(Role.STAFF, Role.ADMIN)
@require_POST
def open_year(request: OfficerRequest):
    """Open the year-end round of a year, with an empty sheet for every xã."""
    form = OpeningForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        about = {"deadline": given["han"], "by": request.user}
        try:
            round = actions.open_round(request.user.province, given["bo"], date(given["nam"], 12, 31), **about)
        except (NotAllowed, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, f"Đã mở kỳ đánh giá năm {round.year}.")
            return redirect("entry_year", round.year)
    return _shown(request, _rounds(request.user), form, 409)
