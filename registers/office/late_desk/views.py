"""The late desk: pupils who come in after the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from registers.marks.actions.amend import StaleMarksError
from registers.marks.actions.writing import MarkKey
from registers.marks.day_sheet import DayMark, DaySheet, PupilOnSheet, day_sheet
from registers.marks.plans_in_force import planned_marks
from registers.models import Enrolment, Session, SignOut
from registers.models.office.planned_absence import PlannedAbsence
from registers.office.late_desk.actions import sign_in_late, take_back_late
from registers.office.late_desk.arrivals import Arrival, arrival, late_code
from registers.office.morning.queries import LateArrival, late_arrivals, signed_out
from registers.policies import Refused
from registers.roll.search import found_among
from registers.rules.clock import RegisterWindow
from registers.rules.codes import CODES, Half
from registers.rules.pupils.names import with_both
from registers.rules.pupils.namesakes import told_apart
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of, words_of

MOST_FOUND = 8
LONGEST_REASON = 400  # with the words of the desk before it, the register keeps it
MOST_READ = 60  # of whom those who are not in yet stand first
NO_REASON_YET = "N"
CHANGED_MEANWHILE = (
    "{name}: somebody else changed the mark meanwhile, to {code}. Look at it again, then press "
    "once more."
)


def _by_mark(mark: DayMark | None) -> int:
    return {NO_REASON_YET: 0, "": 1}.get(mark.code if mark else "", 2)


@dataclass(frozen=True)
class Found:
    """A pupil of the search, with what the desk can do for them."""

    child: PupilOnSheet
    mark: DayMark | None
    plan: PlannedAbsence | None
    arrival: Arrival
    out: SignOut | None

    @property
    def place_in_list(self) -> int:
        """Those marked N first, then the unmarked, then whoever else can be signed in; who is here
        already comes last. Within each the likeliest name stands first.
        """
        if not (self.arrival.choices or self.out):
            return 3
        if self.out or (self.plan and not self.mark):
            return 2
        return _by_mark(self.mark)


def by_pupil(sheet: DaySheet) -> list[tuple[int, PupilOnSheet]]:
    return [(child.pupil_id, child) for child in sheet.children.values()]


def apart_of(children: Iterable[PupilOnSheet]) -> dict[int, str]:
    """By pupil, for pages of the office, which may see dates of birth."""
    return told_apart(((one.pupil_id, one.namesake) for one in children), with_birth=True)


@dataclass(frozen=True)
class Desk:
    """The day as the desk has it; `half` is the session that is on, or was last."""

    sheet: DaySheet
    held: list[int]
    half: int | None
    window: RegisterWindow | None

    @property
    def opens_first(self) -> datetime:
        return self.sheet.windows[self.held[0]].opens_at


def _desk(request: PageRequest, now: datetime) -> Desk:
    """The session that is on: the last one of today whose register has opened."""
    school, on = request.viewer.school, now.date()
    held = Session.objects.filter(school=school, date=on, is_open=True)
    halves = sorted(held.values_list("half", flat=True))
    sheet = day_sheet(school, on, halves or list(Half), registers=False)
    begun = [half for half in halves if sheet.windows[half].has_opened(now)]
    half = begun[-1] if begun else None
    return Desk(sheet, halves, half, sheet.windows[half] if half is not None else None)


@require_safe
@allowed("amend_mark")
def late_desk(request: PageRequest) -> HttpResponse:
    """Find who has just come in; the list of those who came in late today."""
    now = timezone.localtime()
    desk = _desk(request, now)
    letters = request.GET.get("q", "")
    found, number = _find(request, desk, letters, now)
    shown = {
        "desk": desk,
        "now": now,
        "code": CODES[late_code(desk.window, now)] if desk.window else None,
        "minutes": desk.window.minutes_since_opening(now) if desk.window else 0,
        "q": letters,
        "found": found,
        "number": number,
        "apart": apart_of(one.child for one in found),
        "today": now.date(),
    }
    if request.htmx:
        return render(request, "registers/office/late_desk/_pupils.html", shown)
    begun = [half for half in desk.held if desk.sheet.windows[half].has_opened(now)]
    arrivals = late_arrivals(desk.sheet, begun)
    return render(
        request,
        "registers/office/late_desk/late_desk.html",
        shown | {"arrivals": arrivals, "afternoons": _by_half(arrivals)},
    )


def _by_half(arrivals: list[LateArrival]) -> list[tuple[str, list[LateArrival]]]:
    found = [
        ("This afternoon", [late for late in arrivals if late.half == Half.PM]),
        ("This morning", [late for late in arrivals if late.half == Half.AM]),
    ]
    return [(words, rows) for words, rows in found if rows]


def _find(request: PageRequest, desk: Desk, letters: str, now) -> tuple[list[Found], int]:
    if not letters.strip():
        return [], 0
    called = found_among(request.viewer.school, by_pupil(desk.sheet), letters)
    called.sort(key=lambda child: _looked_for(desk, child))
    children, number = called[:MOST_READ], len(called)
    ids = [child.enrolment_id for child in children]
    plans = planned_marks(ids, now.date(), desk.half) if desk.half is not None and ids else {}
    out = {one.enrolment_id: one for one in signed_out(request.viewer.school, now.date())}
    found = [_found(desk, child, plans.get(child.enrolment_id), out, now) for child in children]
    found.sort(key=lambda one: one.place_in_list)
    return found[:MOST_FOUND], number


def _looked_for(desk: Desk, child: PupilOnSheet) -> int:
    """Who is most likely to stand at the desk, by the mark alone: N, then none, then the rest."""
    mark = desk.sheet.mark(child.enrolment_id, desk.half) if desk.half is not None else None
    return _by_mark(mark)


def _found(
    desk: Desk, child: PupilOnSheet, plan: PlannedAbsence | None, out: dict[int, SignOut], now
) -> Found:
    mark = desk.sheet.mark(child.enrolment_id, desk.half) if desk.half is not None else None
    offered = Arrival((), "No session is on")
    if desk.window is not None:
        offered = arrival(
            window=desk.window,
            now=now,
            standing=mark.code if mark else None,
            minutes=mark.minutes_late if mark else None,
            planned=plan.code_id if plan else None,
        )
    return Found(child, mark, plan, offered, out.get(child.enrolment_id))


def child_of(request: PageRequest) -> Enrolment:
    """The pupil that was sent. Raises Http404 for one of another school."""
    number = number_of(request.POST.get("enrolment"))
    if number is None:
        raise Http404("There is no such pupil at this school.")
    return get_object_or_404(
        Enrolment.objects.select_related("pupil"), pk=number, school=request.viewer.school
    )


def _whole(text: str) -> int:
    """A half or a version; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _to_desk(request: PageRequest) -> HttpResponse:
    return redirect("registers:late_desk", urn=request.viewer.school.urn)


def name_of(enrolment: Enrolment) -> str:
    pupil = enrolment.pupil
    return with_both(pupil.forename, pupil.preferred_name, pupil.surname)


@allowed("amend_mark")
@require_POST
def late_desk_in(request: PageRequest) -> HttpResponse:
    """The pupil is here: the clock says L or U."""
    now = timezone.localtime()
    enrolment = child_of(request)
    half = _whole(request.POST.get("half", ""))
    key = MarkKey(enrolment.pk, now.date(), Half.PM if half else Half.AM)
    try:
        choice = sign_in_late(
            school=request.viewer.school,
            key=key,
            seen=_whole(request.POST.get("seen", "")),
            keep=request.POST.get("keep") == "1",
            reason=words_of(request.POST.get("reason"), LONGEST_REASON),
            by=request.user,
            now=now,
        )
    except StaleMarksError as stale:
        messages.warning(request, _stale_words(enrolment, stale, key))
        where = reverse("registers:late_desk", kwargs={"urn": request.viewer.school.urn})
        return redirect(f"{where}?{urlencode({'q': enrolment.pupil.surname})}")
    except Refused as refusal:
        messages.warning(request, f"{name_of(enrolment)}: {refusal}")
    else:
        minutes = "1 minute" if choice.minutes == 1 else f"{choice.minutes} minutes"
        stays = " stays" if choice.keeps else ""
        messages.success(
            request,
            format_html(
                '{}: {}{}, in {} after the register opened. <a href="{}">Print a slip</a>',
                *(name_of(enrolment), choice.code, stays, minutes),
                reverse("registers:late_slip", args=[request.viewer.school.urn, *key]),
            ),
        )
    return _to_desk(request)


def _stale_words(enrolment: Enrolment, stale: StaleMarksError, key: MarkKey) -> str:
    mark = stale.marks.get(key)
    return CHANGED_MEANWHILE.format(name=name_of(enrolment), code=mark.code if mark else "no mark")


@allowed("amend_mark")
@require_POST
def late_desk_undo(request: PageRequest) -> HttpResponse:
    """What the desk wrote goes back to what stood before, as an amendment."""
    now = timezone.localtime()
    enrolment = child_of(request)
    half = Half.PM if _whole(request.POST.get("half", "")) else Half.AM
    key = MarkKey(enrolment.pk, now.date(), half)
    seen = _whole(request.POST.get("seen", ""))
    try:
        take_back_late(school=request.viewer.school, key=key, seen=seen, by=request.user, now=now)
    except StaleMarksError as stale:
        messages.warning(request, _stale_words(enrolment, stale, key))
    except Refused as refusal:
        messages.warning(request, f"{name_of(enrolment)}: {refusal}")
        where = reverse(
            "registers:mark",
            kwargs={
                "urn": request.viewer.school.urn,
                "enrolment_id": enrolment.pk,
                "date": key.date,
                "half": half,
            },
        )
        desk = reverse("registers:late_desk", kwargs={"urn": request.viewer.school.urn})
        return redirect(f"{where}?next={desk}")
    else:
        messages.success(request, f"{name_of(enrolment)}: as it was before.")
    return _to_desk(request)
