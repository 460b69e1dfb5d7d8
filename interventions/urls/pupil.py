"""The pupil page and the log of actions."""

from django.urls import path

from interventions.views import log, next_steps, pupil

urlpatterns = [
    path("schools/<str:urn>/pupils/<int:pupil_id>/", pupil.pupil, name="pupil"),
    path(
        "schools/<str:urn>/pupils/<int:pupil_id>/log/new/",
        log.intervention_new,
        name="intervention_new",
    ),
    path("schools/<str:urn>/log/<int:intervention_id>/", log.intervention, name="intervention"),
    path("schools/<str:urn>/log/<int:intervention_id>/done/", log.step_done, name="step_done"),
    path("schools/<str:urn>/log/documents/<int:document_id>/", log.document, name="document"),
    path("schools/<str:urn>/next-steps/", next_steps.steps, name="next_steps"),
]
