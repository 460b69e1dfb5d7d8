"""What people decide about a letter: approve, hold, drop, release. Who and when is kept."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from interventions import due, stages
from interventions.actions import letters
from interventions.models import Letter
from interventions.stages import CopyState, LetterState
from registers import policies
from registers.documents.kept import digest_of, read_pdf
from registers.models.staff import User

MOVED = "The figures have changed since this letter was drawn. Look at it again when it is ready."
NOT_NOW_DUE = "The figures have changed: the pupil is no longer persistently absent."
OF_THE_YEAR_GROUP = "year_median"  # moves with the marks of others


class LetterMovedError(policies.NotAllowed):
    """The letter is no longer what the person looked at. What they see next is the new one."""


def approve_letter(*, letter_id: int, digests: Collection[str], by: User) -> Letter:
    """Freeze exactly the PDFs that the person looked at.

    Raises NotAllowed, in words fit to show; LetterMovedError when a PDF is another than the one
    seen, or the marks have changed since: the letter is then drawn anew, or held when it is no
    longer due.
    """
    with transaction.atomic():
        letter = _held_for(letter_id, by, LetterState.APPROVED)
        moved = _check_as_seen(letter, digests) or _draw_anew_if_moved(letter, by)
        if moved is None:
            _decide(letter, LetterState.APPROVED, by, approved_at=timezone.now(), approved_by=by)
    if moved is not None:
        raise LetterMovedError(moved)
    return letter


def hold_letter(*, letter_id: int, reason: str, by: User) -> Letter:
    """Not now, with a reason. Raises NotAllowed."""
    return _put_aside(letter_id, LetterState.HELD, reason, by)


def drop_letter(*, letter_id: int, reason: str, by: User) -> Letter:
    """Not at all, with a reason: it stays the letter of its period. Raises NotAllowed."""
    return _put_aside(letter_id, LetterState.DROPPED, reason, by)


@transaction.atomic
def release_letter(*, letter_id: int, by: User) -> Letter:
    """A held or failed letter is proposed again; what is missing of it is drawn.

    Raises NotAllowed when still nobody can get it.
    """
    letter = _held_for(letter_id, by, LetterState.PROPOSED)
    if not letter.copies.exists() and not letters.add_copies([letter]):
        raise policies.NotAllowed(letters.NOBODY)
    _decide(letter, LetterState.PROPOSED, by, reason="")
    letters.draw_again(letter, [CopyState.FAILED, CopyState.QUEUED])
    return letter


@transaction.atomic
def _put_aside(letter_id: int, state: LetterState, reason: str, by: User) -> Letter:
    letter = _held_for(letter_id, by, state)
    if not reason.strip():
        raise policies.NotAllowed("Say why.")
    _decide(letter, state, by, reason=reason.strip()[:500], approved_at=None, approved_by=None)
    return letter


def _held_for(letter_id: int, by: User, state: LetterState) -> Letter:
    """The letter under a lock, if this person may move it there now."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    policies.check(by, "decide_letter", school=letter.enrolment.school_id)
    if not stages.may_move(LetterState(letter.state), state):
        raise policies.NotAllowed(f"A letter that is {letter.state} cannot become {state.value}.")
    return letter


def _decide(letter: Letter, state: LetterState, by: User, **fields: object) -> None:
    fields |= {"state": state.value, "decided_at": timezone.now(), "decided_by": by}
    Letter.objects.filter(pk=letter.pk).update(**fields)
    letter.refresh_from_db()


def _check_as_seen(letter: Letter, digests: Collection[str]) -> str | None:
    copies = list(letter.copies.all())
    if {copy.digest for copy in copies} != set(digests):
        return "This letter was drawn anew since you looked at it. Look at it again."
    for copy in copies:
        try:
            as_kept = digest_of(read_pdf(str(copy.pdf))) == copy.digest
        except FileNotFoundError:
            as_kept = False
        if not as_kept:
            letters.draw_again(letter, [CopyState.RENDERED], back_to=LetterState.PROPOSED)
            return "The stored PDF is not the one that was drawn. It is being drawn anew."
    return None


def _draw_anew_if_moved(letter: Letter, by: User) -> str | None:
    now = due.figures_of(letter)
    if now is None:
        _decide(letter, LetterState.HELD, by, reason=NOT_NOW_DUE)
        return NOT_NOW_DUE
    if _own(now) == _own(letter.figures):
        return None
    Letter.objects.filter(pk=letter.pk).update(figures=now)
    letters.draw_again(letter, [CopyState.RENDERED], back_to=LetterState.PROPOSED)
    return MOVED


def _own(figures: dict) -> dict:
    return {key: value for key, value in figures.items() if key != OF_THE_YEAR_GROUP}
