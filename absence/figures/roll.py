"""Who is on the roll, with what is true of each: year group, group, characteristics, standing.

Two statements, however many pupils there are.
"""

# ruff: noqa: S608 (the pieces of each statement are constants of this module)

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import F

from absence.rules.academic_year import SchoolYear
from registers.models.roll.enrolment import EnrolmentQuerySet

Span = tuple[date, date | None, str]


@dataclass(slots=True)
class Facts:
    """What is known of the enrolments (characteristics: of the pupils) of a school, by id."""

    groups: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    year_groups: dict[int, list[tuple[date, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    characteristics: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    standings: dict[int, Span] = field(default_factory=dict)  # found on, moved on, band

    def group_on(self, enrolment: int, on: date) -> str:
        """The group of the day, else the one before it, else the one after it; blank without."""

        def rank(membership: Span) -> tuple:
            from_on, until_on, name = membership
            if from_on > on:
                return (2, from_on - on, name)
            if until_on is None or until_on >= on:
                return (0, on - from_on, name)
            return (1, on - until_on, name)

        held = self.groups.get(enrolment, ())
        return min(held, key=rank)[2] if held else ""

    def year_group_in(self, enrolment: int, starts_on: date) -> str:
        """The year group in this academic year, else in the next one known, else in the last."""
        known = self.year_groups.get(enrolment, ())
        if not known:
            return ""
        return min(known, key=lambda one: (one[0] < starts_on, abs(one[0] - starts_on)))[1]

    def in_band_since(self, enrolments: Iterable[int], band: str) -> date | None:
        """The day of the session since which the pupil of these has stood in this band; None where
        the nights know nothing of it."""
        held = [self.standings[pk] for pk in enrolments if pk in self.standings]
        standing = max(held, default=None, key=lambda one: one[0])
        return (standing[1] or standing[0]) if standing and standing[2] == band else None

    def characteristics_on(self, pupil: int, on: date) -> tuple[str, ...]:
        """In force on the day: "SEN K", "FSM", "EAL", "Looked after"."""
        held = self.characteristics.get(pupil, ())
        return tuple(
            name
            for from_on, until_on, name in held
            if from_on <= on and (until_on is None or on <= until_on)
        )


def spells_on_roll(within: EnrolmentQuerySet, first: date, last: date) -> list[dict]:
    """The enrolments that were on the roll on a day between the two."""
    rows = within.on_roll(first, until=last).order_by()
    fields = rows.values(
        "pupil_id",
        "starts_on",
        "leaves_on",
        enrolment_id=F("pk"),
        upn=F("pupil__upn"),
        surname=F("pupil__surname"),
        forename=F("pupil__forename"),
        preferred_name=F("pupil__preferred_name"),
        born_on=F("pupil__born_on"),
        sex=F("pupil__sex"),
    )
    return [dict(row) for row in fields]


GROUP, YEAR_GROUP, CHARACTERISTIC, STANDING = range(4)
GROUPS = f"""
    SELECT {GROUP}, member.enrolment_id, member.from_on, member.until_on, grouped.name, ''
      FROM registers_membership member JOIN registers_group grouped ON grouped.id = member.group_id
     WHERE grouped.school_id = %s AND grouped.kind = 'registration'"""
YEAR_GROUPS = f"""
    SELECT {YEAR_GROUP}, known.enrolment_id, taught.starts_on, NULL, known.year_group, ''
      FROM registers_enrolmentyear known
      JOIN registers_academicyear taught ON taught.id = known.academic_year_id
     WHERE taught.school_id = %s"""
CHARACTERISTICS = f"""
    SELECT {CHARACTERISTIC}, held.pupil_id, held.from_on, held.until_on, held.kind, held.value
      FROM registers_characteristic held JOIN registers_pupil pupil ON pupil.id = held.pupil_id
     WHERE pupil.school_id = %s AND held.value NOT IN ('N', 'n')"""
STANDINGS = f"""
    SELECT {STANDING}, enrolment_id, "on", moved_on, band, '' FROM absence_standing
     WHERE academic_year_id = %s AND "on" <= %s"""


def facts_of(
    school_id: int, *, known_by: tuple[SchoolYear, date] | None = None, pupils: bool = False
) -> Facts:
    """Year groups and registration groups; with `pupils` characteristics too; with `known_by` the
    last standing of that academic year up to the date."""
    parts = [GROUPS, YEAR_GROUPS]
    params: list[int | str] = [school_id, school_id]
    if pupils:
        parts.append(CHARACTERISTICS)
        params.append(school_id)
    if known_by:
        parts.append(STANDINGS)
        params += [known_by[0].pk, str(known_by[1])]
    facts, days = Facts(), Days()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        for sort, pk, on, until, name, words in cursor.fetchall():
            _add(facts, sort, pk, days[on], until and days[until], name, words)
    return facts


class Days(dict[object, date]):
    """The day that a database says, as text or as a day: a school has few of them."""

    def __missing__(self, said: object) -> date:
        self[said] = day = date.fromisoformat(str(said))
        return day


def _add(
    facts: Facts, sort: int, pk: int, on: date, until: date | None, name: str, words: str
) -> None:
    if sort == GROUP:
        facts.groups[pk].append((on, until, name))
    elif sort == YEAR_GROUP:
        facts.year_groups[pk].append((on, name))
    elif sort == CHARACTERISTIC:
        facts.characteristics[pk].append((on, until, characteristic(name, words)))
    elif pk not in facts.standings or on > facts.standings[pk][0]:
        facts.standings[pk] = (on, until, name)


def characteristic(kind: str, value: str) -> str:
    """Kind and value, where the value says more than that it is so: "SEN K", "FSM"."""
    return kind if value.upper() in ("Y", "YES", "") else f"{kind} {value}"
