"""A group's week as its page shows it: pupils by ten half days, each cell a mark."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, product
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registers.models import (
    Amendment,
    Enrolment,
    Group,
    Mark,
    Membership,
    PlannedAbsence,
    School,
    SchoolWeek,
    Session,
)
from registers.models.on_roll import on_roll_on
from registers.rules.clock import register_window
from registers.rules.codes import CODES, AttendanceCode, Category, Half
from registers.rules.planned_absence import covers
from registers.rules.tally import Tally, tally_of

WEEK = timedelta(days=7)
SchoolHalf = tuple[date, int]  # the session of a day
PLAIN = frozenset(
    code.symbol for code in CODES.values() if code.category is Category.PRESENT and not code.late
)
LOOKED_AROUND = 10 * WEEK  # for the school weeks before and after: longer than any holiday


@dataclass(frozen=True)
class GridCell:
    """One half day of one pupil. `is_due` is False off the roll, off the group or off term."""

    enrolment_id: int
    name: str
    date: date
    half: Half
    symbol: str
    seen: int
    minutes: int | None
    is_due: bool
    is_future: bool
    is_planned: bool
    is_amended: bool
    may_change: bool

    @property
    def is_marked(self) -> bool:
        return bool(self.symbol) and not self.is_planned

    @property
    def is_shown(self) -> bool:
        return self.is_due or bool(self.symbol)

    @property
    def is_unmarked(self) -> bool:
        return self.is_due and not self.is_future and not self.is_marked


@dataclass(frozen=True)
class GridRow:
    number: int
    enrolment: Enrolment
    cells: list[GridCell]
    totals: Tally


@dataclass(frozen=True)
class GridColumn:
    date: date
    half: Half
    is_held: bool
    is_today: bool
    totals: Tally


def totals_of(cells: Iterable[GridCell]) -> Tally:
    """Of a row or a column, in sessions."""
    cells = list(cells)
    return tally_of(
        (cell.symbol for cell in cells if cell.is_marked),
        unmarked=sum(cell.is_unmarked for cell in cells),
    )


class GroupWeek:
    """What the page of a group's week is made from: marks, plans and sessions, read once."""

    def __init__(self, school: School, group: Group, monday: date, *, may_change: bool):
        self.school, self.group, self.monday = school, group, monday
        self.may_change = may_change
        self.sunday = monday + WEEK - timedelta(days=1)
        self.now = timezone.localtime()
        self.held = self._held()

    @property
    def days(self) -> list[date]:
        """Monday to Friday, and a weekend day on which the school meets."""
        weekend = {on for on, _ in self.held if on.weekday() > 4}
        return sorted({self.monday + timedelta(days=n) for n in range(5)} | weekend)

    @cached_property
    def half_days(self) -> list[tuple[date, Half]]:
        return list(product(self.days, Half))

    @cached_property
    def rows(self) -> list[GridRow]:
        memberships: dict[int, list[Membership]] = defaultdict(list)
        for membership in self._memberships():
            memberships[membership.enrolment_id].append(membership)
        marks, plans = self._marks(memberships), self._plans(memberships)
        rows = []
        for number, theirs in enumerate(memberships.values(), start=1):
            cells = [self._cell(theirs, on, half, marks, plans) for on, half in self.half_days]
            rows.append(GridRow(number, theirs[0].enrolment, cells, totals_of(cells)))
        return rows

    @property
    def cells(self) -> list[GridCell]:
        return list(chain.from_iterable(row.cells for row in self.rows))

    @property
    def columns(self) -> list[GridColumn]:
        today = self.now.date()
        found = []
        for index, (on, half) in enumerate(self.half_days):
            totals = totals_of(row.cells[index] for row in self.rows)
            found.append(GridColumn(on, half, (on, half) in self.held, on == today, totals))
        return found

    @property
    def legend(self) -> list[AttendanceCode]:
        """The codes of the week that are no plain presence, in the order of the register."""
        used = {cell.symbol for cell in self.cells} - PLAIN
        return [code for code in CODES.values() if code.symbol in used]

    def _held(self) -> set[SchoolHalf]:
        days = (self.monday, self.sunday)
        rows = Session.objects.filter(school=self.school, is_open=True, date__range=days)
        return set(rows.values_list("date", "half"))

    def _memberships(self) -> list[Membership]:
        on_roll = on_roll_on(self.monday, until=self.sunday, of="enrolment__")
        return list(
            Membership.objects.in_force(self.monday, until=self.sunday)
            .filter(on_roll, group=self.group)
            .select_related("enrolment__pupil")
            .order_by("enrolment__pupil__sort_key", "enrolment", "from_on")
        )

    def _marks(self, enrolments: Iterable[int]) -> dict[tuple[int, date, int], Any]:
        changed = Amendment.objects.of_codes().filter(
            enrolment=OuterRef("enrolment_id"), date=OuterRef("date"), half=OuterRef("half")
        )
        days = (self.monday, self.sunday)
        rows = Mark.objects.filter(enrolment__in=list(enrolments), date__range=days)
        found = rows.annotate(is_amended=Exists(changed))
        return {(mark.enrolment_id, mark.date, mark.half): mark for mark in found}

    def _plans(self, enrolments: Iterable[int]) -> list[PlannedAbsence]:
        """Plans of the days still to come; those of a day that has come are marks."""
        if self.sunday < self.now.date():
            return []
        return list(
            PlannedAbsence.objects.filter(
                enrolment__in=list(enrolments),
                from_on__lte=self.sunday,
                until_on__gte=self.monday,
                withdrawn_at__isnull=True,
            ).order_by("made_at", "pk")
        )

    def _cell(
        self,
        memberships: Sequence[Membership],
        on: date,
        half: Half,
        marks: Mapping[tuple[int, date, int], Any],
        plans: Sequence[PlannedAbsence],
    ) -> GridCell:
        enrolment = memberships[0].enrolment
        on_roll = enrolment.is_on_roll(on)
        mark = marks.get((enrolment.pk, on, half)) if on_roll else None
        is_future = self.now < register_window(self.school, on, half).opens_at
        is_open = mark is None and is_future
        plan = _latest_plan(plans, enrolment.pk, on, half) if is_open else None
        return GridCell(
            enrolment_id=enrolment.pk,
            name=f"{enrolment.pupil.forename} {enrolment.pupil.surname}",
            date=on,
            half=half,
            is_due=on_roll and (on, half) in self.held and _has_day(memberships, on),
            is_future=is_future,
            is_planned=plan is not None,
            may_change=self.may_change and not is_future,
            **(_as_marked(mark) if mark else _as_planned(plan)),
        )


def _as_marked(mark: Any) -> dict[str, Any]:
    """Of a mark that was asked for with `is_amended`."""
    return {
        "symbol": mark.code_id,
        "seen": mark.version,
        "minutes": mark.minutes_late,
        "is_amended": bool(mark.is_amended),
    }


def _as_planned(plan: PlannedAbsence | None) -> dict[str, Any]:
    symbol = plan.code_id if plan else ""
    return {"symbol": symbol, "seen": 0, "minutes": None, "is_amended": False}


def _has_day(memberships: Iterable[Membership], on: date) -> bool:
    return any(one.from_on <= on <= (one.until_on or date.max) for one in memberships)


def _latest_plan(
    plans: Sequence[PlannedAbsence], enrolment_id: int, on: date, half: Half
) -> PlannedAbsence | None:
    theirs = (plan for plan in reversed(plans) if plan.enrolment_id == enrolment_id)
    return next((plan for plan in theirs if covers(plan, on, half)), None)


@dataclass(frozen=True)
class SchoolWeeks:
    """The school week of a Monday among those around it, up to this week."""

    number: int | None
    previous: date | None
    following: date | None


def weeks_around(school: School, monday: date) -> SchoolWeeks:
    weeks = SchoolWeek.objects.filter(
        Q(monday__lte=timezone.localdate()),
        school=school,
        monday__range=(monday - LOOKED_AROUND, monday + LOOKED_AROUND),
    )
    numbers = dict(weeks.values_list("monday", "number"))
    return SchoolWeeks(
        number=numbers.get(monday),
        previous=max((day for day in numbers if day < monday), default=None),
        following=min((day for day in numbers if day > monday), default=None),
    )
