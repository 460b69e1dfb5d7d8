"""What the page of one class register shows: read in four statements, whatever the class's size.

The session with its days and the register; the pupils with what stands beside their names; the
marks of the last ten sessions and of the day; what is planned. No row is written here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db.models import (
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Subquery,
)

from registers.marks.day_sheet import natural
from registers.models import (
    Group,
    Register,
    School,
    Session,
)
from registers.register.actions.reading import RegisterKey
from registers.register.rows import (
    RegisterRow,
    complete_rows,
    put_faces,
    read_rows,
)
from registers.rules import allowed_codes
from registers.rules.clock import (
    RegisterProgress,
    RegisterState,
    RegisterWindow,
    register_window,
    state_of,
)
from registers.rules.codes import CODES, AttendanceCode, Category, Counts, Half

DAYS_BEFORE = 5  # whose ten sessions stand beside each name
SESSIONS_READ = 14  # enough for those days where a day has one session, and the day itself
OF_RECORD = ("registration", "trip")  # groups whose registers the school waits for
PRESENT = {Half.AM: "/", Half.PM: "\\"}
KINDS = {  # of codes that are no plain presence, by how they count
    Counts.ATTENDED: "away",
    Counts.AUTHORISED: "absent",
    Counts.UNAUTHORISED: "absent",
    Counts.NOT_POSSIBLE: "not_due",
}


@dataclass(slots=True)
class RegisterCounts:
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
class RegisterSheet:
    """One class register: a group and a session."""

    group: Group
    session: Session
    window: RegisterWindow
    register: Register  # one that is in no table yet, where nobody has opened it
    taken_by: str
    entered_by: str
    days: list[date]
    other_is_due: bool
    rows: list[RegisterRow]
    faces: str = ""  # names the photos of its pupils in their order; none without a photo

    @property
    def key(self) -> RegisterKey:
        on, half = self.session.date, self.session.half
        return RegisterKey(self.group.school_id, self.group.pk, on, half)

    @property
    def half(self) -> Half:
        return Half(self.session.half)

    @property
    def title(self) -> str:
        """7A, Monday morning"""
        return f"{self.group}, {self.session.date:%A} {self.half.words}"

    @property
    def shows_morning(self) -> bool:
        """Whether the morning's mark stands beside that of the afternoon."""
        return bool(self.half and self.other_is_due)

    @property
    def counted(self) -> RegisterCounts:
        kinds = Counter(kind_of(CODES[row.code]) for row in self.rows if row.code)
        return RegisterCounts(pupils=len(self.rows), **kinds)

    @property
    def has_gaps(self) -> bool:
        """Whether a mark is missing that somebody should have made."""
        return bool(self.counted.blanks) and not self.closed_because

    @property
    def progress(self) -> RegisterProgress:
        return RegisterProgress(
            pupils=len(self.rows),
            marked=sum(bool(row.mark) for row in self.rows),
            opened=bool(self.register.opened_at),
            taken=bool(self.register.taken_at),
        )

    @property
    def closed_because(self) -> str:
        """Why no register is taken; empty where one is."""
        return why_closed(self.session, self.register)

    def state(self, now: datetime) -> RegisterState:
        return state_of(self.progress, self.window, now, is_open=not self.closed_because)

    def has_ended(self, now: datetime) -> bool:
        return self.register.ended_at is not None or self.window.has_ended(now)

    def can_be_taken(self, now: datetime) -> bool:
        is_open = self.window.has_opened(now) and not self.has_ended(now)
        return is_open and not self.closed_because

    def to_fill(self, today: date) -> dict[int, str]:
        """The planned codes of pupils without a mark, where the rules let them stand."""
        session = allowed_codes.SessionFacts(self.session.date, self.half, self.session.is_open)
        why_not = partial(allowed_codes.why_not, session=session, today=today)
        return {
            row.enrolment_id: row.to_fill
            for row in filter(attrgetter("to_fill"), self.rows)
            if not why_not(row.to_fill, pupil=row.facts)
        }


def why_closed(session: Session, register: Register | None) -> str:
    """Why no register is taken: the school's reason, or that of a closure of the whole group."""
    return session.closed_because or (register.closed_because if register else "")


def kind_of(code: AttendanceCode) -> str:
    """Under which word of the foot a code counts: a field of Counted."""
    return "here" if code.category is Category.PRESENT else KINDS[code.counts]


def read_sheet(school: School, group_id: int, on: date, half: int) -> RegisterSheet | None:
    """The register of this group and session; None where the school has no such pair."""
    group = Group.objects.filter(pk=group_id, school=school)
    sessions = list(
        _sessions(school, on).annotate(
            theirs=FilteredRelation("registers", condition=Q(registers__group=group_id)),
            group_name=Subquery(group.values("name")),
            group_kind=Subquery(group.values("kind")),
            **OF_THEIR_REGISTER,
        )[:SESSIONS_READ]
    )
    session = _session_of(sessions, on, half)
    if session is None or session.group_name is None:
        return None
    named = Group(pk=group_id, school=school, kind=session.group_kind, name=session.group_name)
    (sheet,) = _sheets(school, sessions, session, [(named, session)])
    return sheet


def read_sheets(
    school: School, on: date, half: int, *, own: Collection[int] | None = None
) -> list[RegisterSheet] | None:
    """The registers of a session in five statements: all of the school's, or the `own` groups'.

    In natural order, without groups that nobody is in; None where the school has no such session.
    """
    sessions = list(_sessions(school, on)[:SESSIONS_READ])
    session = _session_of(sessions, on, half)
    if session is None:
        return None
    which = Q(kind__in=OF_RECORD) if own is None else Q(pk__in=own)
    groups = Group.objects.filter(which, school=school).annotate(
        theirs=FilteredRelation("registers", condition=Q(registers__session=session.pk)),
        **OF_THEIR_REGISTER,
    )
    in_order = sorted(groups, key=lambda group: natural(group.name))
    sheets = _sheets(school, sessions, session, [(group, group) for group in in_order])
    return [sheet for sheet in sheets if sheet.rows]


def _sheets(
    school: School, sessions: list[Any], session: Any, groups: Sequence[tuple[Group, Any]]
) -> list[RegisterSheet]:
    """Three statements for the rows of all these groups, each given with its OF_THEIR_REGISTER."""
    on, half = session.date, session.half
    days = sorted({before.date for before in sessions} - {on})[-DAYS_BEFORE:]
    by_group = read_rows([group.pk for group, _ in groups], on, half, session.academic_year_id)
    complete_rows(list(chain.from_iterable(by_group.values())), days, on, half)
    sheet_of = partial(
        RegisterSheet,
        session=session,
        window=register_window(school, on, half),
        days=days,
        other_is_due=_session_of(sessions, on, 1 - half) is not None,
    )
    return [
        sheet_of(
            group=group,
            register=_register_of(theirs, group, session),
            taken_by=theirs.taken_by_name or "",
            entered_by=theirs.entered_by_name or "",
            rows=by_group[group.pk],
            faces=put_faces(by_group[group.pk]),
        )
        for group, theirs in groups
    ]


def _sessions(school: School, on: date) -> QuerySet[Any]:
    """The day's sessions and those before, the latest first."""
    return Session.objects.filter(school=school, date__lte=on).order_by("-date", "-half")


def _session_of(sessions: Iterable[Any], on: date, half: int) -> Any:
    by_half_day = {(session.date, session.half): session for session in sessions}
    return by_half_day.get((on, half))


# The register of a group and a session, beside either: `theirs` is the relation to it.
OF_THEIR_REGISTER = {
    "register_id": F("theirs__id"),
    "opened_at": F("theirs__opened_at"),
    "taken_at": F("theirs__taken_at"),
    "taken_by_name": F("theirs__taken_by__name"),
    "entered_by_name": F("theirs__entered_by__name"),
    "ended_at": F("theirs__ended_at"),
    "register_closed_because": F("theirs__closed_because"),
}


def _register_of(theirs: Any, group: Group, session: Any) -> Register:
    return Register(
        pk=theirs.register_id,
        group=group,
        session=session,
        opened_at=theirs.opened_at,
        taken_at=theirs.taken_at,
        ended_at=theirs.ended_at,
        closed_because=theirs.register_closed_because or "",
    )
