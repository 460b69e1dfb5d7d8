"""What the office has to do about a day: registers not in, homes to ring, reasons to settle.

`morning_of` reads the database, in a number of statements that does not grow with the pupils.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from registers.marks.day_sheet import (
    DayGroup,
    DaySheet,
    PupilOnSheet,
    day_sheet,
    unexplained_by_enrolment,
)
from registers.models import (
    Enrolment,
    FollowUp,
    Mark,
    School,
    Session,
    SignOut,
)
from registers.office.morning.calling import (
    Call,
    Unexplained,
    calling_order,
    calls_of,
    fill_calls,
)
from registers.office.signing_out.outings import signed_out
from registers.rules import calendar
from registers.rules.codes import CODES, Half

BACK = timedelta(days=400)  # far enough for a year of sessions
AHEAD = timedelta(days=45)  # far enough for five school days over any holiday but the summer's
TAKERS = (Mark.Source.REGISTER, Mark.Source.IMPORT)  # a plan or the late desk takes no register
LONGEST_BACK = 366  # days of N that are still asked about


@dataclass(slots=True)
class LateRegister:
    """A register that is not in, or ended with blanks."""

    group: DayGroup
    half: int
    marked: int
    due: int
    taken: bool
    ended: bool
    ends_at: datetime
    opens_at: datetime

    @property
    def blanks(self) -> int:
        return self.due - self.marked


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
        by_day: dict[date, list[int]] = {}
        for found in self.sessions:
            by_day.setdefault(found.date, []).append(found.half)
        return list(by_day.items())


@dataclass(slots=True)
class LateArrival:
    child: PupilOnSheet
    half: int
    code: str
    minutes: int | None
    version: int
    by_desk: bool

    @property
    def minutes_words(self) -> str:
        return "" if self.minutes is None else f"{self.minutes} min"


@dataclass(slots=True)
class Morning:
    on: date
    is_today: bool
    held: list[int]
    begun: list[int]
    ended: list[int]
    groups: int
    registers: list[LateRegister]
    calls: list[Call]
    settling: list[Settling]
    arrivals: list[LateArrival]
    out: list[SignOut]
    sheet: DaySheet
    previous_day: date | None
    next_day: date | None
    closed: dict[int, str] = field(default_factory=dict)  # why, by half

    @property
    def closed_said(self) -> str:
        """Why, and of which half where only one is closed; empty where none is."""
        reasons = set(self.closed.values())
        if len(self.closed) > 1 and len(reasons) == 1:
            return reasons.pop()
        halves = {0: "in the morning", 1: "in the afternoon"}
        return "; ".join(f"{why}, {halves[half]}" for half, why in sorted(self.closed.items()))

    @property
    def latest(self) -> int | None:
        return max(self.begun, default=None)

    @property
    def opens_first(self) -> datetime:
        return self.sheet.windows[self.held[0]].opens_at

    @property
    def registers_due(self) -> int:
        return self.groups * len(self.begun)

    @property
    def registers_in(self) -> int:
        return self.registers_due - len(self.registers)

    @property
    def not_taken(self) -> list[LateRegister]:
        return [register for register in self.registers if not register.taken]

    @property
    def first_calls(self) -> int:
        return sum(call.first for call in self.calls)

    @property
    def overdue(self) -> int:
        return sum(row.is_over for row in self.settling)

    @property
    def marks_to_settle(self) -> int:
        return sum(len(row.sessions) for row in self.settling)

    @property
    def unseen(self) -> int:
        """Children of registers that nobody took in the latest session: known to nobody yet."""
        return sum(
            register.blanks
            for register in self.registers
            if register.half == self.latest and register.ended and not register.taken
        )


# --- read from the database


def morning_of(school: School, on: date, now: datetime) -> Morning:
    """Everything the page shows of one day, as of `now`, in eleven statements at most."""
    days, year_start, halves, closed = _calendar(school, on, now.date())
    held = sorted(halves)
    sheet = day_sheet(school, on, held or list(Half))
    begun = [half for half in held if sheet.windows[half].has_opened(now)]
    ended = [half for half in held if sheet.windows[half].has_ended(now)]
    first = max(year_start, on - timedelta(days=LONGEST_BACK))
    open_ns = unexplained_by_enrolment(school, first, on)
    registers = [register for half in begun for register in _late_registers(sheet, half, now)]
    registers.sort(key=lambda late: (late.taken, -late.half))  # nobody was there: that comes first
    blank_halves = _halves_with_blanks(registers)
    calls, come_since = calls_of(sheet, begun, blank_halves, open_ns)
    oldest = min((rows[0][0] for rows in open_ns.values()), default=on)
    follow_ups = _follow_ups(school, oldest, on)
    fill_calls(calls, on, days, open_ns, follow_ups, year_start)
    settling = _settling(sheet, school, now.date(), days, open_ns, follow_ups, come_since)
    return Morning(
        on=on,
        is_today=on == now.date(),
        held=held,
        begun=begun,
        ended=ended,
        groups=len([group for group in sheet.in_groups() if group.id]),
        registers=registers,
        calls=calling_order(calls),
        settling=settling,
        arrivals=late_arrivals(sheet, begun),
        out=signed_out(school, on) if begun else [],
        sheet=sheet,
        previous_day=max((day for day in days if day < on), default=None),
        closed=closed,
        next_day=min((day for day in days if on < day <= now.date()), default=None),
    )


def _calendar(
    school: School, on: date, today: date
) -> tuple[list[date], date, set[int], dict[int, str]]:
    """School days around a day in order, the first of its academic year, its halves, and why those
    of them are closed that are.
    """
    rows = list(
        Session.objects.filter(school=school, date__range=(on - BACK, today + AHEAD))
        .order_by("date", "half")
        .select_related("academic_year")
    )
    days = sorted({row.date for row in rows if row.is_open})
    starts = [row.academic_year.starts_on for row in rows if row.date <= on]
    year_start = starts[-1] if starts else calendar.academic_year_start(on)
    of_day = [row for row in rows if row.date == on]
    halves = {row.half for row in of_day if row.is_held}
    return (
        days,
        year_start,
        halves,
        {row.half: row.closed_because for row in of_day if not row.is_held},
    )


def _late_registers(sheet: DaySheet, half: int, now: datetime) -> list[LateRegister]:
    window = sheet.windows[half]
    found = []
    for group in sheet.in_groups():
        if not group.id:
            continue
        marks = [sheet.mark(child.enrolment_id, half) for child in group.children]
        marked = sum(mark is not None for mark in marks)
        if marked == len(marks):
            continue
        register = sheet.registers.get((group.id, half))
        by_taker = any(mark is not None and mark.source in TAKERS for mark in marks)
        found.append(
            LateRegister(
                group=group,
                half=half,
                marked=marked,
                due=len(marks),
                taken=by_taker or bool(register and register.taken_at),
                ended=window.has_ended(now) or bool(register and register.ended_at),
                ends_at=window.ends_at,
                opens_at=window.opens_at,
            )
        )
    return found


def _halves_with_blanks(registers: Iterable[LateRegister]) -> set[tuple[int, int]]:
    """(group, half) whose blanks are children to ring about: it was taken, and it has ended."""
    return {(late.group.id, late.half) for late in registers if late.taken and late.ended}


def _follow_ups(school: School, first: date, last: date) -> dict[int, list[FollowUp]]:
    found: dict[int, list[FollowUp]] = defaultdict(list)
    rows = FollowUp.objects.filter(
        enrolment__school=school, date__range=(first, last)
    ).select_related("person", "made_by")
    for follow_up in rows.order_by("made_at", "pk"):
        found[follow_up.enrolment_id].append(follow_up)
    return found


def _settling(
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
    children = {**sheet.children, **(children_of(school, gone) if gone else {})}
    found = []
    for pk, rows in open_ns.items():
        wanted = [Unexplained(*row) for row in rows if row[0] < sheet.on or pk in come_since]
        if not wanted or pk not in children:
            continue
        due_on = calendar.explanation_due_on(wanted[0].date, days)
        left = calendar.school_days_left(today, due_on, days) if due_on else None
        asked = {row.date for row in wanted}
        tried = Counter(
            FollowUp.Channel(one.channel).label
            for one in follow_ups.get(pk, [])
            if one.date in asked
        )
        found.append(Settling(children[pk], wanted, due_on, left, tried.most_common()))
    return sorted(found, key=lambda row: (row.sessions[0].date, row.child.in_order))


def children_of(school: School, enrolments: Iterable[int]) -> dict[int, PupilOnSheet]:
    """Those who are not on roll on the day any more: their group is left out."""
    rows = Enrolment.objects.filter(school=school, pk__in=list(enrolments)).values_list(
        "pk", "pupil", "pupil__forename", "pupil__surname", "pupil__preferred_name"
    )
    return {
        pk: PupilOnSheet(pk, pupil, forename, surname, None, "", preferred)
        for pk, pupil, forename, surname, preferred in rows
    }


def late_arrivals(sheet: DaySheet, begun: Sequence[int]) -> list[LateArrival]:
    """L and U of the day, and appointments that were over in time; the latest first."""
    found = [
        LateArrival(
            sheet.children[pk],
            half,
            mark.code,
            mark.minutes_late,
            mark.version,
            mark.source == Mark.Source.LATE_DESK,
        )
        for (pk, half), mark in sheet.marks.items()
        if half in begun
        and pk in sheet.children
        and (CODES[mark.code].late or mark.minutes_late is not None)
    ]
    return sorted(found, key=lambda late: (-late.half, -(late.minutes or 0), *late.child.in_order))
