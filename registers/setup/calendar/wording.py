"""Academic years in words: what a page says of one, of its length, its closed days, a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registers.models import AcademicYear
from registers.rules.calendar import SessionKey
from registers.rules.wording import first_so, many
from registers.setup.calendar.year_plan import (
    KINDS,
    ClosedStretch,
    Length,
    YearChange,
    days_from_until,
    days_in_words,
)
from registers.setup.lede import Lede

MOST_DAYS = 12  # named one by one
NEW_YEAR = "A new academic year"
AS_TYPED = Lede("Below is the year as you typed it. Nothing is saved yet.")
WRITE_DOWN = Lede(
    "Write down the half terms and the days on which the school is closed. ",
    "Nothing is saved before you have seen what it does.",
)
NO_YEAR = Lede(
    "No academic year is planned yet. ",
    "Registers, figures and letters all rest on the calendar.",
)


@dataclass(frozen=True, slots=True)
class YearLine:
    """An academic year in the list."""

    year: AcademicYear
    length: Length
    is_now: bool
    when: str  # of the one that is now, or is nearest

    @property
    def too_few(self) -> str:
        """How many sessions are missing; nothing where none is."""
        return f"{self.length.short_by} fewer" if self.length.short_by else ""

    @property
    def at_least_as_expected(self) -> str:
        return first_so(
            (self.length.short_by, ""),
            (self.length.over_by, f"{self.length.over_by:,} more"),
            otherwise="exactly as expected",
        )


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """Days in a row on which a school is closed within a half term."""

    stretch: ClosedStretch
    days: int

    @property
    def what(self) -> str:
        kind, half = KINDS[self.stretch.kind], self.stretch.half
        return kind if half is None else f"{kind}, {half.words} only"

    @property
    def when(self) -> str:
        first, last = self.stretch.first, self.stretch.last
        return _short(first) if first == last else f"{_short(first)} to {_short(last)}"


def _short(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"


def when_of(year: AcademicYear, today: date) -> str:
    return first_so(
        (year.ends_on < today, "over"),
        (year.starts_on <= today, "this year"),
        otherwise="to come",
    )


def lede_of_calendar(now: YearLine | None) -> Lede:
    return Lede(f"{now.year}: ", now.length.said) if now else NO_YEAR


def lede_of_year(context: dict[str, Any]) -> Lede:
    """What the page of a year says first: while it is looked at, checked, copied, typed in."""
    if context.get("found"):
        return AS_TYPED
    if shown := context.get("shown"):
        return Lede(bold=shown.length.said, after=f" {shown.to_do}")
    if context["errors"] or not context["copied"]:
        return WRITE_DOWN
    return Lede(
        f"These are the days of {context['copied']}, 52 weeks on. ",
        "Put your authority’s term dates in their place",
        ", then check the year.",
    )


def change_in_words(found: YearChange, name: str, today: date) -> dict[str, Any]:
    blocked = list(found.blocked.items())
    return {
        "change_heading": _heading_of(found),
        "save_label": "Go back to the calendar" if found.is_nothing else f"Save {name}",
        "added": _counted_days(found.added),
        "taken_out": _counted_days(found.taken_out),
        "blocked": [(days_in_words([key])[0], what) for key, what in blocked[:MOST_DAYS]],
        "blocked_more": max(0, len(blocked) - MOST_DAYS),
        "past": found.added_before(today),
        "at_weekends": _of_weekends(found.at_weekends),
    }


def _heading_of(found: YearChange) -> str:
    return first_so(
        (found.blocked, "This cannot be saved yet"),
        (found.is_nothing, "Nothing would change"),
        otherwise="Look before it is saved",
    )


def _of_weekends(sessions: int) -> str:
    if not sessions:
        return ""
    said = many(sessions, "session")
    return f"{said} on Saturdays or Sundays came in with files; they stay as they are."


def _counted_days(keys: Sequence[SessionKey]) -> str:
    """2: Monday 1 September, Tuesday 2 September."""
    return ": ".join(filter(None, [f"{len(keys):,}", "; ".join(few_or_span(keys))]))


def few_or_span(keys: Sequence[SessionKey]) -> list[str]:
    """A few days one by one, many by the first and the last of them."""
    days = sorted({day for day, _ in keys})
    if len(days) <= MOST_DAYS:
        return days_in_words(keys)
    return [f"{len(days):,} days from {days_from_until(days[0], days[-1])}"]
