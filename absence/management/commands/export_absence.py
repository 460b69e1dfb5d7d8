"""Each pupil's absence in the academic year up to a date, as CSV."""

import csv
import errno
import io
import os
import re
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from absence.figures import school as figures
from absence.figures.calendar import NoAcademicYearError, academic_year_at
from absence.figures.rows import AbsenceRow
from registers.models import School

HEADER = (
    "UPN,Surname,Forename,Year group,Registration group,Academic year,As at,Possible,Attended,"
    "Authorised,Unauthorised,Absent,Late,Unmarked,Attendance rate,Absence rate,"
    "Persistently absent,Severely absent,Band"
).split(",")


class Command(BaseCommand):
    help = (
        "Print a row of CSV for each enrolment that had a session, up to the date, in the academic "
        "year of the date, as the DfE counts; with --by pupil a row for each pupil, with the sums "
        "of all times on the roll. Counts are sessions, not days."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, metavar="URN")
        parser.add_argument("--as-at", required=True, metavar="YYYY-MM-DD")
        parser.add_argument(
            "--by", choices=("enrolment", "pupil"), default="enrolment", help="a row for each of"
        )
        parser.add_argument("--output", metavar="FILE", type=Path, help="else it is printed")

    def handle(
        self, *, school: str, as_at: str, output: Path | None, by: str, **options: object
    ) -> None:
        day = read_date(as_at)
        try:
            text = as_csv(read_school(school), day, by_pupil=by == "pupil")
        except (NoAcademicYearError, ValueError) as problem:
            raise CommandError(str(problem)) from None
        if output is None:
            self.stdout.write(text, ending="")
        else:
            write_whole(output, text)


def read_date(text: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"{text!r} is not a date. Write year, month and day as 2025-12-19."
        ) from None


def read_school(urn: str) -> School:
    try:
        return School.objects.get(urn=urn)
    except School.DoesNotExist:
        raise CommandError(f"There is no school with the URN {urn!r}.") from None


def as_csv(school: School, as_at: date, *, by_pupil: bool = False) -> str:
    year = academic_year_at(school, as_at)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(HEADER)
    for row in figures.pupils_to(school, as_at) if by_pupil else figures.absence_to(school, as_at):
        lines.writerow(_cells(row, year.name, as_at))
    return text.getvalue()


def _cells(row: AbsenceRow, year: str, as_at: date) -> list:
    tally = row.tally
    return [
        row.upn,
        row.surname,
        row.forename,
        row.year_group,
        row.registration_group,
        year,
        as_at.isoformat(),
        tally.possible,
        tally.attended,
        tally.authorised,
        tally.unauthorised,
        tally.absent,
        tally.late,
        tally.unmarked,
        tally.attendance_rate,
        tally.absence_rate,
        _yes_or_no(tally.persistently_absent),
        _yes_or_no(tally.severely_absent),
        row.band.name if row.band else "",
    ]


def _yes_or_no(is_so: bool) -> str:
    return "yes" if is_so else "no"


def write_whole(output: Path, text: str) -> None:
    """The whole file or nothing: a full disk leaves what was there before."""
    if output.is_dir():
        raise CommandError(f"{output} is a folder. Name the file to write.")
    try:
        _write_beside(output, text)
    except OSError as problem:
        reasons = {
            errno.ENOENT: "its folder is not there",
            errno.ENOTDIR: "its folder is not there",
            errno.ENOSPC: "the disk is full",
            errno.EFBIG: "the disk is full",
            errno.EACCES: "you may not write there",
            errno.EPERM: "you may not write there",
            errno.EROFS: "the disk is read-only",
        }
        why = reasons.get(problem.errno or 0, problem.strerror)
        raise CommandError(f"{output} was not written: {why}.") from None


def _write_beside(output: Path, text: str) -> None:
    target = output.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
