"""Staff and invitations."""

from django.urls import path

from registers.setup.staff import link_views, views

urlpatterns = [
    path("schools/<str:urn>/set-up/staff/", views.staff, name="staff"),
    path("schools/<str:urn>/set-up/staff/invite/", views.invite, name="invite"),
    path("schools/<str:urn>/set-up/staff/links/", link_views.staff_links, name="staff_links"),
    path(
        "schools/<str:urn>/set-up/staff/<int:appointment_id>/",
        views.appointment,
        name="appointment",
    ),
    path(
        "schools/<str:urn>/set-up/staff/<int:appointment_id>/end/",
        views.end_appointment,
        name="end_appointment",
    ),
    path(
        "schools/<str:urn>/set-up/staff/<int:appointment_id>/second-factor/",
        views.take_second_factor_away,
        name="take_second_factor_away",
    ),
    path(
        "schools/<str:urn>/set-up/staff/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
]
