"""Closures of the school or of some of it."""

from django.urls import path

from registers.closures import views

ALL = "schools/<str:urn>/closures/"

urlpatterns = [
    path(ALL, views.closures, name="closures"),
    path(f"{ALL}new/", views.closure_new, name="closure_new"),
    path(f"{ALL}<int:closure_id>/", views.closure, name="closure"),
    path(f"{ALL}<int:closure_id>/undo/", views.closure_undo, name="closure_undo"),
]
