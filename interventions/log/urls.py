"""The log of actions and its next steps."""

from django.urls import path

from interventions.log.views import interventions, next_steps

LOG = "schools/<str:urn>/log/"

urlpatterns = [
    path(
        "schools/<str:urn>/pupils/<int:pupil_id>/log/new/",
        interventions.intervention_new,
        name="intervention_new",
    ),
    path(f"{LOG}<int:intervention_id>/", interventions.intervention, name="intervention"),
    path(f"{LOG}<int:intervention_id>/done/", interventions.step_done, name="step_done"),
    path(f"{LOG}documents/<int:document_id>/", interventions.document, name="document"),
    path("schools/<str:urn>/next-steps/", next_steps.steps, name="next_steps"),
]
