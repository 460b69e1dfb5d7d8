"""Sessions of each enrolment over several periods, counted in one statement.

Weeks come from the register's weekly totals, each read once whatever the number of periods. Of a
week that lies in a period with a part of its days, the marks of the smaller part are read: those
outside are taken off the week's total, or those inside counted instead of it. Where no session lies
outside, no mark is read. All counts are sessions, not days.
"""

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.db import connection

from absence.rules.part_weeks import WEEK, InWeeks, any_day, in_weeks
from absence.rules.windows import Period
from registers.models.on_roll import ON_ROLL_SQL
from registers.rules.codes import AUTHORISED, UNAUTHORISED
from registers.rules.tally import Tally

COUNTS = ("made", "attended", "authorised", "unauthorised", "late")
SUMS = "SUM(attended), SUM(authorised), SUM(unauthorised), SUM(late)"
SUMS_OF_WEEKS = ", ".join(f"SUM({count}) AS {count}" for count in COUNTS)
SUMS_OF_TERMS = ", ".join(f"SUM(term.sign * part.{count})" for count in COUNTS)
MARKS_THAT_COUNT = f"""registers_enrolment enrolment
      JOIN registers_mark mark ON mark.enrolment_id = enrolment.id AND {ON_ROLL_SQL}"""
# Each week is in one part: a stretch of weeks that belong to the same periods.
WEEKS = f"""
    SELECT {{part}} AS part, enrolment_id, {SUMS_OF_WEEKS}
      FROM registers_weektally WHERE school_id = %s AND monday BETWEEN %s AND %s GROUP BY 1, 2"""
DAYS = f"""
    SELECT {{part}}, mark.enrolment_id, COUNT(*), SUM(code.attended), SUM(code.authorised),
           SUM(code.unauthorised), SUM(code.late)
      FROM {MARKS_THAT_COUNT} JOIN registers_code code ON code.symbol = mark.code
     WHERE enrolment.school_id = %s AND mark.date BETWEEN %s AND %s GROUP BY mark.enrolment_id"""
ON_CLOSED = f"""
    SELECT {{part}}, mark.enrolment_id, COUNT(*), 0, 0, 0, 0 FROM registers_session closed
      JOIN registers_enrolment enrolment ON enrolment.school_id = closed.school_id
      JOIN registers_mark mark ON mark.enrolment_id = enrolment.id
       AND mark.date = closed.date AND mark.half = closed.half AND {ON_ROLL_SQL}
     WHERE closed.school_id = %s AND NOT closed.is_open AND closed.date BETWEEN %s AND %s
     GROUP BY mark.enrolment_id"""
TOGETHER = f"""
    WITH term (label, part, sign) AS (VALUES {{terms}}),
         part (part, enrolment_id, {", ".join(COUNTS)}) AS ({{parts}})
    SELECT term.label, part.enrolment_id, {SUMS_OF_TERMS}
      FROM part JOIN term ON term.part = part.part GROUP BY 1, 2
    HAVING SUM(term.sign * part.made) > 0"""

MADE_ON_CLOSED = -1  # the label of marks on sessions that were closed afterwards

Params = list[int | str]
Tallies = dict[int, Tally]


@dataclass(frozen=True, slots=True)
class PeriodTallies:
    """The tallies of each enrolment by the name of the period; one without a mark is missing.
    `made` is how many sessions have a mark, whatever it says, in the period that was asked for."""

    tallies: dict[str, Tallies]
    made: dict[int, int] = field(default_factory=dict)


def sums_of(
    school_id: int,
    periods: Mapping[str, Period],
    *,
    made_in: str = "",
    closed: Period | None = None,
    may_have_marks: Callable[[date], bool] = any_day,
) -> PeriodTallies:
    """`unmarked` is not counted in these tallies. `made_in` names the period whose marks are
    counted, but for those on sessions that were closed, which lie in the days `closed` if there are
    any; `may_have_marks` knows the calendar."""
    names, statement = list(periods), _Statement(school_id)
    stretches = [in_weeks(period, may_have_marks) for period in periods.values()]
    statement.add_weeks(stretches)
    statement.add_days(stretches)
    statement.add_closed(closed)
    sums = PeriodTallies({name: {} for name in names})
    for label, pk, made, *counts in statement.rows():
        if label == MADE_ON_CLOSED:
            sums.made[pk] = sums.made.get(pk, 0) - int(made)
            continue
        sums.tallies[names[label]][pk] = Tally(*map(int, counts))
        if names[label] == made_in:
            sums.made[pk] = sums.made.get(pk, 0) + int(made)
    return sums


# --- the statement


class _Statement:
    """Parts, each counted once, and the terms that add them up to periods."""

    def __init__(self, school_id: int):
        self.school_id = school_id
        self.parts: list[str] = []
        self.params: Params = []
        self.terms: list[str] = []
        self.numbers = 0

    def add_weeks(self, stretches: Sequence[InWeeks]) -> None:
        """The weeks from the first to the last, cut where a period begins or ends."""
        cuts = sorted({at for one in stretches for at in (one.first, one.last + WEEK)})
        if len(cuts) < 2:
            return
        numbers = range(self.numbers, self.numbers + len(cuts) - 1)
        whens = [
            f"WHEN monday < '{end}' THEN {number}"
            for number, end in zip(numbers, cuts[1:], strict=True)
        ]
        self.parts.append(WEEKS.format(part=f"CASE {' '.join(whens)} END"))
        self.params += [self.school_id, str(cuts[0]), str(cuts[-1] - WEEK)]
        for number, (start, _) in zip(numbers, pairwise(cuts), strict=True):
            self._add_terms(
                number, [(label, 1) for label, one in enumerate(stretches) if start in one]
            )
        self.numbers += len(numbers)

    def add_days(self, stretches: Sequence[InWeeks]) -> None:
        """Days that several periods read are read once."""
        readers: dict[Period, list[tuple[int, int]]] = {}
        for label, stretch in enumerate(stretches):
            for sign, days in stretch.days:
                readers.setdefault(days, []).append((label, sign))
        for days, terms in readers.items():
            self.parts.append(DAYS.format(part=self.numbers))
            self.params += [self.school_id, str(days.first), str(days.last)]
            self._add_terms(self.numbers, terms)
            self.numbers += 1

    def add_closed(self, days: Period | None) -> None:
        if days:
            self.parts.append(ON_CLOSED.format(part=self.numbers))
            self.params += [self.school_id, str(days.first), str(days.last)]
            self._add_terms(self.numbers, [(MADE_ON_CLOSED, 1)])

    def _add_terms(self, part: int, terms: list[tuple[int, int]]) -> None:
        self.terms += [f"({label}, {part}, {sign})" for label, sign in terms]

    def rows(self) -> Iterator[tuple]:
        if not self.terms:
            return
        sql = TOGETHER.format(terms=", ".join(self.terms), parts=" UNION ALL ".join(self.parts))
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params)
            yield from cursor.fetchall()


# --- reasons

ABSENCES = ", ".join(f"'{symbol}'" for symbol in (*AUTHORISED, *UNAUTHORISED))
SESSIONS_MISSED = f"""
    SELECT {{label}} AS label, mark.code, COUNT(*) FROM {MARKS_THAT_COUNT}
     WHERE enrolment.school_id = %s AND mark.date BETWEEN %s AND %s AND mark.code IN ({ABSENCES})
     GROUP BY mark.code"""


def sessions_missed(school_id: int, periods: Mapping[str, Period]) -> dict[str, dict[str, int]]:
    """How many marks there are in each period of each code that counts as absence."""
    names = list(periods)
    params: Params = []
    for period in periods.values():
        params += [school_id, str(period.first), str(period.last)]
    sql = " UNION ALL ".join(SESSIONS_MISSED.format(label=n) for n in range(len(names)))
    missed: dict[str, dict[str, int]] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for label, code, number in cursor.fetchall():
            missed[names[label]][code] = int(number)
    return missed
