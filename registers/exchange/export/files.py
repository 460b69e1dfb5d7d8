"""A school as the same files that an import reads: any school can take its registers elsewhere.

Amendments are not among them: the files say how each mark stands, not how it came to. Cells are
written as they are, without the quotation mark that some exports put before “=” or “+” against
spreadsheets, since these files are for systems, and must come back in as they went out.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from itertools import chain
from pathlib import Path

from django.db.models import Exists, OuterRef, QuerySet

from registers.exchange.export.shapes import (
    DAY_COLUMNS,
    MarkRow,
    grid_columns,
    grid_rows,
    rows_by_day,
)
from registers.exchange.layout.files import CHARACTERISTICS, COLUMNS
from registers.models import (
    AcademicYear,
    Appointment,
    Characteristic,
    Enrolment,
    EnrolmentYear,
    FormerUpn,
    Mark,
    MarkComment,
    Membership,
    PriorAttendance,
    Relationship,
    School,
    Session,
    Term,
)
from registers.rules.codes import Half

FileRow = Sequence[object]
MarksFile = tuple[str, Iterable[str], Iterable[FileRow]]  # name, columns, rows
CELLS_OF_A_CONTACT = (  # in pupils.csv, of a Relationship
    *("person__name", "kind", "person__address", "person__postcode"),
    *("person__email", "person__telephone"),
)


def export_school(
    school: School, folder: Path, *, today: date, shape: str = "long"
) -> dict[str, int]:
    """Write every file, and give the rows of each. Raises OSError; no file is ever half there.

    `shape` is that of the marks: long is marks.csv, which `import_school` reads; day and grid (one
    file for each academic year) are read by `import_files`, as any system's are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    export = SchoolExport(school, today)
    written = {
        "school.csv": export.school_row(),
        "calendar.csv": export.calendar(),
        "terms.csv": export.terms(),
        "pupils.csv": export.pupils(),
        "contacts.csv": export.contacts(),
        "characteristics.csv": export.characteristics(),
        "groups.csv": export.groups(),
        "staff.csv": export.staff(),
        "prior_attendance.csv": export.prior_attendance(),
    }
    counts = {file: _write(folder / file, COLUMNS[file], rows) for file, rows in written.items()}
    return counts | {
        file: _write(folder / file, columns, rows) for file, columns, rows in export.shaped(shape)
    }


def _write(path: Path, columns: Iterable[str], rows: Iterable[FileRow]) -> int:
    """To a file beside, which takes the name when it is whole."""
    part, number = path.with_suffix(".part"), 0
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            for number, row in enumerate(rows, start=1):  # noqa: B007 (the count)
                writer.writerow(row)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return number


def _flag(value: bool) -> str:
    return "Y" if value else "N"


class SchoolExport:
    def __init__(self, school: School, today: date):
        self.school, self.today = school, today
        self.enrolments = list(
            Enrolment.objects.not_void()
            .filter(school=school)
            .select_related("pupil")
            .order_by("pupil__upn", "starts_on")
        )
        self.upns = {row.pk: row.pupil.upn for row in self.enrolments}
        former = FormerUpn.objects.filter(pupil__school=school).order_by("until_at", "pk")
        self.former_upns = dict(former.values_list("pupil_id", "upn"))  # the latest of each

    def school_row(self) -> Iterable[FileRow]:
        return School.objects.filter(pk=self.school.pk).values_list(
            *("urn", "laestab", "name", "headteacher", "address", "postcode", "telephone", "email")
        )

    def calendar(self) -> Iterable[FileRow]:
        """A session that was closed is left out, unless marks tell why."""
        of_mark = {"enrolment__school": self.school, "date": OuterRef("date")}
        marked = Exists(Mark.objects.on_roll().filter(**of_mark, half=OuterRef("half")))
        closed = Session.objects.filter(school=self.school, is_open=False).exclude(marked)
        rows = Session.objects.filter(school=self.school).exclude(pk__in=closed.values("pk"))
        for day, half, year in rows.order_by("date", "half").values_list(
            "date", "half", "academic_year__name"
        ):
            yield day, Half(half).name, year

    def terms(self) -> Iterable[FileRow]:
        rows = Term.objects.filter(academic_year__school=self.school).order_by("starts_on")
        return rows.values_list("academic_year__name", "name", "starts_on", "ends_on").iterator()

    def pupils(self) -> Iterable[FileRow]:
        groups, years, values = self._latest_groups(), self._latest_years(), self._values()
        contacts = self._first_contacts()
        for row in self.enrolments:
            pupil = row.pupil
            held = values.get(pupil.pk, {})
            yield (
                pupil.upn,
                pupil.surname,
                pupil.forename,
                pupil.born_on,
                pupil.sex,
                years.get(row.pk, ""),
                groups.get(row.pk, ""),
                row.starts_on,
                row.leaves_on,
                *(held.get(kind, "N") for kind in CHARACTERISTICS),
                *contacts.get(pupil.pk, ("",) * 6),
                pupil.preferred_name,
                pupil.medical_alert,
                pupil.admission_number,
                self.former_upns.get(pupil.pk, ""),
            )

    def prior_attendance(self) -> Iterable[FileRow]:
        rows = PriorAttendance.objects.filter(pupil__school=self.school)
        return (
            rows.order_by("pupil__upn", "academic_year", "laestab", "school_name")
            .values_list(
                *("pupil__upn", "academic_year", "laestab", "school_name", "possible"),
                *("attended", "authorised", "unauthorised", "source"),
            )
            .iterator()
        )

    def _latest_groups(self) -> dict[int, str]:
        rows = Membership.objects.filter(group__school=self.school, group__kind="registration")
        return dict(rows.order_by("from_on").values_list("enrolment_id", "group__name"))

    def _latest_years(self) -> dict[int, str]:
        rows = EnrolmentYear.objects.filter(enrolment__school=self.school)
        rows = rows.order_by("academic_year__starts_on")
        return dict(rows.values_list("enrolment_id", "year_group"))

    def _values(self) -> dict[int, dict[str, str]]:
        values: dict[int, dict[str, str]] = defaultdict(dict)
        rows = Characteristic.objects.filter(pupil__school=self.school, until_on__isnull=True)
        for pk, kind, value in rows.order_by("from_on").values_list("pupil_id", "kind", "value"):
            values[pk][kind] = value
        return values

    def _relationships(self) -> QuerySet[Relationship]:
        rows = Relationship.objects.filter(pupil__school=self.school)
        return rows.select_related("person", "pupil").order_by("pupil__upn", "priority", "pk")

    def _first_contacts(self) -> dict[int, FileRow]:
        rows = self._relationships().reverse().values_list("pupil_id", *CELLS_OF_A_CONTACT)
        return {pk: cells for pk, *cells in rows}

    def contacts(self) -> Iterable[FileRow]:
        for row in self._relationships():
            one = row.person
            yield (
                row.pupil.upn,
                one.name,
                row.kind,
                _flag(row.has_responsibility),
                _flag(row.lives_with),
                row.priority,
                _flag(row.may_be_written_to),
                one.address,
                one.postcode,
                one.email,
                one.telephone,
                one.language,
            )

    def characteristics(self) -> Iterable[FileRow]:
        rows = Characteristic.objects.filter(pupil__school=self.school)
        rows = rows.order_by("pupil__upn", "kind", "from_on")
        return rows.values_list("pupil__upn", "kind", "value", "from_on", "until_on")

    def groups(self) -> Iterable[FileRow]:
        return chain(self._memberships(), self._year_groups())

    def _memberships(self) -> Iterator[FileRow]:
        rows = Membership.objects.filter(group__school=self.school)
        rows = rows.order_by("group__kind", "enrolment_id", "from_on", "pk")
        for pk, *cells in rows.values_list(
            "enrolment_id", "group__name", "group__kind", "from_on", "until_on"
        ):
            yield self.upns[pk], *cells

    def _year_groups(self) -> Iterator[FileRow]:
        """The days of each year on which the pupil was on the roll."""
        years = EnrolmentYear.objects.filter(enrolment__school=self.school)
        for row in years.select_related("enrolment", "academic_year").order_by("pk"):
            first = max(row.academic_year.starts_on, row.enrolment.starts_on)
            last = min(row.academic_year.ends_on, row.enrolment.leaves_on or date.max)
            if first <= last:
                yield self.upns[row.enrolment_id], row.year_group, "year", first, last

    def staff(self) -> Iterable[FileRow]:
        rows = Appointment.objects.filter(school=self.school).exclude(role="trust_leader")
        for row in rows.select_related("user").prefetch_related("groups").order_by("pk"):
            groups = [group.name for group in row.groups.all() if group.kind == "registration"]
            user = row.user
            for name in groups or [""]:
                yield user.username, str(user), row.position, row.role, name, user.email

    def shaped(self, shape: str) -> Iterator[MarksFile]:
        """The files of marks in a shape: name, columns, rows."""
        if shape == "grid":
            return self._grids()
        if shape == "day":
            return iter([("marks by day.csv", DAY_COLUMNS, rows_by_day(self.marks()))])
        return iter([("marks.csv", COLUMNS["marks.csv"], self.marks())])

    def _grids(self) -> Iterator[MarksFile]:
        for year in AcademicYear.objects.filter(school=self.school).order_by("starts_on"):
            sessions = Session.objects.filter(academic_year=year).order_by("date")
            days = list(sessions.values_list("date", flat=True).distinct())
            marks = self.marks(date__range=(year.starts_on, year.ends_on))
            name = f"marks {year.name.replace('/', '-')}.csv"
            yield name, grid_columns(days), grid_rows(marks, days)

    def _comments(self) -> dict[tuple[int, date, int], str]:
        rows = MarkComment.objects.filter(enrolment__school=self.school)
        cells = rows.values_list("enrolment_id", "date", "half", "text")
        return {(pk, day, half): text for pk, day, half, text in cells}

    def marks(self, **some: object) -> Iterator[MarkRow]:
        comments = self._comments()
        rows = Mark.objects.on_roll().filter(enrolment__school=self.school, **some)
        for pk, day, half, code, minutes in (
            rows.order_by("enrolment_id", "date", "half")
            .values_list("enrolment_id", "date", "half", "code_id", "minutes_late")
            .iterator(chunk_size=20_000)
        ):
            comment = comments.get((pk, day, half), "")
            late = "" if minutes is None else minutes
            yield MarkRow(self.upns[pk], day, Half(half).name, code, late, comment)
