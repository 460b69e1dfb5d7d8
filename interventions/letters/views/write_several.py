"""One kind of letter for several pupils, by hand: whole year groups, groups, a pasted list."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interventions.letters.actions import letters as actions
from interventions.letters.forms.several import ManyLettersForm
from registers import policies
from registers.models import Enrolment
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed

MOST_NAMED = 10


@require_http_methods(["GET", "POST"])
@allowed("decide_letter")
def letters_new(request: PageRequest) -> HttpResponse:
    """Each goes to the queue like one by hand; for whom it does not hold true, none is written."""
    school, today = request.viewer.school, timezone.localdate()
    among = request.viewer.enrolments().on_roll(today)
    form = ManyLettersForm(request.POST or None, among=among, on=today)
    if form.is_valid() and form.chosen is not None and _written(request, form, form.chosen.pupils):
        return redirect("interventions:letters", urn=school.urn)
    return render(request, "interventions/letters/writing/several.html", {"form": form})


def _written(request: PageRequest, form: ManyLettersForm, pupils: Collection[int]) -> bool:
    """Whether there is a letter at least; how many, and for whom there is none, is said."""
    written, refused = _write(request, form.cleaned_data["kind"], pupils)
    _say(request, written, refused)
    return written > 0


def _say(request: PageRequest, written: int, refused: list[tuple[str, str]]) -> None:
    if written:
        letters = many(written, "letter")
        messages.success(request, f"{letters} in the queue. Look at them and approve them.")
    if refused:
        messages.warning(request, _refused_in_words(refused))


def _write(
    request: PageRequest, kind: str, pupils: Collection[int]
) -> tuple[int, list[tuple[str, str]]]:
    """How many letters, and the pupils for whom none was written, each with the reason."""
    rows = Enrolment.objects.filter(school=request.viewer.school, pk__in=pupils)
    ordered = rows.select_related("school", "pupil").order_by("pupil__sort_key", "pk")
    written, refused = 0, []
    for enrolment in ordered:
        try:
            actions.make_letter(
                enrolment=enrolment,
                kind=kind,
                details={},
                by=request.user,
                dated=timezone.localdate(),
            )
        except policies.Refused as refusal:
            refused.append((enrolment.pupil.full_name, str(refusal)))
        else:
            written += 1
    return written, refused


def _refused_in_words(refused: list[tuple[str, str]]) -> str:
    named = "; ".join(f"{name}: {why}" for name, why in refused[:MOST_NAMED])
    more = len(refused[MOST_NAMED:])
    rest = f" And {more} more." if more else ""
    return f"No letter for {many(len(refused), 'pupil')}. {named}{rest}"
