"""OneRoster 1.1 and 1.2 CSV → tables: pupils, contacts, groups, staff and terms.

OneRoster carries rosters and no attendance (rule F8). Version 1.1 has roles and schools in
users.csv, version 1.2 in roles.csv. Rows that are to be deleted are left out and counted in a
note. Nobody gets more than a teacher's rights by a file: who else works at a school is told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.questions import Answers, Question
from registers.exchange.read.oneroster_files import (
    Record,
    digits_of,
    file_named,
    is_registration,
    listed,
    numbers_of,
    read_csv,
)
from registers.exchange.read.tables import SourceTable
from registers.rules.pupils.year_groups import normalise as year_group_of

MOST_BYTES = 200 << 20  # of one file
WHICH_SCHOOL = "oneroster:school"
GONE = ("tobedeleted", "inactive")
AGENTS = ("parent", "guardian", "relative")
READ = ("student", "teacher", *AGENTS)  # roles that are brought in
GRADES = {"KG": "R", "PK": "N2"}  # other codes are years, or say nothing that a register knows
NOT_SAID = (
    "OneRoster does not say who has parental responsibility: say so on each contact’s page before "
    "letters are written"
)


def is_oneroster(folder: Path) -> bool:
    """Whether the folder's manifest says so, or (without one) its users have OneRoster's ids."""
    manifest = file_named(folder, "manifest.csv")
    if manifest is not None:
        return "oneroster.version" in manifest.read_text("utf-8-sig", "replace")[:10_000]
    users = file_named(folder, "users.csv")
    if users is None:
        return False
    with users.open(encoding="utf-8-sig", errors="replace") as stream:
        return stream.readline(2_000).lower().startswith(("sourcedid", '"sourcedid"'))


def read_oneroster(
    folder: Path, name: str, *, urn: str = "", laestab: str = "", answers: Answers | None = None
) -> list[SourceTable]:
    """The tables of one school, in the layout's headings. Raises UnreadableFile.

    Where the files hold several schools it is the one with this URN or LAESTAB, else that of the
    answer to `schools_to_choose_from`; without either no table is given.
    """
    roster = _Roster(folder, name)
    school = roster.school_for({urn, laestab} - {""}, answers or {})
    if school is None and len(roster.schools) > 1:
        return []
    return roster.tables(school)


def schools_to_choose_from(
    folder: Path, name: str, *, urn: str = "", laestab: str = "", answers: Answers | None = None
) -> Question | None:
    """Which school it is, where the files hold several and none of them is known to be ours."""
    roster = _Roster(folder, name)
    if len(roster.schools) < 2 or roster.school_for({urn, laestab} - {""}, answers or {}):
        return None
    return Question(
        id=WHICH_SCHOOL,
        source=name,
        about="orgs.csv",
        words="The files hold several schools. Which of them is this?",
        choices=tuple(
            (pk, f"{one['name']} ({one['identifier'] or 'without a number'})")
            for pk, one in roster.schools.items()
        ),
    )


@dataclass
class _Rows:
    """The rows of the tables while they are gathered."""

    pupils: list[tuple[int, Record]] = field(default_factory=list)
    contacts: list[tuple[int, Record]] = field(default_factory=list)
    groups: list[tuple[int, Record]] = field(default_factory=list)
    staff: list[tuple[int, Record]] = field(default_factory=list)
    terms: list[tuple[int, Record]] = field(default_factory=list)


class _Roster:
    """One OneRoster folder, read once; what is kept of it is its rosters, not its results."""

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        self.gone: Counter[str] = Counter()
        self.notes: list[str] = []
        self.users = self._by_id("users.csv", needed=True)
        self.orgs = self._by_id("orgs.csv")
        self.schools = {
            pk: one for pk, one in self.orgs.items() if one.get("type", "").lower() == "school"
        }
        self.classes = self._by_id("classes.csv")
        self.sessions = self._by_id("academicSessions.csv")
        self.enrolments = list(self._records("enrollments.csv"))
        self.born = self._by_id("demographics.csv")
        self.roles = self._roles()

    # --- reading

    def _by_id(self, file: str, *, needed: bool = False) -> dict[str, Record]:
        return {one["sourcedid"]: one for one in self._records(file, needed=needed)}

    def _records(self, file: str, *, needed: bool = False) -> Iterator[Record]:
        """Each row by its headings in small letters, with its line; those to be deleted are not."""
        path = file_named(self.folder, file)
        if path is None:
            if needed:
                raise UnreadableFile(self.name, ProblemKind.ONEROSTER_LACKS, file=file)
            return
        if path.stat().st_size > MOST_BYTES:
            source = f"{self.name}, {file}"
            raise UnreadableFile(source, ProblemKind.TOO_LARGE, megabytes=MOST_BYTES >> 20)
        for line, row in read_csv(path, f"{self.name}, {file}"):
            if row.get("status", "").lower() in GONE:
                self.gone[file] += 1
            else:
                yield row | {"line": str(line)}

    def _roles(self) -> dict[str, list[tuple[str, str]]]:
        """Of each user, the roles with the school of each: from 1.1's users or 1.2's roles.csv."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in self._records("roles.csv"):
            found[row.get("usersourcedid", "")].append(
                (row.get("role", "").lower(), row.get("orgsourcedid", ""))
            )
        for pk, user in self.users.items():
            if role := user.get("role", "").lower():
                orgs = listed(user.get("orgsourcedids", "")) or [""]
                found[pk] += [(role, org) for org in orgs]
        return found

    # --- which school

    def school_for(self, numbers: set[str], answers: Answers) -> str | None:
        """The id of the school with one of these numbers, or that a person chose."""
        ours = [pk for pk, one in self.schools.items() if digits_of(one["identifier"]) in numbers]
        if len(ours) == 1:
            return ours[0]
        chosen = answers.get(WHICH_SCHOOL, "")
        if chosen in self.schools:
            return chosen
        return next(iter(self.schools)) if len(self.schools) == 1 else None

    def _is_here(self, user: str, role: str, school: str | None) -> bool:
        return any(
            held == role and (school is None or org in ("", school))
            for held, org in self.roles.get(user, ())
        )

    # --- the tables

    def tables(self, school: str | None) -> list[SourceTable]:
        rows = _Rows()
        places = self._places(school)
        for pk, user in self.users.items():
            if self._is_here(pk, "student", school):
                self._add_pupil(rows, pk, user, places)
            elif self._is_here(pk, "teacher", school):
                self._add_teacher(rows, user, places.get(pk, []))
        self._add_terms(rows)
        self._tell(school)
        return self._as_tables(rows)

    def _places(self, school: str | None) -> dict[str, list[tuple[Record, Record]]]:
        """Of each user, the classes of the school with the enrolment in each."""
        found: dict[str, list[tuple[Record, Record]]] = defaultdict(list)
        for one in self.enrolments:
            taught = self.classes.get(one.get("classsourcedid", ""))
            here = school is None or one.get("schoolsourcedid", "") in ("", school)
            if taught is not None and here:
                found[one.get("usersourcedid", "")].append((taught, one))
        return found

    def _add_pupil(self, rows: _Rows, pk: str, user: Record, places: dict) -> None:
        upn, number = numbers_of(user)
        held = places.get(pk, [])
        line = int(user["line"])
        more = self.born.get(pk, {})
        homes = [taught for taught, _ in held if is_registration(taught)]
        rows.pupils.append(
            (
                line,
                {
                    "UPN": upn,
                    "Surname": user.get("familyname", ""),
                    "Forename": user.get("givenname", ""),
                    "Date of birth": more.get("birthdate", "")[:10],
                    "Sex": {"female": "F", "male": "M"}.get(more.get("sex", "").lower(), ""),
                    "Year group": self._year_group(user),
                    "Registration group": homes[0].get("title", "") if homes else "",
                    "Preferred forename": user.get("preferredgivenname", ""),
                    "Admission number": number,
                },
            )
        )
        key = upn or number
        for taught, one in held:
            if not is_registration(taught):
                rows.groups.append((int(one["line"]), self._place(key, taught, one)))
        for agent in listed(user.get("agentsourcedids", "")):
            if cells := self._contact(key, agent):
                rows.contacts.append((line, cells))

    def _year_group(self, user: Record) -> str:
        found = [
            year_group_of(GRADES.get(one.upper(), one)) for one in listed(user.get("grades", ""))
        ]
        return next((group for group in found if group), "")

    def _place(self, key: str, taught: Record, one: Record) -> Record:
        terms = [self.sessions.get(pk, {}) for pk in listed(taught.get("termsourcedids", ""))]
        starts = [term["startdate"][:10] for term in terms if term.get("startdate")]
        return {
            "UPN": key,
            "Group": taught.get("title", ""),
            "Kind": "teaching",
            "From": one.get("begindate", "")[:10] or min(starts, default=""),
            "Until": one.get("enddate", "")[:10],
        }

    def _contact(self, key: str, agent: str) -> Record | None:
        person = self.users.get(agent)
        roles = [role for role, _ in self.roles.get(agent, ()) if role in AGENTS]
        if person is None or not roles:
            return None
        return {
            "UPN": key,
            "Contact name": f"{person.get('givenname', '')} {person.get('familyname', '')}".strip(),
            "Contact relationship": roles[0],
            "Contact email": person.get("email", ""),
            "Contact telephone": person.get("phone", "") or person.get("sms", ""),
        }

    def _add_teacher(self, rows: _Rows, user: Record, places: list) -> None:
        groups = [taught.get("title", "") for taught, _ in places if is_registration(taught)]
        for group in groups or [""]:
            cells = {
                "Username": user.get("username", "") or user.get("email", ""),
                "Name": f"{user.get('givenname', '')} {user.get('familyname', '')}".strip(),
                "Position": "Teacher",
                "Role": "teacher",
                "Registration group": group,
                "Email": user.get("email", ""),
            }
            rows.staff.append((int(user["line"]), cells))

    def _add_terms(self, rows: _Rows) -> None:
        for one in self.sessions.values():
            ends = one.get("schoolyear", "")
            if one.get("type", "").lower() == "term" and ends.isdigit() and len(ends) == 4:
                cells = {
                    "Academic year": f"{int(ends) - 1}/{ends[2:]}",
                    "Term": one.get("title", ""),
                    "From": one.get("startdate", "")[:10],
                    "Until": one.get("enddate", "")[:10],
                }
                rows.terms.append((int(one["line"]), cells))

    def _tell(self, school: str | None) -> None:
        for file, number in sorted(self.gone.items()):
            rows = "1 row that is" if number == 1 else f"{number:,} rows that are"
            self.notes.append(f"{file}: {rows} to be deleted or inactive left out")
        others = Counter(
            role for pk in self.users for role in self._roles_at(pk, school) if role not in READ
        )
        if others:
            told = ", ".join(f"{number:,} × {role}" for role, number in sorted(others.items()))
            self.notes.append(f"not brought in, invite them by hand: {told}")

    def _roles_at(self, pk: str, school: str | None) -> set[str]:
        """What somebody is at this school, or at any where none is named."""
        held = self.roles.get(pk, ())
        return {role for role, org in held if school is None or org in ("", school)}

    def _as_tables(self, rows: _Rows) -> list[SourceTable]:
        parts: tuple[tuple[str, str, list[tuple[int, Record]], list[str]], ...] = (
            ("pupils.csv", "users.csv", rows.pupils, self.notes),
            ("contacts.csv", "users.csv (agents)", rows.contacts, [NOT_SAID]),
            ("groups.csv", "enrollments.csv", rows.groups, []),
            ("staff.csv", "users.csv (teachers)", rows.staff, []),
            ("terms.csv", "academicSessions.csv", rows.terms, []),
        )
        return [
            _table(f"{self.name}, {file}", kind, found, notes)
            for kind, file, found, notes in parts
            if found
        ]


def _table(
    source: str, kind: str, rows: Sequence[tuple[int, Record]], notes: list[str]
) -> SourceTable:
    """Only the columns that some row fills: an empty one would empty what Rollbook has."""
    filled = [name for name in rows[0][1] if any(cells[name] for _, cells in rows)]
    return SourceTable(source, filled, partial(_again, rows, filled), kind, list(notes))


def _again(
    rows: Sequence[tuple[int, Record]], columns: Sequence[str]
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in rows:
        yield line, [cells[name] for name in columns]
