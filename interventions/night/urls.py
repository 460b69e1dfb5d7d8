"""The nights."""

from django.urls import path

from interventions.night import views

urlpatterns = [
    path("schools/<str:urn>/nights/", views.nights, name="nights"),
    path("schools/<str:urn>/nights/run/", views.run_night, name="run_night"),
]
