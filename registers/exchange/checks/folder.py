"""Reads a whole folder and checks it against itself and against Rollbook. Writes nothing."""

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from registers.exchange.checks import calendar, contacts, dated
from registers.exchange.checks.known import Known, look_up
from registers.exchange.checks.marks.check import MarksCheck
from registers.exchange.checks.prior_attendance import check_prior_attendance
from registers.exchange.checks.pupils import corrected, partial, spells
from registers.exchange.checks.pupils.check import check_pupils
from registers.exchange.checks.staff import check_staff
from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, spans
from registers.exchange.layout.readers import open_table
from registers.exchange.layout.rows import RowSource
from registers.exchange.problems.errors import ImportRefused, WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace
from registers.exchange.problems.reasons import because
from registers.exchange.problems.warnings import WarningKind
from registers.models import School

P = ParamSpec("P")
T = TypeVar("T")
NEW_SCHOOL_NEEDS = ("calendar.csv", "pupils.csv")
NO_MARKS = FilePlace("there is no marks.csv")


class FolderCheck:
    def __init__(self, path: Path, findings: Findings, *, today: date, only: School | None = None):
        self.path, self.findings, self.today, self.only = path, findings, today, only
        self.tables: dict[str, RowSource] = {}
        self.broken = False  # a whole file is wrong: no row of it can be skipped

    def run(self) -> tuple[Folder, Known]:
        """Raises ImportRefused when a file cannot be read or the school is not named."""
        self._look_at_files()
        school = self._school()
        if school is None:
            raise self.refusal()
        self._refuse_other_school(school)
        known = look_up(school["URN"])
        folder = self._folder(school)
        if known.school is None and not self.broken:
            self._demand_files()
        self._check(folder, known)
        if self.broken:
            raise self.refusal()
        return folder, known

    def _school(self) -> dict[str, str] | None:
        """The cells of the school's own row; None where it is wrong or missing."""
        return self._try("school.csv", calendar.check_school, self.findings)

    def _refuse_other_school(self, school: dict[str, str]) -> None:
        if self.only is not None and school["URN"] != self.only.urn:
            ours = f"{self.only.name}, {self.only.urn}"
            reason = because(ProblemKind.OTHER_SCHOOL, urn=school["URN"], school=ours)
            self._broken(WrongFile("school.csv", reason, line=2, column="URN"))
            raise self.refusal()

    def _folder(self, school: dict[str, str]) -> Folder:
        folder = Folder(self.path, school)
        folder.files = {file: table.digest for file, table in self.tables.items()}
        folder.where = self.findings.where
        return folder

    def refusal(self) -> ImportRefused:
        findings = self.findings
        return ImportRefused(
            findings.problems,
            count=findings.count,
            report=findings.report,
            warnings=findings.warnings,
            questions=findings.questions,
        )

    def _look_at_files(self) -> None:
        if not self.path.is_dir():
            self._broken(WrongFile(str(self.path), because(ProblemKind.NOT_A_FOLDER)))
            raise self.refusal()
        for path in sorted(self.path.glob("*.[cC][sS][vV]")):
            self._look_at(path)
        if self.broken:
            return
        if "school.csv" not in self.tables:
            self._broken(WrongFile("school.csv", because(ProblemKind.FILE_MISSING)))
        elif "marks.csv" not in self.tables:
            self.findings.warn(WarningKind.NO_MARKS, NO_MARKS)

    def _look_at(self, path: Path) -> None:
        if path.name not in COLUMNS:
            self.findings.warn(WarningKind.FILE_UNKNOWN, FilePlace(path.name))
            return
        try:
            self.tables[path.name] = open_table(path, self.findings)
        except WrongFile as wrong:
            self._broken(wrong)

    def _demand_files(self) -> None:
        missing = [file for file in NEW_SCHOOL_NEEDS if file not in self.tables]
        for file in missing[:1]:
            self._broken(WrongFile(file, because(ProblemKind.NEW_SCHOOL_NEEDS_FILE)))

    def _check(self, folder: Folder, known: Known) -> None:
        """File by file, in the order in which they lean on each other."""
        findings = self.findings
        folder.years = spans(known.sessions)
        self._try("calendar.csv", calendar.check_calendar, folder, known, findings)
        self._try("terms.csv", calendar.check_terms, folder, findings)
        self._try("pupils.csv", check_pupils, folder, known, findings)
        corrected.settle(folder, known, findings)
        self._warn_of_year_groups(folder)
        folder.gone = partial.warn_of_gone(folder, known, findings, today=self.today)
        spells.join_spells(folder, known)
        self._pupils_are_known(folder, known)
        self._try("contacts.csv", contacts.check_contacts, folder, findings)
        contacts.warn_of_details(folder, findings)
        self._try("characteristics.csv", dated.check_characteristics, folder, findings)
        self._try("groups.csv", dated.check_groups, folder, findings)
        self._try("prior_attendance.csv", check_prior_attendance, folder, findings)
        self._try("staff.csv", check_staff, folder, findings)
        self._try("marks.csv", MarksCheck(folder, known, findings, today=self.today).read)

    def _warn_of_year_groups(self, folder: Folder) -> None:
        if not folder.years and any(map(attrgetter("year_group"), folder.pupils)):
            self.findings.warn(WarningKind.NO_YEARS, FilePlace("pupils.csv"))

    def _pupils_are_known(self, folder: Folder, known: Known) -> None:
        """From here on a row may be found to be about a pupil by other than the UPN."""

    def _try(
        self,
        file: str,
        check: Callable[Concatenate[RowSource, P], T],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T | None:
        if file not in self.tables:
            return None
        try:
            return check(self.tables[file], *arguments, **named)
        except WrongFile as wrong:
            self._broken(wrong)
            return None

    def _broken(self, wrong: WrongFile) -> None:
        self.broken = True
        problem = wrong.problem
        self.findings.wrong(problem.file, problem.line, problem.column, problem.reason)
