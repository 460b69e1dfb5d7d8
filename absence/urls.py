"""The addresses of what the marks add up to."""

from django.urls import path

from absence.views import exports, pupils, school

app_name = "absence"
urlpatterns = [
    path("schools/<str:urn>/pupils/", pupils.pupils, name="pupils"),
    path("schools/<str:urn>/pupils.csv", exports.pupils_csv, name="pupils_csv"),
    path("schools/<str:urn>/pupils.xlsx", exports.pupils_xlsx, name="pupils_xlsx"),
    path("schools/<str:urn>/school/", school.school, name="school"),
]
