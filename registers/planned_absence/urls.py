"""Planned absences, and the papers that some codes need."""

from django.urls import path

from registers.planned_absence import papers_views, views
from registers.planned_absence.plan_marks import views as plan_marks_views

ALL = "schools/<str:urn>/planned-absences/"

urlpatterns = [
    path(ALL, views.planned, name="planned"),
    path(f"{ALL}new/", views.planned_new, name="planned_new"),
    path(f"{ALL}papers/", papers_views.papers, name="papers"),
    path(f"{ALL}<int:planned_id>/", views.planned_edit, name="planned_edit"),
    path(f"{ALL}<int:planned_id>/marks/", plan_marks_views.planned_marks, name="planned_marks"),
    path(f"{ALL}<int:planned_id>/withdraw/", views.planned_withdraw, name="planned_withdraw"),
]
