"""Start a roll call, tick who is seen, end it. Several people at once, with or without a wifi."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from registers import policies
from registers.models import RollCall, RollCallChild, RollCallTick, School
from registers.models.school.staff import User
from registers.office.on_site.queries import on_site_now
from registers.office.roll_call.found import RollCallPress, found, pressed_at
from registers.register.devices import DeviceTimes
from registers.rules.grouping import grouped
from registers.rules.presence import Whereabouts

WHERE = {
    Whereabouts.HERE: RollCallChild.Where.HERE,
    Whereabouts.LOOK: RollCallChild.Where.LOOK,
    Whereabouts.AWAY: RollCallChild.Where.AWAY,
}
NOT_IN_IT = "This pupil is not on the list of this roll call."
SAY_WHAT_WAS_DONE = "Write what was done about those who were not found."


@dataclass(frozen=True, slots=True)
class Ticked:
    """What became of a press: the pupils whose tick is kept, and why others' are not."""

    saved: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def start_roll_call(*, school: School, is_practice: bool, by: User, now: datetime) -> RollCall:
    """The roll call that is on, or a new one with everybody on the roll and where they should be.

    Two who press at the same moment get the same one. Raises Refused. `now` is local.
    """
    policies.check(by, "see_evacuation", school=school)
    running = RollCall.objects.filter(school=school, ended_at=None).first()
    if running is not None:
        return running
    site = on_site_now(school, now)
    try:
        with transaction.atomic():
            call = RollCall.objects.create(
                school=school, is_practice=is_practice, started_at=now, started_by=by
            )
            RollCallChild.objects.bulk_create(
                RollCallChild(
                    roll_call=call,
                    enrolment_id=placed.child.enrolment_id,
                    group_name=placed.child.group_name or "",
                    where=WHERE[placed.presence.where],
                    note=placed.presence.note,
                )
                for placed in site.everybody
            )
    except IntegrityError:
        return RollCall.objects.get(school=school, ended_at=None)
    return call


@transaction.atomic
def tick(
    *,
    call: RollCall,
    changes: Mapping[int, bool],
    key: uuid.UUID,
    by: User,
    now: datetime,
    times: DeviceTimes | None = None,
) -> Ticked:
    """Note by enrolment who was found, or taken back. The same key again changes nothing.

    What comes in after the end is kept too: it was seen before. Raises Refused.
    """
    policies.check(by, "see_evacuation", school=call.school_id)
    listed = set(
        RollCallChild.objects.filter(roll_call=call, enrolment__in=list(changes)).values_list(
            "enrolment_id", flat=True
        )
    )
    made_at = pressed_at(times, now) if times else now
    RollCallTick.objects.bulk_create(
        (
            RollCallTick(
                roll_call=call,
                enrolment_id=pk,
                key=key,
                is_found=changes[pk],
                made_at=made_at,
                made_by=by,
            )
            for pk in listed
        ),
        ignore_conflicts=True,
    )
    return Ticked(sorted(listed), {pk: NOT_IN_IT for pk in changes if pk not in listed})


@transaction.atomic
def end_roll_call(*, call: RollCall, note: str, by: User, now: datetime) -> RollCall:
    """End it: the office, or who started it. Raises Refused, also while somebody is missing and
    nobody says what was done about it.
    """
    _check_may_end(call, by)
    call = RollCall.objects.select_for_update().get(pk=call.pk)
    if call.ended_at is not None:
        return call
    if missing(call) and not note.strip():
        raise policies.Refused(SAY_WHAT_WAS_DONE)
    call.ended_at, call.ended_by, call.note = now, by, note.strip()
    call.save(update_fields=["ended_at", "ended_by", "note"])
    return call


def _check_may_end(call: RollCall, by: User) -> None:
    policies.check(by, "see_evacuation", school=call.school_id)
    if by.pk != call.started_by_id and not policies.may(by, "see_morning", school=call.school_id):
        raise policies.Refused("Whoever started the roll call ends it, or the office.")


def ticks_of(call: RollCall) -> list[RollCallPress]:
    return ticks_by_call([call])[call.pk]


def ticks_by_call(calls: Collection[RollCall]) -> dict[int, list[RollCallPress]]:
    """The presses of each, in one statement."""
    rows = RollCallTick.objects.filter(roll_call__in=calls)
    return grouped(
        (
            row.roll_call_id,
            RollCallPress(row.made_at, row.pk, row.enrolment_id, row.is_found, row.made_by_id),
        )
        for row in rows
    )


def missing(call: RollCall) -> int:
    """How many of those who should be on the site have not been found."""
    expected = RollCallChild.objects.filter(roll_call=call).exclude(where=RollCallChild.Where.AWAY)
    return len(set(expected.values_list("enrolment_id", flat=True)) - found(ticks_of(call)).keys())
