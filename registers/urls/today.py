"""Today, the register page, cover."""

from django.urls import URLPattern, path

from registers.views import cover, paper, photos, register, register_marks, today

REGISTER = "schools/<str:urn>/registers/<int:group_id>/<day:date>/<half:half>/"

urlpatterns: list[URLPattern] = [
    path("schools/<str:urn>/today/", today.today, name="today"),
    path(REGISTER, register.register, name="register"),
    path(f"{REGISTER}marks/", register_marks.register_marks, name="register_marks"),
    path(f"{REGISTER}paper.pdf", paper.register_pdf, name="register_pdf"),
    path(
        "schools/<str:urn>/registers/<day:date>/<half:half>/paper.pdf",
        paper.registers_pdf,
        name="registers_pdf",
    ),
    path(
        "schools/<str:urn>/registers/<int:group_id>/<day:date>/<str:faces>.jpg",
        photos.photos_of_group,
        name="photos_of_group",
    ),
    path("schools/<str:urn>/photos/<int:pupil_id>/<str:digest>.jpg", photos.photo, name="photo"),
    path("schools/<str:urn>/cover/", cover.covers, name="cover"),
    path("schools/<str:urn>/cover/<int:cover_id>/", cover.take_back, name="cover_take_back"),
]
