"""The addresses of what is done about absence."""

from django.urls import path

from interventions.views import letters, nights

app_name = "interventions"
urlpatterns = [
    path("schools/<str:urn>/letters/", letters.letters, name="letters"),
    path("schools/<str:urn>/letters/<int:letter_id>/", letters.letter, name="letter"),
    path(
        "schools/<str:urn>/letters/<int:letter_id>/copies/<int:copy_id>.pdf",
        letters.copy_pdf,
        name="copy_pdf",
    ),
    path("schools/<str:urn>/nights/", nights.nights, name="nights"),
]
