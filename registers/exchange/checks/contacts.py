"""contacts.csv, and the one contact that a row of pupils.csv has."""

from collections.abc import Iterator
from itertools import chain, product
from operator import attrgetter
from typing import NamedTuple

from registers.exchange.checks.whole import rows_by_pupil
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import ContactRow, Folder
from registers.exchange.layout.rows import FileRow, RowSource
from registers.exchange.layout.values import read_email, read_flag, read_language, read_priority
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace, at_line
from registers.exchange.problems.warnings import WarningKind

# pupils.csv has no column for it: what the contact is to the pupil says whether they have it.
HAVE_RESPONSIBILITY = frozenset(
    {"mother", "father", "parent", "parents", "mother and father", "mum", "dad", "guardian"}
)
DETAILS = (("email", "e-mail addresses"), ("telephone", "telephone numbers"))


def read_contact(row: FileRow, upn: str) -> ContactRow:
    contact = ContactRow(
        row.line,
        upn,
        row.text("Contact name"),
        row.text("Contact relationship", 60),
        row.text("Contact address", 1000),
        row.text("Contact postcode", 10),
        row.value_or("Contact email", read_email, ""),
        row.text("Contact telephone", 40),
        unsaid=row.unsaid,
    )
    if not contact.name:
        row.wrong_if(bool(contact.details), "Contact name", ProblemKind.CONTACT_NAMELESS)
    contact.responsibility = contact.kind.casefold() in HAVE_RESPONSIBILITY
    contact.may_be_written_to = contact.responsibility
    return contact


def check_contacts(table: RowSource, folder: Folder, findings: Findings) -> None:
    for upn, rows in rows_by_pupil(table, folder, findings, _contact).items():
        if rows.can_come_in(_refuse_twice):
            folder.contacts[upn] = rows.parts
            _number_unsaid(rows.parts)


def _contact(row: FileRow, upn: str) -> ContactRow:
    contact = read_contact(row, upn)
    if not contact.name:
        row.wrong("Contact name", ProblemKind.EMPTY)
        return contact
    contact.responsibility = row.value_or("Parental responsibility", read_flag, False)
    contact.lives_with = row.value_or("Lives with", read_flag, False)
    _warn_of_silence(row)
    contact.may_be_written_to = _may_be_written_to(row, contact)
    contact.priority = row.value_or("Priority", read_priority, 1)
    contact.language = row.value_or("Language", read_language, "")
    return contact


def _warn_of_silence(row: FileRow) -> None:
    if "Parental responsibility" not in row.said:
        row.warn(WarningKind.RESPONSIBILITY_UNSAID)
    elif not row.cells["Parental responsibility"]:
        row.warn(WarningKind.NO_RESPONSIBILITY)


def _may_be_written_to(row: FileRow, contact: ContactRow) -> bool:
    """An empty cell follows responsibility. Without it a file opens nothing: a person must."""
    is_wanted = row.value_or("May be written to", read_flag, contact.responsibility)
    if contact.responsibility:
        return is_wanted
    if is_wanted:
        row.warn(WarningKind.NEEDS_A_PERSON)
    return False


def _refuse_twice(pairs: list[tuple[FileRow, ContactRow]]) -> None:
    lines: dict[tuple[str, str, str], int] = {}
    for row, contact in pairs:
        row.wrong_if_again(lines, contact.identity, "Contact name", ProblemKind.CONTACT_TWICE)
        lines[contact.identity] = row.line


def _number_unsaid(contacts: list[ContactRow]) -> None:
    """Without a column that says it, who stands first is asked first."""
    if "Priority" in contacts[0].unsaid:
        for number, contact in enumerate(contacts, 1):
            contact.priority = number


def warn_of_details(folder: Folder, findings: Findings) -> None:
    """Siblings share a contact whose name, address and postcode are the same.

    The last row that tells an e-mail or a telephone number is taken, as ever; where two rows tell
    different ones, both lines are named.
    """
    told: dict[tuple[str, ...], ToldDetail] = {}
    for detail in _details(folder):
        before = told.get(detail.key, detail)
        if before.text.casefold() != detail.text.casefold():
            findings.warn(
                WarningKind.DETAILS_DIFFER,
                detail.place,
                name=detail.contact.name,
                details=detail.words,
                before=before.text,
                there=findings.where(before.place),
                now=detail.text,
            )
        told[detail.key] = detail


class ToldDetail(NamedTuple):
    """An e-mail address or a telephone number as one row tells it."""

    file: str
    contact: ContactRow
    field: str
    words: str

    @property
    def text(self) -> str:
        return str(getattr(self.contact, self.field))

    @property
    def key(self) -> tuple[str, ...]:
        return *self.contact.identity, self.field

    @property
    def place(self) -> FilePlace:
        return at_line(self.file, self.contact.line)


def _details(folder: Folder) -> list[ToldDetail]:
    """All that is told, in the order of the rows."""
    told = product((*_of_pupils(folder), *_of_contacts(folder)), DETAILS)
    details = (ToldDetail(*row, *detail) for row, detail in told)
    return list(filter(attrgetter("text"), details))


def _of_pupils(folder: Folder) -> Iterator[tuple[str, ContactRow]]:
    """Those of pupils for whom contacts.csv has nobody, line by line."""
    contacts = [pupil.contact for pupil in folder.pupils if pupil.upn not in folder.contacts]
    for contact in sorted(filter(None, contacts), key=attrgetter("line")):
        yield "pupils.csv", contact


def _of_contacts(folder: Folder) -> Iterator[tuple[str, ContactRow]]:
    for contact in sorted(chain.from_iterable(folder.contacts.values()), key=attrgetter("line")):
        yield "contacts.csv", contact
