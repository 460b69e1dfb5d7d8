"""The sentences of the page of a school in figures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html

from absence.lists.wording import is_or_are
from absence.rules.academic_year import SchoolYear
from absence.rules.wording import better_or_worse, long_day, ordinal
from absence.school_page.figures import PupilsTogether
from registers.rules.wording import many, plural


def opening(
    now: PupilsTogether, before: PupilsTogether | None, points: Decimal | None, year: str
) -> str:
    """Better or worse than at this point of last year, and how many are persistently absent."""
    if not now.tally.possible:
        return f"There is no possible session in {year} yet, so there are no figures."
    moved = "" if points is None else f", {better_or_worse(points)}"
    return format_html(
        "Attendance this year is <strong>{}%{}</strong>{}, and <strong>{} of {}</strong> {} "
        "persistently absent{}.",
        now.tally.attendance_rate,
        moved,
        _this_point(points) if before else "",
        f"{now.persistent:,}",
        many(now.pupils, "pupil"),
        is_or_are(now.persistent),
        _last_year(before) if before else "",
    )


def _this_point(points: Decimal | None) -> str:
    return f" {'as at' if points == 0 else 'on'} this point of last year"


def _last_year(before: PupilsTogether) -> str:
    were = plural(before.persistent, "was", "were")
    return f", where there {were} {before.persistent:,} of {before.pupils:,}"


def counted_as(rows: int, on_roll: int) -> str:
    """Who is in the figures, and how many of them are still here."""
    still = f", {on_roll:,} of {rows:,} still are" if rows != on_roll else ""
    return (
        "Counted as the DfE counts: everybody who was on the roll at any time this year"
        + still
        + "."
    )


def compared_with(before: SchoolYear | None, days: int, last_point: date | None) -> str:
    """The stretch of last year that this year is held against, after so many school days."""
    if before is None or last_point is None:
        return "There is no year before in this register to compare with."
    return (
        f"Last year is {before.name} up to its {ordinal(days)} school day, {long_day(last_point)}."
    )


@dataclass(frozen=True, slots=True)
class NoFigures:
    title: str
    why: str


def no_figures(rows: int) -> NoFigures:
    """Of so many pupils, of whom none had a possible session."""
    if not rows:
        return NoFigures("No pupils yet", "They come with the first import of the school’s files.")
    return NoFigures(
        "Figures come with the first marks",
        f"{many(rows, 'pupil')} on the roll, and no possible session so far.",
    )
