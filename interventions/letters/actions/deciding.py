"""What people decide about a letter: approve, hold, drop, release. Who and when is kept."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from interventions.letters import document, due, email_server
from interventions.letters.actions import drawing, letters
from interventions.letters.content.stated import in_a_sentence
from interventions.models import Letter, LetterCopy
from interventions.rules import letter_states
from interventions.rules.letter_states import CopyState, LetterState
from registers import policies
from registers.models.school.staff import User
from registers.web.documents.storage import AlteredFileError, read_as_kept

MOVED = "The figures have changed since this letter was drawn. {moved}"
LOOK_AGAIN = "Look at it again when it is ready."
DRAWN_ANEW = "This letter was drawn anew since you looked at it. Look at it again."
CHANGED_PDF = "The stored PDF is not the one that was drawn. It is being drawn anew."
SENT_ALREADY = "A copy of this letter has been sent already, so it can no longer be taken back."
NO_LONGER = {
    "first_concern": "the pupil is no longer in a band for which the first letter is meant",
    "at_risk": "the pupil is no longer at risk",
    "persistent_absence": "the pupil is no longer persistently absent",
    "severe_absence": "the pupil is no longer severely absent",
    "going_well": "the pupil is no longer missing fewer days than before",
}
NOTHING_LEFT = "there is nothing to write about"
AS_IT_IS = {  # a state in the sentence of a refusal
    "proposed": "is being drawn",
    "ready": "is ready to be looked at",
    "approved": "has been approved",
    "sent": "has been sent",
    "answered": "has been answered",
    "held": "is held",
    "dropped": "has been dropped",
    "failed": "could not be drawn",
}


class LetterMovedError(policies.Conflict):
    """The letter is no longer what the person looked at. What they see next is the new one."""


Figures = dict[int, dict | None]  # what each letter would say now; None: it is no longer due


@dataclass(frozen=True, slots=True)
class DecidedLetters:
    """What came of a decision on many letters: those decided, and why not for the others."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def approve_letters(*, seen: Mapping[int, Collection[str]], by: User) -> DecidedLetters:
    """Approve each of these, by the digests of its PDFs that were looked at.

    Their figures are counted together; each is checked and decided by itself, so that one that
    has moved keeps none of the others back.
    """
    wanted = Letter.objects.filter(pk__in=seen).select_related("enrolment__school")
    now = due.figures_now(wanted.select_related("academic_year", "enrolment__pupil", "template"))
    return _each(seen, lambda pk: approve_letter(letter_id=pk, digests=seen[pk], by=by, now=now))


def put_letters_aside(
    *, letter_ids: Collection[int], drop: bool, reason: str, by: User
) -> DecidedLetters:
    """Hold or drop each of these with one reason."""
    state = LetterState.DROPPED if drop else LetterState.HELD
    return _each(letter_ids, lambda pk: _put_aside(pk, state, reason, by))


def _each(letter_ids: Iterable[int], decide: Callable[[int], Letter]) -> DecidedLetters:
    decided = DecidedLetters()
    for pk in letter_ids:
        try:
            decide(pk)
        except policies.Refused as refusal:
            decided.refused[pk] = str(refusal)
        else:
            decided.done.append(pk)
    return decided


def approve_letter(
    *, letter_id: int, digests: Collection[str], by: User, now: Figures | None = None
) -> Letter:
    """Freeze exactly the PDFs that the person looked at.

    Raises Refused, in words fit to show; LetterMovedError when a PDF is another than the one
    seen, or a figure that the letter states has moved since: the letter is then drawn anew, or
    held when it is no longer due. `now` has the figures where they were counted with others'.
    """
    with transaction.atomic():
        letter = _held_for(letter_id, by, LetterState.APPROVED)
        moved = _check_as_seen(letter, digests) or _draw_anew_if_moved(letter, by, now)
        if moved is None:
            at = timezone.now()
            _decide(letter, LetterState.APPROVED, by, approved_at=at, approved_by=by, reason="")
    if moved is not None:
        raise LetterMovedError(moved)
    return letter


def hold_letter(*, letter_id: int, reason: str, by: User) -> Letter:
    """Not now, with a reason. Raises Refused."""
    return _put_aside(letter_id, LetterState.HELD, reason, by)


def drop_letter(*, letter_id: int, reason: str, by: User) -> Letter:
    """Not at all, with a reason: it stays the letter of its period. Raises Refused."""
    return _put_aside(letter_id, LetterState.DROPPED, reason, by)


@transaction.atomic
def release_letter(*, letter_id: int, by: User) -> Letter:
    """A held or failed letter is proposed again, to its recipients as they are now.

    Raises Refused when still nobody can get it.
    """
    letter = _held_for(letter_id, by, LetterState.PROPOSED)
    letters.bring_recipients_up_to_date(letter, missing_too=not letter.copies.exists())
    if not _somebody_gets(letter):
        raise policies.Refused(letters.NOBODY)
    _decide(letter, LetterState.PROPOSED, by, reason="")
    drawing.draw_again(
        letter, [CopyState.FAILED, CopyState.QUEUED, CopyState.RENDERED, CopyState.UNSENT]
    )
    return letter


@transaction.atomic
def draw_letter_anew(*, letter_id: int, by: User) -> Letter:
    """With the figures, the recipients and the school's words as they are now. Raises Refused.

    Whoever may be written to by now gets a copy as well.
    """
    letter = _held_for(letter_id, by, LetterState.PROPOSED, even_if_proposed=True)
    _not_if_sent(letter)
    now = due.figures_now([letter])[letter.pk]
    if now is None:
        raise policies.Refused(no_longer_due(letter))
    letters.bring_recipients_up_to_date(letter, missing_too=letter.proposed_by_id is None)
    if not _somebody_gets(letter):
        raise policies.Refused(letters.NOBODY)
    own = document.templates_in_force(letter.enrolment.school).get(letter.kind)
    Letter.objects.filter(pk=letter.pk).update(figures=now, template=own)
    _decide(letter, LetterState.PROPOSED, by, reason="", approved_at=None, approved_by=None)
    drawing.draw_again(letter, letter_states.NOT_SENT)
    return letter


@transaction.atomic
def mark_answered(*, letter_id: int, by: User) -> Letter:
    """The family has answered a letter that was sent. Raises Refused."""
    letter = _held_for(letter_id, by, LetterState.ANSWERED)
    _decide(letter, LetterState.ANSWERED, by)
    return letter


# --- who gets it, and how


@transaction.atomic
def leave_out_copy(*, copy_id: int, reason: str, by: User) -> LetterCopy:
    """This person does not get this letter, with a reason. Raises Refused."""
    copy = _open_copy(copy_id, by)
    if not reason.strip():
        raise policies.Invalid("Say why this person does not get the letter.")
    others = copy.letter.copies.exclude(pk=copy.pk).exclude(state=CopyState.LEFT_OUT.value)
    if not others.exists():
        raise policies.Refused(
            "Nobody else would get this letter: hold or drop it instead of leaving them out."
        )
    letters.leave_out(copy, reason.strip())
    drawing.ready_when_complete(copy.letter)
    copy.refresh_from_db()
    return copy


@transaction.atomic
def change_channel(*, copy_id: int, channel: str, by: User) -> LetterCopy:
    """Post or e-mail for one copy; its PDF stays. Raises Refused."""
    copy = _open_copy(copy_id, by)
    for problem in _wrong_with_channel(copy, channel):
        raise policies.Invalid(problem)
    fields: dict[str, object] = {
        "channel": channel,
        "email": copy.person.email,
        "print_run": None,
    }
    if copy.state == CopyState.UNSENT.value:
        fields |= {"state": CopyState.RENDERED.value, "problem": ""}
    LetterCopy.objects.filter(pk=copy.pk).update(**fields)
    copy.refresh_from_db()
    return copy


def _wrong_with_channel(copy: LetterCopy, channel: str) -> Iterator[str]:
    """Why the copy cannot go this way."""
    if channel not in dict(LetterCopy.CHANNELS):
        yield "A copy goes by post or by e-mail."
    if channel == "email" and not email_server.can_send_email():
        yield email_server.NO_EMAIL_SERVER
    if channel == "email" and not copy.person.email:
        yield f"{copy.recipient} has no e-mail address."
    if channel == "post" and not copy.address:
        yield f"{copy.recipient} has no postal address."


def _open_copy(copy_id: int, by: User) -> LetterCopy:
    """The copy with its letter under a lock, as long as it has not been sent."""
    copy = LetterCopy.objects.select_related("person").get(pk=copy_id)
    copy.letter = Letter.objects.select_for_update(of=("self",)).get(pk=copy.letter_id)
    copy.refresh_from_db(fields=["state"])
    policies.check(by, "decide_letter", school=copy.letter.enrolment.school_id)
    if copy.state not in letter_states.NOT_SENT or copy.letter.state in letter_states.OVER:
        raise policies.Refused("This copy can no longer be changed.")
    return copy


# --- what they share


@transaction.atomic
def _put_aside(letter_id: int, state: LetterState, reason: str, by: User) -> Letter:
    letter = _held_for(letter_id, by, state)
    if not reason.strip():
        raise policies.Invalid("Say why.")
    _not_if_sent(letter)
    _decide(letter, state, by, reason=reason.strip()[:500], approved_at=None, approved_by=None)
    letter.copies.update(print_run=None)
    return letter


def _not_if_sent(letter: Letter) -> None:
    gone = [CopyState.SENT.value, CopyState.SENDING.value]
    if letter.copies.filter(state__in=gone).exists():
        raise policies.Refused(SENT_ALREADY)


def _somebody_gets(letter: Letter) -> bool:
    return letter.copies.exclude(state=CopyState.LEFT_OUT.value).exists()


def _held_for(
    letter_id: int, by: User, state: LetterState, *, even_if_proposed: bool = False
) -> Letter:
    """The letter under a lock, if this person may move it there now."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    policies.check(by, "decide_letter", school=letter.enrolment.school_id)
    same = even_if_proposed and letter.state == LetterState.PROPOSED.value
    if not (same or letter_states.may_move(LetterState(letter.state), state)):
        who = f" by {letter.decided_by}" if letter.decided_by else ""
        raise policies.Refused(
            f"This letter {AS_IT_IS[letter.state]}{who}. Below you see it as it is now."
        )
    return letter


def _decide(letter: Letter, state: LetterState, by: User, **fields: object) -> None:
    fields |= {"state": state.value, "decided_at": timezone.now(), "decided_by": by}
    Letter.objects.filter(pk=letter.pk).update(**fields)
    letter.refresh_from_db()


def _check_as_seen(letter: Letter, digests: Collection[str]) -> str | None:
    kept = dict(letter.copies.exclude(state=CopyState.LEFT_OUT.value).values_list("digest", "pdf"))
    if kept.keys() != set(digests):
        return DRAWN_ANEW
    try:
        for digest, name in kept.items():
            read_as_kept(name, digest)
    except (FileNotFoundError, AlteredFileError):
        drawing.draw_again(letter, [CopyState.RENDERED], back_to=LetterState.PROPOSED)
        return CHANGED_PDF
    return None


def _draw_anew_if_moved(letter: Letter, by: User, counted: Figures | None) -> str | None:
    now = (due.figures_now([letter]) if counted is None else counted)[letter.pk]
    if now is None:
        words = no_longer_due(letter)
        _decide(letter, LetterState.HELD, by, reason=words)
        return words
    moved = document.moved_in(letter, now)
    if not moved:
        return None
    words = MOVED.format(moved=in_a_sentence(moved))
    redraw_moved(letter, now, reason=words[:500])
    return f"{words} {LOOK_AGAIN}"


def no_longer_due(letter: Letter) -> str:
    """Why a letter that was due no longer is: the figures are those of other marks now."""
    return f"The figures have changed: {NO_LONGER.get(letter.kind, NOTHING_LEFT)}."


def redraw_moved(letter: Letter, now: dict, *, reason: str) -> None:
    """Put a letter whose figures have moved back in the queue; under its lock."""
    Letter.objects.filter(pk=letter.pk).update(
        figures=now, reason=reason, approved_at=None, approved_by=None
    )
    drawing.draw_again(letter, [CopyState.RENDERED, CopyState.UNSENT], back_to=LetterState.PROPOSED)
