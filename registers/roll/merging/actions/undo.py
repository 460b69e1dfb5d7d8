"""Undo a merge within a day: two pupils again, with the figures of before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from registers import policies
from registers.marks.actions.writing import (
    Author,
    HowMade,
    MarkChange,
    MarkKey,
    lock_enrolments,
    write_marks,
)
from registers.models import Enrolment, Mark, PupilMerge
from registers.models.on_roll import NEVER
from registers.models.school.staff import User
from registers.roll.actions.dates import fit, spell_of
from registers.roll.actions.roll_changes import note_changes
from registers.roll.merging.actions.both import MarkOfOne, MarksOf, chosen_marks, locked
from registers.roll.merging.actions.parts import (
    OF_ITS_ENROLMENT,
    comments_of,
    move_memberships,
    void,
)
from registers.roll.merging.actions.rows import columns_to, make_again, move_back, move_rows
from registers.roll.merging.overlaps import SessionKey
from registers.rules.admission import Spell

UNDO_FOR = timedelta(days=1)


def why_not_undo(merge: PupilMerge, *, at: datetime) -> str:
    """Why a merge stands for good, in words fit to show; empty while it can be undone."""
    if merge.undone_at:
        return "This merge is undone already."
    if at - merge.merged_at > UNDO_FOR:
        return "A merge can be undone within a day, and that has passed."
    if merge.pupil.merged_into_id or merge.other.merged_into_id != merge.pupil_id:
        return "One of the two was merged with another pupil since: undo that first."
    made = [spell["new"] for spell in merge.moved.get("spells", ())]
    if Enrolment.objects.filter(pk__in=made, leaves_on=NEVER).exists():
        return "The time on the roll of the merged pupil was merged or taken away since."
    return ""


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
    spells = merge.moved["spells"]
    touched = [part[0] for spell in spells for part in spell["parts"]]
    lock_enrolments([*touched, *(spell["new"] for spell in spells)])
    author = Author(by.pk, str(by), policies.position_of(by, "merge_pupils", school=merge.school))
    since = [_changed_since(merge, spell) for spell in spells]
    _part(merge)
    for spell in spells:
        _take_apart(spell)
    for (changes, made), spell in zip(since, spells, strict=True):
        _write_since(merge, spell, changes, made, author, at)
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


def _part(merge: PupilMerge) -> None:
    """Two rows of the admission register again, each with what hung on it."""
    pupil, other, kept = merge.pupil, merge.other, merge.moved
    pupil.former_upns.filter(upn=kept["former"]).delete()
    pupil.former_names.filter(pk__in=kept["names"]).delete()
    if pupil.upn == other.upn:
        pupil.upn = kept["upn"]
    for name in kept["filled"]:
        if getattr(pupil, name) == getattr(other, name):
            setattr(pupil, name, None if name == "born_on" else "")
    pupil.save()
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    for spell in kept["spells"]:
        Enrolment.objects.filter(pk=spell["new"]).update(leaves_on=NEVER)
    for spell in kept["spells"]:
        for enrolment, _, leaves_on in spell["parts"]:
            Enrolment.objects.filter(pk=enrolment).update(leaves_on=leaves_on)
    move_back(kept["moved"])
    for label, values in kept["removed"]:
        make_again(apps.get_model(label), values)


def _take_apart(spell: Mapping[str, Any]) -> None:
    """What came to the new time on the roll since goes to the one of who stood; its totals, and
    those of the ones that it was made of, are derived anew.
    """
    new = Enrolment.objects.get(pk=spell["new"])
    home = spell["parts"][0][0]
    move_memberships(new.pk, home)
    for column in columns_to(Enrolment, without=OF_ITS_ENROLMENT | {"registers.membership"}):
        move_rows(column, before=new.pk, after=home)
    parts = Enrolment.objects.in_bulk([part[0] for part in spell["parts"]])
    corrected = {pk: (void(spell_of(row)), spell_of(row)) for pk, row in parts.items()}
    last = Mark.objects.filter(enrolment=new).aggregate(last=Max("date"))["last"]
    was = Spell(new.starts_on, last, new.leaving_ground, new.kind)
    fit(corrected | {new.pk: (was, spell_of(new))} if last else corrected)


Changes = Mapping[SessionKey, MarkOfOne]


def _changed_since(
    merge: PupilMerge, spell: Mapping[str, Any]
) -> tuple[Changes, Mapping[tuple[int, date, int], str]]:
    """The marks of the new time on the roll that are not as the merge wrote them, with comments."""
    own: list[MarksOf] = [{}, {}]
    for enrolment, pupil_id, leaves_on in spell["parts"]:
        rows = Mark.objects.filter(enrolment=enrolment)
        starts_on = Enrolment.objects.get(pk=enrolment).starts_on
        rows = rows.filter(date__gte=starts_on)
        if leaves_on:
            rows = rows.filter(date__lte=leaves_on)
        for mark in rows:
            own[pupil_id != merge.pupil_id][mark.date, mark.half] = _mark_of(mark)
    others = {(date.fromisoformat(on), half) for on, half in spell["others"]}
    wrote = chosen_marks(own[0], own[1], others)
    now = {
        (mark.date, mark.half): _mark_of(mark)
        for mark in Mark.objects.filter(enrolment=spell["new"])
    }
    changed = {
        key: mark
        for key, mark in now.items()
        if key not in wrote or wrote[key].stands != mark.stands
    }
    return changed, comments_of([spell["new"]]) if changed else {}


def _mark_of(mark: Mark) -> MarkOfOne:
    made = HowMade(mark.source, mark.made_by_id, mark.made_at, mark.arrived_at)
    return MarkOfOne(mark.enrolment_id, mark.code_id, mark.minutes_late, made)


def _write_since(
    merge: PupilMerge,
    spell: Mapping[str, Any],
    changed: Changes,
    comments: Mapping[tuple[int, date, int], str],
    author: Author,
    at: datetime,
) -> None:
    """Marks that were made or changed while the two were one, on the time that covers the day."""
    if not changed:
        return
    rows = Enrolment.objects.in_bulk([part[0] for part in spell["parts"]])
    homes: Sequence[Enrolment] = [rows[part[0]] for part in spell["parts"]]
    target = {key: _home(homes, key[0]).pk for key in changed}
    there = {
        (mark.enrolment_id, mark.date, mark.half): mark.version
        for mark in Mark.objects.filter(enrolment__in=rows, date__in={on for on, _ in changed})
    }
    reason = f"The merge with UPN {merge.other.upn} is undone; this was entered meanwhile."
    keys = {key: MarkKey(target[key], *key) for key in changed}
    write_marks(
        [
            MarkChange(
                keys[key],
                mark.code,
                there.get(keys[key], 0),
                mark.minutes_late,
                comments.get((spell["new"], *key)),
                reason,
            )
            for key, mark in changed.items()
        ],
        by=author,
        source=Mark.Source.OFFICE,
        made_at=at,
        check=lambda change, enrolment, mark: None,
        ended=set(keys.values()),
        each_made={keys[key]: mark.made for key, mark in changed.items()},
    )


def _home(homes: Sequence[Enrolment], on: date) -> Enrolment:
    """That of who stood, where it covers the day; the first of them where none does."""
    for row in homes:
        if row.is_on_roll(on):
            return row
    return homes[0]
