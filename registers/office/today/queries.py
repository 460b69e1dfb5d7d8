"""What the page of a day shows: its registers, how each stands, and who is planned to be away.

A number of statements that does not grow with groups or pupils. No row is written here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.db.models import Count, F, Q, Sum

from registers.marks.plans_in_force import planned_marks
from registers.models import (
    Appointment,
    Cover,
    Group,
    Mark,
    PlannedAbsence,
    Register,
    School,
    Session,
)
from registers.office.days import NOT_OPENED
from registers.register.page import OF_RECORD, why_closed
from registers.register.rows import IN_ORDER, PLANNED_SAYS, members_on
from registers.rules.calendar import monday_of
from registers.rules.clock import (
    LEFT_OVER,
    RegisterProgress,
    RegisterState,
    RegisterWindow,
    register_window,
    state_of,
)
from registers.rules.codes import CODES, Half
from registers.rules.grouping import grouped, grouped_by
from registers.rules.pupils.names import with_both

Slot = tuple[int, date, int]  # group, day, half


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one register, added up."""

    marked: int = 0
    here: int = 0
    absent: int = 0
    late: int = 0


NONE = Marks()


@dataclass(slots=True)
class RegisterOfDay:
    """One group in one session, as the day's list shows it."""

    group: Group
    session: Session
    window: RegisterWindow
    pupils: int
    marks: Marks
    register: Register
    state: RegisterState
    planned: int = 0
    covers: list[Cover] = field(default_factory=list)
    is_cover: bool = False  # given to this person for the day, not their own
    tutors: list[str] = field(default_factory=list)

    @property
    def blanks(self) -> int:
        return max(0, self.pupils - self.marks.marked)

    @property
    def half(self) -> Half:
        return Half(self.session.half)

    @property
    def closed_because(self) -> str:
        """Why no register is taken; empty where one is."""
        return why_closed(self.session, self.register)

    def can_be_taken(self, now: datetime) -> bool:
        """Whether it is open at this moment and has pupils to mark."""
        return self.window.is_open(now) and bool(self.pupils) and not self.closed_because

    @property
    def name(self) -> str:
        """7B morning"""
        return f"{self.group} {self.half.words}"

    @property
    def has_ended_with_blanks(self) -> bool:
        return self.state in LEFT_OVER

    @property
    def is_closed(self) -> bool:
        return self.state is RegisterState.CLOSED


@dataclass(slots=True)
class PupilAway:
    """A pupil with a plan for the day: the class of its reason, never the reason itself."""

    name: str
    group: str
    says: str
    codes: dict[Half, str] = field(default_factory=dict)


@dataclass(slots=True)
class Day:
    """A day of the school and the registers that this person may see."""

    on: date
    sessions: list[Session]
    next_session: Session | None
    previous_on: date | None
    registers: list[RegisterOfDay]
    away: list[PupilAway]
    week: list[RegisterOfDay]

    def of(self, half: Half) -> list[RegisterOfDay]:
        return [one for one in self.registers if one.half == half]


def read_day(
    school: School, on: date, *, own: Collection[int] | None, person_id: int, now: datetime
) -> Day:
    """The day's registers: all of the school's, or those of the groups that are `own`."""
    near = _read_sessions(school, on)
    todays = near.of_day
    week = [] if own is None else near.of_week_before
    shown = [*reversed(week), *todays]
    groups, members = _groups_shown(school, own, on)
    rows = _DayRows(
        school=school,
        on=on,
        now=now,
        person_id=person_id,
        members=members,
        planned=_planned(members, todays),
        marks=_marks(groups, shown),
        registers=_registers(groups, shown),
        covers=_covers(groups, on),
        tutors=_tutors(groups) if own is None else {},
    )
    return Day(
        on=on,
        sessions=todays,
        next_session=near.next_session,
        previous_on=near.previous_on,
        registers=rows.registers_of(todays, groups),
        away=[] if own is None else _away(groups, members, rows.planned),
        week=rows.registers_of(week, groups),
    )


@dataclass(frozen=True, slots=True)
class _DayRows:
    """What was read of a day, from which each of its registers is put together."""

    school: School
    on: date
    now: datetime
    person_id: int
    members: dict[int, dict[int, str]]
    planned: dict[Half, dict[int, PlannedAbsence]]
    marks: dict[Slot, Marks]
    registers: dict[Slot, Register]
    covers: dict[int, list[Cover]]
    tutors: dict[int, list[str]]

    def registers_of(
        self, sessions: Iterable[Session], groups: Sequence[Group]
    ) -> list[RegisterOfDay]:
        return [self.register_of(group, session) for session in sessions for group in groups]

    def register_of(self, group: Group, session: Session) -> RegisterOfDay:
        slot = (group.pk, session.date, session.half)
        window = register_window(self.school, session.date, session.half)
        register, marks = self.registers.get(slot, NOT_OPENED), self.marks.get(slot, NONE)
        members = self.members.get(group.pk, {})
        pupils = self._pupils(session, members, marks)
        progress = RegisterProgress(
            pupils,
            marks.marked,
            opened=register.opened_at is not None,
            taken=register.taken_at is not None,
        )
        is_open = not why_closed(session, register)
        covers = self.covers.get(group.pk, [])
        return RegisterOfDay(
            group=group,
            session=session,
            window=window,
            pupils=pupils,
            marks=marks,
            register=register,
            state=state_of(progress, window, self.now, is_open=is_open),
            planned=len(self.planned.get(Half(session.half), {}).keys() & members.keys()),
            covers=covers,
            is_cover=any(cover.user_id == self.person_id for cover in covers),
            tutors=self.tutors.get(group.pk, []),
        )

    def _pupils(self, session: Session, members: dict[int, str], marks: Marks) -> int:
        """Of a day before, the marks say how many there were if more have left than come."""
        if session.date == self.on:
            return len(members)
        return max(len(members), marks.marked)


def _planned(
    members: dict[int, dict[int, str]], sessions: Iterable[Session]
) -> dict[Half, dict[int, PlannedAbsence]]:
    """By half of the day, the plan of each pupil who has one. A statement for each half held."""
    enrolments = [pk for of_group in members.values() for pk in of_group]
    return {
        Half(session.half): planned_marks(enrolments, session.date, session.half)
        for session in sessions
        if session.is_open
    }


@dataclass(frozen=True, slots=True)
class _NearSessions:
    """The sessions up to a day, the latest first, and the next one that is held."""

    on: date
    latest: list[Session]
    next_session: Session | None

    @property
    def of_day(self) -> list[Session]:
        return [session for session in reversed(self.latest) if session.date == self.on]

    @property
    def of_week_before(self) -> list[Session]:
        """Those of its week that were held before the day, the latest first."""
        monday = monday_of(self.on)
        return [
            session
            for session in self.latest
            if session.is_held and monday <= session.date < self.on
        ]

    @property
    def previous_on(self) -> date | None:
        """The last day before it on which the school met."""
        met = (session.date for session in self.latest if session.is_open)
        return next((day for day in met if day < self.on), None)


def _read_sessions(school: School, on: date) -> _NearSessions:
    near = Session.objects.filter(school=school)
    return _NearSessions(
        on=on,
        latest=list(near.filter(date__lte=on).order_by("-date", "-half")[:14]),
        next_session=near.filter(date__gt=on, is_open=True).order_by("date", "half").first(),
    )


def _groups_shown(
    school: School, own: Collection[int] | None, on: date
) -> tuple[list[Group], dict[int, dict[int, str]]]:
    """The groups and who is in them: one's own; all of the school's that have pupils."""
    of_school = Group.objects.filter(school=school)
    if own is not None:
        groups = list(of_school.filter(pk__in=own))
        return groups, _members(groups, on)
    groups = list(of_school.filter(kind__in=OF_RECORD))
    members = _members(groups, on)
    return [group for group in groups if group.pk in members], members


def _members(groups: list[Group], on: date) -> dict[int, dict[int, str]]:
    """By group, the enrolments on its roll that day with their names, in the register's order."""
    rows = (
        members_on(on)
        .filter(group__in=groups)
        .order_by(*IN_ORDER)
        .values_list(
            "group_id",
            "enrolment_id",
            "enrolment__pupil__forename",
            "enrolment__pupil__preferred_name",
            "enrolment__pupil__surname",
        )
    )
    members: dict[int, dict[int, str]] = defaultdict(dict)
    for group, enrolment, *names in rows:
        members[group][enrolment] = with_both(*names)
    return members


def _marks(groups: list[Group], sessions: list[Session]) -> dict[Slot, Marks]:
    if not sessions:
        return {}
    until = "enrolment__memberships__until_on"
    rows = (
        Mark.objects.filter(
            Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": F("date")}),
            enrolment__memberships__group__in=groups,
            enrolment__memberships__from_on__lte=F("date"),
            date__range=(sessions[0].date, sessions[-1].date),
        )
        .values_list("enrolment__memberships__group", "date", "half")
        .annotate(
            marked=Count("enrolment", distinct=True),
            here=Sum("code__attended"),
            absent=Sum(F("code__authorised") + F("code__unauthorised")),
            late=Sum("code__late"),
        )
    )
    return {(group, day, half): Marks(*figures) for group, day, half, *figures in rows}


def _registers(groups: list[Group], sessions: list[Session]) -> dict[Slot, Register]:
    registers = Register.objects.filter(group__in=groups, session__in=sessions).select_related(
        "session", "taken_by", "entered_by"
    )
    return {(one.group_id, one.session.date, one.session.half): one for one in registers}


def _covers(groups: list[Group], on: date) -> dict[int, list[Cover]]:
    covers = Cover.objects.filter(group__in=groups, date=on).select_related("user", "given_by")
    return grouped_by(covers, attrgetter("group_id"))


def _tutors(groups: list[Group]) -> dict[int, list[str]]:
    """By group, the teachers whose own it is."""
    rows = (
        Appointment.objects.filter(groups__in=groups, role=Appointment.Role.TEACHER)
        .order_by("user__name")
        .values_list("groups", "user__name")
    )
    return grouped(rows)


def _away(
    groups: list[Group],
    members: dict[int, dict[int, str]],
    planned: dict[Half, dict[int, PlannedAbsence]],
) -> list[PupilAway]:
    plans = grouped(
        (enrolment, (half, plan))
        for half, of_half in planned.items()
        for enrolment, plan in of_half.items()
    )
    return [
        _pupil_away(name, group.name, dict(plans[enrolment]))
        for group in groups
        for enrolment, name in members.get(group.pk, {}).items()
        if enrolment in plans
    ]


def _pupil_away(name: str, group: str, plans: dict[Half, PlannedAbsence]) -> PupilAway:
    first = next(iter(plans.values()))
    codes = {half: str(plan.code_id) for half, plan in plans.items()}
    return PupilAway(name=name, group=group, says=says_of_plan(first), codes=codes)


def says_of_plan(plan: PlannedAbsence) -> str:
    """What a teacher is told: the meaning of the code, and until when."""
    kind = PlannedAbsence.Kind(plan.kind)
    words = CODES[str(plan.code_id)].meaning
    if kind == PlannedAbsence.Kind.LEAVE and plan.code_id != "M":
        words = " ".join(PLANNED_SAYS[kind])
    if plan.until_on > plan.from_on + timedelta(days=1):
        words += f", until {plan.until_on.day} {plan.until_on:%B}"
    return words
