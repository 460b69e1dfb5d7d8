"""What the office of the invented school has on its desk: plans, calls home, sign-outs of today."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from interventions.demo.actions.stage import Stage, on_roll_today, parent_of
from registers import policies
from registers.models import Mark
from registers.office.morning.actions import log_follow_up
from registers.office.signing_out.actions import sign_back_in, sign_out
from registers.planned_absence.actions import plan_absence
from registers.rules.planned_absence import Plan


def plan_absences(stage: Stage) -> None:
    """A few that are known beforehand, of different kinds."""
    by = (stage.staff.get("office") or stage.staff["casework"])[0]
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
        parent = parent_of(enrolment)
        filled: dict[str, Any] = {
            name: value.format(parent=parent) if isinstance(value, str) else value
            for name, value in more.items()
        }
        plan = replace(Plan(kind, code, stage.ahead(first), stage.ahead(last)), **filled)
        try:
            with transaction.atomic():
                plan_absence(
                    school=stage.school, enrolments=[enrolment.pk], plan=plan, by=by,
                    today=stage.today, at=stage.now,
                )  # fmt: skip
        except policies.Refused:  # such as at the end of the calendar: then without this one
            continue
        stage.told.plans += 1


def ring_home(stage: Stage) -> None:
    """Tries to find out why pupils with an N of the last school day were away."""
    day = stage.ago(1)
    if day is None:
        return
    by = stage.staff["casework"][0]
    open_reasons = Mark.objects.filter(enrolment__school=stage.school, date=day, code_id="N")
    away = sorted(set(open_reasons.values_list("enrolment_id", flat=True)))[:10]
    said = [
        ("call", "no_answer", ""),
        ("call", "message", "Left word with the grandmother"),
        ("text", "message", "Asked to ring the school today"),
        ("call", "no_answer", "Number does not ring"),
        ("call", "concern", "Told the safeguarding lead"),
    ]
    for number, enrolment_id in enumerate(away):
        channel, outcome, note = said[number % len(said)]
        log_follow_up(
            school=stage.school, enrolment_id=enrolment_id, on=day, channel=channel,
            outcome=outcome, person_id=None, note=note, by=by, now=stage.now,
        )  # fmt: skip
        stage.told.calls += 1


def sign_some_out(stage: Stage) -> None:
    """Three pupils who left today, one of them back; only what has happened by now."""
    if stage.today not in stage.days:
        return
    by = (stage.staff.get("office") or stage.staff["casework"])[0]
    left = [
        (time(9, 20), time(10, 45), "Dentist", "{parent}"),
        (time(9, 40), None, "Unwell, went home", "{parent}"),
        (time(10, 30), None, "Hospital appointment", "{parent}"),
    ]
    for enrolment, (out, back, reason, whom) in zip(
        on_roll_today(stage, len(left), skip=1), left, strict=False
    ):
        left_at = timezone.make_aware(datetime.combine(stage.today, out))
        if left_at > stage.now:
            continue
        signed = sign_out(
            school=stage.school, enrolment_id=enrolment.pk, left_at=left_at, reason=reason,
            collected_by_whom=whom.format(parent=parent_of(enrolment)), by=by, now=stage.now,
        )  # fmt: skip
        stage.told.signed_out += 1
        if (
            back
            and (returned := timezone.make_aware(datetime.combine(stage.today, back))) <= stage.now
        ):
            sign_back_in(sign_out=signed, returned_at=returned, by=by, now=stage.now)
