"""Absences whose reason is still open, with the school days that are left to settle them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from registers.marks.day_sheet import (
    DaySheet,
    PupilOnSheet,
)
from registers.models import (
    Enrolment,
    FollowUp,
    School,
)
from registers.office.morning.calling import (
    Unexplained,
)
from registers.rules import calendar
from registers.rules.grouping import grouped


@dataclass(slots=True)
class Settling:
    """A child's absences whose reason is still open. `left` counts school days; below 0: over."""

    child: PupilOnSheet
    sessions: list[Unexplained]
    due_on: date | None
    left: int | None
    tried: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def overdue_by(self) -> int:
        return -(self.left or 0)

    @property
    def days(self) -> list[tuple[date, list[int]]]:
        return list(grouped((session.date, session.half) for session in self.sessions).items())


def settling_of(
    sheet: DaySheet,
    school: School,
    today: date,
    days: Sequence[date],
    open_ns: Mapping[int, list[tuple[date, int, int]]],
    follow_ups: Mapping[int, list[FollowUp]],
    come_since: set[int],
) -> list[Settling]:
    """N of earlier days, and of this day for those who came in since, the oldest first."""
    gone = open_ns.keys() - sheet.children.keys()
    children = sheet.children | children_of(school, gone)
    settling = []
    for pk in open_ns.keys() & children.keys():
        before = date.max if pk in come_since else sheet.on
        sessions = [Unexplained(*row) for row in open_ns[pk] if row[0] < before]
        if sessions:
            tried = _channels(follow_ups.get(pk, ()), sessions)
            settling.append(_settling(children[pk], sessions, tried, today, days))
    return sorted(settling, key=lambda row: (row.sessions[0].date, row.child.in_order))


def _settling(
    child: PupilOnSheet,
    sessions: list[Unexplained],
    tried: list[tuple[str, int]],
    today: date,
    days: Sequence[date],
) -> Settling:
    due_on = calendar.explanation_due_on(sessions[0].date, days)
    left = calendar.school_days_left(today, due_on, days) if due_on else None
    return Settling(child, sessions, due_on, left, tried)


def _channels(
    follow_ups: Iterable[FollowUp], sessions: Iterable[Unexplained]
) -> list[tuple[str, int]]:
    """How often each way was tried on the days of these sessions, the most used first."""
    days = {session.date for session in sessions}
    tried = (FollowUp.Channel(one.channel).label for one in follow_ups if one.date in days)
    return Counter(tried).most_common()


def children_of(school: School, enrolments: Iterable[int]) -> dict[int, PupilOnSheet]:
    """Those who are not on roll on the day any more: their group is left out."""
    rows = Enrolment.objects.filter(school=school, pk__in=list(enrolments)).values_list(
        "pk", "pupil", "pupil__forename", "pupil__surname", "pupil__preferred_name"
    )
    return {
        pk: PupilOnSheet(pk, pupil, forename, surname, None, "", preferred)
        for pk, pupil, forename, surname, preferred in rows
    }
