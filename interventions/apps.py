"""What is done about absence."""

from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"
