"""One line of a register: the pupil, the ten sessions before, the mark, what is beside the name.

Read for a class, or for all classes of a session, in three statements: who is in them, their marks,
what is planned.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
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
from registers.rules.wording import clock_time

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

    @property
    def minutes(self) -> str:
        """As they stand in a field; "" for none."""
        return str(self.minutes_late or "")

    @property
    def late(self) -> str:
        """8 min late"""
        return f"{self.minutes} min late" if self.minutes else ""


NOT_MARKED = MarkSeen("", 0, None, 0, None, "", datetime(1970, 1, 1, tzinfo=UTC))


class DayCodes(NamedTuple):
    """The two codes of a day, "" where there is none; `starts_week` parts it from those before."""

    on: date
    am: str
    pm: str
    starts_week: bool

    def code(self, half: Half) -> str:
        return self.pm if half is Half.PM else self.am


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
    def stands(self) -> MarkSeen:
        """The mark, or one without a code."""
        return self.mark or NOT_MARKED

    @property
    def code(self) -> str:
        return self.stands.code

    @property
    def to_fill(self) -> str:
        """The planned code of a pupil without a mark; "" where there is none."""
        return str(self.planned.code_id) if self.planned and not self.mark else ""

    @property
    def codes_before(self) -> list[str]:
        """Of the last sessions in their order, those with a code alone."""
        codes = [day.code(half) for day in self.days for half in Half]
        return list(filter(None, (*codes, self.other)))

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
) -> dict[int, list[RegisterRow]]:
    """By group, in the order and with the numbers of the register on paper. From the database a
    pupil comes once for each paper of the academic year.
    """
    papers = Q(enrolment__papers__academic_year=year)
    comment = MarkComment.objects.filter(enrolment=OuterRef("enrolment"), date=on, half=half)
    out = SignOut.objects.filter(enrolment=OuterRef("enrolment"), date=on, returned_at=None)
    members: Iterable[Any] = (
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
    for group, *facts, code, completed_at in members:
        rows, enrolment = by_group[group], facts[0]
        if enrolment not in rows:
            rows[enrolment], names[group][enrolment] = _row_and_name(len(rows) + 1, *facts)
        if code:
            rows[enrolment].papers[code] = completed_at is not None
    _tell_apart(by_group, names)
    return {group: list(by_group[group].values()) for group in groups}


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
        notes=[RowNote("Out", f"since {clock_time(timezone.localtime(out_at))}")] if out_at else [],
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
    """Give each its place among the photos; the key of them all, empty without a photo."""
    photo_of = attrgetter("photo")
    with_photo = list(filter(photo_of, rows))[:MOST_IN_ONE]
    for place, row in enumerate(with_photo):
        row.face = Face(place * IN_A_REGISTER, len(with_photo) * IN_A_REGISTER)
    return key_of(map(photo_of, with_photo)) if with_photo else ""


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


def complete_rows(rows: Collection[RegisterRow], days: list[date], on: date, half: int) -> None:
    """Give each row its marks, its plan and its remarks: two statements."""
    _put_marks(rows, days, on, half)
    planned = planned_marks({row.enrolment_id for row in rows}, on, half)
    for row in rows:
        row.planned = planned.get(row.enrolment_id)
        row.notes = _notes_of(row, on)


def _put_marks(rows: Collection[RegisterRow], days: list[date], on: date, half: int) -> None:
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
        row.days = _days_of(row, days, codes)
        row.other = codes.get((row.enrolment_id, on, 1 - half), "")


def _days_of(
    row: RegisterRow, days: list[date], codes: Mapping[tuple[int, date, int], str]
) -> list[DayCodes]:
    """Without marks from before the day of entry, which count nowhere."""

    def code(day: date, half: Half) -> str:
        is_on_roll = row.facts.starts_on <= day
        return codes.get((row.enrolment_id, day, half), "") if is_on_roll else ""

    pairs = pairwise([*days[:1], *days])  # each day with the one before; the first with itself
    return [
        DayCodes(day, code(day, Half.AM), code(day, Half.PM), monday_of(before) != monday_of(day))
        for before, day in pairs
    ]


def _notes_of(row: RegisterRow, on: date) -> list[RowNote]:
    """At most two short remarks, a medical alert before all: a register has room for no more."""
    remarks = (_on_alert(row), *row.notes, *(remark(row) for remark in REMARKS), _on_entry(row, on))
    return list(filter(None, remarks))[:2]


def _on_alert(row: RegisterRow) -> RowNote | None:
    return RowNote("Medical:", row.alert) if row.alert else None


def _on_entry(row: RegisterRow, on: date) -> RowNote | None:
    started = row.facts.starts_on
    is_new = on - started < NEW_FOR
    return RowNote("New", f"since {started.day} {started:%b}") if is_new else None


def _on_plan(row: RegisterRow) -> RowNote | None:
    if row.planned is None:
        return None
    if row.planned.code_id == "M":
        return RowNote("Medical", "appointment")
    return RowNote(*PLANNED_SAYS[PlannedAbsence.Kind(row.planned.kind)])


def _on_mark(row: RegisterRow) -> RowNote | None:
    mark = row.stands
    at = clock_time(timezone.localtime(mark.made_at))
    if mark.source == Mark.Source.LATE_DESK:
        return RowNote(mark.late or "Late", f"late desk, {at}")
    if mark.late:
        return RowNote(mark.late)
    return RowNote("Office", f"at {at}") if mark.source == Mark.Source.OFFICE else None


def _on_run(row: RegisterRow) -> RowNote | None:
    """Away in the last session that was marked, and nobody knows why yet."""
    return RowNote("No reason yet") if row.codes_before[-1:] == ["N"] else None


def _on_paper(row: RegisterRow) -> RowNote | None:
    return PAPER_MISSING if row.lacks_paper else None


REMARKS = (_on_mark, _on_plan, _on_run, _on_paper)  # in the order of their weight
