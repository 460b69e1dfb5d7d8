"""What a panel decided about a pupil, in the pupil's log with its next step."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from interventions.log import actions as log_actions
from interventions.models import Intervention, Panel, PanelCase
from interventions.panels.actions.panels import held_panel
from registers import policies
from registers.models.school.staff import User


class DecidedMeanwhileError(policies.Conflict):
    """Somebody else wrote a decision down since the page was opened; the words say which."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a panel decided about one pupil; `finished` are next steps that are done with it.

    `seen` is the decision that stood on the page from which this one comes: empty for none.
    """

    decision: str
    with_whom: str = ""
    next_step: log_actions.NextStep | None = None
    finished: Collection[int] = ()
    seen: str | None = None  # None where nobody looked at a page


@transaction.atomic
def decide_case(*, case_id: int, decision: Decision, by: User, today: date) -> Intervention:
    """Write down what the panel decided; it stands in the pupil's log, with its next step.

    A decision can be put right later: who changed it and when is kept in the log.
    Raises Refused.
    """
    case = PanelCase.objects.select_related("panel").get(pk=case_id)
    panel = held_panel(case.panel_id, by)
    case = PanelCase.objects.select_related("enrolment__school").get(pk=case_id)
    _check_decision(case, panel, decision, today)
    what = log_actions.WhatWasDone(
        kind="panel",
        done_on=panel.on,
        with_whom=decision.with_whom,
        note=f"Attendance panel, {panel.place}",
        outcome=decision.decision.strip(),
        next_step=decision.next_step,
    )
    before = case.interventions.filter(kind="panel").order_by("pk").first()
    what = replace(what, is_sensitive=before is not None and before.is_sensitive)
    if before is None:
        logged = log_actions.log_intervention(enrolment=case.enrolment, what=what, by=by)
        Intervention.objects.filter(pk=logged.pk).update(panel_case=case)
    else:
        logged = log_actions.change_intervention(
            intervention_id=before.pk, what=what, by=by, seen=before.changed_at
        )
    PanelCase.objects.filter(pk=case.pk).update(
        decision=decision.decision.strip(), decided_at=timezone.now(), decided_by=by
    )
    _finish_steps(case, decision.finished, by, logged)
    return logged


def _check_decision(case: PanelCase, panel: Panel, decision: Decision, today: date) -> None:
    if panel.on > today or case.is_withdrawn:
        raise policies.Refused(why_no_decision(panel, case))
    if not decision.decision.strip():
        raise policies.Refused("Say what the panel decided.")
    if decision.seen is not None and not _is_one_of(
        case.decision, (decision.seen, decision.decision)
    ):
        raise DecidedMeanwhileError(_who_decided(case))


def _is_one_of(text: str, others: Collection[str]) -> bool:
    """A browser sends ends of lines in its own way: they make no other text."""
    return text.split() in [other.split() for other in others]


def _who_decided(case: PanelCase) -> str:
    at = timezone.localtime(case.decided_at)
    return (
        f"{case.decided_by} wrote this down at {at:%H:%M}, after you had opened the page: "
        f"“{case.decision}” What you typed is still here: send it again to put it in that one’s "
        "place."
    )


def why_no_decision(panel: Panel, case: PanelCase) -> str:
    """What to say where nothing can be decided about the case now."""
    if case.is_withdrawn:
        return "This pupil was taken off the panel. Put the pupil back first."
    return f"The panel is on {panel.on.day} {panel.on:%B}: its decisions are written down then."


def _finish_steps(
    case: PanelCase, finished: Collection[int], by: User, instead: Intervention
) -> None:
    """Open next steps of this pupil that the panel has dealt with."""
    steps = Intervention.objects.select_for_update().filter(
        pk__in=list(finished),
        enrolment=case.enrolment_id,
        is_sensitive=False,
        next_step_on__isnull=False,
        next_step_done_at__isnull=True,
    )
    steps.exclude(pk=instead.pk).update(next_step_done_at=timezone.now(), next_step_done_by=by)
