"""Signing out: pupils who leave during the day, and who come back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.marks.day_sheet import day_sheet
from registers.models import Enrolment, SignOut
from registers.office.forms import MendSignOutForm, SignOutForm, at_on, day_asked
from registers.office.late_desk.arrivals import Arrival
from registers.office.late_desk.views import (
    MOST_FOUND,
    Found,
    apart_of,
    by_pupil,
    child_of,
    name_of,
)
from registers.office.morning.queries import signed_out
from registers.office.signing_out.actions import mend_sign_out, sign_back_in, sign_out
from registers.policies import Refused
from registers.roll.search import found_among
from registers.rules.codes import Half
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def sign_outs(request: PageRequest) -> HttpResponse:
    """Who is out and who was; find a pupil and sign them out."""
    now = timezone.localtime()
    form = chosen = None
    if request.method == "POST":
        chosen = child_of(request)
        form = SignOutForm(request.POST)
        if form.is_valid() and _signed_out(request, chosen, form, now):
            return redirect("registers:sign_outs", urn=request.viewer.school.urn)
    elif (number := number_of(request.GET.get("pupil"))) is not None:
        chosen = get_object_or_404(
            Enrolment.objects.select_related("pupil"), pk=number, school=request.viewer.school
        )
        form = SignOutForm(initial={"left_at": now.time(), "enrolment": chosen.pk})
    letters = request.GET.get("q", "")
    found, number_found = _to_sign_out(request, letters, now) if letters.strip() else ([], 0)
    shown = {
        "q": letters,
        "found": found,
        "number": number_found,
        "apart": apart_of(one.child for one in found),
        "now": now,
        "form": form,
        "chosen": chosen,
    }
    if request.htmx and request.method == "GET":
        return render(request, "registers/office/signing_out/_pupils.html", shown)
    on = day_asked(request.GET)
    outings = signed_out(request.viewer.school, on, all_of_day=True)
    shown |= {
        "on": on,
        "is_today": on == now.date(),
        "still_out": sorted(
            (one for one in outings if one.returned_at is None), key=lambda one: one.left_at
        ),
        "outings": outings,
    }
    return render(request, "registers/office/signing_out/sign_outs.html", shown)


def _to_sign_out(request: PageRequest, letters: str, now) -> tuple[list[Found], int]:
    sheet = day_sheet(request.viewer.school, now.date(), list(Half), registers=False)
    called = found_among(request.viewer.school, by_pupil(sheet), letters)
    children, number = called[:MOST_FOUND], len(called)
    out = {one.enrolment_id: one for one in signed_out(request.viewer.school, now.date())}
    half = Half.PM if sheet.windows[Half.PM].has_opened(now) else Half.AM
    nothing = Arrival(())
    return [
        Found(
            child, sheet.mark(child.enrolment_id, half), None, nothing, out.get(child.enrolment_id)
        )
        for child in children
    ], number


def _signed_out(request: PageRequest, chosen: Enrolment, form: SignOutForm, now) -> bool:
    """Whether it is written down; if not, the form says why not."""
    said = form.cleaned_data
    try:
        sign_out(
            school=request.viewer.school,
            enrolment_id=chosen.pk,
            left_at=at_on(now.date(), said["left_at"]),
            reason=said["reason"],
            collected_by_whom=said["collected_by_whom"],
            by=request.user,
            now=now,
        )
    except Refused as refusal:
        form.add_error("left_at", str(refusal))
        return False
    messages.success(request, f"{name_of(chosen)}: signed out at {said['left_at']:%H:%M}.")
    return True


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def sign_out_page(request: PageRequest, sign_out_id: int) -> HttpResponse:
    """One signing out: the return by one press, or its times and words put right."""
    outing = get_object_or_404(
        SignOut.objects.select_related("enrolment__pupil", "left_by", "returned_by"),
        pk=sign_out_id,
        enrolment__school=request.viewer.school,
    )
    now = timezone.localtime()
    if request.method == "POST" and "back" in request.POST:
        return _back_in(request, outing, now)
    form = MendSignOutForm(request.POST or None, initial=_as_written(outing))
    if request.method == "POST" and form.is_valid() and _mended(request, outing, form, now):
        messages.success(request, f"{name_of(outing.enrolment)}: put right.")
        return redirect("registers:sign_outs", urn=request.viewer.school.urn)
    return render(
        request, "registers/office/signing_out/sign_out.html", {"outing": outing, "form": form}
    )


def _as_written(outing: SignOut) -> dict:
    back = outing.returned_at
    return {
        "left_at": timezone.localtime(outing.left_at).time(),
        "returned_at": timezone.localtime(back).time() if back else None,
        "reason": outing.reason,
        "collected_by_whom": outing.collected_by_whom,
    }


def _back_in(request: PageRequest, outing: SignOut, now) -> HttpResponse:
    try:
        sign_back_in(
            sign_out=outing,
            returned_at=now.replace(second=0, microsecond=0),
            by=request.user,
            now=now,
        )
    except Refused as refusal:
        messages.warning(request, f"{name_of(outing.enrolment)}: {refusal}")
    else:
        messages.success(request, f"{name_of(outing.enrolment)}: back at {now:%H:%M}.")
    return redirect("registers:sign_outs", urn=request.viewer.school.urn)


def _mended(request: PageRequest, outing: SignOut, form: MendSignOutForm, now) -> bool:
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
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
