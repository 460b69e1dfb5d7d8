"""A group's week: pupils by ten half days, each cell a mark."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registers.amendments.forms import AmendMarkForm
from registers.models import (
    Amendment,
    Enrolment,
    Group,
    Mark,
    Membership,
    PlannedAbsence,
    SchoolWeek,
    Session,
)
from registers.models.on_roll import on_roll_on
from registers.rules.calendar import monday_of
from registers.rules.clock import register_window
from registers.rules.codes import CODES, Category, Half
from registers.rules.planned_absence import covers
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed

NOT_YOURS = "This group is not one of yours, and none that you cover today."


@dataclass(frozen=True)
class Cell:
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


@dataclass(frozen=True)
class Totals:
    """Of a row or a column, in sessions."""

    attended: int
    authorised: int
    unauthorised: int
    late: int
    unmarked: int

    @property
    def missed(self) -> int:
        return self.authorised + self.unauthorised

    @property
    def possible(self) -> int:
        return self.attended + self.missed


@dataclass(frozen=True)
class Row:
    number: int
    enrolment: Enrolment
    cells: list[Cell]
    totals: Totals


@dataclass(frozen=True)
class Column:
    date: date
    half: Half
    is_held: bool
    is_today: bool
    totals: Totals


def totals_of(cells: Iterable[Cell]) -> Totals:
    counted: Counter = Counter()
    for cell in cells:
        if cell.symbol and not cell.is_planned:
            code = CODES[cell.symbol]
            counted["attended"] += code.attended
            counted["authorised"] += code.authorised
            counted["unauthorised"] += code.unauthorised
            counted["late"] += code.late
        elif cell.is_due and not cell.is_future:
            counted["unmarked"] += 1
    return Totals(
        *(counted[name] for name in ("attended", "authorised", "unauthorised", "late", "unmarked"))
    )


@require_safe
@allowed("see_mark")
def grid(request: PageRequest, group_id: int, date: date) -> HttpResponse:
    """The week of the day in the address. A teacher sees their own groups, and changes nothing."""
    school = request.viewer.school
    group = get_object_or_404(Group, pk=group_id, school=school)
    if not request.viewer.may_see_group(group.pk):
        raise PermissionDenied(NOT_YOURS)
    monday = monday_of(date)
    may_change = request.viewer.may("amend_mark")
    held = _held(school, monday)
    rows = _rows(request, group, monday, held)
    columns = _columns(rows, monday, held)
    form = None
    if may_change:
        form = _line_form(monday)
    weeks = SchoolWeek.objects.filter(school=school)
    near = list(
        weeks.filter(
            Q(monday__lte=timezone.localdate()),
            monday__range=(monday - timedelta(days=70), monday + timedelta(days=70)),
        ).values_list("monday", "number")
    )
    shown = {
        "group": group,
        "monday": monday,
        "friday": monday + timedelta(days=4),
        "number": dict(near).get(monday),
        "previous": max((row[0] for row in near if row[0] < monday), default=None),
        "following": min((row[0] for row in near if row[0] > monday), default=None),
        "rows": rows,
        "apart": pupils_apart(
            (row.enrolment.pupil for row in rows), with_birth=request.viewer.may("keep_pupils")
        ),
        "columns": columns,
        "totals": totals_of(cell for row in rows for cell in row.cells),
        "days": [columns[n] for n in range(0, len(columns), 2)],
        "may_change": may_change,
        "form": form,
        "codes": _legend(rows),
        "this_week": monday_of(timezone.localdate()),
        "is_this_week": monday == monday_of(timezone.localdate()),
    }
    return render(request, "registers/office/grid.html", shown)


def _line_form(monday: date) -> AmendMarkForm:
    """The fields of the line in which the keyboard changes a mark; the page lays them out."""
    form = AmendMarkForm(on=monday, half=Half.AM, is_new=False, auto_id="grid-%s")
    form.fields["code"].widget.attrs["class"] = "form-select"
    for name in ("minutes_late", "reason"):
        form.fields[name].help_text = ""
        form.fields[name].widget.attrs["class"] = "form-control"
    return form


def _held(school, monday: date) -> set[tuple[date, int]]:
    week = (monday, monday + timedelta(days=6))
    return set(
        Session.objects.filter(school=school, is_open=True, date__range=week).values_list(
            "date", "half"
        )
    )


def _days(monday: date, held: Iterable[tuple[date, int]]) -> list[date]:
    """Monday to Friday, and a weekend day on which the school meets."""
    weekend = {on for on, _ in held if on.weekday() > 4}
    return sorted({monday + timedelta(days=n) for n in range(5)} | weekend)


def _rows(
    request: PageRequest, group: Group, monday: date, held: set[tuple[date, int]]
) -> list[Row]:
    school, now = request.viewer.school, timezone.localtime()
    may_change = request.viewer.may("amend_mark")
    sunday = monday + timedelta(days=6)
    spells = list(
        Membership.objects.in_force(monday, until=sunday)
        .filter(on_roll_on(monday, until=sunday, of="enrolment__"), group=group)
        .select_related("enrolment__pupil")
        .order_by("enrolment__pupil__sort_key", "enrolment", "from_on")
    )
    ids = {spell.enrolment_id for spell in spells}
    marks = _marks(ids, monday, sunday)
    plans = _plans(ids, monday, sunday, now.date())
    by_enrolment: dict[int, list[Membership]] = {}
    for spell in spells:
        by_enrolment.setdefault(spell.enrolment_id, []).append(spell)
    rows = []
    for number, theirs in enumerate(by_enrolment.values(), start=1):
        cells = [
            _cell(theirs, on, half, held, marks, plans, school, now, may_change)
            for on in _days(monday, held)
            for half in Half
        ]
        rows.append(Row(number, theirs[0].enrolment, cells, totals_of(cells)))
    return rows


def _marks(ids: Iterable[int], monday: date, sunday: date) -> dict[tuple, Mark]:
    changed = Amendment.objects.of_codes().filter(
        enrolment=OuterRef("enrolment_id"), date=OuterRef("date"), half=OuterRef("half")
    )
    found = Mark.objects.filter(enrolment__in=list(ids), date__range=(monday, sunday)).annotate(
        is_amended=Exists(changed)
    )
    return {(mark.enrolment_id, mark.date, mark.half): mark for mark in found}


def _plans(ids: Iterable[int], monday: date, sunday: date, today: date) -> list[PlannedAbsence]:
    """Plans of the days still to come; those of a day that has come are marks."""
    if sunday < today:
        return []
    return list(
        PlannedAbsence.objects.filter(
            enrolment__in=list(ids),
            from_on__lte=sunday,
            until_on__gte=monday,
            withdrawn_at__isnull=True,
        ).order_by("made_at", "pk")
    )


def _cell(
    spells: list[Membership],
    on: date,
    half: Half,
    held: set[tuple[date, int]],
    marks: dict[tuple, Mark],
    plans: list[PlannedAbsence],
    school,
    now,
    may_change: bool,
) -> Cell:
    enrolment = spells[0].enrolment
    in_group = any(
        spell.from_on <= on and (spell.until_on is None or on <= spell.until_on) for spell in spells
    )
    on_roll = enrolment.is_on_roll(on)
    mark = marks.get((enrolment.pk, on, half)) if on_roll else None
    is_future = now < register_window(school, on, half).opens_at
    plan = None
    if mark is None and is_future:
        covering = [
            one for one in plans if one.enrolment_id == enrolment.pk and covers(one, on, half)
        ]
        plan = covering[-1] if covering else None
    return Cell(
        enrolment_id=enrolment.pk,
        name=f"{enrolment.pupil.forename} {enrolment.pupil.surname}",
        date=on,
        half=half,
        symbol=mark.code_id if mark else (plan.code_id if plan else ""),
        seen=mark.version if mark else 0,
        minutes=mark.minutes_late if mark else None,
        is_due=(on, half) in held and in_group and on_roll,
        is_future=is_future,
        is_planned=plan is not None,
        is_amended=bool(mark and mark.is_amended),
        may_change=may_change and not is_future,
    )


def _columns(rows: list[Row], monday: date, held: set[tuple[date, int]]) -> list[Column]:
    today = timezone.localdate()
    found = []
    for index, (on, half) in enumerate((on, half) for on in _days(monday, held) for half in Half):
        cells = [row.cells[index] for row in rows]
        found.append(Column(on, half, (on, half) in held, on == today, totals_of(cells)))
    return found


def _legend(rows: list[Row]) -> list:
    """The codes of the week that are no plain presence, in the order of the register."""
    used = {cell.symbol for row in rows for cell in row.cells if cell.symbol}
    return [
        code
        for code in CODES.values()
        if code.symbol in used and not (code.category is Category.PRESENT and not code.late)
    ]
