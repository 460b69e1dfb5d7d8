"""What the marks add up to."""

from django.apps import AppConfig


class AbsenceConfig(AppConfig):
    name = "absence"
