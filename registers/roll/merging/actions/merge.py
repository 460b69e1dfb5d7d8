"""Merge two pupils: one action, one transaction, all that was moved written down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from registers import policies
from registers.marks.actions.writing import (
    Author,
    MarkChange,
    MarkKey,
    lock_enrolments,
    write_marks,
)
from registers.models import Characteristic, Enrolment, Mark, Paper, Pupil, PupilMerge, Relationship
from registers.models.on_roll import NEVER
from registers.models.school.staff import User
from registers.roll.actions.dates import fit
from registers.roll.actions.names import keep_former_name
from registers.roll.actions.roll_changes import note_changes
from registers.roll.actions.upns import keep_former_upn
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.merging.actions.both import (
    MarksOf,
    SideBySide,
    chosen_marks,
    locked,
    look_at_both,
)
from registers.roll.merging.actions.parts import (
    OF_ITS_ENROLMENT,
    comments_of,
    move_memberships,
    void,
)
from registers.roll.merging.actions.rows import Moved, as_json, columns_to, move_rows
from registers.roll.merging.overlaps import MERGED, Joined, OwnSpell, SessionKey

FILLED = ("born_on", "sex", "language", "preferred_name", "medical_alert", "admission_number")
OF_WHO_STANDS = frozenset({"absence.standing"})  # of two histories of bands one goes on
OF_ITS_PUPIL = frozenset(
    {
        "registers.enrolment",
        "registers.pupil",
        "registers.pupilmerge",
        "registers.rollchange",
        "registers.relationship",
        "registers.characteristic",
    }
)

MARKS_HAVE_CHANGED = "The marks of the two have changed meanwhile: look at them once more."


@transaction.atomic
def merge_pupils(
    *,
    pupil: Pupil,
    other: Pupil,
    upn: str,
    others_stand: Collection[SessionKey],
    looked_at: Collection[SessionKey],
    reason: str,
    by: User,
    at: datetime | None = None,
) -> PupilMerge:
    """`other` goes into `pupil`, with this `upn` (of one of the two) from now on.

    `looked_at` are the sessions whose conflict the person decided, `others_stand` those of them
    where the other's mark stands. Raises Refused, and WrongFields when a conflict has come that
    nobody has looked at, a reason is missing or the two cannot be merged.
    """
    policies.check(by, "merge_pupils", school=pupil.school_id)
    pupil, other = locked(pupil, other)
    _check(pupil, other, upn, reason)
    lock_enrolments(
        list(Enrolment.objects.filter(pupil__in=[pupil.pk, other.pk]).values_list("pk", flat=True))
    )
    both = look_at_both(pupil, other)
    if not set(both.conflicts) <= set(looked_at):
        raise WrongFields({"": MARKS_HAVE_CHANGED})
    merge = PupilMerge(
        school_id=pupil.school_id,
        pupil=pupil,
        other=other,
        reason=reason.strip(),
        merged_at=at or timezone.now(),
        merged_by=by,
    )
    author = Author(by.pk, str(by), policies.position_of(by, "merge_pupils", school=pupil.school))
    _Merge(both, merge, author, by).carry_out(upn, set(others_stand) & set(both.conflicts))
    merge.save()
    return merge


def _check(pupil: Pupil, other: Pupil, upn: str, reason: str) -> None:
    if upn not in (pupil.upn, other.upn):
        raise WrongFields({"upn": "Choose the UPN of one of the two."})
    if not reason.strip():
        raise WrongFields({"reason": "Say why the two are one child"})


@dataclass
class _Merge:
    both: SideBySide
    merge: PupilMerge
    author: Author
    by: User
    moved: list[Moved] = field(default_factory=list)
    removed: list[list[Any]] = field(default_factory=list)

    @property
    def pupil(self) -> Pupil:
        return self.both.pupil

    @property
    def other(self) -> Pupil:
        return self.both.other

    @property
    def words(self) -> str:
        names = f"{self.other.forename} {self.other.surname}, UPN {self.other.upn}"
        return f"{MERGED} {names}: {self.merge.reason}"[:500]

    def carry_out(self, upn: str, others_stand: set[SessionKey]) -> None:
        spells = [self._join(one, others_stand) for one in self.both.spells if one.is_new]
        for one in self.both.spells:
            if not one.is_new and one.parts[0].pupil_id == self.other.pk:
                self._take_over(one.parts[0].enrolment_id)
        self._move_contacts()
        self._move_characteristics()
        for column in columns_to(Pupil, without=OF_ITS_PUPIL):
            self.moved += move_rows(column, before=self.other.pk, after=self.pupil.pk)
        note_changes(
            changes={"merged with": (f"{self.other}, UPN {self.other.upn}", "this pupil")},
            reason=self.merge.reason,
            by=self.by,
            school_id=self.pupil.school_id,
            pupil=self.pupil,
        )
        filled = self._become_one(upn)
        self.merge.moved = {
            "moved": self.moved,
            "removed": self.removed,
            "spells": spells,
            **filled,
        }

    def _take_over(self, enrolment_id: int) -> None:
        Enrolment.objects.filter(pk=enrolment_id).update(pupil=self.pupil)
        row = ["registers.enrolment", "pupil", enrolment_id, self.other.pk, self.pupil.pk]
        self.moved.append(row)

    # --- times on the roll that overlap

    def _join(self, one: Joined, others_stand: set[SessionKey]) -> dict[str, Any]:
        parts = sorted(one.parts, key=lambda part: part.pupil_id != self.pupil.pk)
        ids = [part.enrolment_id for part in parts]
        chosen = self._chosen(ids, others_stand)
        comments = comments_of(ids)
        Enrolment.objects.filter(pk__in=ids).update(leaves_on=NEVER)
        new = Enrolment.objects.create(
            school_id=self.pupil.school_id,
            pupil=self.pupil,
            starts_on=one.spell.starts_on,
            leaves_on=one.spell.leaves_on,
            leaving_ground=one.spell.leaving_ground,
            kind=one.spell.kind,
        )
        for part in parts:
            self._move_rows_of(part, new)
        fit({part.enrolment_id: (part.spell, void(part.spell)) for part in parts})
        self._write(new, chosen, comments)
        _carry_papers_over(ids, new)
        return {
            "new": new.pk,
            "parts": [
                [part.enrolment_id, part.pupil_id, _day(part.spell.leaves_on)] for part in parts
            ],
            "others": [[str(on), half] for on, half in sorted(others_stand)],
        }

    def _chosen(self, ids: Collection[int], others_stand: set[SessionKey]) -> MarksOf:
        return chosen_marks(
            {key: mark for key, mark in self.both.marks.items() if mark.enrolment_id in ids},
            {key: mark for key, mark in self.both.other_marks.items() if mark.enrolment_id in ids},
            others_stand,
        )

    def _move_rows_of(self, part: OwnSpell, new: Enrolment) -> None:
        is_others = part.pupil_id == self.other.pk
        self.moved += move_memberships(part.enrolment_id, new.pk)
        without = OF_ITS_ENROLMENT | {"registers.membership"}
        for column in columns_to(
            Enrolment, without=without | OF_WHO_STANDS if is_others else without
        ):
            self.moved += move_rows(column, before=part.enrolment_id, after=new.pk)

    def _write(self, new: Enrolment, chosen: MarksOf, comments: Mapping[tuple, str]) -> None:
        keys = {session: MarkKey(new.pk, *session) for session in chosen}
        write_marks(
            [
                MarkChange(
                    keys[session],
                    mark.code,
                    0,
                    mark.minutes_late,
                    comments.get((mark.enrolment_id, *session)),
                    self.words,
                )
                for session, mark in chosen.items()
            ],
            by=self.author,
            source=Mark.Source.OFFICE,
            made_at=self.merge.merged_at,
            check=lambda change, enrolment, mark: None,
            ended=set(keys.values()),
            each_made={keys[session]: mark.made for session, mark in chosen.items()},
        )

    # --- what hangs on the pupils

    def _move_contacts(self) -> None:
        """Who is a contact of both stays as the one who stands has it; others come after."""
        mine = Relationship.objects.filter(pupil=self.pupil)
        people = set(mine.values_list("person_id", flat=True))
        last = mine.aggregate(last=Max("priority"))["last"] or 0
        theirs = Relationship.objects.filter(pupil=self.other)
        for row in theirs.order_by("priority", "pk"):
            if row.person_id in people:
                self.removed.append([row._meta.label_lower, as_json(row)])
                row.delete()
                continue
            last += 1
            label = row._meta.label_lower
            self.moved.append([label, "priority", row.pk, row.priority, last])
            self.moved.append([label, "pupil", row.pk, self.other.pk, self.pupil.pk])
            Relationship.objects.filter(pk=row.pk).update(pupil=self.pupil, priority=last)

    def _move_characteristics(self) -> None:
        """A kind that the one who stands has no word of; of the others theirs stand."""
        rows = Characteristic.objects
        known = set(rows.filter(pupil=self.pupil).values_list("kind", flat=True))
        for row in rows.filter(pupil=self.other).exclude(kind__in=known):
            self.moved.append(
                [row._meta.label_lower, "pupil", row.pk, self.other.pk, self.pupil.pk]
            )
            rows.filter(pk=row.pk).update(pupil=self.pupil)

    def _become_one(self, upn: str) -> dict[str, Any]:
        pupil, other = self.pupil, self.other
        other.merged_into = pupil
        other.save(update_fields=["merged_into"])
        filled = [name for name in FILLED if not getattr(pupil, name) and getattr(other, name)]
        for name in filled:
            setattr(pupil, name, getattr(other, name))
        before, pupil.upn = pupil.upn, upn
        pupil.save()
        former = other.upn if upn == before else before
        keep_former_upn(pupil=pupil, upn=former, reason=self.words, by=self.by)
        known = set(pupil.former_names.values_list("pk", flat=True))
        keep_former_name(pupil=pupil, surname=other.surname, forename=other.forename, by=self.by)
        names = [row.pk for row in pupil.former_names.all() if row.pk not in known]
        return {"filled": filled, "upn": before, "former": former, "names": names}


def _carry_papers_over(enrolments: Collection[int], new: Enrolment) -> None:
    """A paper that is held for one of the two is held for the child."""
    held = {
        (row.academic_year_id, row.code_id): row
        for row in Paper.objects.filter(enrolment__in=enrolments, completed_at__isnull=False)
    }
    for row in Paper.objects.filter(enrolment=new, completed_at__isnull=True):
        if paper := held.get((row.academic_year_id, row.code_id)):
            row.note, row.completed_at = paper.note, paper.completed_at
            row.completed_by = paper.completed_by
            row.save(update_fields=["note", "completed_at", "completed_by"])


def _day(on: date | None) -> str | None:
    return str(on) if on else None
