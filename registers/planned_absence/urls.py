"""Planned absences, and the papers that some codes need."""

from django.urls import path

from registers.planned_absence import views
from registers.planned_absence.papers import views as papers_views
from registers.planned_absence.plan_marks import views as plan_marks_views
from registers.planned_absence.planning import views as planning

ALL = "schools/<str:urn>/planned-absences/"

urlpatterns = [
    path(ALL, views.planned, name="planned"),
    path(f"{ALL}new/", planning.planned_new, name="planned_new"),
    path(f"{ALL}papers/", papers_views.papers, name="papers"),
    path(f"{ALL}<int:planned_id>/", planning.planned_edit, name="planned_edit"),
    path(f"{ALL}<int:planned_id>/marks/", plan_marks_views.planned_marks, name="planned_marks"),
    path(f"{ALL}<int:planned_id>/withdraw/", planning.planned_withdraw, name="planned_withdraw"),
]
