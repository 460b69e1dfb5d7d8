"""Long work: progress and files."""

from django.urls import path

from registers.views import jobs

urlpatterns = [
    path("schools/<str:urn>/jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("schools/<str:urn>/jobs/<uuid:job_id>/file/", jobs.job_file, name="job_file"),
]
