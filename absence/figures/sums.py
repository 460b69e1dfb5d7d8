"""Sessions of each enrolment over several periods, counted in one statement.

Whole school weeks come from the register's weekly totals, the days of part weeks from the marks.
All counts are sessions, not days.
"""

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection

from absence.rules.windows import Period
from registers.models.on_roll import ON_ROLL_SQL
from registers.rules.calendar import monday_of
from registers.rules.tally import Tally

SUMS = "SUM(attended), SUM(authorised), SUM(unauthorised), SUM(late)"
OF_THE_SCHOOL = "enrolment_id IN (SELECT id FROM registers_enrolment WHERE school_id = %s)"
# Each part is summed by itself, in the order of its key: nothing has to be sorted.
WHOLE_WEEKS = f"""
    SELECT {{label}} AS label, enrolment_id, SUM(attended) AS attended,
           SUM(authorised) AS authorised, SUM(unauthorised) AS unauthorised, SUM(late) AS late
      FROM registers_weektally WHERE {OF_THE_SCHOOL} AND monday BETWEEN %s AND %s
     GROUP BY enrolment_id"""
MARKS_THAT_COUNT = f"""registers_enrolment enrolment
      JOIN registers_mark mark ON mark.enrolment_id = enrolment.id AND {ON_ROLL_SQL}"""
DAYS = f"""
    SELECT {{label}} AS label, enrolment_id, SUM(attended) AS attended,
           SUM(authorised) AS authorised, SUM(unauthorised) AS unauthorised, SUM(late) AS late
      FROM {MARKS_THAT_COUNT} JOIN registers_code code ON code.symbol = mark.code
     WHERE enrolment.school_id = %s AND date BETWEEN %s AND %s
     GROUP BY enrolment_id"""

# Marks are made only on sessions of the calendar; those of a session that was closed afterwards
# are taken off.
MADE = -1
MARKS_MADE = f"""
    SELECT {MADE} AS label, enrolment_id, COUNT(*) AS attended, 0 AS authorised,
           0 AS unauthorised, 0 AS late FROM {MARKS_THAT_COUNT}
     WHERE enrolment.school_id = %s AND date BETWEEN %s AND %s GROUP BY enrolment_id
    UNION ALL
    SELECT {MADE}, mark.enrolment_id, -COUNT(*), 0, 0, 0 FROM registers_session closed
      JOIN registers_enrolment enrolment ON enrolment.school_id = closed.school_id
      JOIN registers_mark mark ON mark.enrolment_id = enrolment.id
       AND mark.date = closed.date AND mark.half = closed.half AND {ON_ROLL_SQL}
     WHERE closed.school_id = %s AND NOT closed.is_open AND closed.date BETWEEN %s AND %s
     GROUP BY mark.enrolment_id"""

Params = list[int | str]
Tallies = dict[int, Tally]


@dataclass(frozen=True, slots=True)
class PeriodTallies:
    """The tallies of each enrolment by the name of the period; one without a mark is missing.

    `made` says how many sessions of the period that was asked for have a mark, whatever it says.
    """

    tallies: dict[str, Tallies]
    made: dict[int, int] = field(default_factory=dict)


def sums_of(
    school_id: int, periods: Mapping[str, Period], *, made_in: Period | None = None
) -> PeriodTallies:
    """`unmarked` is not counted in these tallies."""
    names = list(periods)
    parts: list[str] = []
    params: Params = []
    for label, period in enumerate(periods.values()):
        _add_period(parts, params, school_id, label, period)
    if made_in is not None:
        parts.append(MARKS_MADE)
        params += [school_id, str(made_in.first), str(made_in.last)] * 2
    sums = PeriodTallies({name: {} for name in names})
    if not parts:
        return sums
    sql = (
        f"SELECT label, enrolment_id, {SUMS} FROM ({' UNION ALL '.join(parts)}) part GROUP BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for label, pk, *counts in cursor.fetchall():
            if label == MADE:
                sums.made[pk] = int(counts[0])
            else:
                sums.tallies[names[label]][pk] = Tally(*map(int, counts))
    return sums


def _add_period(
    parts: list[str], params: Params, school_id: int, label: int, period: Period
) -> None:
    monday, last_monday, edges = part_weeks(period.first, period.last)
    parts.append(WHOLE_WEEKS.format(label=label))
    params += [school_id, str(monday), str(last_monday)]
    for first, last in edges:
        parts.append(DAYS.format(label=label))
        params += [school_id, str(first), str(last)]


def part_weeks(first: date, last: date) -> tuple[date, date, list[tuple[date, date]]]:
    """The first and last Monday of the whole weeks, and the runs of days outside them."""
    first_monday = monday_of(first + timedelta(days=6))
    after_last = monday_of(last + timedelta(days=1))
    if after_last <= first_monday:
        return first_monday, first_monday - timedelta(days=7), [(first, last)]
    edges = [(first, first_monday - timedelta(days=1)), (after_last, last)]
    return (
        first_monday,
        after_last - timedelta(days=7),
        [edge for edge in edges if edge[0] <= edge[1]],
    )


CODES_MADE = f"""
    SELECT {{label}} AS label, code, COUNT(*) FROM {MARKS_THAT_COUNT}
     WHERE enrolment.school_id = %s AND date BETWEEN %s AND %s GROUP BY code"""


def codes_made(school_id: int, periods: Mapping[str, Period]) -> dict[str, dict[str, int]]:
    """How many marks of each code there are in each period."""
    names = list(periods)
    params: Params = []
    for period in periods.values():
        params += [school_id, str(period.first), str(period.last)]
    sql = " UNION ALL ".join(CODES_MADE.format(label=n) for n in range(len(names)))
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for label, code, number in cursor.fetchall():
            found[names[label]][code] = int(number)
    return found
