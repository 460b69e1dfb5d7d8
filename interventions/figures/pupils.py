"""The figures of pupils one by one, for the pupil page and for packs: few statements, many pupils.

    calendar = calendar_of(school, on=as_at)                     2 statements
    figures_of(enrolments, calendar, as_at=as_at)                2 statements for any number
    pupil_figures(enrolment, as_at)                              both, for one pupil

Counts are sessions (half days). They come from the marks themselves, year by year and pupil by
pupil, and agree with `absence.figures.school.pupils_to`, which adds up the weekly totals.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Sum

from absence.rules.measures import PERSISTENT, SEVERE, Tally, absences_left
from interventions.figures.framework import LOOK_BACK, Calendar, Year, calendar_of
from interventions.figures.year_grid import SchoolSession
from interventions.rules.effects import tallies_by_day
from registers.marks.actions.writing import WHILE_OPEN
from registers.models import (
    Amendment,
    Enrolment,
    Mark,
    WeekTally,
)
from registers.rules.calendar import SessionKey, monday_of
from registers.rules.codes import CODES, UNAUTHORISED, Category, Code, Counts, Half

NOTHING = Tally(0, 0, 0)
WINDOW_WEEKS = 10  # school weeks in which unauthorised sessions are counted
TO_CONSIDER = 10  # unauthorised sessions in the window: the national threshold to consider a notice


class MarkRow(NamedTuple):
    """One mark as the pupil page shows it; `amended` where its code was changed afterwards."""

    date: date
    half: int
    symbol: str
    minutes_late: int | None
    amended: bool

    @property
    def key(self) -> SessionKey:
        return self.date, Half(self.half)

    @property
    def code(self) -> Code:
        return CODES[self.symbol]


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """A complete school week: what was missed in it, and the year up to its end."""

    monday: date
    tally: Tally
    to_date: Tally

    @property
    def rate_to_date(self) -> Decimal | None:
        return self.to_date.attendance_rate


@dataclass(frozen=True, slots=True)
class CodeCount:
    code: Code
    sessions: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum behind a percentage: its codes with their counts, and their total."""

    title: str
    codes: tuple[CodeCount, ...]
    total: int
    counts: bool = True


@dataclass(frozen=True)
class PupilFigures:
    """One pupil in one academic year up to `as_at`, all times on the roll together. `marks` go on
    to today, for the grid. `enrolment` is the latest of them."""

    enrolment: Enrolment
    as_at: date
    tally: Tally
    by_code: Mapping[str, int]
    marks: Sequence[MarkRow]  # of the year, in order
    earlier_marks: Sequence[MarkRow]  # of the weeks before it
    weeks: Sequence[WeekPoint]
    last_year: Sequence[WeekPoint]
    sessions_left: int  # from the day after `as_at` to the end of the year, while on roll
    unauthorised_window: int
    unsettled_in_window: int  # those of them that are N
    persistent_since: date | None = None
    severe_since: date | None = None
    left: Sequence[SchoolSession] = field(default_factory=tuple)

    @property
    def possible_by_year_end(self) -> int:
        return self.tally.possible + self.sessions_left

    @property
    def to_spare(self) -> int:
        """How many more sessions can be missed and still end the year under a tenth."""
        return absences_left(
            PERSISTENT, now=self.tally, possible_by_year_end=self.possible_by_year_end
        )

    @property
    def to_spare_under_half(self) -> int:
        """The same for the line of severe absence."""
        return absences_left(SEVERE, now=self.tally, possible_by_year_end=self.possible_by_year_end)

    @property
    def to_attend_in_a_row(self) -> int:
        """Sessions to attend without a break until the pupil is no longer persistently absent."""
        if not self.tally.persistently_absent:
            return 0
        return 10 * self.tally.absent - self.tally.possible + 1

    @property
    def out_on(self) -> date | None:
        """The day on which that would be reached; None where the year is too short for it."""
        needed = self.to_attend_in_a_row
        return self.left[needed - 1].date if 0 < needed <= len(self.left) else None

    @property
    def ten_times_missed(self) -> int:
        """What is compared with the possible sessions: the line of a tenth in whole numbers."""
        return 10 * self.tally.absent

    @property
    def last_year_tally(self) -> Tally:
        return self.last_year[-1].to_date if self.last_year else NOTHING

    def lines(self) -> list[Line]:
        """The sum behind the percentage, line by line; those without a session are left out."""
        return [line for line in (_line(self.by_code, *what) for what in LINES) if line.codes]


# The lines of the sum: title, which codes, whether they are possible sessions.
LINES = (
    ("Attended", lambda code: code.attended and code.category is not Category.APPROVED_ACTIVITY),
    (
        "Approved activity",
        lambda code: code.attended and code.category is Category.APPROVED_ACTIVITY,
    ),
    ("Authorised absence", lambda code: code.authorised),
    ("Unauthorised absence", lambda code: code.unauthorised),
    ("Left out", lambda code: code.counts is Counts.NOT_POSSIBLE),
)


def _line(by_code, title, belongs) -> Line:
    codes = tuple(
        CodeCount(CODES[symbol], count)
        for symbol, count in by_code.items()
        if belongs(CODES[symbol])
    )
    return Line(title, codes, sum(one.sessions for one in codes), title != "Left out")


def pupil_figures(enrolment: Enrolment, as_at: date) -> PupilFigures:
    """The figures of one enrolment in the academic year of `as_at`, in four statements."""
    calendar = calendar_of(enrolment.school, on=as_at)
    return figures_of([enrolment], calendar, as_at=as_at)[enrolment.pupil_id]


def figures_of(
    enrolments: Collection[Enrolment],
    calendar: Calendar,
    *,
    as_at: date,
    today: date | None = None,
    since: date | None = None,
) -> dict[int, PupilFigures]:
    """The figures of the pupils of these enrolments, by pupil, in two statements: those of one
    pupil together.

    `today` lets `marks` go on past `as_at`; `since` lets `earlier_marks` begin earlier than the
    ten school weeks before the year. Last year's weeks are the pupil's at this school, whichever
    enrolment they hang on.
    """
    first = min(since or date.max, calendar.year.starts_on - LOOK_BACK)
    last = min(max(today or as_at, as_at), calendar.year.ends_on)
    marks = marks_of([enrolment.pk for enrolment in enrolments], first, last)
    weeks = _last_years(enrolments, calendar.last)
    spells: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in sorted(enrolments, key=lambda one: one.starts_on):
        spells[enrolment.pupil_id].append(enrolment)
    return {
        pupil: _figures(
            theirs,
            calendar,
            as_at,
            sorted(mark for one in theirs for mark in marks[one.pk]),
            weeks,
        )
        for pupil, theirs in spells.items()
    }


def marks_of(enrolments: Collection[int], first: date, last: date) -> dict[int, list[MarkRow]]:
    """The marks of these enrolments between two days, in order, in one statement."""
    changed = Amendment.objects.of_codes().filter(
        enrolment=OuterRef("enrolment_id"), date=OuterRef("date"), half=OuterRef("half")
    )
    rows = (
        Mark.objects.on_roll()
        .filter(enrolment__in=enrolments, date__range=(first, last))
        .annotate(amended=Exists(changed.exclude(reason=WHILE_OPEN)))
        .order_by("enrolment_id", "date", "half")
        .values_list("enrolment_id", "date", "half", "code_id", "minutes_late", "amended")
    )
    found: dict[int, list[MarkRow]] = defaultdict(list)
    for pk, on, half, symbol, minutes, amended in rows:
        found[pk].append(MarkRow(on, half, symbol, minutes, amended))
    return found


def _last_years(
    enrolments: Collection[Enrolment], year: Year | None
) -> dict[int, list[tuple[date, Tally]]]:
    """Last year's weekly totals by pupil, whichever spell on the roll they hang on."""
    if year is None:
        return {}
    rows = (
        WeekTally.objects.filter(
            enrolment__pupil__in={enrolment.pupil_id for enrolment in enrolments},
            monday__range=(monday_of(year.starts_on), year.ends_on),
        )
        .values_list("enrolment__pupil_id", "monday")
        .annotate(Sum("attended"), Sum("authorised"), Sum("unauthorised"), Sum("late"))
        .order_by("monday")
    )
    found = defaultdict(list)
    for pupil_id, monday, *sums in rows:
        found[pupil_id].append((monday, Tally(*sums)))
    return found


def _figures(
    spells: Sequence[Enrolment],
    calendar: Calendar,
    as_at: date,
    rows: Sequence[MarkRow],
    last_weeks: Mapping[int, Sequence[tuple[date, Tally]]],
) -> PupilFigures:
    first = calendar.year.starts_on
    marks = [mark for mark in rows if mark.date >= first]
    counted = [mark for mark in marks if mark.date <= as_at]
    due = {(one.date, Half(one.half)) for one in calendar.on_roll(spells, first, as_at)}
    unmarked = len(due - {mark.key for mark in counted})
    left = calendar.on_roll(spells, as_at + timedelta(days=1), calendar.year.ends_on)
    window = _window(rows, calendar, as_at)
    return PupilFigures(
        enrolment=spells[-1],
        as_at=as_at,
        tally=_tally(counted, unmarked),
        by_code=_by_code(counted),
        marks=marks,
        earlier_marks=[mark for mark in rows if mark.date < first],
        weeks=_weeks(counted, calendar, as_at),
        last_year=_running(last_weeks.get(spells[-1].pupil_id, ())),
        sessions_left=len(left),
        left=left,
        unauthorised_window=len(window),
        unsettled_in_window=window.count("N"),
        persistent_since=_over_since(counted, PERSISTENT),
        severe_since=_over_since(counted, SEVERE),
    )


def _tally(marks: Iterable[MarkRow], unmarked: int = 0) -> Tally:
    codes = [mark.code for mark in marks]
    return Tally(
        sum(code.attended for code in codes),
        sum(code.authorised for code in codes),
        sum(code.unauthorised for code in codes),
        sum(code.late for code in codes),
        unmarked,
    )


def _by_code(marks: Iterable[MarkRow]) -> dict[str, int]:
    """Sessions by code, in the order of the national list."""
    counts = Counter(mark.symbol for mark in marks)
    return {symbol: counts[symbol] for symbol in CODES if counts[symbol]}


def _weeks(marks: Sequence[MarkRow], calendar: Calendar, as_at: date) -> list[WeekPoint]:
    """The complete weeks of the year: a week whose last session is yet to come is not drawn."""
    last_session: dict[date, date] = {}
    for session in calendar.of_year:
        last_session[monday_of(session.date)] = session.date
    totals: dict[date, Tally] = defaultdict(lambda: NOTHING)
    for on, tally in tallies_by_day((mark.date, mark.symbol) for mark in marks).items():
        totals[monday_of(on)] += tally
    complete = [monday for monday, on in last_session.items() if on <= as_at and monday in totals]
    return _running((monday, totals[monday]) for monday in sorted(complete))


def _running(weeks: Iterable[tuple[date, Tally]]) -> list[WeekPoint]:
    points: list[WeekPoint] = []
    so_far = NOTHING
    for monday, tally in weeks:
        so_far += tally
        points.append(WeekPoint(monday, tally, so_far))
    return points


def _window(marks: Sequence[MarkRow], calendar: Calendar, as_at: date) -> list[str]:
    """The unauthorised marks in the last ten school weeks; a school week has a session."""
    mondays = sorted({monday_of(one.date) for one in calendar.sessions if one.date <= as_at})
    if not mondays:
        return []
    first = mondays[-WINDOW_WEEKS:][0]
    return [m.symbol for m in marks if first <= m.date <= as_at and m.symbol in UNAUTHORISED]


def _over_since(marks: Iterable[MarkRow], share: Fraction) -> date | None:
    """The day from which the running total has been on or over the line without a break."""
    since, so_far = None, NOTHING
    for mark in marks:
        code = mark.code
        so_far += Tally(code.attended, code.authorised, code.unauthorised)
        since = (since or mark.date) if so_far.missed_at_least(share) else None
    return since


def days_due(calendar: Calendar, enrolments: Iterable[Enrolment], last: date) -> list[date]:
    """The school days, up to the last, on which the pupil of these enrolments was on the roll."""
    spells = list(enrolments)
    days = sorted({session.date for session in calendar.sessions if session.is_open})
    return [
        day
        for day in days[: bisect_right(days, last)]
        if any(spell.is_on_roll(day) for spell in spells)
    ]
