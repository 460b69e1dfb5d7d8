"""Two pupils side by side: their times on the roll, their marks, and where the marks differ."""

from collections.abc import Collection
from dataclasses import dataclass, field

from registers.marks.actions.writing import HowMade
from registers.models import Enrolment, Mark, Pupil
from registers.roll.actions.dates import spell_of
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.merging.overlaps import (
    Joined,
    OwnSpell,
    SessionKey,
    WhatStands,
    conflicts,
    joined,
    marks_of_both,
)


@dataclass(frozen=True, slots=True)
class MarkOfOne:
    """A mark that counts, of one of the two, with what is written down beside it."""

    enrolment_id: int
    code: str
    minutes_late: int | None
    made: HowMade

    @property
    def stands(self) -> WhatStands:
        return WhatStands(self.code, self.minutes_late)


MarksOf = dict[SessionKey, MarkOfOne]


@dataclass
class SideBySide:
    """What two pupils would be as one: their times on the roll, and where their marks differ."""

    pupil: Pupil
    other: Pupil
    spells: list[Joined]
    marks: MarksOf
    other_marks: MarksOf
    conflicts: list[SessionKey] = field(default_factory=list)


def look_at_both(pupil: Pupil, other: Pupil) -> SideBySide:
    """Side by side, in a fixed number of statements. Raises WrongFields where they are two."""
    if pupil.pk == other.pk or pupil.school_id != other.school_id:
        raise WrongFields({"": "Choose another pupil of this school."})
    if pupil.merged_into_id or other.merged_into_id:
        raise WrongFields({"": "One of the two is merged with another pupil already."})
    rows = Enrolment.objects.not_void().filter(pupil__in=[pupil.pk, other.pk])
    spells = joined(
        OwnSpell(row.pk, row.pupil_id, spell_of(row)) for row in rows.order_by("starts_on", "pk")
    )
    mine, theirs = _marks_of(pupil), _marks_of(other)
    differ = conflicts(
        {key: mark.stands for key, mark in mine.items()},
        {key: mark.stands for key, mark in theirs.items()},
    )
    return SideBySide(pupil, other, spells, mine, theirs, differ)


def _marks_of(pupil: Pupil, enrolments: Collection[int] | None = None) -> MarksOf:
    """The marks of a pupil that count, by session."""
    rows = Mark.objects.on_roll().filter(enrolment__pupil=pupil)
    if enrolments is not None:
        rows = rows.filter(enrolment__in=enrolments)
    fields = ("source", "made_by_id", "made_at", "arrived_at")
    return {
        (on, half): MarkOfOne(enrolment, code, minutes, HowMade(*made))
        for enrolment, on, half, code, minutes, *made in rows.values_list(
            "enrolment_id", "date", "half", "code_id", "minutes_late", *fields
        )
    }


def chosen_marks(mine: MarksOf, theirs: MarksOf, others_stand: Collection[SessionKey]) -> MarksOf:
    """The marks of both, of a conflict the one that was chosen."""
    stands = marks_of_both(
        {key: mark.stands for key, mark in mine.items()},
        {key: mark.stands for key, mark in theirs.items()},
        others_stand,
    )
    return {
        key: theirs[key] if key not in mine or key in others_stand else mine[key] for key in stands
    }


def locked(pupil: Pupil, other: Pupil) -> tuple[Pupil, Pupil]:
    """Both rows, held in the order of their keys."""
    rows = Pupil.everything.select_for_update().order_by("pk")
    held = {row.pk: row for row in rows.filter(pk__in=[pupil.pk, other.pk])}
    return held[pupil.pk], held[other.pk]
