"""Planned absences: which codes fit a kind, what each must bring with it, which sessions it covers.

No Django here, and no clock. A plan is no mark: no mark lies in the future. The plan in force
becomes the mark when the register of its session is opened (`registers.marks.plans_in_force`).

What was decided where the rules leave room:

- A plan may begin in the past, since a trip is often entered on its second day, but it may not lie
  in the past altogether: those sessions have their marks, and a mark is changed where it stands.
- G, N, O and U are never planned. They say what happened, and nobody can know it beforehand.
- Whoever joins or leaves within the days of a plan has it for the days on the roll.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Protocol

from registers.rules.advice import AdviceContext, unsupervised_at_home
from registers.rules.advice import advice as advice_on_mark
from registers.rules.allowed_codes import (
    PupilFacts,
    SessionFacts,
    age_against,
    day_in_words,
    short_day,
)
from registers.rules.codes import CODES, AttendanceCode, Half
from registers.rules.wording import listed

LEAVE, VISIT, PART_TIME, PROVISION, DUAL = "leave", "visit", "part_time", "provision", "dual"

# The kinds of plan, as the office speaks of them, and what each is for.
KINDS: dict[str, str] = {
    LEAVE: "Leave, or an absence known beforehand",
    VISIT: "Visit or trip",
    PART_TIME: "Part-time timetable",
    PROVISION: "Provision elsewhere",
    DUAL: "Dual registration",
}
ABOUT: dict[str, str] = {
    LEAVE: "A funeral, an operation, a suspension, a year group that starts a day later.",
    VISIT: "Out with the school, or with its approval: a trip, a fixture, a placement.",
    PART_TIME: "The sessions that an agreed timetable leaves out, for a time.",
    PROVISION: "Some or all of the week at a college, a hospital school or another place.",
    DUAL: "The sessions that the pupil spends at the other school where they are registered.",
}
CODES_OF: dict[str, tuple[str, ...]] = {
    LEAVE: (
        *("C", "M", "J1", "S", "C1", "R", "T"),
        *("I", "E"),
        *("Q", "Y1", "Y2", "Y3", "Y5", "Y6", "Y7"),
        "#",
    ),
    VISIT: ("V", "P", "W", "B"),
    PART_TIME: ("C2", "X"),
    PROVISION: ("B", "K", "W", "P"),
    DUAL: ("D",),
}
FIELDS_OF: dict[str, tuple[str, ...]] = {
    LEAVE: ("note", "agreed_with", "agreed_on"),
    VISIT: ("place", "activity", "supervised_by", "note"),
    PART_TIME: ("agreed_with", "agreed_on", "review_on", "note"),
    PROVISION: (
        *("place", "activity", "supervised_by"),
        *("agreed_with", "agreed_on", "review_on", "note"),
    ),
    DUAL: ("place", "note"),
}
NEARER_TO_PERSISTENT = ("C2", "C", "C1", "S", "J1")  # planned, and authorised absence

# What a plan with the code must say: the field, and the sentence that asks for it.
NEEDS: dict[str, dict[str, str]] = {
    "C2": {
        "agreed_with": "Name the parent with whom the part-time timetable was agreed",
        "agreed_on": "Give the day on which the part-time timetable was agreed",
        "review_on": "Give the day on which the part-time timetable is reviewed",
    },
    "X": {"agreed_with": "Name the parent or pupil with whom the timetable was agreed"},
    "K": {
        "activity": "Say what education the local authority arranged",
        "place": "Say where the pupil is taught",
        "supervised_by": "Say who supervises the pupil there",
    },
    "B": {
        "activity": "Say what the pupil does there: the nature of the activity",
        "place": "Say where the pupil is",
        "supervised_by": "Say who supervises the pupil there",
    },
    "D": {"place": "Name the other school"},
    "Y7": {"note": "Say what the unavoidable cause is"},
    "#": {"note": "Say which decision closes the school to these pupils"},
    "C": {
        "agreed_with": "Name the parent who asked for the leave",
        "note": "Say what the exceptional circumstance is",
    },
    **{
        symbol: {"agreed_with": "Name the person who asked for the leave"}
        for symbol in ("C1", "J1", "M", "S")
    },
}
# The days of a plan are counted as a school year and a half at most: longer is a slip of the pen.
LONGEST = timedelta(days=550)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
EVERY_SESSION = 0b11_1111_1111
MORNINGS = 0b01_0101_0101
AFTERNOONS = 0b10_1010_1010
EVERY = {EVERY_SESSION: "every session", MORNINGS: "every morning", AFTERNOONS: "every afternoon"}
PART_OF_DAY = ("", "{} morning", "{} afternoon", "all of {}")  # by the two bits of a day


class PlanDays(Protocol):
    """On which sessions a plan lies, be it asked for or kept."""

    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date: ...
    @property
    def slots(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks for. `slots` has bit 2 * weekday + half, Monday morning first."""

    kind: str
    code: str
    from_on: date
    until_on: date
    slots: int = EVERY_SESSION
    note: str = ""
    place: str = ""
    activity: str = ""
    supervised_by: str = ""
    agreed_with: str = ""
    agreed_on: date | None = None
    review_on: date | None = None


def slot_bit(on: date, half: int) -> int:
    """The bit of this half day in `slots`; 0 on a Saturday or Sunday, which no plan covers."""
    return 1 << (2 * on.weekday() + half) if on.weekday() < len(WEEKDAYS) else 0


def slots_of(numbers: Iterable[int]) -> int:
    """From the numbers of the ticked sessions of a week, 0 (Monday morning) to 9."""
    slots = 0
    for number in numbers:
        slots |= 1 << number
    return slots


def numbers_of(slots: int) -> list[int]:
    """The other way round."""
    return [number for number in range(2 * len(WEEKDAYS)) if slots >> number & 1]


def covers(plan: PlanDays, on: date, half: int) -> bool:
    return plan.from_on <= on <= plan.until_on and bool(plan.slots & slot_bit(on, half))


def sessions_covered(plan: Plan) -> Iterator[tuple[date, Half]]:
    """Every half day from Monday to Friday that the plan names, held by the school or not."""
    for on in _days(plan.from_on, plan.until_on):
        for half in Half:
            if plan.slots & slot_bit(on, half):
                yield on, half


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def slots_within(from_on: date, until_on: date, slots: int) -> int:
    """Of the ticked sessions of a week, those that come within the days of a plan."""
    within = 0
    for on in islice(_days(from_on, until_on), 7):
        within |= slot_bit(on, Half.AM) | slot_bit(on, Half.PM)
    return slots & within


def days_in_words(from_on: date, until_on: date, slots: int) -> str:
    """ "Tue 24 Nov 2026, morning", "3 Dec 2026 to 4 Dec 2026", "…, every afternoon"."""
    if from_on == until_on:
        half = slots_within(from_on, until_on, slots) >> (2 * from_on.weekday())
        return f"{from_on:%a} {short_day(from_on)}{('', ', morning', ', afternoon', '')[half]}"
    words = f"{short_day(from_on)} to {short_day(until_on)}"
    within = slots_within(from_on, until_on, slots)
    if within == slots_within(from_on, until_on, EVERY_SESSION):
        return words
    return f"{words}, {slots_in_words(within)}"


def slots_in_words(slots: int) -> str:
    """ "every session", "every afternoon", "Monday morning and all of Friday"."""
    if slots in EVERY:
        return EVERY[slots]
    parts = (
        PART_OF_DAY[slots >> (2 * number) & 0b11].format(name)
        for number, name in enumerate(WEEKDAYS)
    )
    return listed(filter(None, parts))


def codes_for(kind: str, on: date) -> list[AttendanceCode]:
    """The codes of a kind that are in force on a day, in the order of the office's use."""
    return [CODES[symbol] for symbol in CODES_OF.get(kind, ()) if CODES[symbol].in_force(on)]


def fields_wanted(kind: str) -> list[str]:
    """The fields that a plan of this kind may fill, in the order of the form."""
    return list(FIELDS_OF.get(kind, ()))


def what_is_wrong(plan: Plan, *, today: date) -> dict[str, str]:
    """What must be put right whoever the pupil is: the field, and a sentence for each."""
    wrong_days = _wrong_days(plan, today)
    return (
        wrong_days
        | _wrong_sessions(plan, days_are_wrong=bool(wrong_days))
        | _wrong_code(plan)
        | _left_out(plan)
        | _unsupervised(plan)
        | _wrong_agreement(plan, today)
    )


def _wrong_days(plan: Plan, today: date) -> dict[str, str]:
    if plan.until_on < plan.from_on:
        first = day_in_words(plan.from_on)
        return {"until_on": f"The last day is before the first, {first}"}
    if plan.until_on - plan.from_on > LONGEST:
        return {"until_on": "Choose a last day within eighteen months of the first"}
    if plan.until_on < today:
        return {"until_on": "These days are over: change their marks in the register"}
    return {}


def _wrong_sessions(plan: Plan, *, days_are_wrong: bool) -> dict[str, str]:
    if not 0 < plan.slots <= EVERY_SESSION:
        return {"slots": "Tick at least one session of the week"}
    if days_are_wrong or any(sessions_covered(plan)):
        return {}
    return {"slots": "None of the ticked sessions lies between the first and the last day"}


def _left_out(plan: Plan) -> dict[str, str]:
    needs = NEEDS.get(plan.code, {})
    return {field: words for field, words in needs.items() if not getattr(plan, field)}


def _unsupervised(plan: Plan) -> dict[str, str]:
    if plan.code not in ("K", "B"):
        return {}
    where = f"{plan.place} {plan.activity}"
    words = unsupervised_at_home(plan.code, where, plan.supervised_by)
    return {"supervised_by": words} if words else {}


def _wrong_agreement(plan: Plan, today: date) -> dict[str, str]:
    wrong = {}
    if plan.agreed_on and plan.agreed_on > today:
        wrong["agreed_on"] = "This day is still to come: give the day on which it was agreed"
    if plan.review_on and not plan.from_on <= plan.review_on <= plan.until_on:
        wrong["review_on"] = "Choose a day of review between the first and the last day"
    return wrong


def why_not_for(plan: Plan, pupil: PupilFacts) -> str | None:
    """Why this pupil cannot have the plan, in a sentence fit to show; None when they can.

    Without a date of birth the age is taken to fit, as in `rules.why_not`.
    """
    return _why_not_on_roll(plan, pupil) or _why_not_at_age(plan, pupil)


def _why_not_on_roll(plan: Plan, pupil: PupilFacts) -> str | None:
    if pupil.last_day < plan.from_on:
        return f"left the roll on {day_in_words(pupil.last_day)}"
    if pupil.starts_on > plan.until_on:
        return f"comes on the roll on {day_in_words(pupil.starts_on)}"
    return None


def _why_not_at_age(plan: Plan, pupil: PupilFacts) -> str | None:
    begins = max(plan.from_on, pupil.starts_on)
    ends = min(plan.until_on, pupil.last_day)
    days = age_against(plan.code, pupil.born_on, begins, ends)
    if days is None:
        return None
    age = f"is of compulsory school age from {day_in_words(days[0])} to {day_in_words(days[1])}"
    if plan.code == "C2":
        return f"{age}, and C2 stands on no other day. Use X outside those days"
    return f"{age}, and X stands on no day of it. Use C2"


def why_no_session(
    plan: Plan, calendar: Collection[tuple[date, int]], known_until: date | None
) -> str | None:
    """Why a plan covers no session that the school holds, in a sentence; None when it does.

    `calendar` are the school's sessions within the plan's days; `known_until` is its last day.
    A plan that reaches beyond the calendar waits for it.
    """
    if plan.until_on > (known_until or date.min):
        return None
    if not set(sessions_covered(plan)).isdisjoint(calendar):
        return None
    return "The school holds none of these sessions: look at the days and at the calendar"


def advice(plan: Plan, pupils: Iterable[PupilFacts], *, school_days: int) -> list[str]:
    """What the office may want to know, and what stops nothing: each sentence once, as the rules
    have it of a mark on the plan's last day."""
    session = SessionFacts(plan.until_on, Half.AM, held=True)
    around = AdviceContext(days_suspended=school_days, other_school=plan.place)
    sentences = [
        one.words
        for pupil in pupils
        for one in advice_on_mark(plan.code, pupil=pupil, session=session, around=around)
    ]
    if plan.code in NEARER_TO_PERSISTENT:
        sentences.append(
            "These sessions count as authorised absence, and bring persistent absence nearer."
        )
    return list(dict.fromkeys(sentences))


def is_review_due(review_on: date | None, until_on: date, today: date) -> bool:
    """A plan still in force whose day of review has come."""
    return review_on is not None and review_on <= today <= until_on


def _wrong_code(plan: Plan) -> dict[str, str]:
    if plan.kind not in CODES_OF:
        return {"code": "Choose what kind of absence it is"}
    if plan.code not in CODES:
        return {"code": "Choose a code"}
    if plan.code not in CODES_OF[plan.kind]:
        words = f"{plan.code} is no code for this: choose another, or another kind of absence"
        return {"code": words}
    return _not_in_use(CODES[plan.code], plan)


def _not_in_use(code: AttendanceCode, plan: Plan) -> dict[str, str]:
    for on in (plan.from_on, plan.until_on):
        if not code.in_force(on):
            what = f"{code.symbol} ({code.meaning}) is not in use on {day_in_words(on)}"
            return {"code": f"{what}: choose another code"}
    return {}
