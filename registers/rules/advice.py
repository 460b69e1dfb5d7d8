"""What is allowed and odd: the mark stands, and its maker is told. No Django, no clock.

`registers.rules.allowed_codes` says what may not be. Here is the rest: each piece of advice comes
with the answer to a save and stops nothing. The rules behind it are the guidance's on each code.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from registers.rules.allowed_codes import (
    PupilFacts,
    SessionFacts,
    compulsory_school_age,
    day_in_words,
    short_day,
)
from registers.rules.calendar import academic_year_start
from registers.rules.wording import plural

YEAR_OF_EXAMINATIONS = 11
LONG_ON_ROLL = timedelta(days=28)
DAYS_WITHOUT_PROVISION = 5  # of a suspension, school days in a row; on the sixth it is due
AT_HOME = re.compile(
    r"(?<!care )(?<!['’]s )(?<!foster )\bhome\b(?! farm)|\bremote(?:ly)?\b|\bon-?line\b|\bvirtual",
    re.IGNORECASE,
)
SUPERVISED = re.compile(
    r"supervis|\btutor|\bteacher|\bmentor|\binstructor|\bcoach|\bstaff\b|\bnurse|\btherapist"
    r"|\b(?:mr|mrs|ms|miss|dr)\b",
    re.IGNORECASE,
)
NOBODY = re.compile(
    r"\W*(?:none|nobody|no[ -]?one|no|n/?a|unknown|unsupervised|not supervised"
    r"|(?:(?:him|her|them)?sel(?:f|ves))|the pupil"
    r"|(?:the |his |her |their )?(?:parents?|carers?|mother|father|mum|dad|family))?\W*",
    re.IGNORECASE,
)


class Odd(Enum):
    """The kinds of advice, as one sentence about many marks."""

    STUDY_LEAVE_EARLY = "S (study leave) is for year 11 and above, and stands for younger pupils"
    CLOSED_ALONE = "Y4 (school closed) stands where most pupils of the school were present"
    NO_OTHER_SCHOOL = "D (dual registered) stands where no other school is known"
    LONG_ON_ROLL = "Z (not yet on roll) stands for pupils who had been on the roll for weeks"
    GRANTED_AFTERWARDS = "G (holiday not granted) was turned into C, which is granted beforehand"
    LATE_AFTER_END = "L stands with more minutes than the register is open: after its end it is U"
    SUSPENDED_LONG = "E stands past the fifth school day in a row, when other education is due"
    LICENCE = "C1 stands for pupils over compulsory school age: few licences reach beyond it"
    AT_HOME = "K or B stands for work at home that nobody supervises: that is an absence"


@dataclass(frozen=True, slots=True)
class Advice:
    odd: Odd
    words: str


@dataclass(frozen=True, slots=True)
class AdviceContext:
    """What is known around a mark; None, or False, where nobody has looked."""

    before: str | None = None  # the code that it replaces
    minutes_late: int | None = None
    register_minutes: int | None = None  # how long the school's register is open
    has_ended: bool = False  # whether the register's time was over when the mark was made
    present: int | None = None  # pupils of the school in the same session
    closed: int = 0  # pupils of the school with Y4 in it, this one included
    other_school: str | None = None  # of a dual registration; "": none is known
    days_suspended: int | None = None  # school days in a row with E, this one included
    paper: str | None = None  # what was written down beside K or B


def advice(
    code_symbol: str, *, pupil: PupilFacts, session: SessionFacts, around: AdviceContext
) -> list[Advice]:
    """What the maker of this mark may want to know. Empty for nearly all codes."""
    if code_symbol not in LOOK:
        return []
    odd, look = LOOK[code_symbol]
    words = look(MarkLookedAt(code_symbol, pupil, session.date, around))
    return [Advice(odd, words)] if words else []


def usual_year_group(born_on: date, on: date) -> int:
    """The year group of a day in which pupils of this age are: 11 for those who become 16; 0 is
    reception. From the date of birth, however the school's groups are called."""
    return _school_year(on) - _school_year(born_on) - 5


def unsupervised_at_home(code_symbol: str, where: str, supervised_by: str) -> str | None:
    """Why K or B may not be what this is, in words; None where somebody supervises elsewhere.

    K, B, P, W and V stand for education in person with somebody in charge. Work that a pupil does
    at home without it is an absence, however good the work.
    """
    if not AT_HOME.search(where) or not NOBODY.fullmatch(supervised_by):
        return None
    return (
        f"{code_symbol} is for education that somebody supervises in person. At home without "
        "supervision this is an absence: use C2 for an agreed part-time timetable, I for illness, "
        "C for leave that was granted, or else O."
    )


def unsupervised_on_paper(code_symbol: str, paper: str) -> str | None:
    """The same of what was written down beside a mark, where one text says where and who."""
    if code_symbol not in ("K", "B") or SUPERVISED.search(paper):
        return None
    return unsupervised_at_home(code_symbol, paper, "")


def _school_year(on: date) -> int:
    return academic_year_start(on).year


@dataclass(frozen=True, slots=True)
class MarkLookedAt:
    """A mark with what is known of it, as each piece of advice looks at it."""

    symbol: str
    pupil: PupilFacts
    date: date
    around: AdviceContext


# Each says what is odd; nothing where nothing is.


def _study_leave(mark: MarkLookedAt) -> str:
    born_on = mark.pupil.born_on
    year = usual_year_group(born_on, mark.date) if born_on else YEAR_OF_EXAMINATIONS
    if year >= YEAR_OF_EXAMINATIONS:
        return ""
    return (
        "S is study leave for a public examination, from year 11 on. By age this pupil belongs in "
        f"{f'year {year}' if year > 0 else 'reception'}: look whether another code is meant."
    )


def _closed(mark: MarkLookedAt) -> str:
    present = mark.around.present or 0
    if present <= mark.around.closed:
        return ""
    return (
        f"Y4 says that the school was closed unexpectedly, and {present:,} pupils of it "
        f"{plural(present, 'was', 'were')} present. Use Y3 where a part was closed, or else the "
        "code of the absence."
    )


def _dual(mark: MarkLookedAt) -> str:
    if mark.around.other_school != "":
        return ""
    return (
        "D says that the pupil was due at another school, and none is known. Plan the dual "
        "registration with that school’s name, or use another code."
    )


def _not_yet(mark: MarkLookedAt) -> str:
    if mark.date - mark.pupil.starts_on < LONG_ON_ROLL:
        return ""
    return (
        "Z is for pupils who are not yet on the roll, and this one has been on it since "
        f"{short_day(mark.pupil.starts_on)}. Use the code that says where the pupil was, or "
        "correct the date of entry."
    )


def _granted(mark: MarkLookedAt) -> str:
    if mark.around.before != "G":
        return ""
    return (
        "Leave is granted beforehand and never afterwards: G becomes C only where it was granted "
        "before the first day and entered wrongly. Keep what shows that."
    )


def _late(mark: MarkLookedAt) -> str:
    minutes = mark.around.minutes_late
    return _late_without_time(mark) if minutes is None else _late_by(minutes, mark)


def _late_by(minutes: int, mark: MarkLookedAt) -> str:
    is_open_for = mark.around.register_minutes
    if is_open_for is None or minutes < is_open_for:
        return ""
    return (
        f"The register is open for {is_open_for} minutes and the pupil came after {minutes}: "
        "from its end on the code is U, unless a better one fits, such as M."
    )


def _late_without_time(mark: MarkLookedAt) -> str:
    if not mark.around.has_ended:
        return ""
    return (
        "L is for who came before the register ended. Who came later has U, unless a better "
        "code fits, such as M."
    )


def _suspended(mark: MarkLookedAt) -> str:
    days = mark.around.days_suspended or 0
    if days <= DAYS_WITHOUT_PROVISION:
        return ""
    return (
        f"This is school day {days} in a row with E. From the sixth on other education is due, and "
        "its code takes over from E."
    )


def _licence(mark: MarkLookedAt) -> str:
    born_on = mark.pupil.born_on
    last = compulsory_school_age(born_on)[1] if born_on else date.max
    if mark.date <= last:
        return ""
    return (
        "C1 rests on a licence to perform or to work abroad. This pupil has been over compulsory "
        f"school age since {day_in_words(last)}: look whether there is one, or use C."
    )


def _provision(mark: MarkLookedAt) -> str:
    return unsupervised_on_paper(mark.symbol, mark.around.paper or "") or ""


LOOK: Mapping[str, tuple[Odd, Callable[[MarkLookedAt], str]]] = {
    "S": (Odd.STUDY_LEAVE_EARLY, _study_leave),
    "Y4": (Odd.CLOSED_ALONE, _closed),
    "D": (Odd.NO_OTHER_SCHOOL, _dual),
    "Z": (Odd.LONG_ON_ROLL, _not_yet),
    "C": (Odd.GRANTED_AFTERWARDS, _granted),
    "L": (Odd.LATE_AFTER_END, _late),
    "E": (Odd.SUSPENDED_LONG, _suspended),
    "C1": (Odd.LICENCE, _licence),
    "K": (Odd.AT_HOME, _provision),
    "B": (Odd.AT_HOME, _provision),
}
ADVISED = frozenset(LOOK)
