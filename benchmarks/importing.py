"""`./rollbook bench --import`: two million marks from files, the memory, and the time beside COPY.

A whole import is measured as people run it: a process of its own that reads, checks and writes
files, with guards, seals, history and weekly totals. The yardstick is COPY of the same rows into a
bare table, one commit and nothing on it. Exit codes as for the other measurements.
"""

import csv
import io
import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "attendance_site.settings")

from benchmarks.database import NoServerError, own_database
from benchmarks.timing import Row, WrongAnswerError, table

PUPILS, YEARS, DAYS = 1_320, (2022, 2023, 2024, 2025), 190
MOST_MEGABYTES = 400
BARE = """
    CREATE TABLE bare_mark (enrolment_id bigint, date date, half smallint, code text,
        minutes_late smallint)"""
CODES = ["/"] * 93 + ["I", "N", "M", "L", "O", "I", "I"]
MANAGE = Path(__file__).resolve().parents[1] / "manage.py"


def upn(number: int) -> str:
    """A right UPN of this number: see rule F1 on the check letter."""
    rest = f"33020{number % 100:02}{number:05}"
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    total = sum(place * int(digit) for place, digit in enumerate(rest, start=2))
    return letters[total % 23] + rest


def days() -> list[tuple[date, str]]:
    """Every day on which the school met, with the name of its year."""
    found = []
    for year in YEARS:
        on = date(year, 9, 1)
        name = f"{year}/{(year + 1) % 100}"
        while sum(1 for _, of in found if of == name) < DAYS:
            if on.weekday() < 5:
                found.append((on, name))
            on += timedelta(days=1)
    return found


def marks(pupils: int) -> Iterator[tuple[int, date, int, str, str]]:
    """Number of the pupil, day, half, code, minutes: pupil by pupil, always the same."""
    chance, met = Random(9), [on for on, _ in days()]
    for number in range(pupils):
        for on in met:
            for half in (0, 1):
                code = chance.choice(CODES)
                late = str(chance.randint(1, 25)) if code == "L" else ""
                yield number, on, half, "\\" if code == "/" and half else code, late


def write_folder(folder: Path, pupils: int) -> int:
    """The files of a school with these pupils, by day in another order than pupil by pupil."""
    folder.mkdir()
    met = days()
    sessions = [(on, half, name) for on, name in met for half in ("AM", "PM")]
    (folder / "school.csv").write_text(
        "URN,LAESTAB,Name,Headteacher,Address,Postcode,Telephone,Email\n"
        "900999,3302099,Bench School,,,,,\n"
    )
    _write(folder / "calendar.csv", ["Date", "Session", "Academic year"], sessions)
    heads = (
        "UPN,Surname,Forename,Date of birth,Sex,Year group,Registration group,Date of entry,"
        "Date of leaving,SEN,FSM,EAL,Looked after,Contact name,Contact relationship,"
        "Contact address,Contact postcode,Contact email,Contact telephone"
    ).split(",")
    rows = (
        [upn(n), f"Name{n}", "Ola", "2014-05-01", "F", "7", f"7{n // 30}", met[0][0], *[""] * 11]
        for n in range(pupils)
    )
    _write(folder / "pupils.csv", heads, rows)
    header = ["UPN", "Date", "Session", "Code", "Minutes late", "Comment"]
    found = (
        [upn(n), on, "AP"[half] + "M", code, late, ""] for n, on, half, code, late in marks(pupils)
    )
    return _write(folder / "marks.csv", header, found)


def _write(path: Path, header: list[str], rows) -> int:
    number = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for number, row in enumerate(rows, start=1):  # noqa: B007 (the count)
            writer.writerow(row)
    return number


def copied(pupils: int) -> float:
    """Seconds of a COPY of the same rows into a table with nothing on it."""
    from django.db import connection

    stream = io.StringIO()
    for n, on, half, code, late in marks(pupils):
        shown = "\\\\" if code == "\\" else code
        stream.write(f"{n}\t{on}\t{half}\t{shown}\t{late or chr(92) + 'N'}\n")
    stream.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        began = perf_counter()
        cursor.copy_expert("COPY bare_mark FROM STDIN", stream)
        took = perf_counter() - began
        cursor.execute("SELECT count(*) FROM bare_mark")
        if cursor.fetchone()[0] != pupils * len(days()) * 2:
            raise WrongAnswerError("COPY lost rows")
        cursor.execute("DROP TABLE bare_mark")
    return took


def run(*words: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a command in a process of its own."""
    began = perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, str(MANAGE), *words], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise WrongAnswerError(f"{' '.join(words)} failed")
    return perf_counter() - began, usage.ru_maxrss / 1024


def measure(pupils: int) -> list[Row]:
    import django

    django.setup()
    from django.core.management import call_command

    from registers.models import Mark

    call_command("migrate", verbosity=0)
    rows: list[Row] = []
    bare = copied(pupils)
    with TemporaryDirectory() as temporary:
        os.environ["ROLLBOOK_VAR"] = temporary
        folder, grid = Path(temporary, "school"), Path(temporary, "grid")
        number = write_folder(folder, pupils)
        what = f"import of {number:,} marks"
        took, peak = run("import_school", str(folder), "-v", "0")
        if Mark.objects.count() != number:
            raise WrongAnswerError("the import lost marks")
        rows.append(Row(f"{what}, peak memory in MB", peak, at_most=MOST_MEGABYTES))
        rows.append(Row(f"the same, to a COPY of the same rows ({bare:.1f} s)", took / bare))
        took, peak = run("import_school", str(folder), "-v", "0")
        rows.append(Row("the same files again, to COPY", took / bare))
        rows.append(Row("the same, peak memory in MB", peak, at_most=MOST_MEGABYTES))
        run("export_school", str(grid), "--school", "900999", "--shape", "grid")
        took, peak = run("import_files", str(grid), "--school", "900999", "-v", "0")
        rows.append(Row("as grids of a year through import_files, to COPY", took / bare))
        rows.append(Row("the same, peak memory in MB", peak, at_most=MOST_MEGABYTES))
    return rows


def main() -> int:
    pupils = int(sys.argv[1]) if len(sys.argv) > 1 else PUPILS
    try:
        with own_database("rollbook_import"):
            rows = measure(pupils)
    except NoServerError as problem:
        print(problem, file=sys.stderr)
        return 2
    except WrongAnswerError as wrong:
        print(f"A wrong answer, so no figures: {wrong}", file=sys.stderr)
        return 1
    print(f"\n{table(rows)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
