"""The addresses of what is done about absence, a module for each room."""

from interventions.urls import letters, nights, panels, pupil

app_name = "interventions"
urlpatterns = [
    *letters.urlpatterns,
    *nights.urlpatterns,
    *panels.urlpatterns,
    *pupil.urlpatterns,
]
