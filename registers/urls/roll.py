"""The admission register: pupils, enrolments, people."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
