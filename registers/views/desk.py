"""The late desk and the signing out: pupils who come in and who leave during the day."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.actions.amend import StaleMarksError
from registers.actions.desk import sign_in_late, take_back_late
from registers.actions.sign_outs import mend_sign_out, sign_back_in, sign_out
from registers.actions.writing import MarkKey
from registers.arrivals import Arrival, arrival, late_code
from registers.asked import number_of, words_of
from registers.clock import Window
from registers.codes import CODES, Half
from registers.day_sheet import Child, DayMark, DaySheet, day_sheet
from registers.forms.office import MendSignOutForm, SignOutForm, at_on, day_asked
from registers.models import Enrolment, Session, SignOut
from registers.models.plan import PlannedAbsence
from registers.morning import LateArrival, late_arrivals, signed_out
from registers.names import find_by_letters, with_both
from registers.planned import planned_marks
from registers.policies import NotAllowed
from registers.views.access import allowed

MOST_FOUND = 8
LONGEST_REASON = 400  # with the words of the desk before it, the register keeps it
MOST_READ = 60  # of whom those who are not in yet stand first
CHANGED_MEANWHILE = (
    "{name}: somebody else changed the mark meanwhile, to {code}. Look at it again, then press "
    "once more."
)


@dataclass(frozen=True)
class Found:
    """A pupil of the search, with what the desk can do for them."""

    child: Child
    mark: DayMark | None
    plan: PlannedAbsence | None
    arrival: Arrival
    out: SignOut | None


@dataclass(frozen=True)
class Desk:
    """The day as the desk has it; `half` is the session that is on, or was last."""

    sheet: DaySheet
    held: list[int]
    half: int | None
    window: Window | None

    @property
    def opens_first(self) -> datetime:
        return self.sheet.windows[self.held[0]].opens_at


def _desk(request: HttpRequest, now: datetime) -> Desk:
    """The session that is on: the last one of today whose register has opened."""
    school, on = request.place.school, now.date()
    held = Session.objects.filter(school=school, date=on, is_open=True)
    halves = sorted(held.values_list("half", flat=True))
    sheet = day_sheet(school, on, halves or list(Half), registers=False)
    begun = [half for half in halves if sheet.windows[half].has_opened(now)]
    half = begun[-1] if begun else None
    return Desk(sheet, halves, half, sheet.windows[half] if half is not None else None)


@require_safe
@allowed("amend_mark")
def late_desk(request: HttpRequest) -> HttpResponse:
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
        "today": now.date(),
    }
    if request.htmx:
        return render(request, "registers/office/_found.html", shown)
    begun = [half for half in desk.held if desk.sheet.windows[half].has_opened(now)]
    arrivals = late_arrivals(desk.sheet, begun)
    return render(
        request,
        "registers/office/late_desk.html",
        shown | {"arrivals": arrivals, "afternoons": _by_half(arrivals)},
    )


def _by_half(arrivals: list[LateArrival]) -> list[tuple[str, list[LateArrival]]]:
    found = [
        ("This afternoon", [late for late in arrivals if late.half == Half.PM]),
        ("This morning", [late for late in arrivals if late.half == Half.AM]),
    ]
    return [(words, rows) for words, rows in found if rows]


def _find(request: HttpRequest, desk: Desk, letters: str, now) -> tuple[list[Found], int]:
    if not letters.strip():
        return [], 0
    children, number = find_by_letters(desk.sheet.children.values(), letters, MOST_READ)
    ids = [child.enrolment_id for child in children]
    plans = planned_marks(ids, now.date(), desk.half) if desk.half is not None and ids else {}
    out = {one.enrolment_id: one for one in signed_out(request.place.school, now.date())}
    found = [_found(desk, child, plans.get(child.enrolment_id), out, now) for child in children]
    found.sort(key=lambda one: not (one.arrival.choices or one.out))  # who is in already comes last
    return found[:MOST_FOUND], number


def _found(
    desk: Desk, child: Child, plan: PlannedAbsence | None, out: dict[int, SignOut], now
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


def _child_of(request: HttpRequest) -> Enrolment:
    """The pupil that was sent. Raises Http404 for one of another school."""
    number = number_of(request.POST.get("enrolment"))
    if number is None:
        raise Http404("There is no such pupil at this school.")
    return get_object_or_404(
        Enrolment.objects.select_related("pupil"), pk=number, school=request.place.school
    )


def _whole(text: str) -> int:
    """A half or a version; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _to_desk(request: HttpRequest) -> HttpResponse:
    return redirect("registers:late_desk", urn=request.place.school.urn)


def _name(enrolment: Enrolment) -> str:
    pupil = enrolment.pupil
    return with_both(pupil.forename, pupil.preferred_name, pupil.surname)


@allowed("amend_mark")
@require_POST
def late_desk_in(request: HttpRequest) -> HttpResponse:
    """The pupil is here: the clock says L or U."""
    now = timezone.localtime()
    enrolment = _child_of(request)
    half = _whole(request.POST.get("half", ""))
    key = MarkKey(enrolment.pk, now.date(), Half.PM if half else Half.AM)
    try:
        choice = sign_in_late(
            school=request.place.school,
            key=key,
            seen=_whole(request.POST.get("seen", "")),
            keep=request.POST.get("keep") == "1",
            reason=words_of(request.POST.get("reason"), LONGEST_REASON),
            by=request.user,
            now=now,
        )
    except StaleMarksError as stale:
        messages.warning(request, _stale_words(enrolment, stale, key))
        where = reverse("registers:late_desk", kwargs={"urn": request.place.school.urn})
        return redirect(f"{where}?{urlencode({'q': enrolment.pupil.surname})}")
    except NotAllowed as refusal:
        messages.warning(request, f"{_name(enrolment)}: {refusal}")
    else:
        minutes = "1 minute" if choice.minutes == 1 else f"{choice.minutes} minutes"
        stays = " stays" if choice.keeps else ""
        messages.success(
            request,
            format_html(
                '{}: {}{}, in {} after the register opened. <a href="{}">Print a slip</a>',
                *(_name(enrolment), choice.code, stays, minutes),
                reverse("registers:late_slip", args=[request.place.school.urn, *key]),
            ),
        )
    return _to_desk(request)


def _stale_words(enrolment: Enrolment, stale: StaleMarksError, key: MarkKey) -> str:
    mark = stale.marks.get(key)
    return CHANGED_MEANWHILE.format(name=_name(enrolment), code=mark.code if mark else "no mark")


@allowed("amend_mark")
@require_POST
def late_desk_undo(request: HttpRequest) -> HttpResponse:
    """What the desk wrote goes back to what stood before, as an amendment."""
    now = timezone.localtime()
    enrolment = _child_of(request)
    half = Half.PM if _whole(request.POST.get("half", "")) else Half.AM
    key = MarkKey(enrolment.pk, now.date(), half)
    seen = _whole(request.POST.get("seen", ""))
    try:
        take_back_late(school=request.place.school, key=key, seen=seen, by=request.user, now=now)
    except StaleMarksError as stale:
        messages.warning(request, _stale_words(enrolment, stale, key))
    except NotAllowed as refusal:
        messages.warning(request, f"{_name(enrolment)}: {refusal}")
        where = reverse(
            "registers:mark",
            kwargs={
                "urn": request.place.school.urn,
                "enrolment_id": enrolment.pk,
                "date": key.date,
                "half": half,
            },
        )
        desk = reverse("registers:late_desk", kwargs={"urn": request.place.school.urn})
        return redirect(f"{where}?next={desk}")
    else:
        messages.success(request, f"{_name(enrolment)}: as it was before.")
    return _to_desk(request)


# --- signing out


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def sign_outs(request: HttpRequest) -> HttpResponse:
    """Who is out and who was; find a pupil and sign them out."""
    now = timezone.localtime()
    form = chosen = None
    if request.method == "POST":
        chosen = _child_of(request)
        form = SignOutForm(request.POST)
        if form.is_valid() and _signed_out(request, chosen, form, now):
            return redirect("registers:sign_outs", urn=request.place.school.urn)
    elif (number := number_of(request.GET.get("pupil"))) is not None:
        chosen = get_object_or_404(
            Enrolment.objects.select_related("pupil"), pk=number, school=request.place.school
        )
        form = SignOutForm(initial={"left_at": now.time(), "enrolment": chosen.pk})
    letters = request.GET.get("q", "")
    found, number_found = _to_sign_out(request, letters, now) if letters.strip() else ([], 0)
    shown = {
        "q": letters,
        "found": found,
        "number": number_found,
        "now": now,
        "form": form,
        "chosen": chosen,
    }
    if request.htmx and request.method == "GET":
        return render(request, "registers/office/_found_to_leave.html", shown)
    on = day_asked(request.GET)
    outings = signed_out(request.place.school, on, all_of_day=True)
    shown |= {
        "on": on,
        "is_today": on == now.date(),
        "still_out": sorted(
            (one for one in outings if one.returned_at is None), key=lambda one: one.left_at
        ),
        "outings": outings,
    }
    return render(request, "registers/office/sign_outs.html", shown)


def _to_sign_out(request: HttpRequest, letters: str, now) -> tuple[list[Found], int]:
    sheet = day_sheet(request.place.school, now.date(), list(Half), registers=False)
    children, number = find_by_letters(sheet.children.values(), letters, MOST_FOUND)
    out = {one.enrolment_id: one for one in signed_out(request.place.school, now.date())}
    half = Half.PM if sheet.windows[Half.PM].has_opened(now) else Half.AM
    nothing = Arrival(())
    return [
        Found(
            child, sheet.mark(child.enrolment_id, half), None, nothing, out.get(child.enrolment_id)
        )
        for child in children
    ], number


def _signed_out(request: HttpRequest, chosen: Enrolment, form: SignOutForm, now) -> bool:
    """Whether it is written down; if not, the form says why not."""
    said = form.cleaned_data
    try:
        sign_out(
            school=request.place.school,
            enrolment_id=chosen.pk,
            left_at=at_on(now.date(), said["left_at"]),
            reason=said["reason"],
            collected_by_whom=said["collected_by_whom"],
            by=request.user,
            now=now,
        )
    except NotAllowed as refusal:
        form.add_error("left_at", str(refusal))
        return False
    messages.success(request, f"{_name(chosen)}: signed out at {said['left_at']:%H:%M}.")
    return True


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def sign_out_page(request: HttpRequest, sign_out_id: int) -> HttpResponse:
    """One signing out: the return by one press, or its times and words put right."""
    outing = get_object_or_404(
        SignOut.objects.select_related("enrolment__pupil", "left_by", "returned_by"),
        pk=sign_out_id,
        enrolment__school=request.place.school,
    )
    now = timezone.localtime()
    if request.method == "POST" and "back" in request.POST:
        return _back_in(request, outing, now)
    form = MendSignOutForm(request.POST or None, initial=_as_written(outing))
    if request.method == "POST" and form.is_valid() and _mended(request, outing, form, now):
        messages.success(request, f"{_name(outing.enrolment)}: put right.")
        return redirect("registers:sign_outs", urn=request.place.school.urn)
    return render(request, "registers/office/sign_out.html", {"outing": outing, "form": form})


def _as_written(outing: SignOut) -> dict:
    back = outing.returned_at
    return {
        "left_at": timezone.localtime(outing.left_at).time(),
        "returned_at": timezone.localtime(back).time() if back else None,
        "reason": outing.reason,
        "collected_by_whom": outing.collected_by_whom,
    }


def _back_in(request: HttpRequest, outing: SignOut, now) -> HttpResponse:
    try:
        sign_back_in(
            sign_out=outing,
            returned_at=now.replace(second=0, microsecond=0),
            by=request.user,
            now=now,
        )
    except NotAllowed as refusal:
        messages.warning(request, f"{_name(outing.enrolment)}: {refusal}")
    else:
        messages.success(request, f"{_name(outing.enrolment)}: back at {now:%H:%M}.")
    return redirect("registers:sign_outs", urn=request.place.school.urn)


def _mended(request: HttpRequest, outing: SignOut, form: MendSignOutForm, now) -> bool:
    said, on = form.cleaned_data, outing.date
    try:
        mend_sign_out(
            sign_out=outing,
            left_at=at_on(on, said["left_at"]),
            returned_at=at_on(on, said["returned_at"]) if said["returned_at"] else None,
            reason=said["reason"],
            collected_by_whom=said["collected_by_whom"],
            by=request.user,
            now=now,
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
