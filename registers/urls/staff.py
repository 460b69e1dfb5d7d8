"""Staff and invitations."""

from django.urls import path

from registers.views import staff, staff_links

urlpatterns = [
    path("schools/<str:urn>/set-up/staff/", staff.staff, name="staff"),
    path("schools/<str:urn>/set-up/staff/invite/", staff.invite, name="invite"),
    path("schools/<str:urn>/set-up/staff/links/", staff_links.staff_links, name="staff_links"),
    path(
        "schools/<str:urn>/set-up/staff/<int:appointment_id>/",
        staff.appointment,
        name="appointment",
    ),
    path(
        "schools/<str:urn>/set-up/staff/<int:appointment_id>/end/",
        staff.end_appointment,
        name="end_appointment",
    ),
    path(
        "schools/<str:urn>/set-up/staff/<int:appointment_id>/second-factor/",
        staff.take_second_factor_away,
        name="take_second_factor_away",
    ),
    path(
        "schools/<str:urn>/set-up/staff/invitations/<int:invitation_id>/withdraw/",
        staff.withdraw_invitation,
        name="withdraw_invitation",
    ),
]
