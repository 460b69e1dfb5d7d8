"""Today, this week and this year in a row of figures, each with its label and a note."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html

from absence.rules.national import National
from absence.rules.windows import Period
from absence.rules.wording import short_day
from absence.school_page.figures import PupilsTogether, Today
from registers.rules.tally import Tally
from registers.rules.wording import many


@dataclass(frozen=True, slots=True)
class SchoolFigure:
    label: str
    value: str
    note: str
    css: str = "figure"


@dataclass(frozen=True, slots=True)
class England:
    """What is known of the country for schools of this phase."""

    rates: National
    phase: str

    def says(self, per_cent: Decimal) -> str:
        return f"England, {self.phase}, {self.rates.when}: {per_cent}%"


def nothing_yet(label: str, note: str = "No possible session yet") -> SchoolFigure:
    return SchoolFigure(label, "–", note, "figure is-quiet")


def _attendance(label: str, tally: Tally, note: str) -> SchoolFigure:
    value = format_html('{}<span class="of">%</span>', tally.attendance_rate)
    return SchoolFigure(label, value, note)


def today_so_far(today: Today | None) -> SchoolFigure:
    """None on a day without a session."""
    label = "Today so far"
    if today is None:
        return nothing_yet(label, "The school does not meet today")
    if today.latest is None:
        return nothing_yet(label, "Registers have not opened yet")
    half = today.latest
    if not today.tally.possible:
        to_come = f"{many(half.groups, 'register')} to come"
        return nothing_yet(label, f"No mark yet this {half.name}; {to_come}")
    complete = f"{half.complete:,} of {half.groups:,} {half.name} registers complete"
    blank = f", {half.not_marked:,} not marked" if half.not_marked else ""
    return _attendance(label, today.tally, complete + blank)


def this_week(week: Period | None, now: Tally, before: Tally, as_at: date) -> SchoolFigure:
    """`week` is None where the day's week has had no school day."""
    label = f"Week of {short_day(week.first)}" if week else "This week"
    if not now.possible:
        return nothing_yet(label)
    last_year = f". {before.attendance_rate}% in that week last year" if before.possible else ""
    return _attendance(label, now, f"to {as_at:%A}{last_year}")


def this_year(now: PupilsTogether, before: PupilsTogether | None, england: England) -> SchoolFigure:
    if not now.tally.possible:
        return nothing_yet("This year")
    last_year = f"{before.tally.attendance_rate}% last year. " if before else ""
    return _attendance("This year", now.tally, last_year + england.says(england.rates.attendance))


def persistent(
    now: PupilsTogether, before: PupilsTogether | None, england: England, href: str
) -> SchoolFigure:
    """`href` is where they are listed."""
    last_year = f"{before.persistent:,} last year, {before.persistent_rate}%. " if before else ""
    note = last_year + england.says(england.rates.persistent)
    value = _listed(now.persistent, now.persistent_rate, href)
    return SchoolFigure("Persistently absent", value, note)


def severe(now: PupilsTogether, before: PupilsTogether | None, href: str) -> SchoolFigure:
    last_year = f"{before.severe:,} last year, {before.severe_rate}%" if before else ""
    value = _listed(now.severe, now.severe_rate, href)
    return SchoolFigure("Severely absent", value, last_year or "half or more missed")


def _listed(pupils: int, rate: Decimal | None, href: str) -> str:
    share = "" if rate is None else format_html('<span class="of">{}%</span>', rate)
    return format_html('<a href="{}">{}</a> {}', href, f"{pupils:,}", share)
