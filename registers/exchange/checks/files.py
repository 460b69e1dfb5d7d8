"""The check of tables of other systems: as that of a folder, with rows that a proposal maps."""

import hashlib
from collections import defaultdict
from datetime import date
from functools import partial
from itertools import filterfalse
from pathlib import Path

from registers.exchange.checks.folder import FolderCheck
from registers.exchange.checks.known import Known
from registers.exchange.checks.mapped import MadeCalendar, MappedTable
from registers.exchange.layout.files import SCHOOL_FIELDS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.proposal.upload import Proposal
from registers.models import School
from registers.rules.pupils.who_is_who import NamedChild, born_apart


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
        self.mapped: dict[str, MappedTable] = {}

    def _look_at_files(self) -> None:
        for plan, segment in self.proposal.segments:
            table = MappedTable(segment.file, self.findings.origin)
            table = self.mapped.setdefault(segment.file, table)
            table.add(segment, by_name=plan.may_go_by_name)
        self.tables |= self.mapped
        made_of = self.proposal.calendar_from
        if made_of and "calendar.csv" not in self.tables:
            days = self.proposal.days_met(made_of)
            self.tables["calendar.csv"] = MadeCalendar(days)

    def _school(self) -> dict[str, str] | None:
        if "school.csv" in self.tables:
            return super()._school()
        return cells_of(self.only) if self.only is not None else self.new_school

    def _folder(self, school: dict[str, str]) -> Folder:
        folder = super()._folder(school)
        files = self.proposal.reading.unpacked.files
        folder.files = {file.source: digest_of(file.path) for file in files}
        folder.default_entry = self.proposal.default_entry
        return folder

    def _pupils_are_known(self, folder: Folder, known: Known) -> None:
        by_name = _ByName(folder, known)
        for table in self.mapped.values():
            table.find = by_name.find


class _ByName:
    """Finds the one pupil of a name. The person has said that names may be gone by."""

    def __init__(self, folder: Folder, known: Known):
        of_school = known.who.by_upn
        there = [of_school[upn] for upn in known.spells.keys() & of_school.keys()]
        self.by_name: dict[tuple[str, str], dict[str, NamedChild]] = defaultdict(dict)
        for child in (*there, *(pupil.child for pupil in folder.pupils)):
            self.by_name[child.name][child.upn] = child

    def find(self, said: dict[str, str]) -> str:
        """The UPN. Raises WrongCell where nobody or more than one is meant."""
        wanted = _wanted(said)
        likely = list(filterfalse(partial(born_apart, wanted), self.by_name[wanted.name].values()))
        if len(likely) == 1:
            return likely[0].upn
        kind = ProblemKind.NAMESAKES if likely else ProblemKind.NOBODY_OF_NAME
        raise WrongCell(kind, born=" and date of birth" if wanted.born_on else "")


def _wanted(said: dict[str, str]) -> NamedChild:
    text = said.get("Date of birth")
    born_on = date.fromisoformat(text) if text else None
    return NamedChild("", said.get("Surname", ""), said.get("Forename", ""), born_on)


def cells_of(school: School) -> dict[str, str]:
    """What school.csv would say of a school that is there."""
    return {"URN": school.urn} | {
        column: getattr(school, field) for field, column in SCHOOL_FIELDS.items()
    }


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
