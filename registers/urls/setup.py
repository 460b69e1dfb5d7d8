"""The school's set-up: details, calendar, groups, imports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
