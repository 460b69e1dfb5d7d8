"""What a trust asks for at night and in the morning, against numpy, pandas and the bare count."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.models import Sum

from absence.models import CheckedEnrolment
from absence.standings.actions import check
from benchmarks.timing import Row, by_turns, ms, must_equal
from benchmarks.trust import FLAGS, SYMBOLS, TEACHER, TO_COME, YEARS, Trust, made_at
from registers.marks.actions.sql import upsert_marks
from registers.models import AcademicYear, Mark, WeekTally
from registers.rules.calendar import monday_of

FIRST, LAST = YEARS[1][0], YEARS[1][-1]
WAYS = [[s for s, flags in zip(SYMBOLS, FLAGS, strict=True) if flags[way]] for way in range(3)]
AT_ONCE = 512  # pupils; their marks stay in the processor's cache
PUPILS_WEEKS = """
    SELECT enrolment_id, date_trunc('week', date)::date AS monday, SUM(attended) AS attended,
           SUM(authorised) AS authorised, SUM(unauthorised) AS unauthorised
      FROM registers_mark JOIN registers_code ON symbol = code
     WHERE date BETWEEN %s AND %s GROUP BY 1, 2"""
TALLIES = "SELECT * FROM registers_weektally WHERE monday BETWEEN %s AND %s"
TREND = """
    SELECT monday, SUM(attended), SUM(authorised), SUM(unauthorised),
           SUM(CASE WHEN 10 * (authorised + unauthorised) >= attended + authorised + unauthorised
                     AND attended + authorised + unauthorised > 0 THEN 1 ELSE 0 END)
      FROM ({weeks}) week GROUP BY monday ORDER BY monday"""
BARE_COUNT = """
    SELECT enrolment_id, COUNT(*) FROM registers_mark
     WHERE {scope} AND date BETWEEN %s AND %s GROUP BY enrolment_id"""
EXPORT = f"""
    COPY (SELECT enrolment_id, date, half, code FROM registers_mark
           WHERE date BETWEEN '{FIRST}' AND '{LAST}') TO STDOUT WITH (FORMAT csv, HEADER)"""


def _rows(sql: str) -> list[tuple]:
    """The answer for the year."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(FIRST), str(LAST)])
        return cursor.fetchall()


def nightly_check() -> list[Row]:
    """The night's whole check, school by school as its tasks run it, with all that it keeps; to the
    bare count of the year's marks.

    In an ordinary night everybody has new marks of the week; in a quiet one nobody has; in the
    first one nobody has been looked at before. Each is undone, so that it can be repeated.
    """
    years = list(AcademicYear.objects.filter(name="2025/26").select_related("school"))
    scopes = [check._scope(year.school, check._enrolments_of(year.school)) for year in years]
    first = _night(years, CheckedEnrolment.objects.all().delete)
    ordinary = _night(years, _all_seals_move)
    quiet = _night(years, lambda: None)
    for year in years:
        must_equal("the first check of right totals", check.check_moved(year, LAST).differing, 0)
    _finds_what_is_wrong(years)
    bare, *nights = by_turns(
        lambda: [_rows(BARE_COUNT.format(scope=scope)) for scope in scopes], first, ordinary, quiet
    )
    names = [
        "nightly check, the first of each school, to a bare COUNT … GROUP BY of its marks",
        "the same, an ordinary night: new marks of the week for everybody",
        "the same, a quiet night: nobody has new marks",
    ]
    return [
        Row(name, night / bare, at_most=1.2, shown=ms(night, bare))
        for name, night in zip(names, nights, strict=True)
    ]


def _night(years: list[AcademicYear], begin: Callable[[], object]) -> Callable[[], None]:
    def checks() -> None:
        with transaction.atomic():
            begin()
            for year in years:
                check.check_moved(year, LAST)
            transaction.set_rollback(True)

    return checks


def _all_seals_move() -> None:
    """As by a day of marks: what the last check has seen is another seal for everybody."""
    CheckedEnrolment.objects.update(seal=b"of yesterday")


def _finds_what_is_wrong(years: list[AcademicYear]) -> None:
    with transaction.atomic():
        _all_seals_move()
        wrong = WeekTally.objects.filter(monday=monday_of(LAST), enrolment__in=range(7, 1_500, 100))
        listed = wrong.update(late=9)
        checked = [check.check_moved(year, LAST) for year in years]
        must_equal("wrong totals of the week", sum(one.repaired for one in checked), listed)
        must_equal("who was looked at", sum(one.enrolments for one in checked),
                   CheckedEnrolment.objects.count())  # fmt: skip
        transaction.set_rollback(True)


def year_totals(trust: Trust) -> list[Row]:
    """The year's totals of every pupil: from the weekly totals, by numpy, by pandas."""
    codes, oracle = np.ascontiguousarray(trust.year(1)), trust.totals(1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "marks.csv"
        _export(file)
        must_equal("the year's totals from tallies", sorted(_from_tallies()), _listed(oracle))
        must_equal("numpy's one pass", _by_numpy(codes).tolist(), oracle.tolist())
        for pandas in (_by_pandas, _by_careful_pandas):
            must_equal("pandas", pandas(file).tolist(), oracle[:, :3].tolist())
        limit, quick, export, frame, careful = by_turns(
            lambda: _by_numpy(codes),
            _from_tallies,
            lambda: _export(file),
            lambda: _by_pandas(file),
            lambda: _by_careful_pandas(file),
        )
    return [
        Row("year totals of the trust, to numpy over one byte a mark", quick / limit, at_most=8,
            shown=ms(quick, limit)),
        Row("the same, faster than pandas over an existing CSV", frame / quick, at_least=20,
            shown=ms(frame, quick)),
        Row("the same, faster than export and pandas", (export + frame) / quick, at_least=40,
            shown=ms(export + frame, quick)),
        Row("the same, faster than pandas with two columns and categories", careful / quick,
            shown=ms(careful, quick)),
    ]  # fmt: skip


def _listed(oracle: np.ndarray) -> list[tuple]:
    return [(n, *counts) for n, counts in enumerate(oracle.tolist(), start=1)]


def _from_tallies() -> list[tuple]:
    weeks = WeekTally.objects.filter(monday__range=(FIRST, LAST)).values_list("enrolment_id")
    return list(
        weeks.annotate(Sum("attended"), Sum("authorised"), Sum("unauthorised"), Sum("late"))
    )


def _by_numpy(codes: np.ndarray) -> np.ndarray:
    """One look-up for each mark, four counts of ten bits in one sum."""
    packed = (FLAGS.astype(np.int64) << np.array([0, 10, 20, 30])).sum(axis=1)
    sums = np.empty(len(codes), dtype=np.int64)
    for start in range(0, len(codes), AT_ONCE):
        sums[start : start + AT_ONCE] = packed[codes[start : start + AT_ONCE]].sum(axis=1)
    return (sums[:, None] >> np.array([0, 10, 20, 30])) & 1023


def _export(file: Path) -> None:
    with file.open("w") as out, connection.cursor() as cursor:
        cursor.copy_expert(EXPORT, out)


def _by_pandas(file: Path) -> np.ndarray:
    """As most would write it."""
    marks = pd.read_csv(file)
    for way, symbols in enumerate(WAYS):
        marks[way] = marks["code"].isin(symbols)
    return marks.groupby("enrolment_id")[[0, 1, 2]].sum().to_numpy()


def _by_careful_pandas(file: Path) -> np.ndarray:
    """Only the two columns that the answer needs, and each code compared once, not each mark."""
    marks = pd.read_csv(file, usecols=["enrolment_id", "code"], dtype={"code": "category"})
    flags = pd.DataFrame(FLAGS[:, :3], index=SYMBOLS).loc[marks["code"].cat.categories].to_numpy()
    counts = pd.DataFrame(flags[marks["code"].cat.codes]).astype("int64")
    return counts.groupby(marks["enrolment_id"]).sum().to_numpy()


def weekly_trend(trust: Trust) -> Row:
    """Week by week the trust's sessions, and the pupils who missed a tenth of that week or more."""
    oracle = [
        (monday, *counts.sum(axis=0)[:3].tolist(), int(_missed_a_tenth(counts).sum()))
        for monday, counts in trust.by_week()
        if FIRST <= monday <= LAST
    ]

    def from_tallies() -> list[tuple]:
        return _rows(TREND.format(weeks=TALLIES))

    def from_marks() -> list[tuple]:
        return _rows(TREND.format(weeks=PUPILS_WEEKS))

    must_equal("the weekly trend from tallies", from_tallies(), oracle)
    must_equal("the weekly trend from marks", from_marks(), oracle)
    slow, quick = by_turns(from_marks, from_tallies)
    return Row("weekly trend of the trust, faster than from marks", slow / quick, at_least=100,
               shown=ms(slow, quick))  # fmt: skip


def _missed_a_tenth(counts: np.ndarray) -> np.ndarray:
    absent, possible = counts[:, 1:3].sum(axis=1), counts[:, :3].sum(axis=1)
    return (10 * absent >= possible) & (possible > 0)


def copied_marks(trust: Trust) -> Row:
    """A day's marks through the import's COPY, and through `bulk_create`; guards on for both."""
    days = iter(TO_COME)
    used: list[date] = []

    def with_next_day(write: Callable[[list[tuple]], None]) -> None:
        used.append(next(days))
        _written(write, used[-1], trust)

    quick, slow = by_turns(lambda: with_next_day(upsert_marks), lambda: with_next_day(_created))
    made = Mark.objects.filter(date__gte=TO_COME[0]).count()
    must_equal("the marks imported", made, 2 * len(used) * trust.pupils)
    return Row("import of marks through COPY, faster than bulk_create", slow / quick, at_least=5,
               shown=ms(slow, quick))  # fmt: skip


def _created(rows: list[tuple]) -> None:
    fields = [field.attname for field in Mark._meta.local_concrete_fields]
    marks = [Mark(**dict(zip(fields, row, strict=True))) for row in rows]
    Mark.objects.bulk_create(marks, batch_size=2_000)


def _written(write: Callable[[list[tuple]], None], day: date, trust: Trust) -> None:
    rows = [
        (
            n + 1,
            day,
            half,
            "/\\"[half],
            1,
            None,
            Mark.Source.IMPORT,
            TEACHER,
            made_at(day, half),
            None,
        )  # never waited on a device
        for n in range(trust.pupils)
        for half in (0, 1)
    ]
    with transaction.atomic():
        write(rows)
