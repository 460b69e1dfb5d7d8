"""Whom the office rings about children nobody can account for, and in which order.

`calling_order` and the small classes are plain; `fill_calls` reads who the children are, whom to
ring and what was tried, in three statements for all of them.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from itertools import takewhile
from operator import attrgetter

from django.db.models import Sum

from registers.marks.day_sheet import DaySheet, PupilOnSheet
from registers.models import Characteristic, FollowUp, Relationship, WeekTally
from registers.rules import calendar
from registers.rules.codes import Half
from registers.rules.grouping import grouped
from registers.web import hooks

SEN_WORDS = {"E": "EHC plan", "K": "SEN support"}


class Rank(IntEnum):
    """Whom to ring first: rules E8. The reason for each place is in words beside the child."""

    VULNERABLE = 0  # looked after, or an education, health and care plan
    AGAIN = 1  # unexplained on an earlier school day too
    OFTEN = 2  # over a line that the law names
    SUPPORT = 3  # SEN support
    OTHERS = 4


@dataclass(slots=True)
class ContactToRing:
    person_id: int
    name: str
    kind: str
    telephone: str
    place: int  # 1: ring first
    court_order: str

    @property
    def kind_words(self) -> str:
        """After the name: “, mother”."""
        return f", {self.kind.lower()}" if self.kind else ""

    @property
    def as_choice(self) -> tuple[str, str]:
        return str(self.person_id), f"{self.name}{self.kind_words}"

    @property
    def dial(self) -> str:
        return "".join(sign for sign in self.telephone if sign.isdigit() or sign == "+")


@dataclass(slots=True)
class Unexplained:
    """A session without a reason. `seen` is the version of its N, 0 where there is no mark."""

    date: date
    half: int
    seen: int

    @property
    def code(self) -> str:
        return "N" if self.seen else ""

    @property
    def half_words(self) -> str:
        return Half(self.half).words.capitalize()


@dataclass(slots=True)
class Call:
    """A child whom nobody can account for, and what is known about where to ask."""

    child: PupilOnSheet
    sessions: list[Unexplained]
    day: int = 1  # 1 for the first school day in a row without a reason
    flags: list[str] = field(default_factory=list)
    standing: hooks.AbsenceSummary = hooks.NOTHING_KNOWN
    missed: int = 0
    possible: int = 0
    contacts: list[ContactToRing] = field(default_factory=list)
    tried: list[FollowUp] = field(default_factory=list)
    tried_before: int = 0

    @property
    def rank(self) -> Rank:
        if {"Looked after", "EHC plan"} & set(self.flags):
            return Rank.VULNERABLE
        if self.day > 1:
            return Rank.AGAIN
        if self.standing.is_over:
            return Rank.OFTEN
        return Rank.SUPPORT if self.flags else Rank.OTHERS

    @property
    def first(self) -> bool:
        return self.rank <= Rank.AGAIN

    @property
    def latest(self) -> Unexplained:
        return self.sessions[-1]

    @property
    def next_contact(self) -> ContactToRing | None:
        """The first who was not tried today, else the first."""
        return next_to_ask(self.contacts, self.tried)

    @property
    def in_order(self) -> tuple:
        """Most vulnerable first, then longest without a reason, then most missed this year."""
        share = self.missed / self.possible if self.possible else 0
        return (self.rank, -self.day, -share, *self.child.in_order)


def calling_order(calls: Iterable[Call]) -> list[Call]:
    return sorted(calls, key=attrgetter("in_order"))


def next_to_ask(
    contacts: Sequence[ContactToRing], tried: Iterable[FollowUp]
) -> ContactToRing | None:
    """The first contact who is in none of these tries, else the first."""
    asked = {follow_up.person_id for follow_up in tried}
    fresh = [contact for contact in contacts if contact.person_id not in asked]
    return next(iter(fresh or contacts), None)


def days_without_reason(on: date, unexplained: Iterable[date], school_days: Sequence[date]) -> int:
    """1 on the first school day in a row for which no reason is known, 2 on the second."""
    before = reversed(school_days[: bisect_left(school_days, on)])
    return 1 + len(list(takewhile(set(unexplained).__contains__, before)))


# --- read from the database


def calls_of(
    sheet: DaySheet, begun: Sequence[int], blank_halves: set[tuple[int, int]]
) -> tuple[list[Call], set[int]]:
    """Children nobody can account for, and those who have come in since their unexplained half."""
    calls, come_since = [], set()
    for child in sheet.children.values():
        sessions = _unexplained(sheet, child, begun, blank_halves)
        if not sessions:
            continue
        if _has_come_since(sheet, child, begun, sessions[-1]):
            come_since.add(child.enrolment_id)
        else:
            calls.append(Call(child, sessions))
    return calls, come_since


def _unexplained(
    sheet: DaySheet, child: PupilOnSheet, begun: Sequence[int], blank_halves: set[tuple[int, int]]
) -> list[Unexplained]:
    """The child's sessions of the day with an N, or blank in a register that was taken."""
    seen = {half: _version_seen(sheet, child, half, blank_halves) for half in begun}
    return [
        Unexplained(sheet.on, half, version)
        for half, version in seen.items()
        if version is not None
    ]


def _version_seen(
    sheet: DaySheet, child: PupilOnSheet, half: int, blank_halves: set[tuple[int, int]]
) -> int | None:
    """The version of an N, 0 for such a blank; None where the session is accounted for."""
    mark = sheet.mark(child.enrolment_id, half)
    if mark is None:
        return 0 if (child.group_id, half) in blank_halves else None
    return mark.version if mark.code == "N" else None


def _has_come_since(
    sheet: DaySheet, child: PupilOnSheet, begun: Sequence[int], last: Unexplained
) -> bool:
    """Whether a later session has a mark: any other than N, which would be unexplained itself."""
    return any(
        sheet.mark(child.enrolment_id, half) is not None for half in begun if half > last.half
    )


def fill_calls(
    calls: Sequence[Call],
    on: date,
    days: Sequence[date],
    open_ns: Mapping[int, list[tuple[date, int, int]]],
    follow_ups: Mapping[int, list[FollowUp]],
    year_start: date,
) -> None:
    """Who the child is, whom to ring and what was tried: three statements for all of them."""
    pupils = {call.child.pupil_id for call in calls}
    contacts, flags = contacts_of(pupils), _flags_of(pupils, on)
    tallies = _year_tallies([call.child.enrolment_id for call in calls], year_start)
    for call in calls:
        pk = call.child.enrolment_id
        call.contacts = contacts[call.child.pupil_id]
        call.flags = flags[call.child.pupil_id]
        _fill_year(call, tallies.get(pk, (0, 0, 0)))
        earlier = {day for day, *_ in open_ns.get(pk, ()) if day < on}
        call.day = days_without_reason(on, earlier, days)
        _fill_tries(call, on, earlier, follow_ups.get(pk, ()))


def _fill_year(call: Call, tally: tuple[int, int, int]) -> None:
    attended, authorised, unauthorised = tally
    call.missed = authorised + unauthorised
    call.possible = attended + call.missed
    call.standing = hooks.standing_of(attended, authorised, unauthorised)


def _fill_tries(call: Call, on: date, earlier: set[date], follow_ups: Sequence[FollowUp]) -> None:
    """What was tried on the day, and how often on the earlier days without a reason."""
    call.tried = [tried for tried in follow_ups if tried.date == on]
    call.tried_before = sum(tried.date in earlier for tried in follow_ups)


def contacts_of(pupils: Iterable[int]) -> defaultdict[int, list[ContactToRing]]:
    """By pupil, in the order in which they want to be rung."""
    contacts: defaultdict[int, list[ContactToRing]] = defaultdict(list)
    rows = (
        Relationship.objects.filter(pupil__in=list(pupils))
        .order_by("priority", "pk")
        .values_list("pupil", "person", "person__name", "kind", "person__telephone", "court_order")
    )
    for pupil, person, name, kind, telephone, court_order in rows:
        place = len(contacts[pupil]) + 1
        contacts[pupil].append(ContactToRing(person, name, kind, telephone, place, court_order))
    return contacts


def _flags_of(pupils: Iterable[int], on: date) -> defaultdict[int, list[str]]:
    """What makes a child's absence more worrying, in words."""
    rows = (
        Characteristic.objects.in_force(on)
        .filter(pupil__in=list(pupils), kind__in=["SEN", "Looked after"])
        .order_by("kind")
        .values_list("pupil", "kind", "value")
    )
    flags = ((pupil, _flag(kind, value)) for pupil, kind, value in rows)
    return grouped((pupil, flag) for pupil, flag in flags if flag)


def _flag(kind: str, value: str) -> str:
    if kind == "Looked after":
        return "" if value == "N" else kind
    return SEN_WORDS.get(value, "")


def _year_tallies(enrolments: Iterable[int], first: date) -> dict[int, tuple[int, int, int]]:
    rows = (
        WeekTally.objects.filter(
            enrolment__in=list(enrolments), monday__gte=calendar.monday_of(first)
        )
        .values_list("enrolment_id")
        .annotate(Sum("attended"), Sum("authorised"), Sum("unauthorised"))
    )
    return {
        pk: (attended, authorised, unauthorised) for pk, attended, authorised, unauthorised in rows
    }
