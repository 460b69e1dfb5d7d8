"""What merging and its undo share of a time on the roll: memberships, comments, which rows stay."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, HowMade, MarkChange, MarkKey
from registers.models import Mark, MarkComment, Membership, PupilMerge
from registers.models.on_roll import NEVER
from registers.roll.merging.actions.rows import Moved
from registers.roll.merging.overlaps import SessionKey
from registers.rules.admission import Spell, overlap

# What the register keeps by enrolment for good, or derives: it stays with its own.
OF_ITS_ENROLMENT = frozenset(
    {
        "registers.mark",
        "registers.markcomment",
        "registers.amendment",
        "registers.registerseal",
        "registers.weektally",
        "registers.paper",
        "registers.cutmembership",
        "absence.checkedenrolment",
    }
)


def comments_of(enrolments: Collection[int]) -> dict[MarkKey, str]:
    """What is written beside their marks."""
    rows = MarkComment.objects.filter(enrolment__in=enrolments).exclude(text="")
    return {MarkKey(row.enrolment_id, row.date, row.half): row.text for row in rows}


@dataclass(frozen=True, slots=True)
class JoinedSpell:
    """A time on the roll that a merge put in the place of others, as the merge keeps it."""

    new: int
    parts: list[tuple[int, int, str | None]]  # enrolment, pupil, last day; of who stands first
    others: list[tuple[str, int]]  # the sessions where the mark of the other stands

    @property
    def enrolments(self) -> list[int]:
        """Those that it was made of."""
        return [enrolment for enrolment, _, _ in self.parts]

    @property
    def others_stand(self) -> set[SessionKey]:
        return {(date.fromisoformat(on), half) for on, half in self.others}


def joined_spells(merge: PupilMerge) -> list[JoinedSpell]:
    return [JoinedSpell(**row) for row in merge.moved.get("spells", ())]


def let_in(
    changes: Sequence[MarkChange], made: Mapping[MarkKey, HowMade], *, by: Author, at: datetime
) -> None:
    """Write marks that somebody else has made, as late entries of whoever merges or undoes it."""
    write_marks(
        changes,
        by=by,
        source=Mark.Source.OFFICE,
        made_at=at,
        check=lambda change, enrolment, mark: None,
        ended=set(made),
        each_made=made,
    )


def move_memberships(before: int, after: int) -> list[Moved]:
    """One registration group at a time, and each group once: what overlaps stays behind."""
    memberships = Membership.objects.select_related("group").order_by("from_on", "pk")
    there = list(memberships.filter(enrolment=after))
    moved: list[Moved] = []
    for row in memberships.filter(enrolment=before):
        if not any(map(partial(_cannot_both_be, row), there)):
            Membership.objects.filter(pk=row.pk).update(enrolment=after)
            moved.append([row._meta.label_lower, "enrolment", row.pk, before, after])
            there.append(row)
    return moved


def _cannot_both_be(one: Membership, other: Membership) -> bool:
    are_one_group = one.group_id == other.group_id or _are_registration(one, other)
    return are_one_group and overlap(_days(one), _days(other))


def _days(row: Membership) -> Spell:
    return Spell(row.from_on, row.until_on)


def _are_registration(one: Membership, other: Membership) -> bool:
    return one.group.kind == other.group.kind == "registration"


def void(spell: Spell) -> Spell:
    return Spell(spell.starts_on, NEVER, spell.leaving_ground, spell.kind)
