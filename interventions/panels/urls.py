"""Panels and their packs."""

from django.urls import path

from interventions.panels.views import calling, changing, meeting, packs

PANEL = "schools/<str:urn>/panels/<int:panel_id>/"
CASE = f"{PANEL}pupils/<int:case_id>/"

urlpatterns = [
    path("schools/<str:urn>/panels/", calling.panels, name="panels"),
    path("schools/<str:urn>/panels/new/", calling.panel_new, name="panel_new"),
    path(PANEL, meeting.panel, name="panel"),
    path(f"{PANEL}change/", changing.panel_change, name="panel_change"),
    path(f"{PANEL}pupils/", calling.panel_add, name="panel_add"),
    path(CASE, meeting.panel_case, name="panel_case"),
    path(f"{CASE}move/", changing.case_move, name="case_move"),
    path(f"{CASE}take-off/", changing.case_take_off, name="case_take_off"),
    path(f"{CASE}put-back/", changing.case_put_back, name="case_put_back"),
    path(f"{PANEL}invitations/", changing.panel_invite, name="panel_invite"),
    path(f"{PANEL}pack/", packs.pack_new, name="pack_new"),
]
