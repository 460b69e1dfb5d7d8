"""The national attendance codes: what each one means, how it counts, and when it was in force.

No Django here. The database's code table, the help page, docs/reference/codes.md and the tests all
come from this list. A code's category (where it stands in the register) is one thing, how it counts
another: D and X stand in a category and are no possible session.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import date
from enum import Enum, IntEnum
from functools import partial
from typing import Any


class Half(IntEnum):
    """Which session of the day; `Half.AM.name` is its label in files and on paper."""

    AM = 0
    PM = 1

    @property
    def words(self) -> str:
        """morning, afternoon: inside a sentence."""
        return "afternoon" if self else "morning"


class Counts(Enum):
    """How a session with the code counts; every code counts in exactly one way."""

    ATTENDED = "attended"
    AUTHORISED = "authorised absence"
    UNAUTHORISED = "unauthorised absence"
    NOT_POSSIBLE = "not a possible session"


class Category(Enum):
    """The register's four categories, and the two codes that stand outside the regulations."""

    PRESENT = "present"
    APPROVED_ACTIVITY = "approved educational activity"
    ABSENT = "absent"
    UNABLE = "unable to attend"
    OUTSIDE = "outside the register"


@dataclass(frozen=True, slots=True)
class AttendanceCode:
    """One code. `in_force_until` is inclusive; `half` is set where only one half may have it."""

    symbol: str
    meaning: str
    notes: str = ""
    _: KW_ONLY
    category: Category
    counts: Counts
    source: str
    in_force_from: date | None = None
    in_force_until: date | None = None
    half: Half | None = None
    late: bool = False  # the pupil came late: the DfE counts L and U as late sessions
    paper: str | None = None  # what the school must hold or write down beside the mark, in words
    replaced_by: str | None = None  # what to use after `in_force_until`, in words

    @property
    def attended(self) -> int:
        return int(self.counts is Counts.ATTENDED)

    @property
    def authorised(self) -> int:
        return int(self.counts is Counts.AUTHORISED)

    @property
    def unauthorised(self) -> int:
        return int(self.counts is Counts.UNAUTHORISED)

    @property
    def possible(self) -> int:
        return int(self.counts is not Counts.NOT_POSSIBLE)

    @property
    def counts_in_words(self) -> str:
        """attended, authorised absence, …; late where the DfE counts a late session."""
        return f"{self.counts.value}, late" if self.late else self.counts.value

    @property
    def is_absence(self) -> bool:
        return self.counts in (Counts.AUTHORISED, Counts.UNAUTHORISED)

    @property
    def is_on_site(self) -> bool:
        """Whether the pupil was at the school when the register was called, or came after it."""
        return self.category is Category.PRESENT or self.late

    def in_force(self, on: date) -> bool:
        return (self.in_force_from or date.min) <= on <= (self.in_force_until or date.max)

    def fits(self, on: date, half: int) -> bool:
        """Whether a mark of this session can have it."""
        return self.in_force(on) and self.half in (None, half)


NEW_CODES_FROM = date(2024, 8, 19)
OLD_CODES_UNTIL = date(2024, 8, 18)
TABLE_1 = "SI 2024/208, regulation 10(2), Table 1"
TABLE_2 = "SI 2024/208, regulation 10(3), Table 2"
TABLE_3 = "SI 2024/208, regulation 10, Table 3"
LEAVE = "SI 2024/208, regulation 10, Table 3, and regulation 11"
GUIDANCE = "Working together to improve school attendance, administrative codes"
OLD_RULES = "Codes before SI 2024/208 came into force"

_present = partial(
    AttendanceCode, category=Category.PRESENT, counts=Counts.ATTENDED, source=TABLE_1
)
_activity = partial(
    AttendanceCode, category=Category.APPROVED_ACTIVITY, counts=Counts.ATTENDED, source=TABLE_2
)
_leave = partial(AttendanceCode, category=Category.ABSENT, counts=Counts.AUTHORISED, source=LEAVE)
_authorised = partial(
    AttendanceCode, category=Category.ABSENT, counts=Counts.AUTHORISED, source=TABLE_3
)
_unauthorised = partial(
    AttendanceCode, category=Category.ABSENT, counts=Counts.UNAUTHORISED, source=TABLE_3
)
_unable = partial(
    AttendanceCode, category=Category.UNABLE, counts=Counts.NOT_POSSIBLE, source=TABLE_3
)
_outside = partial(
    AttendanceCode, category=Category.OUTSIDE, counts=Counts.NOT_POSSIBLE, source=GUIDANCE
)
_new: dict[str, Any] = {"in_force_from": NEW_CODES_FROM}
_old: dict[str, Any] = {"in_force_until": OLD_CODES_UNTIL, "source": OLD_RULES}

_CODES = (
    _present(
        "/",
        "Present in the morning",
        "On site when the morning register is called. Going home later does not change it.",
        half=Half.AM,
    ),
    _present(
        "\\",
        "Present in the afternoon",
        "On site when the afternoon register is called, at whatever time the school calls it.",
        half=Half.PM,
    ),
    _present(
        "L",
        "Late, before the register ended",
        "Attended, and also one of the DfE's late sessions. A register is open for 30 "
        "minutes at most, equally long every session.",
        late=True,
    ),
    _activity(
        "K",
        "Education arranged by the local authority",
        "For places that the authority found. What the school itself arranged is B, P or W.",
        paper="the nature of the education that the local authority arranged, where it is and who "
        "supervises it",
        **_new,
    ),
    _activity(
        "V",
        "Educational visit or trip",
        "The school's own trip, or one made for it, with its staff in charge.",
    ),
    _activity(
        "P",
        "Sporting activity",
        "Sport that teaches something, that the school approved and somebody fit supervises.",
    ),
    _activity(
        "W",
        "Work experience",
        "A placement that belongs to the pupil's education, mostly in years 10 to 13.",
    ),
    _activity(
        "B",
        "Other approved educational activity off site",
        "The pupil is there in person and supervised. Work set for home is an absence.",
        paper="the nature of the activity, where it is and who supervises it",
    ),
    _activity(
        "D",
        "Dual registered, due at the other school",
        "Each school marks its own sessions only, so that none is counted twice.",
        counts=Counts.NOT_POSSIBLE,
    ),
    _leave(
        "C1",
        "Leave for a licensed performance or employment abroad",
        "Rests on a child performance licence, its exemption, or a licence to work abroad.",
        **_new,
    ),
    _leave(
        "M",
        "Medical or dental appointment",
        "When the appointment makes the pupil miss registration. Being ill is I.",
    ),
    _leave(
        "J1",
        "Interview for a job or another place of education",
        "Asked for beforehand. Its forerunner J counted as attended; J1 does not.",
        **_new,
    ),
    _leave(
        "S",
        "Study leave for a public examination",
        "Agreed beforehand, from year 11 on, and never for mock examinations.",
    ),
    _leave(
        "X",
        "Not required to attend, outside compulsory school age",
        "Sessions outside the timetable of a pupil who is not yet, or no longer, of "
        "compulsory school age. During the pandemic it also stood for pupils told to stay away.",
        counts=Counts.NOT_POSSIBLE,
    ),
    _leave(
        "C2",
        "Part-time timetable, compulsory school age",
        "The sessions that the agreed timetable leaves out, for a time. It is absence all "
        "the same, and brings persistent absence nearer.",
        paper="the agreement of the part-time timetable, with its dates and sessions",
        **_new,
    ),
    _leave(
        "C",
        "Leave for another exceptional circumstance",
        "Each request judged by itself and beforehand; a holiday that the school grants is C too.",
    ),
    _authorised(
        "T",
        "Travelling with a parent for the parent's work",
        "For a child without a fixed home whose parent's trade means travelling.",
    ),
    _authorised(
        "R",
        "Religious observance",
        "A day that the parents' religious body keeps apart. Further days, when agreed, are C.",
    ),
    _authorised(
        "I", "Illness", "Of body or mind; appointments are M. Evidence is for real doubt only."
    ),
    _authorised(
        "E",
        "Suspended or excluded, no other education arranged",
        "By the sixth school day in a row other education is due, and its code takes over.",
    ),
    _unauthorised(
        "G",
        "Holiday that the school did not grant",
        "Days beyond a granted holiday are G as well. It cannot be granted afterwards.",
    ),
    _unauthorised(
        "N",
        "Reason for absence not yet established",
        "For the time being only: the reason, or else O, within five school days of the "
        "session. It is unauthorised while it stands.",
    ),
    _unauthorised(
        "O",
        "Absent for another or unknown reason",
        "What is left when no other code fits, or the reason given was not accepted.",
    ),
    _unauthorised(
        "U",
        "Arrived after the register ended",
        "On site, so on the evacuation list, yet absent in the figures and a late session. A "
        "better code, such as M, comes first.",
        late=True,
    ),
    _unable(
        "Q",
        "No transport or access arranged",
        "The local authority owes arrangements and has not made them; too far to walk.",
        **_new,
    ),
    _unable(
        "Y1", "School transport not available", "The usual bus or taxi failed; too far.", **_new
    ),
    _unable(
        "Y2", "Widespread disruption to travel", "In an emergency, here or further away.", **_new
    ),
    _unable(
        "Y3",
        "Part of the school closed",
        "Only for pupils for whom there is no room in the rest; the others are marked as usual.",
        **_new,
    ),
    _unable(
        "Y4",
        "School closed unexpectedly",
        "The session was due and could not be held, as on a snow day. Not for planned closures.",
        **_new,
    ),
    _unable(
        "Y5", "In criminal justice detention", "With the police, on remand or sentenced.", **_new
    ),
    _unable(
        "Y6",
        "Public health guidance or law",
        "Coming in would break rules against an infection. A pupil who is ill is I.",
        **_new,
    ),
    _unable(
        "Y7",
        "Another unavoidable cause",
        "Something that befell the pupil, not the parent, and has no Y code of its own.",
        paper="the nature of the unavoidable cause",
        **_new,
    ),
    _outside(
        "Z",
        "Not yet on the roll",
        "Lets a school prepare its lists. Not meant for a pupil who is on the roll.",
        paper="the code that says where the pupil was, since Z is for those not yet on the roll",
    ),
    _outside(
        "#",
        "Planned closure",
        "Known beforehand: holidays, INSET days, the school as a polling station.",
        paper="the decision that closed the school to this pupil beforehand",
    ),
    _activity(
        "J",
        "Interview",
        "Counted as attended; what came after it does not.",
        replaced_by="J1",
        **_old,
    ),
    _authorised("H", "Holiday granted by the school", replaced_by="C", **_old),
    _authorised(
        "F",
        "Extended family holiday granted",
        replaced_by="C",
        **_old | {"in_force_until": date(2013, 8, 31)},
    ),
    _unable(
        "Y",
        "Unable to attend, exceptional circumstances",
        "One code for what is now parted into Q and Y1 to Y7.",
        replaced_by="Q or one of Y1 to Y7",
        **_old,
    ),
)

CODES: dict[str, AttendanceCode] = {code.symbol: code for code in _CODES}

# Symbols, in the order above. How they count depends on no date: a retired code keeps its class.
ATTENDED = tuple(code.symbol for code in CODES.values() if code.attended)
AUTHORISED = tuple(code.symbol for code in CODES.values() if code.authorised)
UNAUTHORISED = tuple(code.symbol for code in CODES.values() if code.unauthorised)
POSSIBLE = tuple(code.symbol for code in CODES.values() if code.possible)
LATE = tuple(code.symbol for code in CODES.values() if code.late)
NEED_PAPER = tuple(code.symbol for code in CODES.values() if code.paper)
