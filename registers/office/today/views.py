"""The registers of a day: a teacher's own and those given for cover; the office's, all of them."""

from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.office.today import wording
from registers.office.today.queries import Day, RegisterOfDay, read_day
from registers.office.today.sessions import register_to_take_now, session_parts
from registers.rules.clock import RegisterState
from registers.web.access import PageRequest, allowed
from registers.web.parameters import day_of

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


@require_safe
@allowed("take_register")
def today(request: PageRequest) -> HttpResponse:
    viewer, now, on = request.viewer, timezone.now(), _day_wanted(request)
    day = read_day(viewer.school, on, own=viewer.own_groups, person_id=request.user.pk, now=now)
    context = _shown(request, day, now) | {
        "asked_wrong": "date" in request.GET and request.GET["date"] not in ("", str(on)),
        "may_give_cover": viewer.may("give_cover"),
        "tags": TAGS,
        "week_taken": sum(one.state is RegisterState.ENDED for one in day.week),
    }
    return render(request, "registers/office/today/today.html", context)


def _day_wanted(request: PageRequest) -> date:
    """The day of the address, or today where it names none."""
    return day_of(request.GET.get("date", "")) or timezone.localdate()


def _shown(request: PageRequest, day: Day, now: datetime) -> dict[str, Any]:
    is_today, is_teacher = day.on == timezone.localdate(), request.viewer.own_groups is not None
    parts = session_parts(day)
    first = register_to_take_now(day, now) if is_today else None
    return {
        "day": day,
        "is_today": is_today,
        "is_teacher": is_teacher,
        "parts": parts,
        "own_registers": list(chain.from_iterable(part.registers for part in parts)),
        "printable": list(filter(attrgetter("can_be_printed"), parts)),
        "title": wording.title(day.on, is_today=is_today),
        "nobody_away": wording.nobody_away(is_today=is_today),
        "other_days": wording.other_days(day),
        "opening": wording.opening(
            day, parts, is_today=is_today, is_teacher=is_teacher, first=first
        ),
        "nothing": wording.nothing_to_show(day, is_today=is_today, is_teacher=is_teacher),
        "now": now,
        **_clock(first, now),
    }


def _clock(first: RegisterOfDay | None, now: datetime) -> dict[str, Any]:
    """The register to take now, and how far its time is."""
    if first is None:
        return {"first": None}
    return {
        "first": first,
        "minutes_left": first.window.minutes_left(now),
        "gone": first.window.per_mille_gone(now),
    }
