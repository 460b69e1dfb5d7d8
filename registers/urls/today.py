"""Today, the register page, cover."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
