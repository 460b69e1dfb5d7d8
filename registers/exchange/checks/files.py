"""The check of tables of other systems: as that of a folder, with rows that a proposal maps."""

import hashlib
from datetime import date
from pathlib import Path

from registers.exchange.checks.folder import FolderCheck
from registers.exchange.checks.known import Known
from registers.exchange.checks.mapped import MadeCalendar, MappedTable
from registers.exchange.layout.files import SCHOOL_FIELDS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder
from registers.exchange.layout.origin import Origin
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.proposal.upload import Proposal
from registers.models import School
from registers.rules.pupils.who_is_who import NamedChild


class FilesCheck(FolderCheck):
    """`school` stands in where no file tells of the school itself; None for a new one."""

    def __init__(
        self,
        proposal: Proposal,
        findings: Findings,
        *,
        path: Path,
        today: date,
        school: School | None,
        new_school: dict[str, str] | None = None,
    ):
        super().__init__(path, findings, today=today, only=school)
        self.proposal, self.new_school = proposal, new_school

    def _look_at_files(self) -> None:
        origin = self.findings.origin = Origin()
        for plan, segment in self.proposal.segments:
            table = self.tables.setdefault(segment.file, MappedTable(segment.file, origin))
            table.add(segment, by_name=plan.may_go_by_name)
        if self.proposal.calendar_from and "calendar.csv" not in self.tables:
            self.tables["calendar.csv"] = MadeCalendar(self.proposal.days_met(self.proposal.calendar_from))

    def _school(self) -> dict[str, str] | None:
        if "school.csv" in self.tables:
            return super()._school()
        return cells_of(self.only) if self.only is not None else self.new_school

    def _folder(self, school: dict[str, str]) -> Folder:
        folder = super()._folder(school)
        folder.files = {
            found.source: digest_of(found.path) for found in self.proposal.reading.unpacked.files
        }
        folder.default_entry = self.proposal.default_entry
        return folder

    def _pupils_are_known(self, folder: Folder, known: Known) -> None:
        by_name = _ByName(folder, known)
        for table in self.tables.values():
            if isinstance(table, MappedTable):
                table.find = by_name.find


class _ByName:
    """Finds the one pupil of a name. The person has said that names may be gone by."""

    def __init__(self, folder: Folder, known: Known):
        self.children: dict[tuple[str, str], dict[str, NamedChild]] = {}
        for upn in known.spells:
            if (child := known.who.by_upn.get(upn)) is not None:
                self.children.setdefault(child.name, {})[upn] = child
        for pupil in folder.pupils:
            self.children.setdefault(pupil.child.name, {})[pupil.upn] = pupil.child

    def find(self, said: dict[str, str]) -> str:
        """The UPN. Raises WrongCell where nobody or more than one is meant."""
        text = said.get("Date of birth", "")
        born_on = date.fromisoformat(text) if text else None
        wanted = NamedChild("", said.get("Surname", ""), said.get("Forename", ""), born_on)
        likely = [
            upn
            for upn, child in self.children.get(wanted.name, {}).items()
            if born_on is None or child.born_on in (None, born_on)
        ]
        if len(likely) == 1:
            return likely[0]
        kind = ProblemKind.NAMESAKES if likely else ProblemKind.NOBODY_OF_NAME
        raise WrongCell(kind, born=" and date of birth" if born_on else "")


def cells_of(school: School) -> dict[str, str]:
    """What school.csv would say of a school that is there."""
    return {"URN": school.urn} | {
        column: getattr(school, field) for field, column in SCHOOL_FIELDS.items()
    }


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
