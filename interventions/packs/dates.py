"""Days and times as papers say them. No Django here."""

from datetime import date, datetime, time

from interventions.rules.wording import NBSP


def short_date(on: date) -> str:
    """8 May 2026, on one line."""
    return f"{on.day}{NBSP}{on:%b}{NBSP}{on.year}"


def moment(at: datetime) -> str:
    """A day and a time of the clock: 8 May 2026, 1.45pm."""
    return f"{short_date(at.date())}, {clock(at)}"


def clock(at: time | datetime) -> str:
    """9am, 1.45pm: as letters say it."""
    hour = at.hour % 12 or 12
    minutes = f".{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"
