"""Today, the register page, cover."""

from django.urls import URLPattern, path

from registers.office.today import views as today_views
from registers.photos import views as photos_views
from registers.register import mark_views, views
from registers.register.cover import views as cover_views
from registers.register.printed import views as printed_views

REGISTER = "schools/<str:urn>/registers/<int:group_id>/<day:date>/<half:half>/"

urlpatterns: list[URLPattern] = [
    path("schools/<str:urn>/today/", today_views.today, name="today"),
    path(REGISTER, views.register, name="register"),
    path(f"{REGISTER}marks/", mark_views.register_marks, name="register_marks"),
    path(f"{REGISTER}paper.pdf", printed_views.register_pdf, name="register_pdf"),
    path(
        "schools/<str:urn>/registers/<day:date>/<half:half>/paper.pdf",
        printed_views.registers_pdf,
        name="registers_pdf",
    ),
    path(
        "schools/<str:urn>/registers/<int:group_id>/<day:date>/<str:faces>.jpg",
        photos_views.photos_of_group,
        name="photos_of_group",
    ),
    path(
        "schools/<str:urn>/photos/<int:pupil_id>/<str:digest>.jpg", photos_views.photo, name="photo"
    ),
    path("schools/<str:urn>/cover/", cover_views.covers, name="cover"),
    path("schools/<str:urn>/cover/<int:cover_id>/", cover_views.take_back, name="cover_take_back"),
]
