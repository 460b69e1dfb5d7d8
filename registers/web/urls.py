"""Long work, its progress and files; the script that keeps pages for a tablet without a wifi."""

from django.urls import path

from registers.web import service_worker
from registers.web.jobs import views

JOB = "schools/<str:urn>/jobs/<uuid:job_id>/"

urlpatterns = [
    path("register-worker.js", service_worker.register_worker, name="register_worker"),
    path(JOB, views.job, name="job"),
    path(f"{JOB}file/", views.job_file, name="job_file"),
]
