"""How a letter to a parent says things: days, dates, reasons, pronouns. No Django here.

Lengths are counted in sessions (half days) and said in days, never as percentages. A no-break
space holds together what a line break would spoil: "3 September", "Year 9", a telephone number.
"""

from collections.abc import Mapping
from datetime import date

NBSP = "\N{NO-BREAK SPACE}"

# One short phrase for each code that is an absence, also for the codes that have been retired.
# O covers both "nobody told us" and "we were told and did not authorise it": its words fit both.
REASONS: Mapping[str, str] = {
    "I": "Ill",
    "M": "Medical appointment",
    "C": "Leave agreed by the school",
    "C1": "Licensed performance or work",
    "C2": "Agreed part-time timetable",
    "E": "Suspended or excluded",
    "J1": "Interview",
    "R": "Religious observance",
    "S": "Study leave",
    "T": "Family travelling for work",
    "H": "Holiday agreed",
    "F": "Long holiday agreed",
    "G": "Holiday not agreed",
    "N": "No reason given",
    "O": "No reason agreed",
    "U": "Arrived after the register closed",
}
ILLNESS = frozenset({"I"})
# Absences that a school knows of because somebody at home told it: those a letter may thank for.
TOLD = frozenset({"I", "M", "C", "C1", "J1", "R", "T", "H", "F"})
# Absences of which the family may know more than the register does.
OPEN_REASONS = frozenset({"N", "O"})

PRONOUNS: Mapping[str, Mapping[str, str]] = {
    "F": {"they": "she", "their": "her", "think": "thinks"},
    "M": {"they": "he", "their": "his", "think": "thinks"},
}
ANY_PRONOUNS: Mapping[str, str] = {"they": "they", "their": "their", "think": "think"}


def pronouns(sex: str) -> Mapping[str, str]:
    """The words for a pupil, under the keys `they` and `their`, and a verb that goes with them."""
    return PRONOUNS.get(sex, ANY_PRONOUNS)


def half_days(sessions: int) -> str:
    """Sessions as a number of days: "½", "1", "6½"."""
    whole, half = divmod(sessions, 2)
    return (str(whole) if whole else "") + "½" * half or "0"


def days(sessions: int) -> str:
    """Sessions as a length in words: "half a day", "1 day", "6½ days"."""
    if sessions == 1:
        return "half a day"
    return f"{half_days(sessions)}{NBSP}{'day' if sessions == 2 else 'days'}"


def further(sessions: int) -> str:
    """Sessions beside those counted: "A further day", "A further 2 days"."""
    return f"A further {({1: 'half day', 2: 'day'}).get(sessions) or days(sessions)}"


def days_or_fewer(sessions: int) -> str:
    """Sessions as an upper bound: "half a day or less", "2 days or fewer"."""
    return f"{days(sessions)} or {'less' if sessions <= 2 else 'fewer'}"


def of_school_days(missed: int, possible: int) -> str:
    """Both numbers of the sentence that must be read: "12 of the 51 school days"."""
    if possible <= 2:
        return f"{days(missed)} of {days(possible)} of school"
    if missed == possible:
        return f"all of the {half_days(possible)} school days"
    if missed == 1:
        return f"half a day of the {half_days(possible)} school days"
    return f"{half_days(missed)} of the {half_days(possible)} school days"


def day_and_month(on: date) -> str:
    return f"{on.day}{NBSP}{on:%B}"


def full_date(on: date) -> str:
    return f"{on.day}{NBSP}{on:%B}{NBSP}{on.year}"


def period(first: date, last: date) -> str:
    """A period in words; its years only where it runs over New Year."""
    if first == last:
        return f"on {day_and_month(first)}"
    say = day_and_month if first.year == last.year else full_date
    return f"from {say(first)} to {say(last)}"


def short_period(first: date, last: date) -> str:
    """A period for the head of a chart, its year being clear from the text: "3 Sep to 20 Nov"."""
    ends = (f"{on.day}{NBSP}{on:%b}" for on in (first, last))
    return " to ".join(dict.fromkeys(ends))


def short_day(on: date, *, month: bool = True) -> str:
    """A day for a narrow column: "Mon 21 Sep"."""
    return f"{on:%a}{NBSP}{on.day}" + (f"{NBSP}{on:%b}" if month else "")


def short_range(first: date, last: date) -> str:
    """A spell's dates for a narrow column: "Mon 14 to Wed 16 Sep"."""
    if first == last:
        return short_day(first)
    start = short_day(first, month=first.month != last.month)
    return f"{start} to{NBSP}{short_day(last)}"


def how_long(sessions: int, half: int) -> str:
    """A spell's length; a single session says which half of the day it was."""
    if sessions == 1:
        return "afternoon" if half else "morning"
    return days(sessions)


def year_words(year_group: str) -> str:
    """How parents call a year group: "Year 10", "Reception"."""
    label = str(year_group).strip()
    if label.isdigit():
        return f"Year{NBSP}{label}"
    return "Reception" if label.upper() == "R" else "the year group"


def unbroken(text: str) -> str:
    """A telephone number or reference that may not be parted at the end of a line."""
    return NBSP.join(text.split())


def listed(parts: list[str]) -> str:
    """Words in a row: "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
