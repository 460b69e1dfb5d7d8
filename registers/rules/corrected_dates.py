"""A corrected date of entry or leaving: what falls away, what opens, how the figures move.

Plain values, no Django here. All counts are sessions.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from registers.rules.admission import Spell, is_on_roll
from registers.rules.allowed_codes import day_in_words
from registers.rules.codes import CODES

HalfDay = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """Possible sessions and those missed, authorised and unauthorised."""

    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0
    late: int = 0

    @property
    def absent(self) -> int:
        return self.authorised + self.unauthorised

    @property
    def possible(self) -> int:
        return self.attended + self.absent


@dataclass(frozen=True, slots=True)
class Year:
    """An academic year as a correction moves it: the sums of all the pupil's times on the roll."""

    name: str
    before: Sums
    after: Sums


@dataclass(frozen=True, slots=True)
class Stretch:
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
        said = f"{_sessions(self.sessions or self.marks)} {becomes}"
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

    falls: Stretch | None = None
    opens: Stretch | None = None
    years: tuple[Year, ...] = ()

    @property
    def parts(self) -> list[tuple[Stretch, str]]:
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
                said[-1] += f": {_marks(self.falls.marks)} stay in the history and count nowhere"
        if self.opens:
            said.append(self.opens.in_words("open" if self.opens.sessions != 1 else "opens"))
            if self.opens.marks:
                said[-1] += f": {_marks(self.opens.marks)} count again, as they were made"
            if self.opens.unmarked:
                said.append(
                    f"{_sessions(self.opens.unmarked)} of those have no mark: fill them in "
                    "afterwards, or they stay unmarked"
                )
        return [f"{sentence}." for sentence in said]

    @property
    def in_words(self) -> str:
        """12 marks count no more, 4 marks count again. As the roll's history says it."""
        said = [(self.falls, "no more"), (self.opens, "again")]
        return ", ".join(
            f"{_marks(part.marks)} count{'s' if part.marks == 1 else ''} {words}"
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


def _marks(number: int) -> str:
    return f"{number:,} mark{'s' if number != 1 else ''}"


def _sessions(number: int) -> str:
    return f"{number:,} session{'s' if number != 1 else ''}"


@dataclass(frozen=True, slots=True)
class AcademicYearDays:
    name: str
    starts_on: date
    ends_on: date


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
) -> Stretch | None:
    if not slots:
        return None
    days = [on for on, _ in slots]
    codes = Counter(marks[slot] for slot in slots if slot in marks)
    return Stretch(min(days), max(days), len(slots & set(sessions)), dict(sorted(codes.items())))


def _years(
    old: Spell,
    new: Spell,
    marks: Mapping[HalfDay, str],
    elsewhere: Sequence[tuple[date, str]],
    years: Sequence[AcademicYearDays],
    moved: set[date],
) -> Iterable[Year]:
    for year in years:
        if not any(year.starts_on <= on <= year.ends_on for on in moved):
            continue
        fixed = [code for on, code in elsewhere if year.starts_on <= on <= year.ends_on]
        theirs = [
            (on, code) for (on, _), code in marks.items() if year.starts_on <= on <= year.ends_on
        ]
        before = sums(fixed + [code for on, code in theirs if is_on_roll(old, on)])
        after = sums(fixed + [code for on, code in theirs if is_on_roll(new, on)])
        yield Year(year.name, before, after)


def sums(symbols: Iterable[str]) -> Sums:
    counted = Counter(symbols)
    return Sums(
        *(
            sum(getattr(CODES[symbol], name) * number for symbol, number in counted.items())
            for name in ("attended", "authorised", "unauthorised", "late")
        )
    )


# --- memberships that follow


@dataclass(frozen=True, slots=True)
class Place:
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


def fitted(places: Iterable[Place], old: Spell, new: Spell) -> list[Place]:
    """The memberships as the new dates have them: `first` is None where nothing is left of one.

    What reached to the old first or last day reaches to the new one; what is cut short says in
    `asked` what it was, and gets it back as soon as the dates allow.
    """
    found: list[Place] = []
    for place in sorted(places, key=lambda one: one.asked is not None):
        asked = place.asked or (
            None if place.first == old.starts_on else place.first,
            None if place.last == old.leaves_on else place.last,
        )
        first = max(asked[0] or new.starts_on, new.starts_on)
        last = _earlier(asked[1] or new.leaves_on, new.leaves_on)
        fits = last is None or first <= last
        if fits and place.asked and place.one_at_a_time and _taken(found, first, last):
            fits = False
        at_start = asked[0] is not None and first == new.starts_on
        at_end = asked[1] is not None and last == new.leaves_on
        cut = not fits or at_start or at_end  # also where it meets the day by chance
        found.append(
            Place(
                place.pk,
                place.group_id,
                first if fits else None,
                last if fits else None,
                asked if cut else None,
                place.one_at_a_time,
            )
        )
    return found


def _earlier(one: date | None, other: date | None) -> date | None:
    days = [day for day in (one, other) if day is not None]
    return min(days) if days else None


def _taken(places: Iterable[Place], first: date, last: date | None) -> bool:
    return any(
        place.first is not None
        and place.one_at_a_time
        and (place.last is None or first <= place.last)
        and (last is None or place.first <= last)
        for place in places
    )
