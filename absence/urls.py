"""The addresses of what the marks add up to."""

from django.urls import path

from absence.lists import export_views
from absence.lists import views as lists_views
from absence.school_page import views as school_page_views

app_name = "absence"
urlpatterns = [
    path("schools/<str:urn>/pupils/", lists_views.pupils, name="pupils"),
    path("schools/<str:urn>/pupils.csv", export_views.pupils_csv, name="pupils_csv"),
    path("schools/<str:urn>/pupils.xlsx", export_views.pupils_xlsx, name="pupils_xlsx"),
    path("schools/<str:urn>/school/", school_page_views.school, name="school"),
]
