"""A school's year as somebody plans it: half terms and closed days → sessions. No Django here.

What a page says of a year's length, what a change of plan adds and takes out, and the picture of
the year come from here, so that the preview and what is written are one and the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise, starmap
from operator import attrgetter

import holidays

from registers.rules.calendar import (
    DAY,
    SATURDAY,
    ClosedDays,
    HalfTerm,
    SessionKey,
    half_terms,
    planned_sessions,
    weekdays,
)
from registers.rules.codes import Half
from registers.rules.grouping import grouped
from registers.rules.wording import all_so, first_so, many, plural

A_YEAR = timedelta(weeks=52)  # to the same day of the week
HOLIDAY, INSET, BANK_HOLIDAY, OTHER = "holiday", "inset", "bank_holiday", "other"
KINDS = {
    INSET: "INSET day",
    HOLIDAY: "Holiday",
    BANK_HOLIDAY: "Bank holiday",
    OTHER: "Another closure",
}
USUAL_INSET_DAYS = 5
UNEXPLAINED = "No session in the files that were read in"


@dataclass(frozen=True, slots=True)
class ClosedStretch:
    """Days in a row that are closed for one reason; `half` where only one half of each is."""

    first: date
    last: date
    kind: str
    name: str = ""
    half: Half | None = None

    @property
    def closure(self) -> ClosedDays:
        return ClosedDays(self.kind, self.first, self.last, self.half)

    @property
    def days(self) -> Iterator[date]:
        return weekdays(self.first, self.last)

    @property
    def is_explained(self) -> bool:
        return self.name != UNEXPLAINED

    @property
    def reason(self) -> tuple[str, str, Half | None]:
        return self.kind, self.name, self.half

    def meets(self, term: HalfTerm) -> bool:
        """Whether a day of it is within the half term."""
        return self.first <= term.ends_on and term.starts_on <= self.last


@dataclass(frozen=True, slots=True)
class YearPlan:
    """One academic year as it was typed in."""

    name: str
    terms: tuple[HalfTerm, ...]
    closed: tuple[ClosedStretch, ...] = ()

    def sessions(self) -> set[SessionKey]:
        return set(planned_sessions(self.terms, [stretch.closure for stretch in self.closed]))

    def closed_days(self) -> dict[date, ClosedStretch]:
        """Each closed weekday within a term, with the first stretch that names it."""
        by_day = {day: stretch for stretch in reversed(self.closed) for day in stretch.days}
        return {day: by_day[day] for day in sorted(by_day.keys() & _days_of(self.terms))}

    def closed_of(self, days: Iterable[date]) -> set[date]:
        """Those of the days on which no session is planned."""
        return set(days) - {day for day, _ in self.sessions()}

    @property
    def without_bank_holidays(self) -> list[ClosedStretch]:
        return [stretch for stretch in self.closed if stretch.kind != BANK_HOLIDAY]


@dataclass(frozen=True, slots=True)
class YearChange:
    """What a plan does to the sessions that are there. `blocked`: taken out, yet in use."""

    added: tuple[SessionKey, ...]
    taken_out: tuple[SessionKey, ...]
    blocked: Mapping[SessionKey, str]
    at_weekends: int  # sessions on Saturdays and Sundays: left as they are
    planned: int
    other: tuple[str, ...] = ()  # what else will change, in words

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.taken_out or self.other)

    @property
    def digest(self) -> str:
        """What was shown, in one word: a save that would do something else is shown again."""
        return sha256(repr((self.added, self.taken_out, self.other)).encode()).hexdigest()[:16]

    def added_before(self, today: date) -> int:
        return sum(day < today for day, _ in self.added)


def change(plan: YearPlan, there: Collection[SessionKey]) -> YearChange:
    """What the plan adds and takes out. Weekend sessions come with an import and stay."""
    wanted = plan.sessions()
    weekend = {key for key in there if key[0].weekday() >= SATURDAY}
    return YearChange(
        added=tuple(sorted(wanted - set(there))),
        taken_out=tuple(sorted(set(there) - wanted - weekend)),
        blocked={},
        at_weekends=len(weekend),
        planned=len(wanted | weekend),
    )


def days_in_words(keys: Iterable[SessionKey], most: int = 12) -> list[str]:
    """Sessions as days: `Friday 23 October 2026`, with the half where only one is meant."""
    days = list(halves_by_day(keys).items())
    words = list(starmap(_day_in_words, days[:most]))
    more = len(days) - most
    return words + ([f"and {many(more, 'more day')}"] if more > 0 else [])


def halves_by_day(keys: Iterable[SessionKey]) -> dict[date, list[Half]]:
    """In order, each day with the halves that are among the sessions."""
    return grouped(sorted(keys))


def _day_in_words(day: date, halves: Sequence[Half]) -> str:
    words = f"{day:%A} {day.day} {day:%B %Y}"
    return words if len(halves) == 2 else f"{words}, {halves[0].words} only"


def days_from_until(first: date, last: date) -> str:
    """1 September 2026 to 21 July 2027"""
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


# --- the length of a year


@dataclass(frozen=True, slots=True)
class Length:
    """A year's planned sessions against those expected."""

    planned: int
    expected: int

    @property
    def short_by(self) -> int:
        return max(0, self.expected - self.planned)

    @property
    def over_by(self) -> int:
        return max(0, self.planned - self.expected)

    @property
    def said(self) -> str:
        planned = f"{many(self.planned, 'session')} planned"
        how = first_so(
            (self.short_by, f"{self.short_by:,} fewer than the {self.expected:,} expected"),
            (self.over_by, f"{self.over_by:,} more than the {self.expected:,} expected"),
            otherwise="exactly the number expected",
        )
        return f"{planned}, {how}."

    def what_to_do(self, inset_days: int) -> str:
        """In words; empty where nothing need be done."""
        if self.short_by:
            return self._make_up(inset_days)
        return self._let_go(inset_days) if self.over_by else ""

    def _make_up(self, inset_days: int) -> str:
        days, odd = divmod(self.short_by, 2)
        what = " and ".join(all_so((days, many(days, "school day")), (odd, "a half day")))
        extra = inset_days - USUAL_INSET_DAYS
        give_up = (
            f", or give up {many(extra, 'INSET day')} beyond the usual {USUAL_INSET_DAYS}"
            if extra > 0
            else ""
        )
        return (
            f"Add {what}: begin a term earlier or end one later{give_up}. Sessions lost "
            "unexpectedly, as to snow, stay planned and are not missing."
        )

    def _let_go(self, inset_days: int) -> str:
        words = "A school may meet more often, so nothing must be done."
        days = self.over_by // 2
        verb = plural(inset_days, "is", "are")
        few = f"Only {many(inset_days, 'INSET day')} {verb} planned, and five are usual."
        advice = first_so(
            (not inset_days, "No INSET day is planned yet, and five are usual."),
            (inset_days < USUAL_INSET_DAYS, few),
            otherwise=f"If it is not meant, close {many(days, 'day')} or end a term earlier.",
        )
        return f"{words} {advice}" if days else words


# --- what a plan may be


def span_of(name: str) -> tuple[date, date]:
    """The days in which the terms of 2026/27 may lie: August to the next August."""
    first = int(name[:4])
    return date(first, 8, 1), date(first + 1, 8, 31)


def overlapping(terms: Sequence[HalfTerm]) -> tuple[int, int] | None:
    """The places of two half terms that share a day; None where none do."""
    order = sorted(range(len(terms)), key=lambda at: terms[at].starts_on)
    for one, other in pairwise(order):
        if terms[other].starts_on <= terms[one].ends_on:
            return one, other
    return None


def bank_holidays(name: str) -> dict[date, str]:
    """Those of England in the academic year 2026/27 that fall on weekdays, in order."""
    first, last = span_of(name)
    found = holidays.country_holidays("GB", subdiv="ENG", years=(first.year, last.year))
    return {day: found[day] for day in sorted(found) if first <= day <= last and day.weekday() < 5}


def following(name: str) -> str:
    """The academic year after 2026/27 is 2027/28."""
    first = int(name[:4]) + 1
    return f"{first}/{(first + 1) % 100:02}"


def closed_bank_holidays(name: str, days: Iterable[date] | None = None) -> list[ClosedStretch]:
    """Those of the academic year, or of these days."""
    named = bank_holidays(name)
    chosen = named if days is None else sorted(days)
    return [ClosedStretch(day, day, BANK_HOLIDAY, named[day]) for day in chosen]


def a_year_later(plan: YearPlan) -> YearPlan:
    """The same weeks of the next year, with that year's bank holidays: a first draft."""
    name = following(plan.name)
    moved = (
        replace(stretch, first=stretch.first + A_YEAR, last=stretch.last + A_YEAR)
        for stretch in plan.without_bank_holidays
        if stretch.is_explained
    )
    terms = (
        replace(term, starts_on=term.starts_on + A_YEAR, ends_on=term.ends_on + A_YEAR)
        for term in plan.terms
    )
    return YearPlan(name, tuple(terms), (*closed_bank_holidays(name), *moved))


# --- a plan from what is there


def plan_of(
    name: str,
    terms: Sequence[HalfTerm],
    closed: Iterable[ClosedStretch],
    there: Collection[SessionKey],
) -> YearPlan:
    """The plan that gives the sessions that are there, whoever wrote them.

    A year that came with an import has no closed days: weekdays of term without a session are
    bank holidays, or closures that nobody has explained yet. Terms that do not hold all the
    sessions (or none at all) give way to those that the sessions themselves make.
    """
    weekday_keys = {key for key in there if key[0].weekday() < SATURDAY}
    known = YearPlan(name, _terms_that_hold(weekday_keys, terms), tuple(closed))
    named = bank_holidays(name)
    missing = halves_by_day(known.sessions() - weekday_keys)
    gaps = [_gap(day, halves, named.get(day)) for day, halves in missing.items()]
    return replace(known, closed=(*known.closed, *in_stretches(gaps)))


def _terms_that_hold(
    keys: Collection[SessionKey], terms: Sequence[HalfTerm]
) -> tuple[HalfTerm, ...]:
    days = {day for day, _ in keys}
    if not terms or days - _days_of(terms):
        return tuple(half_terms(days))
    return tuple(terms)


def _days_of(terms: Iterable[HalfTerm]) -> set[date]:
    """The weekdays in the half terms."""
    return {day for term in terms for day in weekdays(term.starts_on, term.ends_on)}


def with_inset_days(plan: YearPlan) -> YearPlan:
    """The same plan with every closure that nobody has explained as an INSET day."""
    return replace(plan, closed=tuple(map(_explained, plan.closed)))


def _explained(stretch: ClosedStretch) -> ClosedStretch:
    return stretch if stretch.is_explained else replace(stretch, kind=INSET, name="")


def _gap(day: date, missing: list[Half], bank_holiday: str | None) -> ClosedStretch:
    half = None if len(missing) == 2 else missing[0]
    if bank_holiday and half is None:
        return ClosedStretch(day, day, BANK_HOLIDAY, bank_holiday)
    return ClosedStretch(day, day, OTHER, UNEXPLAINED, half)


def in_stretches(closed: Iterable[ClosedStretch]) -> list[ClosedStretch]:
    """Neighbouring days with the same reason as one; a weekend between does not part them."""
    stretches: list[ClosedStretch] = []
    for stretch in sorted(closed, key=attrgetter("first")):
        if stretches and _goes_on(stretches[-1], stretch):
            stretches[-1] = replace(stretches[-1], last=stretch.last)
        else:
            stretches.append(stretch)
    return stretches


def _goes_on(before: ClosedStretch, after: ClosedStretch) -> bool:
    return before.reason == after.reason and _is_next_weekday(before.last, after.first)


def _is_next_weekday(last: date, first: date) -> bool:
    return next(weekdays(last + DAY, last + 7 * DAY), None) == first


# --- the picture of a year
