"""Imports in the browser. An upload has one page, which moves forward by itself: what the files
are, what they would change, that they are in.
"""

from typing import Any
from uuid import UUID

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers import policies
from registers.exchange.pages import actions
from registers.exchange.pages.actions import mappings
from registers.exchange.pages.forms import GoAheadForm, QuestionsForm, UploadForm
from registers.exchange.pages.layout_files import layout_file_lines
from registers.exchange.pages.proposed_tables import tables_shown
from registers.exchange.pages.stages import (
    CHANGE,
    STEPS,
    UploadStage,
    UploadStanding,
    head_of,
    progress_in_words,
    stage_of,
)
from registers.exchange.pages.words import (
    count_lines,
    how_often,
    run_state,
    what_changed,
    wrong_rows,
)
from registers.exchange.upload import ANSWERS, PROPOSAL, UploadRefused, is_there, kept
from registers.models import Enrolment, Import, ImportMapping, Job, Paper, Pupil, School
from registers.setup.staff.actions.account_links import accounts_without_password
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with

log = structlog.get_logger(__name__)
PER_PAGE = 25
MOST_GONE = 50  # are named on the page
RELOAD = 286  # htmx stops asking


@require_safe
@allowed("import_school")
def imports(request: PageRequest) -> HttpResponse:
    """What came in, when and by whom; what is at work; what was broken off; what is kept."""
    school = request.viewer.school
    found = Import.objects.filter(school=school).select_related("by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    at_work = list(actions.running(school))
    last = found.first()
    stopped = _stopped(last, at_work)
    context = {
        "school": school,
        "page": page,
        "at_work": at_work,
        "waiting": _waiting(school, last),
        "last": last,
        "stopped": stopped,
        "can_go_on": bool(stopped and actions.upload_of(stopped)),
        "papers": Paper.objects.of_school(school).missing().count(),
        "mappings": ImportMapping.objects.filter(school=school).select_related("made_by"),
        "how_often": how_often(page.paginator.count),
        "rows": [(run, what_changed(run.counts), run_state(run, stopped=stopped)) for run in page],
    }
    return render(request, "registers/exchange/imports.html", context)


def _stopped(last: Import | None, at_work: list[Job]) -> Import | None:
    """The last import, where it was broken off and nobody is at it now."""
    if last is None or last.state == Import.State.DONE:
        return None
    return None if any(job.kind == actions.BRING_IN for job in at_work) else last


def _waiting(school: School, last: Import | None) -> Job | None:
    """The latest upload that nobody went on with, while its files are kept."""
    looked_at = Job.objects.filter(school=school, kind=actions.CHECK, state=Job.State.DONE)
    job = looked_at.order_by("-started_at").first()
    if job is None or not is_there(job.asked["upload"]):
        return None
    return None if last and last.started_at > job.started_at else job


@require_http_methods(["GET", "POST"])
@allowed("import_school")
def import_new(request: PageRequest) -> HttpResponse:
    """Files are chosen: any, several at once."""
    school = request.viewer.school
    form = UploadForm(
        sent_with(request),
        request.FILES if request.method == "POST" else None,
        mappings=mappings.names_of(school),
    )
    if form.is_valid():
        try:
            job = actions.start_check(
                school=school,
                uploads=form.cleaned_data["uploads"],
                answers=mappings.answers_of(school, form.cleaned_data.get("mapping", "")),
                by=request.user,
            )
        except UploadRefused as refused:
            for problem in refused.problems:
                form.add_error("uploads", problem)
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            log.info("files_uploaded", user_id=request.user.pk, school_id=school.pk)
            return _to_page(school, job)
    first = not Enrolment.objects.filter(school=school).exists()
    context = {
        "school": school,
        "form": form,
        "layout": layout_file_lines(),
        "first": first,
        "steps": STEPS,
    }
    return render(request, "registers/exchange/new.html", context)


def _to_page(school: School, job: Job) -> HttpResponse:
    return redirect("registers:import_page", urn=school.urn, upload_id=job.asked["upload"])


@require_http_methods(["GET", "POST"])
@allowed("import_school")
def import_page(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Where an upload stands. What is sent is the answers to its questions, or the last press."""
    school = request.viewer.school
    job = actions.latest(school, str(upload_id))
    if job is None:
        raise Http404("There is no such upload.")
    stage = stage_of(job, kept=is_there(job.asked["upload"]))
    if request.htmx and not stage.is_at_work:
        return HttpResponse(status=RELOAD, headers={"HX-Refresh": "true"})
    if request.htmx:
        return render(
            request, "registers/exchange/upload/_working.html", {"job": job, "school": school}
        )
    if stage is UploadStage.ASKS or (stage.may_change and "change" in request.GET):
        return _questions(request, job)
    if stage is UploadStage.CHECKED:
        return _check(request, job)
    return render(request, "registers/exchange/upload/page.html", _context(job, stage))


def _questions(request: PageRequest, job: Job) -> HttpResponse:
    """The questions as one form: those that are open; with `change` all of them."""
    questions = kept(job.asked["upload"], PROPOSAL).get("questions", ())
    everything = "change" in request.GET
    asked = [one for one in questions if everything or one["open"]]
    form = QuestionsForm(sent_with(request), questions=asked)
    if form.is_valid():
        try:
            actions.answer_questions(job=job, answers=form.answers, by=request.user)
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _to_page(job.school, job)
    context = _context(job, UploadStage.ASKS, questions=len(asked))
    by_source = {table.source: table for table in context["tables"]}
    asked_of = [(one, by_source.pop(one.source, None)) for one in form.by_source]
    context |= {"form": form, "asked": asked_of, "tables": list(by_source.values())}
    if everything:
        context["head"] = CHANGE
    return render(request, "registers/exchange/upload/page.html", context)


def _check(request: PageRequest, job: Job) -> HttpResponse:
    """What the files would change; sent, they are brought in."""
    answers = kept(job.asked["upload"], ANSWERS)
    form = GoAheadForm(
        sent_with(request), wrong_rows=job.answer.get("wrong_rows", 0), answered=bool(answers)
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.start_import(
                check=job, skip_wrong_rows=bool(given.get("skip")), by=request.user
            )
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if name := given.get("keep_as"):
                mappings.keep_mapping(
                    school=job.school, name=name, answers=answers, by=request.user
                )
            return _to_page(job.school, job)
    context = _context(job, UploadStage.CHECKED) | {"form": form}
    return render(request, "registers/exchange/upload/page.html", context)


def _context(job: Job, stage: UploadStage, *, questions: int = 0) -> dict[str, Any]:
    """What the page says at every stage."""
    answer, shown = job.answer, kept(job.asked["upload"], PROPOSAL)
    lines, gone = count_lines(answer.get("counts", {})), answer.get("gone", [])
    changes = sum(line.changes for line in lines)
    return {
        "school": job.school,
        "job": job,
        "stage": stage,
        "progress": progress_in_words(job),
        "head": head_of(stage, UploadStanding(answer, questions, changes)),
        "steps": STEPS,
        "shown": shown,
        "tables": tables_shown(shown),
        "answer": answer,
        "lines": lines,
        "changes": changes,
        "problems": wrong_rows(answer.get("problems", [])),
        "problems_more": answer.get("problems_more", 0),
        "left_alone": wrong_rows(answer.get("left_alone", [])),
        "gone": _gone(job.school, gone[:MOST_GONE]),
        "gone_count": len(gone),
        "gone_more": len(gone[MOST_GONE:]),
        "left_alone_count": answer.get("left_alone_count", 0),
        **(_after(job) if stage is UploadStage.IN else {}),
    }


def _gone(school: School, pupils: list[int]) -> list[Pupil]:
    """Who was on roll and is no longer in the files: kept by number, shown by name."""
    if not pupils:
        return []
    found = Pupil.objects.filter(school=school, pk__in=pupils)
    return list(found.order_by("surname", "forename"))


def _after(job: Job) -> dict[str, Any]:
    """What an import leaves to be done: papers that some codes need, links for new colleagues."""
    return {
        "papers": Paper.objects.of_school(job.school).missing().count(),
        "without_password": accounts_without_password(job.school).count(),
        "set_up": job.school.set_up_at is None,
    }


@allowed("import_school")
@require_POST
def import_go_on(request: PageRequest, import_id: int) -> HttpResponse:
    """An import that was broken off is finished from the same files."""
    school = request.viewer.school
    stopped = get_object_or_404(Import, pk=import_id, school=school)
    try:
        job = actions.go_on(stopped=stopped, by=request.user)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("registers:imports", urn=school.urn)
    return _to_page(school, job)


@allowed("import_school")
@require_POST
def import_throw_away(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """The files of an upload are deleted before they are in."""
    school = request.viewer.school
    job = actions.latest(school, str(upload_id))
    if job is None:
        raise Http404("There is no such upload.")
    try:
        actions.throw_away(job=job, by=request.user)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The files are deleted. Nothing of them was written.")
    return redirect("registers:imports", urn=school.urn)


@allowed("import_school")
@require_POST
def mapping_delete(request: PageRequest, mapping_id: int) -> HttpResponse:
    """Answers that were kept are no longer wanted."""
    school = request.viewer.school
    mapping = get_object_or_404(ImportMapping, pk=mapping_id, school=school)
    mappings.delete_mapping(mapping=mapping, by=request.user)
    messages.success(request, f"The answers kept as “{mapping.name}” are deleted.")
    return redirect("registers:imports", urn=school.urn)
