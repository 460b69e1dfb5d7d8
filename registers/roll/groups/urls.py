"""Groups, their pupils and tutors; the year group of every pupil."""

from django.urls import path

from registers.roll.groups import views
from registers.roll.year_groups import views as of_years

GROUPS = "schools/<str:urn>/set-up/groups/"
YEAR_GROUPS = "schools/<str:urn>/set-up/year-groups/"

urlpatterns = [
    path(GROUPS, views.groups, name="groups"),
    path(f"{GROUPS}<int:group_id>/", views.group, name="group"),
    path(f"{GROUPS}<int:group_id>/end/", views.group_end, name="group_end"),
    path(YEAR_GROUPS, of_years.year_groups, name="year_groups"),
    path(f"{YEAR_GROUPS}<int:year_id>/", of_years.year_groups_of, name="year_groups_of"),
    path(f"{YEAR_GROUPS}<int:year_id>/move-up/", of_years.year_move_up, name="year_move_up"),
]
