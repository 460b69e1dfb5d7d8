"""What merging and its undo share of a time on the roll: memberships, comments, which rows stay."""

from collections.abc import Collection
from datetime import date

from registers.models import MarkComment, Membership
from registers.models.on_roll import NEVER
from registers.roll.merging.actions.rows import Moved
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
    }
)


def comments_of(enrolments: Collection[int]) -> dict[tuple[int, date, int], str]:
    rows = MarkComment.objects.filter(enrolment__in=enrolments).exclude(text="")
    return {
        (pk, on, half): text
        for pk, on, half, text in rows.values_list("enrolment_id", "date", "half", "text")
    }


def move_memberships(before: int, after: int) -> list[Moved]:
    """One registration group at a time, and each group once: what overlaps stays behind."""
    there = list(Membership.objects.filter(enrolment=after).select_related("group"))
    moved: list[Moved] = []
    rows = Membership.objects.filter(enrolment=before).select_related("group")
    for row in rows.order_by("from_on", "pk"):
        days = Spell(row.from_on, row.until_on)
        if any(
            overlap(days, Spell(one.from_on, one.until_on))
            and (one.group_id == row.group_id or _are_registration(one, row))
            for one in there
        ):
            continue
        Membership.objects.filter(pk=row.pk).update(enrolment=after)
        moved.append([row._meta.label_lower, "enrolment", row.pk, before, after])
        there.append(row)
    return moved


def _are_registration(one: Membership, other: Membership) -> bool:
    return one.group.kind == other.group.kind == "registration"


def void(spell: Spell) -> Spell:
    return Spell(spell.starts_on, NEVER, spell.leaving_ground, spell.kind)
