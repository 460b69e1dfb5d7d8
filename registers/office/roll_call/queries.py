"""What the page of a roll call shows: everybody by group, who is found, who is still missing.

Five statements, however many pupils and ticks there are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import filterfalse
from operator import attrgetter

from registers.models import RollCall, RollCallChild, User
from registers.office.roll_call.actions import ticks_by_call, ticks_of
from registers.office.roll_call.found import RollCallPress, all_found_at, found
from registers.rules.admission import in_natural_order
from registers.rules.grouping import grouped
from registers.rules.pupils.names import with_both

NO_GROUP = "No group"


@dataclass(frozen=True, slots=True)
class ListedPupil:
    """A pupil of the list; `tick` is the press that found them, None while nobody has."""

    enrolment_id: int
    name: str
    where: str
    note: str
    tick: RollCallPress | None
    by: str = ""

    @property
    def is_expected(self) -> bool:
        return self.where != RollCallChild.Where.AWAY

    @property
    def is_missing(self) -> bool:
        return self.is_expected and self.tick is None


@dataclass(slots=True)
class GroupOfCall:
    """A registration group: those who should be on the site first, the others apart."""

    name: str
    number: int
    expected: list[ListedPupil] = field(default_factory=list)
    away: list[ListedPupil] = field(default_factory=list)

    @property
    def missing(self) -> list[ListedPupil]:
        return [one for one in self.expected if one.is_missing]


@dataclass(frozen=True, slots=True)
class RollCallPage:
    call: RollCall
    groups: list[GroupOfCall]

    @property
    def expected(self) -> int:
        return sum(len(group.expected) for group in self.groups)

    @property
    def missing(self) -> int:
        return sum(len(group.missing) for group in self.groups)


def read_roll_call(call: RollCall) -> RollCallPage:
    """Groups in natural order, pupils as a register has them."""
    presses = found(ticks_of(call))
    people = _names_of(press.made_by for press in presses.values())
    rows = (
        RollCallChild.objects.filter(roll_call=call)
        .order_by("enrolment__pupil__sort_key", "enrolment")
        .values_list(
            "group_name",
            "where",
            "note",
            "enrolment_id",
            "enrolment__pupil__forename",
            "enrolment__pupil__preferred_name",
            "enrolment__pupil__surname",
        )
    )
    pupils = grouped(
        (group, _listed(pk, with_both(*names), where, note, presses.get(pk), people))
        for group, where, note, pk, *names in rows
    )
    numbers = {name: number for number, name in enumerate(pupils)}
    return RollCallPage(
        call, [_group(name, numbers[name], pupils[name]) for name in _in_order(pupils)]
    )


def _listed(
    pk: int,
    name: str,
    where: str,
    note: str,
    press: RollCallPress | None,
    people: Mapping[int, str],
) -> ListedPupil:
    by = people.get(press.made_by, "") if press else ""
    return ListedPupil(pk, name, where, note, press, by)


def _in_order(names: Collection[str]) -> list[str]:
    """Groups in natural order; those without one last."""
    return [*in_natural_order(filter(None, names)), *([""] if "" in names else [])]


def _group(name: str, number: int, pupils: list[ListedPupil]) -> GroupOfCall:
    return GroupOfCall(
        name or NO_GROUP,
        number,
        expected=list(filter(attrgetter("is_expected"), pupils)),
        away=list(filterfalse(attrgetter("is_expected"), pupils)),
    )


def live_ticks(call: RollCall) -> dict:
    """For the open pages: who is found, by whom and when. Three statements."""
    presses = found(ticks_of(call))
    people = _names_of(press.made_by for press in presses.values())
    return {
        "found": {
            str(pk): {"by": people.get(press.made_by, ""), "at": press.made_at.isoformat()}
            for pk, press in presses.items()
        },
        "ended": call.ended_at is not None,
    }


def _names_of(people: Iterable[int]) -> dict[int, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=set(people))}


@dataclass(frozen=True, slots=True)
class PastCall:
    call: RollCall
    expected: int
    missing: int
    minutes: int | None  # until all were found; None where somebody was not

    @property
    def words(self) -> str:
        """How it went, in one phrase."""
        if self.missing:
            return f"{self.missing} not found"
        if self.minutes is None:
            return "nobody was expected"
        return f"all found in {self.minutes} min" if self.minutes else "all found within a minute"


def past_calls(calls: Iterable[RollCall]) -> list[PastCall]:
    """Each with how long it took: two statements, however many calls and pupils there are."""
    calls = list(calls)
    listed = RollCallChild.objects.filter(roll_call__in=calls).exclude(
        where=RollCallChild.Where.AWAY
    )
    expected = grouped(listed.values_list("roll_call_id", "enrolment_id"))
    ticks = ticks_by_call(calls)
    return [_past(call, set(expected[call.pk]), ticks[call.pk]) for call in calls]


def _past(call: RollCall, expected: set[int], ticks: list[RollCallPress]) -> PastCall:
    last = all_found_at(expected, ticks)
    minutes = round((last - call.started_at).total_seconds() / 60) if last else None
    return PastCall(call, len(expected), len(expected - found(ticks).keys()), minutes)
