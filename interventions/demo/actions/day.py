"""What the office of the invented school has on its desk: plans, calls home, sign-outs of today."""

from dataclasses import replace
from datetime import time
from itertools import cycle
from typing import Any

from django.db import transaction

from interventions.demo.actions.stage import Stage, on_roll_today, parent_of
from registers import policies
from registers.models import Enrolment, Mark
from registers.office.morning.actions import log_follow_up
from registers.office.signing_out.actions import sign_back_in, sign_out
from registers.planned_absence.actions import plan_absence
from registers.rules.planned_absence import Plan


def plan_absences(stage: Stage) -> None:
    """A few that are known beforehand, of different kinds."""
    plans: list[tuple[str, str, int, int, dict[str, Any]]] = [
        ("leave", "C", 3, 3, {"note": "Funeral of a grandparent", "agreed_with": "{parent}"}),
        ("leave", "M", 2, 2, {"note": "Hospital appointment", "agreed_with": "{parent}"}),
        ("leave", "R", 6, 6, {"note": "Day of religious observance"}),
        ("visit", "P", 4, 4, {"activity": "County cross-country", "place": "Marsh Lane"}),
        ("part_time", "C2", 1, 15, {
            "note": "Coming back after a long illness", "agreed_with": "{parent}",
            "agreed_on": stage.today, "review_on": stage.ahead(13),
            "slots": 0b10_1010_1010}),
        ("provision", "B", 1, 25, {
            "activity": "Motor vehicle course", "place": "Ellerwick College",
            "supervised_by": "Ms Adeyemi, course tutor", "agreed_with": "{parent}",
            "slots": 0b11 << 2 * 2}),  # Wednesdays
    ]  # fmt: skip
    enrolments = on_roll_today(stage, len(plans))
    for enrolment, (kind, code, first, last, more) in zip(enrolments, plans, strict=False):
        plan = Plan(kind, code, stage.ahead(first), stage.ahead(last))
        plan = replace(plan, **_with_parent(more, parent_of(enrolment)))
        stage.told.plans += _is_planned(stage, enrolment, plan)


def _with_parent(words: dict[str, Any], parent: str) -> dict[str, Any]:
    return words | {
        name: text.format(parent=parent) for name, text in words.items() if isinstance(text, str)
    }


def _is_planned(stage: Stage, enrolment: Enrolment, plan: Plan) -> bool:
    """False where it cannot be, such as at the end of the calendar: then without this one."""
    try:
        with transaction.atomic():
            plan_absence(
                school=stage.school, enrolments=[enrolment.pk], plan=plan,
                by=stage.people("office")[0], today=stage.today, at=stage.now,
            )  # fmt: skip
    except policies.Refused:
        return False
    return True


def ring_home(stage: Stage) -> None:
    """Tries to find out why pupils with an N of the last school day were away."""
    day = stage.ago(1)
    if day is None:
        return
    by = stage.staff["casework"][0]
    open_reasons = Mark.objects.filter(enrolment__school=stage.school, date=day, code_id="N")
    away = open_reasons.values_list("enrolment_id", flat=True).order_by("enrolment_id").distinct()
    calls = [
        ("call", "no_answer", ""),
        ("call", "message", "Left word with the grandmother"),
        ("text", "message", "Asked to ring the school today"),
        ("call", "no_answer", "Number does not ring"),
        ("call", "concern", "Told the safeguarding lead"),
    ]
    for enrolment_id, (channel, outcome, note) in zip(away[:10], cycle(calls), strict=False):
        log_follow_up(
            school=stage.school, enrolment_id=enrolment_id, on=day, channel=channel,
            outcome=outcome, person_id=None, note=note, by=by, now=stage.now,
        )  # fmt: skip
        stage.told.calls += 1


def sign_some_out(stage: Stage) -> None:
    """Three pupils who left today, one of them back; only what has happened by now."""
    if stage.today not in stage.days:
        return
    left = [
        (time(9, 20), time(10, 45), "Dentist"),
        (time(9, 40), None, "Unwell, went home"),
        (time(10, 30), None, "Hospital appointment"),
    ]
    enrolments = on_roll_today(stage, len(left), skip=1)
    for enrolment, (out, back, reason) in zip(enrolments, left, strict=False):
        if stage.at(out) <= stage.now:
            _sign_one_out(stage, enrolment, out, back, reason)


def _sign_one_out(
    stage: Stage, enrolment: Enrolment, out: time, back: time | None, reason: str
) -> None:
    by = stage.people("office")[0]
    signed_out = sign_out(
        school=stage.school, enrolment_id=enrolment.pk, left_at=stage.at(out), reason=reason,
        collected_by_whom=parent_of(enrolment), by=by, now=stage.now,
    )  # fmt: skip
    stage.told.signed_out += 1
    if back is not None and stage.at(back) <= stage.now:
        sign_back_in(sign_out=signed_out, returned_at=stage.at(back), by=by, now=stage.now)
