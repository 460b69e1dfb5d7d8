"""Letters: proposed, drawn in the worker, looked at, decided on. Every write of them is here.

A letter is a row before it is a document. A copy is claimed by a conditional update, drawn, stored
under the digest of what was drawn, and marked as rendered by another conditional update that only
the one who claimed it can make. So a message that comes twice, or never, does no harm: `sweep`
finds what was left.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from interventions import due, stages
from interventions.letters.render import render_letter
from interventions.models import Letter, LetterCopy
from interventions.stages import CopyState, LetterState
from registers.documents.kept import keep_pdf
from registers.models import Relationship, School
from registers.models.staff import User

log = structlog.get_logger(__name__)

PERSISTENT_ABSENCE = "persistent_absence"
MOST_TRIES = 5
LOST_AFTER = timedelta(minutes=10)  # a copy takes about a second; a claim older than this is dead
SENT_AGAIN_AFTER = timedelta(minutes=10)
NOBODY = "Nobody who may be written to has an address."
SWEPT_AT_ONCE = 1_000  # copies; the next sweep takes the next
DRAWABLE = [LetterState.PROPOSED.value]


# --- proposing


def propose(
    *, school: School, as_at: date, dated: date, by: User | None = None, send: bool = True
) -> list[Letter]:
    """The letters that are due at the date, each with a copy for everyone it goes to.

    A pupil gets one letter of a kind in an academic year, a dropped one included. A letter that
    nobody can get is held, so that somebody sees why. Raises figures.NoAcademicYearError.
    """
    found = due.for_persistent_absence(school, as_at=as_at, today=dated)
    now = timezone.now()
    with transaction.atomic():
        letters = _new_letters(found, as_at=as_at, dated=dated, by=by, now=now)
        copies = add_copies(letters)
        served = {copy.letter_id for copy in copies}
        Letter.objects.filter(pk__in=[x.pk for x in letters if x.pk not in served]).update(
            state=LetterState.HELD.value, reason=NOBODY
        )
        if send:
            _send_after_commit([copy.pk for copy in copies])
    return letters


def _new_letters(
    found: due.Due, *, as_at: date, dated: date, by: User | None, now: datetime
) -> list[Letter]:
    """Insert them; whoever was faster with the same letter of the same period keeps theirs."""
    Letter.objects.bulk_create(
        [
            Letter(
                enrolment_id=pk,
                kind=PERSISTENT_ABSENCE,
                academic_year=found.year,
                as_at=as_at,
                figures=figures,
                reference=f"PA{found.year.starts_on:%y}-{pk}",
                dated=dated,
                proposed_at=now,
                proposed_by=by,
            )
            for pk, figures in found.figures.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    mine = Letter.objects.filter(
        kind=PERSISTENT_ABSENCE, academic_year=found.year, proposed_at=now, copies__isnull=True
    )
    return list(mine.select_related("enrolment").order_by("pk"))


def add_copies(letters: Collection[Letter]) -> list[LetterCopy]:
    """A copy for each person who may be written to and has an address."""
    by_pupil: dict[int, list[Letter]] = {letter.enrolment.pupil_id: [] for letter in letters}
    for letter in letters:
        by_pupil[letter.enrolment.pupil_id].append(letter)
    relationships = (
        Relationship.objects.filter(pupil__in=by_pupil, may_be_written_to=True)
        .exclude(person__address="")
        .select_related("person")
        .order_by("pupil", "priority", "pk")
    )
    return LetterCopy.objects.bulk_create(
        [
            LetterCopy(
                letter=letter,
                person=relationship.person,
                recipient=relationship.person.name,
                address=_address(relationship.person.address, relationship.person.postcode),
                language=relationship.person.language,
                claimed_at=letter.proposed_at,  # its message goes now; the sweep counts from here
            )
            for relationship in relationships
            for letter in by_pupil[relationship.pupil_id]
        ],
        batch_size=500,
    )


def _address(address: str, postcode: str) -> str:
    return "\n".join(part.strip() for part in (address, postcode) if part.strip())


def _send_after_commit(copies: list[int]) -> None:
    transaction.on_commit(partial(send_copies, copies))


def send_copies(copies: Collection[int]) -> int:
    """A message to the workers for each copy. A broker that is down is no harm: see `sweep`."""
    from interventions import tasks  # the tasks call these actions

    for sent, pk in enumerate(copies):
        try:
            tasks.render_copy.delay(pk)
        except Exception as problem:  # each broker raises its own kind
            log.warning("broker_down", copies=len(copies) - sent, exc_info=problem)
            return sent
    return len(copies)


# --- drawing


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
        state=CopyState.QUEUED.value, tries=0, problem="", claimed_at=timezone.now()
    )
    letter.refresh_from_db()
    _ready_when_complete(letter)
    _send_after_commit(copies)


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

    Safe to run twice, and in two workers at once. A failure is kept with the copy in words.
    """
    copy = claim_copy(copy_id)
    if copy is None:
        return None
    try:
        context = due.context_of(copy)
        name, digest = keep_pdf(draw(copy.letter.kind, context))
    except Exception as problem:
        log.warning("copy_failed", copy_id=copy_id, attempt=copy.tries, exc_info=problem)
        return _fail(copy, f"It could not be drawn ({type(problem).__name__}).")
    return _rendered(copy, name, digest)


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
    _ready_when_complete(letter)
    return CopyState.RENDERED


def _ready_when_complete(letter: Letter) -> None:
    """To be called while the letter is held: its last two copies may end at the same moment."""
    waiting = letter.copies.exclude(state=CopyState.RENDERED.value).exists()
    if letter.state == LetterState.PROPOSED.value and letter.copies.exists() and not waiting:
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.READY.value)


@transaction.atomic
def _fail(copy: LetterCopy, problem: str) -> CopyState | None:
    """Back to the queue, or after five tries to the people, with what went wrong."""
    letter = Letter.objects.select_for_update().get(pk=copy.letter_id)
    given_up = copy.tries >= MOST_TRIES
    state = CopyState.FAILED if given_up else CopyState.QUEUED
    if not _mine(copy).update(state=state.value, problem=problem, claimed_at=None):
        return None
    if given_up and stages.may_move(LetterState(letter.state), LetterState.FAILED):
        Letter.objects.filter(pk=letter.pk).update(
            state=LetterState.FAILED.value,
            reason=f"A copy was tried {MOST_TRIES} times. {problem}",
        )
    return state


def sweep(*, now: datetime | None = None, send: bool = True) -> int:
    """Find the copies that were left: claimed by a worker that died, or never heard of again.

    How many were put back or sent again. A copy that has cost five workers their life is given up.
    """
    now = now or timezone.now()
    for copy in LetterCopy.objects.filter(
        state=CopyState.RENDERING.value, claimed_at__lt=now - LOST_AFTER
    ):
        _fail(copy, "The worker ended while it drew this copy.")
    overdue = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - SENT_AGAIN_AFTER)
    queued = LetterCopy.objects.filter(state=CopyState.QUEUED.value, letter__state__in=DRAWABLE)
    left = list(queued.filter(overdue).order_by("pk").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    queued.filter(pk__in=left).update(claimed_at=now)
    if send and left:
        send_copies(left)
    return len(left)
