"""Undo a merge within a day: two pupils again, with the figures of before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from django.apps import apps
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from registers import policies
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.changes import NO_MARK, Author, MarkChange, MarkKey, MarkNow
from registers.models import Enrolment, Mark, Pupil, PupilMerge
from registers.models.on_roll import NEVER
from registers.models.school.staff import User
from registers.roll.actions.dates import fit, spell_of
from registers.roll.actions.roll_changes import note_changes
from registers.roll.merging.actions.both import (
    MarkOfOne,
    MarksOf,
    by_session,
    locked,
    what_stands,
)
from registers.roll.merging.actions.parts import (
    OF_ITS_ENROLMENT,
    JoinedSpell,
    comments_of,
    joined_spells,
    let_in,
    move_memberships,
    void,
)
from registers.roll.merging.actions.rows import columns_to, make_again, move_back, move_rows
from registers.roll.merging.overlaps import marks_of_both
from registers.rules.admission import Spell
from registers.rules.wording import first_so

UNDO_FOR = timedelta(days=1)
PASSED = "A merge can be undone within a day, and that has passed."
MERGED_SINCE = "One of the two was merged with another pupil since: undo that first."
VOID_SINCE = "The time on the roll of the merged pupil was merged or taken away since."


def why_not_undo(merge: PupilMerge, *, at: datetime) -> str:
    """Why a merge stands for good, in words fit to show; empty while it can be undone."""
    return first_so(
        (merge.undone_at, "This merge is undone already."),
        (at - merge.merged_at > UNDO_FOR, PASSED),
        (_was_merged_since(merge), MERGED_SINCE),
        (_is_void_since(merge), VOID_SINCE),
    )


def _was_merged_since(merge: PupilMerge) -> bool:
    pupil, other = merge.pupil, merge.other
    return (pupil.merged_into_id, other.merged_into_id) != (None, merge.pupil_id)


def _is_void_since(merge: PupilMerge) -> bool:
    made = [spell.new for spell in joined_spells(merge)]
    return Enrolment.objects.filter(pk__in=made, leaves_on=NEVER).exists()


@transaction.atomic
def undo_merge(*, merge: PupilMerge, by: User, at: datetime | None = None) -> PupilMerge:
    """Two pupils again, with the figures of before. What came to the one since stays with the one
    who stood, marks too. Raises Refused, in words fit to show.
    """
    at = at or timezone.now()
    policies.check(by, "merge_pupils", school=merge.school_id)
    merge = PupilMerge.objects.select_for_update().get(pk=merge.pk)
    merge.pupil, merge.other = locked(merge.pupil, merge.other)
    if why := why_not_undo(merge, at=at):
        raise policies.Refused(why)
    _put_back(merge, by, at)
    note_changes(
        changes={"merge undone with": (f"{merge.other}, UPN {merge.other.upn}", "two pupils")},
        reason=f"The merge of {merge.merged_at:%d.%m.%Y} is undone.",
        by=by,
        school_id=merge.school_id,
        pupil=merge.pupil,
    )
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def _put_back(merge: PupilMerge, by: User, at: datetime) -> None:
    """Times on the roll as before, and on them the marks that were made since."""
    author = Author(by.pk, str(by), policies.position_of(by, "merge_pupils", school=merge.school))
    spells = joined_spells(merge)
    lock_enrolments([*chain.from_iterable((spell.new, *spell.enrolments) for spell in spells)])
    since = [_changed_since(merge, spell) for spell in spells]
    _part(merge)
    for spell in spells:
        _take_apart(spell)
    for changed in since:
        changed.write(author, at)


def _part(merge: PupilMerge) -> None:
    """Two rows of the admission register again, each with what hung on it."""
    _take_back_what_was_given(merge)
    merge.other.merged_into = None
    merge.other.save(update_fields=["merged_into"])
    spells = joined_spells(merge)
    made = Enrolment.objects.filter(pk__in=[spell.new for spell in spells])
    made.update(leaves_on=NEVER)
    for enrolment, _, leaves_on in chain.from_iterable(spell.parts for spell in spells):
        Enrolment.objects.filter(pk=enrolment).update(leaves_on=leaves_on)
    move_back(merge.moved["moved"])
    for label, values in merge.moved["removed"]:
        make_again(apps.get_model(label), values)


def _take_back_what_was_given(merge: PupilMerge) -> None:
    """The UPN, the names and what filled empty entries, where nobody has changed them since."""
    pupil, other, kept, empty = merge.pupil, merge.other, merge.moved, Pupil()
    pupil.former_upns.filter(upn=kept["former"]).delete()
    pupil.former_names.filter(pk__in=kept["names"]).delete()
    if pupil.upn == other.upn:
        pupil.upn = kept["upn"]
    for name in kept["filled"]:
        if getattr(pupil, name) == getattr(other, name):
            setattr(pupil, name, getattr(empty, name))
    pupil.save()


def _take_apart(spell: JoinedSpell) -> None:
    """What came to the new time on the roll since goes to the one of who stood; its totals, and
    those of the ones that it was made of, are derived anew.
    """
    new = Enrolment.objects.get(pk=spell.new)
    home = spell.enrolments[0]
    move_memberships(new.pk, home)
    for column in columns_to(Enrolment, without=OF_ITS_ENROLMENT | {"registers.membership"}):
        move_rows(column, before=new.pk, after=home)
    parts = Enrolment.objects.filter(pk__in=spell.enrolments)
    corrected = {row.pk: (void(spell_of(row)), spell_of(row)) for row in parts}
    last = Mark.objects.filter(enrolment=new).aggregate(last=Max("date"))["last"]
    was = Spell(new.starts_on, last or NEVER, new.leaving_ground, new.kind)
    fit(corrected | {new.pk: (was, spell_of(new))})


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """Marks that were made or changed while the two were one."""

    spell: JoinedSpell
    marks: MarksOf
    comments: Mapping[MarkKey, str]
    reason: str

    def write(self, author: Author, at: datetime) -> None:
        """On the time that covers the day."""
        if not self.marks:
            return
        rows = Enrolment.objects.in_bulk(self.spell.enrolments)
        homes = [rows[pk] for pk in self.spell.enrolments]
        marks = {
            MarkKey(_home(homes, on).pk, on, half): mark for (on, half), mark in self.marks.items()
        }
        there = marks_now(marks.keys())
        changes = [self._change(key, there, mark) for key, mark in marks.items()]
        made = {key: mark.made for key, mark in marks.items()}
        let_in(changes, made, by=author, at=at)

    def _change(
        self, key: MarkKey, there: Mapping[MarkKey, MarkNow], mark: MarkOfOne
    ) -> MarkChange:
        seen = there.get(key, NO_MARK).version
        comment = self.comments.get(key._replace(enrolment_id=self.spell.new))
        return MarkChange(key, mark.code, seen, mark.minutes_late, comment, self.reason)


def _changed_since(merge: PupilMerge, spell: JoinedSpell) -> "ChangedSince":
    """The marks of the new time on the roll that are not as the merge wrote them, with comments."""
    now = by_session(Mark.objects.filter(enrolment=spell.new))
    before = what_stands(_as_merged(merge, spell))
    changed = dict(what_stands(now).items() - before.items())
    reason = f"The merge with UPN {merge.other.upn} is undone; this was entered meanwhile."
    return ChangedSince(spell, {key: now[key] for key in changed}, comments_of([spell.new]), reason)


def _as_merged(merge: PupilMerge, spell: JoinedSpell) -> MarksOf:
    """The marks of both, of a conflict the one that was chosen."""
    own: dict[bool, MarksOf] = {True: {}, False: {}}
    for enrolment, pupil, leaves_on in spell.parts:
        days = (Enrolment.objects.get(pk=enrolment).starts_on, leaves_on or date.max)
        marks = Mark.objects.filter(enrolment=enrolment, date__range=days)
        own[pupil == merge.pupil_id] |= by_session(marks)
    return marks_of_both(own[True], own[False], spell.others_stand)


def _home(homes: Sequence[Enrolment], on: date) -> Enrolment:
    """That of who stood, where it covers the day; the first of them where none does."""
    return next((row for row in homes if row.is_on_roll(on)), homes[0])
