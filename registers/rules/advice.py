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
    look = LOOK.get(code_symbol)
    found = look(code_symbol, pupil, session, around) if look else None
    return [found] if found else []


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
    return on.year if on.month >= 9 else on.year - 1


Look = Callable[[str, PupilFacts, SessionFacts, AdviceContext], Advice | None]


def _study_leave(
    symbol: str, pupil: PupilFacts, session: SessionFacts, _: AdviceContext
) -> Advice | None:
    if pupil.born_on is None:
        return None
    year = usual_year_group(pupil.born_on, session.date)
    if year >= YEAR_OF_EXAMINATIONS:
        return None
    words = (
        "S is study leave for a public examination, from year 11 on. By age this pupil belongs in "
        f"{f'year {year}' if year > 0 else 'reception'}: look whether another code is meant."
    )
    return Advice(Odd.STUDY_LEAVE_EARLY, words)


def _closed(
    symbol: str, _: PupilFacts, session: SessionFacts, around: AdviceContext
) -> Advice | None:
    if around.present is None or around.present <= around.closed:
        return None
    were = "was" if around.present == 1 else "were"
    words = (
        f"Y4 says that the school was closed unexpectedly, and {around.present:,} pupils of it "
        f"{were} present. Use Y3 where a part was closed, or else the code of the absence."
    )
    return Advice(Odd.CLOSED_ALONE, words)


def _dual(
    symbol: str, _: PupilFacts, session: SessionFacts, around: AdviceContext
) -> Advice | None:
    if around.other_school is None or around.other_school:
        return None
    words = (
        "D says that the pupil was due at another school, and none is known. Plan the dual "
        "registration with that school’s name, or use another code."
    )
    return Advice(Odd.NO_OTHER_SCHOOL, words)


def _not_yet(
    symbol: str, pupil: PupilFacts, session: SessionFacts, _: AdviceContext
) -> Advice | None:
    if session.date - pupil.starts_on < LONG_ON_ROLL:
        return None
    words = (
        "Z is for pupils who are not yet on the roll, and this one has been on it since "
        f"{short_day(pupil.starts_on)}. Use the code that says where the pupil was, or correct "
        "the date of entry."
    )
    return Advice(Odd.LONG_ON_ROLL, words)


def _granted(
    symbol: str, _: PupilFacts, session: SessionFacts, around: AdviceContext
) -> Advice | None:
    if around.before != "G":
        return None
    words = (
        "Leave is granted beforehand and never afterwards: G becomes C only where it was granted "
        "before the first day and entered wrongly. Keep what shows that."
    )
    return Advice(Odd.GRANTED_AFTERWARDS, words)


def _late(
    symbol: str, _: PupilFacts, session: SessionFacts, around: AdviceContext
) -> Advice | None:
    minutes, is_open_for = around.minutes_late, around.register_minutes
    if minutes is not None and is_open_for is not None and minutes >= is_open_for:
        words = (
            f"The register is open for {is_open_for} minutes and the pupil came after {minutes}: "
            "from its end on the code is U, unless a better one fits, such as M."
        )
    elif minutes is None and around.has_ended:
        words = (
            "L is for who came before the register ended. Who came later has U, unless a better "
            "code fits, such as M."
        )
    else:
        return None
    return Advice(Odd.LATE_AFTER_END, words)


def _suspended(
    symbol: str, _: PupilFacts, session: SessionFacts, around: AdviceContext
) -> Advice | None:
    days = around.days_suspended
    if days is None or days <= DAYS_WITHOUT_PROVISION:
        return None
    words = (
        f"This is school day {days} in a row with E. From the sixth on other education is due, and "
        "its code takes over from E."
    )
    return Advice(Odd.SUSPENDED_LONG, words)


def _licence(
    symbol: str, pupil: PupilFacts, session: SessionFacts, _: AdviceContext
) -> Advice | None:
    if pupil.born_on is None:
        return None
    last = compulsory_school_age(pupil.born_on)[1]
    if session.date <= last:
        return None
    words = (
        "C1 rests on a licence to perform or to work abroad. This pupil has been over compulsory "
        f"school age since {day_in_words(last)}: look whether there is one, or use C."
    )
    return Advice(Odd.LICENCE, words)


def _provision(
    symbol: str, _: PupilFacts, session: SessionFacts, around: AdviceContext
) -> Advice | None:
    words = unsupervised_on_paper(symbol, around.paper or "")
    return Advice(Odd.AT_HOME, words) if words else None


LOOK: Mapping[str, Look] = {
    "S": _study_leave,
    "Y4": _closed,
    "D": _dual,
    "Z": _not_yet,
    "C": _granted,
    "L": _late,
    "E": _suspended,
    "C1": _licence,
    "K": _provision,
    "B": _provision,
}
ADVISED = frozenset(LOOK)
