"""How a letter to a parent says things: days, dates, reasons, pronouns. No Django here.

Lengths are counted in sessions (half days) and said in days, never as percentages. A no-break
space holds together what a line break would spoil: "3 September", "Year 9", a telephone number.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from registers.rules.pupils import year_groups

Said = TypeVar("Said")
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

OPEN_IN_WORDS = frozenset(REASONS[code] for code in OPEN_REASONS)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
REPLY_WITHIN = 7  # days, or two days before the meeting where that is sooner

PRONOUNS: Mapping[str, Mapping[str, str]] = {
    "F": {"they": "she", "their": "her", "think": "thinks"},
    "M": {"they": "he", "their": "his", "think": "thinks"},
}
ANY_PRONOUNS: Mapping[str, str] = {"they": "they", "their": "their", "think": "think"}


def pronouns(sex: str) -> Mapping[str, str]:
    """The words for a pupil, under the keys `they` and `their`, and a verb that goes with them."""
    return PRONOUNS.get(sex, ANY_PRONOUNS)


def said_of(say: Callable[[Said], str], value: Said | None) -> str:
    """What `say` makes of it; nothing of none."""
    return say(value) if value else ""


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
    code = year_groups.normalise(str(year_group))
    return year_groups.spoken(code).replace(" ", NBSP) if code else "the year group"


def unbroken(text: str) -> str:
    """A telephone number or reference that may not be parted at the end of a line."""
    return NBSP.join(text.split())


def since(first: date, last: date) -> str:
    """The start of a period: "3 September", with its year where it runs over New Year."""
    return day_and_month(first) if first.year == last.year else full_date(first)


def weekday_and_date(on: date) -> str:
    """A day to come to: "Thursday 10 December"."""
    return f"{WEEKDAYS[on.weekday()]}{NBSP}{day_and_month(on)}"


def open_range(first: date, last: date) -> str:
    """The dates of a spell in a sentence: "5 October", "28 to 29 September"."""
    if first == last:
        return day_and_month(first)
    start = str(first.day) if first.month == last.month else day_and_month(first)
    return f"{start} to{NBSP}{day_and_month(last)}"


def clock(at: str) -> str:
    """A time as letters say it: "14:40" is "2.40pm"."""
    hour, minute = (int(part) for part in at.split(":")[:2])
    half = "am" if hour < 12 else "pm"
    return f"{(hour - 1) % 12 + 1}{f'.{minute:02d}' if minute else ''}{half}"


def minutes(number: int) -> str:
    """20 minutes; an hour."""
    if not number:
        return ""
    return "an hour" if number == 60 else f"{number}{NBSP}minute{'' if number == 1 else 's'}"


def days_of_school(possible: int) -> str:
    """The whole of a span: "the 32 school days"."""
    return f"the {half_days(possible)} school day{'' if possible == 2 else 's'}"


def recent_days(possible: int) -> str:
    """The last weeks: "the last 20 school days"."""
    return f"the last {half_days(possible)} school days"


def reply_by(dated: date, on: date) -> date | None:
    """When an answer is asked for: a week from the letter, two days before the meeting at latest.

    None where there is no time left for it.
    """
    by = min(dated + timedelta(days=REPLY_WITHIN), on - timedelta(days=2))
    while by.weekday() > 4:
        by -= timedelta(days=1)
    return by if by > dated else None


def with_position(member: str) -> str:
    """A person in a row of people: "Ms Raman, Deputy Head" is "Ms Raman (Deputy Head)"."""
    name, _, position = (part.strip() for part in member.partition(","))
    return f"{name} ({position})" if position else name
