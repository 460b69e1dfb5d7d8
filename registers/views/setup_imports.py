"""Imports in the browser: choose files, see what they would do, bring them in."""

from dataclasses import dataclass
from typing import Any

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers import policies
from registers.actions import importing
from registers.forms.setup_imports import GoAheadForm, UploadForm
from registers.imports.layout import COLUMNS, MAY_BE_EMPTY
from registers.imports.mending import sentence, what_and_how
from registers.imports.upload import UploadRefused, is_there
from registers.models import Enrolment, Import, Job, Paper
from registers.views.access import allowed
from registers.views.setup import sent_with

log = structlog.get_logger(__name__)
PER_PAGE = 25
ABOUT = {
    "school.csv": "The school itself, in one row. Without it the school’s details stand in.",
    "calendar.csv": "A row for each session of the years that it names.",
    "terms.csv": "The half terms by name.",
    "pupils.csv": "A row for each pupil and spell on the roll, with one contact.",
    "contacts.csv": "Every contact of each pupil.",
    "characteristics.csv": "SEN, FSM, EAL and looked after, with their days.",
    "groups.csv": "Registration groups, year groups, teaching groups and trips, with their days.",
    "staff.csv": "Colleagues with their roles and registration groups.",
    "marks.csv": "The marks of past sessions.",
    "prior_attendance.csv": "Attendance at the school before, of pupils who are new.",
}
# The order of the page, and the words for what the import counts.
NOUNS = {
    "schools": "The school’s details",
    "sessions": "Sessions of the calendar",
    "terms": "Half terms",
    "pupils": "Pupils",
    "enrolments": "Spells on the roll",
    "UPNs": "UPNs",
    "years at other schools": "Years at other schools",
    "year groups": "Year groups of pupils",
    "characteristics": "Characteristics",
    "group places": "Places in groups",
    "contacts": "Contacts",
    "staff": "Staff",
    "marks": "Marks",
}


@dataclass(frozen=True, slots=True)
class CountLine:
    """What an import does to one kind of thing."""

    what: str
    new: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class WrongRow:
    """One thing that is wrong, in one row or in many."""

    where: str
    column: str
    what: str
    how: str
    rows: int


def count_lines(counts: dict[str, int]) -> list[CountLine]:
    """The counts of an import, one line for each kind of thing that it touches."""
    lines = []
    for noun, words in NOUNS.items():
        new, changed, removed, unchanged = (
            counts.get(f"{kind} {noun}", 0) for kind in ("new", "changed", "removed", "unchanged")
        )
        if new or changed or removed or unchanged:
            lines.append(CountLine(words, new, changed, removed, unchanged))
    return lines


def wrong_rows(problems: list[list[Any]]) -> list[WrongRow]:
    found = []
    for file, lines, column, reason, rows in problems:
        what, how = what_and_how(reason)
        what = sentence(what, column=column, is_row=any(lines))
        found.append(WrongRow(_where(file, lines, rows), column, what, how, rows))
    return found


def _where(file: str, lines: list[int], rows: int) -> str:
    """marks.csv, lines 12, 13, 14 and 460 more; the file alone where the whole of it is meant."""
    named = [f"{line:,}" for line in lines if line]
    if not named:
        return file
    if rows == 1:
        return f"{file}, line {named[0]}"
    if rows > len(named):
        return f"{file}, lines {', '.join(named)} and {rows - len(named):,} more"
    return f"{file}, lines {', '.join(named[:-1])} and {named[-1]}"


@require_safe
@allowed("import_school")
def imports(request: HttpRequest) -> HttpResponse:
    """What came in, when and by whom; what is at work; what was broken off."""
    school = request.place.school
    found = Import.objects.filter(school=school).select_related("by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    at_work = list(importing.running(school))
    last = found.first()
    context = {
        "school": school,
        "page": page,
        "at_work": at_work,
        "checked": _checked(school, last),
        "last": last,
        "stopped": _stopped(last, at_work),
        "can_go_on": bool(last and importing.upload_of(last)),
        "papers": Paper.objects.of_school(school).missing().count(),
        "rows": [(run, count_lines(run.counts)) for run in page],
    }
    return render(request, "registers/setup/imports.html", context)


def _stopped(last: Import | None, at_work: list[Job]) -> Import | None:
    """The last import, where it was broken off and nobody is at it now."""
    if last is None or last.state == Import.State.DONE:
        return None
    return None if any(job.kind == importing.BRING_IN for job in at_work) else last


def _checked(school: Any, last: Import | None) -> Job | None:
    """The latest check that nobody went on with, while its files are kept."""
    checks = Job.objects.filter(school=school, kind=importing.CHECK, state=Job.State.DONE)
    check = checks.order_by("-started_at").first()
    if check is None or check.answer.get("refused") or not is_there(check.asked["upload"]):
        return None
    return None if last and last.started_at > check.started_at else check


@require_http_methods(["GET", "POST"])
@allowed("import_school")
def import_new(request: HttpRequest) -> HttpResponse:
    school = request.place.school
    form = UploadForm(sent_with(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            job = importing.start_check(
                school=school, uploads=form.cleaned_data["uploads"], by=request.user
            )
        except UploadRefused as refused:
            for problem in refused.problems:
                form.add_error("uploads", problem)
        except policies.NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            log.info("files_uploaded", user_id=request.user.pk, school_id=school.pk)
            return redirect("registers:import_check", urn=school.urn, job_id=job.pk)
    layout = [
        (
            file,
            file.removesuffix(".csv"),
            ABOUT[file],
            [(name, name in MAY_BE_EMPTY[file]) for name in columns],
        )
        for file, columns in COLUMNS.items()
    ]
    first = not Enrolment.objects.filter(school=school).exists()
    context = {"school": school, "form": form, "layout": layout, "first": first}
    return render(request, "registers/setup/import_new.html", context)


@require_http_methods(["GET", "POST"])
@allowed("import_school")
def import_check(request: HttpRequest, job_id: object) -> HttpResponse:
    """What a check found, with the way on; or what an import did."""
    school = request.place.school
    job = get_object_or_404(Job.objects.select_related("school"), pk=job_id, school=school)
    if job.kind not in importing.KINDS:
        return redirect("registers:job", urn=school.urn, job_id=job.pk)
    if job.state != Job.State.DONE:
        bringing = job.kind == importing.BRING_IN
        context = {"school": school, "job": job, "bringing": bringing}
        return render(request, "registers/setup/import_job.html", context)
    context = {"school": school, "job": job} | _answer_in_words(job)
    if job.kind == importing.BRING_IN:
        return render(request, "registers/setup/import_done.html", context | _after(job))
    form = GoAheadForm(sent_with(request), wrong_rows=job.answer.get("wrong_rows", 0))
    if form.is_valid():
        try:
            started = importing.start_import(
                check=job, skip_wrong_rows=bool(form.cleaned_data.get("skip")), by=request.user
            )
        except policies.NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("registers:import_check", urn=school.urn, job_id=started.pk)
    context |= {"form": form, "kept": is_there(job.asked["upload"])}
    return render(request, "registers/setup/import_check.html", context)


def _answer_in_words(job: Job) -> dict[str, Any]:
    answer = job.answer
    lines = count_lines(answer.get("counts", {}))
    problems = wrong_rows(answer.get("problems", []))
    return {
        "answer": answer,
        "lines": lines,
        "changes": sum(line.new + line.changed + line.removed for line in lines),
        "problems": problems,
        "problems_more": answer.get("problems_more", 0),
        "left_alone": wrong_rows(answer.get("left_alone", [])),
        "left_alone_count": answer.get("left_alone_count", 0),
    }


def _after(job: Job) -> dict[str, Any]:
    """What an import leaves to be done: the papers that some codes need."""
    papers = Paper.objects.of_school(job.school).missing().count()
    return {"papers": papers, "set_up": job.school.set_up_at is None}


@allowed("import_school")
@require_POST
def import_go_on(request: HttpRequest, import_id: int) -> HttpResponse:
    """An import that was broken off is finished from the same files."""
    school = request.place.school
    stopped = get_object_or_404(Import, pk=import_id, school=school)
    try:
        job = importing.go_on(stopped=stopped, by=request.user)
    except policies.NotAllowed as refusal:
        messages.warning(request, str(refusal))
        return redirect("registers:imports", urn=school.urn)
    return redirect("registers:import_check", urn=school.urn, job_id=job.pk)
