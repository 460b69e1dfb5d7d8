"""Marks that came in too late: the office accepts them into the register, or leaves them out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest

from django.db import transaction
from django.db.models import Exists, OuterRef

from registers.marks.actions.amend import author_of
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.actions.writing import write_marks
from registers.marks.advising import advise
from registers.marks.changes import (
    NO_MARK,
    Author,
    Check,
    HowMade,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
)
from registers.models import HeldMark, Mark, MarkComment, School
from registers.models.school.staff import User
from registers.register.actions.taken import Taking, note_all_taken
from registers.register.held_marks.around import (
    RegistersAround,
    key_of,
    known_at,
    read_around,
    register_of,
)
from registers.register.held_marks.mark_wording import decided_in_words, reason_of, waited
from registers.rules import allowed_codes

NOT_THEIRS = "This pupil is not in this register."
STALE = (
    "The mark in the register was changed while you were looking. Look at how it stands now, and "
    "tick this one again if it is to be changed."
)


@dataclass(slots=True)
class HeldMarkDecisions:
    """What became of each held mark of the school: one of the four, by its number."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)  # why, in words fit to show; it waits
    stale: dict[int, str] = field(default_factory=dict)  # another mark stands now; it waits
    already: dict[int, str] = field(default_factory=dict)  # who decided before, and when
    advice: defaultdict[int, list[str]] = field(  # by enrolment: what is odd
        default_factory=lambda: defaultdict(list)
    )


@transaction.atomic
def accept_held(
    *,
    school: School,
    held: Collection[int],
    seen: Mapping[int, int],
    by: User,
    now: datetime,
) -> HeldMarkDecisions:
    """Let these marks into the register, each as its maker made it; `by` is whose amendment it is.

    `seen` is the version of the standing mark that the office saw beside each (0: none). Another
    code is amended only where it still is that one; the same code is left as it stands, and the
    held mark noted as accepted. Of several marks of one pupil and session the one made last
    counts, the earlier ones become its history. What may not be is answered in words and goes on
    waiting. A second press changes nothing. Raises Refused for whoever may not amend marks.

    Made in time counts as taken in time: a register that nobody took is noted as taken at the
    earliest of these marks, by its maker, where that time is before the end. Of a mark whose
    device's clock was wrong nothing is known but when it came in. That is what the register keeps
    as its time, and only if it came in before the end, was the register taken, then.

    A number of statements that does not grow with the marks: one round of writing, and another for
    each further mark of the same pupil and session.
    """
    author = author_of(by, school)
    rows, decided = _lock(school, held)
    if not rows:
        return decided
    around = read_around(school, rows, now)
    acceptance = Acceptance(author, around, seen, decided)
    for one_each in _rounds(rows):
        acceptance.accept(one_each)
    done = [row for row in rows if row.pk in set(decided.done)]
    _note_taken(done, around)
    _decide(done, accepted=True, by=by, now=now)
    return decided


@transaction.atomic
def decline_held(
    *, school: School, held: Collection[int], by: User, now: datetime
) -> HeldMarkDecisions:
    """Leave these marks out of the register; they stay on the page of the mark, as left out.

    A second press changes nothing. Raises Refused for whoever may not amend marks.
    """
    author_of(by, school)
    rows, decided = _lock(school, held)
    decided.done = [row.pk for row in rows]
    _decide(rows, accepted=False, by=by, now=now)
    return decided


def _lock(school: School, held: Collection[int]) -> tuple[list[HeldMark], HeldMarkDecisions]:
    """Hold the rows, so that of two who decide one waits and is told; those that are open still.

    In the order in which the marks were made. What is no held mark of this school is left out.
    """
    rows = (
        HeldMark.objects.select_for_update(of=("self",))
        .filter(pk__in=set(held), group__school=school, enrolment__school=school)
        .select_related("made_by")
        .order_by("pk")
    )
    already = _who_decided([row.pk for row in rows if row.decided_at])
    still_open = [row for row in rows if not row.decided_at]
    return sorted(still_open, key=lambda row: (row.made_at, row.pk)), HeldMarkDecisions(
        already=already
    )


def _who_decided(held: Collection[int]) -> dict[int, str]:
    """Read once they are held: whoever decided them may have done so meanwhile."""
    rows = HeldMark.objects.filter(pk__in=held).select_related("decided_by")
    return {row.pk: decided_in_words(row) for row in rows}


def _rounds(rows: Iterable[HeldMark]) -> list[list[HeldMark]]:
    """The first mark of each pupil and session, then the second of each, and so on."""
    by_key: dict[MarkKey, list[HeldMark]] = defaultdict(list)
    for row in rows:
        by_key[key_of(row)].append(row)
    return [[*filter(None, one_each)] for one_each in zip_longest(*by_key.values())]


@dataclass(slots=True)
class Acceptance:
    """One press of the office: what it saw, what it may, what has become of the marks so far."""

    author: Author
    around: RegistersAround
    seen: Mapping[int, int]
    decided: HeldMarkDecisions
    versions: dict[MarkKey, int] = field(default_factory=dict)  # as this press left them

    def accept(self, rows: Sequence[HeldMark]) -> None:
        """At most one mark of each pupil and session."""
        by_key = {key_of(row): row for row in rows}
        locked = lock_enrolments({row.enrolment_id for row in rows})
        there = marks_now(list(by_key))
        changes = self._changes(by_key, there)
        written = write_marks(
            changes,
            by=self.author,
            source=Mark.Source.REGISTER,
            made_at=self.around.now,
            check=_check(by_key, self.around),
            locked=locked,
            there=there,
            ended=[key for key, row in by_key.items() if self.around.has_ended(row)],
            each_made={key: _made(row) for key, row in by_key.items()},
        )
        self.versions.update(written.saved)
        written.advice = advise(
            changes, written, locked=locked, before=there, windows=self.around.windows
        )
        for enrolment, sentences in written.advice_by_enrolment.items():
            self.decided.advice[enrolment] += sentences
        _note_outcome(by_key, written, self.decided)

    def _changes(
        self, by_key: Mapping[MarkKey, HeldMark], there: Mapping[MarkKey, MarkNow]
    ) -> list[MarkChange]:
        commented = _commented(by_key[key] for key in there)
        return [
            _change(
                row,
                there.get(key, NO_MARK),
                seen=self.versions.get(key, self.seen.get(row.pk, 0)),
                has_comment=row.pk in commented,
            )
            for key, row in by_key.items()
        ]


def _note_outcome(
    by_key: Mapping[MarkKey, HeldMark], written: WriteResult, decided: HeldMarkDecisions
) -> None:
    for key, row in by_key.items():
        if key in written.refused:
            decided.refused[row.pk] = written.refused[key]
        elif key in written.conflicts:
            decided.stale[row.pk] = STALE
        else:
            decided.done.append(row.pk)


def _change(row: HeldMark, mark: MarkNow, *, seen: int, has_comment: bool) -> MarkChange:
    """The same code stands as it is, with its minutes and any comment that it has."""
    change = MarkChange(
        key_of(row),
        row.code_id,
        seen,
        row.minutes_late,
        comment=row.comment or None,
        reason=reason_of(row),
        paper=row.paper or None,
    )
    if mark.code != row.code_id:
        return change
    comment = None if has_comment else change.comment
    return replace(change, minutes_late=mark.minutes_late, comment=comment)


def _commented(rows: Iterable[HeldMark]) -> set[int]:
    """Those that bring a comment to a mark which has one; no statement where none brings any."""
    theirs = MarkComment.objects.filter(
        enrolment=OuterRef("enrolment"), date=OuterRef("date"), half=OuterRef("half")
    )
    bring_one = [row.pk for row in rows if row.comment]
    found = HeldMark.objects.filter(Exists(theirs.exclude(text="")), pk__in=bring_one)
    return set(found.values_list("pk", flat=True))


def _made(row: HeldMark) -> HowMade:
    """When and by whom, as far as is known; the time of arrival where the mark had waited."""
    had_waited = waited(row) or row.why == HeldMark.Why.CLOCK
    arrived_at = row.arrived_at if had_waited else None
    return HowMade(Mark.Source.REGISTER, row.made_by_id, known_at(row), arrived_at)


def _check(by_key: Mapping[MarkKey, HeldMark], around: RegistersAround) -> Check:
    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        row = by_key[change.key]
        if not around.has_member(row, enrolment):
            return NOT_THEIRS
        return allowed_codes.why_not(
            change.code,
            pupil=enrolment.facts,
            session=around.facts(row),
            today=around.now.date(),
        )

    return check


def _note_taken(rows: Iterable[HeldMark], around: RegistersAround) -> None:
    """Note who took these registers, where the marks show that it was in time and nobody had."""
    in_time = sorted(filter(around.was_in_time, rows), key=known_at)
    earliest = {register_of(row): row for row in reversed(in_time)}
    note_all_taken([_taking(row, around) for row in earliest.values()])


def _taking(row: HeldMark, around: RegistersAround) -> Taking:
    return Taking(
        row.group_id,
        around.sessions[row.date, row.half],
        at=known_at(row),
        by_id=row.made_by_id,
        ended_at=around.ends_at(row) if around.has_ended(row) else None,
    )


def _decide(rows: Sequence[HeldMark], *, accepted: bool, by: User, now: datetime) -> None:
    HeldMark.objects.filter(pk__in=[row.pk for row in rows]).update(
        accepted=accepted, decided_at=now, decided_by=by
    )
