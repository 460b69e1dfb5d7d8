"""The office: this morning, the late desk, held marks, sign-outs, on site, a mark, the grid."""

from django.urls import path

from registers.amendments import code_range_views, week_grid
from registers.amendments import views as amendments_views
from registers.office.late_desk import slips
from registers.office.late_desk import views as late_desk_views
from registers.office.morning import views as morning_views
from registers.office.on_site import views as on_site_views
from registers.office.roll_call import views as roll_call_views
from registers.office.signing_out import views as signing_out_views
from registers.register.held_marks import views as held_marks_views
from registers.web import converters  # noqa: F401 (day and half in addresses)

S = "schools/<str:urn>/"
MARK = f"{S}marks/<int:enrolment_id>/<day:date>/<half:half>/"
urlpatterns = [
    path(f"{S}morning/", morning_views.morning, name="morning"),
    path(f"{S}morning/calls/<int:enrolment_id>/<day:date>/", morning_views.call, name="call"),
    path(f"{S}late-desk/", late_desk_views.late_desk, name="late_desk"),
    path(f"{S}late-desk/in/", late_desk_views.late_desk_in, name="late_desk_in"),
    path(f"{S}late-desk/undo/", late_desk_views.late_desk_undo, name="late_desk_undo"),
    path(
        f"{S}late-desk/slips/<int:enrolment_id>/<day:date>/<half:half>/slip.pdf",
        slips.late_slip,
        name="late_slip",
    ),
    path(f"{S}sign-outs/", signing_out_views.sign_outs, name="sign_outs"),
    path(f"{S}sign-outs/<int:sign_out_id>/", signing_out_views.sign_out_page, name="sign_out"),
    path(f"{S}held-marks/", held_marks_views.held, name="held"),
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
    path(MARK, amendments_views.mark, name="mark"),
    path(f"{MARK}cell/", amendments_views.mark_cell, name="mark_cell"),
    path(f"{S}groups/<int:group_id>/week/<day:date>/", week_grid.grid, name="grid"),
    path(f"{S}pupils/<int:pupil_id>/one-code/", code_range_views.code_range, name="code_range"),
]
