"""The certificate of attendance."""

from django.urls import path

from interventions.certificates import views

urlpatterns = [
    path(
        "schools/<str:urn>/pupils/<int:pupil_id>/certificate/",
        views.certificate,
        name="certificate",
    ),
]
