"""The night's first step: do the weekly totals still say what the marks say?

The nightly check looks at the enrolments that have moved since the last one (`moved`), and compares
two numbers for each in the academic year: how many marks there are, and all four counts packed into
a single sum, so that the database reads each mark once. Sums of a year can hide two errors that
cancel out, and who writes past the guards moves no seal, so once a week every week of everybody is
compared, and every seal with it. Only what differs is looked at closely, repaired and told.
"""

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q

from absence.standings.actions import moved
from registers.marks.actions.locking import lock_enrolments
from registers.marks.actions.tallies import COUNTED, MARKS, MONDAY, recompute_tallies
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
    """The counts of all marks of a group as one number. Each present mark adds one, and so nearly
    all do; what the others add beyond that is summed up from them alone."""
    weights: dict[int, list[str]] = {}
    for code in CODES.values():
        weights.setdefault(_packed(code) - 1, []).append(f"'{code.symbol}'")
    others = " ".join(
        f"WHEN code IN ({', '.join(symbols)}) THEN {weight}"
        for weight, symbols in weights.items()
        if weight
    )
    return (
        f"COUNT(*) + COALESCE(SUM(CASE {others} ELSE 0 END)"
        " FILTER (WHERE code <> '/' AND code <> '\\'), 0)"
    )


# Marks off the roll, looked up for those alone who came or left within the days.
OFF_ROLL = """
        SELECT mark.enrolment_id, -COUNT(*), -({{packed}}), 0
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
        SELECT enrolment_id, COUNT(*) AS made, {{packed}} AS packed, 1 AS sides
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


def check_moved(year: AcademicYear, today: date) -> Checked:
    """The nightly check: compare the year's marks with its weekly totals, an enrolment at a time,
    of those that have moved since a check that ended; repair and tell."""
    known = moved.read_moved(year.school, monday_of(today))
    checked = _mend(year.school, _differing(year, known), of=len(known.registers))
    if suspects := known.suspects:
        _tell_tampered(year.school, checked, suspects)
    moved.keep_as_checked(known)
    return checked


def _differing(year: AcademicYear, known: moved.Moved) -> list[int]:
    """The last weeks of those where nothing else can be new, the whole year of the others."""
    lately = known.lately
    others = [pk for pk in known.enrolments if pk not in lately]
    differing = differing_enrolments(year, others) if others else []
    if lately:
        differing += differing_enrolments(year, list(lately), since=min(lately.values()))
    return sorted(differing)


def check_everything(school: School, today: date) -> Checked:
    """The weekly check: every week of the school by itself, whatever the year, and every seal."""
    known = moved.read_moved(school, monday_of(today))
    everybody = _enrolments_of(school)
    sql = DIFFERING_WEEKS.format(monday=_monday(), scope=_scope(school, everybody))
    differing = sorted({pk for pk, *_ in _rows(sql, [])})
    checked = _mend(school, differing, of=len(everybody))
    _tell_tampered(school, checked, None)
    moved.keep_as_checked(known)
    return checked


def _tell_tampered(school: School, checked: Checked, enrolments: Collection[int] | None) -> None:
    """Look at the seals of these enrolments, or of all; twice at one that is wrong."""
    told = {broken.enrolment_id for broken in checked.tampered}
    suspects = [seal.enrolment_id for seal in broken_seals(school, enrolments=enrolments)]
    for piece in _pieces([pk for pk in suspects if pk not in told]):
        with transaction.atomic():  # nobody saves between the marks and their seal
            lock_enrolments(piece)
            checked.tampered += broken_seals(school, enrolments=piece)


def differing_enrolments(
    year: AcademicYear, enrolments: Sequence[int], *, since: date | None = None
) -> list[int]:
    """Those of these enrolments of the school, in order, whose weekly totals do not add up to the
    year's marks, or to those since a Monday."""
    first, last = _weeks_of(year)
    sql = DIFFERING_ENROLMENTS.format(
        packed=packed_sql(),
        scope=_listed(enrolments) if since else _scope(year.school, enrolments),
        authorised=AUTHORISED,
        unauthorised=UNAUTHORISED,
        late=LATE,
    )
    return [pk for (pk,) in _rows(sql, days_asked_for(since or first, last))]


def days_asked_for(first: date, last: date) -> list[str]:
    """What DIFFERING_ENROLMENTS is asked with: its parts name the days in turn."""
    days = [str(first), str(last)]
    return [*days, *days, *days, str(first), *days, str(last)]


def _enrolments_of(school: School) -> list[int]:
    return list(Enrolment.objects.filter(school=school).order_by("pk").values_list("pk", flat=True))


def _weeks_of(year: AcademicYear) -> tuple[date, date]:
    """The first Monday and the last Sunday of the year's weeks, to where the next year begins."""
    later = AcademicYear.objects.filter(school=year.school_id, starts_on__gt=year.starts_on)
    next_on = later.order_by("starts_on").values_list("starts_on", flat=True).first()
    last_on = max(year.ends_on, (next_on or date.max) - timedelta(days=1))
    if next_on is None:
        return monday_of(year.starts_on), last_on
    return monday_of(year.starts_on), monday_of(last_on) + timedelta(days=6)


def _scope(school: School, enrolments: Sequence[int]) -> str:
    """These enrolments of the school, in order, as a condition: a range of ids, where no other
    school is in it and most that are in it are wanted.

    The range lets the database read the marks in one go, and in parallel.
    """
    if not enrolments:
        return "enrolment_id IS NULL"
    first, last = int(enrolments[0]), int(enrolments[-1])
    between = Enrolment.objects.filter(pk__range=(first, last)).aggregate(
        of_all=Count("pk"), of_school=Count("pk", filter=Q(school=school))
    )
    if between["of_all"] == between["of_school"] <= 2 * len(enrolments):
        return f"enrolment_id BETWEEN {first} AND {last}"
    return _listed(enrolments)


def _listed(enrolments: Iterable[int]) -> str:
    return f"enrolment_id IN ({', '.join(str(int(pk)) for pk in enrolments)})"


def _mend(school: School, enrolments: Sequence[int], *, of: int) -> Checked:
    checked = Checked(of, differing=len(enrolments))
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
    rows = _rows(DIFFERING_WEEKS.format(monday=_monday(), scope=_listed(enrolments)), [])
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
