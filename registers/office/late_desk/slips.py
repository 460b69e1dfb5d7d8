"""The slip that a pupil who came in late takes to the lesson."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.marks.day_sheet import on_roll, with_group
from registers.models import Mark, School
from registers.rules.clock import register_window
from registers.rules.codes import CODES, Code, Half
from registers.rules.presence import clock
from registers.web.access import PageRequest, allowed
from registers.web.documents.pdf import pdf_renderer
from registers.web.documents.responses import pdf_response

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
    code: Code | None
    minutes: int | None
    signed_in_by: str

    @property
    def came_in_words(self) -> str:
        return clock(self.came_in)


def slip_of(school: School, enrolment_id: int, on: date, half: Half) -> Slip | None:
    """The slip of a mark that says when the pupil came in, in two statements; None without one."""
    mark = (
        Mark.objects.filter(enrolment=enrolment_id, enrolment__school=school, date=on, half=half)
        .select_related("enrolment__pupil", "made_by")
        .first()
    )
    if mark is None or not (CODES[mark.code_id].late or mark.minutes_late is not None):
        return None
    found = with_group(on_roll(school, on), on).filter(pk=enrolment_id)
    opened = register_window(school, on, half).opens_at
    pupil = mark.enrolment.pupil
    return Slip(
        school=school,
        pupil=f"{pupil.forename} {pupil.surname}",
        group=found.values_list("group_name", flat=True).first() or "",
        on=on,
        half=half,
        came_in=(
            timezone.localtime(mark.made_at)
            if mark.minutes_late is None
            else opened + timedelta(minutes=mark.minutes_late)
        ),
        code=CODES[mark.code_id] if CODES[mark.code_id].late else None,
        minutes=mark.minutes_late,
        signed_in_by=str(mark.made_by or ""),
    )


@require_safe
@allowed("amend_mark")
def late_slip(request: PageRequest, enrolment_id: int, date: date, half: Half) -> HttpResponse:
    slip = slip_of(request.viewer.school, enrolment_id, date, half)
    if slip is None:
        raise Http404("No late arrival of this pupil is in that register.")
    html = render_to_string("registers/office/late_desk/late_slip.html", {"slip": slip})
    log.info("late_slip_printed", user_id=request.user.pk, enrolment_id=enrolment_id)
    name = f"late-slip-{date}-{half.name.lower()}-{enrolment_id}.pdf"
    return pdf_response(pdf_renderer().print(html)[0], name)
