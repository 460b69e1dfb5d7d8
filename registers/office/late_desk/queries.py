"""What the late desk shows: the session that is on, who is found, who came in late today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from registers.marks.day_sheet import DayMark, DaySheet, PupilOnSheet, day_sheet
from registers.marks.plans_in_force import planned_marks
from registers.models import PlannedAbsence, School, Session, SignOut
from registers.office.days import begun
from registers.office.found_pupils import MOST_FOUND, FoundPupil, by_pupil, place_by_mark
from registers.office.late_desk.arrivals import Arrival, arrival, late_code, standing_of
from registers.office.morning.queries import LateArrival, late_arrivals
from registers.office.signing_out.outings import outings_by_enrolment
from registers.roll.search import found_among
from registers.rules.clock import RegisterWindow
from registers.rules.codes import CODES, AttendanceCode, Half
from registers.rules.grouping import grouped_by

MOST_READ = 60  # of whom those who are not in yet stand first


@dataclass(frozen=True, slots=True)
class Desk:
    """The day as the desk has it; `half` is the session that is on, or was last."""

    sheet: DaySheet
    held: list[int]
    begun: list[int]
    now: datetime

    @property
    def half(self) -> int | None:
        return max(self.begun, default=None)

    @property
    def window(self) -> RegisterWindow | None:
        return None if self.half is None else self.sheet.windows[self.half]

    @property
    def opens_first(self) -> datetime:
        return self.sheet.windows[self.held[0]].opens_at

    @property
    def code(self) -> AttendanceCode | None:
        """What the clock gives now; None before the first register opens."""
        return CODES[late_code(self.window, self.now)] if self.window else None

    @property
    def minutes(self) -> int:
        return self.window.minutes_since_opening(self.now) if self.window else 0

    def mark(self, child: PupilOnSheet) -> DayMark | None:
        if self.half is None:
            return None
        return self.sheet.mark(child.enrolment_id, self.half)


def read_desk(school: School, now: datetime) -> Desk:
    """The session that is on: the last one of today whose register has opened."""
    held = Session.objects.filter(school=school, date=now.date(), is_open=True)
    halves = sorted(held.values_list("half", flat=True))
    sheet = day_sheet(school, now.date(), halves or list(Half), registers=False)
    return Desk(sheet, halves, begun(sheet, halves, now), now)


def late_today(desk: Desk) -> list[LateArrival]:
    return late_arrivals(desk.sheet, desk.begun)


def arrivals_by_half(arrivals: Sequence[LateArrival]) -> list[tuple[str, list[LateArrival]]]:
    """The afternoon's first; a session in which nobody was late is left out."""
    by_half = grouped_by(arrivals, attrgetter("half"))
    return [(f"This {half.words}", by_half[half]) for half in reversed(Half) if half in by_half]


def find_for_desk(school: School, desk: Desk, letters: str) -> tuple[list[FoundPupil], int]:
    """Those to be shown, and how many have such a name."""
    if not letters.strip():
        return [], 0
    named = found_among(school, by_pupil(desk.sheet), letters)
    named.sort(key=lambda child: place_by_mark(desk.mark(child)))
    children = named[:MOST_READ]
    plans = _plans(desk, children)
    out = outings_by_enrolment(school, desk.now.date())
    pupils = [
        _pupil(desk, child, plans.get(child.enrolment_id), out.get(child.enrolment_id))
        for child in children
    ]
    pupils.sort(key=attrgetter("place_in_list"))
    return pupils[:MOST_FOUND], len(named)


def _pupil(
    desk: Desk, child: PupilOnSheet, plan: PlannedAbsence | None, out: SignOut | None
) -> FoundPupil:
    mark = desk.mark(child)
    return FoundPupil(child, mark, out, plan, _arrival(desk, mark, plan))


def _plans(desk: Desk, children: Sequence[PupilOnSheet]) -> dict[int, PlannedAbsence]:
    if desk.half is None or not children:
        return {}
    enrolments = [child.enrolment_id for child in children]
    return planned_marks(enrolments, desk.now.date(), desk.half)


def _arrival(desk: Desk, mark: DayMark | None, plan: PlannedAbsence | None) -> Arrival:
    if desk.window is None:
        return Arrival((), "No session is on")
    return arrival(
        window=desk.window,
        now=desk.now,
        standing=standing_of(mark),
        planned=plan.code_id if plan else None,
    )
