"""The late desk: pupils who come in after the register."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from registers.marks.actions.amend import StaleMarksError
from registers.marks.changes import MarkKey
from registers.models import Enrolment
from registers.office.found_pupils import apart_of, name_of, sent_enrolment
from registers.office.late_desk import queries, wording
from registers.office.late_desk.actions import sign_in_late, take_back_late
from registers.policies import Refused
from registers.rules.codes import Half
from registers.web.access import PageRequest, allowed
from registers.web.addresses import mark_url
from registers.web.parameters import words_of

LONGEST_REASON = 400  # with the words of the desk before it, the register keeps it


@require_safe
@allowed("amend_mark")
def late_desk(request: PageRequest) -> HttpResponse:
    """Find who has just come in; the list of those who came in late today."""
    school, now = request.viewer.school, timezone.localtime()
    desk = queries.read_desk(school, now)
    letters = request.GET.get("q", "")
    pupils, number = queries.find_for_desk(school, desk, letters)
    context = {
        "desk": desk,
        "q": letters,
        "pupils": pupils,
        "number": number,
        "apart": apart_of(pupil.child for pupil in pupils),
        "today": now.date(),
    }
    if request.htmx:
        return render(request, "registers/office/late_desk/_pupils.html", context)
    arrivals = queries.late_today(desk)
    context |= {
        "lede": wording.desk_lede(desk),
        "why_closed": wording.why_closed(desk),
        "arrivals": arrivals,
        "by_half": queries.arrivals_by_half(arrivals),
    }
    return render(request, "registers/office/late_desk/late_desk.html", context)


def _sent_key(request: PageRequest, enrolment: Enrolment, now: datetime) -> MarkKey:
    half = Half.PM if _small_number(request.POST.get("half", "")) else Half.AM
    return MarkKey(enrolment.pk, now.date(), half)


def _small_number(text: str) -> int:
    """A half or a version; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


@allowed("amend_mark")
@require_POST
def late_desk_in(request: PageRequest) -> HttpResponse:
    """The pupil is here: the clock says L or U."""
    now, enrolment = timezone.localtime(), sent_enrolment(request)
    key = _sent_key(request, enrolment, now)
    urn = request.viewer.school.urn
    try:
        choice = sign_in_late(
            school=request.viewer.school,
            key=key,
            seen=_small_number(request.POST.get("seen", "")),
            keep=request.POST.get("keep") == "1",
            reason=words_of(request.POST.get("reason"), LONGEST_REASON),
            by=request.user,
            now=now,
        )
    except StaleMarksError as stale:
        messages.warning(request, wording.changed_meanwhile(enrolment, stale, key))
        address = reverse("registers:late_desk", kwargs={"urn": urn})
        return redirect(f"{address}?{urlencode({'q': enrolment.pupil.surname})}")
    except Refused as refusal:
        messages.warning(request, f"{name_of(enrolment)}: {refusal}")
    else:
        messages.success(request, wording.signed_in(enrolment, choice, urn, key))
    return redirect("registers:late_desk", urn=urn)


@allowed("amend_mark")
@require_POST
def late_desk_undo(request: PageRequest) -> HttpResponse:
    """What the desk wrote goes back to what stood before, as an amendment."""
    school, now, enrolment = request.viewer.school, timezone.localtime(), sent_enrolment(request)
    key = _sent_key(request, enrolment, now)
    seen = _small_number(request.POST.get("seen", ""))
    desk = reverse("registers:late_desk", kwargs={"urn": school.urn})
    try:
        take_back_late(school=school, key=key, seen=seen, by=request.user, now=now)
    except StaleMarksError as stale:
        messages.warning(request, wording.changed_meanwhile(enrolment, stale, key))
    except Refused as refusal:
        messages.warning(request, f"{name_of(enrolment)}: {refusal}")
        return redirect(f"{mark_url(school.urn, *key)}?next={desk}")
    else:
        messages.success(request, f"{name_of(enrolment)}: as it was before.")
    return redirect(desk)
