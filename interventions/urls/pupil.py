"""The pupil page and the log of actions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
