"""A corrected date of entry or leaving: what falls away, what opens, how the figures move.

Plain values, no Django here. All counts are sessions.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from registers.rules.admission import Spell, is_on_roll
from registers.rules.allowed_codes import day_in_words
from registers.rules.tally import Tally, tally_of
from registers.rules.wording import many

HalfDay = tuple[date, int]


@dataclass(frozen=True, slots=True)
class CorrectedYear:
    """An academic year as a correction moves it: the sums of all the pupil's times on the roll."""

    name: str
    before: Tally
    after: Tally


@dataclass(frozen=True, slots=True)
class DayRange:
    """Sessions that fall away or open: from when until when, and the marks in them by code.

    `sessions` are those that the school held and that are past.
    """

    first: date
    last: date
    sessions: int
    codes: Mapping[str, int]

    @property
    def marks(self) -> int:
        return sum(self.codes.values())

    @property
    def unmarked(self) -> int:
        return max(0, self.sessions - self.marks)

    def in_words(self, becomes: str) -> str:
        """12 sessions count no more, from Monday 5 to Friday 9 October 2026."""
        said = f"{many(self.sessions or self.marks, 'session')} {becomes}"
        if self.first == self.last:
            return f"{said}, on {day_in_words(self.first)}"
        return f"{said}, from {day_in_words(self.first)} to {day_in_words(self.last)}"

    @property
    def by_code(self) -> list[tuple[str, int]]:
        """The most frequent first."""
        return sorted(self.codes.items(), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True)
class Moves:
    """What a correction does. `falls` and `opens` are None where nothing of the kind happens."""

    falls: DayRange | None = None
    opens: DayRange | None = None
    years: tuple[CorrectedYear, ...] = ()

    @property
    def parts(self) -> list[tuple[DayRange, str]]:
        """The marks by code that count no more, and those that count again."""
        said = [(self.falls, "Count no more"), (self.opens, "Count again")]
        return [(part, words) for part, words in said if part and part.marks]

    @property
    def sentences(self) -> list[str]:
        """What the person must know before it is done."""
        said = []
        if self.falls:
            verb = "falls away" if self.falls.sessions == 1 else "fall away"
            said.append(self.falls.in_words(verb))
            if self.falls.marks:
                said[-1] += (
                    f": {many(self.falls.marks, 'mark')} stay in the history and count nowhere"
                )
        if self.opens:
            said.append(self.opens.in_words("open" if self.opens.sessions != 1 else "opens"))
            if self.opens.marks:
                said[-1] += f": {many(self.opens.marks, 'mark')} count again, as they were made"
            if self.opens.unmarked:
                said.append(
                    f"{many(self.opens.unmarked, 'session')} of those have no mark: fill them in "
                    "afterwards, or they stay unmarked"
                )
        return [f"{sentence}." for sentence in said]

    @property
    def in_words(self) -> str:
        """12 marks count no more, 4 marks count again. As the roll's history says it."""
        said = [(self.falls, "no more"), (self.opens, "again")]
        return ", ".join(
            f"{many(part.marks, 'mark')} count{'s' if part.marks == 1 else ''} {words}"
            for part, words in said
            if part and part.marks
        )

    @property
    def must_be_seen(self) -> bool:
        """Whether a person looks first: marks fall away, or sessions open. Where sessions fall
        away that nobody has marked, nothing is lost."""
        return self.opens is not None or (self.falls is not None and self.falls.marks > 0)

    @property
    def token(self) -> str:
        """Names what was shown: another mark, another token."""
        return blake2b(repr(self).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class AcademicYearDays:
    name: str
    starts_on: date
    ends_on: date

    def has(self, on: date) -> bool:
        return self.starts_on <= on <= self.ends_on


def moves(
    old: Spell,
    new: Spell,
    *,
    marks: Mapping[HalfDay, str],
    elsewhere: Iterable[tuple[date, str]] = (),
    sessions: Collection[HalfDay],
    years: Sequence[AcademicYearDays] = (),
    today: date,
) -> Moves:
    """What changes when the spell `old` becomes `new`.

    `marks` are all marks of the enrolment, those off the roll too; `elsewhere` the marks that count
    of the pupil's other spells; `sessions` those that the school held or is due to hold.
    """
    falls, opens = set(), set()
    for slot in {*marks, *(one for one in sessions if one[0] <= today)}:
        was, becomes = is_on_roll(old, slot[0]), is_on_roll(new, slot[0])
        if was and not becomes:
            falls.add(slot)
        elif becomes and not was:
            opens.add(slot)
    elsewhere = list(elsewhere)
    return Moves(
        _stretch(falls, marks, sessions),
        _stretch(opens, marks, sessions),
        tuple(_years(old, new, marks, elsewhere, years, {slot[0] for slot in falls | opens})),
    )


def _stretch(
    slots: set[HalfDay], marks: Mapping[HalfDay, str], sessions: Collection[HalfDay]
) -> DayRange | None:
    if not slots:
        return None
    days = [on for on, _ in slots]
    codes = Counter(marks[slot] for slot in slots if slot in marks)
    return DayRange(min(days), max(days), len(slots & set(sessions)), dict(sorted(codes.items())))


def _years(
    old: Spell,
    new: Spell,
    marks: Mapping[HalfDay, str],
    elsewhere: Sequence[tuple[date, str]],
    years: Sequence[AcademicYearDays],
    moved: set[date],
) -> Iterable[CorrectedYear]:
    for year in years:
        if not any(year.has(on) for on in moved):
            continue
        fixed = [code for on, code in elsewhere if year.has(on)]
        theirs = [(on, code) for (on, _), code in marks.items() if year.has(on)]
        before = tally_of(fixed + [code for on, code in theirs if is_on_roll(old, on)])
        after = tally_of(fixed + [code for on, code in theirs if is_on_roll(new, on)])
        yield CorrectedYear(year.name, before, after)


# --- memberships that follow


@dataclass(frozen=True, slots=True)
class DatedMembership:
    """A membership of a group. `pk` is that of its row; None where it is all cut off.

    `asked` is what it was before a date cut it short: its first day (None: the date of entry) and
    its last (None: the last day on the roll); None for a membership that was never cut.
    """

    pk: int | None
    group_id: int
    first: date | None
    last: date | None
    asked: tuple[date | None, date | None] | None = None
    one_at_a_time: bool = False  # of registration groups

    def asked_on(self, spell: Spell) -> tuple[date | None, date | None]:
        """What it was before a date cut it short; by these dates where it was never cut."""
        if self.asked:
            return self.asked
        first = None if self.first == spell.starts_on else self.first
        return first, None if self.last == spell.leaves_on else self.last

    def meets(self, first: date, last: date | None) -> bool:
        """Whether it lies on one of these days, where there is something left of it."""
        if self.first is None:
            return False
        return first <= (self.last or date.max) and self.first <= (last or date.max)


def fitted(memberships: Iterable[DatedMembership], old: Spell, new: Spell) -> list[DatedMembership]:
    """The memberships as the new dates have them: `first` is None where nothing is left of one.

    What reached to the old first or last day reaches to the new one; what is cut short says in
    `asked` what it was, and gets it back as soon as the dates allow.
    """
    found: list[DatedMembership] = []
    for membership in sorted(memberships, key=lambda one: one.asked is not None):
        asked = membership.asked_on(old)
        first = max(asked[0] or new.starts_on, new.starts_on)
        last = _earlier(asked[1] or new.leaves_on, new.leaves_on)
        if _fits(membership, first, last, found):
            cut = _is_at_an_end(asked, first, last, new)  # also where it meets the day by chance
            fit = replace(membership, first=first, last=last, asked=asked if cut else None)
        else:
            fit = replace(membership, first=None, last=None, asked=asked)
        found.append(fit)
    return found


def _fits(
    membership: DatedMembership,
    first: date,
    last: date | None,
    others: Iterable[DatedMembership],
) -> bool:
    """Whether a day is left of it that no other membership of its kind has taken."""
    if first > (last or date.max):
        return False
    if not (membership.asked and membership.one_at_a_time):
        return True
    return not any(other.one_at_a_time and other.meets(first, last) for other in others)


def _is_at_an_end(
    asked: tuple[date | None, date | None], first: date, last: date | None, new: Spell
) -> bool:
    at_start = asked[0] is not None and first == new.starts_on
    return at_start or (asked[1] is not None and last == new.leaves_on)


def _earlier(one: date | None, other: date | None) -> date | None:
    days = [day for day in (one, other) if day is not None]
    return min(days) if days else None
