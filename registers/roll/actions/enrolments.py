"""The admission register: a time on the roll begins, and its entries are corrected.

What is written here agrees with the imports (`registers.exchange.actions`): an enrolment is found
by its date of entry. Marks that a corrected date of entry or leaving leaves outside are kept and
count nowhere (`registers.models.on_roll`).
"""

from datetime import date
from itertools import starmap

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from registers import policies
from registers.models import (
    Enrolment,
    Group,
    Pupil,
)
from registers.models.school.staff import User
from registers.roll.actions import dates, leaving
from registers.roll.actions.places import enrol
from registers.roll.actions.roll_changes import Entries, amended, in_words, note_with_reason
from registers.roll.actions.wrong_fields import refuse
from registers.rules import admission
from registers.rules.admission import Spell
from registers.rules.roll.corrected_dates import Moves
from registers.rules.roll.leaving import GroundEvidence

FIRST_DAY, LAST_DAY = "date of entry", "last day on the roll"  # as the history names them


@transaction.atomic
def enrol_again(
    *,
    pupil: Pupil,
    spell: Spell,
    year_group: str = "",
    group: Group | None = None,
    by: User,
    today: date | None = None,
) -> Enrolment:
    """Another time on the roll, for a pupil who comes back. Raises WrongFields."""
    policies.check(by, "keep_pupils", school=pupil.school_id)
    _check_spell(pupil, spell, pupil.enrolments.all(), today=today or timezone.localdate())
    return enrol(pupil, spell, year_group, group)


@transaction.atomic
def change_enrolment(
    *,
    enrolment: Enrolment,
    spell: Spell,
    evidence: GroundEvidence | None = None,
    reason: str = "",
    seen: str = "",
    by: User,
    today: date | None = None,
) -> Moves:
    """Correct a time on the roll; weekly totals, memberships and papers follow. What moved.

    `evidence` is what the school holds for a ground that is new or whose day moves; without it that
    which is kept already. `seen` is the token of the Moves that the person has looked at. A reason
    is asked for when an entry that stood there changes, or marks fall away.
    Raises WrongFields, and LookAgain where sessions fall away or open that the person has not seen.
    """
    policies.check(by, "keep_pupils", school=enrolment.school_id)
    there = Enrolment.objects.select_for_update().select_related("pupil").get(pk=enrolment.pk)
    today = today or timezone.localdate()
    others = there.pupil.enrolments.exclude(pk=there.pk)
    _check_spell(there.pupil, spell, others, today=today)
    old, entries = dates.spell_of(there), _days(there)
    new_evidence = _evidence_to_keep(there, spell, evidence, today=today)
    moves = dates.look(there, spell, today=today)
    there.starts_on, there.leaves_on = spell.starts_on, spell.leaves_on
    there.leaving_ground, there.kind = spell.leaving_ground, spell.kind
    corrections = _corrections(entries, _days(there), moves)
    note_with_reason(corrections, reason, there.pupil, by)
    if moves.must_be_seen and seen != moves.token:
        raise dates.LookAgain(moves)
    there.save(update_fields=["starts_on", "leaves_on", "leaving_ground", "kind"])
    if new_evidence:
        leaving.keep_evidence(there, new_evidence, by)
    dates.fit({there.pk: (old, spell)})
    return moves


def _evidence_to_keep(
    enrolment: Enrolment, spell: Spell, evidence: GroundEvidence | None, *, today: date
) -> GroundEvidence | None:
    """What a ground for leaving rests on, where it is judged anew. Raises WrongFields."""
    if not leaving.is_judged(dates.spell_of(enrolment), spell):
        return None
    evidence = evidence or leaving.kept_evidence(enrolment)
    refuse(leaving.wrong_with_ground(enrolment, spell, evidence, today=today))
    return evidence


def _days(enrolment: Enrolment) -> dict[str, object]:
    return {
        FIRST_DAY: enrolment.starts_on,
        LAST_DAY: enrolment.leaves_on,
        "ground for taking the name off": enrolment.leaving_ground,
        "registered here as": dict(Enrolment.KINDS)[enrolment.kind],
    }


def _check_spell(pupil: Pupil, spell: Spell, others: QuerySet[Enrolment], *, today: date) -> None:
    """`others` are the pupil's other times on the roll."""
    Pupil.objects.select_for_update().get(pk=pupil.pk)
    rows = others.order_by("starts_on").values_list("starts_on", "leaves_on")
    wrong = admission.what_is_wrong(
        spell, born_on=pupil.born_on, others=starmap(Spell, rows), today=today
    )
    refuse(wrong)


def _corrections(before: Entries, after: Entries, moves: Moves) -> dict[str, tuple[str, str]]:
    """The entries that changed. Where marks fall away, the day of leaving was “none” before, and
    the history says how many; it says it of the day of entry alike."""
    changes = amended(before, after)
    if _falls_marks(moves) and before[LAST_DAY] != after[LAST_DAY]:
        changes.setdefault(LAST_DAY, ("none", in_words(after[LAST_DAY])))
    _say_what_moves(changes, moves.in_words)
    return changes


def _say_what_moves(changes: dict[str, tuple[str, str]], moves: str) -> None:
    """Beside the first day that changed."""
    what = next(filter(changes.__contains__, (FIRST_DAY, LAST_DAY)), None)
    if what and moves:
        was, becomes = changes[what]
        changes[what] = (was, f"{becomes or 'none'}; {moves}")


def _falls_marks(moves: Moves) -> bool:
    return bool(moves.falls and moves.falls.marks)
