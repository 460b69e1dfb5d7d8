"""The clock's door: what beat and the actions send to the workers. Ids only, safe to repeat."""

import structlog
from celery import Task, shared_task
from django.utils import timezone

from interventions.certificates import actions as certificates_actions
from interventions.letters.actions import drawing, print_runs, sending
from interventions.letters.wordings import actions as words_actions
from interventions.night.actions import by_hand, night
from interventions.panels.actions import packs
from interventions.rules.letter_states import CopyState
from registers.models import School
from registers.web.jobs import actions as jobs_actions

log = structlog.get_logger(__name__)

FIRST_PAUSE = 10  # seconds before a copy that failed is tried again; twice as long each time


@shared_task
def start_nights() -> None:
    """At 02:00: a task for each school."""
    for school_id in School.objects.order_by("pk").values_list("pk", flat=True):
        run_night.delay(school_id)


@shared_task
def start_missed_nights() -> None:
    """Every hour: the nights that the machine was off for, and those that failed."""
    for school_id in night.schools_whose_night_was_missed(timezone.now()):
        run_night.delay(school_id)


@shared_task
def run_night(school_id: int) -> None:
    try:
        night.run_night(School.objects.get(pk=school_id))
    except night.NightIsRunningError:
        log.info("night_is_running", school_id=school_id)


@shared_task(bind=True, max_retries=drawing.MOST_TRIES)
def render_copy(self: Task, copy_id: int) -> None:
    """Draw one copy's PDF. Where it fails, the copy counts its tries; the sweep finds it too."""
    if drawing.render_copy(copy_id) is CopyState.QUEUED:
        raise self.retry(countdown=FIRST_PAUSE * 2**self.request.retries)


@shared_task
def sweep() -> None:
    drawing.sweep()


@shared_task
def print_letters(job_id: str) -> None:
    """The PDF of a print run."""
    jobs_actions.run_job(job_id, print_runs.print_letters)


@shared_task
def email_letters(job_id: str) -> None:
    """The letters that go by e-mail."""
    jobs_actions.run_job(job_id, sending.email_letters)


@shared_task
def draw_preview(job_id: str) -> None:
    """A letter of words that may not be in force yet."""
    jobs_actions.run_job(job_id, words_actions.draw_preview)


@shared_task
def build_pack(job_id: str) -> None:
    """The pack of a panel."""
    jobs_actions.run_job(job_id, packs.build_pack)


@shared_task
def make_certificate(job_id: str) -> None:
    """A certificate of attendance."""
    jobs_actions.run_job(job_id, certificates_actions.make_certificate)


@shared_task
def run_night_by_hand(job_id: str) -> None:
    """A night that a person asked for."""
    jobs_actions.run_job(job_id, by_hand.run)
