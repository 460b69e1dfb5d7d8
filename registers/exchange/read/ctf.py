"""Common Transfer Files (CTF XML) → tables: pupils, contacts, attendance at the last school.

The names of the elements are those that public readers of the file agree on (rule F5). Few of them
need be there: what a file does not say is a column that its table does not have. The file tells of
attendance by school year in sessions; those figures are another school's and stay apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.ctf_attendance import (
    PriorYear,
    day_in,
    laestab_of,
    rows_of_years,
    years_of,
)
from registers.exchange.read.tables import Cells, NumberedCells, SourceTable, table_of_cells
from registers.exchange.read.xml import (
    NOTHING,
    child_of,
    children_of,
    elements_named,
    local_name,
    text_in,
    text_of,
)

PUPIL, HEADER = "Pupil", "Header"
ROOT = re.compile(r"<(\w+:)?CTfile[\s>]")
PRIORITY = re.compile(r"[1-9][0-9]?")
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
FLAGS = {"true": "Y", "1": "Y", "y": "Y", "false": "N", "0": "N", "n": "N"}
SEXES = ("F", "M")


class PostalAddress(NamedTuple):
    """Its lines, one below the other, and the postcode."""

    lines: str
    postcode: str


@dataclass
class TransferHead:
    """Who sent the file, to whom and when; LAESTAB as seven digits, what is not said is empty."""

    sent_by: str = ""
    sent_to: str = ""
    written_on: date | None = None

    @property
    def school(self) -> str:
        """The school that the file is for; one that names none was made by the pupil’s own."""
        return self.sent_to or self.sent_by

    def __str__(self) -> str:
        """As a note tells of it; empty where the file says nothing of itself."""
        sent = f" from the school {self.sent_by}" if self.sent_by else ""
        written = f" written on {self.written_on}" if self.written_on else ""
        return f"a transfer file{told}" if (told := sent + written) else ""


@dataclass
class Transfer:
    """All that is read of one file: rows with the line on which each begins."""

    head: TransferHead = field(default_factory=TransferHead)
    pupils: list[NumberedCells] = field(default_factory=list)
    contacts: list[NumberedCells] = field(default_factory=list)
    years: list[PriorYear] = field(default_factory=list)


def is_ctf(path: Path) -> bool:
    """Whether the file's root element is that of a transfer file; False for any other file."""
    with path.open("rb") as stream:
        start = stream.read(4_096)
    texts = (start.decode(encoding, "ignore") for encoding in ("utf-8", "utf-16"))
    return any(map(ROOT.search, texts))


def read_ctf(path: Path, name: str) -> list[SourceTable]:
    """The tables of one file, in the layout's headings. Raises UnreadableFile."""
    transfer = _transfer(path, name)
    if not transfer.pupils:
        raise UnreadableFile(name, ProblemKind.NO_PUPIL)
    years, why_read_so = rows_of_years(transfer.years, transfer.head.written_on)
    parts = (
        ("pupils.csv", "pupils", transfer.pupils),
        ("contacts.csv", "contacts", transfer.contacts),
        ("prior_attendance.csv", "attendance", years),
    )
    tables = [table_of_cells(f"{name}, {what}", kind, rows) for kind, what, rows in parts if rows]
    tables[0].notes += filter(None, (str(transfer.head), why_read_so))
    return tables


def _transfer(path: Path, name: str) -> Transfer:
    transfer = Transfer()
    for element in elements_named(path, name, {PUPIL, HEADER}):
        if local_name(element) == HEADER:
            transfer.head = _head(element)
        elif len(transfer.pupils) >= MOST_PUPILS:
            raise UnreadableFile(name, ProblemKind.TOO_MANY_PUPILS, pupils=MOST_PUPILS)
        else:
            _add(transfer, element, name)
    return transfer


def _head(element: etree._Element) -> TransferHead:
    return TransferHead(
        sent_by=laestab_of(child_of(element, "SourceSchool")),
        sent_to=laestab_of(child_of(element, "DestSchool")),
        written_on=day_in(text_of(element, "DateTime")),
    )


# --- a pupil


def _add(transfer: Transfer, element: etree._Element, name: str) -> None:
    upn = text_of(element, "UPN")
    transfer.pupils.append((element.sourceline, _pupil(element, transfer.head, upn)))
    transfer.contacts += _contacts(element, upn)
    transfer.years += years_of(element, upn, name)


def _pupil(element: etree._Element, head: TransferHead, upn: str) -> Cells:
    details = child_of(element, "BasicDetails")

    def said(*names: str) -> str:
        """Versions of the file differ on what stands below the pupil, what below the details."""
        texts = (text_of(part, name) for name in names for part in (element, details))
        return next(filter(None, texts), "")

    sex = said("Sex", "Gender").upper()[:1]
    return {
        "UPN": upn,
        "Surname": said("Surname", "LegalSurname"),
        "Forename": said("Forename", "LegalForename"),
        "Date of birth": said("DOB"),
        "Sex": sex if sex in SEXES else "",
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
    if not head.school:
        return ""
    history = child_of(element, "SchoolHistory")
    here = (school for school in history if laestab_of(school) == head.school)
    return text_of(next(here, NOTHING), "EntryDate")


def _sen(element: etree._Element) -> str:
    """The provision of the latest date."""
    history = child_of(element, "SENhistory")
    dated = map(_dated_provision, (*children_of(history, "SEN"), *children_of(element, "SEN")))
    _, code = max(dated, default=("", ""))
    return SEN_BEFORE_2014.get(code, code)


def _dated_provision(element: etree._Element) -> tuple[str, str]:
    return text_of(element, "StartDate"), text_of(element, "SENprovision").upper()


def _fsm(element: etree._Element) -> str:
    """Y while a spell goes on, N after the last; empty where there was none."""
    spells = [one for one in child_of(element, "FSMhistory") if "instance" in local_name(one)]
    if not spells:
        return ""
    return "N" if all(text_of(spell, "FSMendDate") for spell in spells) else "Y"


def _eal(details: etree._Element) -> str:
    """By the first language; empty where it is not told."""
    told = filter(None, map(_first_language, child_of(details, "Languages")))
    return next(("N" if language in ENGLISH else "Y" for language in told), "")


def _first_language(element: etree._Element) -> str:
    """Its code; empty where this is another language, or none."""
    is_first = text_of(element, "LanguageType").upper() in ("", "F")
    language = text_of(element, "Language").upper()
    return language if is_first and language not in NO_LANGUAGE else ""


# --- contacts


def _contacts(pupil: etree._Element, upn: str) -> Iterator[NumberedCells]:
    home = _address(child_of(pupil, "Address"))
    for element in child_of(pupil, "Contacts"):
        if text_of(element, "Forename") or text_of(element, "Surname"):
            yield element.sourceline, _contact(element, home, upn)


def _contact(element: etree._Element, home: PostalAddress, upn: str) -> Cells:
    name = (text_of(element, part) for part in ("Title", "Forename", "Surname"))
    with_pupil = _flag(text_of(element, "AddressAsPupil"))
    own = _address(child_of(element, "Address"))
    address = home if with_pupil == "Y" and not own.lines else own
    responsible = text_of(element, "Responsibility") or text_of(element, "Responsible")
    code = text_of(element, "Relationship")
    return {
        "UPN": upn,
        "Contact name": " ".join(filter(None, name)),
        "Contact relationship": RELATIONSHIPS.get(code.upper(), code),
        "Parental responsibility": _flag(responsible),
        "Lives with": with_pupil,
        "Priority": _priority(text_of(element, "Order")),
        "Contact address": address.lines,
        "Contact postcode": address.postcode,
        "Contact email": text_of(element, "Email"),
        "Contact telephone": text_of(element, "Phones", "Phone", "PhoneNo"),
    }


def _priority(order: str) -> str:
    return order if PRIORITY.fullmatch(order) else ""


def _address(element: etree._Element) -> PostalAddress:
    parts = {local_name(part): text_in(part) for part in element.iter() if len(part) == 0}
    lines = dict.fromkeys(filter(None, map(_with_number(parts).get, ADDRESS)))
    return PostalAddress("\n".join(lines), parts.get("PostCode") or parts.get("Postcode", ""))


def _with_number(parts: Cells) -> Cells:
    """The lines of an address, a house's number before its street: 4, Mill Lane → 4 Mill Lane."""
    number, street = parts.get("PAON", ""), parts.get("Street", "")
    if not (number.isdigit() and street):
        return parts
    return parts | {"PAON": "", "Street": f"{number} {street}"}


def _flag(text: str) -> str:
    return FLAGS.get(text.lower(), "")
