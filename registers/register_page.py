"""What the page of one class register shows: read in four statements, whatever the class's size.

The session with its days and the register; the pupils with what stands beside their names; the
marks of the last ten sessions and of the day; what is planned. No row is written here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from registers import rules
from registers.actions.saving import RegisterKey
from registers.calendar import monday_of
from registers.clock import Progress, State, Window, register_window, state_of
from registers.codes import CODES, Category, Code, Counts, Half
from registers.day_sheet import natural
from registers.models import (
    Group,
    Mark,
    MarkComment,
    Membership,
    PlannedAbsence,
    Register,
    School,
    Session,
    SignOut,
)
from registers.names import called_by, initials
from registers.photos import IN_A_REGISTER, MOST_IN_ONE, key_of
from registers.planned import planned_marks
from registers.rules import paper_needed

DAYS_BEFORE = 5  # whose ten sessions stand beside each name
SESSIONS_READ = 14  # enough for those days where a day has one session, and the day itself
OF_RECORD = ("registration", "trip")  # groups whose registers the school waits for
NEW_FOR = timedelta(days=14)
PRESENT = {Half.AM: "/", Half.PM: "\\"}

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


class Note(NamedTuple):
    """A short remark under a name: its first word is bold."""

    word: str
    rest: str = ""


PAPER_MISSING = Note("Paper", "on the office’s list")


@dataclass(slots=True)
class Row:
    """One line of the register."""

    number: int
    enrolment_id: int
    pupil_id: int
    name: str  # as the pupil is called
    facts: rules.PupilFacts
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
    notes: list[Note] = field(default_factory=list)
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


@dataclass(slots=True)
class Counted:
    """A register added up, in the words of its foot."""

    pupils: int = 0
    here: int = 0
    away: int = 0  # on a visit, at a placement: attending somewhere else
    absent: int = 0
    not_due: int = 0

    @property
    def marked(self) -> int:
        return self.here + self.away + self.absent + self.not_due

    @property
    def blanks(self) -> int:
        return self.pupils - self.marked


@dataclass(slots=True)
class Sheet:
    """One class register: a group and a session."""

    group: Group
    session: Session
    window: Window
    register: Register | None
    taken_by: str
    entered_by: str
    days: list[date]
    other_is_due: bool
    rows: list[Row]
    faces: str = ""  # names the photos of its pupils in their order; none without a photo

    @property
    def key(self) -> RegisterKey:
        on, half = self.session.date, self.session.half
        return RegisterKey(self.group.school_id, self.group.pk, on, half)

    @property
    def half(self) -> Half:
        return Half(self.session.half)

    @property
    def counted(self) -> Counted:
        found = Counted(pupils=len(self.rows))
        for row in self.rows:
            if row.code:
                kind = kind_of(CODES[row.code])
                setattr(found, kind, getattr(found, kind) + 1)
        return found

    @property
    def progress(self) -> Progress:
        register = self.register
        return Progress(
            pupils=len(self.rows),
            marked=sum(bool(row.mark) for row in self.rows),
            opened=bool(register and register.opened_at),
            taken=bool(register and register.taken_at),
        )

    def state(self, now: datetime) -> State:
        return state_of(self.progress, self.window, now, is_open=self.session.is_open)

    def has_ended(self, now: datetime) -> bool:
        by_hand = self.register is not None and self.register.ended_at is not None
        return by_hand or self.window.has_ended(now)

    def can_be_taken(self, now: datetime) -> bool:
        return self.session.is_open and self.window.has_opened(now) and not self.has_ended(now)

    def to_fill(self, today: date) -> dict[int, str]:
        """The planned codes of pupils without a mark, where the rules let them stand."""
        facts = rules.SessionFacts(self.session.date, self.half, self.session.is_open)
        return {
            row.enrolment_id: str(row.planned.code_id)
            for row in self.rows
            if row.planned is not None
            and row.mark is None
            and not rules.why_not(
                str(row.planned.code_id), pupil=row.facts, session=facts, today=today
            )
        }


def kind_of(code: Code) -> str:
    """Under which word of the foot a code counts: a field of Counted."""
    if code.category is Category.PRESENT:
        return "here"
    if code.counts is Counts.ATTENDED:
        return "away"
    return "not_due" if code.counts is Counts.NOT_POSSIBLE else "absent"


def read_sheet(school: School, group_id: int, on: date, half: int) -> Sheet | None:
    """The register of this group and session; None where the school has no such pair."""
    group = Group.objects.filter(pk=group_id, school=school)
    found = list(
        _sessions(school, on).annotate(
            theirs=FilteredRelation("registers", condition=Q(registers__group=group_id)),
            group_name=Subquery(group.values("name")),
            group_kind=Subquery(group.values("kind")),
            **OF_THEIR_REGISTER,
        )[:SESSIONS_READ]
    )
    session = _session_of(found, on, half)
    if session is None or session.group_name is None:
        return None
    here = Group(pk=group_id, school=school, kind=session.group_kind, name=session.group_name)
    return _sheets(school, found, session, [(here, session)])[0]


def read_sheets(
    school: School, on: date, half: int, *, own: Collection[int] | None = None
) -> list[Sheet] | None:
    """The registers of a session in five statements: all of the school's, or the `own` groups'.

    In natural order, without groups that nobody is in; None where the school has no such session.
    """
    found = list(_sessions(school, on)[:SESSIONS_READ])
    session = _session_of(found, on, half)
    if session is None:
        return None
    groups = Group.objects.filter(school=school).annotate(
        theirs=FilteredRelation("registers", condition=Q(registers__session=session.pk)),
        **OF_THEIR_REGISTER,
    )
    groups = groups.filter(kind__in=OF_RECORD) if own is None else groups.filter(pk__in=own)
    pairs = [(group, group) for group in groups]
    for group, _ in pairs:
        group.school = school
    pairs.sort(key=lambda pair: natural(pair[0].name))
    sheets = _sheets(school, found, session, pairs)
    return [sheet for sheet in sheets if sheet.rows]


def _sheets(
    school: School, sessions: list[Any], session: Any, groups: Sequence[tuple[Group, Any]]
) -> list[Sheet]:
    """Three statements for the rows of all these groups, each given with its OF_THEIR_REGISTER."""
    on, half = session.date, session.half
    days = sorted({one.date for one in sessions if one.date < on})[-DAYS_BEFORE:]
    by_group = _rows([group.pk for group, _ in groups], on, half, session.academic_year_id)
    rows = [row for of_group in by_group.values() for row in of_group.values()]
    _put_marks(rows, days, on, half)
    _put_planned(rows, on, half)
    for row in rows:
        row.notes = _notes(row, on)
    return [
        Sheet(
            group=group,
            session=session,
            window=register_window(school, on, half),
            register=_register_of(theirs, group, session),
            taken_by=theirs.taken_by_name or "",
            entered_by=theirs.entered_by_name or "",
            days=days,
            other_is_due=any(one.date == on and one.half != half for one in sessions),
            rows=list(by_group.get(group.pk, {}).values()),
            faces=_put_faces(by_group.get(group.pk, {}).values()),
        )
        for group, theirs in groups
    ]


def _sessions(school: School, on: date) -> QuerySet[Any]:
    """The day's sessions and those before, the latest first."""
    return Session.objects.filter(school=school, date__lte=on).order_by("-date", "-half")


def _session_of(found: Iterable[Any], on: date, half: int) -> Any:
    return next((one for one in found if (one.date, one.half) == (on, half)), None)


# The register of a group and a session, beside either: `theirs` is the relation to it.
OF_THEIR_REGISTER = {
    "register_id": F("theirs__id"),
    "opened_at": F("theirs__opened_at"),
    "taken_at": F("theirs__taken_at"),
    "taken_by_name": F("theirs__taken_by__name"),
    "entered_by_name": F("theirs__entered_by__name"),
    "ended_at": F("theirs__ended_at"),
}


def _register_of(theirs: Any, group: Group, session: Any) -> Register | None:
    if theirs.register_id is None:
        return None
    return Register(
        pk=theirs.register_id,
        group=group,
        session=session,
        opened_at=theirs.opened_at,
        taken_at=theirs.taken_at,
        ended_at=theirs.ended_at,
    )


def members_on(on: date) -> QuerySet[Membership]:
    """Who is in a group on a day, and on the roll of the school on it."""
    return Membership.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on),
        Q(enrolment__leaves_on__isnull=True) | Q(enrolment__leaves_on__gte=on),
        from_on__lte=on,
        enrolment__starts_on__lte=on,
    )


IN_ORDER = (
    "enrolment__pupil__surname",
    "enrolment__pupil__forename",
    "enrolment__pupil__upn",
    "enrolment_id",
)


def _rows(groups: Collection[int], on: date, half: int, year: int) -> dict[int, dict[int, Row]]:
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
    by_group: dict[int, dict[int, Row]] = defaultdict(dict)
    for group, enrolment, pupil, forename, preferred, surname, alert, photo, *rest in found:
        born, starts, leaves, text, out_at, code, completed_at = rest
        rows = by_group[group]
        if enrolment not in rows:
            called = called_by(forename, preferred)
            rows[enrolment] = Row(
                number=len(rows) + 1,
                enrolment_id=enrolment,
                pupil_id=pupil,
                name=f"{called} {surname}",
                facts=rules.PupilFacts(born, starts, leaves),
                both_names="" if called == forename else f"{forename}, called {called}",
                initials=initials(called, surname),
                alert=alert,
                photo=photo or "",
                comment=text or "",
                notes=[Note("Out", f"since {_clock_time(out_at)}")] if out_at else [],
            )
        if code:
            rows[enrolment].papers[code] = completed_at is not None
    return by_group


def _put_faces(rows: Iterable[Row]) -> str:
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


def _put_marks(rows: Collection[Row], days: list[date], on: date, half: int) -> None:
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
        row.days = [
            DayCodes(
                day,
                codes.get((row.enrolment_id, day, Half.AM), ""),
                codes.get((row.enrolment_id, day, Half.PM), ""),
                starts_week=bool(before and monday_of(before) != monday_of(day)),
            )
            for before, day in zip([None, *days], days, strict=False)
        ]
        row.other = codes.get((row.enrolment_id, on, 1 - half), "")


def _put_planned(rows: Collection[Row], on: date, half: int) -> None:
    planned = planned_marks({row.enrolment_id for row in rows}, on, half)
    for row in rows:
        row.planned = planned.get(row.enrolment_id)


def _notes(row: Row, on: date) -> list[Note]:
    """At most two short remarks, a medical alert before all: a register has room for no more."""
    alert = [Note("Medical:", row.alert)] if row.alert else []
    found = [note for note in (_on_mark(row), _on_plan(row), _on_run(row), _on_paper(row)) if note]
    notes = [*alert, *row.notes, *found]
    if on - row.facts.starts_on < NEW_FOR:
        started = row.facts.starts_on
        notes.append(Note("New", f"since {started.day} {started:%b}"))
    return notes[:2]


def _on_plan(row: Row) -> Note | None:
    if row.planned is None:
        return None
    if row.planned.code_id == "M":
        return Note("Medical", "appointment")
    return Note(*PLANNED_SAYS[PlannedAbsence.Kind(row.planned.kind)])


def _on_mark(row: Row) -> Note | None:
    mark = row.mark
    if mark is None:
        return None
    if mark.source == Mark.Source.LATE_DESK:
        late = f"{mark.minutes_late} min late" if mark.minutes_late else "Late"
        return Note(late, f"late desk, {_clock_time(mark.made_at)}")
    if mark.minutes_late:
        return Note(f"{mark.minutes_late} min late")
    if mark.source == Mark.Source.OFFICE:
        return Note("Office", f"at {_clock_time(mark.made_at)}")
    return None


def _on_run(row: Row) -> Note | None:
    """Away in the last session that was marked, and nobody knows why yet."""
    before = [code for day in row.days for code in (day.am, day.pm)]
    before = [code for code in [*before, row.other] if code]
    return Note("No reason yet") if before and before[-1] == "N" else None


def _on_paper(row: Row) -> Note | None:
    return PAPER_MISSING if row.lacks_paper else None


def _clock_time(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.hour}:{local:%M}"
