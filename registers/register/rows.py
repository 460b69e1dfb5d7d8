"""One line of a register: the pupil, the ten sessions before, the mark, what is beside the name.

Read for a class, or for all classes of a session, in three statements: who is in them, their marks,
what is planned.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from registers.marks.plans_in_force import planned_marks
from registers.models import (
    Mark,
    MarkComment,
    Membership,
    PlannedAbsence,
    School,
    SignOut,
)
from registers.models.on_roll import on_roll_on
from registers.rules import allowed_codes
from registers.rules.allowed_codes import paper_needed
from registers.rules.calendar import monday_of
from registers.rules.codes import Half
from registers.rules.pupils.names import called_by, initials
from registers.rules.pupils.namesakes import Namesake, told_apart
from registers.rules.pupils.photo_files import IN_A_REGISTER, MOST_IN_ONE, key_of

NEW_FOR = timedelta(days=14)

# What is planned, as a register says it: the class of the reason, never the reason itself.
PLANNED_SAYS = {
    PlannedAbsence.Kind.LEAVE: ("Planned", "leave"),
    PlannedAbsence.Kind.VISIT: ("Planned", "visit"),
    PlannedAbsence.Kind.PART_TIME: ("Part-time", "timetable"),
    PlannedAbsence.Kind.PROVISION: ("Planned", "elsewhere"),
    PlannedAbsence.Kind.DUAL: ("Planned", "at the other school"),
}


class MarkSeen(NamedTuple):
    """A mark as the page knows it."""

    code: str
    version: int
    minutes_late: int | None
    source: int
    made_by_id: int | None
    made_by: str
    made_at: datetime


class DayCodes(NamedTuple):
    """The two codes of a day, "" where there is none; `starts_week` parts it from those before."""

    on: date
    am: str
    pm: str
    starts_week: bool


class Face(NamedTuple):
    """Where a pupil's photo stands in the one picture of the register's photos, in its pixels."""

    up: int  # how far the picture is moved up
    height: int  # of the whole picture


class RowNote(NamedTuple):
    """A short remark under a name: its first word is bold."""

    word: str
    rest: str = ""


PAPER_MISSING = RowNote("Paper", "on the office’s list")


@dataclass(slots=True)
class RegisterRow:
    """One line of the register."""

    number: int
    enrolment_id: int
    pupil_id: int
    name: str  # as the pupil is called
    facts: allowed_codes.PupilFacts
    apart: str = ""  # from another of the name in this register
    both_names: str = ""  # Katherine, called Kit: where the admission register has another name
    initials: str = ""
    alert: str = ""
    photo: str = ""  # its digest
    face: Face | None = None
    comment: str = ""
    days: list[DayCodes] = field(default_factory=list)  # those before this one
    other: str = ""  # the day's other session
    mark: MarkSeen | None = None
    planned: PlannedAbsence | None = None
    notes: list[RowNote] = field(default_factory=list)
    papers: dict[str, bool] = field(default_factory=dict)  # by code: whether it is held

    @property
    def code(self) -> str:
        return self.mark.code if self.mark else ""

    @property
    def papers_held(self) -> tuple[str, ...]:
        """The codes whose paper nobody needs to be asked for again this year."""
        return tuple(sorted(code for code, is_held in self.papers.items() if is_held))

    @property
    def lacks_paper(self) -> bool:
        return bool(paper_needed(self.code)) and not self.papers.get(self.code)


def members_on(on: date) -> QuerySet[Membership]:
    """Who is in a group on a day, and on the roll of the school on it."""
    return Membership.objects.in_force(on).filter(on_roll_on(on, of="enrolment__"))


IN_ORDER = (
    "enrolment__pupil__sort_key",
    "enrolment__pupil__upn",
    "enrolment_id",
)


def read_rows(
    groups: Collection[int], on: date, half: int, year: int
) -> dict[int, dict[int, RegisterRow]]:
    """By group and enrolment, in the order and with the numbers of the register on paper. A pupil
    comes once for each paper of the academic year.
    """
    papers = Q(enrolment__papers__academic_year=year)
    comment = MarkComment.objects.filter(enrolment=OuterRef("enrolment"), date=on, half=half)
    out = SignOut.objects.filter(enrolment=OuterRef("enrolment"), date=on, returned_at=None)
    found: Iterable[Any] = (
        members_on(on)
        .filter(group__in=groups)
        .annotate(
            comment=Subquery(comment.values("text")),
            out_at=Subquery(out.values("left_at")),
            paper=FilteredRelation("enrolment__papers", condition=papers),
        )
        .order_by(*IN_ORDER)
        .values_list(
            "group_id",
            "enrolment_id",
            "enrolment__pupil_id",
            "enrolment__pupil__forename",
            "enrolment__pupil__preferred_name",
            "enrolment__pupil__surname",
            "enrolment__pupil__medical_alert",
            "enrolment__pupil__photo__digest",
            "enrolment__pupil__born_on",
            "enrolment__starts_on",
            "enrolment__leaves_on",
            "comment",
            "out_at",
            "paper__code",
            "paper__completed_at",
        )
    )
    by_group: dict[int, dict[int, RegisterRow]] = defaultdict(dict)
    names: dict[int, dict[int, Namesake]] = defaultdict(dict)
    for group, *facts, code, completed_at in found:
        rows, enrolment = by_group[group], facts[0]
        if enrolment not in rows:
            rows[enrolment], names[group][enrolment] = _row_and_name(len(rows) + 1, *facts)
        if code:
            rows[enrolment].papers[code] = completed_at is not None
    _tell_apart(by_group, names)
    return by_group


def _row_and_name(
    number: int,
    enrolment: int,
    pupil: int,
    forename: str,
    preferred: str,
    surname: str,
    alert: str,
    photo: str | None,
    born: date | None,
    starts: date,
    leaves: date | None,
    comment: str | None,
    out_at: datetime | None,
) -> tuple[RegisterRow, Namesake]:
    called = called_by(forename, preferred)
    row = RegisterRow(
        number=number,
        enrolment_id=enrolment,
        pupil_id=pupil,
        name=f"{called} {surname}",
        facts=allowed_codes.PupilFacts(born, starts, leaves),
        both_names="" if called == forename else f"{forename}, called {called}",
        initials=initials(called, surname),
        alert=alert,
        photo=photo or "",
        comment=comment or "",
        notes=[RowNote("Out", f"since {_clock_time(out_at)}")] if out_at else [],
    )
    return row, Namesake(forename, surname, preferred, born)


def _tell_apart(
    by_group: Mapping[int, Mapping[int, RegisterRow]], names: Mapping[int, Mapping[int, Namesake]]
) -> None:
    """By the birthday at most: a register is on a teacher's tablet, the whole date is not."""
    for group, rows in by_group.items():
        for enrolment, words in told_apart(names[group], with_birth=False).items():
            rows[enrolment].apart = words


def put_faces(rows: Iterable[RegisterRow]) -> str:
    """Give each its place among the photos; the key of them all."""
    seen = [row for row in rows if row.photo][:MOST_IN_ONE]
    for place, row in enumerate(seen):
        row.face = Face(place * IN_A_REGISTER, len(seen) * IN_A_REGISTER)
    return key_of(row.photo for row in seen) if seen else ""


def photos_of(group_id: int, school: School, on: date) -> list[tuple[str, str]]:
    """Digest and file of the photos of a register, in the order of its rows."""
    found = (
        members_on(on)
        .filter(group=group_id, group__school=school, enrolment__pupil__photo__isnull=False)
        .order_by(*IN_ORDER)
        .values_list(
            "enrolment_id", "enrolment__pupil__photo__digest", "enrolment__pupil__photo__file"
        )
    )
    once = {enrolment: (digest, file) for enrolment, digest, file in found}
    return list(once.values())[:MOST_IN_ONE]


def put_marks(rows: Collection[RegisterRow], days: list[date], on: date, half: int) -> None:
    """Give each row its marks of these days and of the session: one statement."""
    marks: Iterable[Any] = Mark.objects.filter(
        enrolment__in={row.enrolment_id for row in rows}, date__in=[*days, on]
    ).values_list(
        "enrolment_id",
        "date",
        "half",
        "code_id",
        "version",
        "minutes_late",
        "source",
        "made_by_id",
        "made_by__name",
        "made_at",
    )
    codes: dict[tuple[int, date, int], str] = {}
    now: dict[int, MarkSeen] = {}
    for enrolment, day, of_half, code, *rest in marks:
        if (day, of_half) == (on, half):
            now[enrolment] = MarkSeen(code, *rest)
        codes[enrolment, day, of_half] = code
    for row in rows:
        row.mark = now.get(row.enrolment_id)
        first = row.facts.starts_on  # a mark from before the day of entry counts nowhere
        row.days = [
            DayCodes(
                day,
                codes.get((row.enrolment_id, day, Half.AM), "") if first <= day else "",
                codes.get((row.enrolment_id, day, Half.PM), "") if first <= day else "",
                starts_week=bool(before and monday_of(before) != monday_of(day)),
            )
            for before, day in zip([None, *days], days, strict=False)
        ]
        row.other = codes.get((row.enrolment_id, on, 1 - half), "")


def put_planned(rows: Collection[RegisterRow], on: date, half: int) -> None:
    """Give each row what is planned for the session: one statement."""
    planned = planned_marks({row.enrolment_id for row in rows}, on, half)
    for row in rows:
        row.planned = planned.get(row.enrolment_id)


def notes_of(row: RegisterRow, on: date) -> list[RowNote]:
    """At most two short remarks, a medical alert before all: a register has room for no more."""
    alert = [RowNote("Medical:", row.alert)] if row.alert else []
    found = [note for note in (_on_mark(row), _on_plan(row), _on_run(row), _on_paper(row)) if note]
    notes = [*alert, *row.notes, *found]
    if on - row.facts.starts_on < NEW_FOR:
        started = row.facts.starts_on
        notes.append(RowNote("New", f"since {started.day} {started:%b}"))
    return notes[:2]


def _on_plan(row: RegisterRow) -> RowNote | None:
    if row.planned is None:
        return None
    if row.planned.code_id == "M":
        return RowNote("Medical", "appointment")
    return RowNote(*PLANNED_SAYS[PlannedAbsence.Kind(row.planned.kind)])


def _on_mark(row: RegisterRow) -> RowNote | None:
    mark = row.mark
    if mark is None:
        return None
    if mark.source == Mark.Source.LATE_DESK:
        late = f"{mark.minutes_late} min late" if mark.minutes_late else "Late"
        return RowNote(late, f"late desk, {_clock_time(mark.made_at)}")
    if mark.minutes_late:
        return RowNote(f"{mark.minutes_late} min late")
    if mark.source == Mark.Source.OFFICE:
        return RowNote("Office", f"at {_clock_time(mark.made_at)}")
    return None


def _on_run(row: RegisterRow) -> RowNote | None:
    """Away in the last session that was marked, and nobody knows why yet."""
    before = [code for day in row.days for code in (day.am, day.pm)]
    before = [code for code in [*before, row.other] if code]
    return RowNote("No reason yet") if before and before[-1] == "N" else None


def _on_paper(row: RegisterRow) -> RowNote | None:
    return PAPER_MISSING if row.lacks_paper else None


def _clock_time(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.hour}:{local:%M}"
