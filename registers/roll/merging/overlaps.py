"""Two pupils of the register that are one child: their times on the roll and marks together.

No Django in this module. Where a time on the roll of the one overlaps with one of the other, both
(and whatever else overlaps with them) become one time with the marks of both; where it does not,
it stays as it is. A session for which both have a mark, and the marks differ, is a conflict that a
person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from registers.rules.admission import Spell, overlap

MERGED = "Merged with"  # how the reason begins of every mark that a merge wrote
SessionKey = tuple[date, int]  # a day and its half


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


def joined(spells: Iterable[OwnSpell]) -> list[Joined]:
    """The times on the roll of both, in order; none overlaps with another any more."""
    groups: list[list[OwnSpell]] = []
    for own in sorted(spells, key=lambda own: (own.spell.starts_on, own.enrolment_id)):
        if groups and any(overlap(own.spell, other.spell) for other in groups[-1]):
            groups[-1].append(own)
        else:
            groups.append([own])
    return [Joined(_together([own.spell for own in group]), tuple(group)) for group in groups]


def _together(spells: Sequence[Spell]) -> Spell:
    """From the first day of any to the last of any, with the ground of the one that ends last."""
    last = max(spells, key=lambda spell: spell.leaves_on or date.max)
    return Spell(
        min(spell.starts_on for spell in spells),
        last.leaves_on,
        last.leaving_ground,
        "main" if any(spell.kind == "main" for spell in spells) else last.kind,
    )


def conflicts(
    one: Mapping[SessionKey, WhatStands], other: Mapping[SessionKey, WhatStands]
) -> list[SessionKey]:
    """Sessions for which both have a mark, and not the same; in order."""
    return sorted(key for key in one.keys() & other.keys() if one[key] != other[key])


def marks_of_both(
    one: Mapping[SessionKey, WhatStands],
    other: Mapping[SessionKey, WhatStands],
    others_stand: Iterable[SessionKey] = (),
) -> dict[SessionKey, WhatStands]:
    """Every mark of either; of a conflict that of the `one`, or of the other where it stands."""
    found = dict(other) | dict(one)
    for key in others_stand:
        if key in other:
            found[key] = other[key]
    return found
