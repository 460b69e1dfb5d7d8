"""Two pupils of the register that are one child: their times on the roll and marks together.

No Django in this module. Where a time on the roll of the one overlaps with one of the other, both
(and whatever else overlaps with them) become one time with the marks of both; where it does not,
it stays as it is. A session for which both have a mark, and the marks differ, is a conflict that a
person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple, TypeVar

from registers.rules.admission import Spell, last_day, overlap

MERGED = "Merged with"  # how the reason begins of every mark that a merge wrote
SessionKey = tuple[date, int]  # a day and its half
AnyMark = TypeVar("AnyMark")


class WhatStands(NamedTuple):
    """A mark, as far as two of them can differ."""

    code: str
    minutes_late: int | None = None


@dataclass(frozen=True, slots=True)
class OwnSpell:
    """A time on the roll, with its enrolment and whose it is."""

    enrolment_id: int
    pupil_id: int
    spell: Spell


@dataclass(frozen=True, slots=True)
class Joined:
    """Times on the roll that become one; a single one stays what it is."""

    spell: Spell
    parts: tuple[OwnSpell, ...]

    @property
    def is_new(self) -> bool:
        return len(self.parts) > 1

    @property
    def joins(self) -> int:
        """How many become one; 0 for a single one."""
        return len(self.parts) if self.is_new else 0


def joined(spells: Iterable[OwnSpell]) -> list[Joined]:
    """The times on the roll of both, in order; none overlaps with another any more."""
    groups: list[list[OwnSpell]] = []
    for own in sorted(spells, key=attrgetter("spell.starts_on", "enrolment_id")):
        if groups and _overlaps(own, groups[-1]):
            groups[-1].append(own)
        else:
            groups.append([own])
    return [Joined(_together([own.spell for own in group]), tuple(group)) for group in groups]


def _overlaps(own: OwnSpell, group: Iterable[OwnSpell]) -> bool:
    return any(overlap(own.spell, other.spell) for other in group)


def _together(spells: Sequence[Spell]) -> Spell:
    """From the first day of any to the last of any, with the ground of the one that ends last."""
    last = max(spells, key=last_day)
    kinds = {spell.kind for spell in spells}
    return Spell(
        min(spell.starts_on for spell in spells),
        last.leaves_on,
        last.leaving_ground,
        "main" if "main" in kinds else last.kind,
    )


def conflicts(
    one: Mapping[SessionKey, WhatStands], other: Mapping[SessionKey, WhatStands]
) -> list[SessionKey]:
    """Sessions for which both have a mark, and not the same; in order."""
    return sorted(key for key in one.keys() & other.keys() if one[key] != other[key])


def marks_of_both(
    one: Mapping[SessionKey, AnyMark],
    other: Mapping[SessionKey, AnyMark],
    others_stand: Iterable[SessionKey] = (),
) -> dict[SessionKey, AnyMark]:
    """Every mark of either; of a conflict that of the `one`, or of the other where it stands."""
    theirs = {key: other[key] for key in other.keys() & set(others_stand)}
    return {**other, **one, **theirs}
