"""The addresses of the registers, a module for each room."""

from django.urls import path

from registers import converters  # noqa: F401 (day and half in addresses)
from registers.urls import closures, jobs, office, plans, roll, setup, staff, today
from registers.views import codes, worker

app_name = "registers"
urlpatterns = [
    path("codes/", codes.codes, name="codes"),
    path("register-worker.js", worker.register_worker, name="register_worker"),
    *today.urlpatterns,
    *office.urlpatterns,
    *plans.urlpatterns,
    *closures.urlpatterns,
    *roll.urlpatterns,
    *setup.urlpatterns,
    *staff.urlpatterns,
    *jobs.urlpatterns,
]
