"""Closures of the school or of some of it."""

from django.urls import path

from registers.views import closures

ALL = "schools/<str:urn>/closures/"

urlpatterns = [
    path(ALL, closures.closures, name="closures"),
    path(f"{ALL}new/", closures.closure_new, name="closure_new"),
    path(f"{ALL}<int:closure_id>/", closures.closure, name="closure"),
    path(f"{ALL}<int:closure_id>/undo/", closures.closure_undo, name="closure_undo"),
]
