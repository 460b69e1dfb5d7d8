"""Imports through the browser: files are checked by a worker, looked at, and then read in.

A check is a job that writes nothing and says what would be; an import is a job that somebody
started from a check, or from an import that was broken off. Both find the files by their upload.
"""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from registers import policies
from registers.actions import jobs
from registers.imports import ImportRefused, ImportResult, ImportStopped, import_school
from registers.imports.problems import SHOWN
from registers.imports.upload import (
    REPORT,
    Upload,
    folder_of,
    forget,
    forget_old,
    is_there,
    receive,
)
from registers.models import Import, Job, School
from registers.models.staff import User

CHECK = "registers.tasks.check_import"
BRING_IN = "registers.tasks.bring_in"
KINDS = (CHECK, BRING_IN)
SIGN_EVERY = 45.0  # seconds
MOST_SHOWN = 100  # lines on the page; all rows are in the file
MOST_LINES = 5  # line numbers that are named where many rows are wrong in one way
GONE = "These files are no longer kept. Choose them again."
BUSY = "An import of this school is at work already. Wait until it is done."


# --- started by a person


def start_check(*, school: School, uploads: Iterable[Upload], by: User) -> Job:
    """Store the files and have a worker check them. Raises NotAllowed, UploadRefused."""
    policies.check(by, "import_school", school=school)
    forget_old()
    received = receive(uploads, school=school)
    try:
        return _start(
            school,
            CHECK,
            "Check of the files",
            by,
            {"upload": received.upload, "files": received.files, "notes": received.notes},
        )
    except BaseException:
        forget(received.upload)
        raise


@transaction.atomic
def start_import(*, check: Job, skip_wrong_rows: bool, by: User) -> Job:
    """Read in what this check looked at. Raises NotAllowed."""
    policies.check(by, "import_school", school=check.school_id)
    answer = check.answer
    if check.kind != CHECK or check.state != Job.State.DONE or answer.get("refused"):
        raise policies.NotAllowed("These files have not passed their check.")
    if answer.get("wrong_rows") and not skip_wrong_rows:
        raise policies.NotAllowed(
            "Some rows are wrong. Mend them and upload the files again, or say that the good rows "
            "come in without them."
        )
    return _start_import(check.school, check.asked["upload"], skip_wrong_rows, by)


@transaction.atomic
def go_on(*, stopped: Import, by: User) -> Job:
    """Finish an import that was broken off, from the files that it was begun with."""
    policies.check(by, "import_school", school=stopped.school_id)
    upload = upload_of(stopped)
    if stopped.state == Import.State.DONE:
        raise policies.NotAllowed("This import is done.")
    if upload is None:
        raise policies.NotAllowed(GONE)
    return _start_import(stopped.school, upload, skip_wrong_rows=True, by=by)


def _start_import(school: School, upload: str, skip_wrong_rows: bool, by: User) -> Job:
    School.objects.select_for_update().get(pk=school.pk)
    if not is_there(upload):
        raise policies.NotAllowed(GONE)
    if running(school).filter(kind=BRING_IN).exists():
        raise policies.NotAllowed(BUSY)
    asked = {"upload": upload, "skip": skip_wrong_rows}
    return _start(school, BRING_IN, "Import of the files", by, asked)


def _start(school: School, kind: str, title: str, by: User, asked: dict[str, Any]) -> Job:
    return jobs.start_job(
        school=school, kind=kind, action="import_school", title=title, by=by, asked=asked
    )


def running(school: School) -> Any:
    """Checks and imports of the school that wait for a worker or have one."""
    return Job.objects.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING), school=school, kind__in=KINDS
    )


def upload_of(run: Import) -> str | None:
    """The name of the upload that an import was read from, while its files are kept."""
    name = Path(run.folder).name
    return name if is_there(name) and str(folder_of(name).resolve()).endswith(run.folder) else None


# --- done by a worker


def check_upload(job: Job, report: jobs.Report) -> jobs.Outcome:
    """What the files would change, and which of their rows are wrong. Writes nothing."""
    report(0, 0, "Reading and checking the files")
    result, refused = _run(job, report, dry_run=True, skip=True, words="Comparing the marks:")
    answer = _answer(job) | {"notes": job.asked.get("notes", []), "upload": job.asked["upload"]}
    if refused is not None:
        return _refused(job, refused, answer)
    assert result is not None
    wrong, left_alone = read_report(result.report)
    answer |= {
        "counts": dict(result.counts),
        "warnings": result.warnings,
        "wrong_rows": result.wrong_rows,
        **_told(wrong, left_alone),
    }
    packed = _wrong_rows_as_zip(result.kept, result.report)
    said = (
        f"{result.wrong_rows:,} {'row is' if result.wrong_rows == 1 else 'rows are'} wrong. "
        "Nothing is written yet."
        if result.wrong_rows
        else "Every row is good. Nothing is written yet."
    )
    return jobs.Outcome(said, answer, packed, "wrong-rows.zip" if packed else "")


def bring_in(job: Job, report: jobs.Report) -> jobs.Outcome:
    """Read the files in. Raises JobProblem where it broke off: it can go on."""
    if not is_there(job.asked["upload"]):
        raise jobs.JobProblem(GONE)
    report(0, 0, "Reading and checking the files once more")
    skip = bool(job.asked.get("skip"))
    result, refused = _run(job, report, dry_run=False, skip=skip, words="Writing the marks:")
    if refused is not None:
        raise jobs.JobProblem(
            "Since the check something has changed, and rows are wrong now: nothing more was "
            f"written. Check the files again. The first: {refused.problems[0]}"
        )
    assert result is not None
    forget(job.asked["upload"])
    written = Import.objects.filter(school=job.school, started_at__gte=job.started_at).first()
    wrong, left_alone = read_report(result.report)
    answer = _answer(job) | {
        "counts": dict(result.counts),
        "warnings": result.warnings,
        "wrong_rows": result.wrong_rows,
        **_told(wrong, left_alone),
        "import": written.pk if written else None,
        "finished": result.unfinished.isoformat() if result.unfinished else None,
    }
    packed = _wrong_rows_as_zip(result.kept, result.report)
    return jobs.Outcome(
        "The files are in." if written else "Nothing was changed: Rollbook has all of this.",
        answer,
        packed,
        "wrong-rows.zip" if packed else "",
    )


def _run(
    job: Job, report: jobs.Report, *, dry_run: bool, skip: bool, words: str
) -> tuple[ImportResult | None, ImportRefused | None]:
    def progress(done: int, total: int) -> None:
        report(done, total, words)

    try:
        folder = folder_of(job.asked["upload"])
        with kept_alive(job):
            return import_school(
                folder,
                by=job.started_by,
                dry_run=dry_run,
                skip_wrong_rows=skip,
                progress=progress,
                only=job.school,
            ), None
    except ImportRefused as refused:
        return None, refused
    except (policies.NotAllowed, ImportStopped) as problem:
        raise jobs.JobProblem(str(problem)) from problem


@contextmanager
def kept_alive(job: Job) -> Iterator[None]:
    """Signs of life while files are read, which takes minutes where they are large: a job that
    gives none is begun again by another worker.
    """
    over = Event()

    def sign() -> None:
        mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)
        while not over.wait(SIGN_EVERY):
            with suppress(DatabaseError):  # the next sign comes soon
                mine.update(alive_at=timezone.now())
            connection.close()

    beating = Thread(target=sign, daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join(timeout=SIGN_EVERY)


def _answer(job: Job) -> dict[str, Any]:
    """Where the job's page leads on to."""
    names = {"urn": job.school.urn, "job_id": job.pk}
    return {"url": reverse("registers:import_check", kwargs=names)}


def _refused(job: Job, refused: ImportRefused, answer: dict[str, Any]) -> jobs.Outcome:
    """A whole file is wrong: nothing of the folder can come in, not even its good rows."""
    wrong, _ = read_report(refused.report)
    answer |= {
        "refused": True,
        **_told(wrong or [_cells(problem) for problem in refused.problems[:SHOWN]], []),
        "problem_count": refused.count,
        "warnings": refused.warnings,
    }
    packed = _wrong_rows_as_zip(None, refused.report)
    if refused.report:
        shutil.rmtree(refused.report.parent, ignore_errors=True)
    forget(job.asked["upload"])
    said = "The files cannot be read in as they are. Nothing was written."
    return jobs.Outcome(said, answer, packed, "what-is-wrong.zip" if packed else "")


def _cells(problem: Any) -> list[str]:
    return [problem.file, str(problem.line), problem.column, problem.reason]


def read_report(report: Path | None) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of a report: those that are wrong, and the marks that were left as they are."""
    wrong: list[list[str]] = []
    left_alone: list[list[str]] = []
    if report is not None:
        with report.open(encoding="utf-8", newline="") as stream:
            for what, *cells in list(csv.reader(stream))[1:]:
                (wrong if what == "wrong" else left_alone).append(cells)
    return wrong, left_alone


def _told(wrong: list[list[str]], left_alone: list[list[str]]) -> dict[str, Any]:
    """For the job's page: rows that are wrong in one way are one line of it."""
    problems = together(wrong)
    return {
        "problems": problems[:MOST_SHOWN],
        "problem_count": len(wrong),
        "problems_more": sum(number for *_, number in problems[MOST_SHOWN:]),
        "left_alone": together(left_alone)[:MOST_SHOWN],
        "left_alone_count": len(left_alone),
    }


def together(rows: Iterable[list[str]]) -> list[tuple[str, list[int], str, str, int]]:
    """Rows of a report by file, column and reason: file, first lines, column, reason, rows."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for file, line, column, reason in rows:
        lines.setdefault((file, column, reason), []).append(int(line or 0))
    return [
        (file, found[:MOST_LINES], column, reason, len(found))
        for (file, column, reason), found in lines.items()
    ]


def _wrong_rows_as_zip(kept: Path | None, report: Path | None) -> bytes | None:
    """The wrong rows as files of the same layout, and why each is wrong; then they are not kept
    anywhere else, since they hold children's data.
    """
    if kept is None and report is None:
        return None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(kept.glob("*.csv")) if kept else ():
            archive.write(path, path.name)
        if report is not None:
            archive.write(report, REPORT)
    place = report.parent if report is not None else kept.parent if kept else None
    if place is not None:
        shutil.rmtree(place, ignore_errors=True)
    return packed.getvalue()
