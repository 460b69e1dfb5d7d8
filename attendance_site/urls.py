"""Every address of Rollbook."""

from django.urls import URLPattern, URLResolver, include, path

from attendance_site.accounts import sign_in
from attendance_site.accounts import views as accounts
from attendance_site.find.views import find_anything
from attendance_site.operations import health
from attendance_site.pages import manifest
from attendance_site.pages import views as pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    *sign_in.urlpatterns,
    path("invitations/<str:secret>/", accounts.accept_invitation, name="accept_invitation"),
    path("schools/<str:urn>/find/", find_anything, name="find"),
    path("components/", pages.components, name="components"),
    path("health/", health.page, name="health"),
    path("rollbook.webmanifest", manifest.manifest, name="manifest"),
    path("", include("registers.urls")),
    path("", include("absence.urls")),
    path("", include("interventions.urls")),
]
