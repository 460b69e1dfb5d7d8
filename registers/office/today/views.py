"""The registers of a day: a teacher's own and those given for cover; the office's, all of them."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.office.today.queries import Day, RegisterOfDay, read_day
from registers.rules.clock import RegisterState
from registers.rules.codes import Half
from registers.web.access import PageRequest, allowed
from registers.web.parameters import day_of

# What waits for somebody first, what is in order last.
ORDER = (
    RegisterState.OVERDUE,
    RegisterState.INCOMPLETE,
    RegisterState.OPEN,
    RegisterState.DUE,
    RegisterState.NOT_TAKEN,
    RegisterState.BLANKS,
    RegisterState.NOT_YET,
    RegisterState.TAKEN,
    RegisterState.ENDED,
    RegisterState.CLOSED,
    RegisterState.NO_PUPILS,
)
# How a state is drawn: a tag's kind, besides its words.
TAGS = {
    RegisterState.OVERDUE: "bad",
    RegisterState.INCOMPLETE: "warn",
    RegisterState.OPEN: "warn",
    RegisterState.DUE: "warn",
    RegisterState.NOT_TAKEN: "solid",
    RegisterState.BLANKS: "bad",
    RegisterState.TAKEN: "good",
    RegisterState.ENDED: "",
    RegisterState.NOT_YET: "quiet",
    RegisterState.CLOSED: "quiet",
    RegisterState.NO_PUPILS: "quiet",
}


@dataclass(frozen=True, slots=True)
class SessionPart:
    """One session of the day on the page, with its registers in the order of their need."""

    half: Half
    registers: list[RegisterOfDay]
    waiting: list[RegisterOfDay]

    @property
    def can_be_printed(self) -> bool:
        """Whether there is a register of it to take on paper."""
        return any(one.pupils and not one.closed_because for one in self.registers)

    @property
    def done(self) -> int:
        return sum(
            one.state in (RegisterState.TAKEN, RegisterState.ENDED, RegisterState.CLOSED)
            for one in self.registers
        )

    @property
    def pupils(self) -> int:
        return sum(one.pupils for one in self.registers)

    @property
    def marked(self) -> int:
        return sum(one.marks.marked for one in self.registers)

    @property
    def blanks(self) -> int:
        return sum(one.blanks for one in self.registers)


@require_safe
@allowed("take_register")
def today(request: PageRequest) -> HttpResponse:
    place, now = request.viewer, timezone.now()
    here = timezone.localdate()
    on = _day_asked_for(request.GET.get("date", ""), here)
    day = read_day(place.school, on, own=place.own_groups, person_id=request.user.pk, now=now)
    parts = [_part(day, Half(session.half)) for session in day.sessions]
    first = _now_to_take(day, now) if on == here else None
    context = {
        "day": day,
        "today": here,
        "is_today": on == here,
        "is_future": on > here,
        "asked_wrong": bool(request.GET.get("date")) and str(on) != request.GET["date"],
        "parts": parts,
        "said": [_said(part) for part in parts if part.registers],
        "first": first,
        "minutes_left": first.window.minutes_left(now) if first else 0,
        "gone": first.window.per_mille_gone(now) if first else 0,
        "is_teacher": place.own_groups is not None,
        "may_give_cover": place.may("give_cover"),
        "now": now,
        "tags": TAGS,
        "week_taken": sum(one.state is RegisterState.ENDED for one in day.week),
    }
    return render(request, "registers/office/today/today.html", context)


def _day_asked_for(text: str, today: date) -> date:
    """The day of the address, or today where it names none."""
    return day_of(text) or today


def _said(part: SessionPart) -> tuple[str, str, str]:
    """A session of the day in a sentence: its name, what weighs most, and the rest."""
    label, number = ("Afternoon" if part.half else "Morning"), len(part.registers)
    first = part.registers[0]
    if all(one.state is RegisterState.CLOSED for one in part.registers):
        return label, "", f"closed ({first.closed_because})"
    if all(one.state in (RegisterState.NOT_YET, RegisterState.NO_PUPILS) for one in part.registers):
        at = timezone.localtime(first.window.opens_at)
        registers = "the register opens" if number == 1 else f"{number} registers open"
        return label, "", f"{registers} at {at.hour}:{at:%M}"
    if part.waiting:
        wait = "waits" if len(part.waiting) == 1 else "wait"
        registers = f"{number} register" if number == 1 else f"{number} registers"
        pupils = "1 pupil" if part.blanks == 1 else f"{part.blanks:,} pupils"
        strong = f"{len(part.waiting)} of {registers} {wait} for somebody"
        return label, strong, f", with {pupils} not marked"
    return label, "", "the register is in" if number == 1 else f"all {number} registers are in"


def _by_name(one: RegisterOfDay) -> list[tuple[bool, int, str]]:
    """7A before 10A: numbers by size."""
    pieces = re.split(r"(\d+)", one.group.name)
    return [(not piece.isdigit(), int(piece) if piece.isdigit() else 0, piece) for piece in pieces]


def _part(day: Day, half: Half) -> SessionPart:
    registers = sorted(day.of(half), key=lambda one: (ORDER.index(one.state), _by_name(one)))
    return SessionPart(half, registers, [one for one in registers if one.state.needs_somebody])


def _now_to_take(day: Day, now: datetime) -> RegisterOfDay | None:
    """The register that this person is to take now: the one of the page's large button."""
    waiting = [
        one
        for one in day.registers
        if one.window.is_open(now) and not one.closed_because and one.pupils
    ]
    waiting.sort(key=lambda one: ORDER.index(one.state))
    return waiting[0] if waiting else None
