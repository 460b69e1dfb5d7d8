"""One academic year of a school: its sessions, days, weeks, half terms and closed days.

Plain values, no Django here. A session is due where it is open: one that was lost, as to a flood,
was due; one that was closed beforehand is not. A school day is a day with a session that is due.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter

from registers.rules.admission import Dates, is_on_roll
from registers.rules.calendar import (
    HalfTerm,
    SessionKey,
    half_terms,
    monday_of,
    school_weeks,
)
from registers.rules.codes import Half

EARLY_DAYS = 10  # of a year: before that, two days away are a fifth of it and more
WINDOW_WEEKS = 10  # school weeks in which unauthorised sessions are counted


@dataclass(frozen=True, slots=True)
class SchoolSession:
    """A half day of the school's calendar; `closed_because` where it was lost."""

    date: date
    half: int
    is_open: bool = True
    closed_because: str = ""

    @property
    def key(self) -> SessionKey:
        return self.date, Half(self.half)

    @property
    def is_held(self) -> bool:
        """Whether the school meets in it: one that was lost was due and is not held."""
        return self.is_open and not self.closed_because


@dataclass(frozen=True, eq=False)
class SchoolYear:
    """`sessions` are those of the year in order, lost and closed ones among them; `earlier` those
    of the weeks before it, where they were read. It is the same year whatever was read of it."""

    pk: int
    name: str
    starts_on: date
    ends_on: date
    sessions: Sequence[SchoolSession] = ()
    terms: Sequence[HalfTerm] = ()
    closed_days: Mapping[date, str] = field(default_factory=dict)
    earlier: Sequence[SchoolSession] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SchoolYear) and self.pk == other.pk

    def __hash__(self) -> int:
        return hash(self.pk)

    def __contains__(self, on: date) -> bool:
        return self.starts_on <= on <= self.ends_on

    def between(self, first: date, last: date) -> "SchoolYear":
        """A part of the year, both days included."""
        return replace(
            self,
            starts_on=first,
            ends_on=last,
            sessions=[one for one in self.sessions if first <= one.date <= last],
            closed_days={on: why for on, why in self.closed_days.items() if first <= on <= last},
        )

    # --- sessions and days

    @cached_property
    def due(self) -> list[date]:
        """The day of each session that is due, in order: most days are there twice."""
        return [session.date for session in self.sessions if session.is_open]

    @cached_property
    def held(self) -> list[date]:
        """The day of each session that the school holds, in order."""
        return [session.date for session in self.sessions if session.is_held]

    @cached_property
    def days(self) -> list[date]:
        return sorted(set(self.due))

    @cached_property
    def days_with_earlier(self) -> list[date]:
        """The school days of the weeks before the year, and those of the year."""
        return sorted({one.date for one in (*self.earlier, *self.sessions) if one.is_open})

    def sessions_in(self, first: date, last: date) -> int:
        """Sessions that are due from one day to another, both included."""
        return max(0, bisect_right(self.due, last) - bisect_left(self.due, first))

    def sessions_to_come(self, after: date, last: date) -> int:
        """Sessions that will be held after one day and up to another."""
        return max(0, bisect_right(self.held, last) - bisect_right(self.held, after))

    def due_between(self, spells: Iterable[Dates], first: date, last: date) -> list[SchoolSession]:
        """The sessions between two days that a pupil with these times on the roll is due at."""
        spells, due = list(spells), filter(attrgetter("is_open"), self.sessions)
        return [
            session
            for session in due
            if first <= session.date <= last and _on_roll(spells, session.date)
        ]

    def days_due(self, spells: Iterable[Dates], last: date) -> list[date]:
        """The school days up to the last, those before the year too, on which the pupil of these
        times on the roll was due."""
        spells, days = list(spells), self.days_with_earlier
        return [day for day in days[: bisect_right(days, last)] if _on_roll(spells, day)]

    def session_day(self, number: int, after: date) -> date | None:
        """The day of the so-manieth session after a day; None past the end of the year."""
        at = bisect_right(self.held, after) + number - 1
        return self.held[at] if 0 <= at < len(self.held) else None

    def latest_days(self, number: int, as_at: date) -> list[date]:
        """The last school days up to the day; none where there were not so many and one more."""
        so_far = self.days[: self.days_to(as_at)]
        return so_far[-number:] if len(so_far) > number else []

    def days_to(self, on: date) -> int:
        """How many school days there were up to the day."""
        return bisect_right(self.days, on)

    def early_days(self, on: date) -> int:
        """How many school days there were, while they are too few to say much; else 0."""
        days = self.days_to(on)
        return days if days < EARLY_DAYS else 0

    # --- weeks and half terms

    @cached_property
    def weeks(self) -> list[date]:
        """The Mondays of its school weeks."""
        return school_weeks(self.days)

    @cached_property
    def last_days(self) -> dict[date, date]:
        """The last school day of each week, by its Monday."""
        return {monday_of(day): day for day in self.days}

    def weeks_over_by(self, on: date) -> list[date]:
        """The Mondays of the weeks whose last school day is past or is this day."""
        return [monday for monday in self.weeks if self.last_days[monday] <= on]

    def window_from(self, as_at: date) -> date | None:
        """The Monday of the first of the last ten weeks with a session up to the day, those before
        the year among them; None before any."""
        sessions = (*self.earlier, *self.sessions)
        mondays = school_weeks(one.date for one in sessions if one.date <= as_at)
        return next(iter(mondays[-WINDOW_WEEKS:]), None)

    def half_term_start(self, on: date) -> date | None:
        """The first day of the half term that had begun last; None before the first."""
        begun = (term.starts_on for term in half_terms(self.days) if term.starts_on <= on)
        return max(begun, default=None)


def _on_roll(spells: Sequence[Dates], on: date) -> bool:
    return any(is_on_roll(spell, on) for spell in spells)
