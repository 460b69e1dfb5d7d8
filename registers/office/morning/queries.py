"""What the office has to do about a day: registers not in, homes to ring, reasons to settle.

`morning_of` reads the database, in a number of statements that does not grow with the pupils.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import filterfalse
from operator import attrgetter

from registers.marks.day_sheet import (
    DayGroup,
    DayMark,
    DaySheet,
    PupilOnSheet,
    day_sheet,
    unexplained_by_enrolment,
)
from registers.models import (
    FollowUp,
    Mark,
    School,
    Session,
    SignOut,
)
from registers.office.days import NOT_OPENED, begun
from registers.office.morning.calling import (
    Call,
    calling_order,
    calls_of,
    fill_calls,
)
from registers.office.morning.settling import Settling, settling_of
from registers.office.signing_out.outings import signed_out
from registers.rules import calendar
from registers.rules.codes import CODES, Half
from registers.rules.grouping import grouped_by

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

    def is_unknown_of(self, half: int | None) -> bool:
        """Whether it is of this session, and has ended without anybody taking it."""
        return self.half == half and self.ended and not self.taken

    @property
    def needs_cover(self) -> bool:
        """Nobody has taken it, and nobody else was asked to."""
        return not self.taken and not self.group.is_covered


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

    @property
    def in_order(self) -> tuple:
        """The latest first."""
        return (-self.half, -(self.minutes or 0), *self.child.in_order)


@dataclass(slots=True)
class Morning:
    on: date
    is_today: bool
    held: list[int]
    begun: list[int]
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
        if len(self.closed) > len(reasons):
            return reasons.pop()
        return "; ".join(
            f"{why}, in the {Half(half).words}" for half, why in sorted(self.closed.items())
        )

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
            register.blanks for register in self.registers if register.is_unknown_of(self.latest)
        )


# --- read from the database


def morning_of(school: School, on: date, now: datetime) -> Morning:
    """Everything the page shows of one day, as of `now`, in eleven statements at most."""
    days = _school_days(school, on, now.date())
    sheet = day_sheet(school, on, days.held or list(Half))
    halves = begun(sheet, days.held, now)
    groups = [group for group in sheet.in_groups() if group.id]
    registers = _late_registers(sheet, groups, halves, now)
    open_ns = unexplained_by_enrolment(
        school, max(days.year_start, on - timedelta(days=LONGEST_BACK)), on
    )
    follow_ups = _follow_ups(school, _oldest(open_ns, on), on)
    calls, come_since = calls_of(sheet, halves, _halves_with_blanks(registers))
    fill_calls(calls, on, days.open, open_ns, follow_ups, days.year_start)
    return Morning(
        on=on,
        is_today=on == now.date(),
        held=days.held,
        begun=halves,
        groups=len(groups),
        registers=registers,
        calls=calling_order(calls),
        settling=settling_of(sheet, school, now.date(), days.open, open_ns, follow_ups, come_since),
        arrivals=late_arrivals(sheet, halves),
        out=signed_out(school, on) if halves else [],
        sheet=sheet,
        previous_day=days.before(on),
        next_day=days.after(on, now.date()),
        closed=days.closed,
    )


@dataclass(frozen=True, slots=True)
class _SchoolDays:
    """The calendar around a day: days with an open session, and the halves of the day itself."""

    open: list[date]
    year_start: date
    held: list[int]
    closed: dict[int, str]  # why, by half

    def before(self, on: date) -> date | None:
        return max((day for day in self.open if day < on), default=None)

    def after(self, on: date, today: date) -> date | None:
        return min((day for day in self.open if on < day <= today), default=None)


def _school_days(school: School, on: date, today: date) -> _SchoolDays:
    rows = list(
        Session.objects.filter(school=school, date__range=(on - BACK, today + AHEAD))
        .order_by("date", "half")
        .select_related("academic_year")
    )
    of_day = grouped_by(rows, attrgetter("date"))[on]
    closed = filterfalse(attrgetter("is_held"), of_day)
    open_days = map(attrgetter("date"), filter(attrgetter("is_open"), rows))
    return _SchoolDays(
        open=sorted(set(open_days)),
        year_start=_year_start(rows, on),
        held=[row.half for row in of_day if row.is_held],
        closed={row.half: row.closed_because for row in closed},
    )


def _year_start(rows: Sequence[Session], on: date) -> date:
    """The first day of the academic year of the last session up to the day."""
    starts = (row.academic_year.starts_on for row in reversed(rows) if row.date <= on)
    return next(starts, calendar.academic_year_start(on))


def _oldest(open_ns: Mapping[int, list[tuple[date, int, int]]], on: date) -> date:
    return min((rows[0][0] for rows in open_ns.values()), default=on)


def _late_registers(
    sheet: DaySheet, groups: Sequence[DayGroup], halves: Sequence[int], now: datetime
) -> list[LateRegister]:
    """Those that are not in, or ended with blanks; where nobody was there comes first."""
    registers = [_late_register(sheet, group, half, now) for half in halves for group in groups]
    late = filter(attrgetter("blanks"), registers)
    return sorted(late, key=lambda one: (one.taken, -one.half))


def _late_register(sheet: DaySheet, group: DayGroup, half: int, now: datetime) -> LateRegister:
    window = sheet.windows[half]
    register = sheet.registers.get((group.id, half), NOT_OPENED)
    marks = list(filter(None, (sheet.mark(child.enrolment_id, half) for child in group.children)))
    was_taken = register.taken_at is not None
    return LateRegister(
        group=group,
        half=half,
        marked=len(marks),
        due=len(group.children),
        taken=was_taken or any(mark.source in TAKERS for mark in marks),
        ended=window.has_ended(now) or register.ended_at is not None,
        ends_at=window.ends_at,
        opens_at=window.opens_at,
    )


def _halves_with_blanks(registers: Iterable[LateRegister]) -> set[tuple[int, int]]:
    """(group, half) whose blanks are children to ring about: it was taken, and it has ended."""
    return {(late.group.id, late.half) for late in registers if late.taken and late.ended}


def _follow_ups(school: School, first: date, last: date) -> dict[int, list[FollowUp]]:
    rows = FollowUp.objects.filter(
        enrolment__school=school, date__range=(first, last)
    ).select_related("person", "made_by")
    return grouped_by(rows.order_by("made_at", "pk"), attrgetter("enrolment_id"))


def late_arrivals(sheet: DaySheet, begun: Sequence[int]) -> list[LateArrival]:
    """L and U of the day, and appointments that were over in time; the latest first."""
    arrivals = [
        LateArrival(
            sheet.children[pk],
            half,
            mark.code,
            mark.minutes_late,
            mark.version,
            mark.source == Mark.Source.LATE_DESK,
        )
        for (pk, half), mark in sheet.marks.items()
        if half in begun and pk in sheet.children and _is_late(mark)
    ]
    return sorted(arrivals, key=attrgetter("in_order"))


def _is_late(mark: DayMark) -> bool:
    return bool(CODES[mark.code].late) or mark.minutes_late is not None
