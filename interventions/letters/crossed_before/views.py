"""Those who had crossed a line before Rollbook came: listed once, letters chosen from them."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interventions.letters.crossed_before import actions
from interventions.letters.crossed_before.queries import still_listed
from interventions.letters.views.letters import apart_in
from interventions.models import CrossedBefore
from interventions.rules.letter_kinds import KINDS, Kind
from registers import policies
from registers.models import School
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of


@dataclass(frozen=True, slots=True)
class OfKind:
    """Those of one kind of letter."""

    kind: Kind
    rows: list[CrossedBefore]


@require_http_methods(["GET", "POST"])
@allowed("see_letters")
def crossed_before(request: PageRequest) -> HttpResponse:
    """The list by kind, the gravest first; letters for those ticked, or off the list with them."""
    school = request.viewer.school
    if request.method == "POST":
        try:
            _decide(request, school)
        except policies.Refused as refusal:
            messages.warning(request, str(refusal))
        return redirect("interventions:crossed_before", urn=school.urn)
    kinds = _by_kind(school)
    context = {
        "kinds": kinds,
        "apart": apart_in([row for one in kinds for row in one.rows]),
        "may_decide": request.viewer.may("decide_letter"),
    }
    return render(request, "interventions/letters/crossed_before.html", context)


def _by_kind(school: School) -> list[OfKind]:
    """One statement, however many there are."""
    rows = still_listed(school).select_related("enrolment__pupil")
    ordered = list(rows.order_by("enrolment__pupil__sort_key", "pk"))
    by_gravity = sorted(KINDS.values(), key=lambda kind: -kind.rank)
    groups = [OfKind(kind, [row for row in ordered if row.kind == kind.key]) for kind in by_gravity]
    return [group for group in groups if group.rows]


def _decide(request: PageRequest, school: School) -> None:
    ticked = (number_of(text) for text in request.POST.getlist("row"))
    chosen = [pk for pk in ticked if pk is not None]
    if request.POST.get("do") == "take_off":
        gone = actions.take_off_the_list(school=school, chosen=chosen, by=request.user)
        messages.success(request, f"{gone} taken off the list. No letter was written.")
        return
    made, no_longer = actions.propose_chosen(
        school=school, chosen=chosen, by=request.user, dated=timezone.localdate()
    )
    said = f"{len(made)} {'letter is' if len(made) == 1 else 'letters are'} in the queue."
    if no_longer:
        said += f" For {no_longer} there is none: it would not be true any more."
    messages.success(request, said)
