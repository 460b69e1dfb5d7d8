"""Pupils who had crossed a line before Rollbook came."""

from django.urls import path

from interventions.letters.crossed_before import views

urlpatterns = [
    path(
        "schools/<str:urn>/letters/crossed-before/",
        views.crossed_before,
        name="crossed_before",
    ),
]
