"""The weekly series, from the register's weekly totals: of pupils and of a whole school."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection
from django.db.models import Count, F, Sum

from absence.figures.sums import SUMS
from absence.rules.academic_year import SchoolYear
from registers.models import WeekTally
from registers.rules.calendar import monday_of
from registers.rules.tally import NOTHING, Tally

# ruff: noqa: S608 (the pieces of the statement are constants)

WEEKS = f"""
    SELECT monday, {SUMS}
      FROM registers_weektally WHERE school_id = %s AND monday BETWEEN %s AND %s
     GROUP BY monday"""


def school_by_week(school_id: int, first: date, last: date) -> dict[date, Tally]:
    """The sessions of all enrolments of the school together, by the Monday of the week."""
    with connection.cursor() as cursor:
        cursor.execute(WEEKS, [school_id, str(first), str(last)])
        return {
            date.fromisoformat(str(monday)): Tally(*map(int, counts))
            for monday, *counts in cursor.fetchall()
        }


def weeks_of(
    enrolments: Collection[int], mondays: Collection[date]
) -> dict[int, dict[date, Tally]]:
    """The sessions of each of a page's enrolments in each of these complete weeks."""
    weeks: dict[int, dict[date, Tally]] = {pk: {} for pk in enrolments}
    rows = WeekTally.objects.filter(enrolment__in=enrolments, monday__in=mondays)
    for pk, monday, *counts in rows.values_list(
        "enrolment_id", "monday", "attended", "authorised", "unauthorised", "late"
    ):
        weeks[pk][monday] = Tally(*counts)
    return weeks


def weeks_together(
    weeks: Mapping[int, Mapping[date, Tally]], enrolments: Collection[int]
) -> dict[date, Tally]:
    """The weeks of one pupil, of all these times on the roll."""
    together: dict[date, Tally] = {}
    for pk in enrolments:
        for monday, tally in weeks.get(pk, {}).items():
            together[monday] = together.get(monday, NOTHING) + tally
    return together


def missed_by_year_group(
    year: SchoolYear, year_groups: Collection[str], as_at: date
) -> dict[str, dict[date, tuple[int, int]]]:
    """By year group and Monday of the year up to a day: the sessions that all its pupils missed,
    and how many pupils they are."""
    rows = (
        WeekTally.objects.filter(
            enrolment__years__academic_year=year.pk,
            enrolment__years__year_group__in=year_groups,
            monday__range=(monday_of(year.starts_on), as_at),
        )
        .values_list("enrolment__years__year_group", "monday")
        .annotate(missed=Sum(F("authorised") + F("unauthorised")), pupils=Count("enrolment"))
        .order_by()
    )
    by_group: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    for year_group, monday, missed, pupils in rows:
        by_group[year_group][monday] = (int(missed), pupils)
    return by_group
