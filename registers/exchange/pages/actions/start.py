"""What a person starts: a check of files, answers to its questions, the import itself."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from registers import policies
from registers.exchange.questions import Answers
from registers.exchange.upload import (
    ANSWERS,
    FileUpload,
    files_of,
    forget,
    forget_old,
    is_there,
    keep,
    kept,
    receive,
)
from registers.models import Import, Job, School
from registers.models.school.staff import User
from registers.web.jobs import actions as jobs_actions

CHECK = "registers.tasks.check_import"
BRING_IN = "registers.tasks.bring_in"
KINDS = (CHECK, BRING_IN)
GONE = "These files are no longer kept. Choose them again."
BUSY = "An import of this school is at work already. Wait until it is done."


def start_check(
    *, school: School, uploads: Iterable[FileUpload], answers: Answers, by: User
) -> Job:
    """Store the files and have a worker look at them; `answers` are those of another time.

    Raises Refused, UploadRefused.
    """
    policies.check(by, "import_school", school=school)
    forget_old()
    received = receive(uploads)
    try:
        keep(received.upload, ANSWERS, answers)
        return _check(school, received.upload, by)
    except BaseException:
        forget(received.upload)
        raise


@transaction.atomic
def answer_questions(*, job: Job, answers: Answers, by: User) -> Job:
    """Look at the files again with these answers beside the earlier ones. Raises Refused."""
    policies.check(by, "import_school", school=job.school_id)
    upload = job.asked["upload"]
    _lock_free(job.school, upload)
    keep(upload, ANSWERS, kept(upload, ANSWERS) | answers)
    return _check(job.school, upload, by)


@transaction.atomic
def start_import(*, check: Job, skip_wrong_rows: bool, by: User) -> Job:
    """Read in what this check looked at. Raises Refused."""
    policies.check(by, "import_school", school=check.school_id)
    answer = check.answer
    is_passed = check.state == Job.State.DONE and answer.get("stage") == "checked"
    if check.kind != CHECK or not is_passed:
        raise policies.Refused("These files have not passed their check.")
    if answer.get("wrong_rows") and not skip_wrong_rows:
        raise policies.Refused(
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
        raise policies.Refused("This import is done.")
    if upload is None:
        raise policies.Refused(GONE)
    return _start_import(stopped.school, upload, skip_wrong_rows=True, by=by)


@transaction.atomic
def throw_away(*, job: Job, by: User) -> None:
    """Delete the files of this upload, which nobody wants any more. Raises Refused."""
    policies.check(by, "import_school", school=job.school_id)
    _lock_free(job.school, job.asked["upload"])
    forget(job.asked["upload"])


def _start_import(school: School, upload: str, skip_wrong_rows: bool, by: User) -> Job:
    _lock_free(school, upload)
    if running(school).filter(kind=BRING_IN).exists():
        raise policies.Refused(BUSY)
    asked = {"upload": upload, "skip": skip_wrong_rows}
    return _start(school, BRING_IN, "Import of the files", by, asked)


def _lock_free(school: School, upload: str) -> None:
    """Raises Refused where the files are gone or somebody is at work with them."""
    School.objects.select_for_update().get(pk=school.pk)
    if not is_there(upload):
        raise policies.Refused(GONE)
    if running(school).filter(asked__upload=upload).exists():
        raise policies.Refused(BUSY)


def _check(school: School, upload: str, by: User) -> Job:
    files = [path.name for path in files_of(upload)]
    asked = {"upload": upload, "files": files}
    return _start(school, CHECK, "Check of the files", by, asked)


def _start(school: School, kind: str, title: str, by: User, asked: dict[str, Any]) -> Job:
    return jobs_actions.start_job(
        school=school, kind=kind, action="import_school", title=title, by=by, asked=asked
    )


def running(school: School) -> QuerySet[Job]:
    """Checks and imports of the school that wait for a worker or have one."""
    return Job.objects.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING), school=school, kind__in=KINDS
    )


def latest(school: School, upload: str) -> Job | None:
    """The job that says how it stands with an upload; None where the school has no such one."""
    found = Job.objects.filter(school=school, kind__in=KINDS, asked__upload=upload)
    return found.select_related("school").order_by("-started_at").first()


def upload_of(run: Import) -> str | None:
    """The upload that an import was read from, while its files are kept."""
    jobs_of = Job.objects.filter(
        school=run.school_id, kind=BRING_IN, started_at__lte=run.started_at
    )
    job = jobs_of.order_by("-started_at").first()
    upload = job.asked["upload"] if job else ""
    return upload if is_there(upload) else None
