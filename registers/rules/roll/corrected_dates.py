"""A corrected date of entry or leaving: what falls away, what opens, how the figures move.

Plain values, no Django here. All counts are sessions.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b

from registers.rules.admission import Spell, is_on_roll, overlap
from registers.rules.allowed_codes import day_in_words
from registers.rules.tally import Tally, tally_of
from registers.rules.wording import many, plural

HalfDay = tuple[date, int]
DatedCode = tuple[date, str]


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
        sessions = f"{many(self.sessions or self.marks, 'session')} {becomes}"
        if self.first == self.last:
            return f"{sessions}, on {day_in_words(self.first)}"
        return f"{sessions}, from {day_in_words(self.first)} to {day_in_words(self.last)}"

    @property
    def falling(self) -> str:
        """What is said where these days fall away."""
        words = self.in_words(plural(self.sessions, "falls away", "fall away"))
        if not self.marks:
            return words
        return f"{words}: {many(self.marks, 'mark')} stay in the history and count nowhere"

    @property
    def opening(self) -> list[str]:
        """What is said where they open."""
        words = self.in_words(plural(self.sessions, "opens", "open"))
        if self.marks:
            words += f": {many(self.marks, 'mark')} count again, as they were made"
        return [words, *self._blanks]

    @property
    def _blanks(self) -> list[str]:
        if not self.unmarked:
            return []
        sessions = f"{many(self.unmarked, 'session')} of those have no mark"
        return [f"{sessions}: fill them in afterwards, or they stay unmarked"]

    @property
    def by_code(self) -> list[tuple[str, int]]:
        """The most frequent first."""
        return sorted(self.codes.items(), key=lambda counted: (-counted[1], counted[0]))


@dataclass(frozen=True, slots=True)
class Moves:
    """What a correction does. `falls` and `opens` are None where nothing of the kind happens."""

    falls: DayRange | None = None
    opens: DayRange | None = None
    years: tuple[CorrectedYear, ...] = ()

    @property
    def parts(self) -> list[tuple[DayRange, str]]:
        """The marks by code that count no more, and those that count again."""
        return [(part, f"Count {words}") for part, words in self._with_marks]

    @property
    def _with_marks(self) -> list[tuple[DayRange, str]]:
        both = [(self.falls, "no more"), (self.opens, "again")]
        return [(part, words) for part, words in both if part and part.marks]

    @property
    def sentences(self) -> list[str]:
        """What the person must know before it is done."""
        sentences = []
        if self.falls:
            sentences.append(self.falls.falling)
        if self.opens:
            sentences += self.opens.opening
        return [f"{sentence}." for sentence in sentences]

    @property
    def in_words(self) -> str:
        """12 marks count no more, 4 marks count again. As the roll's history says it."""
        return ", ".join(
            f"{many(part.marks, 'mark')} {plural(part.marks, 'counts', 'count')} {words}"
            for part, words in self._with_marks
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

    def marks_of(self, marks: Iterable[DatedCode]) -> list[DatedCode]:
        return [mark for mark in marks if self.has(mark[0])]


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
    half_days = {*marks, *(half_day for half_day in sessions if half_day[0] <= today)}
    before, after = _on_roll(half_days, old), _on_roll(half_days, new)
    moved = {half_day[0] for half_day in before ^ after}
    own = [(on, code) for (on, _), code in marks.items()]
    other = list(elsewhere)
    return Moves(
        _stretch(before - after, marks, sessions),
        _stretch(after - before, marks, sessions),
        tuple(
            _corrected_year(year, old, new, year.marks_of(own), year.marks_of(other))
            for year in years
            if any(map(year.has, moved))
        ),
    )


def _on_roll(half_days: Iterable[HalfDay], spell: Spell) -> set[HalfDay]:
    return {half_day for half_day in half_days if is_on_roll(spell, half_day[0])}


def _stretch(
    half_days: set[HalfDay], marks: Mapping[HalfDay, str], sessions: Collection[HalfDay]
) -> DayRange | None:
    if not half_days:
        return None
    days = [on for on, _ in half_days]
    codes = Counter(marks[half_day] for half_day in half_days & marks.keys())
    held = len(half_days.intersection(sessions))
    return DayRange(min(days), max(days), held, dict(sorted(codes.items())))


def _corrected_year(
    year: AcademicYearDays,
    old: Spell,
    new: Spell,
    marks: Sequence[DatedCode],
    elsewhere: Sequence[DatedCode],
) -> CorrectedYear:
    before, after = _counted(marks, old), _counted(marks, new)
    return CorrectedYear(year.name, _tally([*elsewhere, *before]), _tally([*elsewhere, *after]))


def _counted(marks: Iterable[DatedCode], spell: Spell) -> list[DatedCode]:
    return [mark for mark in marks if is_on_roll(spell, mark[0])]


def _tally(marks: Iterable[DatedCode]) -> Tally:
    return tally_of(code for _, code in marks)


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
        return self.first is not None and overlap(Spell(self.first, self.last), Spell(first, last))


def fitted(memberships: Iterable[DatedMembership], old: Spell, new: Spell) -> list[DatedMembership]:
    """The memberships as the new dates have them: `first` is None where nothing is left of one.

    What reached to the old first or last day reaches to the new one; what is cut short says in
    `asked` what it was, and gets it back as soon as the dates allow.
    """
    fit: list[DatedMembership] = []
    for membership in sorted(memberships, key=lambda one: one.asked is not None):
        fit.append(_fitted(membership, old, new, fit))
    return fit


def _fitted(
    membership: DatedMembership, old: Spell, new: Spell, others: Iterable[DatedMembership]
) -> DatedMembership:
    """One membership, where `others` have their days already."""
    asked = membership.asked_on(old)
    first = max(asked[0] or new.starts_on, new.starts_on)
    last = min(filter(None, (asked[1], new.leaves_on)), default=None)
    if not _fits(membership, first, last, others):
        return replace(membership, first=None, last=None, asked=asked)
    cut = _is_at_an_end(asked, first, last, new)  # also where it meets the day by chance
    return replace(membership, first=first, last=last, asked=asked if cut else None)


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
    return not any(other.meets(first, last) for other in others if other.one_at_a_time)


def _is_at_an_end(
    asked: tuple[date | None, date | None], first: date, last: date | None, new: Spell
) -> bool:
    at_start = asked[0] is not None and first == new.starts_on
    return at_start or (asked[1] is not None and last == new.leaves_on)
