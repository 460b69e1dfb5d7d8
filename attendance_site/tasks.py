"""The clock's door of the site itself."""

from celery import shared_task

from attendance_site.operations import health


@shared_task
def sign_of_life() -> None:
    """Proves that beat, the broker and a worker are all alive: it went through all three."""
    health.note_sign_of_life()
