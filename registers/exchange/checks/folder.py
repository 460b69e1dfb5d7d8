"""Reads a whole folder and checks it against itself and against Rollbook. Writes nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from registers.exchange.checks import calendar, corrected, people, pupils
from registers.exchange.checks.details import warn_of_details
from registers.exchange.checks.known import Known, look_up
from registers.exchange.checks.marks import MarksCheck
from registers.exchange.checks.partial import warn_of_gone
from registers.exchange.checks.prior_attendance import check_prior_attendance
from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, spans
from registers.exchange.layout.readers import Table, open_table
from registers.exchange.problems.errors import ImportRefused, WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import because
from registers.models import School

NO_YEARS = (
    "year groups are not kept yet, since the school has no calendar: bring the pupils once more "
    "when it is set up"
)
NEW_SCHOOL_NEEDS = ("calendar.csv", "pupils.csv")


class FolderCheck:
    def __init__(self, path: Path, findings: Findings, *, today: date, only: School | None = None):
        self.path, self.findings, self.today, self.only = path, findings, today, only
        self.tables: dict[str, Table] = {}
        self.broken = False  # a whole file is wrong: no row of it can be skipped

    def run(self) -> tuple[Folder, Known]:
        """Raises ImportRefused when a file cannot be read or the school is not named."""
        self._look_at_files()
        school = self._school()
        if school is not None and self.only is not None and school["URN"] != self.only.urn:
            ours = f"{self.only.name}, {self.only.urn}"
            reason = because(ProblemKind.OTHER_SCHOOL, urn=school["URN"], school=ours)
            self._broken(WrongFile("school.csv", reason, line=2, column="URN"))
            raise self.refusal()
        if school is None:
            raise self.refusal()
        known = look_up(school["URN"])
        folder = self._folder(school)
        self._demand_files(known)
        self._check(folder, known)
        if self.broken:
            raise self.refusal()
        return folder, known

    def _school(self) -> dict[str, str] | None:
        """The cells of the school's own row; None where it is wrong or missing."""
        return self._try("school.csv", calendar.check_school, self.findings)

    def _folder(self, school: dict[str, str]) -> Folder:
        folder = Folder(self.path, school)
        folder.files = {file: table.digest for file, table in self.tables.items()}
        folder.where = self.findings.where
        return folder

    def refusal(self) -> ImportRefused:
        found = self.findings
        return ImportRefused(
            found.problems,
            count=found.count,
            report=found.report,
            warnings=found.warnings,
            questions=found.questions,
        )

    def _look_at_files(self) -> None:
        if not self.path.is_dir():
            self._broken(WrongFile(str(self.path), because(ProblemKind.NOT_A_FOLDER)))
            raise self.refusal()
        for found in sorted(self.path.glob("*.[cC][sS][vV]")):
            if found.name not in COLUMNS:
                self.findings.warn("this file is not known and was not read", found.name)
                continue
            try:
                self.tables[found.name] = open_table(found, self.findings)
            except WrongFile as wrong:
                self._broken(wrong)
        if "school.csv" not in self.tables and not self.broken:
            self._broken(WrongFile("school.csv", because(ProblemKind.FILE_MISSING)))
        if "marks.csv" not in self.tables and not self.broken:
            self.findings.warn("no marks were read", "there is no marks.csv")

    def _demand_files(self, known: Known) -> None:
        for file in NEW_SCHOOL_NEEDS:
            if known.school is None and file not in self.tables and not self.broken:
                self._broken(WrongFile(file, because(ProblemKind.NEW_SCHOOL_NEEDS_FILE)))

    def _check(self, folder: Folder, known: Known) -> None:
        found = self.findings
        folder.years = spans({key: year for key, (year, _) in known.sessions.items()})
        self._try("calendar.csv", calendar.check_calendar, folder, known, found)
        self._try("terms.csv", calendar.check_terms, folder, found)
        self._try("pupils.csv", pupils.check_pupils, folder, known, found)
        corrected.settle(folder, known, found)
        if not folder.years and any(pupil.year_group for pupil in folder.pupils):
            found.warn(NO_YEARS, "pupils.csv")
        folder.gone = warn_of_gone(folder, known, found, today=self.today)
        pupils.join_spells(folder, known)
        self._pupils_are_known(folder, known)
        self._try("contacts.csv", people.check_contacts, folder, found)
        warn_of_details(folder, found)
        self._try("characteristics.csv", people.check_characteristics, folder, found)
        self._try("groups.csv", people.check_groups, folder, found)
        self._try("prior_attendance.csv", check_prior_attendance, folder, found)
        self._try("staff.csv", people.check_staff, folder, known, found)
        self._try("marks.csv", MarksCheck(folder, known, found, today=self.today).read)

    def _pupils_are_known(self, folder: Folder, known: Known) -> None:
        """From here on a row may be found to be about a pupil by other than the UPN."""

    def _try(self, file: str, check: Callable, *arguments):
        if file not in self.tables:
            return None
        try:
            return check(self.tables[file], *arguments)
        except WrongFile as wrong:
            self._broken(wrong)
            return None

    def _broken(self, wrong: WrongFile) -> None:
        self.broken = True
        problem = wrong.problem
        self.findings.wrong(problem.file, problem.line, problem.column, problem.reason)
