"""One code over a range of days: look first, then write."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_list_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.amendments.actions import amend_range, lines_in_range
from registers.amendments.code_range import MarksWanted, RangeSession, RangeState
from registers.amendments.forms import CodeRangeForm
from registers.amendments.wording import NOT_YET_LOOKED, RangePreview, range_opening
from registers.marks.actions.amend import StaleMarksError
from registers.models import Pupil
from registers.policies import Refused
from registers.rules.codes import CODES
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import paper_to_complete, say_advice
from registers.web.parameters import back_to, day_of


@require_http_methods(["GET", "POST"])
@allowed("amend_mark")
def code_range(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Choose, look at what would change, then write it: the two steps of one page."""
    school, now = request.viewer.school, timezone.localtime()
    theirs = request.viewer.enrolments().filter(pupil=pupil_id)
    spells = get_list_or_404(theirs.select_related("pupil").order_by("pk"))
    initial = _from_address(request.GET, now.date())
    form = CodeRangeForm(request.POST or None, today=now.date(), initial=initial)
    shown = _shown(request, form, spells[0].pupil)
    if form.is_valid():
        lines = lines_in_range(
            school=school,
            spells=spells,
            symbol=form.cleaned_data["code"],
            first=form.first,
            last=form.last,
            which=MarksWanted(form.cleaned_data["which"]),
            now=now,
        )
        wants_to_write = "write" in request.POST
        if wants_to_write and (done := _write_range(request, form, lines, now)):
            return done
        shown |= _preview(lines, form) | {"has_moved": wants_to_write}
    return render(request, "registers/amendments/code_range.html", shown)


def _shown(request: PageRequest, form: CodeRangeForm, pupil: Pupil) -> dict[str, Any]:
    next_url = back_to(request)
    pupil_url = reverse("interventions:pupil", args=[request.viewer.school.urn, pupil.pk])
    return {
        "form": form,
        "pupil": pupil,
        "next": next_url,
        "back": (next_url, "Back") if next_url else (pupil_url, "Pupil page"),
        "lines": None,
        "opening": NOT_YET_LOOKED,
    }


def _from_address(query: QueryDict, today: date) -> dict:
    """A range that another page has begun: `?from=2026-11-16&code=I`."""
    first_on = day_of(query.get("from")) or today
    return {"first_on": first_on, "last_on": today, "code": query.get("code", "")}


def _as_seen(lines: list[tuple[int, RangeSession]]) -> str:
    """What a preview showed, so that exactly this is written: spell, session, version, code."""
    return ";".join(
        f"{spell}.{line.session.date}.{line.session.half}.{line.seen}.{line.after}"
        for spell, line in lines
        if line.state is RangeState.CHANGES
    )


def _preview(lines: list[tuple[int, RangeSession]], form: CodeRangeForm) -> dict[str, Any]:
    code = CODES[form.cleaned_data["code"]]
    preview = RangePreview([line for _, line in lines], code)
    return {
        "lines": preview.lines,
        "changes": preview.of(RangeState.CHANGES),
        "refused": preview.of(RangeState.REFUSED),
        "kept": preview.of(RangeState.KEPT),
        "same": preview.of(RangeState.SAME),
        "opening": range_opening(preview),
        "as_seen": _as_seen(lines),
        "code": code,
        "paper": code.paper,
        "chosen": form.cleaned_data,
    }


def _write_range(
    request: PageRequest, form: CodeRangeForm, lines: list[tuple[int, RangeSession]], now: datetime
) -> HttpResponse | None:
    """None where the marks are no longer as the preview showed them: it is shown again."""
    if request.POST.get("as_seen") != _as_seen(lines):
        return None
    try:
        written = amend_range(
            school=request.viewer.school,
            lines=lines,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=now,
            paper=form.cleaned_data["paper"],
        )
    except StaleMarksError:
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    symbol, words = form.cleaned_data["code"], many(len(written.saved), "mark")
    needs = paper_to_complete(symbol) if False in written.papers.values() else ""
    messages.success(request, f"{words} changed to {symbol}, {CODES[symbol].meaning}.{needs}")
    say_advice(request, written.advice_by_enrolment)
    return redirect(back_to(request) or request.path)
