"""What a worker does for an import: looks at the files, says what they would do, brings them in."""

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
from registers.exchange.questions import Question
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
from registers.rules.wording import many
from registers.web.jobs import actions as jobs_actions

SIGN_EVERY = 45.0  # seconds
# How far a check has come, as its answer says it under "stage".
ASKS, NO_TABLE, LACKS = "asks", "no table", "lacks"
REFUSED, CHECKED, IN = "refused", "checked", "in"
SAID = {
    NO_TABLE: "No table was found.",
    ASKS: "Rollbook has questions.",
    LACKS: "Something is missing.",
}
NOTHING_CHANGED = "Nothing was changed: Rollbook has all of this."
CANNOT_COME_IN = "The files cannot be read in as they are. Nothing was written."


def check_upload(job: Job, report: jobs_actions.Report) -> jobs_actions.Outcome:
    """What the files are, and once nothing is left to ask, what they would change. Writes nothing.

    What was proposed shows children's names: it is kept beside the files and goes with them.
    """
    _demand_files(job)
    report(0, 0, "Finding out what the files are")
    with kept_alive(job):
        proposal = _propose(job)
        shown = proposal.to_json()
    keep(job.asked["upload"], PROPOSAL, shown)
    if stage := _where_it_ends(proposal):
        return _outcome(job, stage)
    result = _run(job, proposal, report, dry_run=True, words="Comparing the marks:")
    if result.questions:
        questions = [*shown["questions"], *map(_as_of_proposal, result.questions)]
        keep(job.asked["upload"], PROPOSAL, shown | {"questions": questions})
        return _outcome(job, ASKS)
    return _refused(job, result) if isinstance(result, ImportRefused) else _checked(job, result)


def _demand_files(job: Job) -> None:
    if not is_there(job.asked["upload"]):
        raise jobs_actions.JobProblem(GONE)


def _propose(job: Job) -> Proposal:
    upload = job.asked["upload"]
    return propose_files(files_of(upload), school=job.school, answers=kept(upload, ANSWERS))


def _as_of_proposal(question: Question) -> dict[str, Any]:
    """A question that the rows themselves leave open, as the page keeps those of a proposal."""
    return asdict(question) | {"answer": None, "must": True, "open": True}


def _where_it_ends(proposal: Proposal) -> str:
    """The stage at which nothing more can be found out; empty where the rows can be checked."""
    if not proposal.plans:
        return NO_TABLE
    if proposal.questions:
        return ASKS
    return LACKS if any(plan.problems for plan in proposal.plans) else ""


def _outcome(job: Job, stage: str) -> jobs_actions.Outcome:
    return jobs_actions.Outcome(SAID[stage], _answer(job) | {"stage": stage})


def bring_in(job: Job, report: jobs_actions.Report) -> jobs_actions.Outcome:
    """Read the files in. Raises JobProblem where it broke off: it can go on."""
    _demand_files(job)
    report(0, 0, "Reading and checking the files once more")
    with kept_alive(job):
        proposal = _propose(job)
    skip = bool(job.asked.get("skip"))
    result = _run(job, proposal, report, dry_run=False, skip=skip, words="Writing the marks:")
    if isinstance(result, ImportRefused):
        raise jobs_actions.JobProblem(
            "Since the check something has changed, and rows are wrong now: nothing more was "
            f"written. Check the files again. The first: {result.problems[0]}"
        )
    forget(job.asked["upload"])
    written = Import.objects.filter(school=job.school, started_at__gte=job.started_at)
    answer = _result(job, result) | {
        "stage": IN,
        "import": written.values_list("pk", flat=True).first(),
        "finished": result.unfinished and result.unfinished.isoformat(),
    }
    said = "The files are in." if answer["import"] else NOTHING_CHANGED
    packed = wrong_rows_as_zip(result.kept, result.report)
    return _with_rows(said, _answer(job) | answer, packed, "wrong-rows.zip")


def _with_rows(
    said: str, answer: dict[str, Any], packed: bytes | None, filename: str
) -> jobs_actions.Outcome:
    return jobs_actions.Outcome(said, answer, packed, filename if packed else "")


def _checked(job: Job, result: ImportResult) -> jobs_actions.Outcome:
    answer = _answer(job) | _result(job, result) | {"stage": CHECKED}
    packed = wrong_rows_as_zip(result.kept, result.report)
    rows = "Every row is good"
    if result.wrong_rows:
        rows = f"{many(result.wrong_rows, 'row is', 'rows are')} wrong"
    return _with_rows(f"{rows}. Nothing is written yet.", answer, packed, "wrong-rows.zip")


def _refused(job: Job, refused: ImportRefused) -> jobs_actions.Outcome:
    """A whole file is wrong: nothing can come in, not even its good rows. The files stay: another
    answer may help.
    """
    wrong, _ = read_problems(refused.report)
    answer = {
        "stage": REFUSED,
        **told(wrong or list(map(ReportedProblem.of, refused.problems)), []),
        "problem_count": refused.count,
        "warnings": list(map(str, refused.warnings)),
    }
    packed = wrong_rows_as_zip(None, refused.report)
    return _with_rows(CANNOT_COME_IN, _answer(job) | answer, packed, "what-is-wrong.zip")


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
