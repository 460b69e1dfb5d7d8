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
class TemplateColumn:
    """`choices` become a drop-down; `open_choices` leaves other words possible."""

    about: str
    example: str | int | date
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    open_choices: bool = False


UPN = TemplateColumn(
    "The pupil’s unique pupil number: a letter, eleven digits, a digit or letter.", "A820200012345"
)
CONTACT = {
    "Contact name": TemplateColumn(
        "Full name with title, as letters address it.", "Mrs Joud Haddad"
    ),
    "Contact relationship": TemplateColumn(
        "What the contact is to the pupil.",
        "Mother",
        choices=("Mother", "Father", "Guardian", "Carer", "Grandparent", "Social worker"),
        open_choices=True,
    ),
    "Contact address": TemplateColumn("Lines part at commas.", "4 Mill Lane, Nether Ellerwick"),
    "Contact postcode": TemplateColumn("Postcode of the address.", "EW4 7QT"),
    "Contact email": TemplateColumn("One e-mail address.", "j.haddad@home.example"),
    "Contact telephone": TemplateColumn("One number, with its first 0.", "01632 960001"),
}
FROM = TemplateColumn("The first day on which it holds.", date(2025, 9, 1), DAY)
UNTIL = TemplateColumn(
    "The last day on which it holds; empty while it goes on.", date(2026, 7, 17), DAY
)
HALF = TemplateColumn("Morning or afternoon.", "AM", choices=("AM", "PM"))

FILES: dict[str, dict[str, TemplateColumn]] = {
    "school.csv": {
        "URN": TemplateColumn("The school’s unique reference number: six digits.", "123456"),
        "LAESTAB": TemplateColumn(
            "Local authority and establishment number: seven digits.", "3304001"
        ),
        "Name": TemplateColumn("As letters and papers name the school.", "Ellerwick School"),
        "Headteacher": TemplateColumn("As letters are signed.", "Mrs R. Clarke"),
        "Address": TemplateColumn("Lines part at commas.", "Saltergate Road, Nether Ellerwick"),
        "Postcode": TemplateColumn("Postcode of the school.", "EW4 7QT"),
        "Telephone": TemplateColumn("The school’s number, with its first 0.", "01632 960417"),
        "Email": TemplateColumn("The school’s e-mail address.", "office@ellerwick.example"),
    },
    "calendar.csv": {
        "Date": TemplateColumn("A day on which the school meets.", date(2025, 9, 1), DAY),
        "Session": HALF,
        "Academic year": TemplateColumn("Written as 2025/26.", "2025/26"),
    },
    "terms.csv": {
        "Academic year": TemplateColumn("Written as 2025/26.", "2025/26"),
        "Term": TemplateColumn("The half term’s name.", "Autumn 1"),
        "From": TemplateColumn("The first day of the half term.", date(2025, 9, 1), DAY),
        "Until": TemplateColumn("The last day of the half term.", date(2025, 10, 24), DAY),
    },
    "pupils.csv": {
        "UPN": UPN,
        "Surname": TemplateColumn("Legal surname.", "Haddad"),
        "Forename": TemplateColumn("Legal forename.", "Amira"),
        "Date of birth": TemplateColumn("Date of birth.", date(2012, 3, 4), DAY),
        "Sex": TemplateColumn("F or M.", "F", choices=("F", "M")),
        "Year group": TemplateColumn("The year group now.", "9", choices=YEAR_GROUPS),
        "Registration group": TemplateColumn("The registration group now.", "9A"),
        "Date of entry": TemplateColumn(
            "The first day on roll at this school.", date(2023, 9, 4), DAY
        ),
        "Date of leaving": TemplateColumn("The last day on roll; empty while on roll.", "", DAY),
        "SEN": TemplateColumn(
            "N no special need, K SEN support, E EHC plan.",
            "K",
            choices=tuple(CHARACTERISTICS["SEN"]),
        ),
        "FSM": TemplateColumn("Eligible for free school meals.", "Y", choices=YES_NO),
        "EAL": TemplateColumn("English as an additional language.", "Y", choices=YES_NO),
        "Looked after": TemplateColumn("Looked after by a local authority.", "N", choices=YES_NO),
        **CONTACT,
        "Preferred forename": TemplateColumn("What the pupil is called, where it differs.", ""),
        "Medical alert": TemplateColumn("60 characters, seen by every teacher of the pupil.", ""),
        "Admission number": TemplateColumn("The school’s own number of the pupil.", "0417"),
        "Former UPN": TemplateColumn("The UPN that the pupil had before, where it changed.", ""),
    },
    "contacts.csv": {
        "UPN": UPN,
        **CONTACT,
        "Parental responsibility": TemplateColumn(
            "Whether this contact has parental responsibility.", "Y", choices=YES_NO
        ),
        "Lives with": TemplateColumn(
            "Whether the pupil lives with this contact.", "Y", choices=YES_NO
        ),
        "Priority": TemplateColumn("1 is called first.", 1, NUMBER),
        "May be written to": TemplateColumn(
            "Whether letters about the pupil may go to this contact.", "Y", choices=YES_NO
        ),
        "Language": TemplateColumn(
            "The language in which the contact reads, where not English.", "Arabic"
        ),
    },
    "characteristics.csv": {
        "UPN": UPN,
        "Characteristic": TemplateColumn("Which one.", "SEN", choices=tuple(CHARACTERISTICS)),
        "Value": TemplateColumn(
            "SEN: N, K or E. All others: Y or N.", "K", choices=("Y", "N", "K", "E")
        ),
        "From": FROM,
        "Until": UNTIL,
    },
    "groups.csv": {
        "UPN": UPN,
        "Group": TemplateColumn("The group’s name.", "9A"),
        "Kind": TemplateColumn("What kind of group it is.", "registration", choices=KINDS),
        "From": FROM,
        "Until": UNTIL,
    },
    "staff.csv": {
        "Username": TemplateColumn("To sign in with: letters, digits and . - _ @ +", "t.brannigan"),
        "Name": TemplateColumn("As colleagues see it.", "Tom Brannigan"),
        "Position": TemplateColumn(
            "As the register names it beside an amendment.", "Teacher of maths"
        ),
        "Role": TemplateColumn("What the colleague may do.", "teacher", choices=ROLES),
        "Registration group": TemplateColumn(
            "The group whose register is theirs; several groups are several rows.", "9A"
        ),
        "Email": TemplateColumn(
            "Where the link for signing in goes.", "t.brannigan@ellerwick.example"
        ),
    },
    "marks.csv": {
        "UPN": UPN,
        "Date": TemplateColumn("The day of the session.", date(2025, 9, 1), DAY),
        "Session": HALF,
        "Code": TemplateColumn(
            "A national attendance code; no row where a session has no mark.",
            "/",
            choices=tuple(CODES),
        ),
        "Minutes late": TemplateColumn("Beside L and U alone.", "", NUMBER),
        "Comment": TemplateColumn("What the register says beside the mark.", ""),
    },
    "prior_attendance.csv": {
        "UPN": UPN,
        "Academic year": TemplateColumn("Written as 2024/25.", "2024/25"),
        "LAESTAB": TemplateColumn("Seven digits of the other school.", "3302001"),
        "School": TemplateColumn("The other school’s name.", "Saltergate Primary School"),
        "Sessions possible": TemplateColumn("Of the whole year there.", 370, NUMBER),
        "Sessions attended": TemplateColumn("Sessions, not days.", 340, NUMBER),
        "Sessions authorised": TemplateColumn("Sessions of authorised absence.", 20, NUMBER),
        "Sessions unauthorised": TemplateColumn("Sessions of unauthorised absence.", 10, NUMBER),
        "Source": TemplateColumn("The file or letter that says so.", "the school’s transfer file"),
    },
}


def column_of(file: str, name: str) -> TemplateColumn:
    """What is told of a column; one that nobody has described yet is free text."""
    return FILES.get(file, {}).get(name) or TemplateColumn("", "")
