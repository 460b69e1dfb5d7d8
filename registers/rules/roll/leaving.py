"""What each ground for taking a name off the roll needs, and whether it is there. No Django here.

Regulation 9(1) of SI 2024/208 is a closed list; some of its grounds rest on what the attendance
register says (rule C12 for the twenty days), some on the pupil's age, some on what the school must
hold in writing. A ground is refused with a sentence that says what is missing.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from registers.rules.allowed_codes import compulsory_school_age, day_in_words
from registers.rules.codes import Half
from registers.rules.wording import many

NOT_FOUND = frozenset("GNO")  # U is on site, and another code says where the pupil was
LEAVE = frozenset({"C", "C1", "C2", "J1", "S", "H", "F"})  # granted beforehand
NOT_DUE = "#"
TWENTY, TEN = 20, 10  # school days

Wrong = dict[str, str]  # field, and the sentence


@dataclass(frozen=True, slots=True)
class GroundEvidence:
    """What the school holds for a ground. What each part means, the ground's Need says."""

    day: date | None = None
    text: str = ""
    with_authority: bool = False
    confirmed: bool = False

    def day_after(self, on: date) -> date | None:
        """The day, where it lies after another; None where it does not, or none was given."""
        return self.day if self.day and self.day > on else None


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """A day on which the school met: for each session its half and code, "" for not marked."""

    date: date
    codes: tuple[tuple[Half, str], ...]

    @property
    def last_code(self) -> str:
        return self.codes[-1][1]


@dataclass(frozen=True, slots=True)
class LeavingFacts:
    """What the registers say of a pupil at the last day on the roll.

    `days` are the school days up to that day and to today, oldest first; `next_day` is the next
    school day after it, None where the calendar knows none.
    """

    leaves_on: date
    today: date
    born_on: date | None = None
    year_group: str = ""
    days: Sequence[SchoolDay] = ()
    next_day: date | None = None

    @property
    def first_day_off(self) -> date:
        """The first school day on which the pupil is off the roll, as far as the calendar goes."""
        return self.next_day or self.leaves_on


@dataclass(frozen=True, slots=True)
class UnexplainedRun:
    """School days in a row, counted back, with G, N or O in every session; what broke it."""

    days: int
    since: date | None = None
    broken_on: date | None = None
    broken_by: str = ""  # a code; "" for a session that is not marked
    broken_half: Half | None = None

    @property
    def in_words(self) -> str:
        """12 school days, from Thursday 5 November 2026; Wednesday 4 November, morning, is I."""
        return f"{self._length}{self._end}."

    @property
    def _length(self) -> str:
        if self.since is None:
            return "No school day"
        return f"{many(self.days, 'school day')}, since {day_in_words(self.since)}"

    @property
    def _end(self) -> str:
        if self.broken_on is None or self.broken_half is None:
            return ""
        what = f"has {self.broken_by}" if self.broken_by else "is not marked"
        return f"; the {self.broken_half.words} of {day_in_words(self.broken_on)} {what}"


def run_of_absence(days: Sequence[SchoolDay], today: date | None = None) -> UnexplainedRun:
    """The run as it stands at the last of these days. Holidays, INSET days and closures are no
    school days and break nothing; one other code does (rule C12). Sessions of `today` that nobody
    has marked yet are left out."""
    number, since = 0, None
    for day in reversed(days):
        codes = [(half, code) for half, code in day.codes if code not in _says_nothing(day, today)]
        for half, code in codes:
            if code not in NOT_FOUND:
                return UnexplainedRun(number, since, day.date, code, half)
        if codes:
            number, since = number + 1, day.date
    return UnexplainedRun(number, since)


def _says_nothing(day: SchoolDay, today: date | None) -> Sequence[str]:
    """The codes that neither make nor break a run: not due, and today not marked yet."""
    return (NOT_DUE, "") if day.date == today else (NOT_DUE,)


def _nothing_to_check(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    return {}


@dataclass(frozen=True, slots=True)
class GroundNeeds:
    """What a ground asks for: the label of each field, empty where it asks for none."""

    day: str = ""
    day_help: str = ""
    text: str = ""
    text_help: str = ""
    with_authority: str = ""
    confirmed: str = ""
    check: Callable[[LeavingFacts, GroundEvidence], Wrong] = _nothing_to_check
    shows_run: bool = False

    @property
    def fields(self) -> list[str]:
        return [
            name for name in ("day", "text", "with_authority", "confirmed") if getattr(self, name)
        ]


def what_is_missing(ground: str, facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    """By field what keeps the ground from standing: `leaving_ground` for what the registers say,
    else the part of the evidence. Empty where the name may be taken off on it."""
    need = need_of(ground)
    wrong = {
        name: MISSING[name].format(label=getattr(need, name))
        for name in need.fields
        if not getattr(evidence, name)
    }
    if need.day and (to_come := evidence.day_after(facts.today)):
        wrong["day"] = f"{day_in_words(to_come)} is still to come"
    return need.check(facts, evidence) | wrong


MISSING = {
    "day": "Give the day: {label}",
    "text": "Write this down: {label}",
    "with_authority": "The ground needs this: {label}",
    "confirmed": "The ground needs this: {label}",
}


def need_of(ground: str) -> GroundNeeds:
    """By the letter that the ground begins with."""
    return NEEDS.get(ground.split(" ", 1)[0], GroundNeeds())


# --- the grounds that the registers can judge


def _twenty_days(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    run = run_of_absence(facts.days, facts.today)
    if run.days >= TWENTY:
        return {}
    return {
        "leaving_ground": "This ground needs G, N or O in every session of the last 20 school days "
        f"in a row. As it stands: {run.in_words}"
    }


def _after_leave(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    if evidence.day is None:
        return {}
    until = bisect_right(facts.days, evidence.day, key=attrgetter("date"))
    up_to_leave, after = facts.days[:until], facts.days[until:]
    if not up_to_leave or up_to_leave[-1].last_code not in LEAVE:
        return {"day": f"The register has no leave that ends on {day_in_words(evidence.day)}"}
    run = run_of_absence(after, facts.today)
    if run.broken_on is None and run.days >= TEN:
        return {}
    return {
        "leaving_ground": "This ground needs ten school days after the leave, with G, N or O in "
        f"every session since. As it stands: {run.in_words}"
    }


def _nursery(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    year = facts.year_group.strip().upper()
    if year and not year.startswith("N"):
        return {"leaving_ground": f"The pupil is in year {year}, not in the nursery"}
    return _not_of_age(facts) if facts.born_on or not year else {}


def _not_of_age(facts: LeavingFacts) -> Wrong:
    if facts.born_on is None:
        return NO_BIRTHDAY
    first, last = compulsory_school_age(facts.born_on)
    if facts.leaves_on < first or facts.first_day_off > last:
        return {}
    return {
        "leaving_ground": "The pupil is of compulsory school age from "
        f"{day_in_words(first)} to {day_in_words(last)}"
    }


def _over_age(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    if facts.born_on is None:
        return NO_BIRTHDAY
    last = compulsory_school_age(facts.born_on)[1]
    if facts.first_day_off > last:
        return {}
    return {
        "leaving_ground": f"The pupil is of compulsory school age until {day_in_words(last)}, and "
        "the school meets before that"
    }


NO_BIRTHDAY = {"leaving_ground": "This ground goes by age: give the pupil’s date of birth first"}


def _notice(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    day = evidence.day_after(facts.leaves_on)
    if day is None:
        return {}
    return {
        "leaves_on": "The name stays on the roll until the notice has come, on "
        f"{day_in_words(day)}: choose that day or a later one"
    }


def _decided(facts: LeavingFacts, evidence: GroundEvidence) -> Wrong:
    day = evidence.day_after(facts.leaves_on)
    if day is None:
        return {}
    return {
        "leaves_on": f"The name stays on the roll until {day_in_words(day)}, when this "
        "was over: choose that day or a later one"
    }


ENQUIRIES = {
    "text": "The enquiries made, and what they found",
    "text_help": "Who asked whom and where: calls, visits, neighbours, other schools.",
    "with_authority": "The school and the local authority made these enquiries together",
    "confirmed": "Nothing points to illness or to a cause that could not be avoided",
}
NEEDS: dict[str, GroundNeeds] = {
    "9(1)(a)": GroundNeeds(text="The school where the pupil is registered now"),
    "9(1)(b)": GroundNeeds(check=_nursery),
    "9(1)(c)": GroundNeeds(
        day="The other schools agreed on",
        text="The schools, and who agreed for each",
        check=_decided,
    ),
    "9(1)(d)": GroundNeeds(
        day="The authority changed the order on",
        text="The school that it names now",
        check=_decided,
    ),
    "9(1)(e)": GroundNeeds(day="The authority revoked the order on", check=_decided),
    "9(1)(f)": GroundNeeds(
        day="The parent’s written notice came on",
        day_help="A letter or an e-mail. What was said by telephone is no notice.",
        check=_notice,
    ),
    "9(1)(g)": GroundNeeds(text="Where the pupil lives now"),
    "9(1)(h)": GroundNeeds(
        day="The leave ended on",
        day_help="Its last day, as the register has it.",
        check=_after_leave,
        shows_run=True,
        **ENQUIRIES,
    ),
    "9(1)(i)": GroundNeeds(
        day="The enquiries were over on", check=_twenty_days, shows_run=True, **ENQUIRIES
    ),
    "9(1)(j)": GroundNeeds(
        day="The sentence was passed on", confirmed="The pupil is not expected back when it ends"
    ),
    "9(1)(l)": GroundNeeds(check=_over_age),
    "9(1)(m)": GroundNeeds(
        confirmed="The fees are still not paid at the end of the term that they are for"
    ),
    "9(1)(n)": GroundNeeds(
        confirmed="This is an independent school or a special school that is not maintained"
    ),
    "9(1)(o)": GroundNeeds(
        day="The review was over, or its time had passed, on",
        day_help="Until then the name stays on the roll, also where the pupil is taught elsewhere.",
        check=_decided,
    ),
    "Outside": GroundNeeds(check=lambda facts, evidence: _not_of_age(facts)),
}
