"""The site itself."""

from django.apps import AppConfig


class AttendanceSiteConfig(AppConfig):
    name = "attendance_site"

    def ready(self) -> None:
        from attendance_site import checks  # noqa: F401  (registers the checks)
