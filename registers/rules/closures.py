"""What a closure makes of each mark, and which code it is. No Django here.

What was decided where the guidance leaves room:

- The kind is what happened (snow, a strike); the code follows from it and from who is affected.
  An unexpected closure of the whole site is Y4; of some of it, Y3 for the pupils without room in
  the rest. A planned closure is #. With transport (Y1) and travel (Y2) the school is open.
- A session that was not held cannot have been missed: whatever absence stood there gives way, told
  beforehand or not. Where the school was open (Y1, Y2), only what has no reason yet gives way, N
  and O: a pupil who was ill would have been ill with the bus running.
- Who was on site when the register was called stays so: the session was held for them, also where
  the school sent everybody home after it (Norfolk's advice of June 2026, rule A15). U was on site.
- Who was being educated elsewhere (K, V, P, W, B) stays: the closure did not touch them.
- What is no possible session already stays: it says something about this pupil alone.
Each of these can be overruled with a tick before the closure is made.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from registers.rules.allowed_codes import short_day
from registers.rules.calendar import SessionKey
from registers.rules.codes import CODES, Half

BLANK = ""  # no mark
LONGEST_DAYS = 92


@dataclass(frozen=True, slots=True)
class ClosureKind:
    """Why a school closes. `for_some` is the code where only some of its pupils are affected."""

    value: str
    label: str
    code: str
    for_some: str
    about: str
    is_known: bool = False  # known beforehand: a session that was never due

    @property
    def codes(self) -> str:
        """Y4, or Y3 for some; # where one code is for both."""
        if self.code == self.for_some:
            return self.code
        return f"{self.code}, or {self.for_some} for some"


KINDS = (
    ClosureKind("snow", "Snow or ice", "Y4", "Y3", "The site could not open, or not all of it."),
    ClosureKind(
        "heat", "Heat", "Y4", "Y3", "Too hot to be safe; optional attendance is no closure."
    ),
    ClosureKind("building", "Building", "Y4", "Y3", "Heating, water, power, a fire, unsafe rooms."),
    ClosureKind(
        "strike", "Strike", "Y4", "Y3", "Too few staff for the site, or for some year groups."
    ),
    ClosureKind("other", "Another unexpected closure", "Y4", "Y3", "What nobody could plan for."),
    ClosureKind("transport", "School transport", "Y1", "Y1", "The usual bus or taxi did not come."),
    ClosureKind(
        "travel", "Disruption to travel", "Y2", "Y2", "A widespread emergency; school was open."
    ),
    ClosureKind(
        "polling", "Polling station", "#", "#", "The building is used for an election.", True
    ),
    ClosureKind("planned", "Another planned closure", "#", "#", "Agreed beforehand.", True),
)
KIND = {kind.value: kind for kind in KINDS}
SCHOOL_IS_OPEN = ("Y1", "Y2")
UNKNOWN_REASON = ("N", "O")


def code_for(kind: str, *, whole_school: bool) -> str:
    """The law's code for the pupils of a closure. Raises KeyError for an unknown kind."""
    return KIND[kind].code if whole_school else KIND[kind].for_some


def why_it_stands(now: str, closure: str) -> str | None:
    """Why a mark that stands (BLANK: none) is left as it is, in words; None where it gives way.

    `closure` is the code of the closure.
    """
    if now == BLANK:
        return None
    code = CODES[now]
    reasons = (
        (code.is_on_site, "was on site when the register was called"),
        (code.attended, "was educated elsewhere, which the closure does not touch"),
        (not code.possible, "is no possible session already, and says why for this pupil"),
        (
            closure in SCHOOL_IS_OPEN and now not in UNKNOWN_REASON,
            "has a reason of its own, and the school was open",
        ),
    )
    return next((words for holds, words in reasons if holds), None)


def gives_way(now: str, closure: str) -> bool:
    return now != closure and why_it_stands(now, closure) is None


def becomes(now: str, closure: str, changing: Collection[str]) -> str | None:
    """The code that stands after the closure where `now` stood; None where nothing is written.

    `changing` are the codes that give way, as the person ticked them; a blank always does.
    """
    changes = now != closure and now in (BLANK, *changing)
    return closure if changes else None


def changing_by_default(closure: str) -> list[str]:
    """The codes that give way unless somebody says otherwise, in the order of the code list."""
    return [symbol for symbol in CODES if gives_way(symbol, closure)]


def within(keys: Iterable[SessionKey], first: SessionKey, last: SessionKey) -> list[SessionKey]:
    """The sessions from the first to the last, both included, in order."""
    return sorted(key for key in keys if first <= key <= last)


def sessions_in_words(first: SessionKey, last: SessionKey) -> str:
    """Wed 14 Jan 2026; … afternoon; Wed 14 Jan 2026 afternoon to Fri 16 Jan 2026."""
    if first[0] == last[0]:
        half = {(0, 0): ", morning", (1, 1): ", afternoon"}.get((int(first[1]), int(last[1])), "")
        return f"{_day(first[0])}{half}"
    begins = ", afternoon" if first[1] == Half.PM else ""
    ends = ", morning" if last[1] == Half.AM else ""
    return f"{_day(first[0])}{begins} to {_day(last[0])}{ends}"


def _day(on: date) -> str:
    return f"{on:%a} {short_day(on)}"


def what_is_wrong(
    *, kind: str, whole_school: bool, pupils: int, first: SessionKey, last: SessionKey
) -> dict[str, str]:
    """What must be put right, whatever the calendar says: the field, and a sentence for each."""
    if kind not in KIND:
        return {"kind": "Choose why it is closed"}
    wrong = _wrong_days(first, last)
    if not whole_school and not pupils:
        wrong["years"] = "Choose year groups, groups or pupils, or the whole school"
    code = CODES[code_for(kind, whole_school=whole_school)]
    if not code.in_force(first[0]):
        wrong["from_on"] = (
            f"{code.symbol} ({code.meaning}) is not in use on {short_day(first[0])}: "
            "change the marks of that time one by one"
        )
    return wrong


def _wrong_days(first: SessionKey, last: SessionKey) -> dict[str, str]:
    if last < first:
        return {"until_on": "The last session is before the first"}
    if (last[0] - first[0]).days > LONGEST_DAYS:
        return {"until_on": f"Choose a last day within {LONGEST_DAYS} days of the first"}
    return {}
