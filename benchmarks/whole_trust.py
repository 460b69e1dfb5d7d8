"""What a trust asks for at night and in the morning, against numpy, pandas and the bare count."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.db.models import Sum

from absence.actions.check import differing_enrolments
from benchmarks.timing import Row, by_turns, ms, must_equal
from benchmarks.trust import FLAGS, SYMBOLS, TEACHER, TO_COME, YEARS, Trust, made_at
from registers.actions.mark_sql import upsert_marks
from registers.models import AcademicYear, Mark, WeekTally

FIRST, LAST = YEARS[1][0], YEARS[1][-1]
AT_ONCE = 512  # pupils; their marks stay in the processor's cache
TREND_FROM_MARKS = """
    SELECT date_trunc('week', date)::date, SUM(attended), SUM(authorised), SUM(unauthorised)
      FROM registers_mark JOIN registers_code ON symbol = code
     WHERE date BETWEEN %s AND %s GROUP BY 1 ORDER BY 1"""
TREND_FROM_TALLIES = """
    SELECT monday, SUM(attended), SUM(authorised), SUM(unauthorised)
      FROM registers_weektally WHERE monday BETWEEN %s AND %s GROUP BY 1 ORDER BY 1"""
BARE_COUNT = """
    SELECT enrolment_id, COUNT(*) FROM registers_mark
     WHERE date BETWEEN %s AND %s GROUP BY enrolment_id"""
EXPORT = f"""
    COPY (SELECT enrolment_id, date, half, code FROM registers_mark
           WHERE date BETWEEN '{FIRST}' AND '{LAST}') TO STDOUT WITH (FORMAT csv, HEADER)"""


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(FIRST), str(LAST)])
        return cursor.fetchall()


def nightly_check() -> Row:
    """Every school's check of the year, one after another, to one bare count of the same marks."""
    years = list(AcademicYear.objects.filter(name="2025/26").select_related("school"))

    def check() -> list[int]:
        return [pk for year in years for pk in differing_enrolments(year)]

    must_equal("the nightly check of right totals", check(), [])
    _finds_what_is_wrong(check)
    bare, whole = by_turns(lambda: _rows(BARE_COUNT), check)
    return Row("nightly check, to a bare COUNT … GROUP BY of the same marks", whole / bare,
               at_most=1.5, shown=ms(whole, bare))  # fmt: skip


def _finds_what_is_wrong(check) -> None:
    with transaction.atomic():
        wrong = WeekTally.objects.filter(monday=FIRST, enrolment__in=range(7, 1_500, 100))
        listed = list(wrong.order_by("enrolment").values_list("enrolment", flat=True))
        wrong.update(late=9)
        must_equal("the nightly check of wrong totals", check(), listed)
        transaction.set_rollback(True)


def year_totals(trust: Trust) -> list[Row]:
    """The year's totals of every pupil: from the weekly totals, by numpy, by pandas."""
    codes, oracle = np.ascontiguousarray(trust.year(1)), trust.totals(1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "marks.csv"
        _export(file)
        must_equal("the year's totals from tallies", sorted(_from_tallies()), _listed(oracle))
        must_equal("numpy's one pass", _by_numpy(codes).tolist(), oracle.tolist())
        must_equal("pandas", _by_pandas(file).tolist(), oracle[:, :3].tolist())
        limit, quick, export, frame = by_turns(
            lambda: _by_numpy(codes), _from_tallies, lambda: _export(file), lambda: _by_pandas(file)
        )
    return [
        Row("year totals of the trust, to numpy over one byte a mark", quick / limit, at_most=8,
            shown=ms(quick, limit)),
        Row("the same, faster than pandas over an existing CSV", frame / quick, at_least=20,
            shown=ms(frame, quick)),
        Row("the same, faster than export and pandas", (export + frame) / quick, at_least=40,
            shown=ms(export + frame, quick)),
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
    """As most would write it, and only the two columns that the answer needs."""
    marks = pd.read_csv(
        file, usecols=["enrolment_id", "code"], dtype={"code": "category"}, keep_default_na=False
    )
    flags = pd.DataFrame(FLAGS[:, :3], index=SYMBOLS).loc[marks["code"].cat.categories].to_numpy()
    counts = pd.DataFrame(flags[marks["code"].cat.codes]).astype("int64")
    return counts.groupby(marks["enrolment_id"]).sum().to_numpy()


def weekly_trend(trust: Trust) -> Row:
    oracle = [
        (monday, *counts.sum(axis=0)[:3].tolist())
        for monday, counts in trust.by_week()
        if FIRST <= monday <= LAST
    ]
    must_equal("the weekly trend from tallies", _rows(TREND_FROM_TALLIES), oracle)
    must_equal("the weekly trend from marks", _rows(TREND_FROM_MARKS), oracle)
    slow, quick = by_turns(lambda: _rows(TREND_FROM_MARKS), lambda: _rows(TREND_FROM_TALLIES))
    return Row("weekly trend of the trust, faster than from marks", slow / quick, at_least=100,
               shown=ms(slow, quick))  # fmt: skip


def copied_marks(trust: Trust) -> Row:
    """A day's marks through the import's COPY, and through `bulk_create`; guards on for both."""
    day = TO_COME[-2]
    rows = [
        (n + 1, day, half, "\\" if half else "/", 1, None, Mark.Source.IMPORT, TEACHER,
         made_at(day, half))
        for n in range(trust.pupils)
        for half in (0, 1)
    ]  # fmt: skip
    fields = [field.attname for field in Mark._meta.local_concrete_fields]

    @transaction.atomic
    def copied() -> None:
        upsert_marks(rows)
        must_equal("the marks copied", Mark.objects.filter(date=day).count(), len(rows))
        transaction.set_rollback(True)

    @transaction.atomic
    def created() -> None:
        Mark.objects.bulk_create(
            [Mark(**dict(zip(fields, row, strict=True))) for row in rows], batch_size=2_000
        )
        must_equal("the marks created", Mark.objects.filter(date=day).count(), len(rows))
        transaction.set_rollback(True)

    quick, slow = by_turns(copied, created)
    return Row("import of marks through COPY, faster than bulk_create", slow / quick, at_least=5,
               shown=ms(slow, quick))  # fmt: skip
