"""Common Transfer Files (CTF XML) → tables: pupils, contacts, attendance at the last school.

The names of the elements are those that public readers of the file agree on (rule F5). Few of them
need be there: what a file does not say is a column that its table does not have. The file tells of
attendance by school year in sessions; those figures are another school's and stay apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lxml import etree

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.ctf_attendance import (
    PRIOR_COLUMNS,
    Cells,
    day_in,
    laestab_of,
    write_years_out,
    year_elements,
    year_of,
)
from registers.exchange.read.tables import SourceTable
from registers.exchange.read.xml import child_of, elements_named, local_name, text_in, text_of

PUPIL, HEADER = "Pupil", "Header"
MOST_PUPILS = 50_000
NO_LANGUAGE = {"", "NOT", "REF", "ZZZ", "CLL"}
ENGLISH = {"ENG", "ENB"}
RELATIONSHIPS = {
    "PAM": "mother",
    "PAF": "father",
    "STP": "step-parent",
    "FOF": "foster father",
    "FOM": "foster mother",
    "FOS": "foster parent",
    "CAR": "carer",
    "GPR": "grandparent",
    "REL": "other relative",
    "CHM": "childminder",
    "DOC": "doctor",
    "SWR": "social worker",
    "RLG": "religious contact",
    "OTH": "other contact",
}
SEN_BEFORE_2014 = {"A": "K", "P": "K", "S": "E"}  # action, action plus, statement
ADDRESS = (
    "SAON",
    "PAON",
    "Street",
    "Locality",
    "Town",
    "AdministrativeArea",
    "PostTown",
    *(f"AddressLine{number}" for number in range(1, 6)),
    "County",
)
PUPIL_COLUMNS = (
    "UPN",
    "Surname",
    "Forename",
    "Date of birth",
    "Sex",
    "Year group",
    "Date of entry",
    "SEN",
    "FSM",
    "EAL",
    "Looked after",
    "Preferred forename",
    "Former UPN",
)
CONTACT_COLUMNS = (
    "UPN",
    "Contact name",
    "Contact relationship",
    "Parental responsibility",
    "Lives with",
    "Priority",
    "Contact address",
    "Contact postcode",
    "Contact email",
    "Contact telephone",
)


@dataclass
class TransferHead:
    """Who sent the file, to whom and when; LAESTAB as seven digits, what is not said is empty."""

    sent_by: str = ""
    sent_to: str = ""
    written_on: date | None = None


@dataclass
class Transfer:
    """All that is read of one file: rows with the line on which each begins."""

    head: TransferHead = field(default_factory=TransferHead)
    pupils: list[tuple[int, Cells]] = field(default_factory=list)
    contacts: list[tuple[int, Cells]] = field(default_factory=list)
    prior: list[tuple[int, Cells]] = field(default_factory=list)


def is_ctf(path: Path) -> bool:
    """Whether the file's root element is that of a transfer file; False for any other file."""
    with path.open("rb") as stream:
        start = stream.read(4_096)
    for encoding in ("utf-8", "utf-16"):
        text = start.decode(encoding, "ignore")
        if re.search(r"<(\w+:)?CTfile[\s>]", text):
            return True
    return False


def read_ctf(path: Path, name: str) -> list[SourceTable]:
    """The tables of one file, in the layout's headings. Raises UnreadableFile."""
    transfer = Transfer()
    for element in elements_named(path, name, {PUPIL, HEADER}):
        if local_name(element) == HEADER:
            transfer.head = _head(element)
        elif len(transfer.pupils) >= MOST_PUPILS:
            raise UnreadableFile(name, ProblemKind.TOO_MANY_PUPILS, pupils=MOST_PUPILS)
        else:
            _add(transfer, element, name)
    if not transfer.pupils:
        raise UnreadableFile(name, ProblemKind.NO_PUPIL)
    how_years_are_read = write_years_out(transfer.prior, transfer.head.written_on)
    parts = (
        ("pupils.csv", "pupils", PUPIL_COLUMNS, transfer.pupils),
        ("contacts.csv", "contacts", CONTACT_COLUMNS, transfer.contacts),
        ("prior_attendance.csv", "attendance", PRIOR_COLUMNS, transfer.prior),
    )
    tables = [
        _table(f"{name}, {what}", kind, columns, rows)
        for kind, what, columns, rows in parts
        if rows
    ]
    tables[0].notes += filter(None, (_of_whom(transfer.head), how_years_are_read))
    return tables


def _table(
    source: str, kind: str, columns: Sequence[str], rows: Sequence[tuple[int, Cells]]
) -> SourceTable:
    """Only the columns that some row fills: an empty one would empty what Rollbook has."""
    filled = [name for name in columns if any(cells.get(name) for _, cells in rows)]

    def again() -> Iterator[tuple[int, list[str]]]:
        for line, cells in rows:
            yield line, [cells.get(name, "") for name in filled]

    return SourceTable(source, filled, again, kind)


# --- the head


def _head(element: etree._Element) -> TransferHead:
    written = text_of(element, "DateTime")[:10]
    return TransferHead(
        laestab_of(element, "SourceSchool"), laestab_of(element, "DestSchool"), day_in(written)
    )


def _of_whom(head: TransferHead) -> str:
    sent = f"from the school {head.sent_by}" if head.sent_by else ""
    on = f"written on {head.written_on}" if head.written_on else ""
    return f"a transfer file {' '.join(part for part in (sent, on) if part)}" if sent or on else ""


# --- a pupil


def _add(transfer: Transfer, element: etree._Element, name: str) -> None:
    line = element.sourceline or 0
    upn = text_of(element, "UPN")
    transfer.pupils.append((line, _pupil(element, transfer.head, upn)))
    home = _address(child_of(element, "Address"))
    contacts = child_of(element, "Contacts")
    for contact in [] if contacts is None else contacts:
        if cells := _contact(contact, home, upn):
            transfer.contacts.append((contact.sourceline or line, cells))
    for year in year_elements(element):
        if cells := year_of(year, upn, name):
            transfer.prior.append((year.sourceline or line, cells))


def _pupil(element: etree._Element, head: TransferHead, upn: str) -> Cells:
    details = child_of(element, "BasicDetails")

    def said(*names: str) -> str:
        """Versions of the file differ on what stands below the pupil, what below the details."""
        found = (text_of(part, name) for name in names for part in (element, details))
        return next((text for text in found if text), "")

    sex = said("Sex", "Gender").upper()[:1]
    return {
        "UPN": upn,
        "Surname": said("Surname", "LegalSurname"),
        "Forename": said("Forename", "LegalForename"),
        "Date of birth": said("DOB"),
        "Sex": sex if sex in ("F", "M") else "",
        "Year group": said("NCyearActual"),
        "Date of entry": _entered(element, head),
        "SEN": _sen(element),
        "FSM": _fsm(element),
        "EAL": _eal(details),
        "Looked after": _flag(text_of(element, "LookedAfter", "InCare") or said("InCare")),
        "Preferred forename": said("PreferredForename"),
        "Former UPN": said("FormerUPN"),
    }


def _entered(element: etree._Element, head: TransferHead) -> str:
    """The day of entry at the school that the file is for; a file of before it does not know."""
    history = child_of(element, "SchoolHistory")
    here = head.sent_to or head.sent_by
    for school in [] if history is None or not here else history:
        if laestab_of(school) == here:
            return text_of(school, "EntryDate")
    return ""


def _sen(element: etree._Element) -> str:
    history = child_of(element, "SENhistory")
    rows = [] if history is None else [one for one in history if local_name(one) == "SEN"]
    rows += [one for one in element if local_name(one) == "SEN"]
    dated = sorted(
        (text_of(one, "StartDate"), text_of(one, "SENprovision").upper()) for one in rows
    )
    code = dated[-1][1] if dated else ""
    return SEN_BEFORE_2014.get(code, code)


def _fsm(element: etree._Element) -> str:
    history = child_of(element, "FSMhistory")
    spells = [] if history is None else [one for one in history if "instance" in local_name(one)]
    if not spells:
        return ""
    return "Y" if any(not text_of(one, "FSMendDate") for one in spells) else "N"


def _eal(details: etree._Element | None) -> str:
    languages = child_of(details, "Languages")
    for one in [] if languages is None else languages:
        kind, language = text_of(one, "LanguageType").upper(), text_of(one, "Language").upper()
        if kind in ("", "F") and language not in NO_LANGUAGE:
            return "N" if language in ENGLISH else "Y"
    return ""


def _contact(element: etree._Element, home: tuple[str, str], upn: str) -> Cells | None:
    names = [text_of(element, name) for name in ("Title", "Forename", "Surname")]
    if not any(names[1:]):
        return None
    with_pupil = _flag(text_of(element, "AddressAsPupil"))
    own = _address(child_of(element, "Address"))
    address, postcode = home if with_pupil == "Y" and not own[0] else own
    order = text_of(element, "Order")
    code = text_of(element, "Relationship")
    return {
        "UPN": upn,
        "Contact name": " ".join(name for name in names if name),
        "Contact relationship": RELATIONSHIPS.get(code.upper(), code),
        "Parental responsibility": _flag(
            text_of(element, "Responsibility") or text_of(element, "Responsible")
        ),
        "Lives with": with_pupil,
        "Priority": order if re.fullmatch(r"[1-9][0-9]?", order) else "",
        "Contact address": address,
        "Contact postcode": postcode,
        "Contact email": text_of(element, "Email"),
        "Contact telephone": text_of(element, "Phones", "Phone", "PhoneNo"),
    }


def _address(element: etree._Element | None) -> tuple[str, str]:
    """The lines of an address, one below the other, and the postcode."""
    if element is None:
        return "", ""
    parts = {local_name(one): text_in(one) for one in element.iter() if len(one) == 0}
    lines = [parts[name] for name in ADDRESS if parts.get(name)]
    if parts.get("PAON", "").isdigit() and parts.get("Street"):  # 4, Mill Lane → 4 Mill Lane
        lines.remove(parts["PAON"])
        lines[lines.index(parts["Street"])] = f"{parts['PAON']} {parts['Street']}"
    postcode = parts.get("PostCode") or parts.get("Postcode") or ""
    return "\n".join(dict.fromkeys(lines)), postcode


def _flag(text: str) -> str:
    return {"true": "Y", "1": "Y", "y": "Y", "false": "N", "0": "N", "n": "N"}.get(text.lower(), "")
