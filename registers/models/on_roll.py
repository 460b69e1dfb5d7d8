"""Which days a time on the roll, a membership or a characteristic holds, and which marks count:
those of days on which the pupil was on the roll. Said here alone.

A mark hangs on an enrolment. When a date of entry or leaving is corrected, marks may come to lie
outside; they stay in the register with their history and their seal, and are in no figure until the
date is put back. Weekly totals are re-derived from the marks that count; whoever reads marks for a
figure, a list or a file reads `Mark.objects.on_roll()`, or says ON_ROLL_SQL.
"""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

# Of the tables `mark` and `enrolment`.
ON_ROLL_SQL = (
    "mark.date >= enrolment.starts_on"
    " AND (enrolment.leaves_on IS NULL OR mark.date <= enrolment.leaves_on)"
)

ON_ROLL = Q(date__gte=F("enrolment__starts_on")) & (
    Q(enrolment__leaves_on__isnull=True) | Q(date__lte=F("enrolment__leaves_on"))
)
OFF_ROLL = Q(date__lt=F("enrolment__starts_on")) | Q(date__gt=F("enrolment__leaves_on"))

# The last day of a time on the roll that was entered by mistake: no day is in it.
NEVER = date(1900, 1, 1)

Day = date | F


def on_roll_on(day: Day, *, until: Day | None = None, of: str = "") -> Q:
    """On the roll on the day, or with `until` on one of the days to it. `of` leads to the
    enrolment: `"enrolment__"`."""
    return _holds(f"{of}starts_on", f"{of}leaves_on", day, until or day)


def has_not_left_by(day: Day, *, of: str = "") -> Q:
    """On the roll on the day, or to come."""
    return _is_open(f"{of}leaves_on", day)


def in_force_on(day: Day, *, until: Day | None = None, of: str = "") -> Q:
    """In force on the day, or on one of the days to `until`: memberships, characteristics."""
    return _holds(f"{of}from_on", f"{of}until_on", day, until or day)


def is_not_over_by(day: Day, *, of: str = "") -> Q:
    """In force on the day, or later."""
    return _is_open(f"{of}until_on", day)


def _holds(first_day: str, last_day: str, first: Day, last: Day) -> Q:
    return _is_open(last_day, first) & Q(**{f"{first_day}__lte": last})


def _is_open(last_day: str, day: Day) -> Q:
    return Q(**{f"{last_day}__isnull": True}) | Q(**{f"{last_day}__gte": day})


Row = TypeVar("Row", bound=models.Model, covariant=True)


class DatedQuerySet(models.QuerySet[Row]):
    """Rows with a first day, `from_on`, and a last one, `until_on`, that may be open."""

    def in_force(self, day: Day, *, until: Day | None = None) -> Self:
        return self.filter(in_force_on(day, until=until))

    def not_over(self, day: Day) -> Self:
        """In force on the day, or later."""
        return self.filter(is_not_over_by(day))
