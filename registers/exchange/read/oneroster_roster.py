"""A OneRoster folder, read once: its users with their roles, its schools, classes and sessions."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.oneroster_files import Record, RosterFiles, file_named
from registers.rules.grouping import grouped


class RosterRole(NamedTuple):
    """What somebody is at an organisation; at any where `org` is empty."""

    name: str
    org: str


class Roster:
    """All rows but those to be deleted, which `gone` counts by file. Raises UnreadableFile."""

    def __init__(self, folder: Path, name: str):
        if file_named(folder, "users.csv") is None:
            raise UnreadableFile(name, ProblemKind.ONEROSTER_LACKS, file="users.csv")
        self.name, self.files = name, RosterFiles(folder, name)
        self.gone = self.files.gone
        self.users = self.files.by_id("users.csv")
        self.schools = self._schools()
        self.classes = self.files.by_id("classes.csv")
        self.sessions = self.files.by_id("academicSessions.csv")
        self.enrolments = list(self.files.records("enrollments.csv"))
        self.demographics = self.files.by_id("demographics.csv")
        self.roles = grouped((*self._roles_of_1_2(), *self._roles_of_1_1()))

    def _schools(self) -> dict[str, Record]:
        orgs = self.files.by_id("orgs.csv")
        return {pk: org for pk, org in orgs.items() if org["type"].lower() == "school"}

    def _roles_of_1_2(self) -> Iterator[tuple[str, RosterRole]]:
        """From a file of their own."""
        for row in self.files.records("roles.csv"):
            yield row["usersourcedid"], RosterRole(row["role"].lower(), row["orgsourcedid"])

    def _roles_of_1_1(self) -> Iterator[tuple[str, RosterRole]]:
        """From the users themselves."""
        for pk, user in self.users.items():
            if role := user["role"].lower():
                for org in user.listed("orgsourcedids") or [""]:
                    yield pk, RosterRole(role, org)
