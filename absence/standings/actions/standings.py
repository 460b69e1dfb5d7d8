"""Where each pupil stands: a row whenever the band or a flag moves, with what moved it.

A row hangs on the pupil's latest enrolment of the year and counts the sessions of all of them.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from django.db import connection, transaction

from absence.figures.rows import AbsenceRow
from absence.figures.school import SchoolToDate
from absence.models import Standing
from absence.rules.academic_year import SchoolYear
from absence.rules.bands import Band
from registers.models.on_roll import ON_ROLL_SQL
from registers.rules.tally import PERSISTENT, SEVERE

# ruff: noqa: S608 (the pieces of the statement are constants)

AT_ONCE = 5_000  # pupils in one statement

# Each line that has been crossed counts one, so two sessions with the same count have the same
# band and the same flags. The session that moved it is the one after the last that differs.
MOVED_BY = f"""
    WITH running AS (
        SELECT enrolment.pupil_id, date, half,
               ROW_NUMBER() OVER so_far AS number,
               SUM(authorised + unauthorised) OVER so_far AS absent,
               SUM(attended + authorised + unauthorised) OVER so_far AS possible
          FROM registers_mark mark JOIN registers_code code ON code.symbol = mark.code
          JOIN registers_enrolment enrolment
            ON enrolment.id = mark.enrolment_id AND {ON_ROLL_SQL}
         WHERE enrolment.pupil_id IN ({{pupils}}) AND date BETWEEN %s AND %s
        WINDOW so_far AS (PARTITION BY enrolment.pupil_id ORDER BY date, half
                          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ), placed AS (
        SELECT pupil_id, date, half, number,
               CASE WHEN possible = 0 THEN -1 ELSE {{lines}} END AS place FROM running
    ), compared AS (
        SELECT pupil_id, date, half, number, place,
               FIRST_VALUE(place) OVER (PARTITION BY pupil_id ORDER BY number DESC) AS last
          FROM placed
    ), settled AS (
        SELECT pupil_id, date, half, number,
               MAX(CASE WHEN place <> last THEN number ELSE 0 END)
                   OVER (PARTITION BY pupil_id) AS differed
          FROM compared
    )
    SELECT pupil_id, date, half FROM settled WHERE number = differed + 1"""


Line = tuple[Fraction, bool]  # a share of the possible sessions, and whether it is over itself


class Position(NamedTuple):
    """What a standing keeps of where an enrolment stands."""

    band: str
    persistently_absent: bool
    severely_absent: bool


NOWHERE = Position("", False, False)  # no possible session yet


def write_standings(known: SchoolToDate, *, known_at: datetime) -> int:
    """A row for each pupil whose band or flags moved since the last one; how many moved.

    The same date again changes nothing, unless marks were amended meanwhile: then the row of that
    date says what is so now.
    """
    year, as_at = known.calendar.year, known.calendar.as_at
    now = {row.pupil_id: row for row in known.rows}
    before, today = _stored(year, as_at)
    places = {pk: _place(row) for pk, row in now.items()}
    moved = {pk for pk, place in places.items() if place != before.get(pk, NOWHERE)}
    new = [pk for pk in places if pk in moved and today.get(pk) != places[pk]]
    undone = [pk for pk in today if pk not in moved]
    causes = sessions_that_moved(year, as_at, new, lines_of(known.bands))
    rows = [_standing(now[pk], places[pk], year, as_at, causes.get(pk), known_at) for pk in new]
    with transaction.atomic():
        _store(rows)
        of_day = Standing.objects.filter(academic_year=year.pk, on=as_at)
        of_day.filter(enrolment__pupil__in=undone).delete()
    return len(new) + len(undone)


def _place(row: AbsenceRow) -> Position:
    if row.band is None and not row.tally.possible:
        return NOWHERE
    name = row.band.name if row.band else ""
    return Position(name, row.tally.persistently_absent, row.tally.severely_absent)


def _stored(year: SchoolYear, as_at: date) -> tuple[dict[int, Position], dict[int, Position]]:
    """The latest standing of each pupil before the date, and that of the date itself."""
    before: dict[int, Position] = {}
    today: dict[int, Position] = {}
    rows = Standing.objects.filter(academic_year=year.pk, on__lte=as_at).order_by("on")
    for pk, on, band, persistent, severe in rows.values_list(
        "enrolment__pupil_id", "on", "band", "persistently_absent", "severely_absent"
    ):
        (today if on == as_at else before)[pk] = Position(band, persistent, severe)
    return before, today


def sessions_that_moved(
    year: SchoolYear, as_at: date, pupils: Sequence[int], lines: Collection[Line]
) -> dict[int, tuple[date, int]]:
    """The session from which each pupil has stood where they stand at the date."""
    found: dict[int, tuple[date, int]] = {}
    for start in range(0, len(pupils), AT_ONCE):
        listed = ", ".join(str(int(pk)) for pk in pupils[start : start + AT_ONCE])
        with connection.cursor() as cursor:
            cursor.execute(
                MOVED_BY.format(pupils=listed, lines=_crossed(lines)),
                [str(year.starts_on), str(as_at)],
            )
            found |= {pk: (date.fromisoformat(str(on)), half) for pk, on, half in cursor.fetchall()}
    return found


def lines_of(bands: Iterable[Band]) -> set[Line]:
    """The edges of the bands and the two lines of the law."""
    return {(band.edge, band.inclusive) for band in bands} | {(PERSISTENT, True), (SEVERE, True)}


def _crossed(lines: Iterable[Line]) -> str:
    """How many lines the sessions missed have reached, in whole numbers."""
    return " + ".join(
        f"CASE WHEN absent * {edge.denominator} {'>=' if inclusive else '>'}"
        f" possible * {edge.numerator} THEN 1 ELSE 0 END"
        for edge, inclusive in sorted(lines)
    )


def _standing(
    row: AbsenceRow,
    place: Position,
    year: SchoolYear,
    as_at: date,
    cause: tuple[date, int] | None,
    known_at: datetime,
) -> Standing:
    moved_on, moved_half = cause or (None, None)
    return Standing(
        enrolment_id=row.enrolment_id,
        academic_year_id=year.pk,
        on=as_at,
        **place._asdict(),
        attended=row.tally.attended,
        authorised=row.tally.authorised,
        unauthorised=row.tally.unauthorised,
        moved_on=moved_on,
        moved_half=moved_half,
        known_at=known_at,
    )


KEPT = ["band", "persistently_absent", "severely_absent", "attended", "authorised", "unauthorised"]


def _store(rows: Sequence[Standing]) -> None:
    Standing.objects.bulk_create(
        rows,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["enrolment", "academic_year", "on"],
        update_fields=[*KEPT, "moved_on", "moved_half", "known_at"],
    )
