"""The pupil page and the log of actions."""

from django.urls import path

from interventions.log import next_steps_views
from interventions.log import views as log_views
from interventions.pupil import views

urlpatterns = [
    path("schools/<str:urn>/pupils/<int:pupil_id>/", views.pupil, name="pupil"),
    path(
        "schools/<str:urn>/pupils/<int:pupil_id>/log/new/",
        log_views.intervention_new,
        name="intervention_new",
    ),
    path(
        "schools/<str:urn>/log/<int:intervention_id>/", log_views.intervention, name="intervention"
    ),
    path(
        "schools/<str:urn>/log/<int:intervention_id>/done/", log_views.step_done, name="step_done"
    ),
    path("schools/<str:urn>/log/documents/<int:document_id>/", log_views.document, name="document"),
    path("schools/<str:urn>/next-steps/", next_steps_views.steps, name="next_steps"),
]
