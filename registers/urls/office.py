"""This morning, the late desk, sign-outs, the evacuation list, a mark's history, the grid."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
