"""Registers on paper: one, or all of a session in one press."""

from collections.abc import Sequence
from datetime import date

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers.models import Session
from registers.register.actions.may_take import NOT_YOURS
from registers.register.page import RegisterSheet, read_sheet, read_sheets
from registers.register.printed import actions
from registers.register.printed.sheet import paper_pdf, papers_pdf
from registers.rules.codes import Half
from registers.web.access import PageRequest, allowed
from registers.web.documents.responses import pdf_response

log = structlog.get_logger(__name__)
NO_SESSION = "The school has no session then, or no such group."
DRAWN_AT_ONCE = 6  # groups, up to half a second each: of more a worker makes the file


@require_safe
@allowed("take_register")
def register_pdf(request: PageRequest, group_id: int, date: date, half: Half) -> HttpResponse:
    """The class register to write on; as the page, for those who may take it."""
    viewer = request.viewer
    if not viewer.may_see_group(group_id):
        raise PermissionDenied(NOT_YOURS)
    sheet = read_sheet(viewer.school, group_id, date, half)
    if sheet is None:
        raise Http404(NO_SESSION)
    if sheet.closed_because:
        return _to_today(request, date, not_held(sheet.session))
    pdf = paper_pdf(sheet, timezone.localtime())
    _note(request, [sheet])
    return pdf_response(pdf, f"register-{date}-{half.name.lower()}-{sheet.group.pk}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("take_register")
def registers_pdf(request: PageRequest, date: date, half: Half) -> HttpResponse:
    """Every register of the session, or a teacher's own, in one file.

    Many are made by a worker, and only when the button was pressed: a look starts no work.
    """
    viewer = request.viewer
    sheets = read_sheets(viewer.school, date, half, own=viewer.own_groups)
    if sheets is None:
        raise Http404(NO_SESSION)
    if not sheets:
        return _to_today(request, date, "There is nobody in a group then: nothing to print.")
    if not sheets[0].session.is_held:
        return _to_today(request, date, not_held(sheets[0].session))
    if len(sheets) <= DRAWN_AT_ONCE or viewer.own_groups is not None:
        _note(request, sheets)
        pdf = papers_pdf(sheets, timezone.localtime())
        return pdf_response(pdf, actions.filename(date, half))
    if request.method == "POST":
        job = actions.print_registers(
            school=viewer.school, on=date, half=half, registers=len(sheets), by=request.user
        )
        _note(request, sheets)
        return redirect("registers:job", urn=viewer.school.urn, job_id=job.pk)
    return _to_today(request, date, "Press “Print all on paper”: so many take a moment to make.")


def not_held(session: Session) -> str:
    why = f" ({session.closed_because})" if session.closed_because else ""
    return f"That session is not held{why}, so there is no register to take on paper."


def _to_today(request: PageRequest, on: date, why: str) -> HttpResponse:
    messages.warning(request, why)
    today = reverse("registers:today", kwargs={"urn": request.viewer.school.urn})
    return redirect(f"{today}?date={on}")


def _note(request: PageRequest, sheets: Sequence[RegisterSheet]) -> None:
    log.info(
        "registers_printed",
        user_id=request.user.pk,
        registers=len(sheets),
        pupils=sum(len(sheet.rows) for sheet in sheets),
    )
