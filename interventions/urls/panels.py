"""Panels, packs and the certificate."""

from django.urls import path

from interventions.views import certificate, packs, panels

PANEL = "schools/<str:urn>/panels/<int:panel_id>/"
CASE = f"{PANEL}pupils/<int:case_id>/"

urlpatterns = [
    path("schools/<str:urn>/panels/", panels.panels, name="panels"),
    path("schools/<str:urn>/panels/new/", panels.panel_new, name="panel_new"),
    path(PANEL, panels.panel, name="panel"),
    path(f"{PANEL}change/", panels.panel_change, name="panel_change"),
    path(f"{PANEL}pupils/", panels.panel_add, name="panel_add"),
    path(CASE, panels.panel_case, name="panel_case"),
    path(f"{CASE}move/", panels.case_move, name="case_move"),
    path(f"{CASE}take-off/", panels.case_take_off, name="case_take_off"),
    path(f"{CASE}put-back/", panels.case_put_back, name="case_put_back"),
    path(f"{PANEL}invitations/", panels.panel_invite, name="panel_invite"),
    path(f"{PANEL}pack/", packs.pack_new, name="pack_new"),
    path(
        "schools/<str:urn>/pupils/<int:pupil_id>/certificate/",
        certificate.certificate,
        name="certificate",
    ),
]
