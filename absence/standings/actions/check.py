"""The night's first step: do the weekly totals still say what the marks say?

The nightly check compares two numbers for each enrolment and academic year: how many marks there
are, and all four counts packed into a single sum, so that the database reads each mark once. Sums
of a year can hide two errors that cancel out, so once a week every week is compared, and every seal
with it. Only what differs is looked at closely, repaired and told.
"""

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Max, Min

from registers.marks.actions.tallies import COUNTED, MARKS, MONDAY, recompute_tallies
from registers.marks.actions.writing import lock_enrolments
from registers.marks.verify import BrokenSeal, broken_seals
from registers.models import AcademicYear, Enrolment, School
from registers.rules.calendar import monday_of
from registers.rules.codes import CODES, AttendanceCode

AT_ONCE = 200  # enrolments in one transaction of the repair
# Ten bits for each count: no academic year has 1,024 sessions.
AUTHORISED, UNAUTHORISED, LATE = 1 << 10, 1 << 20, 1 << 30


@dataclass(slots=True)
class Checked:
    """What a check found and did. Counts are rows; `tampered` is told and never mended."""

    enrolments: int
    differing: int = 0
    repaired: int = 0  # weekly totals that were wrong, missing or without marks
    vanished: int = 0  # of these, totals whose marks are all gone
    tampered: list[BrokenSeal] = field(default_factory=list)


def _packed(code: AttendanceCode) -> int:
    return (
        code.attended
        + code.authorised * AUTHORISED
        + code.unauthorised * UNAUTHORISED
        + code.late * LATE
    )


def packed_sql() -> str:
    """A mark's counts as one number. The most frequent codes first: most marks stop there."""
    weights: dict[int, list[str]] = {}
    for code in CODES.values():
        if code.symbol not in ("/", "\\") and _packed(code):
            weights.setdefault(_packed(code), []).append(f"'{code.symbol}'")
    others = (
        f"WHEN code IN ({', '.join(symbols)}) THEN {weight}" for weight, symbols in weights.items()
    )
    return f"CASE WHEN code = '/' THEN 1 WHEN code = '\\' THEN 1 {' '.join(others)} ELSE 0 END"


# Marks off the roll, looked up for those alone who came or left within the days.
OFF_ROLL = """
        SELECT mark.enrolment_id, -COUNT(*), -SUM({{packed}}), 0
          FROM (SELECT id, id AS enrolment_id, starts_on, leaves_on
                  FROM registers_enrolment) enrolment
          JOIN registers_mark mark ON mark.enrolment_id = enrolment.id
           AND mark.date BETWEEN %s AND %s AND {outside}
         WHERE enrolment.{{scope}} AND {moved} GROUP BY mark.enrolment_id"""
BEFORE = OFF_ROLL.format(
    outside="mark.date < enrolment.starts_on", moved="enrolment.starts_on > %s"
)
AFTER = OFF_ROLL.format(outside="mark.date > enrolment.leaves_on", moved="enrolment.leaves_on < %s")
# All marks first, in one pass without a join; then those off the roll are taken off.
DIFFERING_ENROLMENTS = f"""
    SELECT enrolment_id FROM (
        SELECT enrolment_id, COUNT(*) AS made, SUM({{packed}}) AS packed, 1 AS sides
          FROM registers_mark
         WHERE {{scope}} AND date BETWEEN %s AND %s GROUP BY enrolment_id
        UNION ALL
        SELECT enrolment_id, -SUM(made), -SUM(attended) - SUM(authorised) * {{authorised}}
               - SUM(unauthorised) * {{unauthorised}} - SUM(late) * {{late}}, 1
          FROM registers_weektally
         WHERE {{scope}} AND monday BETWEEN %s AND %s GROUP BY enrolment_id
        UNION ALL {BEFORE}
        UNION ALL {AFTER}) part
     GROUP BY enrolment_id
    HAVING SUM(made) <> 0 OR SUM(packed) <> 0 OR SUM(sides) = 1 ORDER BY enrolment_id"""

DIFFERING_WEEKS = f"""
    SELECT enrolment_id, monday, SUM(marks) FROM (
        SELECT mark.enrolment_id, {{monday}} AS monday, COUNT(*) AS marks, enrolment.school_id,
               {COUNTED}
          FROM {MARKS}
         WHERE {{scope}} GROUP BY mark.enrolment_id, enrolment.school_id, {{monday}}
        UNION ALL
        SELECT enrolment_id, monday, 0, -school_id, -made, -attended, -authorised, -unauthorised,
               -late
          FROM registers_weektally WHERE {{scope}}) part
     GROUP BY enrolment_id, monday
    HAVING COUNT(*) <> 2 OR SUM(school_id) <> 0 OR SUM(made) <> 0 OR SUM(attended) <> 0
           OR SUM(authorised) <> 0 OR SUM(unauthorised) <> 0 OR SUM(late) <> 0
     ORDER BY enrolment_id, monday"""

WITHOUT_MARKS = """
    DELETE FROM registers_weektally
     WHERE enrolment_id IN ({enrolments}) AND NOT EXISTS (
        SELECT 1 FROM registers_mark mark
         WHERE mark.enrolment_id = registers_weektally.enrolment_id
           AND {monday} = registers_weektally.monday)"""


def check_year(year: AcademicYear) -> Checked:
    """Compare the year's marks with its weekly totals, an enrolment at a time; repair and tell."""
    return _mend(year.school, differing_enrolments(year))


def check_weeks(school: School) -> Checked:
    """The weekly check: every week of the school by itself, whatever the year, and every seal."""
    weeks = _rows(DIFFERING_WEEKS.format(monday=_monday(), scope=_scope(school)), [])
    checked = _mend(school, sorted({pk for pk, *_ in weeks}))
    told = {broken.enrolment_id for broken in checked.tampered}
    suspects = [seal.enrolment_id for seal in broken_seals(school)]
    for enrolments in _pieces([pk for pk in suspects if pk not in told]):
        with transaction.atomic():  # nobody saves between the marks and their seal
            lock_enrolments(enrolments)
            checked.tampered += broken_seals(school, enrolments=enrolments)
    return checked


def differing_enrolments(year: AcademicYear) -> list[int]:
    """The enrolments of the school whose weekly totals do not add up to the year's marks."""
    first, last = _weeks_of(year)
    sql = DIFFERING_ENROLMENTS.format(
        packed=packed_sql(),
        scope=_scope(year.school),
        authorised=AUTHORISED,
        unauthorised=UNAUTHORISED,
        late=LATE,
    )
    return [pk for (pk,) in _rows(sql, days_asked_for(first, last))]


def days_asked_for(first: date, last: date) -> list[str]:
    """What DIFFERING_ENROLMENTS is asked with: its parts name the days in turn."""
    days = [str(first), str(last)]
    return [*days, *days, *days, str(first), *days, str(last)]


def _weeks_of(year: AcademicYear) -> tuple[date, date]:
    """The first Monday and the last Sunday of the year's weeks, to where the next year begins."""
    later = AcademicYear.objects.filter(school=year.school_id, starts_on__gt=year.starts_on)
    next_on = later.order_by("starts_on").values_list("starts_on", flat=True).first()
    last_on = max(year.ends_on, (next_on or date.max) - timedelta(days=1))
    if next_on is None:
        return monday_of(year.starts_on), last_on
    return monday_of(year.starts_on), monday_of(last_on) + timedelta(days=6)


def _scope(school: School) -> str:
    """The school's enrolments as a condition: a range of ids, where no other school is in it.

    The range lets the database read the marks in parallel without a join.
    """
    own = Enrolment.objects.filter(school=school)
    ends = own.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return "enrolment_id IS NULL"
    if (
        Enrolment.objects.filter(pk__range=(ends["first"], ends["last"]))
        .exclude(school=school)
        .exists()
    ):
        return (
            "enrolment_id IN (SELECT id FROM registers_enrolment"
            f" WHERE school_id = {int(school.pk)})"
        )
    return f"enrolment_id BETWEEN {int(ends['first'])} AND {int(ends['last'])}"


def _mend(school: School, enrolments: Sequence[int]) -> Checked:
    checked = Checked(Enrolment.objects.filter(school=school).count(), differing=len(enrolments))
    for piece in _pieces(enrolments):
        _mend_piece(school, piece, checked)
    return checked


@transaction.atomic
def _mend_piece(school: School, enrolments: Sequence[int], checked: Checked) -> None:
    """Look at the seals first: a repair must not make marks that were tampered with look right."""
    lock_enrolments(enrolments)
    checked.tampered += broken_seals(school, enrolments=enrolments)
    weeks = differing_weeks(enrolments)
    if not weeks:
        return
    mondays = [monday for _, monday, _ in weeks]
    recompute_tallies(enrolments, monday=min(mondays), sunday=max(mondays) + timedelta(days=6))
    _drop_without_marks(enrolments)
    checked.repaired += len(weeks)
    checked.vanished += sum(not made for *_, made in weeks)


def differing_weeks(enrolments: Collection[int]) -> list[tuple[int, date, int]]:
    """The weeks of these enrolments whose totals are wrong: enrolment, Monday, marks made."""
    scope = f"enrolment_id IN ({', '.join(str(int(pk)) for pk in enrolments)})"
    rows = _rows(DIFFERING_WEEKS.format(monday=_monday(), scope=scope), [])
    return [(pk, date.fromisoformat(str(monday)), int(made)) for pk, monday, made in rows]


def _drop_without_marks(enrolments: Collection[int]) -> None:
    listed = ", ".join(str(int(pk)) for pk in enrolments)
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_MARKS.format(enrolments=listed, monday=_monday()))


def _monday() -> str:
    return MONDAY[connection.vendor]


def _rows(sql: str, params: Sequence[str]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _pieces(enrolments: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(enrolments), AT_ONCE):
        yield enrolments[start : start + AT_ONCE]
