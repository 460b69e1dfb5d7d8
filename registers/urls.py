"""The addresses of the registers: each package has its own."""

from registers.web import addresses  # noqa: F401 I001 (day and half in addresses, before all)
from registers.amendments.urls import urlpatterns as amendments
from registers.closures.urls import urlpatterns as closures
from registers.code_list.urls import urlpatterns as code_list
from registers.exchange.urls import urlpatterns as exchange
from registers.office.urls import urlpatterns as office
from registers.photos.urls import urlpatterns as photos
from registers.planned_absence.urls import urlpatterns as planned_absence
from registers.register.urls import urlpatterns as register
from registers.roll.urls import urlpatterns as roll
from registers.setup.urls import urlpatterns as setup
from registers.web.urls import urlpatterns as web

app_name = "registers"
urlpatterns = [
    *register,
    *office,
    *amendments,
    *planned_absence,
    *closures,
    *roll,
    *photos,
    *setup,
    *exchange,
    *code_list,
    *web,
]
