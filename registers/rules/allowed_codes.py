"""May this code stand for this pupil, day and session? One answer for page, import and API.

Nothing here reads a database or a clock. `why_not` holds the hard rules; `paper_needed` names what
the school must hold beside a code, which never stops a mark; `registers.rules.advice` says what is
allowed and odd.

What was decided where the rules leave room:

- `Z` is for pupils who are not yet on the roll. Where a school's files hold it for one who is, it
  is let through, since no law forbids it: it is in no figure, and goes on the office's list.
- `#` may stand for a session that the calendar holds: a start in stages or a planned closure of a
  part of the school leaves some pupils out of a session that others have. Whether the guidance
  covers these is unconfirmed, and nothing is lost by letting them through: `#` is in no figure,
  and it goes on the office's list as a code that needs a paper. For a day on which the school met
  nobody it is refused like every other code, since there is no session to mark.
- `X` for a pupil of compulsory school age is refused, except while it also stood for those whom
  the pandemic kept away: their old marks can be imported and are no possible sessions. `C2` for one
  outside that age is refused too (regulation 11(6)). `C1` asks no age here: a licence to perform
  abroad reaches beyond compulsory school age, so `advice` speaks of it and nothing stops.
- A session that was due and then lost, as on a snow day, counts as held here: its marks say Y4.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from registers.rules.calendar import academic_year_start
from registers.rules.codes import CODES, AttendanceCode, Half
from registers.rules.wording import shortened

# The first days of the terms with which compulsory school age begins, as month and day.
TERMS_BEGIN = ((1, 1), (4, 1), (9, 1))
# X for pupils whom the pandemic kept away, from the first closure until the guidance ended it.
PANDEMIC = (date(2020, 3, 23), date(2022, 4, 30))
PRESENT_IN = {Half.AM: "/", Half.PM: "\\"}
# What stood for a new code's cases before it came.
STOOD_BEFORE = {"J1": "J"} | {f"Y{number}": "Y" for number in range(1, 8)}


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """What the rules need of a pupil and a spell on the roll, whose two days are inclusive."""

    born_on: date | None
    starts_on: date
    leaves_on: date | None

    @property
    def last_day(self) -> date:
        """The last day on the roll, the last of the calendar where no end is known."""
        return self.leaves_on or date.max


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A half day. `held` is False where the school was not due to meet: a holiday, a weekend."""

    date: date
    half: Half
    held: bool


class Refusal(NamedTuple):
    """Why a code may not stand, and what to do instead: sentences, the first without its stop."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}. {self.remedy}"


def why_not(
    code_symbol: str, *, pupil: PupilFacts, session: SessionFacts, today: date
) -> str | None:
    """Why the code may not stand, in a sentence fit to show; None when it may."""
    refused = refusal(code_symbol, pupil=pupil, session=session, today=today)
    return None if refused is None else str(refused)


def refusal(
    code_symbol: str, *, pupil: PupilFacts, session: SessionFacts, today: date
) -> Refusal | None:
    """Why the code may not stand; None when it may.

    Called for every mark of an import, so what passes takes a few comparisons and no words.
    """
    return (
        _why_not_that_session(code_symbol, session.date, session.half)
        or _why_not_that_day(code_symbol, pupil, session, today)
        or _why_not_that_pupil(code_symbol, pupil, session)
    )


def paper_needed(code_symbol: str) -> str | None:
    """What the school must hold or write down beside the code, in words; None for most codes."""
    code = CODES.get(code_symbol)
    return code.paper if code else None


@lru_cache(maxsize=16_384)
def compulsory_school_age(
    born_on: date, terms_begin: tuple[tuple[int, int], ...] = TERMS_BEGIN
) -> tuple[date, date]:
    """The first and last day of compulsory school age, both inclusive (Education Act 1996, s8).

    It begins with the term after the fifth birthday and ends on the last Friday of June in the
    school year of the sixteenth. `terms_begin` are month and day; the dates are unconfirmed.
    """
    fifth_birthday = (born_on.year + 5, born_on.month, born_on.day)
    terms = [(born_on.year + years, *day) for years, day in product((5, 6), terms_begin)]
    first = date(*min(term for term in terms if term > fifth_birthday))
    last_of_june = date(academic_year_start(born_on).year + 17, 6, 30)
    return first, last_of_june - timedelta(days=(last_of_june.weekday() - 4) % 7)


def _within(from_on: date, until_on: date, first: date, last: date) -> bool:
    return first <= from_on and until_on <= last


def _outside(from_on: date, until_on: date, first: date, last: date) -> bool:
    """Outside compulsory school age, or while the pandemic kept pupils of any age away."""
    return until_on < first or last < from_on or _within(from_on, until_on, *PANDEMIC)


# The codes that ask how old the pupil is: whether these days fit the first and the last of the age.
BY_AGE = {"X": _outside, "C2": _within}


def age_against(
    code_symbol: str, born_on: date | None, from_on: date, until_on: date
) -> tuple[date, date] | None:
    """The pupil's days of compulsory school age, where they forbid the code on any of these days.

    C2 stands within them only, X outside them only. None where the code may stand throughout, where
    it asks no age, and where the date of birth is not known: then the age is taken to fit.
    """
    if code_symbol not in BY_AGE or born_on is None:
        return None
    age = compulsory_school_age(born_on)
    return None if BY_AGE[code_symbol](from_on, until_on, *age) else age


def short_day(on: date) -> str:
    """3 Nov 2026."""
    return f"{on.day} {on:%b %Y}"


def day_in_words(on: date) -> str:
    return f"{on:%A} {on.day} {on:%B %Y}"


def session_in_words(on: date, half: Half) -> str:
    return f"{day_in_words(on)}, {Half(half).words}"


@lru_cache(maxsize=65_536)
def _why_not_that_session(symbol: str, on: date, half: Half) -> Refusal | None:
    """What is wrong with the code whoever the pupil is."""
    code = CODES.get(symbol)
    if code is None:
        return _unknown(symbol)
    if not code.in_force(on):
        return _not_in_force(code, on, half)
    return _why_not_that_half(code, on, half)


def _why_not_that_half(code: AttendanceCode, on: date, half: Half) -> Refusal | None:
    if code.half in (None, half):
        return None
    words = session_in_words(on, half)
    return Refusal(
        f"{_named(code.symbol)} is for {Half(1 - half).words}s only, and this mark is for {words}",
        f"Use {_named(PRESENT_IN[half])}.",
    )


def _unknown(symbol: str) -> Refusal:
    if not symbol.strip():
        return Refusal("There is no code", "Give one, or leave the session unmarked.")
    plain = symbol.strip().upper()
    shown = shortened(symbol, 10)
    if plain in CODES:
        return Refusal(f"“{shown}” is not a code as it is written", f"Write {_named(plain)}.")
    return Refusal(f"“{shown}” is not an attendance code", "Use one from the list of codes.")


def _not_in_force(code: AttendanceCode, on: date, half: Half) -> Refusal:
    if on < (code.in_force_from or date.min):
        in_force = f"came into use on {day_in_words(code.in_force_from or on)}"
        instead = STOOD_BEFORE.get(code.symbol, "a code of that time")
    else:
        in_force = f"was in use until {day_in_words(code.in_force_until or on)}"
        instead = code.replaced_by or "a code of today"
    words = session_in_words(on, half)
    what = f"{_named(code.symbol)} {in_force}, and this mark is for {words}"
    return Refusal(what, f"Use {_named(instead)}.")


def _why_not_that_day(
    symbol: str, pupil: PupilFacts, session: SessionFacts, today: date
) -> Refusal | None:
    if session.date > today:
        return _in_the_future(symbol, session)
    if not pupil.starts_on <= session.date <= pupil.last_day:
        return _not_on_roll(symbol, pupil, session)
    return None if session.held else _not_held(symbol, session)


def _in_the_future(symbol: str, session: SessionFacts) -> Refusal:
    return Refusal(
        f"{_cannot_stand(symbol, session)} yet: that day is still to come",
        "Mark the session when it is here, and enter what is planned as leave.",
    )


def _not_on_roll(symbol: str, pupil: PupilFacts, session: SessionFacts) -> Refusal:
    if session.date < pupil.starts_on:
        why = f"the pupil came on the roll on {day_in_words(pupil.starts_on)}"
        way_out = "correct the date of entry"
    else:
        why = f"the pupil left the roll on {day_in_words(pupil.last_day)}"
        way_out = "correct the date of leaving"
    what = f"{_cannot_stand(symbol, session)}: {why}"
    return Refusal(what, f"Leave the session unmarked, or {way_out}.")


def _not_held(symbol: str, session: SessionFacts) -> Refusal:
    return Refusal(
        f"{_cannot_stand(symbol, session)}: the school did not hold that session",
        "Leave it unmarked, or add the session to the calendar.",
    )


def _why_not_that_pupil(symbol: str, pupil: PupilFacts, session: SessionFacts) -> Refusal | None:
    days = age_against(symbol, pupil.born_on, session.date, session.date)
    if days is None:
        return None
    first, last = days
    if symbol == "C2":
        only, instead = " only", "X"
        for_what = "for sessions outside an agreed timetable"
    else:
        only, instead = "", "C2" if CODES["C2"].in_force(session.date) else "C"
        for_what = "for an agreed part-time timetable"
    return Refusal(
        f"{_cannot_stand(symbol, session)}: the pupil is of compulsory school age{only} from "
        f"{day_in_words(first)} to {day_in_words(last)}",
        f"Use {_named(instead)} {for_what}, or else the code of the absence.",
    )


def _cannot_stand(symbol: str, session: SessionFacts) -> str:
    words = session_in_words(session.date, session.half)
    return f"{_named(symbol)} cannot stand for {words}"


def _named(symbol: str) -> str:
    """A code with its meaning; words that are none as they are."""
    return f"{symbol} ({CODES[symbol].meaning})" if symbol in CODES else symbol
