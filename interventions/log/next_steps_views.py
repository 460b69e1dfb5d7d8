"""Everybody's next steps: what is overdue, what is due this week, what comes later."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from interventions.log import next_steps
from interventions.rules.kinds import title_of
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of

PER_PAGE = 100
MINE, ALL = "mine", "all"


@require_safe
@allowed("see_interventions")
def steps(request: PageRequest) -> HttpResponse:
    """`?owner=` is `all`, `mine` or somebody's number. Seven statements at any size."""
    school, today = request.viewer.school, timezone.localdate()
    everybody = list(
        next_steps.open_steps(school)
        .order_by()
        .values_list("next_step_owner", "next_step_owner__name", "next_step_on")
    )
    owner = _owner(request, {pk for pk, _, _ in everybody})
    wanted = next_steps.open_steps(school)
    if owner is not None:
        wanted = wanted.filter(Q(next_step_owner=owner))
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        {
            "title": part.title,
            "key": part.key,
            "steps": [_line(request, step) for step in part.steps],
        }
        for part in next_steps.parted(page.object_list, today)
    ]
    return render(
        request,
        "interventions/log/next_steps.html",
        {
            "apart": pupils_apart(
                (step.enrolment.pupil for step in page.object_list), with_birth=True
            ),
            "page": page,
            "parts": shown,
            "owner": owner,
            "is_mine": owner == request.user.pk,
            "owners": _owners(everybody, request.user.pk),
            "summary": _summary(everybody, request.user.pk, today),
            "today": today,
            "may_record": request.viewer.may("record_intervention"),
        },
    )


def _owner(request: PageRequest, known: set) -> int | None:
    """Whose steps are shown; None for everybody's. Somebody without a step is nobody's choice."""
    if request.GET.get("owner") == MINE:
        return request.user.pk
    asked = number_of(request.GET.get("owner"))
    return asked if asked in known else None


def _line(request: PageRequest, step) -> dict:
    readable = next_steps.may_read(
        step, request.user, sees_sensitive=request.viewer.may("see_sensitive")
    )
    own = step.own_kind
    return {
        "step": step,
        "is_readable": readable,
        "after": title_of(step.kind, own.name if own else "") if readable else "",
        "late_by": (timezone.localdate() - step.next_step_on).days,
    }


def _owners(everybody, mine: int) -> list[dict]:
    """Who has open steps and how many, by name; but whoever looks has a filter of their own."""
    names = {pk: name for pk, name, _ in everybody if pk != mine}
    return [
        {"pk": pk, "name": name, "count": sum(one[0] == pk for one in everybody)}
        for pk, name in sorted(names.items(), key=lambda pair: pair[1])
    ]


def _summary(everybody, mine: int, today) -> dict:
    sunday = next_steps.sunday_of(today)
    return {
        "all": len(everybody),
        "mine": sum(pk == mine for pk, _, _ in everybody),
        "overdue": sum(on < today for _, _, on in everybody),
        "this_week": sum(today <= on <= sunday for _, _, on in everybody),
        "mine_overdue": sum(on < today and pk == mine for pk, _, on in everybody),
    }
