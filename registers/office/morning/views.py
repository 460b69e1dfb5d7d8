"""The office's morning: registers not in, homes to ring, reasons to settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from registers.marks.actions.amend import StaleMarksError
from registers.marks.day_sheet import with_group
from registers.models import Enrolment, FollowUp, Mark, Paper, Session
from registers.office.forms import FollowUpForm, day_asked
from registers.office.morning.actions import Logged, log_follow_up
from registers.office.morning.calling import Contact, Unexplained, contacts_of
from registers.office.morning.queries import LONGEST_BACK, morning_of
from registers.policies import Refused
from registers.rules.allowed_codes import paper_needed
from registers.rules.calendar import academic_year_start
from registers.rules.clock import register_window
from registers.rules.codes import CODES
from registers.rules.pupils.namesakes import told_apart
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import paper_to_complete
from registers.web.parameters import back_to

log = structlog.get_logger(__name__)
SHOWN = 12  # rows of a long list before it asks to be opened
STALE = (
    "Somebody else changed these marks while you were writing. What you wrote is still here: "
    "look at the sessions again, then send it once more."
)


@require_safe
@allowed("see_morning")
def morning(request: PageRequest) -> HttpResponse:
    """A day as the office sees it; today, or the day in the address."""
    on = day_asked(request.GET)
    found = morning_of(request.viewer.school, on, timezone.localtime())
    everything = "all" in request.GET
    shown = {
        "morning": found,
        "everything": everything,
        "settling": found.settling if everything else found.settling[:SHOWN],
        "calls": found.calls if everything else found.calls[:SHOWN],
        "here": request.get_full_path(),
        "apart": told_apart(
            ((one.child.pupil_id, one.child.namesake) for one in (*found.calls, *found.settling)),
            with_birth=True,
        ),
    }
    return render(request, "registers/office/morning/morning.html", shown)


@dataclass(frozen=True)
class CallPage:
    """One child, one day: whom to ask, and the sessions whose reason is open."""

    enrolment: Enrolment
    on: date
    contacts: list[Contact]
    sessions: list[Unexplained]
    tried: list[FollowUp]


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def call(request: PageRequest, enrolment_id: int, date: date) -> HttpResponse:
    """Write down one try; settle the marks with it when the reason is known."""
    page = _call_page(request, enrolment_id, date)
    if request.method == "GET":
        form = _call_form(page, None, {"next": request.GET.get("next", "")})
        return _show_call(request, page, form)
    form = _call_form(page, request.POST)
    if not form.is_valid():
        return _show_call(request, page, form)
    try:
        logged = _keep(request, page, form)
    except StaleMarksError:
        fresh = _call_page(request, enrolment_id, date)
        return _show_call(request, fresh, _asked_again(fresh, request.POST, STALE))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_call(request, page, form)
    return _after_call(request, page, form, logged.advice)


def _call_page(request: PageRequest, enrolment_id: int, on: date) -> CallPage:
    """Raises Http404 for a pupil of another school."""
    school = request.viewer.school
    mine = Enrolment.objects.filter(school=school, pk=enrolment_id).select_related("pupil")
    enrolment = with_group(mine, on).first()
    if enrolment is None:
        raise Http404("There is no such pupil at this school.")
    tried = FollowUp.objects.filter(enrolment=enrolment).select_related("person", "made_by")
    return CallPage(
        enrolment=enrolment,
        on=on,
        contacts=contacts_of([enrolment.pupil_id])[enrolment.pupil_id],
        sessions=_open_sessions(request, enrolment, on),
        tried=list(tried.filter(date__gte=on - timedelta(days=14))[:20]),
    )


def _open_sessions(request: PageRequest, enrolment: Enrolment, on: date) -> list[Unexplained]:
    """The pupil's N of the school year, and the day's sessions that ended without a mark."""
    school, now = request.viewer.school, timezone.localtime()
    first = max(academic_year_start(on), on - timedelta(days=LONGEST_BACK))
    rows = (
        Mark.objects.on_roll()
        .filter(Q(code="N", date__range=(first, now.date())) | Q(date=on), enrolment=enrolment)
        .order_by("date", "half")
    )
    marks = {(row.date, row.half): row for row in rows}
    found = [Unexplained(*key, row.version) for key, row in marks.items() if row.code_id == "N"]
    held = Session.objects.filter(school=school, date=on, is_open=True)
    for half in held.values_list("half", flat=True):
        if (on, half) not in marks and register_window(school, on, half).has_ended(now):
            found.append(Unexplained(on, half, 0))
    return sorted(found, key=lambda one: (one.date, one.half))


def _call_form(page: CallPage, posted, initial: dict | None = None) -> FollowUpForm:
    asked = {one.person_id for one in page.tried if one.date == page.on}
    fresh = [one.person_id for one in page.contacts if one.person_id not in asked]
    first = (fresh or [one.person_id for one in page.contacts] or [""])[0]
    return FollowUpForm(
        posted,
        on=page.on,
        contacts=page.contacts,
        sessions=page.sessions,
        auto_id=f"call-{page.enrolment.pk}-%s",
        initial={"channel": FollowUp.Channel.CALL, "person": first} | (initial or {}),
    )


def _asked_again(page: CallPage, posted: QueryDict, sentence: str) -> FollowUpForm:
    """The form with what was typed, on the marks as they stand now."""
    again = posted.copy()
    wanted = {key.rsplit(".", 1)[0] for key in posted.getlist("sessions")}
    keys = [f"{one.date}.{one.half}.{one.seen}" for one in page.sessions]
    again.setlist("sessions", [key for key in keys if key.rsplit(".", 1)[0] in wanted])
    form = _call_form(page, again)
    form.is_valid()
    form.add_error(None, sentence)
    return form


def _keep(request: PageRequest, page: CallPage, form: FollowUpForm) -> Logged:
    said = form.cleaned_data
    logged = log_follow_up(
        school=request.viewer.school,
        enrolment_id=page.enrolment.pk,
        on=page.on,
        channel=said["channel"],
        outcome=said["outcome"],
        person_id=form.asked_person,
        note=said["note"],
        code=said["code"],
        seen=form.seen if said["code"] else (),
        paper=said["paper"],
        by=request.user,
        now=timezone.localtime(),
    )
    log.info("follow_up_logged", user_id=request.user.pk, enrolment_id=page.enrolment.pk)
    return logged


def _show_call(request: PageRequest, page: CallPage, form: FollowUpForm) -> HttpResponse:
    log.info("call_page_read", user_id=request.user.pk, enrolment_id=page.enrolment.pk)
    shown = {"page": page, "form": form, "here": request.path, "back": _back(request, page.on)}
    if not request.htmx:
        return render(request, "registers/office/morning/call.html", shown)
    answer = render(request, "registers/office/morning/_call_form.html", shown)
    return retarget(reswap(answer, "innerHTML"), f"#call-form-{page.enrolment.pk}")


def _back(request: PageRequest, on: date) -> str:
    """Where the person came from, if it is a page of ours; else the morning of the day."""
    if wanted := back_to(request):
        return wanted
    where = reverse("registers:morning", kwargs={"urn": request.viewer.school.urn})
    return where if on == timezone.localdate() else f"{where}?date={on}"


def _is_paper_missing(page: CallPage, symbol: str) -> bool:
    if not paper_needed(symbol):
        return False
    theirs = Paper.objects.filter(enrolment=page.enrolment, code=symbol)
    return theirs.of_day(page.on).missing().exists()


def _after_call(
    request: PageRequest, page: CallPage, form: FollowUpForm, advice: Sequence[str]
) -> HttpResponse:
    """Back to the list; in place, the child's row as it is now."""
    pupil, symbol = page.enrolment.pupil, form.cleaned_data["code"]
    name = f"{pupil.forename} {pupil.surname}"
    if symbol:
        code = CODES[symbol]
        sessions = "1 session" if len(form.seen) == 1 else f"{len(form.seen)} sessions"
        said = f"{name}: {code.symbol}, {code.meaning}, for {sessions}."
        if _is_paper_missing(page, symbol):
            said += paper_to_complete(symbol)
        said = " ".join([said, *advice])
    else:
        said = f"{name}: written down."
    if not request.htmx:
        messages.success(request, said)
        return redirect(_back(request, page.on))
    found = morning_of(request.viewer.school, page.on, timezone.localtime())
    row = next((one for one in found.calls if one.child.enrolment_id == page.enrolment.pk), None)
    shown = {
        "call": row,
        "said": said,
        "morning": found,
        "page": page,
        "here": _back(request, page.on),
    }
    return render(request, "registers/office/morning/_call.html", shown)
