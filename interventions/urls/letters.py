"""Letters: the queue, templates, print runs."""

from django.urls import path

from interventions.views import letters

urlpatterns = [
    path("schools/<str:urn>/letters/", letters.letters, name="letters"),
    path("schools/<str:urn>/letters/<int:letter_id>/", letters.letter, name="letter"),
    path(
        "schools/<str:urn>/letters/<int:letter_id>/copies/<int:copy_id>.pdf",
        letters.copy_pdf,
        name="copy_pdf",
    ),
]
