"""Ask for the pack of a panel."""

import structlog
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interventions.models import Pack, Panel
from interventions.panels import room
from interventions.panels.actions import packs as actions
from interventions.panels.forms.packs import PackForm
from interventions.panels.queries import as_at_of
from interventions.panels.views.on_panel import on_panel
from registers.web.access import PageRequest, allowed
from registers.web.forms import refusals_in

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def pack_new(request: PageRequest, panel: Panel) -> HttpResponse:
    """For the panel or for one family, with figures to a day; then on to the job's page."""
    cases = [case for case in room.cases_of(panel) if not case.is_withdrawn]
    form = PackForm(
        request.POST if request.method == "POST" else None,
        cases=cases,
        today=timezone.localdate(),
        initial={"who": PackForm.FOR_PANEL, "as_at": as_at_of(request.viewer.school)},
    )
    if form.is_valid() and (pack := _ask(request, panel, form)):
        return redirect("registers:job", urn=request.viewer.school.urn, job_id=pack.job_id)
    return render(request, "interventions/panels/pack_new.html", {"form": form, "panel": panel})


def _ask(request: PageRequest, panel: Panel, form: PackForm) -> Pack | None:
    """The pack; None, with the refusal on the form, where it cannot be made."""
    with refusals_in(form):
        pack = actions.ask_for_pack(
            panel=panel,
            cases=form.chosen,
            for_family=form.for_family,
            as_at=form.cleaned_data["as_at"],
            by=request.user,
        )
        log.info("pack_asked_for", user_id=request.user.pk, pupils=len(form.chosen))
        return pack
    return None
