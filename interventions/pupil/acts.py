"""What can be done from the pupil page, for those who may."""

from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse

from interventions.pupil.page import PupilPage
from registers.web.access import PageRequest


@dataclass(frozen=True, slots=True)
class PupilAct:
    """A button that leads on: `action` is what opens it, `ends` whether it ends with the roll."""

    action: str
    words: str
    url: str
    ends: bool = False
    classes: str = "btn btn-sm"


def pupil_acts(request: PageRequest, page: PupilPage) -> list[PupilAct]:
    """Those that this person may do, in the order of the page."""
    return [
        act
        for act in _acts(request, page)
        if request.viewer.may(act.action) and not (act.ends and page.has_left)
    ]


def _acts(request: PageRequest, page: PupilPage) -> list[PupilAct]:
    urn = request.viewer.school.urn
    pupil = {"urn": urn, "pupil_id": page.pupil.pk}
    spell = pupil | {"enrolment_id": page.enrolment.pk}
    new_plan = reverse("registers:planned_new", kwargs={"urn": urn})
    leave = reverse("registers:enrolment_leave", kwargs=spell)
    new_action = reverse("interventions:intervention_new", kwargs=pupil)
    return [
        PupilAct(
            "record_intervention", "Log an action", new_action, classes="btn btn-sm btn-primary"
        ),
        PupilAct(
            "decide_letter", "Write a letter", reverse("interventions:letter_new", kwargs=pupil)
        ),
        PupilAct("plan_absence", "Plan an absence", f"{new_plan}?pupil={page.pupil.pk}", ends=True),
        PupilAct(
            "amend_mark", "One code for some days", reverse("registers:code_range", kwargs=pupil)
        ),
        PupilAct(
            "make_certificate",
            "Attendance certificate",
            reverse("interventions:certificate", kwargs=pupil),
        ),
        PupilAct("keep_pupils", "Has left", f"{leave}?next={quote(request.path)}", ends=True),
        PupilAct(
            "keep_pupils", "Admission register", reverse("registers:pupil_edit", kwargs=pupil)
        ),
    ]
