"""What the pages of figures say in the same words."""

from datetime import date
from decimal import Decimal

from django import template

from absence.figures.rows import AbsenceRow
from absence.rules.wording import better_or_worse
from registers.rules.pupils import year_groups
from registers.rules.wording import many

register = template.Library()


@register.filter
def short_day(on: date) -> str:
    """20 Nov"""
    return f"{on.day} {on:%b}"


@register.filter
def signed(value: int | Decimal | None) -> str:
    """+3, −2, 0: with a real minus."""
    if value is None:
        return ""
    return f"+{value:,}" if value > 0 else f"−{abs(value):,}" if value < 0 else f"{value:,}"


@register.simple_tag
def pupil_notes(row: AbsenceRow) -> str:
    """Under a name: "9B, FSM, 2 sessions not marked"."""
    group = row.registration_group or year_groups.spoken(row.year_group)
    unmarked = row.tally.unmarked
    gaps = f"{many(unmarked, 'session')} not marked" if unmarked else ""
    return ", ".join(part for part in (group, *row.characteristics, gaps) if part)


@register.filter
def weekday(on: date) -> str:
    """Friday"""
    return f"{on:%A}"


@register.filter
def ordinal(number: int) -> str:
    """56th"""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


register.filter(better_or_worse)
