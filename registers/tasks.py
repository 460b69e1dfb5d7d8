"""The clock's door to the registers. Ids only, safe to repeat."""

from celery import shared_task

from registers.actions import jobs


@shared_task
def sweep_jobs() -> None:
    """Every few minutes: the jobs whose message or worker was lost."""
    jobs.sweep()
