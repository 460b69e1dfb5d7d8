"""The sentence that opens the page of a school in figures."""

from decimal import Decimal

from django.utils.html import format_html

from absence.lists.wording import is_or_are
from absence.rules.wording import better_or_worse
from absence.school_page.figures import PupilsTogether
from registers.rules.wording import many


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
    were = "was" if before.persistent == 1 else "were"
    return f", where there {were} {before.persistent:,} of {before.pupils:,}"
