"""The page of a panel: its running order, whoever is next, and what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import filterfalse
from operator import attrgetter

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from interventions.log import next_steps
from interventions.models import Panel
from interventions.panels import room, wording
from interventions.panels.actions import decisions
from interventions.panels.forms.decisions import DecisionForm, initial_of_case
from interventions.panels.queries import as_at_of
from interventions.panels.room import PupilBeforePanel, ScheduledCase
from interventions.panels.running_order import PanelDay
from interventions.panels.views.on_panel import address_of, go_to, on_panel
from registers import policies
from registers.rules.grouping import keyed
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_anew

log = structlog.get_logger(__name__)
LATEST_PACKS = 10


@require_safe
@allowed("hold_panel")
@on_panel
def panel(request: PageRequest, panel: Panel) -> HttpResponse:
    """The running order and whoever is next."""
    return _page(request, panel, case_id=None)


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def panel_case(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    """One pupil before the panel, and the decision."""
    return _page(request, panel, case_id=case_id)


def _page(request: PageRequest, panel: Panel, *, case_id: int | None) -> HttpResponse:
    as_at = as_at_of(panel.school)
    year = room.year_at(panel.school, as_at)
    scheduled = room.running_order(panel, room.cases_of(panel), year, as_at)
    shown = _shown(scheduled, case_id)
    context = {
        **_about_panel(panel, scheduled, shown),
        "as_at": as_at,
        "shown": shown,
        "title": wording.page_title(panel, shown.pupil.full_name if shown and case_id else ""),
    }
    if shown is not None:
        pupil = room.pupil_before_panel(shown, year, as_at)
        form = _decision_form(request, panel, pupil)
        if request.method == "POST" and (answer := _decide(request, panel, shown, form)):
            return answer
        log.info(
            "panel_page_read",
            user_id=request.user.pk,
            case_id=shown.case.pk,
            enrolment_id=shown.case.enrolment_id,
        )
        context |= {
            "child": pupil,
            "form": form,
            "not_shown": wording.not_shown(pupil.earlier, pupil.withheld),
        }
    return render(request, "interventions/panels/meeting/panel.html", context)


def _shown(scheduled: Sequence[ScheduledCase], case_id: int | None) -> ScheduledCase | None:
    """The case that is asked for, else the next."""
    if case_id is None:
        return room.next_case(scheduled)
    by_case = keyed(scheduled, "case.pk")
    if case_id not in by_case:
        raise Http404("This pupil is not on the panel.")
    return by_case[case_id]


@dataclass(frozen=True, slots=True)
class RunningOrderRow:
    """A pupil in the running order as the page shows it."""

    scheduled: ScheduledCase
    day: PanelDay
    is_next: bool
    is_shown: bool

    @property
    def words(self) -> str:
        return wording.figures_and_invitation(self.scheduled, self.day)

    @property
    def tag(self) -> wording.Tag | None:
        return wording.order_tag(self.scheduled, self.day, is_next=self.is_next)


def _about_panel(
    panel: Panel, scheduled: Sequence[ScheduledCase], shown: ScheduledCase | None
) -> dict:
    """What stands round the pupil: the running order, the invitations, the packs."""
    day = PanelDay.of(panel.on, timezone.localdate())
    is_off = attrgetter("case.is_withdrawn")
    active = list(filterfalse(is_off, scheduled))
    following = room.next_case(scheduled)
    return {
        "panel": panel,
        "day": day,
        "progress": wording.progress(active, day),
        "who_leads": wording.who_leads(panel),
        "people": list(wording.people(panel)),
        "rows": [
            RunningOrderRow(one, day, is_next=one is following, is_shown=one is shown)
            for one in active
        ],
        "off": wording.taken_off(list(map(attrgetter("pupil"), filter(is_off, scheduled)))),
        "apart": pupils_apart(map(attrgetter("pupil"), scheduled), with_birth=True),
        "letters": list(filter(attrgetter("case.letter"), active)),
        "to_invite": sum(map(attrgetter("invitation.is_to_be_written"), active)),
        "packs": _packs(panel, scheduled),
    }


def _packs(panel: Panel, scheduled: Sequence[ScheduledCase]) -> list[wording.PackLine]:
    """The latest packs; two statements."""
    names = {one.case.pk: one.pupil.full_name for one in scheduled}
    packs = panel.packs.select_related("job", "made_by").prefetch_related("cases")
    return [wording.PackLine(pack, names) for pack in packs[:LATEST_PACKS]]


# --- the decision


def _decision_form(
    request: PageRequest, panel: Panel, pupil: PupilBeforePanel
) -> DecisionForm | None:
    """None until the panel's day, and for a pupil who was taken off."""
    case = pupil.scheduled.case
    if panel.on > timezone.localdate() or case.is_withdrawn:
        return None
    return DecisionForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of_case(case, pupil.logged),
        panel_on=panel.on,
        owners=list(next_steps.owners_at(request.viewer.school)),
        open_steps=pupil.open_steps,
        is_change=case.is_decided,
        action=address_of(panel, "panel_case", case_id=case.pk),
    )


def _decide(
    request: PageRequest, panel: Panel, shown: ScheduledCase, form: DecisionForm | None
) -> HttpResponse | None:
    """Where to go on; None where the form is to be shown again."""
    case = shown.case
    if form is None:
        messages.error(request, decisions.why_no_decision(panel, case))
        return go_to(panel, "panel_case", case_id=case.pk)
    if not form.is_valid():
        return None
    try:
        decisions.decide_case(
            case_id=case.pk, decision=form.decided, by=request.user, today=timezone.localdate()
        )
    except decisions.DecidedMeanwhileError as refusal:
        case.refresh_from_db()
        form.add_error(None, str(refusal))
        sent_anew(form, "seen", case.decision)
        return None
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    name = shown.pupil.full_name
    messages.success(request, f"The decision about {name} is written down, here and in the log.")
    return go_to(panel)
