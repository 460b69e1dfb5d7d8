"""What a closure would do, as its page shows it before anything is written; and what it did."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from itertools import product, starmap
from operator import or_

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
from registers.rules.wording import first_so


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

    @property
    def days(self) -> tuple[date, date]:
        return self.first[0], self.last[0]

    @property
    def is_for(self) -> Q:
        """The enrolments that it is for, where not the whole school."""
        return Q(pk__in=self.pupils)


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
        return ", ".join(filter(None, [self.now, self.meaning]))

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


def sessions_between(school: School, first: SessionKey, last: SessionKey) -> QuerySet[Session]:
    """The school's sessions from one to the other, in order."""
    rows = Session.objects.filter(school=school, date__range=(first[0], last[0]))
    before = Q(date=first[0], half__lt=first[1])
    after = Q(date=last[0], half__gt=last[1])
    return rows.exclude(before | after).order_by("date", "half")


def key_of(session: Session) -> SessionKey:
    return session.date, Half(session.half)


def enrolments_of(asked: ClosureWanted | Closure, school: School) -> QuerySet[Enrolment]:
    """Those whom the closure is for, on the roll on one of its days at least."""
    first, last = asked.days
    enrolments = Enrolment.objects.filter(school=school).on_roll(first, until=last)
    return enrolments if asked.whole_school else enrolments.filter(asked.is_for)


def in_use(school: School, sessions: Collection[Session]) -> set[SessionKey]:
    """Those of the sessions that have a mark or a register that somebody opened."""
    days = {session.date for session in sessions}
    marks = Mark.objects.filter(enrolment__school=school, date__in=days).order_by()
    opened = Session.objects.filter(
        pk__in=[session.pk for session in sessions], registers__isnull=False
    )
    keys = {
        *marks.values_list("date", "half").distinct(),
        *opened.order_by().values_list("date", "half").distinct(),
    }
    return {(on, Half(half)) for on, half in keys}


def preview(school: School, asked: ClosureWanted, now: datetime) -> ClosurePreview:
    """Seven statements at most, whatever the size of the school."""
    sessions = list(sessions_between(school, asked.first, asked.last).filter(is_open=True))
    closing, marked = _not_due_any_more(school, asked, sessions)
    begun = [one for one in marked if has_begun(one, school, now)]
    enrolments = enrolments_of(asked, school)
    spells = list(starmap(Spell, enrolments.values_list("starts_on", "leaves_on")))
    return ClosurePreview(
        code=asked.code,
        closing=keys_of(closing),
        begun=keys_of(begun),
        to_come=keys_of(marked[len(begun) :]),
        pupils=len(spells),
        lines=_lines(asked, begun, enrolments, spells),
        groups=_names(school, asked, sessions),
    )


def has_begun(session: Session, school: School, now: datetime) -> bool:
    return register_window(school, session.date, session.half).has_opened(now)


def _not_due_any_more(
    school: School, asked: ClosureWanted, sessions: list[Session]
) -> tuple[list[Session], list[Session]]:
    """Sessions of a closure known beforehand that nobody has used; and all others."""
    if not asked.is_known:
        return [], sessions
    used = in_use(school, sessions)
    by_use: dict[bool, list[Session]] = {False: [], True: []}
    for session in sessions:
        by_use[key_of(session) in used].append(session)
    return by_use[False], by_use[True]


def keys_of(sessions: Iterable[Session]) -> list[SessionKey]:
    return [key_of(session) for session in sessions]


def _lines(
    asked: ClosureWanted,
    begun: list[Session],
    enrolments: QuerySet[Enrolment],
    spells: list[Spell],
) -> list[StandingMarks]:
    """By the code that stands now, in the order of the code list, the blanks first."""
    due = sum(is_on_roll(spell, session.date) for spell, session in product(spells, begun))
    marks = Mark.objects.on_roll().filter(
        at_sessions(keys_of(begun)), enrolment__in=enrolments.values("pk")
    )
    by_code = marks.order_by().values_list("code").annotate(number=Count("*"))
    counted = Counter(dict(by_code))
    counted[closures.BLANK] = max(0, due - counted.total())
    order = filter(counted.get, [closures.BLANK, *CODES])
    return [_line(now, counted[now], asked.code) for now in order]


def at_sessions(keys: Iterable[SessionKey]) -> Q:
    """At one of these sessions; at none where there is none."""
    return reduce(or_, (Q(date=on, half=half) for on, half in keys), Q(pk__in=[]))


def _line(now: str, number: int, code: str) -> StandingMarks:
    stands = closures.why_it_stands(now, code)
    why = first_so(
        (now == code, "says so already"),
        (stands, stands or ""),
        (now == closures.BLANK, "was not marked"),
        otherwise="was no session to be missed",
    )
    return StandingMarks(now, number, stands is None and now != code, why, code)


def _names(school: School, asked: ClosureWanted, sessions: list[Session]) -> list[str]:
    """The groups whose registers show it; none where all do."""
    if asked.whole_school:
        return []
    days = {session.date for session in sessions}
    inside = set().union(*(groups_within(school, asked.pupils, on) for on in days))
    return list(Group.objects.filter(pk__in=inside).values_list("name", flat=True))


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
    sessions = sessions_between(closure.school, closure.first, closure.last)
    enrolments = enrolments_of(closure, closure.school)
    marks = (
        Mark.objects.on_roll()
        .filter(at_sessions(keys_of(sessions)), enrolment__in=enrolments.values("pk"))
        .exclude(code=closure.code_id)
    )
    return dict(marks.order_by().values_list("code").annotate(number=Count("*")))
