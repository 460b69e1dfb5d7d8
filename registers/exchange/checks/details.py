"""Contacts whom several rows tell of: where their details differ, a person must look."""

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import ContactRow, Folder

DETAILS = (("email", "e-mail addresses"), ("telephone", "telephone numbers"))


def warn_of_details(folder: Folder, findings: Findings) -> None:
    """Siblings share a contact whose name, address and postcode are the same.

    The last row that tells an e-mail or a telephone number is taken, as ever; where two rows tell
    different ones, both lines are named.
    """
    told: dict[tuple, tuple[str, ContactRow]] = {}
    for file, contact in _rows(folder):
        for field, words in DETAILS:
            value = getattr(contact, field)
            if not value:
                continue
            key = (contact.identity, field)
            before, first = told.get(key, (file, contact))
            if getattr(first, field).casefold() != value.casefold():
                findings.warn(
                    f"{contact.name} has different {words}: {getattr(first, field)} in "
                    f"{findings.where(f'{before}, line {first.line}')}, {value} here; the last "
                    "one is taken",
                    f"{file}, line {contact.line}",
                )
            told[key] = file, contact


def _rows(folder: Folder):
    """Of contacts.csv, and of pupils.csv for pupils whom contacts.csv does not tell of."""
    rows = [
        ("pupils.csv", pupil.contact)
        for pupil in folder.pupils
        if pupil.contact and pupil.upn not in folder.contacts
    ]
    rows += [("contacts.csv", one) for some in folder.contacts.values() for one in some]
    return sorted(rows, key=lambda pair: (pair[0] == "contacts.csv", pair[1].line))
