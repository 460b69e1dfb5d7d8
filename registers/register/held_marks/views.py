"""Marks that came in late from a device: the office accepts them, or leaves them out."""

from collections import Counter
from collections.abc import Sequence

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.register.held_marks.actions import HeldMarkDecisions, accept_held, decline_held
from registers.register.held_marks.lines import HeldRegister
from registers.register.held_marks.queries import held_registers, recently_decided
from registers.rules.wording import many, plural
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import say_advice
from registers.web.parameters import number_of

log = structlog.get_logger(__name__)
SHOWN = 12  # registers at once; the others come up as these are decided
NOTHING_TICKED = "Tick the marks that you mean."


@require_http_methods(["GET", "POST"])
@allowed("amend_mark")
def held(request: PageRequest) -> HttpResponse:
    """What waits, by register; one press decides those that are ticked."""
    if request.method == "GET":
        return _show(request, HeldMarkDecisions())
    seen = _ticked(request)
    if not seen:
        return _show(request, HeldMarkDecisions(), nothing_ticked=request.POST.get("register", ""))
    decided = _decide(request, seen)
    _say(request, decided)
    if decided.refused or decided.stale:
        return _show(request, decided)
    return redirect(request.path)


def _ticked(request: PageRequest) -> dict[int, int]:
    """The held marks that are ticked, each with the version that stood beside it."""
    found = {}
    for text in request.POST.getlist("held"):
        held_id, _, version = text.partition(".")
        number, seen = number_of(held_id), number_of(version)
        if number is not None and seen is not None:
            found[number] = seen
    return found


def _decide(request: PageRequest, seen: dict[int, int]) -> HeldMarkDecisions:
    school, now = request.viewer.school, timezone.localtime()
    if "leave_out" in request.POST:
        decided = decline_held(school=school, held=list(seen), by=request.user, now=now)
        event = "held_marks_left_out"
    else:
        decided = accept_held(school=school, held=list(seen), seen=seen, by=request.user, now=now)
        event = "held_marks_accepted"
    log.info(event, school_id=school.pk, user_id=request.user.pk, marks=len(decided.done))
    return decided


def _say(request: PageRequest, decided: HeldMarkDecisions) -> None:
    if decided.done:
        what = "left out" if "leave_out" in request.POST else "accepted"
        messages.success(request, f"{many(len(decided.done), 'mark')} {what}.")
    say_advice(request, decided.advice)
    for words, number in Counter(decided.already.values()).items():
        were = f"{many(number, 'mark')} {plural(number, 'was', 'were')}"
        messages.info(request, f"{were} already {words}. Nothing was changed.")


def _show(
    request: PageRequest, decided: HeldMarkDecisions, *, nothing_ticked: str = ""
) -> HttpResponse:
    school, now = request.viewer.school, timezone.localtime()
    registers = held_registers(school)
    problems = decided.refused | decided.stale
    for register in registers:
        register.problem = NOTHING_TICKED if register.key == nothing_ticked else ""
        for row in register.rows:
            row.problem = problems.get(row.held.pk, "")
    shown = {
        "registers": registers[:SHOWN],
        "more": registers[SHOWN:],
        "held_marks": _marks(registers),
        "number_of_registers": len(registers),
        "problems": len(problems),
        "decided": recently_decided(school, now),
    }
    return render(request, "registers/register/held_marks.html", shown)


def _marks(registers: Sequence[HeldRegister]) -> int:
    return sum(len(register.rows) for register in registers)
