"""The addresses of what is done about absence: those of each package, put together."""

from interventions.certificates import urls as certificates_urls
from interventions.letters import urls as letters_urls
from interventions.letters.crossed_before import urls as crossed_before_urls
from interventions.letters.wordings import urls as wordings_urls
from interventions.log import urls as log_urls
from interventions.night import urls as night_urls
from interventions.panels import urls as panels_urls
from interventions.pupil import urls as pupil_urls

app_name = "interventions"
urlpatterns = [
    *letters_urls.urlpatterns,
    *crossed_before_urls.urlpatterns,
    *wordings_urls.urlpatterns,
    *night_urls.urlpatterns,
    *log_urls.urlpatterns,
    *panels_urls.urlpatterns,
    *certificates_urls.urlpatterns,
    *pupil_urls.urlpatterns,
]
