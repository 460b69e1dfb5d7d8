"""What a school says of itself, and the end of its set-up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.models import School
from registers.models.school.staff import User
from registers.rules.clock import register_window
from registers.rules.codes import Half

DETAILS = (
    "name",
    "laestab",
    "headteacher",
    "address",
    "postcode",
    "telephone",
    "email",
    "local_authority",
    "sessions_expected",
    "morning_at",
    "afternoon_at",
    "register_minutes",
    "register_minutes_reason",
    "everyday_codes",
    "letters_after_sessions",
)
TIMES = {"morning_at", "afternoon_at", "register_minutes"}
LATER_TIMES_AT_MOST = 100
LONGEST_WITHOUT_REASON = 30  # minutes that a register may stay open without saying why


@transaction.atomic
def keep_details(*, school: School, details: Mapping[str, Any], by: User) -> list[str]:
    """Write what differs; gives the names of the fields that changed.

    Raises Refused where the person may not, or a register is open long without a reason.
    """
    policies.check(by, "keep_school", school=school)
    there = School.objects.select_for_update().get(pk=school.pk)
    known = filter(details.__contains__, DETAILS)
    changed = [name for name in known if getattr(there, name) != details[name]]
    _check_registers_keep_times(there, changed)
    for name in changed:
        setattr(there, name, details[name])
    _check_times(
        there.morning_at,
        there.afternoon_at,
        there.register_minutes,
        there.register_minutes_reason,
    )
    there.save(update_fields=changed)
    return changed


def _check_registers_keep_times(school: School, changed: Collection[str]) -> None:
    if school.set_up_at is not None and TIMES & set(changed):
        raise policies.Refused("Registers were called by these times: change them from a day on.")


def _check_times(morning_at: time, afternoon_at: time, minutes: int, reason: str) -> None:
    if afternoon_at <= morning_at:
        raise policies.Refused("The afternoon register is called after the morning one.")
    if minutes > LONGEST_WITHOUT_REASON and not reason:
        raise policies.Refused("Say why registers stay open for longer than 30 minutes.")


@dataclass(frozen=True, slots=True)
class NewTimes:
    """Register times from a day on: of every weekday, or of some (Monday 0)."""

    from_on: date
    weekdays: tuple[int, ...]
    morning_at: time
    afternoon_at: time
    minutes: int
    reason: str = ""  # why longer than 30 minutes

    @property
    def row(self) -> dict[str, Any]:
        """As the school keeps it: see `registers.rules.clock.RegisterTimes`."""
        return {
            "from_on": self.from_on.isoformat(),
            "weekdays": sorted(self.weekdays),
            "morning_at": f"{self.morning_at:%H:%M}",
            "afternoon_at": f"{self.afternoon_at:%H:%M}",
            "minutes": self.minutes,
            "reason": self.reason,
        }


@transaction.atomic
def keep_times(*, school: School, times: NewTimes, by: User, now: datetime) -> None:
    """Call the registers at these times from the day on. The days before keep theirs; a decision
    for the same day and weekdays is replaced.

    Raises Refused where the person may not, the day has begun, or the times cannot be so.
    """
    there = _school_to_change(school, by)
    _check_is_to_come(there, times.from_on, now)
    _check_times(times.morning_at, times.afternoon_at, times.minutes, times.reason)
    said = {"by": str(by), "at": now.isoformat(timespec="minutes")}
    rows = [row for row in there.later_times if _which(row) != _which(times.row)]
    if len(rows) >= LATER_TIMES_AT_MOST:
        raise policies.Refused("That is more changes of times than a school keeps.")
    there.later_times = sorted([*rows, times.row | said], key=_which)
    there.save(update_fields=["later_times"])


@transaction.atomic
def withdraw_times(
    *, school: School, from_on: date, weekdays: Collection[int], by: User, now: datetime
) -> None:
    """Take back times that are to come. Raises Refused where they are in force already."""
    there = _school_to_change(school, by)
    _check_is_to_come(there, from_on, now)
    gone = (from_on.isoformat(), sorted(weekdays))
    there.later_times = [row for row in there.later_times if _which(row) != gone]
    there.save(update_fields=["later_times"])


def _school_to_change(school: School, by: User) -> School:
    policies.check(by, "keep_school", school=school)
    return School.objects.select_for_update().get(pk=school.pk)


def _which(row: Mapping[str, Any]) -> tuple[str, list[int]]:
    return row["from_on"], row["weekdays"]


def _check_is_to_come(school: School, on: date, now: datetime) -> None:
    """The past keeps its times: today counts as past once its first register could be opened."""
    if on < now.date() or register_window(school, on, Half.AM).has_opened(now):
        raise policies.Refused(
            "Registers have been called by the times of that day. Choose a later day."
        )


@transaction.atomic
def finish_set_up(*, school: School, by: User, left: list[str]) -> None:
    """Mark the set-up as finished. `left` are the steps still to do, as `set_up_steps` finds them.

    Raises Refused while something is left. A second time changes nothing.
    """
    policies.check(by, "keep_school", school=school)
    if left:
        raise policies.Refused(f"Still to do: {'; '.join(left)}.")
    School.objects.filter(pk=school.pk, set_up_at__isnull=True).update(set_up_at=timezone.now())
