"""What a closure would do, as its page shows it before anything is written; and what it did."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from registers.models import (
    ClosedMark,
    Closure,
    Enrolment,
    Group,
    Mark,
    Membership,
    School,
    Session,
)
from registers.models.on_roll import on_roll_on
from registers.rules import closures
from registers.rules.admission import Spell, is_on_roll
from registers.rules.calendar import SessionKey
from registers.rules.clock import register_window
from registers.rules.codes import CODES, Half


@dataclass(frozen=True, slots=True)
class ClosureWanted:
    """A closure as somebody asks for it; the sessions are a date and a half each."""

    kind: str
    first: SessionKey
    last: SessionKey
    whole_school: bool = True
    pupils: frozenset[int] = frozenset()  # enrolments, where not the whole school
    for_whom: str = "The whole school"
    note: str = ""

    @property
    def code(self) -> str:
        return closures.code_for(self.kind, whole_school=self.whole_school)

    @property
    def is_known(self) -> bool:
        """For the whole school and beforehand: sessions without a mark are not due any more."""
        return closures.KIND[self.kind].is_known and self.whole_school


@dataclass(frozen=True, slots=True)
class StandingMarks:
    """Marks that stand now with one code (or none), and what becomes of them by default."""

    now: str
    number: int
    changes: bool
    why: str  # why they stay, or give way
    code: str  # of the closure

    @property
    def may_give_way(self) -> bool:
        """Whether somebody chooses: a blank always gives way, a mark that says so already stays."""
        return self.now not in ("", self.code)

    @property
    def becomes(self) -> str:
        return "stays" if self.now == self.code else self.code

    @property
    def words(self) -> str:
        return f"{self.now}, {self.meaning}" if self.now else self.meaning

    @property
    def meaning(self) -> str:
        return CODES[self.now].meaning if self.now else "No mark yet"


@dataclass(frozen=True, slots=True)
class ClosurePreview:
    """What a closure would do now."""

    code: str
    closing: list[SessionKey]  # not due any more, no marks
    begun: list[SessionKey]  # get their marks at once
    to_come: list[SessionKey]  # get them when each begins
    pupils: int
    lines: list[StandingMarks] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)  # whose registers show it, where not all do

    @property
    def sessions(self) -> int:
        return len(self.closing) + len(self.begun) + len(self.to_come)

    @property
    def written(self) -> int:
        """Marks that are written at once, as the lines are ticked by default."""
        return sum(line.number for line in self.lines if line.changes)


def sessions_between(school: School, first: SessionKey, last: SessionKey) -> list[Session]:
    """The school's sessions from one to the other, in order."""
    rows = Session.objects.filter(school=school, date__range=(first[0], last[0]))
    return [row for row in rows.order_by("date", "half") if first <= key_of(row) <= last]


def key_of(session: Session) -> SessionKey:
    return session.date, Half(session.half)


def enrolments_of(asked: ClosureWanted | Closure, school: School) -> QuerySet[Enrolment]:
    """Those whom the closure is for, on the roll on one of its days at least."""
    found = Enrolment.objects.filter(school=school)
    if isinstance(asked, Closure):
        first, last = asked.from_on, asked.until_on
        if not asked.whole_school:
            found = found.filter(closures=asked)
    else:
        first, last = asked.first[0], asked.last[0]
        if not asked.whole_school:
            found = found.filter(pk__in=asked.pupils)
    return found.on_roll(first, until=last)


def in_use(school: School, sessions: Collection[Session]) -> set[SessionKey]:
    """Those of the sessions that have a mark or a register that somebody opened."""
    if not sessions:
        return set()
    days = {session.date for session in sessions}
    marks = Mark.objects.filter(enrolment__school=school, date__in=days).order_by()
    opened = Session.objects.filter(
        pk__in=[session.pk for session in sessions], registers__isnull=False
    )
    found = set(marks.values_list("date", "half").distinct())
    found |= set(opened.order_by().values_list("date", "half").distinct())
    return {(on, Half(half)) for on, half in found}


def preview(school: School, asked: ClosureWanted, now: datetime) -> ClosurePreview:
    """Seven statements at most, whatever the size of the school."""
    sessions = [one for one in sessions_between(school, asked.first, asked.last) if one.is_open]
    closing, marked = _not_due_any_more(school, asked, sessions)
    begun = [one for one in marked if register_window(school, one.date, one.half).has_opened(now)]
    to_come = [one for one in marked if one not in begun]
    pupils = list(enrolments_of(asked, school).values_list("pk", "starts_on", "leaves_on"))
    return ClosurePreview(
        code=asked.code,
        closing=keys_of(closing),
        begun=keys_of(begun),
        to_come=keys_of(to_come),
        pupils=len(pupils),
        lines=_lines(school, asked, begun, pupils) if begun else [],
        groups=[] if asked.whole_school else _names(school, asked, sessions),
    )


def _not_due_any_more(
    school: School, asked: ClosureWanted, sessions: list[Session]
) -> tuple[list[Session], list[Session]]:
    """Sessions of a closure known beforehand that nobody has used; and all others."""
    if not asked.is_known:
        return [], sessions
    used = in_use(school, sessions)
    unused = [session for session in sessions if key_of(session) not in used]
    return unused, [session for session in sessions if key_of(session) in used]


def keys_of(sessions: Iterable[Session]) -> list[SessionKey]:
    return [key_of(session) for session in sessions]


def _lines(
    school: School,
    asked: ClosureWanted,
    begun: list[Session],
    pupils: list[tuple[int, date, date | None]],
) -> list[StandingMarks]:
    """By the code that stands now, in the order of the code list, the blanks first."""
    due = sum(
        is_on_roll(Spell(starts, leaves), one.date) for _, starts, leaves in pupils for one in begun
    )
    marks = (
        Mark.objects.on_roll()
        .filter(at_sessions(begun), enrolment__in=enrolments_of(asked, school).values("pk"))
        .order_by()
    )
    counted = Counter(dict(marks.values_list("code").annotate(number=Count("*"))))
    counted[closures.BLANK] = max(0, due - sum(counted.values()))
    order = [closures.BLANK, *CODES]
    return [_line(now, counted[now], asked.code) for now in order if counted[now]]


def at_sessions(sessions: Iterable[Session]) -> Q:
    """Marks of these sessions; of none where there is none."""
    wanted = Q(pk__in=[])
    for session in sessions:
        wanted |= Q(date=session.date, half=session.half)
    return wanted


def _line(now: str, number: int, code: str) -> StandingMarks:
    if now == code:
        return StandingMarks(now, number, False, "says so already", code)
    stands = closures.why_it_stands(now, code)
    why = stands or ("was not marked" if now == closures.BLANK else "was no session to be missed")
    return StandingMarks(now, number, stands is None, why, code)


def _names(school: School, asked: ClosureWanted, sessions: list[Session]) -> list[str]:
    days = {session.date for session in sessions}
    found = {pk for on in days for pk in groups_within(school, asked.pupils, on)}
    return list(Group.objects.filter(pk__in=found).values_list("name", flat=True))


def groups_within(school: School, pupils: Collection[int], on: date) -> set[int]:
    """The registration groups whose every pupil of the day is among these enrolments."""
    members = Membership.objects.in_force(on).filter(
        on_roll_on(on, of="enrolment__"), group__school=school, group__kind="registration"
    )
    chosen = set(pupils)
    inside: set[int] = set()
    outside: set[int] = set()
    for group, enrolment in members.values_list("group", "enrolment"):
        (inside if enrolment in chosen else outside).add(group)
    return inside - outside


def counts_of(closure: Closure) -> dict[str, int]:
    """Marks that it wrote: into blanks, over others, put back, left as changed since."""
    return closure.marks.aggregate(
        entered=Count("pk", filter=Q(code_before="")),
        changed=Count("pk", filter=~Q(code_before="")),
        put_back=Count("pk", filter=Q(undone=True)),
        left=Count("pk", filter=Q(undone=False)),
    )


def left_marks(closure: Closure, most: int) -> list[ClosedMark]:
    """Marks that were left when it was undone, since somebody had changed them."""
    rows = closure.marks.filter(undone=False).select_related("enrolment__pupil")
    order = ("enrolment__pupil__sort_key", "enrolment__pupil", "date", "half")
    return list(rows.order_by(*order)[:most])


def kept_marks(closure: Closure) -> dict[str, int]:
    """By code, the marks of its sessions and pupils that say something else."""
    sessions = sessions_between(
        closure.school,
        (closure.from_on, Half(closure.from_half)),
        (closure.until_on, Half(closure.until_half)),
    )
    marks = (
        Mark.objects.on_roll()
        .filter(
            at_sessions(sessions), enrolment__in=enrolments_of(closure, closure.school).values("pk")
        )
        .exclude(code=closure.code_id)
    )
    return dict(marks.order_by().values_list("code").annotate(number=Count("*")))
