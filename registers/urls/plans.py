"""Planned absences, and the papers that some codes need."""

from django.urls import path

from registers.views import papers, plan_marks, plans

ALL = "schools/<str:urn>/planned-absences/"

urlpatterns = [
    path(ALL, plans.planned, name="planned"),
    path(f"{ALL}new/", plans.planned_new, name="planned_new"),
    path(f"{ALL}papers/", papers.papers, name="papers"),
    path(f"{ALL}<int:planned_id>/", plans.planned_edit, name="planned_edit"),
    path(f"{ALL}<int:planned_id>/marks/", plan_marks.planned_marks, name="planned_marks"),
    path(f"{ALL}<int:planned_id>/withdraw/", plans.planned_withdraw, name="planned_withdraw"),
]
