"""One row of pupils.csv, cell by cell."""

from datetime import date

from registers.exchange.checks.contacts import read_contact
from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.folder import UNSAID_DAY, ContactRow, PupilRow
from registers.exchange.layout.rows import FileRow
from registers.exchange.layout.values import read_year_group
from registers.exchange.problems.kinds import ProblemKind
from registers.rules.pupils.upn import normalise, why_not_upn


def read_pupil(row: FileRow) -> PupilRow:
    """What the row says, to be used where `row.ok`. A pupil without UPN may still be found by the
    admission number, or asked about."""
    upn = _upn_in(row, "UPN")
    starts_on = _date_of_entry(row)
    leaves_on = row.day_or_none("Date of leaving")
    born_on = row.day_or_none("Date of birth")
    _refuse_days_against_entry(row, starts_on, leaves_on, born_on)
    return PupilRow(
        row.line,
        upn,
        row.text("Surname", 100, needed="Surname" in row.said),
        row.text("Forename", 100, needed="Forename" in row.said),
        born_on,
        row.one_of_or_empty("Sex", "FM"),
        row.value_or("Year group", read_year_group, ""),
        row.text("Registration group", 60),
        starts_on,
        leaves_on,
        {kind: row.one_of_or_empty(kind, values) for kind, values in CHARACTERISTICS.items()},
        _named_contact(row, upn),
        row.text_or_none("Preferred forename", 100),
        row.text_or_none("Medical alert", 60),
        row.text_or_none("Admission number", 20),
        _upn_in(row, "Former UPN"),
        row.unsaid,
    )


def _upn_in(row: FileRow, column: str) -> str:
    """As it stands, also where it is wrong: the pupil's rows of other files wait with this one."""
    upn = normalise(row.cells[column])
    if upn and (why := why_not_upn(upn)):
        row.wrong(column, ProblemKind.NOT_A_UPN, why=why)
    return upn


def _date_of_entry(row: FileRow) -> date:
    return row.day("Date of entry") if "Date of entry" in row.said else UNSAID_DAY


def _refuse_days_against_entry(
    row: FileRow, starts_on: date, leaves_on: date | None, born_on: date | None
) -> None:
    entry = str(starts_on)
    row.first_wrong_if(
        (leaves_on or date.max) < starts_on,
        "Date of leaving",
        ProblemKind.LEAVES_BEFORE_ENTRY,
        date=entry,
    )
    row.first_wrong_if(
        UNSAID_DAY < starts_on <= (born_on or UNSAID_DAY),
        "Date of birth",
        ProblemKind.BORN_AFTER_ENTRY,
        date=entry,
    )


def _named_contact(row: FileRow, upn: str) -> ContactRow | None:
    contact = read_contact(row, upn)
    return contact if contact.name else None
