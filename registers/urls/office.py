"""The office: this morning, the late desk, held marks, sign-outs, on site, a mark, the grid."""

from django.urls import path

from registers import converters  # noqa: F401 (day and half in addresses)
from registers.views import (
    code_range,
    desk,
    grid,
    held,
    marks,
    morning,
    on_site,
    roll_call,
    sign_outs,
    slips,
)

S = "schools/<str:urn>/"
MARK = f"{S}marks/<int:enrolment_id>/<day:date>/<half:half>/"
urlpatterns = [
    path(f"{S}morning/", morning.morning, name="morning"),
    path(f"{S}morning/calls/<int:enrolment_id>/<day:date>/", morning.call, name="call"),
    path(f"{S}late-desk/", desk.late_desk, name="late_desk"),
    path(f"{S}late-desk/in/", desk.late_desk_in, name="late_desk_in"),
    path(f"{S}late-desk/undo/", desk.late_desk_undo, name="late_desk_undo"),
    path(
        f"{S}late-desk/slips/<int:enrolment_id>/<day:date>/<half:half>/slip.pdf",
        slips.late_slip,
        name="late_slip",
    ),
    path(f"{S}sign-outs/", sign_outs.sign_outs, name="sign_outs"),
    path(f"{S}sign-outs/<int:sign_out_id>/", sign_outs.sign_out_page, name="sign_out"),
    path(f"{S}held-marks/", held.held, name="held"),
    path(f"{S}on-site/", on_site.on_site, name="on_site"),
    path(f"{S}on-site/evacuation.pdf", on_site.evacuation, name="evacuation"),
    path(f"{S}on-site/list/", on_site.evacuation_page, name="evacuation_page"),
    path(f"{S}roll-call/", roll_call.roll_call, name="roll_call"),
    path(f"{S}roll-call/<int:call_id>/", roll_call.roll_call_on, name="roll_call_on"),
    path(f"{S}roll-call/<int:call_id>/ticks/", roll_call.roll_call_ticks, name="roll_call_ticks"),
    path(f"{S}roll-call/<int:call_id>/end/", roll_call.roll_call_end, name="roll_call_end"),
    path(MARK, marks.mark, name="mark"),
    path(f"{MARK}cell/", marks.mark_cell, name="mark_cell"),
    path(f"{S}groups/<int:group_id>/week/<day:date>/", grid.grid, name="grid"),
    path(f"{S}pupils/<int:pupil_id>/one-code/", code_range.code_range, name="code_range"),
]
