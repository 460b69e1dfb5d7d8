"""Those who had crossed a line before Rollbook came: listed once, letters chosen from them."""

from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interventions.letters.crossed_before import actions
from interventions.letters.crossed_before.queries import still_listed
from interventions.letters.queries import pupils_told_apart
from interventions.models import CrossedBefore
from interventions.rules.letter_kinds import KINDS, Kind
from registers.models import School
from registers.rules.grouping import grouped_by
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.parameters import numbers_of


@dataclass(frozen=True, slots=True)
class CrossedOfKind:
    """Those of one kind of letter."""

    kind: Kind
    rows: list[CrossedBefore]


@require_http_methods(["GET", "POST"])
@allowed("see_letters")
def crossed_before(request: PageRequest) -> HttpResponse:
    """The list by kind, the gravest first; letters for those ticked, or off the list with them."""
    school = request.viewer.school
    if request.method == "POST":
        with refusals_as_messages(request):
            _decide(request, school)
        return redirect("interventions:crossed_before", urn=school.urn)
    kinds = _by_kind(school)
    context = {
        "kinds": kinds,
        "apart": pupils_told_apart(chain.from_iterable(map(attrgetter("rows"), kinds))),
        "may_decide": request.viewer.may("decide_letter"),
    }
    return render(request, "interventions/letters/crossed_before/crossed_before.html", context)


def _by_kind(school: School) -> list[CrossedOfKind]:
    """One statement, however many there are."""
    rows = still_listed(school).select_related("enrolment__pupil")
    ordered = rows.order_by("enrolment__pupil__sort_key", "pk")
    by_gravity = sorted(KINDS.values(), key=lambda kind: -kind.rank)
    by_kind = grouped_by(ordered, attrgetter("kind"))
    return [CrossedOfKind(kind, by_kind[kind.key]) for kind in by_gravity if kind.key in by_kind]


def _decide(request: PageRequest, school: School) -> None:
    chosen = numbers_of(request.POST.getlist("row"))
    if request.POST.get("do") == "take_off":
        gone = actions.take_off_the_list(school=school, chosen=chosen, by=request.user)
        messages.success(request, f"{gone} taken off the list. No letter was written.")
        return
    made, no_longer = actions.propose_chosen(
        school=school, chosen=chosen, by=request.user, dated=timezone.localdate()
    )
    proposed = f"{many(len(made), 'letter is', 'letters are')} in the queue."
    left_out = f" For {no_longer} there is none: it would not be true any more."
    messages.success(request, proposed + left_out * bool(no_longer))
