"""Today, the register page, cover."""

from django.urls import URLPattern, path

from registers.views import cover, paper, register, today

urlpatterns: list[URLPattern] = [
    path("schools/<str:urn>/today/", today.today, name="today"),
    path(
        "schools/<str:urn>/registers/<int:group_id>/<day:date>/<half:half>/",
        register.register,
        name="register",
    ),
    path(
        "schools/<str:urn>/registers/<int:group_id>/<day:date>/<half:half>/paper.pdf",
        paper.register_pdf,
        name="register_pdf",
    ),
    path(
        "schools/<str:urn>/registers/<day:date>/<half:half>/paper.pdf",
        paper.registers_pdf,
        name="registers_pdf",
    ),
    path("schools/<str:urn>/cover/", cover.covers, name="cover"),
    path("schools/<str:urn>/cover/<int:cover_id>/", cover.take_back, name="cover_take_back"),
]
