"""What the registers of held marks say: who is in them, what was held, what has ended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from registers.marks.changes import LockedEnrolment, MarkKey
from registers.models import HeldMark, Register, School, Session
from registers.models.on_roll import in_force_on
from registers.rules.allowed_codes import SessionFacts
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half

RegisterOf = tuple[int, date, int]  # group, day, half


def key_of(held: HeldMark) -> MarkKey:
    return MarkKey(held.enrolment_id, held.date, held.half)


def register_of(held: HeldMark) -> RegisterOf:
    return (held.group_id, held.date, held.half)


def known_at(held: HeldMark) -> datetime:
    """When it was made, as far as is known: by a wrong clock, when it came in."""
    return held.arrived_at if held.why == HeldMark.Why.CLOCK else held.made_at


@dataclass(frozen=True, slots=True)
class RegistersAround:
    """What was read of the registers of some held marks, as of `now`."""

    school: School
    now: datetime
    sessions: Mapping[tuple[date, int], Session]
    windows: Mapping[tuple[date, int], RegisterWindow]
    ended_at: Mapping[RegisterOf, datetime]  # where it is noted
    members: Collection[int]  # the held marks whose pupils were in the group on the day

    def ends_at(self, held: HeldMark) -> datetime:
        """When its register ended, or is still to end."""
        by_clock = self.windows[held.date, held.half].ends_at
        return min(by_clock, self.ended_at.get(register_of(held), by_clock))

    def has_ended(self, held: HeldMark) -> bool:
        return self.now >= self.ends_at(held)

    def was_in_time(self, held: HeldMark) -> bool:
        """Whether it was made, as far as is known, while its register could be taken."""
        has_register = (held.date, held.half) in self.sessions
        return has_register and known_at(held) < self.ends_at(held)

    def has_member(self, held: HeldMark, enrolment: LockedEnrolment) -> bool:
        return enrolment.school_id == self.school.pk and held.pk in self.members

    def facts(self, held: HeldMark) -> SessionFacts:
        session = self.sessions.get((held.date, held.half))
        is_held = session is not None and session.is_open
        return SessionFacts(held.date, Half(held.half), is_held)


def read_around(school: School, rows: Sequence[HeldMark], now: datetime) -> RegistersAround:
    """Three statements for all of the marks."""
    days = {row.date for row in rows}
    sessions = Session.objects.filter(school=school, date__in=days)
    ended: Iterable[Any] = Register.objects.filter(
        group__in={row.group_id for row in rows}, session__date__in=days, ended_at__isnull=False
    ).values_list("group", "session__date", "session__half", "ended_at")
    members = HeldMark.objects.filter(
        in_force_on(F("date"), of="enrolment__memberships__"),
        pk__in=[row.pk for row in rows],
        enrolment__memberships__group=F("group"),
    )
    half_days = {(row.date, row.half) for row in rows}
    return RegistersAround(
        school=school,
        now=now,
        sessions={(session.date, session.half): session for session in sessions},
        windows={(on, half): register_window(school, on, half) for on, half in half_days},
        ended_at={(group, on, half): at for group, on, half, at in ended},
        members=set(members.values_list("pk", flat=True)),
    )
