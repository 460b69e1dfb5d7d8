"""Every kind of problem that an import knows: what is wrong, and how it is mended.

A kind is a code and two sentences; a `Reason` fills in the values. No Django in this module.
"""

from dataclasses import dataclass
from enum import Enum, unique

CORRECT = "Correct the cell in the file, or leave the row out."
CORRECT_DATES = "Correct the two dates."
EXPORT_WHOLE = "Export the file again, or complete the row."
EXPORT_COLUMNS = "Export the file again as CSV with all its columns."
FILL_IN = "Fill in this cell."
FIND_PUPIL = "Add the pupil to pupils.csv, or correct the UPN."
FIND_UPN = "Look the UPN up in your system, and correct it here."
KEEP_ONE = "Keep one of the two rows."
NATIONAL_CODE = "Put a national code there, or leave the row out."
DATE_FORMAT = "Give the column a date format in the spreadsheet, and save again."
WRITE_DAY = "Write the day as year-month-day: 2025-09-02."
EXPECTED_DATE = "write dates as year-month-day, such as 2025-09-02"
CLOSE_QUOTATION = "Close the quotation mark, or take it away."


class Subject(Enum):
    """What a reason is said of where it does not name it itself."""

    NAMED = "the reason is a sentence by itself"
    CELL = "the column or, where there is none, the row or the file"
    FILE = "the file"


@dataclass(frozen=True, slots=True)
class Wording:
    """`what` with its values in braces; `remedy` is a sentence of its own.

    `joint` is what stands between the two where the reason says its remedy in the same breath, and
    `ends` what the line then ends with.
    """

    what: str
    remedy: str = CORRECT
    subject: Subject = Subject.NAMED
    joint: str = ""
    ends: str = ""


def of_cell(what: str, remedy: str = CORRECT, *, joint: str = "") -> Wording:
    return Wording(what, remedy, Subject.CELL, joint)


def named(what: str, remedy: str = CORRECT, *, joint: str = "") -> Wording:
    return Wording(what, remedy, Subject.NAMED, joint)


@unique
class ProblemKind(Enum):
    """The code of a kind is its name in small letters: it is what a report and a job keep."""

    # --- whole files
    NOT_A_FOLDER = of_cell("is not a folder")
    FILE_MISSING = of_cell("is missing", "Add this file to the others.")
    NEW_SCHOOL_NEEDS_FILE = of_cell(
        "is missing, and the school is new to Rollbook", "Add this file to the others."
    )
    NOT_TEXT = of_cell("holds bytes that no text has", "Export it again as CSV.", joint=". ")
    NO_HEADER = named(
        "its first line is not the header: it starts “{cell}”. Expected: {columns}", EXPORT_COLUMNS
    )
    COLUMN_MISSING = Wording("has no column {columns}", EXPORT_COLUMNS, Subject.FILE)
    COLUMN_TWICE = named("this column is there twice", KEEP_ONE)
    ROWS_DO_NOT_FIT = named("more than {rows:,} rows do not fit its header: is it the right file?")
    QUOTATION_UNCLOSED = named(
        "a quotation mark that opens in this line is never closed, or stands inside a cell",
        CLOSE_QUOTATION,
    )
    CUT_OFF = named(
        "the file ends in the middle of this line: was it cut off? Export it again", EXPORT_WHOLE
    )
    TOO_LONG_A_FILE = named("a file may have {lines:,} lines: split it")
    NOT_ONE_SCHOOL = of_cell("holds {schools} schools: one row is expected")
    SCHOOL_ROW_WRONG = named("the school's own row must be right first")
    OTHER_SCHOOL = of_cell("is {urn}, and this is {school}: these are the files of another school")

    # --- files that cannot be opened or unpacked
    NO_SHEET = of_cell("has no sheet with rows")
    HAS_PASSWORD = of_cell("has a password", "Save it again without one.", joint=". ")
    WORKBOOK_TOO_LARGE = of_cell("is too large a workbook", "Save it as CSV.", joint=". ")
    CANNOT_BE_OPENED = of_cell("cannot be opened", "Save it again.", joint=". ")
    NOT_A_WORKBOOK = of_cell("cannot be opened as a workbook", "Save it again.", joint=". ")
    CANNOT_BE_READ = of_cell("cannot be read", "Save it again.", joint=". ")
    NOT_THERE = of_cell("is not there")
    ZIP_TOO_DEEP = of_cell("is a ZIP deep within others", "Bring it by itself.", joint=": ")
    ZIP_BROKEN = of_cell("cannot be opened", "Pack it again.", joint=". ")
    ZIP_TOO_MANY = of_cell("holds more than {files:,} files")
    ZIP_POINTS_OUT = of_cell(
        "has a file that points out of it, {name}", "Pack it again.", joint=": "
    )
    ZIP_PASSWORD = of_cell("has a password", "Pack the files again without one.", joint=". ")
    ZIP_GROWS = of_cell("grows too large when it is unpacked. Is it a real one?")
    TOO_LARGE = of_cell("is larger than {megabytes} MB")
    XML_BROKEN = of_cell("is no whole XML file ({problem})", "Export it again.", joint=": ")
    XML_ENCODING = of_cell("is in an encoding that is not known")
    XML_DOCTYPE = named(
        "it declares a document type or entities (DOCTYPE), which a transfer file never needs"
    )
    XML_TOO_DEEP = named("its elements lie more than {levels} deep in each other")
    XML_TOO_MANY_ELEMENTS = named("it holds more elements than any transfer file")
    XML_TEXT_TOO_LONG = named("the text of {name} is longer than {characters:,} characters")
    XML_ENTITY = named("it refers to an entity, which a transfer file never needs")
    TOO_MANY_PUPILS = of_cell("holds more than {pupils:,} pupils")
    NO_PUPIL = of_cell("is a transfer file without a pupil")
    ONEROSTER_LACKS = of_cell("has no {file}, without which there are no pupils")

    IS_PDF = Wording(
        "is a PDF: its table cannot be read",
        "Export the report as XLSX or CSV.",
        Subject.CELL,
        joint=". ",
        ends=".",
    )
    IS_DOCUMENT = Wording(
        "is a document", "Export the report as XLSX or CSV.", Subject.CELL, joint=": ", ends="."
    )
    IS_NUMBERS = Wording(
        "is a Numbers file", "Save it as XLSX or CSV.", Subject.CELL, joint=": ", ends="."
    )
    KIND_UNKNOWN = of_cell(
        "is none of the kinds that Rollbook reads: CSV, XLSX, XLS, ODS, CTF, or a ZIP of them."
    )

    # --- rows
    WRONG_WIDTH = of_cell("has {cells} cells where the header has {width}", EXPORT_WHOLE)
    WRONG_WIDTH_OF_HEADINGS = of_cell("has {cells} cells where the headings are {width}")
    PUPIL_WAITS = named(
        "another row of this pupil is wrong ({line}), and a pupil is taken as a whole",
        "Mend that row; this one then comes in as it is.",
    )
    PUPIL_ROW_WRONG = named(
        "this pupil's row in {file} is wrong ({line})",
        "Mend the pupil’s row in pupils.csv first.",
    )
    PUPIL_UNKNOWN = named(
        "this pupil is neither in {file} nor in Rollbook",
        FIND_PUPIL,
    )

    # --- cells
    EMPTY = of_cell("is empty", FILL_IN)
    TOO_LONG = of_cell("has {length} characters, at most {longest} fit", "Shorten the text.")
    NOT_ONE_OF = named("“{cell}” is not one of {choices}")
    NOT_A_DAY = named("“{cell}” is no day of the calendar", WRITE_DAY)
    NOT_A_DATE = named("“{cell}” is not a date", WRITE_DAY)
    NOT_A_WRITTEN_DATE = named(
        "“{cell}” is not a date as it must be written",
        "Write dates as year-month-day, such as 2025-09-02.",
        joint=": ",
    )
    NOT_THIS_FILES_DATE = named(
        "“{cell}” is not a date as this file writes them, {order}", WRITE_DAY
    )
    MORE_THAN_ONE_DAY = named(
        "“{cell}” can be read as more than one day",
        "Write dates as year-month-day, such as 2025-09-02.",
        joint=": ",
    )
    SPREADSHEET_DAY = named(
        f"“{{cell}}” looks like a spreadsheet's number for a day: give the column a date format, "
        f"and {EXPECTED_DATE}",
        DATE_FORMAT,
    )
    SHORTENED_NUMBER = named(
        "a spreadsheet shortened this number and digits are lost: export the column as text"
    )
    NOT_A_YEAR_GROUP = named("“{cell}” is not a year group", "Write {expected}.", joint=": ")
    NOT_A_SESSION = named("“{cell}” is not a session", "Write AM or PM.", joint=": ")
    NOT_A_FLAG = named("“{cell}” is neither Y nor N")
    NOT_A_CODE = named("“{cell}” is not an attendance code", NATIONAL_CODE)
    NOT_MINUTES = named("“{cell}” is not a number of minutes from 0 to {most}")
    NOT_AN_ACADEMIC_YEAR = named(
        "“{cell}” is not an academic year", "Write it as 2025/26.", joint=": "
    )
    NOT_AN_EMAIL = named("“{cell}” is not an e-mail address")
    NOT_A_LANGUAGE = named(
        "“{cell}” is not a language", "Write its name in English, or its tag.", joint=": "
    )
    NOT_A_PRIORITY = named("“{cell}” is not a priority from 1 to 99")
    NOT_SESSIONS = named("“{cell}” is not a number of sessions from 0 to {most}")
    NOT_DIGITS = of_cell("is not a number of {digits} digits")
    NOT_A_UPN = named("{why}", FIND_UPN)
    MEANING_UNKNOWN = named("“{cell}”: nobody has said yet what this means")
    SPOILED_GROUP = named(
        "“{cell}” looks like a date that a spreadsheet made of a group", WRITE_DAY
    )
    SURNAME_UNKNOWN = named("“{cell}” does not say which is the surname")

    # --- school.csv, calendar.csv, terms.csv
    SESSION_TWICE = named("this session is in {line} already", KEEP_ONE)
    SESSION_IN_USE = named(
        "{session} is no longer there, but Rollbook has {what} for it", "Put it back.", joint=". "
    )
    YEARS_OVERLAP = named("{year} starts on {starts_on}, before {before} ends on {ends_on}")
    TERM_TWICE = named("this term is there twice", KEEP_ONE)
    YEAR_WITHOUT_SESSION = named(
        "the calendar has no session of this academic year",
        "Add the session to the calendar, or leave the row out.",
    )

    # --- pupils.csv
    LEAVES_BEFORE_ENTRY = of_cell("is before the date of entry, {date}", CORRECT_DATES)
    BORN_AFTER_ENTRY = of_cell("is not before the date of entry, {date}")
    CONTACT_NAMELESS = of_cell("is empty, though the contact's address is there", FILL_IN)
    ENROLMENT_TWICE = named("{line} has this enrolment already", KEEP_ONE)
    DIFFERS_SAME_UPN = of_cell("differs from {line}, the same UPN", FIND_UPN)
    DIFFERS_SAME_PUPIL = of_cell("differs from {line}, the same pupil")
    ENROLMENTS_OVERLAP = named(
        "the enrolment from {starts_on} is not over when the one from {next_starts_on} starts"
    )
    OVERLAPS_ROLLBOOK = named(
        "the enrolment from {starts_on} is not over when the one from {next_starts_on} starts, "
        "which Rollbook has"
    )
    NEW_PUPIL_LACKS = named("the file does not say it, and the pupil is new to Rollbook")
    NEW_PUPIL_LACKS_ENTRY = named(
        "the file does not say it, and the pupil is new to Rollbook",
        "Give the day they came.",
        joint=": ",
    )
    PERHAPS_THE_SAME = named(
        "{child}; {known}. If this is the same child, correct the UPN on the pupil’s page or in "
        "the file; if it is another child, put them on the roll by hand first",
        FIND_UPN,
    )
    PUPIL_NAMELESS = named(
        "There is no UPN, and nobody on the register has this admission number, or this name and "
        "date of birth",
        FIND_UPN,
    )
    NO_NUMBER = of_cell("is empty: nothing says which pupil the row is about", FILL_IN)
    NAMESAKES = named(
        "more than one pupil has this name{born}",
        "Give the UPN or the admission number.",
        joint=": ",
    )
    NOBODY_OF_NAME = named(
        "no pupil has this name{born}, neither in these files nor in Rollbook", FIND_PUPIL
    )
    NUMBER_OF_ANOTHER = named("the pupil with the UPN {upn} has this number", FIND_UPN)

    # --- contacts.csv, groups.csv, characteristics.csv, staff.csv, prior_attendance.csv
    CONTACT_TWICE = named("{line} has this contact already", KEEP_ONE)
    UNTIL_BEFORE_FROM = of_cell("is before From", CORRECT_DATES)
    NOT_OVER_YET = named("{line} is not over yet on {date}", CORRECT_DATES)
    NOT_ON_ROLL_THEN = named(
        "the pupil is not on roll at any time from then on until then",
        "Correct the day, or the dates of entry and leaving in pupils.csv.",
    )
    USERNAME_CHARACTERS = of_cell("may have letters, digits and @ . + - _ only")
    USERNAME_OF_ANOTHER = of_cell(
        "belongs to somebody with another name", "Choose another username.", joint=". "
    )
    NO_PUPIL_IN_GROUP = named("no pupil is in “{cell}”")
    YEAR_AND_SCHOOL_TWICE = named("{line} has this year and school already", KEEP_ONE)
    FEWER_THAN_COUNTED = of_cell("is less than the sessions attended and missed together")

    # --- marks.csv
    NOT_A_LATE_MARK = named("{code} is not a late mark: minutes stand beside L and U")
    MARK_REFUSED = Wording("{what}", "{remedy}", joint=". ", ends=".")
    TWO_MARKS = named("{lines} has a mark for the same session", "Leave the right one.", joint=". ")

    # --- marks that are left alone, and what an older version of Rollbook wrote down
    CHANGED_HERE = named("{here} was put there in Rollbook; the file says {there}")
    CHANGED_MEANWHILE = named("{here} was put there in Rollbook during the import")
    AS_WRITTEN = named("{text}")

    @property
    def code(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> "ProblemKind":
        return cls[code.upper()]
