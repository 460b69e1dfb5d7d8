"""Invented schools, families and marks for the tests of documents."""

from collections.abc import Mapping
from datetime import date, timedelta

from absence.rules.pupil_marks import PupilMark
from interventions.letters.content.figures import absence_figures
from interventions.letters.content.files import (
    LetterPupil,
    LetterSchool,
    Recipient,
)
from interventions.letters.content.gather import letter_context
from interventions.rules.letter_kinds import PERSISTENT_ABSENCE

PERIOD_STARTS, AS_AT = date(2026, 9, 1), date(2026, 11, 20)
YEAR_ENDS, WRITTEN = date(2027, 7, 20), date(2026, 11, 23)
HALF_TERM = {date(2026, 10, 26) + timedelta(days=n) for n in range(5)}
FIRST_DAY = date(2026, 9, 3)
SCHOOL = LetterSchool(
    "Ellerwick High School",
    "Mrs R. Adeyemi-Clarke",
    ["Saltergate Road", "Ellerwick", "EW4 7QT"],
    "01632 960417",
    "attendance@ellerwick.example",
)
PUPIL = LetterPupil("Siyuan", "Chen (陈思远)", "10", "10S", "M")
RECIPIENT = Recipient(
    "Ms Meiling Chen (陈美玲)", ["104 Fuller’s Walk", "Nether Ellerwick", "EW4 9RJ"], "zh-Hans"
)
# Siyuan's absences: day -> the code of morning and afternoon, "." for present.
ABSENCES: Mapping[str, str] = {
    **dict.fromkeys(("09-14", "09-15", "09-16", "09-28", "09-29", "10-12", "10-13"), "I I"),
    "09-21": "M .",
    "10-05": "N N",
    "10-19": ". N",
    **dict.fromkeys(("11-09", "11-10", "11-11"), "I I"),
}
LONG_FORENAME = "Anastasia-Wilhelmina-Oluwaseun-Maximiliana-Konstantinopolita"
SIX_LINES = [
    "Flat 14, The Old Maltings",
    "Upper Brewhouse Yard",
    "27 to 29 Saltergate Road",
    "Nether Ellerwick",
    "Ellerwickshire",
    "EW4 9RJ",
]


def school_days(first: date = FIRST_DAY, last: date = AS_AT) -> list[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in HALF_TERM]


def marks(
    absences: Mapping[str, str] = ABSENCES, days: list[date] | None = None
) -> list[PupilMark]:
    """Two marks a day, present but for the absences; a "-" is a session without a mark."""
    made = []
    for day in days or school_days():
        codes = absences.get(f"{day:%m-%d}", ". .").split()
        for half, code in enumerate(codes):
            if code != "-":
                made.append(PupilMark(day, half, "/\\"[half] if code == "." else code))
    return made


def figures(made: list[PupilMark] | None = None, **changed) -> dict:
    values = {
        "marks": marks() if made is None else made,
        "pupil": PUPIL,
        "period_starts_on": PERIOD_STARTS,
        "as_at": AS_AT,
        "year_ends_on": YEAR_ENDS,
        "possible_by_year_end": 378,
        "year_group_absent": [0] * 40 + [2, 3] * 15 + [4] * 40 + [5, 8, 11, 24] * 20,
        "today": WRITTEN,
    }
    return absence_figures(**values | changed)


def context(made: dict | None = None, kind: str = PERSISTENT_ABSENCE, **changed) -> dict:
    values = {
        "school": SCHOOL,
        "pupil": PUPIL,
        "recipient": RECIPIENT,
        "signatory_name": "Mrs R. Adeyemi-Clarke",
        "reference": "PA/2026/0187",
        "dated": WRITTEN,
    }
    return letter_context(kind, made or figures(), **values | changed)


def days_of(code: str, *, every: int = 1) -> dict[str, str]:
    """Absences of a code on every n-th school day."""
    return {f"{day:%m-%d}": code for day in school_days()[::every]}


def sixty_spells() -> list[PupilMark]:
    """A year of mornings with changing reasons: every second school day one, sixty in all."""
    reasons = ["I", "U", "N", "M", "G", "O", "C2", "E", "R", "T"]
    days = school_days(last=date(2027, 4, 1))
    absences = {
        f"{day:%m-%d}": f"{reasons[n % len(reasons)]} ." for n, day in enumerate(days[:120:2])
    }
    return marks(absences, days)
