"""What each column of an import is for, with an example, as a template tells it. No Django.

Words are for the person who fills the workbook in. What may be empty and which columns there are
is said by `registers.exchange.layout.files` alone.
"""

from dataclasses import dataclass
from datetime import date

from registers.exchange.layout.files import CHARACTERISTICS
from registers.rules.codes import CODES

YES_NO = ("Y", "N")
YEAR_GROUPS = ("N1", "N2", "R", *(str(year) for year in range(1, 15)))
KINDS = ("registration", "year", "teaching", "trip")
ROLES = ("teacher", "office", "attendance_officer", "safeguarding_lead", "slt", "administrator")
DAY, TEXT, NUMBER = "day", "text", "number"


@dataclass(frozen=True, slots=True)
class Column:
    """`choices` become a drop-down; `open_choices` leaves other words possible."""

    about: str
    example: str | int | date
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    open_choices: bool = False


UPN = Column(
    "The pupil’s unique pupil number: a letter, eleven digits, a digit or letter.", "A820200012345"
)
CONTACT = {
    "Contact name": Column("Full name with title, as letters address it.", "Mrs Joud Haddad"),
    "Contact relationship": Column(
        "What the contact is to the pupil.",
        "Mother",
        choices=("Mother", "Father", "Guardian", "Carer", "Grandparent", "Social worker"),
        open_choices=True,
    ),
    "Contact address": Column("Lines part at commas.", "4 Mill Lane, Nether Ellerwick"),
    "Contact postcode": Column("Postcode of the address.", "EW4 7QT"),
    "Contact email": Column("One e-mail address.", "j.haddad@home.example"),
    "Contact telephone": Column("One number, with its first 0.", "01632 960001"),
}
FROM = Column("The first day on which it holds.", date(2025, 9, 1), DAY)
UNTIL = Column("The last day on which it holds; empty while it goes on.", date(2026, 7, 17), DAY)
HALF = Column("Morning or afternoon.", "AM", choices=("AM", "PM"))

FILES: dict[str, dict[str, Column]] = {
    "school.csv": {
        "URN": Column("The school’s unique reference number: six digits.", "123456"),
        "LAESTAB": Column("Local authority and establishment number: seven digits.", "3304001"),
        "Name": Column("As letters and papers name the school.", "Ellerwick School"),
        "Headteacher": Column("As letters are signed.", "Mrs R. Clarke"),
        "Address": Column("Lines part at commas.", "Saltergate Road, Nether Ellerwick"),
        "Postcode": Column("Postcode of the school.", "EW4 7QT"),
        "Telephone": Column("The school’s number, with its first 0.", "01632 960417"),
        "Email": Column("The school’s e-mail address.", "office@ellerwick.example"),
    },
    "calendar.csv": {
        "Date": Column("A day on which the school meets.", date(2025, 9, 1), DAY),
        "Session": HALF,
        "Academic year": Column("Written as 2025/26.", "2025/26"),
    },
    "terms.csv": {
        "Academic year": Column("Written as 2025/26.", "2025/26"),
        "Term": Column("The half term’s name.", "Autumn 1"),
        "From": Column("The first day of the half term.", date(2025, 9, 1), DAY),
        "Until": Column("The last day of the half term.", date(2025, 10, 24), DAY),
    },
    "pupils.csv": {
        "UPN": UPN,
        "Surname": Column("Legal surname.", "Haddad"),
        "Forename": Column("Legal forename.", "Amira"),
        "Date of birth": Column("Date of birth.", date(2012, 3, 4), DAY),
        "Sex": Column("F or M.", "F", choices=("F", "M")),
        "Year group": Column("The year group now.", "9", choices=YEAR_GROUPS),
        "Registration group": Column("The registration group now.", "9A"),
        "Date of entry": Column("The first day on roll at this school.", date(2023, 9, 4), DAY),
        "Date of leaving": Column("The last day on roll; empty while on roll.", "", DAY),
        "SEN": Column(
            "N no special need, K SEN support, E EHC plan.",
            "K",
            choices=tuple(CHARACTERISTICS["SEN"]),
        ),
        "FSM": Column("Eligible for free school meals.", "Y", choices=YES_NO),
        "EAL": Column("English as an additional language.", "Y", choices=YES_NO),
        "Looked after": Column("Looked after by a local authority.", "N", choices=YES_NO),
        **CONTACT,
        "Preferred forename": Column("What the pupil is called, where it differs.", ""),
        "Medical alert": Column("60 characters, seen by every teacher of the pupil.", ""),
        "Admission number": Column("The school’s own number of the pupil.", "0417"),
        "Former UPN": Column("The UPN that the pupil had before, where it changed.", ""),
    },
    "contacts.csv": {
        "UPN": UPN,
        **CONTACT,
        "Parental responsibility": Column(
            "Whether this contact has parental responsibility.", "Y", choices=YES_NO
        ),
        "Lives with": Column("Whether the pupil lives with this contact.", "Y", choices=YES_NO),
        "Priority": Column("1 is called first.", 1, NUMBER),
        "May be written to": Column(
            "Whether letters about the pupil may go to this contact.", "Y", choices=YES_NO
        ),
        "Language": Column("The language in which the contact reads, where not English.", "Arabic"),
    },
    "characteristics.csv": {
        "UPN": UPN,
        "Characteristic": Column("Which one.", "SEN", choices=tuple(CHARACTERISTICS)),
        "Value": Column("SEN: N, K or E. All others: Y or N.", "K", choices=("Y", "N", "K", "E")),
        "From": FROM,
        "Until": UNTIL,
    },
    "groups.csv": {
        "UPN": UPN,
        "Group": Column("The group’s name.", "9A"),
        "Kind": Column("What kind of group it is.", "registration", choices=KINDS),
        "From": FROM,
        "Until": UNTIL,
    },
    "staff.csv": {
        "Username": Column("To sign in with: letters, digits and . - _ @ +", "t.brannigan"),
        "Name": Column("As colleagues see it.", "Tom Brannigan"),
        "Position": Column("As the register names it beside an amendment.", "Teacher of maths"),
        "Role": Column("What the colleague may do.", "teacher", choices=ROLES),
        "Registration group": Column(
            "The group whose register is theirs; several groups are several rows.", "9A"
        ),
        "Email": Column("Where the link for signing in goes.", "t.brannigan@ellerwick.example"),
    },
    "marks.csv": {
        "UPN": UPN,
        "Date": Column("The day of the session.", date(2025, 9, 1), DAY),
        "Session": HALF,
        "Code": Column(
            "A national attendance code; no row where a session has no mark.",
            "/",
            choices=tuple(CODES),
        ),
        "Minutes late": Column("Beside L and U alone.", "", NUMBER),
        "Comment": Column("What the register says beside the mark.", ""),
    },
    "prior_attendance.csv": {
        "UPN": UPN,
        "Academic year": Column("Written as 2024/25.", "2024/25"),
        "LAESTAB": Column("Seven digits of the other school.", "3302001"),
        "School": Column("The other school’s name.", "Saltergate Primary School"),
        "Sessions possible": Column("Of the whole year there.", 370, NUMBER),
        "Sessions attended": Column("Sessions, not days.", 340, NUMBER),
        "Sessions authorised": Column("Sessions of authorised absence.", 20, NUMBER),
        "Sessions unauthorised": Column("Sessions of unauthorised absence.", 10, NUMBER),
        "Source": Column("The file or letter that says so.", "the school’s transfer file"),
    },
}


def column_of(file: str, name: str) -> Column:
    """What is told of a column; one that nobody has described yet is free text."""
    return FILES.get(file, {}).get(name) or Column("", "")
