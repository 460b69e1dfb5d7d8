"""A school's own words for its letters."""

from django.urls import path

from interventions.letters.wordings import views

WORDINGS = "schools/<str:urn>/letters/templates/"
KIND = f"{WORDINGS}<str:kind>/"

urlpatterns = [
    path(WORDINGS, views.letter_templates, name="letter_templates"),
    path(KIND, views.letter_template, name="letter_template"),
    path(f"{KIND}preview/", views.words_preview, name="words_preview"),
    path(f"{KIND}preview.pdf", views.words_pdf, name="words_pdf"),
    path(f"{KIND}versions/<int:version>/", views.letter_version, name="letter_version"),
]
