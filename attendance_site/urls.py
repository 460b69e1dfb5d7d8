"""Every address of Rollbook."""

from django.urls import URLPattern, URLResolver, include, path

from attendance_site import health, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("components/", views.components, name="components"),
    path("health/", health.page, name="health"),
    path("", include("registers.urls")),
    path("", include("absence.urls")),
    path("", include("interventions.urls")),
]
