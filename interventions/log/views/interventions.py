"""The log of actions: write one down, look at one, change it, finish its next step, its files."""

from pathlib import PurePath

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from absence.figures.calendar import calendar_of
from absence.figures.pupil_years import pupil_years
from absence.rules.effects import BEFORE_AN_ACTION, Effect
from interventions.log import actions, next_steps, wording
from interventions.log.forms import (
    ChangeInterventionForm,
    InterventionForm,
    StepDoneForm,
    seen_now,
    step_kind,
)
from interventions.models import Intervention, InterventionDocument
from interventions.rules.evidence_files import SUFFIXES
from interventions.rules.kinds import KINDS
from registers import policies
from registers.models import Enrolment, Person
from registers.web.access import NOT_YOUR_ROLE, PageRequest, allowed
from registers.web.documents.storage import AlteredFileError, read_as_kept
from registers.web.form_helpers import sent_anew
from registers.web.forms import refusals_in

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "POST"])
@allowed("record_intervention")
def intervention_new(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Write down an action; `?kind=` and `?next_step=` fill in what is known already."""
    enrolment = _enrolment(request, pupil_id)
    form = InterventionForm(
        *_sent(request),
        initial=_usual(request),
        action="Write it down",
        **_known(request, enrolment),
    )
    if form.is_valid() and _written_down(request, enrolment, form):
        messages.success(request, "It is in the log.")
        return redirect(_pupil(request, enrolment, "log"))
    return render(
        request,
        "interventions/log/new.html",
        {"form": form, "enrolment": enrolment, "people": _people(enrolment)},
    )


def _sent(request: PageRequest) -> tuple[QueryDict | None, MultiValueDict | None]:
    """What a form was sent with, files too; nothing for a page that is only looked at."""
    return request.POST or None, request.FILES or None


def _written_down(request: PageRequest, enrolment: Enrolment, form: InterventionForm) -> bool:
    """Whether it is in the log now; a refusal stands in the form."""
    with refusals_in(form):
        actions.log_intervention(
            enrolment=enrolment,
            what=form.what_was_done,
            by=request.user,
            documents=form.cleaned_data["documents"],
        )
        return True
    return False


def _usual(request: PageRequest) -> dict:
    kind = request.GET.get("kind", "")
    return {
        "kind": kind if kind in KINDS else "",
        "done_on": timezone.localdate(),
        "next_step": request.GET.get("next_step", "")[:300],
        "with_whom": request.GET.get("with", "")[:200],
    }


def _known(request: PageRequest, enrolment: Enrolment) -> dict:
    return {
        "school": request.viewer.school,
        "person": request.user,
        "today": timezone.localdate(),
        "not_before": enrolment.starts_on,
    }


def _enrolment(request: PageRequest, pupil_id: int) -> Enrolment:
    """The pupil's spell that an action belongs to: the one that runs, else the latest begun."""
    spells = list(
        request.viewer.enrolments()
        .filter(pupil=pupil_id)
        .select_related("pupil", "school")
        .order_by("-starts_on")
    )
    if not spells:
        raise Http404("There is no such pupil here.")
    today = timezone.localdate()
    return next((spell for spell in spells if spell.starts_on <= today), spells[-1])


def _people(enrolment: Enrolment) -> list[str]:
    """Names to choose from: the pupil and the contacts."""
    pupil = enrolment.pupil
    contacts = Person.objects.filter(relationships__pupil=pupil).order_by("relationships__priority")
    return [f"{pupil.forename} {pupil.surname}", *contacts.values_list("name", flat=True)]


def _pupil(request: PageRequest, enrolment: Enrolment, part: str = "") -> str:
    address = reverse(
        "interventions:pupil",
        kwargs={"urn": request.viewer.school.urn, "pupil_id": enrolment.pupil_id},
    )
    return f"{address}#{part}" if part else address


def interventions_of(request: PageRequest) -> QuerySet[Intervention]:
    return Intervention.objects.filter(enrolment__school=request.viewer.school).select_related(
        *("enrolment__pupil", "enrolment__school", "own_kind", "letter", "panel_case__panel"),
        *("made_by", "changed_by", "next_step_owner", "next_step_done_by"),
    )


@require_http_methods(["GET", "POST"])
@allowed("see_interventions")
def intervention(request: PageRequest, intervention_id: int) -> HttpResponse:
    """One action: its words, its effect, its documents, and the form that changes it."""
    chosen = get_object_or_404(interventions_of(request), pk=intervention_id)
    refusal = _why_not(request, chosen)
    if refusal and request.method == "POST":
        raise PermissionDenied(refusal)
    if refusal == actions.NOT_YOURS:
        return render(request, "interventions/log/not_yours.html", {"intervention": chosen})
    if chosen.is_sensitive:
        log.info("sensitive_note_read", user_id=request.user.pk, enrolment_id=chosen.enrolment_id)
    if refusal:
        return render(request, "interventions/log/intervention.html", _about(request, chosen))
    return _change(request, chosen)


def _why_not(request: PageRequest, chosen: Intervention) -> str:
    """Why the person may not change it; empty where they may."""
    if not _reads(request, chosen):
        return actions.NOT_YOURS
    return "" if request.viewer.may("record_intervention") else NOT_YOUR_ROLE


def _change(request: PageRequest, chosen: Intervention) -> HttpResponse:
    """The page with its form, or back to the pupil with what was changed."""
    form = ChangeInterventionForm(
        *_sent(request),
        intervention=chosen,
        action="Save the change",
        **_known(request, chosen.enrolment),
    )
    if form.is_valid() and _changed(request, chosen, form):
        messages.success(request, "The change is saved, with your name and the time.")
        return redirect(_pupil(request, chosen.enrolment, f"action-{chosen.pk}"))
    return render(
        request,
        "interventions/log/intervention.html",
        {**_about(request, chosen), "form": form, "people": _people(chosen.enrolment)},
    )


def _reads(request: PageRequest, note: Intervention) -> bool:
    sees = request.viewer.may("see_sensitive")
    return next_steps.may_read(note, request.user, sees_sensitive=sees)


def _changed(request: PageRequest, chosen: Intervention, form: ChangeInterventionForm) -> bool:
    """Whether the change was taken; a refusal stands in the form, with all that was typed."""
    try:
        actions.change_intervention(
            intervention_id=chosen.pk,
            what=form.what_was_done,
            by=request.user,
            seen=form.seen_at,
            documents=form.cleaned_data["documents"],
            removed=[document.pk for document in form.cleaned_data["remove"]],
        )
    except actions.ChangedMeanwhileError as refusal:
        chosen.refresh_from_db()
        form.add_error(None, str(refusal))
        sent_anew(form, "seen", seen_now(chosen))
        return False
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _about(request: PageRequest, chosen: Intervention) -> dict:
    return {
        "intervention": chosen,
        "pupil": chosen.enrolment.pupil,
        "title": chosen.title,
        "who_wrote": wording.who_wrote(chosen),
        "when": wording.when(chosen),
        "documents": list(chosen.documents.select_related("added_by")),
        "effect": _effect_of(request, chosen),
        "may_record": request.viewer.may("record_intervention"),
        "may_see_letter": request.viewer.may("see_letters") and chosen.letter_id,
        "may_see_panel": request.viewer.may("hold_panel") and chosen.panel_case_id,
    }


def _effect_of(request: PageRequest, chosen: Intervention) -> Effect | None:
    """Attendance before and after one action; None where the school has no calendar yet."""
    school, on = request.viewer.school, chosen.done_on
    calendar, pupil = calendar_of(school), chosen.enrolment.pupil_id
    today = timezone.localdate()
    latest = calendar.latest_by(today)
    if latest is None:
        return None
    as_at = school.last_met_on or today
    since = on - BEFORE_AN_ACTION
    year = calendar.with_sessions(latest, since=since)
    spells = list(Enrolment.objects.filter(pupil=pupil, school=school))
    return pupil_years(spells, year, as_at=as_at, since=since)[pupil].effects([on])[on]


@require_http_methods(["GET", "POST"])
@allowed("record_intervention")
def step_done(request: PageRequest, intervention_id: int) -> HttpResponse:
    """The next step is done: what came of it goes into the log, perhaps with the following one."""
    before = get_object_or_404(interventions_of(request), pk=intervention_id)
    if not _reads(request, before):
        raise PermissionDenied(actions.NOT_YOURS)
    if not before.has_open_step:
        messages.info(request, "There is no open next step here.")
        return redirect(_pupil(request, before.enrolment, "log"))
    usual = {
        "kind": step_kind(before),
        "done_on": timezone.localdate(),
        "with_whom": before.with_whom,
    }
    form = StepDoneForm(
        *_sent(request),
        before=before,
        initial=usual,
        **_known(request, before.enrolment),
    )
    if form.is_valid() and _finished(request, before, form):
        messages.success(request, "The step is done, and what came of it is in the log.")
        return redirect(_after(request, before))
    return render(
        request,
        "interventions/log/step_done.html",
        {"form": form, "before": before, "people": _people(before.enrolment)},
    )


def _finished(request: PageRequest, before: Intervention, form: StepDoneForm) -> bool:
    """Whether the step is done now; a refusal stands in the form."""
    with refusals_in(form):
        actions.finish_next_step(
            intervention_id=before.pk,
            what=form.what_was_done,
            by=request.user,
            documents=form.cleaned_data["documents"],
        )
        return True
    return False


def _after(request: PageRequest, before: Intervention) -> str:
    """Back to where the person came from: the list of next steps, or the pupil."""
    if request.GET.get("from") == "next-steps":
        return reverse("interventions:next_steps", kwargs={"urn": request.viewer.school.urn})
    return _pupil(request, before.enrolment, "log")


@require_safe
@allowed("see_interventions")
def document(request: PageRequest, document_id: int) -> HttpResponse:
    """A document of the log, as it was added: exactly the bytes of its digest, to be kept."""
    chosen = get_object_or_404(
        InterventionDocument.objects.select_related("intervention"),
        pk=document_id,
        intervention__enrolment__school=request.viewer.school,
    )
    note = chosen.intervention
    if not _reads(request, note):
        raise PermissionDenied("This document belongs to a sensitive note.")
    content = _content(chosen)
    log.info("document_read", user_id=request.user.pk, enrolment_id=note.enrolment_id)
    suffix = PurePath(str(chosen.file)).suffix
    return HttpResponse(
        content,
        content_type=SUFFIXES.get(suffix, "application/octet-stream"),
        headers={
            "Content-Disposition": content_disposition_header(True, chosen.name),
            "X-Content-Type-Options": "nosniff",
        },
    )


def _content(chosen: InterventionDocument) -> bytes:
    try:
        return read_as_kept(str(chosen.file), chosen.digest)
    except FileNotFoundError:
        raise Http404("This document is no longer in its place.") from None
    except AlteredFileError:
        note = chosen.intervention
        log.error("document_is_not_what_was_added", enrolment_id=note.enrolment_id)
        words = "The file in this document's place is not the one that was added."
        raise Http404(words) from None
