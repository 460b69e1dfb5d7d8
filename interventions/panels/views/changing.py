"""Change a panel: its day, place and people, who is on it, in which order, the invitations."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from interventions.models import Panel
from interventions.panels import room, wording
from interventions.panels.actions import panels as actions
from interventions.panels.forms.panels import PanelForm, initial_of_panel
from interventions.panels.queries import as_at_of, colleagues_of
from interventions.panels.views.on_panel import case_of, go_to, on_panel
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.forms import refusals_in


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def panel_change(request: PageRequest, panel: Panel) -> HttpResponse:
    """Day, place and people; who is on it, and in which order."""
    school, today = request.viewer.school, timezone.localdate()
    form = PanelForm(
        request.POST or None,
        initial=initial_of_panel(panel),
        colleagues=colleagues_of(school),
        today=today,
        button="Save the changes",
    )
    if form.is_valid() and _change(request, panel, form):
        return go_to(panel, "panel_change")
    context = {"panel": panel, "form": form, **_order(panel, is_over=panel.on < today)}
    return render(request, "interventions/panels/change.html", context)


def _order(panel: Panel, *, is_over: bool) -> dict:
    """Who is on the panel, in order, and who was taken off."""
    scheduled = _running_order(panel)
    active = [one for one in scheduled if not one.case.is_withdrawn]
    return {
        "lede": wording.change_lede(active, panel, is_over=is_over),
        "active": [(one, wording.INVITED[one.invitation]) for one in active],
        "off": [one for one in scheduled if one.case.is_withdrawn],
        "is_over": is_over,
    }


def _running_order(panel: Panel) -> list[room.ScheduledCase]:
    as_at = as_at_of(panel.school)
    year = room.year_at(panel.school, as_at)
    return room.running_order(panel, room.cases_of(panel), year, as_at)


def _change(request: PageRequest, panel: Panel, form: PanelForm) -> bool:
    """Whether the change was taken; a refusal stands in the form."""
    with refusals_in(form):
        actions.change_panel(
            panel_id=panel.pk, meeting=form.meeting, by=request.user, today=timezone.localdate()
        )
        messages.success(request, "The panel is changed.")
        return True
    return False


def _do(request: PageRequest, action: Callable[[], object], done: str = "") -> None:
    """Do it, and say `done` or why it was refused."""
    with refusals_as_messages(request, messages.ERROR):
        action()
        if done:
            messages.success(request, done)


@allowed("hold_panel")
@on_panel
@require_POST
def case_move(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    case, today = case_of(panel, case_id), timezone.localdate()
    up = "up" in request.POST
    _do(request, lambda: actions.move_case(case_id=case.pk, up=up, by=request.user, today=today))
    return go_to(panel, "panel_change")


@allowed("hold_panel")
@on_panel
@require_POST
def case_take_off(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    case = case_of(panel, case_id)
    _do(
        request,
        lambda: actions.take_off(case_id=case.pk, by=request.user),
        f"{case.enrolment.pupil.full_name} is taken off this panel.",
    )
    return go_to(panel, "panel_change")


@allowed("hold_panel")
@on_panel
@require_POST
def case_put_back(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    case, today = case_of(panel, case_id), timezone.localdate()
    _do(
        request,
        lambda: actions.put_back(case_id=case.pk, by=request.user, today=today),
        f"{case.enrolment.pupil.full_name} is back, at the end.",
    )
    return go_to(panel, "panel_change")


@allowed("hold_panel")
@on_panel
@require_POST
def panel_invite(request: PageRequest, panel: Panel) -> HttpResponse:
    with refusals_as_messages(request, messages.ERROR):
        invited = actions.invite(panel_id=panel.pk, by=request.user, today=timezone.localdate())
        _tell_of_invitations(request, invited)
    return go_to(panel)


def _tell_of_invitations(request: PageRequest, invited: actions.Invited) -> None:
    for problem in invited.problems:
        messages.error(request, problem)
    if invited.written:
        drawn = many(invited.written, "invitation is", "invitations are")
        messages.success(request, f"{drawn} being drawn. Look at them in Letters and approve them.")
    elif not invited.problems:
        messages.info(request, "Everybody has an invitation that says this day, time and place.")
