"""The addresses of what is done about absence, a module for each room."""

from interventions.letters import urls as letters_urls
from interventions.night import urls as night_urls
from interventions.panels import urls as panels_urls
from interventions.pupil import urls as pupil_urls

app_name = "interventions"
urlpatterns = [
    *letters_urls.urlpatterns,
    *night_urls.urlpatterns,
    *panels_urls.urlpatterns,
    *pupil_urls.urlpatterns,
]
