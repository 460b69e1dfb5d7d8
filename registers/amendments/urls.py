"""A mark and its history, one code over a range of days, a group’s week."""

from django.urls import path

from registers.amendments import code_range_views, views, week_views

SCHOOL = "schools/<str:urn>/"
MARK = f"{SCHOOL}marks/<int:enrolment_id>/<day:date>/<half:half>/"

urlpatterns = [
    path(MARK, views.mark, name="mark"),
    path(f"{MARK}cell/", views.mark_cell, name="mark_cell"),
    path(f"{SCHOOL}groups/<int:group_id>/week/<day:date>/", week_views.grid, name="grid"),
    path(
        f"{SCHOOL}pupils/<int:pupil_id>/one-code/", code_range_views.code_range, name="code_range"
    ),
]
