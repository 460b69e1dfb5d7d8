"""Imports: files that are brought in, the questions they leave open, templates to fill in."""

from django.urls import path

from registers.exchange.pages import template_views, views

IMPORTS = "schools/<str:urn>/set-up/imports/"
UPLOAD = f"{IMPORTS}files/<uuid:upload_id>/"

urlpatterns = [
    path(IMPORTS, views.imports, name="imports"),
    path(
        f"{IMPORTS}templates/<slug:template>.xlsx",
        template_views.import_template,
        name="import_template",
    ),
    path(f"{IMPORTS}new/", views.import_new, name="import_new"),
    path(UPLOAD, views.import_page, name="import_page"),
    path(f"{UPLOAD}delete/", views.import_throw_away, name="import_throw_away"),
    path(f"{IMPORTS}<int:import_id>/go-on/", views.import_go_on, name="import_go_on"),
    path(f"{IMPORTS}answers/<int:mapping_id>/delete/", views.mapping_delete, name="mapping_delete"),
]
