"""Panels, packs and the certificate."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
