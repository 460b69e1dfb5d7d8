"""Rollbook: settings, addresses, the task queue, sign-in."""

from attendance_site.celery import app as celery_app

__all__ = ["celery_app"]
