"""Merge two pupils: one action, one transaction, all that was moved written down."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.db.models.functions import Coalesce
from django.utils import timezone

from registers import policies
from registers.marks.actions.locking import lock_enrolments
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.models import Characteristic, Enrolment, Paper, Pupil, PupilMerge, Relationship
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
    locked,
    look_at_both,
)
from registers.roll.merging.actions.parts import (
    OF_ITS_ENROLMENT,
    comments_of,
    let_in,
    move_memberships,
    void,
)
from registers.roll.merging.actions.rows import Moved, as_json, columns_to, move_rows
from registers.roll.merging.overlaps import MERGED, Joined, OwnSpell, SessionKey, marks_of_both

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
        self._take_over_others()
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

    def _hang(self, row: Model) -> None:
        """Write down that the row, which was the other's, is this pupil's now."""
        label = row._meta.label_lower
        self.moved.append([label, "pupil", row.pk, self.other.pk, self.pupil.pk])

    def _take_over_others(self) -> None:
        """The other's times on the roll that overlap with none."""
        whole = [joined.parts[0] for joined in self.both.spells if not joined.is_new]
        theirs = Enrolment.objects.filter(
            pk__in=[own.enrolment_id for own in whole], pupil=self.other
        )
        for row in theirs.order_by("starts_on", "pk"):
            self._hang(row)
            Enrolment.objects.filter(pk=row.pk).update(pupil=self.pupil)

    # --- times on the roll that overlap

    def _join(self, joined: Joined, others_stand: set[SessionKey]) -> dict[str, Any]:
        """One new time in the place of those that overlap; what the merge keeps of it."""
        parts = sorted(joined.parts, key=lambda part: part.pupil_id != self.pupil.pk)
        ids = [part.enrolment_id for part in parts]
        chosen = self._chosen(ids, others_stand)
        comments = comments_of(ids)
        Enrolment.objects.filter(pk__in=ids).update(leaves_on=NEVER)
        new = Enrolment.objects.create(
            school_id=self.pupil.school_id, pupil=self.pupil, **asdict(joined.spell)
        )
        for part in parts:
            self._move_rows_of(part, new)
        fit({part.enrolment_id: (part.spell, void(part.spell)) for part in parts})
        self._write(new, chosen, comments)
        _carry_papers_over(ids, new)
        return {
            "new": new.pk,
            "parts": [_as_kept(part) for part in parts],
            "others": [[str(on), half] for on, half in sorted(others_stand)],
        }

    def _chosen(self, ids: Collection[int], others_stand: set[SessionKey]) -> MarksOf:
        """The marks of both in these times, of a conflict the one that was chosen."""
        mine, theirs = _marks_in(ids, self.both.marks), _marks_in(ids, self.both.other_marks)
        return marks_of_both(mine, theirs, others_stand)

    def _move_rows_of(self, part: OwnSpell, new: Enrolment) -> None:
        self.moved += move_memberships(part.enrolment_id, new.pk)
        without = {
            self.pupil.pk: OF_ITS_ENROLMENT | {"registers.membership"},
            self.other.pk: OF_ITS_ENROLMENT | {"registers.membership"} | OF_WHO_STANDS,
        }
        for column in columns_to(Enrolment, without=without[part.pupil_id]):
            self.moved += move_rows(column, before=part.enrolment_id, after=new.pk)

    def _write(self, new: Enrolment, chosen: MarksOf, comments: Mapping[MarkKey, str]) -> None:
        keys = {session: MarkKey(new.pk, *session) for session in chosen}
        changes = [
            MarkChange(
                keys[session],
                mark.code,
                0,
                mark.minutes_late,
                comments.get(MarkKey(mark.enrolment_id, *session)),
                self.words,
            )
            for session, mark in chosen.items()
        ]
        made = {keys[session]: mark.made for session, mark in chosen.items()}
        let_in(changes, made, by=self.author, at=self.merge.merged_at)

    # --- what hangs on the pupils

    def _move_contacts(self) -> None:
        """Who is a contact of both stays as the one who stands has it; others come after."""
        mine = Relationship.objects.filter(pupil=self.pupil)
        theirs = Relationship.objects.filter(pupil=self.other).order_by("priority", "pk")
        people = mine.values("person")
        for row in theirs.filter(person__in=people):
            self.removed.append([row._meta.label_lower, as_json(row)])
            row.delete()
        last = mine.aggregate(last=Coalesce(Max("priority"), 0))["last"]
        for priority, row in enumerate(theirs.exclude(person__in=people), start=last + 1):
            self.moved.append([row._meta.label_lower, "priority", row.pk, row.priority, priority])
            self._hang(row)
            Relationship.objects.filter(pk=row.pk).update(pupil=self.pupil, priority=priority)

    def _move_characteristics(self) -> None:
        """A kind that the one who stands has no word of; of the others theirs stand."""
        rows = Characteristic.objects
        known = set(rows.filter(pupil=self.pupil).values_list("kind", flat=True))
        for row in rows.filter(pupil=self.other).exclude(kind__in=known):
            self._hang(row)
            rows.filter(pk=row.pk).update(pupil=self.pupil)

    def _become_one(self, upn: str) -> dict[str, Any]:
        pupil, other = self.pupil, self.other
        other.merged_into = pupil
        other.save(update_fields=["merged_into"])
        filled = _fill_what_is_empty(pupil, other)
        before, pupil.upn = pupil.upn, upn
        pupil.save()
        former = other.upn if upn == before else before
        keep_former_upn(pupil=pupil, upn=former, reason=self.words, by=self.by)
        known = list(pupil.former_names.values_list("pk", flat=True))
        keep_former_name(pupil=pupil, surname=other.surname, forename=other.forename, by=self.by)
        names = pupil.former_names.exclude(pk__in=known).values_list("pk", flat=True)
        return {"filled": filled, "upn": before, "former": former, "names": list(names)}


def _marks_in(enrolments: Collection[int], marks: MarksOf) -> MarksOf:
    return {key: mark for key, mark in marks.items() if mark.enrolment_id in enrolments}


def _fill_what_is_empty(pupil: Pupil, other: Pupil) -> list[str]:
    """The names of the entries that come from the other."""
    filled = [name for name in FILLED if getattr(other, name) and not getattr(pupil, name)]
    for name in filled:
        setattr(pupil, name, getattr(other, name))
    return filled


def _carry_papers_over(enrolments: Collection[int], new: Enrolment) -> None:
    """A paper that is held for one of the two is held for the child."""
    held = Paper.objects.filter(enrolment__in=enrolments, completed_at__isnull=False)
    missing = Paper.objects.filter(enrolment=new, completed_at__isnull=True)
    for paper in held.order_by("-pk"):
        missing.filter(academic_year=paper.academic_year_id, code=paper.code_id).update(
            note=paper.note, completed_at=paper.completed_at, completed_by=paper.completed_by
        )


def _as_kept(part: OwnSpell) -> tuple[int, int, str | None]:
    last = part.spell.leaves_on
    return part.enrolment_id, part.pupil_id, str(last) if last else None
