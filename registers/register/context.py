"""What the template of a class register takes: the page's mode, its rows, the codes it offers."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.forms.utils import flatatt
from django.urls import reverse
from django.utils import timezone

from registers.models import User
from registers.register import wording
from registers.register.actions.reading import RegisterKey
from registers.register.forms import SentRow
from registers.register.lines import PageMode, RegisterColumn, RegisterLine, SaveProblems
from registers.register.page import PRESENT, RegisterSheet
from registers.register.rows import RegisterRow
from registers.register.staff import staff_of
from registers.rules.allowed_codes import paper_needed
from registers.rules.clock import register_window
from registers.rules.codes import CODES, AttendanceCode, Half
from registers.rules.everyday_codes import everyday_codes
from registers.rules.wording import day_and_month
from registers.web.access import SchoolViewer

SURE_OF_NOBODY = "Z"  # for pupils who are not on the roll: it is nobody's in a register


def context_of(
    viewer: SchoolViewer,
    key: RegisterKey,
    sheet: RegisterSheet,
    problems: SaveProblems,
    now: datetime,
) -> dict[str, Any]:
    """All that the page's template takes."""
    mode, is_today = mode_of(viewer, sheet, now), key.date == timezone.localdate()
    quick, offered = quick_codes(key.half), _offered(key)
    others = _others(viewer, offered, quick) if mode.is_form else ()
    lines = _lines(sheet.rows, problems, mode, quick)
    return {
        "sheet": sheet,
        "mode": mode,
        "is_today": is_today,
        "standing": wording.standing(sheet, mode, sheet.state(now), is_today=is_today),
        "today": _today_link(viewer, sheet, is_today=is_today),
        "now_heading": wording.column_heading(sheet, is_today=is_today),
        "form_attributes": _form_attributes(sheet, mode),
        "minutes_left": sheet.window.minutes_left(now),
        "gone": sheet.window.per_mille_gone(now),
        "half_gone": sheet.window.is_half_gone(now),
        "columns": _columns(lines),
        "counted": sheet.counted,
        "quick": quick,
        "every": offered,
        "others": others,
        "papers": tuple(filter(paper_needed, others)),
        "problems": problems,
        "stopped": list(filter(attrgetter("is_stopped"), lines)),
        "lost": list(filter(attrgetter("is_sent"), lines)),  # where nothing at all was saved
        "save_key": uuid.uuid4(),
        "may_amend": viewer.may("amend_mark"),
        "may_keep": viewer.may("keep_pupils"),
        "staff": _staff(viewer, sheet, mode),
        "other_ahead": not register_window(viewer.school, key.date, 1 - key.half).has_opened(now),
        "faces": _faces(viewer, key, sheet),
    }


def _today_link(viewer: SchoolViewer, sheet: RegisterSheet, *, is_today: bool) -> tuple[str, str]:
    """Where the registers of the day are, and what it is called."""
    url = reverse("registers:today", kwargs={"urn": viewer.school.urn})
    if is_today:
        return url, "Today’s registers"
    on = sheet.session.date
    return f"{url}?date={on}", f"Registers of {day_and_month(on)}"


def _form_attributes(sheet: RegisterSheet, mode: PageMode) -> str:
    """What the page's scripts take from the form."""
    day = day_and_month(sheet.session.date)
    return flatatt(
        {
            "aria-label": f"Register of {sheet.group}, {day}, {sheet.half.words}",
            "data-late": mode.value,
            "data-label": sheet.title,
            "data-opens": int(sheet.window.opens_at.timestamp()),
        }
    )


def mode_of(viewer: SchoolViewer, sheet: RegisterSheet, now: datetime) -> PageMode:
    if sheet.can_be_taken(now):
        return PageMode.TAKE
    if not sheet.window.has_opened(now):
        return PageMode.AHEAD
    may_fill = sheet.has_gaps and viewer.may("amend_mark")
    return PageMode.LATE if may_fill else PageMode.READ


def quick_codes(half: int) -> tuple[AttendanceCode, ...]:
    """Those with a button of their own in each row."""
    return (CODES[PRESENT[Half(half)]], CODES["N"], CODES["L"])


def _offered(key: RegisterKey) -> tuple[str, ...]:
    """Every code that a mark of this session can have, whoever makes it."""
    fitting = (code for code in CODES.values() if code.fits(key.date, key.half))
    return tuple(map(attrgetter("symbol"), fitting))


def _others(
    viewer: SchoolViewer, offered: Iterable[str], quick: Iterable[AttendanceCode]
) -> tuple[str, ...]:
    """The codes of the list behind the three dots: a teacher's are those of every day."""
    wanted = set(offered) - {code.symbol for code in quick} - {SURE_OF_NOBODY}
    if viewer.own_groups is not None:
        wanted &= set(everyday_codes(viewer.school))
    return tuple(filter(wanted.__contains__, offered))


def _lines(
    rows: Iterable[RegisterRow],
    problems: SaveProblems,
    mode: PageMode,
    quick: tuple[AttendanceCode, ...],
) -> list[RegisterLine]:
    left = problems.left
    return [
        RegisterLine(
            row,
            mode,
            quick,
            shown=left.get(row.enrolment_id) or _as_it_stands(row),
            is_sent=row.enrolment_id in left,
            refused=problems.refused.get(row.enrolment_id, ""),
            is_conflict=row.enrolment_id in problems.conflicts and bool(row.mark),
        )
        for row in rows
    ]


def _as_it_stands(row: RegisterRow) -> SentRow:
    return SentRow(
        row.enrolment_id,
        code=row.code,
        minutes_typed=row.stands.minutes,
        comment=row.comment,
    )


def _columns(lines: list[RegisterLine]) -> list[RegisterColumn]:
    """Two, the first as long as the second or one longer; one where there is a single row."""
    half = -(-len(lines) // 2)
    first, second = lines[:half], lines[half:]
    columns = [RegisterColumn(first), RegisterColumn(second, start=half + 1)]
    return [column for column in columns if column.lines]


def _staff(viewer: SchoolViewer, sheet: RegisterSheet, mode: PageMode) -> Iterable[User]:
    """Whom this person may name as having taken the register on paper."""
    return staff_of(viewer) if _can_be_on_paper(viewer, sheet, mode) else ()


def _can_be_on_paper(viewer: SchoolViewer, sheet: RegisterSheet, mode: PageMode) -> bool:
    if mode is not PageMode.TAKE:
        return mode is PageMode.LATE
    is_untaken = sheet.register.opened_at and not sheet.register.taken_at
    return bool(is_untaken) and viewer.may("amend_mark")


def _faces(viewer: SchoolViewer, key: RegisterKey, sheet: RegisterSheet) -> str:
    """The address of the one picture with all photos of the page; "" where nobody has one."""
    if not sheet.faces:
        return ""
    words = {"group_id": key.group_id, "date": key.date, "faces": sheet.faces}
    return reverse("registers:photos_of_group", kwargs={"urn": viewer.school.urn, **words})
