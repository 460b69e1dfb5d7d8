"""The office's morning: registers not in, homes to ring, reasons to settle."""

from datetime import date
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from registers.marks.actions.amend import StaleMarksError
from registers.models import FollowUp
from registers.office.days import day_wanted
from registers.office.found_pupils import apart_of
from registers.office.morning import wording
from registers.office.morning.actions import Logged, log_follow_up
from registers.office.morning.call_page import ChildToRing, read_child
from registers.office.morning.forms import FollowUpForm
from registers.office.morning.queries import Morning, morning_of
from registers.office.today.wording import day_and_month
from registers.policies import Refused
from registers.rules.allowed_codes import day_in_words
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import paper_to_complete
from registers.web.parameters import back_to

log = structlog.get_logger(__name__)
FIRST_REGISTERS = 10  # before the others ask to be opened
SHOWN = 12  # rows of a long list before it asks to be opened
STALE = (
    "Somebody else changed these marks while you were writing. What you wrote is still here: "
    "look at the sessions again, then send it once more."
)


@require_safe
@allowed("see_morning")
def morning(request: PageRequest) -> HttpResponse:
    """A day as the office sees it; today, or the day in the address."""
    page = morning_of(request.viewer.school, day_wanted(request.GET), timezone.localtime())
    most = None if "all" in request.GET else SHOWN
    on_page = [*(call.child for call in page.calls), *(row.child for row in page.settling)]
    context = {
        "morning": page,
        "opening": wording.opening(page, request.viewer.school),
        "settling": page.settling[:most],
        "calls": page.calls[:most],
        "all_address": "?all" if page.is_today else f"?date={page.on}&all",
        "here": request.get_full_path(),
        "apart": apart_of(on_page),
    }
    context |= _frame(request, page) | _notes(page)
    return render(request, "registers/office/morning/morning.html", context)


def _frame(request: PageRequest, page: Morning) -> dict[str, Any]:
    """Which day it is, and the days beside it."""
    return {
        "title": "This morning" if page.is_today else day_and_month(page.on),
        "heading": "This morning" if page.is_today else day_in_words(page.on),
        "day_links": wording.day_links(page, request.path),
    }


def _notes(page: Morning) -> dict[str, Any]:
    return {
        "first_registers": page.registers[:FIRST_REGISTERS],
        "more_registers": page.registers[FIRST_REGISTERS:],
        "calls_note": wording.calls_note(page),
        "no_calls": wording.no_calls(page),
        "settling_note": wording.settling_note(page),
        "registers_note": wording.registers_note(page),
        "held_marks": wording.held_marks(page),
    }


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def call(request: PageRequest, enrolment_id: int, date: date) -> HttpResponse:
    """Write down one try; settle the marks with it when the reason is known."""
    page = _read_child(request, enrolment_id, date)
    if request.method == "GET":
        form = _call_form(page, None, {"next": request.GET.get("next", "")})
        return _show_call(request, page, form)
    form = _call_form(page, request.POST)
    if not form.is_valid():
        return _show_call(request, page, form)
    try:
        logged = _log(request, page, form)
    except StaleMarksError:
        fresh = _read_child(request, enrolment_id, date)
        return _show_call(request, fresh, _form_again(fresh, request.POST, STALE))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_call(request, page, form)
    return _after_call(request, page, form, logged.advice)


def _read_child(request: PageRequest, enrolment_id: int, on: date) -> ChildToRing:
    return read_child(request.viewer.school, enrolment_id, on, timezone.localtime())


def _call_form(
    page: ChildToRing, sent: QueryDict | None, initial: dict[str, Any] | None = None
) -> FollowUpForm:
    first = page.next_contact
    return FollowUpForm(
        sent,
        on=page.on,
        contacts=page.contacts,
        sessions=page.sessions,
        auto_id=f"call-{page.enrolment.pk}-%s",
        initial={"channel": FollowUp.Channel.CALL, "person": first.person_id if first else ""}
        | (initial or {}),
    )


def _form_again(page: ChildToRing, sent: QueryDict, sentence: str) -> FollowUpForm:
    """The form with what was typed, on the marks as they stand now."""
    again = sent.copy()
    wanted = {key.rsplit(".", 1)[0] for key in sent.getlist("sessions")}
    keys = [f"{one.date}.{one.half}.{one.seen}" for one in page.sessions]
    again.setlist("sessions", [key for key in keys if key.rsplit(".", 1)[0] in wanted])
    form = _call_form(page, again)
    form.is_valid()
    form.add_error(None, sentence)
    return form


def _log(request: PageRequest, page: ChildToRing, form: FollowUpForm) -> Logged:
    given = form.cleaned_data
    logged = log_follow_up(
        school=request.viewer.school,
        enrolment_id=page.enrolment.pk,
        on=page.on,
        channel=given["channel"],
        outcome=given["outcome"],
        person_id=form.person_id,
        note=given["note"],
        code=given["code"],
        seen=form.seen if given["code"] else (),
        paper=given["paper"],
        by=request.user,
        now=timezone.localtime(),
    )
    log.info("follow_up_logged", user_id=request.user.pk, enrolment_id=page.enrolment.pk)
    return logged


def _show_call(request: PageRequest, page: ChildToRing, form: FollowUpForm) -> HttpResponse:
    log.info("call_page_read", user_id=request.user.pk, enrolment_id=page.enrolment.pk)
    context = {
        "page": page,
        "form": form,
        "here": request.path,
        "back": _back(request, page.on),
        "lede": wording.call_lede(len(page.sessions), page.on),
    }
    if not request.htmx:
        return render(request, "registers/office/morning/call.html", context)
    answer = render(request, "registers/office/morning/_call_form.html", context)
    return retarget(reswap(answer, "innerHTML"), f"#call-form-{page.enrolment.pk}")


def _back(request: PageRequest, on: date) -> str:
    """Where the person came from, if it is a page of ours; else the morning of the day."""
    if wanted := back_to(request):
        return wanted
    address = reverse("registers:morning", kwargs={"urn": request.viewer.school.urn})
    return address if on == timezone.localdate() else f"{address}?date={on}"


def _after_call(
    request: PageRequest, page: ChildToRing, form: FollowUpForm, advice: list[str]
) -> HttpResponse:
    """Back to the list; in place, the child's row as it is now."""
    symbol = form.cleaned_data["code"]
    notes = [paper_to_complete(symbol).strip()] if page.needs_paper(symbol) else []
    message = wording.written_down(page.name, symbol, len(form.seen), [*notes, *advice])
    if not request.htmx:
        messages.success(request, message)
        return redirect(_back(request, page.on))
    now_due = morning_of(request.viewer.school, page.on, timezone.localtime())
    rows = (one for one in now_due.calls if one.child.enrolment_id == page.enrolment.pk)
    context = {
        "call": next(rows, None),
        "message": message,
        "morning": now_due,
        "page": page,
        "here": _back(request, page.on),
    }
    return render(request, "registers/office/morning/_call.html", context)
