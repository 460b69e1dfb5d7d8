"""Imports in the browser. An upload has one page, which moves forward by itself: what the files
are, what they would change, that they are in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.exchange.pages import actions
from registers.exchange.pages.actions import mappings
from registers.exchange.pages.forms import GoAheadForm, QuestionsForm, UploadForm
from registers.exchange.pages.layout_files import layout_file_lines
from registers.exchange.pages.links import UploadFacts, download_of, links_of
from registers.exchange.pages.proposed_tables import tables_shown, tables_with_questions
from registers.exchange.pages.stages import (
    CHANGE,
    UploadStage,
    UploadStanding,
    alerts_of,
    head_of,
    named_files_of,
    notes_of,
    progress_in_words,
    stage_of,
    steps_at,
)
from registers.exchange.pages.words import (
    count_lines,
    how_often,
    run_state,
    to_know,
    what_changed,
    wrong_rows,
)
from registers.exchange.upload import ANSWERS, PROPOSAL, UploadRefused, is_there, kept
from registers.models import Enrolment, Import, ImportMapping, Job, Paper, Pupil, School
from registers.setup.staff.actions.account_links import accounts_without_password
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.form_helpers import sent_with
from registers.web.forms import refusals_in

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
    is_at_work = actions.BRING_IN in {job.kind for job in at_work}
    if last is None or last.state == Import.State.DONE or is_at_work:
        return None
    return last


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
        with refusals_in(form), _problems_in(form):
            job = actions.start_check(
                school=school,
                uploads=form.cleaned_data["uploads"],
                answers=mappings.answers_of(school, form.cleaned_data.get("mapping", "")),
                by=request.user,
            )
            log.info("files_uploaded", user_id=request.user.pk, school_id=school.pk)
            return _to_page(job)
    context = {
        "school": school,
        "form": form,
        "layout": layout_file_lines(),
        "first": not Enrolment.objects.filter(school=school).exists(),
        "steps": steps_at(0),
    }
    return render(request, "registers/exchange/new.html", context)


@contextmanager
def _problems_in(form: UploadForm) -> Iterator[None]:
    """Each file that cannot be taken is named beside the field."""
    try:
        yield
    except UploadRefused as refused:
        form.add_error("uploads", ValidationError(refused.problems))


def _to_page(job: Job) -> HttpResponse:
    return redirect("registers:import_page", urn=job.school.urn, upload_id=job.asked["upload"])


def _job_or_404(school: School, upload_id: UUID) -> Job:
    """The latest job of an upload."""
    job = actions.latest(school, str(upload_id))
    if job is None:
        raise Http404("There is no such upload.")
    return job


@require_http_methods(["GET", "POST"])
@allowed("import_school")
def import_page(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Where an upload stands. What is sent is the answers to its questions, or the last press."""
    job = _job_or_404(request.viewer.school, upload_id)
    stage = stage_of(job, kept=is_there(job.asked["upload"]))
    if request.htmx:
        return _how_far(request, job, stage)
    if stage.may_change and "change" in request.GET:
        return _questions(request, job, _all_questions(job), {"head": CHANGE})
    if stage is UploadStage.ASKS:
        return _questions(request, job, [one for one in _all_questions(job) if one["open"]], {})
    if stage is UploadStage.CHECKED:
        return _check(request, job)
    return render(request, "registers/exchange/upload/page.html", _context(job, stage))


def _how_far(request: PageRequest, job: Job, stage: UploadStage) -> HttpResponse:
    """The part that moves while a worker is at it; then the page comes anew."""
    if not stage.is_at_work:
        return HttpResponse(status=RELOAD, headers={"HX-Refresh": "true"})
    context = {"job": job, "school": job.school}
    return render(request, "registers/exchange/upload/_working.html", context)


def _all_questions(job: Job) -> list[dict[str, Any]]:
    """Those of the proposal, also those that Rollbook has answered itself."""
    return list(kept(job.asked["upload"], PROPOSAL).get("questions", ()))


def _questions(
    request: PageRequest, job: Job, questions: list[dict[str, Any]], more: dict[str, Any]
) -> HttpResponse:
    """These questions as one form."""
    form = QuestionsForm(sent_with(request), questions=questions)
    if form.is_valid():
        with refusals_in(form):
            actions.answer_questions(job=job, answers=form.answers, by=request.user)
            return _to_page(job)
    context = _context(job, UploadStage.ASKS, questions=len(questions))
    asked, tables = tables_with_questions(context["tables"], form.by_source)
    context |= {"form": form, "asked": asked, "tables": tables} | more
    return render(request, "registers/exchange/upload/page.html", context)


def _check(request: PageRequest, job: Job) -> HttpResponse:
    """What the files would change; sent, they are brought in."""
    answers = kept(job.asked["upload"], ANSWERS)
    form = GoAheadForm(
        sent_with(request), wrong_rows=job.answer.get("wrong_rows", 0), answered=bool(answers)
    )
    if form.is_valid():
        given = form.cleaned_data
        with refusals_in(form):
            skip = bool(given.get("skip"))
            actions.start_import(check=job, skip_wrong_rows=skip, by=request.user)
            if name := given.get("keep_as"):
                mappings.keep_mapping(
                    school=job.school, name=name, answers=answers, by=request.user
                )
            return _to_page(job)
    context = _context(job, UploadStage.CHECKED) | {"form": form}
    return render(request, "registers/exchange/upload/page.html", context)


def _context(job: Job, stage: UploadStage, *, questions: int = 0) -> dict[str, Any]:
    """What the page says at every stage."""
    answer, shown = job.answer, kept(job.asked["upload"], PROPOSAL)
    lines, gone = count_lines(answer.get("counts", {})), answer.get("gone", [])
    changes = sum(line.changes for line in lines)
    facts = UploadFacts(
        job, bool(shown.get("questions")), bool(changes), job.school.set_up_at is not None
    )
    return {
        "school": job.school,
        "job": job,
        "stage": stage,
        "progress": progress_in_words(job),
        "head": head_of(stage, UploadStanding(answer, questions, changes)),
        "steps": steps_at(stage.step),
        "shown": shown,
        "notes": notes_of(stage, shown.get("notes", ())),
        "alerts": alerts_of(stage, job.said, shown.get("problems", ())),
        "named_files": named_files_of(stage, job.asked.get("files", ()), shown.get("problems", ())),
        "tables": tables_shown(shown, first_stands_open=stage is UploadStage.CHECKED),
        "answer": answer,
        "lines": lines,
        "problems": wrong_rows(answer.get("problems", [])),
        "problems_more": answer.get("problems_more", 0),
        "left_alone": list(map(str, wrong_rows(answer.get("left_alone", [])))),
        "to_know": to_know(answer),
        "gone": _gone(job.school, gone[:MOST_GONE]),
        "gone_count": len(gone),
        "gone_more": len(gone[MOST_GONE:]),
        "left_alone_count": answer.get("left_alone_count", 0),
        "has_news": facts.has_news,
        "links": links_of(stage, facts),
        "download": download_of(stage, facts),
        **(_after(job) if stage is UploadStage.IN else {}),
    }


def _gone(school: School, pupils: list[int]) -> list[Pupil]:
    """Who was on roll and is no longer in the files: kept by number, shown by name."""
    found = Pupil.objects.filter(school=school, pk__in=pupils)
    return list(found.order_by("surname", "forename"))


def _after(job: Job) -> dict[str, Any]:
    """What an import leaves to be done: papers that some codes need, links for new colleagues."""
    return {
        "papers": Paper.objects.of_school(job.school).missing().count(),
        "without_password": accounts_without_password(job.school).count(),
    }


@allowed("import_school")
@require_POST
def import_go_on(request: PageRequest, import_id: int) -> HttpResponse:
    """An import that was broken off is finished from the same files."""
    school = request.viewer.school
    stopped = get_object_or_404(Import, pk=import_id, school=school)
    with refusals_as_messages(request):
        return _to_page(actions.go_on(stopped=stopped, by=request.user))
    return redirect("registers:imports", urn=school.urn)


@allowed("import_school")
@require_POST
def import_throw_away(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """The files of an upload are deleted before they are in."""
    school = request.viewer.school
    with refusals_as_messages(request):
        actions.throw_away(job=_job_or_404(school, upload_id), by=request.user)
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
