"""Signing out: pupils who leave during the day, and who come back."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registers.models import Enrolment, SignOut
from registers.office.days import day_wanted
from registers.office.found_pupils import apart_of, name_of, sent_enrolment
from registers.office.signing_out import queries, wording
from registers.office.signing_out.actions import mend_sign_out, sign_back_in, sign_out
from registers.office.signing_out.forms import MendSignOutForm, SignOutForm, at_on
from registers.office.signing_out.outings import signed_out
from registers.policies import Refused
from registers.web.access import PageRequest, allowed
from registers.web.forms import refusals_in
from registers.web.parameters import number_of


@require_http_methods(["GET", "POST"])
@allowed("see_morning")
def sign_outs(request: PageRequest) -> HttpResponse:
    """Who is out and who was; find a pupil and sign them out."""
    now = timezone.localtime()
    if request.method == "POST":
        return _take_sign_out(request, now)
    chosen = _chosen(request)
    form = None
    if chosen:
        form = SignOutForm(initial={"left_at": now.time(), "enrolment": chosen.pk})
    return _show_sign_outs(request, now, chosen, form)


def _take_sign_out(request: PageRequest, now: datetime) -> HttpResponse:
    chosen, form = sent_enrolment(request), SignOutForm(request.POST)
    if form.is_valid() and _signed_out(request, chosen, form, now):
        return redirect("registers:sign_outs", urn=request.viewer.school.urn)
    return _show_sign_outs(request, now, chosen, form)


def _show_sign_outs(
    request: PageRequest, now: datetime, chosen: Enrolment | None, form: SignOutForm | None
) -> HttpResponse:
    letters = request.GET.get("q", "")
    pupils, number = queries.find_to_sign_out(request.viewer.school, letters, now)
    context = {
        "q": letters,
        "pupils": pupils,
        "number": number,
        "apart": apart_of(pupil.child for pupil in pupils),
        "form": form,
        "chosen": chosen,
    }
    if request.htmx and request.method == "GET":
        return render(request, "registers/office/signing_out/_pupils.html", context)
    context |= _day_of_outings(request, now)
    return render(request, "registers/office/signing_out/sign_outs.html", context)


def _chosen(request: PageRequest) -> Enrolment | None:
    """Who is named in the address."""
    number = number_of(request.GET.get("pupil"))
    if number is None:
        return None
    pupils = Enrolment.objects.select_related("pupil")
    return get_object_or_404(pupils, pk=number, school=request.viewer.school)


def _day_of_outings(request: PageRequest, now: datetime) -> dict[str, Any]:
    on = day_wanted(request.GET)
    outings = signed_out(request.viewer.school, on, all_of_day=True)
    still_out = [outing for outing in outings if outing.returned_at is None]
    still_out.sort(key=attrgetter("left_at"))
    return {
        "on": on,
        "is_today": on == now.date(),
        "still_out": still_out,
        "outings": outings,
        "lede": wording.outings_lede(on, outings, still_out, is_today=on == now.date()),
    }


def _signed_out(request: PageRequest, chosen: Enrolment, form: SignOutForm, now: datetime) -> bool:
    """Whether it is written down; if not, the form says why not."""
    said = form.cleaned_data
    with refusals_in(form, "left_at"):
        sign_out(
            school=request.viewer.school,
            enrolment_id=chosen.pk,
            left_at=at_on(now.date(), said["left_at"]),
            reason=said["reason"],
            collected_by_whom=said["collected_by_whom"],
            by=request.user,
            now=now,
        )
        messages.success(request, f"{name_of(chosen)}: signed out at {said['left_at']:%H:%M}.")
        return True
    return False


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
    if "back" in request.POST:
        return _back_in(request, outing, now)
    form = MendSignOutForm(request.POST or None, initial=_as_written(outing))
    if form.is_valid() and _mended(request, outing, form, now):
        messages.success(request, f"{name_of(outing.enrolment)}: put right.")
        return redirect("registers:sign_outs", urn=request.viewer.school.urn)
    return render(
        request,
        "registers/office/signing_out/sign_out.html",
        {"outing": outing, "form": form, "lede": wording.outing_lede(outing)},
    )


def _as_written(outing: SignOut) -> dict:
    return {
        "left_at": timezone.localtime(outing.left_at),
        "returned_at": outing.returned_at and timezone.localtime(outing.returned_at),
        "reason": outing.reason,
        "collected_by_whom": outing.collected_by_whom,
    }


def _back_in(request: PageRequest, outing: SignOut, now: datetime) -> HttpResponse:
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


def _mended(request: PageRequest, outing: SignOut, form: MendSignOutForm, now: datetime) -> bool:
    said, on = form.cleaned_data, outing.date
    with refusals_in(form):
        mend_sign_out(
            sign_out=outing,
            left_at=at_on(on, said["left_at"]),
            returned_at=at_on(on, said["returned_at"]) if said["returned_at"] else None,
            reason=said["reason"],
            collected_by_whom=said["collected_by_whom"],
            by=request.user,
            now=now,
        )
        return True
    return False
