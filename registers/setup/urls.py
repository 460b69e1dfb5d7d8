"""The school’s set-up: details, register times, calendar."""

from django.urls import path

from registers.setup.calendar import views as calendar_views
from registers.setup.register_times import views as register_times_views
from registers.setup.school import views as school_views
from registers.setup.staff.urls import urlpatterns as staff

HERE = "schools/<str:urn>/set-up/"

urlpatterns = [
    path(HERE, school_views.set_up, name="set_up"),
    path(f"{HERE}finish/", school_views.set_up_finish, name="set_up_finish"),
    path(f"{HERE}school/", school_views.school_details, name="school_details"),
    path(f"{HERE}times/", register_times_views.times, name="register_times"),
    path(
        f"{HERE}times/withdraw/",
        register_times_views.times_withdraw,
        name="register_times_withdraw",
    ),
    path(f"{HERE}calendar/", calendar_views.calendar, name="calendar"),
    path(f"{HERE}calendar/new/", calendar_views.calendar_new, name="calendar_new"),
    path(f"{HERE}calendar/<int:year_id>/", calendar_views.calendar_year, name="calendar_year"),
    *staff,
]
