"""Every address of Rollbook."""

from django.urls import URLPattern, URLResolver, include, path

from attendance_site import sign_in, views
from attendance_site.find.views import find_anything
from attendance_site.operations import health
from attendance_site.pages import manifest

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    *sign_in.urlpatterns,
    path("invitations/<str:secret>/", views.accept_invitation, name="accept_invitation"),
    path("schools/<str:urn>/find/", find_anything, name="find"),
    path("components/", views.components, name="components"),
    path("health/", health.page, name="health"),
    path("rollbook.webmanifest", manifest.manifest, name="manifest"),
    path("", include("registers.urls")),
    path("", include("absence.urls")),
    path("", include("interventions.urls")),
]
