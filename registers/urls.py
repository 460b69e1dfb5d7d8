"""The addresses of the registers."""

from django.urls import path

from registers.views import codes

app_name = "registers"
urlpatterns = [
    path("codes/", codes.codes, name="codes"),
]
