"""The pupil page."""

from django.urls import path

from interventions.pupil import views

urlpatterns = [
    path("schools/<str:urn>/pupils/<int:pupil_id>/", views.pupil, name="pupil"),
]
