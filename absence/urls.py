"""The addresses of what the marks add up to."""

from django.urls import path

from absence.views import pupils

app_name = "absence"
urlpatterns = [
    path("schools/<str:urn>/pupils/", pupils.pupils, name="pupils"),
]
