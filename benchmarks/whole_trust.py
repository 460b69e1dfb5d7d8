"""What a trust asks for at night and in the morning, against numpy, pandas and the bare count."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.models import Sum

from absence.standings.actions import check
from benchmarks.timing import Row, by_turns, ms, must_equal
from benchmarks.trust import FLAGS, SYMBOLS, TEACHER, TO_COME, YEARS, Trust, made_at
from registers.marks.actions.sql import upsert_marks
from registers.models import AcademicYear, Mark, WeekTally

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
DIFFERING = check.DIFFERING_ENROLMENTS.replace("{scope}", "{{scope}}").format(
    packed=check.packed_sql(),
    authorised=check.AUTHORISED,
    unauthorised=check.UNAUTHORISED,
    late=check.LATE,
)
EXPORT = f"""
    COPY (SELECT enrolment_id, date, half, code FROM registers_mark
           WHERE date BETWEEN '{FIRST}' AND '{LAST}') TO STDOUT WITH (FORMAT csv, HEADER)"""


def _rows(sql: str, days: Sequence[str] = (str(FIRST), str(LAST))) -> list[tuple]:
    """The answer for the year."""
    with connection.cursor() as cursor:
        cursor.execute(sql, days)
        return cursor.fetchall()


def nightly_check(trust: Trust) -> list[Row]:
    """The night's own statement for the whole trust at once, and school by school as its tasks
    run it; each to the bare count of the same marks, asked for in the same way."""
    years = list(AcademicYear.objects.filter(name="2025/26").select_related("school"))
    everybody = f"enrolment_id BETWEEN 1 AND {trust.pupils}"
    scopes = [check._scope(year.school) for year in years]

    def by_school() -> list[int]:
        return [pk for year in years for pk in check.differing_enrolments(year)]

    def at_once() -> list[tuple]:
        return _rows(DIFFERING.format(scope=everybody), check.days_asked_for(FIRST, LAST))

    must_equal("the nightly check of right totals", (by_school(), at_once()), ([], []))
    _finds_what_is_wrong(by_school, at_once)
    bare, whole, bare_schools, schools = by_turns(
        lambda: _rows(BARE_COUNT.format(scope=everybody)),
        at_once,
        lambda: [_rows(BARE_COUNT.format(scope=scope)) for scope in scopes],
        by_school,
    )
    return [
        Row("nightly check, to a bare COUNT … GROUP BY of the same marks", whole / bare,
            at_most=1.5, shown=ms(whole, bare)),
        Row("the same, both school by school", schools / bare_schools, at_most=1.5,
            shown=ms(schools, bare_schools)),
    ]  # fmt: skip


def _finds_what_is_wrong(by_school, at_once) -> None:
    with transaction.atomic():
        wrong = WeekTally.objects.filter(monday=FIRST, enrolment__in=range(7, 1_500, 100))
        listed = list(wrong.order_by("enrolment").values_list("enrolment", flat=True))
        wrong.update(late=9)
        must_equal("the nightly check of wrong totals", by_school(), listed)
        must_equal("the same in one statement", at_once(), [(pk,) for pk in listed])
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
