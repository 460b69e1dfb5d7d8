"""The log of actions and its next steps."""

from django.urls import path

from interventions.log import next_steps_views, views

LOG = "schools/<str:urn>/log/"

urlpatterns = [
    path(
        "schools/<str:urn>/pupils/<int:pupil_id>/log/new/",
        views.intervention_new,
        name="intervention_new",
    ),
    path(f"{LOG}<int:intervention_id>/", views.intervention, name="intervention"),
    path(f"{LOG}<int:intervention_id>/done/", views.step_done, name="step_done"),
    path(f"{LOG}documents/<int:document_id>/", views.document, name="document"),
    path("schools/<str:urn>/next-steps/", next_steps_views.steps, name="next_steps"),
]
