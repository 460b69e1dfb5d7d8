"""Who is on roll, when and in which group: cohorts, joiners, leavers and those who came back."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import pairwise
from operator import attrgetter
from random import Random

from stdnum.gb import upn as upn_rule

from registers.demo.people.families import Family, draw_family, fostered
from registers.demo.people.names import draw_forename
from registers.demo.year.calendar import FRIDAY, DemoYear, school_year
from registers.rules.calendar import DAY

LARGEST_GROUP = 34
# An authority's number that is no longer given, and primary schools outside the numbers in use:
# the UPNs pass every check and belong to nobody.
UPN_AUTHORITY, UPN_SCHOOLS = 836, range(9101, 9129)
MOVES_IN_A_YEAR = 0.025  # of a cohort: as many leave in the year as join
SEN_SHARES = {"E": 0.042, "K": 0.138}
LOOKED_AFTER_SHARE = 0.009
RETURNERS_SHARE = 0.004
TEMPORARY_UPN_SHARE = 0.012


@dataclass(slots=True)
class DemoEnrolment:
    """A spell on the roll, dates inclusive; `letter` tells the registration group in its year."""

    starts_on: date
    leaves_on: date
    letter: str

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.leaves_on

    def outlasts(self, year: DemoYear) -> bool:
        """Whether it begins before the school days of the year, and ends after them."""
        return self.holds_on(year.days[0]) and year.days[-1] < self.leaves_on

    def meets(self, year: DemoYear) -> bool:
        """Whether they share a school day."""
        return self.starts_on <= year.days[-1] and self.leaves_on >= year.days[0]


@dataclass(slots=True)
class DatedCharacteristic:
    """A characteristic from a day until a day, inclusive; None is still so."""

    kind: str
    value: str
    from_on: date
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(slots=True, eq=False)
class DemoPupil:
    """`entry` is the calendar year in whose September the cohort began year 7."""

    entry: int
    family: Family
    born_on: date
    sex: str
    forename: str
    enrolments: list[DemoEnrolment]
    upn: str = ""
    sen: str = "N"
    looked_after: bool = False
    spells: list[DatedCharacteristic] = field(default_factory=list)

    @property
    def surname(self) -> str:
        return self.family.surname

    @property
    def came_back(self) -> bool:
        return len(self.enrolments) > 1

    def is_on_roll(self, day: date) -> bool:
        return any(enrolment.holds_on(day) for enrolment in self.enrolments)

    def is_here_in(self, year: DemoYear) -> bool:
        return any(enrolment.meets(year) for enrolment in self.enrolments)

    def year_group(self, year: DemoYear) -> int:
        return year.starts_on.year - self.entry + 7

    def value_on(self, day: date, kind: str, otherwise: str = "N") -> str:
        values = {spell.kind: spell.value for spell in self.spells if spell.holds_on(day)}
        return values.get(kind, otherwise)


Place = tuple[int, list[DemoEnrolment]]  # the year of entry, and the times on the roll


def draw_pupils(rng: Random, *, size: int, years: list[DemoYear]) -> list[DemoPupil]:
    """All who are on roll at some time in these years, about `size` at once."""
    first, last = years[0].starts_on.year, years[-1].starts_on.year
    places = [
        (entry, enrolments)
        for entry in range(first - 4, last + 1)
        for enrolments in _rolls(rng, entry, _share(size, entry), first, last)
    ]
    pupils = list(_in_families(rng, places))
    _number(rng, pupils)
    _name_needs(rng, pupils)
    _send_some_away(rng, pupils, years[0])
    for pupil in pupils:
        pupil.spells = list(_spells(rng, pupil, years))
    return sorted(pupils, key=attrgetter("surname", "forename", "upn"))


def _share(size: int, entry: int) -> int:
    """A fifth of the school; what is left over goes to some cohorts by turns."""
    return size // 5 + (entry % 5 < size % 5)


def _rolls(
    rng: Random, entry: int, size: int, first: int, last: int
) -> Iterator[list[DemoEnrolment]]:
    """The enrolments of each child of a cohort."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: max(1, min(26, -(-size // LARGEST_GROUP)))]
    in_span = range(max(first, entry), min(last, entry + 4) + 1)
    moves = [year for year in in_span for _ in range(round(size * MOVES_IN_A_YEAR))]
    end = school_year(entry + 4).last_friday_of_june
    for place in range(size + len(moves)):
        letter = letters[place % len(letters)]
        starts_on, leaves_on = _start(rng, entry, first), end
        if place < len(moves):
            leaves_on = _leaving_day(rng, moves[place], after=starts_on)
        elif place < 2 * len(moves):
            starts_on = _joining_day(rng, moves[place - len(moves)])
        yield [DemoEnrolment(starts_on, leaves_on, letter)]


def _start(rng: Random, entry: int, first: int) -> date:
    """Most began with year 7; one in nine joined later, before the years that we tell."""
    if entry < first and rng.random() < 0.11:
        return rng.choice(school_year(rng.randrange(entry, first)).days)
    return school_year(entry).days[0]


def _joining_day(rng: Random, year: int) -> date:
    """Mondays and the first days after a holiday, mostly."""
    days = school_year(year).days
    likely = [day for before, day in pairwise(days[4:-19]) if day - before > DAY]
    return rng.choice(likely if rng.random() < 0.75 else days[5:-19])


def _leaving_day(rng: Random, year: int, after: date) -> date:
    days = list(filter(after.__lt__, school_year(year).days[8:-3]))
    fridays = [day for day in days if day.weekday() == FRIDAY]
    return rng.choice(fridays if rng.random() < 0.6 else days)


def _send_some_away(rng: Random, pupils: list[DemoPupil], year: DemoYear) -> None:
    """A few leave for another school and return after some weeks: a second enrolment."""
    here = [pupil for pupil in pupils if pupil.enrolments[0].outlasts(year)]
    for pupil in rng.sample(here, min(len(here), max(1, round(RETURNERS_SHARE * len(here))))):
        spell, left = pupil.enrolments[0], rng.randrange(30, 100)
        back_on = year.days[left + rng.randrange(15, 50)]
        pupil.enrolments.append(DemoEnrolment(back_on, spell.leaves_on, spell.letter))
        spell.leaves_on = year.days[left]


def _in_families(rng: Random, places: list[Place]) -> Iterator[DemoPupil]:
    """Children for the places: a family in four has a second here, some a third, or twins."""
    rng.shuffle(places)
    waiting = list(places)
    while waiting:
        family = draw_family(rng)
        number = rng.choices((1, 2, 3), (74, 22, 4))[0]
        siblings = [_child(rng, *waiting.pop(), family, [])]
        while waiting and len(siblings) < number:
            index = _place_for_sibling(rng, waiting, siblings)
            if index is None:
                break
            siblings.append(_child(rng, *waiting.pop(index), family, siblings))
        yield from siblings


def _place_for_sibling(
    rng: Random, waiting: Sequence[Place], siblings: Iterable[DemoPupil]
) -> int | None:
    """Where a place is, among the last, that a brother or sister can have."""
    entries = {sibling.entry for sibling in siblings}
    fits = partial(_fits, entries, twins=rng.random() < 0.06)
    last = range(len(waiting) - 1, max(-1, len(waiting) - 60), -1)
    return next((index for index in last if fits(waiting[index][0])), None)


def _fits(entries: Collection[int], entry: int, *, twins: bool) -> bool:
    """Whether birthdays lie a year or more from the others', or are the same day's: twins."""
    return (twins and entry in entries) or all(abs(entry - other) > 1 for other in entries)


def _child(
    rng: Random,
    entry: int,
    enrolments: list[DemoEnrolment],
    family: Family,
    siblings: list[DemoPupil],
) -> DemoPupil:
    """A child of the cohort; one who shares it with a sibling shares the birthday too."""
    birthdays = {sibling.entry: sibling.born_on for sibling in siblings}
    born_on = birthdays.get(entry) or date(entry - 12, 9, 1) + DAY * rng.randrange(365)
    sex = rng.choice("FM")
    taken = {sibling.forename for sibling in siblings}
    forename = draw_forename(rng, family.culture, sex)
    while forename in taken:
        forename = draw_forename(rng, family.culture, sex)
    return DemoPupil(entry, family, born_on, sex, forename, enrolments)


def _number(rng: Random, pupils: list[DemoPupil]) -> None:
    """A UPN each: the check letter, the primary school, the year it was given, a serial."""
    given = {""}
    for pupil in pupils:
        while pupil.upn in given:
            pupil.upn = _upn(rng, pupil)
        given.add(pupil.upn)


def _upn(rng: Random, pupil: DemoPupil) -> str:
    body = f"{UPN_AUTHORITY}{rng.choice(UPN_SCHOOLS)}{(pupil.entry - 7) % 100:02}"
    serial = f"{rng.randrange(1, 1000):03}"
    if rng.random() < TEMPORARY_UPN_SHARE:
        serial = f"{rng.randrange(1, 100):02}{rng.choice('ABCDEFGH')}"
    return upn_rule.calc_check_digit(body + serial) + body + serial


def _name_needs(rng: Random, pupils: list[DemoPupil]) -> None:
    """SEN and care: a fixed share of pupils, twice as likely with free school meals."""
    by_chance = sorted(
        pupils, key=lambda pupil: rng.random() ** (1 / (2.0 if pupil.family.fsm else 1.0))
    )
    plans = max(1, round(SEN_SHARES["E"] * len(pupils)))
    support = max(1, round(SEN_SHARES["K"] * len(pupils)))
    for pupil in by_chance[-plans:]:
        pupil.sen = "E"
    for pupil in by_chance[-plans - support : -plans]:
        pupil.sen = "K"
    for pupil in rng.sample(pupils, max(1, round(LOOKED_AFTER_SHARE * len(pupils)))):
        pupil.looked_after, pupil.family = True, fostered(rng, pupil.family)


def _spells(rng: Random, pupil: DemoPupil, years: list[DemoYear]) -> Iterator[DatedCharacteristic]:
    """Most are so from the first day; some began or ended within the years that we tell."""
    came = pupil.enrolments[0].starts_on
    later = rng.choice(years[0].days)
    yield from _spells_of_sen(rng, pupil, came, later)
    yield from _spells_of_fsm(rng, pupil, came, later)
    if pupil.family.language != "en":
        yield DatedCharacteristic("EAL", "Y", came)
    if pupil.looked_after:
        yield DatedCharacteristic("Looked after", "Y", _began(rng, 0.3, came, later))


def _began(rng: Random, share: float, came: date, later: date) -> date:
    return later if rng.random() < share and later > came else came


def _spells_of_sen(
    rng: Random, pupil: DemoPupil, came: date, later: date
) -> Iterator[DatedCharacteristic]:
    """Some were found to have needs later; a plan comes after support."""
    if pupil.sen == "N":
        return
    began = _began(rng, 0.15, came, later)
    if began != came and pupil.sen == "E":
        yield DatedCharacteristic("SEN", "K", came, later - DAY)
    yield DatedCharacteristic("SEN", pupil.sen, began)


def _spells_of_fsm(
    rng: Random, pupil: DemoPupil, came: date, later: date
) -> Iterator[DatedCharacteristic]:
    if pupil.family.fsm:
        yield DatedCharacteristic("FSM", "Y", _began(rng, 0.06, came, later))
    elif rng.random() < 0.03 and later > came and not pupil.looked_after:
        yield DatedCharacteristic("FSM", "Y", came, later)


def on_roll(pupils: Iterable[DemoPupil], day: date) -> list[DemoPupil]:
    """Those with an enrolment that holds that day."""
    return [pupil for pupil in pupils if pupil.is_on_roll(day)]
