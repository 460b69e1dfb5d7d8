"""The register page, on paper too; cover; marks that came in too late."""

from django.urls import path

from registers.register import mark_views, views
from registers.register.cover import views as cover_views
from registers.register.held_marks import views as held_marks_views
from registers.register.printed import views as printed_views

REGISTER = "schools/<str:urn>/registers/<int:group_id>/<day:date>/<half:half>/"

urlpatterns = [
    path(REGISTER, views.register, name="register"),
    path(f"{REGISTER}marks/", mark_views.register_marks, name="register_marks"),
    path(f"{REGISTER}paper/", printed_views.register_paper, name="register_paper"),
    path(
        "schools/<str:urn>/registers/<day:date>/<half:half>/paper/",
        printed_views.registers_paper,
        name="registers_paper",
    ),
    path(
        "schools/<str:urn>/registers/<day:date>/<half:half>/paper.pdf",
        printed_views.registers_pdf,
        name="registers_pdf",
    ),
    path("schools/<str:urn>/held-marks/", held_marks_views.held, name="held"),
    path("schools/<str:urn>/cover/", cover_views.covers, name="cover"),
    path("schools/<str:urn>/cover/<int:cover_id>/", cover_views.take_back, name="cover_take_back"),
]
