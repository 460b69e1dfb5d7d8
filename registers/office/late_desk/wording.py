"""What the late desk says: its first sentence, each pupil that is found, what a press did."""

from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime

from registers.marks.actions.amend import StaleMarksError
from registers.marks.changes import MarkKey
from registers.marks.day_sheet import DayMark
from registers.models import Enrolment, PlannedAbsence
from registers.office.found_pupils import FoundPupil, name_of
from registers.office.late_desk.arrivals import AFTER_CLOSE, Choice
from registers.office.late_desk.queries import Desk
from registers.rules.wording import many

CHANGED_MEANWHILE = (
    "{name}: somebody else changed the mark meanwhile, to {code}. Look at it again, then press "
    "once more."
)


def at_time(moment: datetime) -> str:
    """08:45"""
    return f"{localtime(moment):%H:%M}"


def desk_lede(desk: Desk) -> SafeString | str:
    """Which code the clock gives now, and until when."""
    if not desk.held:
        return "The school holds no session today, so nobody is late."
    if desk.code is None or desk.window is None:
        opens = at_time(desk.opens_first)
        return f"The morning register opens at {opens}: until then nobody is late."
    now, minutes = at_time(desk.now), many(desk.minutes, "minute")
    if desk.code.symbol == AFTER_CLOSE:
        return format_html(
            "{}, <strong>after the register ended: U</strong>, {} after {}.",
            *(now, minutes, at_time(desk.window.opens_at)),
        )
    return format_html(
        "{}, <strong>the register is open: L</strong>, {} late, until {}.",
        *(now, minutes, at_time(desk.window.ends_at)),
    )


def why_closed(desk: Desk) -> str:
    """In place of the search."""
    return "The desk opens with the register." if desk.held else "The desk is for school days."


def what_to_do(pupil: FoundPupil) -> SafeString | str:
    """How a pupil stands who is found, and what the press would do."""
    if pupil.out:
        return f"Signed out at {at_time(pupil.out.left_at)}: write down the return."
    if pupil.arrival.settled:
        return f"{capfirst(pupil.arrival.settled)}{_minutes(pupil)}."
    if pupil.plan:
        return _planned(pupil.plan)
    if pupil.mark:
        return _marked(pupil.mark, asks=pupil.arrival.asks)
    return "No mark yet."


def _marked(mark: DayMark, *, asks: bool) -> str:
    return f"{mark.code} stands. Keep it, or not?" if asks else f"Was {mark.code}."


def _minutes(pupil: FoundPupil) -> str:
    late = pupil.mark.minutes_late if pupil.mark else None
    return "" if late is None else f", {late} min"


def _planned(plan: PlannedAbsence) -> SafeString:
    note = format_html(": <bdi>{}</bdi>", plan.note) if plan.note else ""
    kind = plan.get_kind_display()
    return format_html("{} planned{}. Keep {}, or not?", kind, note, plan.code_id)


def press_label(choice: Choice) -> str:
    return f"Keep {choice.code}" if choice.keeps else f"{choice.code}, {choice.minutes} min"


def signed_in(enrolment: Enrolment, choice: Choice, urn: str, key: MarkKey) -> SafeString:
    """Which mark the press gave, with the way to the slip."""
    return format_html(
        '{}: {}{}, in {} after the register opened. <a href="{}">Print a slip</a>',
        *(name_of(enrolment), choice.code, " stays" if choice.keeps else ""),
        *(many(choice.minutes, "minute"), reverse("registers:late_slip", args=[urn, *key])),
    )


def changed_meanwhile(enrolment: Enrolment, stale: StaleMarksError, key: MarkKey) -> str:
    mark = stale.marks.get(key)
    return CHANGED_MEANWHILE.format(name=name_of(enrolment), code=mark.code if mark else "no mark")
