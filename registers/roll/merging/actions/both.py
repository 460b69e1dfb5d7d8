"""Two pupils side by side: their times on the roll, their marks, and where the marks differ."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from registers.marks.changes import HowMade
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
    _check_can_be_one(pupil, other)
    rows = Enrolment.objects.not_void().filter(pupil__in=[pupil.pk, other.pk])
    spells = joined(
        OwnSpell(row.pk, row.pupil_id, spell_of(row)) for row in rows.order_by("starts_on", "pk")
    )
    mine, theirs = _marks_of(pupil), _marks_of(other)
    differ = conflicts(what_stands(mine), what_stands(theirs))
    return SideBySide(pupil, other, spells, mine, theirs, differ)


def _check_can_be_one(pupil: Pupil, other: Pupil) -> None:
    if pupil.pk == other.pk or pupil.school_id != other.school_id:
        raise WrongFields({"": "Choose another pupil of this school."})
    if pupil.merged_into_id or other.merged_into_id:
        raise WrongFields({"": "One of the two is merged with another pupil already."})


def what_stands(marks: MarksOf) -> dict[SessionKey, WhatStands]:
    """The marks, as far as two of them can differ."""
    return {key: mark.stands for key, mark in marks.items()}


def _marks_of(pupil: Pupil) -> MarksOf:
    """The marks of a pupil that count, by session."""
    return by_session(Mark.objects.on_roll().filter(enrolment__pupil=pupil))


def by_session(marks: Iterable[Mark]) -> MarksOf:
    return {(mark.date, mark.half): _mark_of_one(mark) for mark in marks}


def _mark_of_one(mark: Mark) -> MarkOfOne:
    made = HowMade(mark.source, mark.made_by_id, mark.made_at, mark.arrived_at)
    return MarkOfOne(mark.enrolment_id, mark.code_id, mark.minutes_late, made)


def locked(pupil: Pupil, other: Pupil) -> tuple[Pupil, Pupil]:
    """Both rows, held in the order of their keys."""
    rows = Pupil.everything.select_for_update().order_by("pk").in_bulk([pupil.pk, other.pk])
    return rows[pupil.pk], rows[other.pk]
