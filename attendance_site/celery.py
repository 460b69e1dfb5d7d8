"""The task queue, and the one timetable of what runs by the clock (Europe/London)."""

import os
from logging.config import dictConfig

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_process_shutdown, worker_ready

from registers.web.documents.pdf import put_font_files_away

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_site.settings")
app = Celery("rollbook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# What is late is dropped where the next run does the same work: `expires`, in seconds.
TIMETABLE = {
    "the night: check, repair, standings, letters that are due": {
        "task": "interventions.tasks.start_nights",
        "schedule": crontab(hour=2, minute=0),
    },
    "a night that was missed while the machine was off": {
        "task": "interventions.tasks.start_missed_nights",
        "schedule": crontab(minute=30),
        "options": {"expires": 50 * 60},
    },
    "work that was left over: letters queued or begun and not finished": {
        "task": "interventions.tasks.sweep",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 4 * 60},
    },
    "long work whose message or worker was lost": {
        "task": "registers.tasks.sweep_jobs",
        "schedule": crontab(minute="*/2"),
        "options": {"expires": 100},
    },
    "the bell: planned absences become marks when their registers open": {
        "task": "registers.tasks.fill_plans",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "registers whose time is over: taking ends by the clock": {
        "task": "registers.tasks.end_registers",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "photos of pupils who left a month ago: taken away": {
        "task": "registers.tasks.forget_photos",
        "schedule": crontab(hour=4, minute=15),
    },
    "receipts of saves that nobody can repeat any more: taken away after a month": {
        "task": "registers.tasks.forget_receipts",
        "schedule": crontab(hour=4, minute=25),
    },
    "the worker's sign of life, for the health page": {
        "task": "attendance_site.tasks.sign_of_life",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
}
app.conf.beat_schedule = TIMETABLE


@setup_logging.connect
def log_like_the_rest(**kwargs: object) -> None:
    """Celery's own lines hold arguments and errors in words: ours keep children's data out."""
    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_ready.connect
def show_life_at_once(**kwargs: object) -> None:
    """Beat's first minute must not show the worker as dead."""
    app.send_task("attendance_site.tasks.sign_of_life", expires=50)


@worker_process_shutdown.connect
def leave_nothing_behind(**kwargs: object) -> None:
    """A process that has grown too large is followed by another; its font files go with it."""
    put_font_files_away()
