"""contacts.csv, characteristics.csv, groups.csv and staff.csv."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from itertools import pairwise

from registers.exchange.checks.known import Known
from registers.exchange.checks.pupils import (
    first_wrong,
    let_wait,
    read_contact,
    read_upn,
    refuse_unknown,
)
from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import ContactRow, Dated, Folder, StaffRow
from registers.exchange.layout.readers import Table
from registers.exchange.layout.rows import FileRow, rows_of
from registers.exchange.layout.values import (
    read_email,
    read_flag,
    read_language,
    read_priority,
    read_year_group,
)
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import line, shortened
from registers.models import Appointment, Group, User
from registers.rules.admission import is_on_roll_between

KINDS = ("registration", "year", "teaching", "trip")
ONE_AT_A_TIME = ("registration", "year")
NO_RESPONSIBILITY = "an empty “Parental responsibility” is read as N: they get no letters"
RESPONSIBILITY_UNSAID = (
    "there is no column for parental responsibility: contacts who are new get no letters until "
    "somebody says on the contact’s page that they have it"
)
NEEDS_A_PERSON = (
    "a contact without parental responsibility gets letters only when somebody has confirmed it, "
    "with the ground, on the contact’s page"
)
ROLES = tuple(role for role in Appointment.Role.values if role != Appointment.Role.TRUST_LEADER)


def _by_pupil(table: Table, folder: Folder, findings: Findings, read: Callable, compare: Callable):
    """The rows of each pupil, when all of them are right; otherwise all are set aside."""
    rows: dict[str, list[tuple[FileRow, object]]] = defaultdict(list)
    for row in rows_of(table, findings):
        upn = read_upn(row, folder)
        if row.ok:
            refuse_unknown(row, upn, folder)
        rows[upn].append((row, read(row, upn)))
    for pairs in rows.values():
        if first_wrong(pairs) is None:
            compare(pairs)
        wrong = first_wrong(pairs)
        if wrong is None:
            yield [found for _, found in pairs]
        else:
            let_wait(pairs, wrong)


def check_contacts(table: Table, folder: Folder, findings: Findings) -> None:
    def read(row: FileRow, upn: str) -> ContactRow | None:
        contact = read_contact(row, upn)
        if contact is None:
            row.text("Contact name", needed=True)
            return None
        contact.responsibility = row.value("Parental responsibility", read_flag, empty=False)
        contact.lives_with = row.value("Lives with", read_flag, empty=False)
        contact.may_be_written_to = _may_be_written_to(row, contact, findings)
        contact.priority = row.value("Priority", read_priority, empty=1)
        contact.language = row.value("Language", read_language, empty="")
        return contact

    def compare(pairs: list[tuple[FileRow, ContactRow]]) -> None:
        seen: dict[tuple, int] = {}
        for row, contact in pairs:
            if contact.identity in seen:
                row.wrong(
                    "Contact name", ProblemKind.CONTACT_TWICE, line=line(seen[contact.identity])
                )
            seen[contact.identity] = row.line

    for contacts in _by_pupil(table, folder, findings, read, compare):
        if "Priority" in contacts[0].unsaid:
            for number, contact in enumerate(contacts, 1):
                contact.priority = number
        folder.contacts[contacts[0].upn] = contacts


def _may_be_written_to(row: FileRow, contact: ContactRow, findings: Findings) -> bool:
    """An empty cell follows responsibility. Without it a file opens nothing: a person must."""
    where = f"{row.file}, line {row.line}"
    if not row.cells["Parental responsibility"]:
        said = "Parental responsibility" in row.said
        findings.warn(NO_RESPONSIBILITY if said else RESPONSIBILITY_UNSAID, where)
    wanted = row.value("May be written to", read_flag, empty=contact.responsibility)
    if wanted and not contact.responsibility:
        findings.warn(NEEDS_A_PERSON, where)
    return bool(wanted and contact.responsibility)


def _dated(row: FileRow, upn: str, kind: str, what: str) -> Dated:
    first, last = row.date("From"), row.date("Until", needed=False)
    if row.ok and last and last < first:
        row.wrong("Until", ProblemKind.UNTIL_BEFORE_FROM)
    return Dated(row.line, upn, kind, what, first, last)


def _refuse_overlaps(pairs: list[tuple[FileRow, Dated]], *, same: Callable) -> None:
    pairs = sorted(pairs, key=lambda pair: (same(pair[1]), pair[1].from_on))
    for (row, one), (other_row, other) in pairwise(pairs):
        if same(one) == same(other) and (one.until_on is None or one.until_on >= other.from_on):
            first = line(row.line)
            other_row.wrong("From", ProblemKind.NOT_OVER_YET, line=first, date=str(other.from_on))


def check_characteristics(table: Table, folder: Folder, findings: Findings) -> None:
    def read(row: FileRow, upn: str) -> Dated:
        kind = row.one_of("Characteristic", tuple(CHARACTERISTICS), empty=None)
        value = row.one_of("Value", CHARACTERISTICS.get(kind, ""), empty=None) if kind else ""
        return _dated(row, upn, kind, value)

    def compare(pairs: list[tuple[FileRow, Dated]]) -> None:
        _refuse_overlaps(pairs, same=lambda dated: dated.kind)

    for found in _by_pupil(table, folder, findings, read, compare):
        for dated in found:
            folder.characteristics.setdefault((dated.upn, dated.kind), []).append(dated)


def check_groups(table: Table, folder: Folder, findings: Findings) -> None:
    def read(row: FileRow, upn: str) -> Dated:
        kind = row.one_of("Kind", KINDS, empty=None)
        what = row.text("Group", 60, needed=True)
        if kind == "year" and what:
            what = row.value("Group", read_year_group)
        dated = _dated(row, upn, kind, what)
        if row.ok and not any(_overlap(dated, spell.facts) for spell in folder.spells[upn]):
            row.wrong("From", ProblemKind.NOT_ON_ROLL_THEN)
        return dated

    def compare(pairs: list[tuple[FileRow, Dated]]) -> None:
        one_at_a_time = [pair for pair in pairs if pair[1].kind in ONE_AT_A_TIME]
        others = [pair for pair in pairs if pair[1].kind not in ONE_AT_A_TIME]
        _refuse_overlaps(one_at_a_time, same=lambda dated: dated.kind)
        _refuse_overlaps(others, same=lambda dated: (dated.kind, dated.what))

    for found in _by_pupil(table, folder, findings, read, compare):
        for dated in found:
            folder.groups.setdefault((dated.upn, dated.kind), []).append(dated)


def _overlap(dated: Dated, facts) -> bool:
    return is_on_roll_between(facts, dated.from_on, dated.until_on or date.max)


def check_staff(table: Table, folder: Folder, known: Known, findings: Findings) -> None:
    groups = _registration_groups(folder, known)
    others = _names_of_others(known)
    for row in rows_of(table, findings):
        staff = _staff_row(row)
        if not User.username_validator.regex.fullmatch(staff.username):
            row.wrong("Username", ProblemKind.USERNAME_CHARACTERS)
        if others.get(staff.username, staff.name).casefold() != staff.name.casefold():
            row.wrong("Username", ProblemKind.USERNAME_OF_ANOTHER)
        if staff.group and staff.group not in groups:
            row.wrong(
                "Registration group", ProblemKind.NO_PUPIL_IN_GROUP, cell=shortened(staff.group)
            )
        if row.ok:
            folder.staff.append(staff)


def _staff_row(row: FileRow) -> StaffRow:
    return StaffRow(
        row.line,
        row.text("Username", 150, needed=True),
        row.text("Name", needed=True),
        row.text("Position"),
        row.one_of("Role", ROLES, empty=None),
        row.text("Registration group", 60),
        row.value("Email", read_email, empty=""),
    )


def _names_of_others(known: Known) -> dict[str, str]:
    """Of every account that has no appointment at this school, the name by its username."""
    ours = Appointment.objects.filter(school=known.school).values("user_id") if known.school else ()
    return {user.username: user.name for user in User.objects.exclude(pk__in=ours)}


def _registration_groups(folder: Folder, known: Known) -> set[str]:
    names = {pupil.registration_group for pupil in folder.pupils}
    names |= {
        dated.what
        for (_, kind), dates in folder.groups.items()
        if kind == "registration"
        for dated in dates
    }
    if known.school:
        groups = Group.objects.filter(school=known.school, kind="registration")
        names |= set(groups.values_list("name", flat=True))
    return names
