"""What the page of long work says and draws in each state."""

from collections.abc import Callable, Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.models import Job
from registers.web.attributes import attributes


def _queued(job: Job) -> SafeString:
    return SafeString('<p role="status">Waits for a worker.</p>')


def _running(job: Job) -> SafeString:
    how_far = f" {job.done:,} of {job.total:,}." if job.total else ""
    return format_html('<p role="status">{}{}</p>', job.said or "At work.", how_far)


def _done(job: Job) -> SafeString:
    return format_html(
        '<div class="alert alert-success" role="status"><strong>Done.</strong> {}</div>', job.said
    )


def _failed(job: Job) -> SafeString:
    return format_html(
        '<div class="alert alert-danger" role="alert"><strong>It did not work.</strong> {}</div>',
        job.said,
    )


STANDINGS: Mapping[Job.State, Callable[[Job], SafeString]] = {
    Job.State.QUEUED: _queued,
    Job.State.RUNNING: _running,
    Job.State.DONE: _done,
    Job.State.FAILED: _failed,
}


def job_standing(job: Job) -> SafeString:
    """Whether it waits, is at work, is done or did not work, with what it says of itself."""
    return STANDINGS[Job.State(job.state)](job)


def bar_attributes(job: Job) -> SafeString:
    """How full its bar is; without a number while nobody knows how much there is."""
    if not job.total:
        return SafeString("")
    return attributes({"value": str(job.done), "max": str(job.total)})


def moving_attributes(job: Job, address: str) -> SafeString:
    """What has the part of the page come anew each second until the job is over."""
    moves = {"hx-get": address, "hx-trigger": "every 1s", "hx-swap": "outerHTML"}
    return attributes({"id": "job", **({} if job.is_over else moves)})
