"""The slip that a pupil who came in late takes to the lesson."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from registers.marks.day_sheet import on_roll, with_group
from registers.models import Mark, School
from registers.rules.allowed_codes import day_in_words
from registers.rules.clock import register_window
from registers.rules.codes import CODES, AttendanceCode, Half
from registers.rules.presence import clock
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed

NAME_SIZES = (26, 60)  # letters, up to which a name is set in full size, and a step smaller
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Slip:
    """One late arrival in words. `code` is L or U; None where a better code stays, which is nobody
    else's business: an appointment would say why the pupil was away."""

    school: School
    pupil: str
    group: str
    on: date
    half: Half
    came_in: datetime
    code: AttendanceCode | None
    minutes: int | None
    signed_in_by: str

    @property
    def came_in_words(self) -> str:
        return clock(self.came_in)

    @property
    def name_size(self) -> str:
        """The class that sets a long name smaller."""
        return ("", "long", "longer")[bisect_left(NAME_SIZES, len(self.pupil))]

    @property
    def when(self) -> str:
        """7B · Tuesday 24 November 2026, morning"""
        day = f"{day_in_words(self.on)}, {self.half.words}"
        return f"{self.group} · {day}" if self.group else day

    @property
    def code_words(self) -> SafeString:
        """The code, unless a better one stays, and how late it was."""
        return format_html("{}{}.", self._code, self._minutes)

    @property
    def _code(self) -> SafeString | str:
        if self.code is None:
            return "The register keeps its code"
        return format_html("<b>{}</b> {}", self.code.symbol, self.code.meaning)

    @property
    def _minutes(self) -> str:
        return "" if self.minutes is None else f", {many(self.minutes, 'minute')} after it opened"


def slip_of(school: School, enrolment_id: int, on: date, half: Half) -> Slip | None:
    """The slip of a mark that says when the pupil came in, in two statements; None without one."""
    mark = (
        Mark.objects.filter(enrolment=enrolment_id, enrolment__school=school, date=on, half=half)
        .select_related("enrolment__pupil", "made_by")
        .first()
    )
    if mark is None or not says_arrival(mark):
        return None
    of_pupil = with_group(on_roll(school, on), on).filter(pk=enrolment_id)
    opened = register_window(school, on, half).opens_at
    pupil, code = mark.enrolment.pupil, CODES[mark.code_id]
    return Slip(
        school=school,
        pupil=f"{pupil.forename} {pupil.surname}",
        group=of_pupil.values_list("group_name", flat=True).first() or "",
        on=on,
        half=half,
        came_in=_came_in(mark, opened),
        code=code if code.late else None,
        minutes=mark.minutes_late,
        signed_in_by=str(mark.made_by or ""),
    )


def says_arrival(mark: Mark) -> bool:
    """Whether a mark says that the pupil came in late."""
    return bool(CODES[mark.code_id].late) or mark.minutes_late is not None


def _came_in(mark: Mark, opened: datetime) -> datetime:
    if mark.minutes_late is None:
        return timezone.localtime(mark.made_at)
    return opened + timedelta(minutes=mark.minutes_late)


@require_safe
@allowed("amend_mark")
def late_slip(request: PageRequest, enrolment_id: int, date: date, half: Half) -> HttpResponse:
    """A page of its own that any browser prints: there at once, while the pupil stands there."""
    slip = slip_of(request.viewer.school, enrolment_id, date, half)
    if slip is None:
        raise Http404("No late arrival of this pupil is in that register.")
    log.info("late_slip_printed", user_id=request.user.pk, enrolment_id=enrolment_id)
    return render(request, "registers/office/late_desk/late_slip.html", {"slip": slip})
