"""The roll call: everybody at the same moment, on any device, also where the wifi has gone."""

import hashlib
import uuid

import structlog
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registers.models import RollCall
from registers.office.on_site.queries import on_site_now
from registers.office.roll_call import actions
from registers.office.roll_call.forms import (
    EndRollCallForm,
    StartRollCallForm,
    read_plain_ticks,
    read_ticks,
)
from registers.office.roll_call.queries import live_ticks, past_calls, read_roll_call
from registers.office.roll_call.wording import ended
from registers.register.forms import UnreadableRegister
from registers.web.access import PageRequest, allowed
from registers.web.forms import refusals_in

log = structlog.get_logger(__name__)
PAST_SHOWN = 5
UNREADABLE = "What was sent is no roll call of this page."
SOMEBODY_ELSE = "These ticks were made by somebody else. They wait until that person signs in."


@require_http_methods(["GET", "POST"])
@allowed("see_evacuation")
def roll_call(request: PageRequest) -> HttpResponse:
    """Leads to the roll call that is on; where none is, starts one, and shows those before."""
    school = request.viewer.school
    form = StartRollCallForm(request.POST or None)
    if form.is_valid():
        started = actions.start_roll_call(
            school=school,
            is_practice=form.cleaned_data["is_practice"],
            by=request.user,
            now=timezone.localtime(),
        )
        log.info("roll_call_started", user_id=request.user.pk)
        return redirect("registers:roll_call_on", urn=school.urn, call_id=started.pk)
    running = RollCall.objects.filter(school=school, ended_at=None).first()
    if running is not None:
        return redirect("registers:roll_call_on", urn=school.urn, call_id=running.pk)
    before = RollCall.objects.filter(school=school).select_related("started_by")[:PAST_SHOWN]
    shown = {
        "form": form,
        "before": past_calls(before),
        "counts": on_site_now(school, timezone.localtime()).counts,
        "may_office": request.viewer.may("see_morning"),
    }
    return render(request, "registers/office/roll_call/start.html", shown)


def call_of(request: PageRequest, call_id: int) -> RollCall:
    calls = RollCall.objects.select_related("started_by", "ended_by")
    return get_object_or_404(calls, school=request.viewer.school, pk=call_id)


@require_http_methods(["GET", "POST"])
@allowed("see_evacuation")
def roll_call_on(request: PageRequest, call_id: int) -> HttpResponse:
    """Everybody by group, to tick; `?show=missing` has those alone who are still to be found."""
    call = call_of(request, call_id)
    address = reverse(
        "registers:roll_call_on", kwargs={"urn": request.viewer.school.urn, "call_id": call.pk}
    )
    only_missing = request.GET.get("show") == "missing"
    if request.method == "POST":
        _take_plain(request, call)
        return redirect(f"{address}?show=missing" if only_missing else address)
    return render(
        request, "registers/office/roll_call/roll_call.html", _shown(request, call, only_missing)
    )


def _shown(request: PageRequest, call: RollCall, only_missing: bool) -> dict:
    names = {"urn": request.viewer.school.urn, "call_id": call.pk}
    may_end = request.viewer.may("see_morning") or call.started_by_id == request.user.pk
    end = reverse("registers:roll_call_end", kwargs=names)
    return {
        "page": read_roll_call(call),
        "call": call,
        "ended": ended(call),
        "only_missing": only_missing,
        "end": EndRollCallForm(action=end) if may_end and call.ended_at is None else None,
        "may_office": request.viewer.may("see_morning"),
    }


def _take_plain(request: PageRequest, call: RollCall) -> None:
    try:
        changes = read_plain_ticks(request.POST)
    except UnreadableRegister:
        messages.error(request, UNREADABLE)
        return
    if changes:
        actions.tick(
            call=call, changes=changes, key=uuid.uuid4(), by=request.user, now=timezone.now()
        )


@require_http_methods(["GET", "POST"])
@allowed("see_evacuation")
def roll_call_ticks(request: PageRequest, call_id: int) -> HttpResponse:
    """GET: who is found. POST: ticks of one person, once for each key."""
    call = call_of(request, call_id)
    if request.method == "POST":
        return _receive(request, call)
    get_token(request)  # a page that was kept on the device may need a new one
    answer = {"person": request.user.pk, **live_ticks(call)}
    tag = f'"{hashlib.sha256(repr(answer).encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    return JsonResponse(answer, headers={"ETag": tag})


def _receive(request: PageRequest, call: RollCall) -> HttpResponse:
    try:
        sent = read_ticks(request.body)
    except UnreadableRegister:
        return JsonResponse({"why": UNREADABLE}, status=400)
    if sent.person_id != request.user.pk:
        return JsonResponse({"why": SOMEBODY_ELSE}, status=409)
    done = actions.tick(
        call=call,
        changes=sent.changes,
        key=sent.key,
        by=request.user,
        now=timezone.now(),
        times=sent.times,
    )
    refused = [{"enrolment": pk, "why": why} for pk, why in done.refused.items()]
    saved = [{"enrolment": pk, "version": 1} for pk in done.saved]
    return JsonResponse({"saved": saved, "conflicts": [], "refused": refused, "held": []})


@allowed("see_evacuation")
@require_POST
def roll_call_end(request: PageRequest, call_id: int) -> HttpResponse:
    """End it; while somebody is missing only with what was done about it."""
    call = call_of(request, call_id)
    form = EndRollCallForm(request.POST, action=request.path)
    if form.is_valid():
        with refusals_in(form, "note"):
            actions.end_roll_call(
                call=call, note=form.cleaned_data["note"], by=request.user, now=timezone.now()
            )
            messages.success(request, "The roll call has ended. Its list stays.")
            return redirect(
                "registers:roll_call_on", urn=request.viewer.school.urn, call_id=call.pk
            )
    shown = _shown(request, call, only_missing=True) | {"end": form}
    return render(request, "registers/office/roll_call/roll_call.html", shown)
