"""Small schools drawn at random, as plain values, and the same school in the database.

Every code on the dates it was in force, joiners, leavers, second enrolments, gaps, closed
sessions, weeks with one session, academic years that begin in mid-week, amendments, and pupils who
stand exactly on an edge. The marks are written by the real writer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from django.utils import timezone
from hypothesis import strategies as st

from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.models import Mark, School, Session
from registers.rules import allowed_codes
from registers.rules.codes import CODES, Half
from tests import factories
from tests.factories.classes import ClassOfPupils

Slot = tuple[date, int]
# Weeks around the days on which codes came and went, and an ordinary autumn.
BEGINNINGS = [date(2013, 8, 26), date(2024, 8, 5), date(2025, 9, 1), date(2025, 12, 15)]
EDGES = [Fraction(1, 10), Fraction(1, 2), Fraction(5, 100), Fraction(8, 100), Fraction(15, 100)]


@dataclass
class DrawnSpell:
    """An enrolment: its marks as they stand at the end, and those that were amended on the way."""

    starts_on: date
    leaves_on: date | None
    marks: dict[Slot, str] = field(default_factory=dict)
    first_marks: dict[Slot, str] = field(default_factory=dict)
    year_groups: dict[str, str] = field(default_factory=dict)
    groups: list[tuple[str, date, date | None]] = field(default_factory=list)

    def is_on_roll(self, on: date) -> bool:
        return self.starts_on <= on and (self.leaves_on is None or on <= self.leaves_on)


@dataclass
class DrawnPupil:
    surname: str
    forename: str
    number: int
    born_on: date
    spells: list[DrawnSpell]


@dataclass
class DrawnSchool:
    years: list[tuple[str, list[Slot]]]
    closed: set[Slot]
    pupils: list[DrawnPupil]
    as_at: date

    @property
    def slots(self) -> list[Slot]:
        return [slot for _, slots in self.years for slot in slots]


@st.composite
def drawn_schools(draw: st.DrawFn, *, pupils: int = 4, weeks: int = 6) -> DrawnSchool:
    first = draw(st.sampled_from(BEGINNINGS))
    span = weeks * 7 - 1
    chance = Random(draw(st.integers(0, 2**32)))
    days = draw(st.integers(1, span + 1))
    offsets = sorted(chance.sample(range(span + 1), days))
    slots = [
        (first + timedelta(days=offset), half)
        for offset in offsets
        for half in chance.choice([(0,), (1,), (0, 1), (0, 1), (0, 1), (0, 1)])
    ]
    parted = draw(st.integers(0, len(offsets)))
    second_from = first + timedelta(days=offsets[parted] if parted < len(offsets) else span + 1)
    years = [
        ("Year A", [slot for slot in slots if slot[0] < second_from]),
        ("Year B", [slot for slot in slots if slot[0] >= second_from]),
    ]
    closed = {slot for slot in slots if chance.random() < draw(st.sampled_from([0, 0, 0.1]))}
    school = DrawnSchool(
        [(name, within) for name, within in years if within],
        closed,
        [],
        max(slots[0][0], first + timedelta(days=draw(st.integers(0, span + 9)))),
    )
    for number in range(draw(st.integers(1, pupils))):
        school.pupils.append(_pupil(chance, school, number))
    return school


def _pupil(chance: Random, school: DrawnSchool, number: int) -> DrawnPupil:
    first, last = school.slots[0][0], school.slots[-1][0]
    days = [first + timedelta(days=n) for n in range(-5, (last - first).days + 5)]
    ends = sorted(chance.sample(days, 4))
    spells = chance.choice(
        [
            [DrawnSpell(first - timedelta(days=400), None)],
            [DrawnSpell(first, None)],
            [DrawnSpell(ends[0], None)],
            [DrawnSpell(first, max(first, ends[2]))],
            [DrawnSpell(ends[0], ends[1]), DrawnSpell(ends[2], chance.choice([None, ends[3]]))],
        ]
    )
    born_on = first.replace(day=1) - timedelta(days=365 * chance.choice([4, 9, 13, 17]))
    pupil = DrawnPupil(
        chance.choice(["Ó Briain", "Zhang", "Adeyemi, jr", 'King "Kit"']),
        chance.choice(["Ann", "Björn"]),
        number,
        born_on,
        spells,
    )
    for spell in spells:
        spell.marks = _marks(chance, school, pupil, spell)
        spell.first_marks = {
            slot: chance.choice(_allowed(slot, pupil, spell)) if chance.random() < 0.05 else code
            for slot, code in spell.marks.items()
        }
        spell.year_groups = {
            name: str(chance.randint(7, 11)) for name, _ in school.years if chance.random() < 0.7
        }
        spell.groups = _groups(chance, spell, last)
    return pupil


def _allowed(slot: Slot, pupil: DrawnPupil, spell: DrawnSpell) -> list[str]:
    facts = allowed_codes.PupilFacts(pupil.born_on, spell.starts_on, spell.leaves_on)
    half_day = allowed_codes.SessionFacts(slot[0], Half(slot[1]), True)
    return [
        code
        for code in CODES
        if allowed_codes.why_not(code, pupil=facts, session=half_day, today=date(2026, 7, 1))
        is None
    ]


def _marks(
    chance: Random, school: DrawnSchool, pupil: DrawnPupil, spell: DrawnSpell
) -> dict[Slot, str]:
    slots = [
        slot for slot in school.slots if spell.is_on_roll(slot[0]) and slot not in school.closed
    ]
    gaps = chance.choice([0, 0, 0.2, 1])
    kept = [slot for slot in slots if chance.random() >= gaps]
    if chance.random() < 0.5:
        return {slot: chance.choice(_allowed(slot, pupil, spell)) for slot in kept}
    absent = int(chance.choice(EDGES) * len(kept)) + chance.choice([0, 0, 1])
    missed = set(chance.sample(kept, min(absent, len(kept))))
    return {slot: chance.choice("IO") if slot in missed else "/\\"[slot[1]] for slot in kept}


def _groups(chance: Random, spell: DrawnSpell, last: date) -> list[tuple[str, date, date | None]]:
    moves_on = spell.starts_on + timedelta(days=chance.randint(3, 20))
    if moves_on > (spell.leaves_on or last):
        return [("7A", spell.starts_on, spell.leaves_on)]
    return chance.choice(
        [
            [],
            [("7A", spell.starts_on, None)],
            [
                ("7A", spell.starts_on, moves_on - timedelta(days=1)),
                ("7B", moves_on, spell.leaves_on),
            ],
        ]
    )


def write_school(drawn: DrawnSchool) -> School:
    """The drawn school in the database, its marks by the real writer."""
    school = factories.SchoolFactory()
    years = {}
    for name, slots in drawn.years:
        years[name] = factories.AcademicYearFactory(
            school=school, name=name, starts_on=slots[0][0], ends_on=slots[-1][0]
        )
        Session.objects.bulk_create(
            Session(
                school=school,
                academic_year=years[name],
                date=on,
                half=half,
                is_open=(on, half) not in drawn.closed,
                closed_because="Flood" if (on, half) in drawn.closed else "",
            )
            for on, half in slots
        )
    groups = {name: factories.GroupFactory(school=school, name=name) for name in ("7A", "7B")}
    spells = {}
    for pupil in drawn.pupils:
        row = factories.PupilFactory(
            school=school,
            upn=factories.make_upn(pupil.number),
            surname=pupil.surname,
            forename=pupil.forename,
            born_on=pupil.born_on,
        )
        for spell in pupil.spells:
            enrolment = factories.EnrolmentFactory(
                pupil=row, starts_on=spell.starts_on, leaves_on=spell.leaves_on
            )
            spells[enrolment.pk] = spell
            for name, year_group in spell.year_groups.items():
                factories.EnrolmentYearFactory(
                    enrolment=enrolment, academic_year=years[name], year_group=year_group
                )
            for name, from_on, until_on in spell.groups:
                factories.MembershipFactory(
                    group=groups[name], enrolment=enrolment, from_on=from_on, until_on=until_on
                )
    _write(spells)
    return school


def _write(spells: dict[int, DrawnSpell]) -> None:
    first = [
        MarkChange(MarkKey(pk, *slot), code, 0)
        for pk, spell in spells.items()
        for slot, code in spell.first_marks.items()
    ]
    amended = [
        MarkChange(MarkKey(pk, *slot), code, 1, reason="Parent rang")
        for pk, spell in spells.items()
        for slot, code in spell.marks.items()
        if spell.first_marks[slot] != code
    ]
    for changes in (first, amended):
        write_all(changes)


def write_all(changes: list[MarkChange], *, source: int = Mark.Source.OFFICE) -> None:
    """Write the marks as the office; every one must be taken."""
    written = write_marks(
        changes,
        by=Author(None, "Tom Brannigan", "Attendance Officer"),
        source=source,
        made_at=timezone.now(),
        check=lambda change, enrolment, mark: None,
    )
    assert len(written.saved) == len(changes)


def marks_of(room: ClassOfPupils, codes: Sequence[str], *, pupil: int = 0) -> None:
    """Mark the class's first sessions with these codes; a dot is a gap."""
    enrolment = room.enrolments[pupil]
    write_all(
        [
            MarkChange(MarkKey(enrolment.pk, half_day.date, half_day.half), code, 0)
            for half_day, code in zip(room.sessions, codes, strict=False)
            if code != "."
        ]
    )
