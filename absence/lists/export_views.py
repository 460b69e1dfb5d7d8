"""The list of pupils as a file, as it is filtered and ordered."""

from collections.abc import Callable, Sequence

import structlog
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from absence.figures.calendar import NoAcademicYearError
from absence.figures.rows import AbsenceRow
from absence.lists import exports
from absence.lists.views import AskedList
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed

log = structlog.get_logger(__name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@allowed("export_pupils")
def pupils_csv(request: PageRequest) -> HttpResponse:
    return _file(request, "csv", "text/csv; charset=utf-8", exports.as_csv)


@require_safe
@allowed("export_pupils")
def pupils_xlsx(request: PageRequest) -> HttpResponse:
    return _file(request, "xlsx", XLSX, exports.as_xlsx)


def _file(
    request: PageRequest,
    ending: str,
    content_type: str,
    write: Callable[[Sequence[str], Sequence[AbsenceRow]], bytes],
) -> HttpResponse:
    """Where there are no figures, the page that says why. Who took which list is logged."""
    school = request.viewer.school
    try:
        asked = AskedList(request.viewer, request.GET)
    except NoAcademicYearError:
        return redirect(reverse("absence:pupils", kwargs={"urn": school.urn}))
    content = write(_said(asked), asked.found)
    log.info(
        "pupils_exported",
        user_id=request.user.pk,
        school_id=school.pk,
        pupils=len(asked.found),
        as_at=asked.as_at,
    )
    response = HttpResponse(content, content_type=content_type)
    name = f"pupils-{school.urn}-{asked.as_at.isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _said(asked: AskedList) -> list[str]:
    """What the file is of: the school, the period, the filters, when it was written."""
    year, last = asked.calendar.year, asked.calendar.before
    period = (
        f"Sessions from {year.starts_on:%d/%m/%Y} to {asked.as_at:%d/%m/%Y}; "
        f"movement since {asked.since:%d/%m/%Y}"
    )
    said = [
        f"{asked.school.name} ({asked.school.urn}): {many(len(asked.found), 'pupil')}",
        f"{period}; last year is the whole of {last.name}" if last else period,
    ]
    if filters := asked.filters():
        said.append("Only: " + "; ".join(label for _, label in filters))
    said.append(f"Written on {timezone.localtime():%d/%m/%Y at %H:%M}")
    return said
