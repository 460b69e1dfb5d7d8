"""A mark with its whole history, and changing it: on its page, or from the grid."""

from datetime import date, datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registers.amendments import wording
from registers.amendments.forms import AmendMarkForm
from registers.amendments.history import MarkPage
from registers.amendments.week import GridCell
from registers.marks.actions.amend import StaleMarksError, amend_marks
from registers.marks.changes import MarkChange, MarkNow, WriteResult
from registers.marks.day_sheet import with_group
from registers.models import User
from registers.policies import Refused
from registers.rules.clock import register_window
from registers.rules.codes import CODES, Half
from registers.rules.wording import all_so
from registers.web.access import PageRequest, allowed
from registers.web.addresses import mark_url
from registers.web.advice_messages import paper_to_complete, say_advice
from registers.web.forms import refusals_in
from registers.web.parameters import back_to

log = structlog.get_logger(__name__)


def _mark_page(request: PageRequest, enrolment_id: int, on: date, half: int) -> MarkPage:
    """Raises Http404 for a pupil whom this person may not see, or who is not of this school."""
    theirs = request.viewer.enrolments().filter(pk=enrolment_id).select_related("pupil")
    enrolment = with_group(theirs, on).first()
    if enrolment is None:
        raise Http404("There is no such pupil among those you may see.")
    window = register_window(request.viewer.school, on, half)
    return MarkPage(enrolment, enrolment.group_id, on, int(half), window)


@require_http_methods(["GET", "POST"])
@allowed("see_mark")
def mark(request: PageRequest, enrolment_id: int, date: date, half: Half) -> HttpResponse:
    """The mark as it stands and everything that was ever changed about it."""
    page = _mark_page(request, enrolment_id, date, half)
    if request.method == "POST":
        return _post_mark(request, page)
    may_change = request.viewer.may("amend_mark") and page.held
    if not may_change or not page.window.has_opened(timezone.localtime()):
        return _show_mark(request, page, None)
    return _show_mark(request, page, _amend_form(page, None, back_to(request)))


def _post_mark(request: PageRequest, page: MarkPage) -> HttpResponse:
    """The action itself says whether there is a session."""
    if not request.viewer.may("amend_mark"):
        return _show_mark(request, page, None, status=403)
    now = timezone.localtime()
    if not page.window.has_opened(now):
        return _show_mark(request, page, None)
    form = _amend_form(page, request.POST, back_to(request))
    try:
        if form.is_valid() and _is_amended(request, page, form, now):
            return redirect(back_to(request) or request.path)
    except StaleMarksError as stale:
        fresh = _mark_page(request, page.enrolment.pk, page.date, Half(page.half))
        return _show_stale(request, fresh, stale)
    return _show_mark(request, page, form)


def _amend_form(page: MarkPage, posted: QueryDict | None, next_url: str) -> AmendMarkForm:
    mark = page.stands
    initial = {
        "code": mark.code_id,
        "minutes_late": mark.minutes_late,
        "comment": page.comment,
        "seen": mark.version,
        "next": next_url,
    }
    return AmendMarkForm(posted, initial=initial, on=page.date, half=page.half, is_new=page.is_new)


def _is_amended(request: PageRequest, page: MarkPage, form: AmendMarkForm, now: datetime) -> bool:
    """Whether it could be; else the form says why not."""
    comment = form.cleaned_data["comment"]
    change = _change(page, form, comment=comment if comment != page.comment else None)
    with refusals_in(form, "code"):
        written = amend_marks(
            school=request.viewer.school, changes=[change], by=request.user, now=now
        )
        _say_amended(request, page, change, written)
        return True
    return False


def _change(page: MarkPage, form: AmendMarkForm, *, comment: str | None = None) -> MarkChange:
    chosen = form.cleaned_data
    return MarkChange(
        page.key,
        chosen["code"],
        chosen["seen"],
        chosen["minutes_late"],
        comment=comment,
        reason=chosen["reason"],
        paper=chosen["paper"] or None,
    )


def _say_amended(
    request: PageRequest, page: MarkPage, change: MarkChange, written: WriteResult
) -> None:
    if not written.saved:
        messages.success(request, f"{page.name}: {_kept_in_words(change, written)}.")
        return
    code = CODES[change.code]
    needs = paper_to_complete(code.symbol) if False in written.papers.values() else ""
    messages.success(request, f"{page.name}: {code.symbol}, {code.meaning}.{needs}")
    say_advice(request, written.advice_by_enrolment)


def _kept_in_words(change: MarkChange, written: WriteResult) -> str:
    """What was kept beside a mark that stood so already."""
    kept = all_so(
        (change.comment is not None, "the comment"), (change.key in written.papers, "the paper")
    )
    return f"kept {' and '.join(kept)}" if kept else "it was so already"


def _show_stale(request: PageRequest, page: MarkPage, stale: StaleMarksError) -> HttpResponse:
    """The form with everything that was typed, on the mark as somebody else has made it."""
    again = request.POST.copy()
    again["seen"] = str(page.stands.version)
    form = _amend_form(page, again, back_to(request))
    form.is_valid()
    form.add_error(None, stale_words(stale.marks.get(page.key)))
    return _show_mark(request, page, form)


def stale_words(mark: MarkNow | None) -> str:
    """Who changed it, to what and when; what was typed is still there."""
    if mark is None:
        return "This mark is not there any more. Look at it again."
    person = User.objects.filter(pk=mark.made_by_id or 0).first()
    at = timezone.localtime(mark.made_at)
    return (
        f"{person or 'Somebody'} changed this mark to {mark.code} at {at:%H:%M}, after you opened "
        "the page. What you typed is still here: send it again if it should replace that."
    )


def _show_mark(
    request: PageRequest, page: MarkPage, form: AmendMarkForm | None, status: int = 200
) -> HttpResponse:
    log.info(
        "mark_page_read",
        user_id=request.user.pk,
        enrolment_id=page.enrolment.pk,
        date=str(page.date),
        half=page.half,
    )
    return render(
        request, "registers/amendments/mark.html", _shown(request, page, form), status=status
    )


def _shown(request: PageRequest, page: MarkPage, form: AmendMarkForm | None) -> dict[str, Any]:
    now, urn = timezone.localtime(), request.viewer.school.urn
    has_opened, has_ended = page.window.has_opened(now), page.window.has_ended(now)
    may_change, back = request.viewer.may("amend_mark"), back_to(request)
    other = mark_url(urn, page.enrolment.pk, page.date, 1 - page.half)
    range_url = reverse("registers:code_range", args=[urn, page.enrolment.pupil_id])
    here = quote(request.get_full_path())
    return {
        "page": page,
        "form": form,
        "next": back,
        "may_change": may_change,
        "standing": wording.standing(page, has_opened=has_opened, has_ended=has_ended),
        "facts": wording.facts(
            page,
            may_change=may_change,
            other_url=f"{other}?next={quote(back)}" if back else other,
        ),
        "why_no_form": wording.why_no_form(
            page,
            has_opened=has_opened,
            may_change=may_change,
            planned_url=reverse("registers:planned", args=[urn]),
        ),
        "code_range_url": f"{range_url}?from={page.date}&next={here}",
    }


@allowed("amend_mark")
@require_POST
def mark_cell(request: PageRequest, enrolment_id: int, date: date, half: Half) -> HttpResponse:
    """Change one mark from the grid, without leaving it: the new cell, or a sentence."""
    page = _mark_page(request, enrolment_id, date, half)
    form = AmendMarkForm(request.POST, on=date, half=half, is_new=page.is_new)
    if not form.is_valid():
        return JsonResponse({"wrong": {name: errors[0] for name, errors in form.errors.items()}})
    try:
        written = amend_marks(
            school=request.viewer.school,
            changes=[_change(page, form)],
            by=request.user,
            now=timezone.localtime(),
        )
    except StaleMarksError as stale:
        del page.of_day
        words = stale_words(stale.marks.get(page.key))
        return JsonResponse({"stale": words, **_cell(request, page)})
    except Refused as refusal:
        return JsonResponse({"wrong": {"code": str(refusal)}})
    del page.of_day
    cell = _cell(request, page)
    advice = chain.from_iterable(written.advice.values())
    return JsonResponse(cell | {"said": ". ".join([cell["said"], *advice])})


def _cell(request: PageRequest, page: MarkPage) -> dict:
    """What the grid puts in place of the cell."""
    cell = GridCell(
        enrolment_id=page.enrolment.pk,
        name=page.name,
        date=page.date,
        half=Half(page.half),
        symbol=page.stands.code_id,
        seen=page.stands.version,
        minutes=page.stands.minutes_late,
        is_due=True,
        is_future=False,
        is_planned=False,
        is_amended=any(one.code_before not in ("", one.code_after) for one in page.amendments),
        may_change=True,
    )
    shown = {"cell": cell, "urn": request.viewer.school.urn}
    html = render_to_string("registers/amendments/_week_cell.html", shown).strip()
    return {"cell": html, "said": f"{cell.name}: {cell.symbol or 'not marked'}"}
