"""Long work: progress and files."""

from django.urls import path

from registers.web.jobs import views

urlpatterns = [
    path("schools/<str:urn>/jobs/<uuid:job_id>/", views.job, name="job"),
    path("schools/<str:urn>/jobs/<uuid:job_id>/file/", views.job_file, name="job_file"),
]
