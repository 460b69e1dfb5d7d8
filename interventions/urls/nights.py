"""The nights."""

from django.urls import path

from interventions.views import nights

urlpatterns = [
    path("schools/<str:urn>/nights/", nights.nights, name="nights"),
    path("schools/<str:urn>/nights/run/", nights.run_night, name="run_night"),
]
