"""Pupils whom the office finds by a few letters, at the late desk and when somebody leaves."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from registers.marks.day_sheet import DayMark, DaySheet, PupilOnSheet
from registers.models import Enrolment, PlannedAbsence, SignOut
from registers.office.late_desk.arrivals import NOTHING_TO_DO, Arrival
from registers.rules.pupils.names import with_both
from registers.rules.pupils.namesakes import told_apart
from registers.web.access import PageRequest
from registers.web.parameters import number_of

MOST_FOUND = 8
NO_REASON_YET = "N"


@dataclass(frozen=True, slots=True)
class FoundPupil:
    """A pupil of the search, with what the office can do for them."""

    child: PupilOnSheet
    mark: DayMark | None
    out: SignOut | None
    plan: PlannedAbsence | None = None
    arrival: Arrival = NOTHING_TO_DO

    @property
    def symbol(self) -> str:
        """The code that stands, or is planned; empty for neither."""
        if self.mark:
            return self.mark.code
        return self.plan.code_id if self.plan else ""

    @property
    def is_planned(self) -> bool:
        return self.mark is None and self.plan is not None

    @property
    def place_in_list(self) -> int:
        """Those marked N first, then the unmarked, then whoever else can be signed in; who is here
        already comes last. Within each the likeliest name stands first.
        """
        if self.out:
            return 2
        if not self.arrival.choices:
            return 3
        return 2 if self.is_planned else place_by_mark(self.mark)


def place_by_mark(mark: DayMark | None) -> int:
    if mark is None:
        return 1
    return 0 if mark.code == NO_REASON_YET else 2


def by_pupil(sheet: DaySheet) -> list[tuple[int, PupilOnSheet]]:
    return [(child.pupil_id, child) for child in sheet.children.values()]


def apart_of(children: Iterable[PupilOnSheet]) -> dict[int, str]:
    """By pupil, for pages of the office, which may see dates of birth."""
    return told_apart(((one.pupil_id, one.namesake) for one in children), with_birth=True)


def name_of(enrolment: Enrolment) -> str:
    pupil = enrolment.pupil
    return with_both(pupil.forename, pupil.preferred_name, pupil.surname)


def sent_enrolment(request: PageRequest) -> Enrolment:
    """The pupil that was sent. Raises Http404 for one of another school."""
    number = number_of(request.POST.get("enrolment"))
    if number is None:
        raise Http404("There is no such pupil at this school.")
    return get_object_or_404(
        Enrolment.objects.select_related("pupil"), pk=number, school=request.viewer.school
    )
