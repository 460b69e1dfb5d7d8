"""Letters are drawn: each copy by one worker, again where it failed, and found where it was left.

A copy is claimed by a conditional update, drawn, stored under the digest of what was drawn, and
marked as rendered by another conditional update that only the one who claimed it can make. So a
message that comes twice, or never, does no harm: `sweep` finds what was left.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from interventions.letters import document
from interventions.letters.actions.letters import send_after_commit, send_copies
from interventions.letters.render import render_letter
from interventions.models import Letter, LetterCopy
from interventions.rules import letter_states
from interventions.rules.letter_states import CopyState, LetterState
from registers.models import School
from registers.web.documents.storage import keep_pdf
from registers.web.documents.unprintable import CannotPrintError

log = structlog.get_logger(__name__)

MOST_TRIES = 5
LOST_AFTER = timedelta(minutes=10)  # a copy takes about a second; a claim older than this is dead
SENT_AGAIN_AFTER = timedelta(minutes=10)
SWEPT_AT_ONCE = 1_000  # copies; the next sweep takes the next
DRAWABLE = [LetterState.PROPOSED.value]
MAYBE_SENT = (
    "The worker ended while it sent this e-mail. It may have arrived: ask before it is sent again."
)


def draw_again(
    letter: Letter, states: Collection[CopyState], *, back_to: LetterState | None = None
) -> None:
    """Put the letter's copies in these states back in the queue, with all their tries.

    To be called while the letter is held. With nothing to draw, it is ready at once.
    """
    if back_to is not None:
        Letter.objects.filter(pk=letter.pk).update(state=back_to.value)
    again = letter.copies.filter(state__in=[state.value for state in states])
    copies = list(again.values_list("pk", flat=True))
    LetterCopy.objects.filter(pk__in=copies).update(
        state=CopyState.QUEUED.value,
        tries=0,
        problem="",
        claimed_at=timezone.now(),
        print_run=None,
    )
    letter.refresh_from_db()
    ready_when_complete(letter)
    send_after_commit(copies)


def claim_copy(copy_id: int) -> LetterCopy | None:
    """This copy for this worker alone; None when it is claimed, drawn or no longer wanted."""
    claimed = LetterCopy.objects.filter(
        pk=copy_id, state=CopyState.QUEUED.value, letter__state__in=DRAWABLE
    ).update(
        state=CopyState.RENDERING.value, tries=F("tries") + 1, claimed_at=timezone.now(), problem=""
    )
    return LetterCopy.objects.get(pk=copy_id) if claimed else None


def render_copy(
    copy_id: int, *, draw: Callable[[str, dict], bytes] = render_letter
) -> CopyState | None:
    """Draw a copy and keep its PDF; the state it is in afterwards, None when it was not ours.

    Safe to run twice, and in two workers at once. A failure is kept with the copy in words; a name
    that no font here can print holds the letter.
    """
    copy = claim_copy(copy_id)
    if copy is None:
        return None
    try:
        context = document.context_of(copy)
        name, digest = keep_pdf(draw(copy.letter.kind, context))
    except CannotPrintError as missing:
        log.warning("copy_cannot_be_printed", copy_id=copy_id)
        return _hold(copy, str(missing))
    except Exception as problem:
        log.warning("copy_failed", copy_id=copy_id, attempt=copy.tries, exc_info=problem)
        return _fail(copy, f"It could not be drawn ({type(problem).__name__}).")
    return _rendered(copy, name, digest)


def draw_here(school: School, each: Callable[[list[int]], Iterable[int]]) -> tuple[int, int]:
    """Draw every copy of the school that waits, in this process: how many were drawn, and failed.

    `each` goes through them, and may show how far it is.
    """
    waiting = LetterCopy.objects.filter(
        state=CopyState.QUEUED.value,
        letter__state__in=DRAWABLE,
        letter__enrolment__school=school,
    )
    copies = list(waiting.order_by("pk").values_list("pk", flat=True))
    states = [render_copy(pk) for pk in each(copies)] if copies else []
    return states.count(CopyState.RENDERED), len(states) - states.count(CopyState.RENDERED)


def _mine(copy: LetterCopy) -> QuerySet[LetterCopy]:
    """The copy as long as this claim holds: whoever claims it later does so at another time."""
    return LetterCopy.objects.filter(
        pk=copy.pk, state=CopyState.RENDERING.value, claimed_at=copy.claimed_at
    )


@transaction.atomic
def _rendered(copy: LetterCopy, name: str, digest: str) -> CopyState | None:
    letter = Letter.objects.select_for_update().get(pk=copy.letter_id)
    kept = _mine(copy).update(
        state=CopyState.RENDERED.value, pdf=name, digest=digest, rendered_at=timezone.now()
    )
    if not kept:
        return None
    ready_when_complete(letter)
    return CopyState.RENDERED


def ready_when_complete(letter: Letter) -> None:
    """To be called while the letter is held: its last two copies may end at the same moment."""
    if letter.state != LetterState.PROPOSED.value:
        return
    wanted = letter.copies.exclude(state=CopyState.LEFT_OUT.value).order_by()
    states = set(wanted.values_list("state", flat=True).distinct())
    if states and states <= letter_states.HAS_A_PDF:
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.READY.value)


@transaction.atomic
def _fail(copy: LetterCopy, problem: str) -> CopyState | None:
    """Back to the queue, or after five tries to the people, with what went wrong."""
    letter = Letter.objects.select_for_update().get(pk=copy.letter_id)
    given_up = copy.tries >= MOST_TRIES
    state = CopyState.FAILED if given_up else CopyState.QUEUED
    if not _mine(copy).update(state=state.value, problem=problem, claimed_at=None):
        return None
    if given_up and letter_states.may_move(LetterState(letter.state), LetterState.FAILED):
        Letter.objects.filter(pk=letter.pk).update(
            state=LetterState.FAILED.value,
            reason=f"A copy was tried {MOST_TRIES} times. {problem}",
        )
    return state


@transaction.atomic
def _hold(copy: LetterCopy, why: str) -> CopyState | None:
    """Trying again would print the same boxes: the letter waits for a person, who reads why."""
    letter = Letter.objects.select_for_update().get(pk=copy.letter_id)
    kept = _mine(copy).update(state=CopyState.FAILED.value, problem=why[:500], claimed_at=None)
    if not kept:
        return None
    if letter_states.may_move(LetterState(letter.state), LetterState.HELD):
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.HELD.value, reason=why[:500])
    return CopyState.FAILED


def sweep(*, now: datetime | None = None, send: bool = True) -> int:
    """Find the copies that were left: claimed by a worker that died, or never heard of again.

    How many were put back or sent again. A copy that has cost five workers their life is given up.
    """
    now = now or timezone.now()
    for copy in LetterCopy.objects.filter(
        state=CopyState.RENDERING.value, claimed_at__lt=now - LOST_AFTER
    ):
        _fail(copy, "The worker ended while it drew this copy.")
    LetterCopy.objects.filter(
        state=CopyState.SENDING.value, claimed_at__lt=now - LOST_AFTER
    ).update(state=CopyState.UNSENT.value, problem=MAYBE_SENT)
    overdue = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - SENT_AGAIN_AFTER)
    queued = LetterCopy.objects.filter(state=CopyState.QUEUED.value, letter__state__in=DRAWABLE)
    left = list(queued.filter(overdue).order_by("pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    queued.filter(pk__in=left).update(claimed_at=now)
    if send and left:
        send_copies(left)
    return len(left)
