"""The addresses of the registers, a module for each room."""

from django.urls import path

from registers.closures import urls as closures_urls
from registers.code_list import views as code_list_views
from registers.office import urls as office_urls
from registers.planned_absence import urls as planned_absence_urls
from registers.register import urls as register_urls
from registers.roll import urls as roll_urls
from registers.setup import urls as setup_urls
from registers.setup.staff import urls as staff_urls
from registers.web import (
    converters,  # noqa: F401 (day and half in addresses)
    service_worker,
)
from registers.web.jobs import urls as jobs_urls

app_name = "registers"
urlpatterns = [
    path("codes/", code_list_views.codes, name="codes"),
    path("register-worker.js", service_worker.register_worker, name="register_worker"),
    *register_urls.urlpatterns,
    *office_urls.urlpatterns,
    *planned_absence_urls.urlpatterns,
    *closures_urls.urlpatterns,
    *roll_urls.urlpatterns,
    *setup_urls.urlpatterns,
    *staff_urls.urlpatterns,
    *jobs_urls.urlpatterns,
]
