"""What a worker does for an import: looks at the files, says what they would do, brings them in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from registers import policies
from registers.exchange.importing import ImportRefused, ImportResult, ImportStopped
from registers.exchange.importing.actions.files import import_files, propose_files
from registers.exchange.pages.actions.start import GONE
from registers.exchange.pages.findings import (
    ReportedProblem,
    read_problems,
    told,
    wrong_rows_as_zip,
)
from registers.exchange.proposal.upload import Proposal
from registers.exchange.upload import (
    ANSWERS,
    PROPOSAL,
    files_of,
    folder_of,
    forget,
    is_there,
    keep,
    kept,
)
from registers.models import Import, Job, Pupil
from registers.web.jobs import actions as jobs_actions

SIGN_EVERY = 45.0  # seconds
# How far a check has come, as its answer says it under "stage".
ASKS, NO_TABLE, LACKS = "asks", "no table", "lacks"
REFUSED, CHECKED, IN = "refused", "checked", "in"


def check_upload(job: Job, report: jobs_actions.Report) -> jobs_actions.Outcome:
    """What the files are, and once nothing is left to ask, what they would change. Writes nothing.

    What was proposed shows children's names: it is kept beside the files and goes with them.
    """
    upload = job.asked["upload"]
    if not is_there(upload):
        raise jobs_actions.JobProblem(GONE)
    report(0, 0, "Finding out what the files are")
    with kept_alive(job):
        proposal = _propose(job)
        shown = proposal.to_json()
    keep(upload, PROPOSAL, shown)
    answer = _answer(job)
    if not shown["tables"]:
        return jobs_actions.Outcome("No table was found.", answer | {"stage": NO_TABLE})
    if proposal.questions:
        return jobs_actions.Outcome("Rollbook has questions.", answer | {"stage": ASKS})
    if any(table["problems"] for table in shown["tables"]):
        return jobs_actions.Outcome("Something is missing.", answer | {"stage": LACKS})
    result = _run(job, proposal, report, dry_run=True, words="Comparing the marks:")
    if asked := result.questions:
        more = [
            asdict(question) | {"answer": None, "must": True, "open": True} for question in asked
        ]
        keep(upload, PROPOSAL, shown | {"questions": [*shown["questions"], *more]})
        return jobs_actions.Outcome("Rollbook has questions.", answer | {"stage": ASKS})
    if isinstance(result, ImportRefused):
        return _refused(result, answer)
    return _checked(job, result, answer)


def bring_in(job: Job, report: jobs_actions.Report) -> jobs_actions.Outcome:
    """Read the files in. Raises JobProblem where it broke off: it can go on."""
    upload = job.asked["upload"]
    if not is_there(upload):
        raise jobs_actions.JobProblem(GONE)
    report(0, 0, "Reading and checking the files once more")
    with kept_alive(job):
        proposal = propose_files(files_of(upload), school=job.school, answers=kept(upload, ANSWERS))
    skip = bool(job.asked.get("skip"))
    result = _run(job, proposal, report, dry_run=False, skip=skip, words="Writing the marks:")
    if isinstance(result, ImportRefused):
        raise jobs_actions.JobProblem(
            "Since the check something has changed, and rows are wrong now: nothing more was "
            f"written. Check the files again. The first: {result.problems[0]}"
        )
    forget(upload)
    written = Import.objects.filter(school=job.school, started_at__gte=job.started_at).first()
    answer = (
        _answer(job)
        | _result(job, result)
        | {
            "stage": IN,
            "import": written.pk if written else None,
            "finished": result.unfinished.isoformat() if result.unfinished else None,
        }
    )
    packed = wrong_rows_as_zip(result.kept, result.report)
    return jobs_actions.Outcome(
        "The files are in." if written else "Nothing was changed: Rollbook has all of this.",
        answer,
        packed,
        "wrong-rows.zip" if packed else "",
    )


def _propose(job: Job) -> Proposal:
    upload = job.asked["upload"]
    return propose_files(files_of(upload), school=job.school, answers=kept(upload, ANSWERS))


def _checked(job: Job, result: ImportResult, answer: dict[str, Any]) -> jobs_actions.Outcome:
    answer |= _result(job, result) | {"stage": CHECKED}
    packed = wrong_rows_as_zip(result.kept, result.report)
    said = (
        f"{result.wrong_rows:,} {'row is' if result.wrong_rows == 1 else 'rows are'} wrong. "
        "Nothing is written yet."
        if result.wrong_rows
        else "Every row is good. Nothing is written yet."
    )
    return jobs_actions.Outcome(said, answer, packed, "wrong-rows.zip" if packed else "")


def _refused(refused: ImportRefused, answer: dict[str, Any]) -> jobs_actions.Outcome:
    """A whole file is wrong: nothing can come in, not even its good rows. The files stay: another
    answer may help.
    """
    wrong, _ = read_problems(refused.report)
    answer |= {
        "stage": REFUSED,
        **told(wrong or [ReportedProblem.of(problem) for problem in refused.problems], []),
        "problem_count": refused.count,
        "warnings": list(map(str, refused.warnings)),
    }
    packed = wrong_rows_as_zip(None, refused.report)
    if refused.report:
        shutil.rmtree(refused.report.parent, ignore_errors=True)
    said = "The files cannot be read in as they are. Nothing was written."
    return jobs_actions.Outcome(said, answer, packed, "what-is-wrong.zip" if packed else "")


def _result(job: Job, result: ImportResult) -> dict[str, Any]:
    wrong, left_alone = read_problems(result.report)
    gone = Pupil.objects.filter(school=job.school, upn__in=result.gone)
    return {
        "counts": dict(result.counts),
        "warnings": list(map(str, result.warnings)),
        "wrong_rows": result.wrong_rows,
        "gone": list(gone.values_list("pk", flat=True)),
        **told(wrong, left_alone),
    }


def _run(
    job: Job,
    proposal: Proposal,
    report: jobs_actions.Report,
    *,
    dry_run: bool,
    words: str,
    skip: bool = True,
) -> ImportResult | ImportRefused:
    """What the import did or, with `dry_run`, would do; its refusal. Raises JobProblem."""

    def progress(done: int, total: int) -> None:
        report(done, total, words)

    report(0, 0, "Checking every row")
    try:
        with kept_alive(job):
            return import_files(
                proposal,
                school=job.school,
                by=job.started_by,
                place=folder_of(job.asked["upload"]),
                dry_run=dry_run,
                skip_wrong_rows=skip,
                progress=progress,
            )
    except ImportRefused as refused:
        return refused
    except (policies.Refused, ImportStopped) as problem:
        raise jobs_actions.JobProblem(str(problem)) from problem


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
    names = {"urn": job.school.urn, "upload_id": job.asked["upload"]}
    return {"url": reverse("registers:import_page", kwargs=names)}
