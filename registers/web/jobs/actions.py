"""Long work for a person: started, moved on, finished. Every write of a Job is here.

A job is a row before it is a message: the worker claims it by a conditional update, says how far
it is, and puts what came of it into the row. `sweep` finds those whose message or worker was lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from registers.models import Job, School
from registers.models.school.staff import User
from registers.web.documents.storage import keep_pdf
from registers.web.jobs import messages

log = structlog.get_logger(__name__)

MOST_TRIES = 3
LOST_AFTER = timedelta(minutes=3)  # without a sign of life, or without being begun


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: a sentence, facts for its page, and perhaps a file."""

    said: str
    answer: dict[str, Any] = field(default_factory=dict)
    file: bytes | None = None
    filename: str = ""


class JobProblem(Exception):
    """The work cannot be done, and trying again will not help; the words are fit to show."""


class JobTakenError(Exception):
    """Another worker has this job now: this one stops."""


Report = Callable[[int, int, str], None]  # done, total, and what it does now in words
Work = Callable[[Job, Report], Outcome]


@transaction.atomic
def start_job(
    *, school: School, kind: str, action: str, title: str, by: User, asked: dict[str, Any]
) -> Job:
    """Queue this work; `kind` is the name of its task, `action` opens its page and file."""
    job = Job.objects.create(
        school=school,
        kind=kind,
        action=action,
        title=title,
        asked=asked,
        started_at=timezone.now(),
        started_by=by,
    )
    transaction.on_commit(lambda: _send(job))
    return job


def _send(job: Job) -> None:
    messages.send_task(job.kind, str(job.pk))


def run_job(job_id: str, work: Work) -> Job | None:
    """Do the work of this job unless another worker has it; a failure is kept in words.

    `work` gets the job and a function to say how far it is, and gives an Outcome. Safe to call
    twice. None when the job was not to be had.
    """
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, tries=F("tries") + 1, alive_at=timezone.now()
    )
    if not claimed:
        return None
    job = Job.objects.select_related("school", "started_by").get(pk=job_id)

    def report(done: int, total: int, said: str) -> None:
        moved = _mine(job).update(done=done, total=total, said=said[:500], alive_at=timezone.now())
        if not moved:
            raise JobTakenError

    try:
        outcome = work(job, report)
        name, digest = "", ""
        if outcome.file is not None:
            name, digest = keep_pdf(outcome.file, folder="jobs")
        _mine(job).update(
            state=Job.State.DONE,
            done=F("total"),
            said=outcome.said[:500],
            answer=outcome.answer,
            file=name,
            digest=digest,
            filename=outcome.filename,
            finished_at=timezone.now(),
        )
    except JobTakenError:
        return None
    except JobProblem as problem:
        _fail(job, str(problem))
    except Exception as problem:
        log.error("job_failed", state=job.kind, exc_info=problem)
        _fail(job, f"It could not be done ({type(problem).__name__}). It can be started again.")
    job.refresh_from_db()
    return job


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)


def _fail(job: Job, said: str) -> None:
    _mine(job).update(state=Job.State.FAILED, said=said[:500], finished_at=timezone.now())


def sweep(*, now: datetime | None = None) -> int:
    """Send again what was never begun, put back what a worker left; how many."""
    now = now or timezone.now()
    lost = Q(state=Job.State.RUNNING, alive_at__lt=now - LOST_AFTER)
    Job.objects.filter(lost, tries__gte=MOST_TRIES).update(
        state=Job.State.FAILED,
        said=f"The worker ended {MOST_TRIES} times while it did this.",
        finished_at=now,
    )
    Job.objects.filter(lost).update(state=Job.State.QUEUED, alive_at=None)
    waiting = Job.objects.filter(
        Q(alive_at__isnull=True) | Q(alive_at__lt=now - LOST_AFTER),
        state=Job.State.QUEUED,
        started_at__lt=now - LOST_AFTER,
    )
    left = list(waiting[:100])
    Job.objects.filter(pk__in=[job.pk for job in left]).update(alive_at=now)
    for job in left:
        _send(job)
    return len(left)
