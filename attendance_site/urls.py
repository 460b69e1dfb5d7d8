"""Every address of Rollbook."""

from django.urls import URLPattern, URLResolver, path

from attendance_site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health.page, name="health"),
]
