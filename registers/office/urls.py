"""The office: today, this morning, the late desk, sign-outs, on site, the roll call."""

from django.urls import path

from registers.office.late_desk import slips
from registers.office.late_desk import views as late_desk_views
from registers.office.morning import views as morning_views
from registers.office.on_site import views as on_site_views
from registers.office.roll_call import views as roll_call_views
from registers.office.signing_out import views as signing_out_views
from registers.office.today import views as today_views

S = "schools/<str:urn>/"

urlpatterns = [
    path(f"{S}today/", today_views.today, name="today"),
    path(f"{S}morning/", morning_views.morning, name="morning"),
    path(f"{S}morning/calls/<int:enrolment_id>/<day:date>/", morning_views.call, name="call"),
    path(f"{S}late-desk/", late_desk_views.late_desk, name="late_desk"),
    path(f"{S}late-desk/in/", late_desk_views.late_desk_in, name="late_desk_in"),
    path(f"{S}late-desk/undo/", late_desk_views.late_desk_undo, name="late_desk_undo"),
    path(
        f"{S}late-desk/slips/<int:enrolment_id>/<day:date>/<half:half>/slip/",
        slips.late_slip,
        name="late_slip",
    ),
    path(f"{S}sign-outs/", signing_out_views.sign_outs, name="sign_outs"),
    path(f"{S}sign-outs/<int:sign_out_id>/", signing_out_views.sign_out_page, name="sign_out"),
    path(f"{S}on-site/", on_site_views.on_site, name="on_site"),
    path(f"{S}on-site/evacuation.pdf", on_site_views.evacuation, name="evacuation"),
    path(f"{S}on-site/list/", on_site_views.evacuation_page, name="evacuation_page"),
    path(f"{S}roll-call/", roll_call_views.roll_call, name="roll_call"),
    path(f"{S}roll-call/<int:call_id>/", roll_call_views.roll_call_on, name="roll_call_on"),
    path(
        f"{S}roll-call/<int:call_id>/ticks/",
        roll_call_views.roll_call_ticks,
        name="roll_call_ticks",
    ),
    path(f"{S}roll-call/<int:call_id>/end/", roll_call_views.roll_call_end, name="roll_call_end"),
]
