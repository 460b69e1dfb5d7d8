"""Whom the office rings about children nobody can account for, and in which order.

`calling_order` and the small classes are plain; `fill_calls` reads who the children are, whom to
ring and what was tried, in three statements for all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from django.db.models import Sum

from registers.marks.day_sheet import DaySheet, PupilOnSheet
from registers.models import Characteristic, FollowUp, Relationship, WeekTally
from registers.rules import calendar
from registers.rules.codes import Half
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
        return "Morning" if self.half == Half.AM else "Afternoon"


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
        asked = {follow_up.person_id for follow_up in self.tried}
        fresh = [contact for contact in self.contacts if contact.person_id not in asked]
        return next(iter(fresh or self.contacts), None)


def calling_order(calls: Iterable[Call]) -> list[Call]:
    """Most vulnerable first, then longest without a reason, then most missed this year."""

    def place(call: Call) -> tuple:
        share = call.missed / call.possible if call.possible else 0
        return (call.rank, -call.day, -share, *call.child.in_order)

    return sorted(calls, key=place)


def days_without_reason(on: date, unexplained: Iterable[date], school_days: Sequence[date]) -> int:
    """1 on the first school day in a row for which no reason is known, 2 on the second."""
    missing, count = set(unexplained), 1
    for day in reversed([day for day in school_days if day < on]):
        if day not in missing:
            break
        count += 1
    return count


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
    sessions = []
    for half in begun:
        mark = sheet.mark(child.enrolment_id, half)
        if mark is not None and mark.code == "N":
            sessions.append(Unexplained(sheet.on, half, mark.version))
        elif mark is None and (child.group_id, half) in blank_halves:
            sessions.append(Unexplained(sheet.on, half, 0))
    return sessions


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
        call.contacts = contacts.get(call.child.pupil_id, [])
        call.flags = flags.get(call.child.pupil_id, [])
        _fill_year(call, tallies.get(pk, (0, 0, 0)))
        earlier = [row[0] for row in open_ns.get(pk, []) if row[0] < on]
        call.day = days_without_reason(on, earlier, days)
        _fill_tries(call, on, set(earlier), follow_ups.get(pk, []))


def _fill_year(call: Call, tally: tuple[int, int, int]) -> None:
    attended, authorised, unauthorised = tally
    call.missed = authorised + unauthorised
    call.possible = attended + call.missed
    call.standing = hooks.standing_of(attended, authorised, unauthorised)


def _fill_tries(call: Call, on: date, earlier: set[date], follow_ups: Sequence[FollowUp]) -> None:
    """What was tried on the day, and how often on the earlier days without a reason."""
    call.tried = [tried for tried in follow_ups if tried.date == on]
    call.tried_before = sum(tried.date in earlier for tried in follow_ups)


def contacts_of(pupils: Iterable[int]) -> dict[int, list[ContactToRing]]:
    """By pupil, in the order in which they want to be rung."""
    found: dict[int, list[ContactToRing]] = defaultdict(list)
    rows = (
        Relationship.objects.filter(pupil__in=list(pupils))
        .order_by("priority", "pk")
        .values_list("pupil", "person", "person__name", "kind", "person__telephone", "court_order")
    )
    for pupil, person, name, kind, telephone, court_order in rows:
        place = len(found[pupil]) + 1
        found[pupil].append(ContactToRing(person, name, kind, telephone, place, court_order))
    return found


def _flags_of(pupils: Iterable[int], on: date) -> dict[int, list[str]]:
    """What makes a child's absence more worrying, in words."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = (
        Characteristic.objects.in_force(on)
        .filter(pupil__in=list(pupils), kind__in=["SEN", "Looked after"])
        .values_list("pupil", "kind", "value")
    )
    for pupil, kind, value in sorted(rows, key=lambda row: row[1]):
        if flag := _flag(kind, value):
            found[pupil].append(flag)
    return found


def _flag(kind: str, value: str) -> str:
    if kind == "Looked after":
        return "" if value == "N" else kind
    return SEN_WORDS.get(value, "")


def _year_tallies(enrolments: Iterable[int], first: date) -> dict[int, tuple[int, int, int]]:
    rows = (
        WeekTally.objects.filter(
            enrolment__in=list(enrolments), monday__gte=calendar.monday_of(first)
        )
        .values("enrolment_id")
        .annotate(a=Sum("attended"), b=Sum("authorised"), c=Sum("unauthorised"))
    )
    return {row["enrolment_id"]: (row["a"], row["b"], row["c"]) for row in rows}
