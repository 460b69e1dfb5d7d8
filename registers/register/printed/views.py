"""Registers on paper: pages that a browser prints; many at once as a file of the worker's."""

from collections.abc import Sequence
from datetime import date

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers.models import Session
from registers.register.actions.may_take import NOT_YOURS
from registers.register.page import RegisterSheet, read_sheet, read_sheets
from registers.register.printed import actions
from registers.register.printed.sheet import papers_of
from registers.rules.allowed_codes import session_in_words
from registers.rules.codes import Half
from registers.web.access import PageRequest, Viewer, allowed

log = structlog.get_logger(__name__)
NO_SESSION = "The school has no session then, or no such group."
NOBODY = "There is nobody in a group then: nothing to print."
SO_MANY = "Press “Print all on paper”: so many take a moment to make."
SHOWN_AT_ONCE = 6  # groups on one page: of more a worker makes a file


@require_safe
@allowed("take_register")
def register_paper(request: PageRequest, group_id: int, date: date, half: Half) -> HttpResponse:
    """The class register to write on; as the page, for those who may take it."""
    viewer = request.viewer
    if not viewer.may_see_group(group_id):
        raise PermissionDenied(NOT_YOURS)
    sheet = read_sheet(viewer.school, group_id, date, half)
    if sheet is None:
        raise Http404(NO_SESSION)
    if sheet.closed_because:
        return _to_today(request, date, not_held(sheet.session))
    return _shown(request, [sheet])


@require_safe
@allowed("take_register")
def registers_paper(request: PageRequest, date: date, half: Half) -> HttpResponse:
    """Every register of the session, or a teacher's own, each on a sheet of its own."""
    sheets = _sheets(request, date, half)
    if problem := _why_none(sheets):
        return _to_today(request, date, problem)
    if _are_many(sheets, request.viewer):
        return _to_today(request, date, SO_MANY)
    return _shown(request, sheets)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("take_register")
def registers_pdf(request: PageRequest, date: date, half: Half) -> HttpResponse:
    """Many registers, or few where `file` asks for one, as a file that a worker makes.

    Else on to the page, where a look leads too: it starts no work.
    """
    viewer = request.viewer
    sheets = _sheets(request, date, half)
    wants_file = "file" in request.POST and viewer.may(actions.ACTION)
    is_work = request.method == "POST" and (wants_file or _are_many(sheets, viewer))
    if _why_none(sheets) or not is_work:
        urn = viewer.school.urn
        return redirect("registers:registers_paper", urn=urn, date=date, half=half)
    job = actions.print_registers(
        school=viewer.school, on=date, half=half, registers=len(sheets), by=request.user
    )
    _note(request, sheets)
    return redirect("registers:job", urn=viewer.school.urn, job_id=job.pk)


def _sheets(request: PageRequest, on: date, half: Half) -> list[RegisterSheet]:
    """Those of the session that are the viewer's. Raises Http404 without a session."""
    viewer = request.viewer
    sheets = read_sheets(viewer.school, on, half, own=viewer.own_groups)
    if sheets is None:
        raise Http404(NO_SESSION)
    return sheets


def _are_many(sheets: Sequence[RegisterSheet], viewer: Viewer) -> bool:
    return len(sheets) > SHOWN_AT_ONCE and viewer.own_groups is None


def _why_none(sheets: Sequence[RegisterSheet]) -> str:
    """Why there is nothing to take on paper; empty where there is."""
    if not sheets:
        return NOBODY
    return "" if sheets[0].session.is_held else not_held(sheets[0].session)


def not_held(session: Session) -> str:
    why = f" ({session.closed_because})" if session.closed_because else ""
    return f"That session is not held{why}, so there is no register to take on paper."


def _shown(request: PageRequest, sheets: Sequence[RegisterSheet]) -> HttpResponse:
    _note(request, sheets)
    now, session = timezone.localtime(), sheets[0].session
    when = session_in_words(session.date, Half(session.half))
    shown = {
        "school": request.viewer.school,
        "session": session,
        "title": f"Registers on paper: {when}" if len(sheets) > 1 else f"{sheets[0].group}: {when}",
        "papers": list(papers_of(sheets, request.viewer.school, now)),
        "file_is_offered": len(sheets) > 1 and request.viewer.may(actions.ACTION),
    }
    return render(request, "registers/register/printed/papers.html", shown)


def _to_today(request: PageRequest, on: date, why: str) -> HttpResponse:
    messages.warning(request, why)
    return redirect(f"{reverse('registers:today', args=[request.viewer.school.urn])}?date={on}")


def _note(request: PageRequest, sheets: Sequence[RegisterSheet]) -> None:
    log.info(
        "registers_printed",
        user_id=request.user.pk,
        registers=len(sheets),
        pupils=sum(len(sheet.rows) for sheet in sheets),
    )
