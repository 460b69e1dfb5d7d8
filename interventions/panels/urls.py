"""Panels and their packs."""

from django.urls import path

from interventions.panels import pack_views, views

PANEL = "schools/<str:urn>/panels/<int:panel_id>/"
CASE = f"{PANEL}pupils/<int:case_id>/"

urlpatterns = [
    path("schools/<str:urn>/panels/", views.panels, name="panels"),
    path("schools/<str:urn>/panels/new/", views.panel_new, name="panel_new"),
    path(PANEL, views.panel, name="panel"),
    path(f"{PANEL}change/", views.panel_change, name="panel_change"),
    path(f"{PANEL}pupils/", views.panel_add, name="panel_add"),
    path(CASE, views.panel_case, name="panel_case"),
    path(f"{CASE}move/", views.case_move, name="case_move"),
    path(f"{CASE}take-off/", views.case_take_off, name="case_take_off"),
    path(f"{CASE}put-back/", views.case_put_back, name="case_put_back"),
    path(f"{PANEL}invitations/", views.panel_invite, name="panel_invite"),
    path(f"{PANEL}pack/", pack_views.pack_new, name="pack_new"),
]
