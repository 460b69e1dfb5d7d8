"""OneRoster 1.1 and 1.2 CSV → tables: pupils, contacts, groups, staff and terms.

OneRoster carries rosters and no attendance (rule F8). Version 1.1 has roles and schools in
users.csv, version 1.2 in roles.csv. Rows that are to be deleted are left out and counted in a
note. Nobody gets more than a teacher's rights by a file: who else works at a school is told.
"""

from collections.abc import Mapping
from pathlib import Path

from registers.exchange.questions import Answers, Question
from registers.exchange.read.oneroster_files import file_named
from registers.exchange.read.oneroster_roster import Roster
from registers.exchange.read.oneroster_school import SchoolRoster
from registers.exchange.read.tables import SourceTable

WHICH_SCHOOL = "oneroster:school"


def is_oneroster(folder: Path) -> bool:
    """Whether the folder's manifest says so, or (without one) its users have OneRoster's ids."""
    manifest = file_named(folder, "manifest.csv")
    if manifest is not None:
        return "oneroster.version" in manifest.read_text("utf-8-sig", "replace")[:10_000]
    users = file_named(folder, "users.csv")
    return users is not None and _has_ids(users)


def _has_ids(users: Path) -> bool:
    with users.open(encoding="utf-8-sig", errors="replace") as stream:
        return stream.readline(2_000).lower().startswith(("sourcedid", '"sourcedid"'))


def read_oneroster(
    folder: Path, name: str, *, urn: str = "", laestab: str = "", answers: Answers | None = None
) -> tuple[list[SourceTable], list[Question]]:
    """The tables of one school, in the layout's headings. Raises UnreadableFile.

    Where the files hold several schools it is the one with this URN or LAESTAB, else that of the
    answer to WHICH_SCHOOL; without either there is no table, and the question.
    """
    roster = Roster(folder, name)
    school = _school_of(roster, {urn, laestab} - {""}, answers or {})
    if school is None and len(roster.schools) > 1:
        return [], [_which_school(roster)]
    return SchoolRoster(roster, school).tables(), []


def _school_of(roster: Roster, numbers: set[str], answers: Answers) -> str | None:
    """The id of the school with one of these numbers, or that a person chose, or the only one."""
    numbered = [
        pk for pk, org in roster.schools.items() if org["identifier"].replace("/", "") in numbers
    ]
    if len(numbered) == 1:
        return numbered[0]
    chosen = answers.get(WHICH_SCHOOL)
    return chosen if chosen in roster.schools else _only(roster.schools)


def _only(schools: Mapping[str, object]) -> str | None:
    return next(iter(schools)) if len(schools) == 1 else None


def _which_school(roster: Roster) -> Question:
    return Question(
        id=WHICH_SCHOOL,
        source=roster.name,
        about="orgs.csv",
        words="The files hold several schools. Which of them is this?",
        choices=tuple(
            (pk, f"{org['name']} ({org['identifier'] or 'without a number'})")
            for pk, org in roster.schools.items()
        ),
    )
