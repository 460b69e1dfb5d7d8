"""What whoever brings files is told and what stops nothing: a kind with its values. No Django."""

from dataclasses import dataclass
from enum import Enum, unique

from registers.rules.advice import Odd


@unique
class WarningKind(Enum):
    """Every kind of warning, as a sentence about one row or many; the place stands behind it."""

    # --- whole files and columns
    FILE_UNKNOWN = "this file is not known and was not read"
    NO_MARKS = "no marks were read"
    NOT_UTF8 = "not UTF-8: read as Windows-1252; look at a name with an accent"
    COLUMN_UNKNOWN = "the column {heading} is not known and was not read"
    ROW_AGAIN = "the very same row again counts once"
    NO_YEARS = (
        "year groups are not kept yet, since the school has no calendar: bring the pupils once "
        "more when it is set up"
    )
    GONE = "{pupils} not in this file. They stay on roll until they have a date of leaving"

    # --- calendar.csv, pupils.csv
    WEEKEND = "a session at a weekend"
    RENUMBERED = "{upn} takes the place of the UPN {before}"
    FORMER_UPN = "the former UPN {former} is read as {upn}"
    NAMESAKES = (
        "two pupils have one name and date of birth: if they are one child, merge them on the page "
        "of the admission register"
    )
    MARKS_FALL_AWAY = (
        "{marks} will lie outside corrected dates: kept in the history, and in no figure"
    )
    STAYS_OFF_ROLL = (
        "taken off the roll in Rollbook with its ground, and the file has no date of leaving: "
        "stays off the roll"
    )

    # --- contacts.csv
    NO_RESPONSIBILITY = "an empty “Parental responsibility” is read as N: they get no letters"
    RESPONSIBILITY_UNSAID = (
        "there is no column for parental responsibility: contacts who are new get no letters until "
        "somebody says on the contact’s page that they have it"
    )
    NEEDS_A_PERSON = (
        "a contact without parental responsibility gets letters only when somebody has confirmed "
        "it, with the ground, on the contact’s page"
    )
    DETAILS_DIFFER = (
        "{name} has different {details}: {before} in {there}, {now} here; the last one is taken"
    )

    # --- marks.csv
    PASSED_OVER = "{rows} passed over: {reasons}"
    CODE_TIDIED = "{cell} is read as {code}"
    OTHER_HALF = "{code} in the {half} is read as {instead}"
    NEEDS_PAPER = "{code} needs {paper}: on the office's list"
    MARK_AGAIN = "the very same row is there again and counts once"


@unique
class PassedOver(Enum):
    """Why a row of marks is no mark, in the order in which the reasons are told."""

    CLOSED = "closed days"
    NOT_YET_ON_ROLL = "not yet on roll"
    NO_LONGER_ON_ROLL = "no longer on roll"
    TO_COME = "days still to come"
    NO_MARK = "no mark"


@dataclass(frozen=True, slots=True)
class ImportNotice:
    """One thing to know. What is odd in marks says it as `registers.rules.advice` does."""

    kind: WarningKind | Odd
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.kind.value.format_map(dict(self.values))


@dataclass(slots=True)
class ToldWarning:
    """A notice with the place where it was first seen, in the person's words, and how often."""

    notice: ImportNotice
    place: str
    times: int = 0

    @property
    def kind(self) -> WarningKind | Odd:
        return self.notice.kind

    def __str__(self) -> str:
        more = f" and {self.times - 1:,} more" if self.times > 1 else ""
        return f"{self.notice} ({self.place}{more})"
