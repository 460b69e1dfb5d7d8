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
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from absence import figures as absence
from interventions import due, mail, stages
from interventions.letters.kinds import KINDS
from interventions.letters.render import render_letter
from interventions.models import Letter, LetterCopy
from interventions.stages import CopyState, LetterState
from registers import policies
from registers.documents.kept import keep_pdf
from registers.models import Enrolment, Person, Relationship, School
from registers.models.staff import User

log = structlog.get_logger(__name__)

MOST_TRIES = 5
LOST_AFTER = timedelta(minutes=10)  # a copy takes about a second; a claim older than this is dead
SENT_AGAIN_AFTER = timedelta(minutes=10)
NOBODY = "Nobody who may be written to has an address."
SWEPT_AT_ONCE = 1_000  # copies; the next sweep takes the next
DRAWABLE = [LetterState.PROPOSED.value]
_OPEN = frozenset(state.value for state in stages.NOT_SENT)
MAYBE_SENT = (
    "The worker ended while it sent this e-mail. It may have arrived: ask before it is sent again."
)


# --- proposing


def propose(*, school: School, as_at: date, dated: date, send: bool = True) -> list[Letter]:
    """The letters that are due at the date, each with a copy for everyone it goes to.

    A pupil gets one letter of a kind in an academic year, a dropped one included, and one letter
    in a night. A letter that nobody can get is held, so that somebody sees why.
    Raises figures.NoAcademicYearError.
    """
    found = due.letters_due(school, as_at=as_at, today=dated)
    now = timezone.now()
    with transaction.atomic():
        letters = _new_letters(school, found, as_at=as_at, dated=dated, now=now)
        _add_copies_or_hold(letters, send=send)
    return letters


def _add_copies_or_hold(letters: Collection[Letter], *, send: bool) -> None:
    copies = add_copies(letters)
    served = {copy.letter_id for copy in copies}
    Letter.objects.filter(pk__in=[x.pk for x in letters if x.pk not in served]).update(
        state=LetterState.HELD.value, reason=NOBODY
    )
    if send:
        _send_after_commit([copy.pk for copy in copies])


def _new_letters(
    school: School,
    found: due.Due,
    *,
    as_at: date,
    dated: date,
    now: datetime,
) -> list[Letter]:
    """Insert them; whoever was faster with the same letter of the same period keeps theirs."""
    own = due.templates_in_force(school) if found.figures else {}
    Letter.objects.bulk_create(
        [
            Letter(
                enrolment_id=pk,
                kind=found.kinds[pk],
                academic_year=found.year,
                template=own.get(found.kinds[pk]),
                as_at=as_at,
                figures=figures,
                reference=reference_of(found.kinds[pk], found.year.starts_on, pk, 1),
                dated=dated,
                proposed_at=now,
            )
            for pk, figures in found.figures.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    mine = Letter.objects.filter(
        academic_year=found.year, ordinal=1, proposed_at=now, copies__isnull=True
    )
    return list(mine.select_related("enrolment").order_by("pk"))


def reference_of(kind: str, year_starts_on: date, enrolment_id: int, ordinal: int) -> str:
    """PA26-417, and PA26-417-2 for the second of a kind in a year."""
    again = f"-{ordinal}" if ordinal > 1 else ""
    return f"{KINDS[kind].mark}{year_starts_on:%y}-{enrolment_id}{again}"


@transaction.atomic
def make_letter(
    *,
    enrolment: Enrolment,
    kind: str,
    details: dict,
    by: User,
    dated: date,
    as_at: date | None = None,
    recipients: Collection[int] | None = None,
    channels: dict[int, str] | None = None,
) -> Letter:
    """A letter that a person writes: it goes to the queue like one of the night's.

    `details` of an invitation: `on` (ISO date), `at` ("09:20"), `minutes`, `place`, `members` (a
    list of names with positions); of any kind: `words`, a few paragraphs of one's own.
    `recipients` are persons who get a copy, by default everyone who may be written to; `channels`
    says "post" or "email" for some of them. `as_at` is the last day that the figures count, the
    day before the letter by default. Raises NotAllowed, in words fit to show.
    """
    enrolment = (
        Enrolment.objects.select_related("pupil", "school")
        .select_for_update(of=("self",))
        .get(pk=enrolment.pk)
    )
    policies.check(by, "decide_letter", school=enrolment.school_id)
    as_at = as_at or dated - timedelta(days=1)
    try:
        year = absence.academic_year_at(enrolment.school, as_at)
        found = due.figures_for(enrolment, kind, year=year, as_at=as_at, today=dated)
    except (absence.NoAcademicYearError, ValueError) as problem:
        raise policies.NotAllowed(str(problem)) from None
    last = Letter.objects.filter(enrolment=enrolment, kind=kind, academic_year=year).aggregate(
        last=Max("ordinal")
    )["last"]
    ordinal = (last or 0) + 1
    letter = Letter.objects.create(
        enrolment=enrolment,
        kind=kind,
        academic_year=year,
        ordinal=ordinal,
        template=due.templates_in_force(enrolment.school).get(kind),
        details=details,
        as_at=as_at,
        figures=found,
        reference=reference_of(kind, year.starts_on, enrolment.pk, ordinal),
        dated=dated,
        proposed_at=timezone.now(),
        proposed_by=by,
    )
    copies = add_copies([letter], recipients=recipients, channels=channels or {})
    if not copies:
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.HELD.value, reason=NOBODY)
        letter.refresh_from_db()
    _send_after_commit([copy.pk for copy in copies])
    return letter


def may_get_a_letter(
    pupils: Collection[int],
) -> QuerySet[Relationship]:
    """The people of these pupils who may be written to and can be reached, first to last."""
    reached = Q() if mail.can_be_sent() else Q(person__address__gt="")
    return (
        Relationship.objects.filter(reached, pupil__in=pupils, may_be_written_to=True)
        .exclude(person__address="", person__email="")
        .select_related("person")
        .order_by("pupil", "priority", "pk")
    )


def add_copies(
    letters: Collection[Letter],
    *,
    recipients: Collection[int] | None = None,
    channels: dict[int, str] | None = None,
) -> list[LetterCopy]:
    """A copy for each person who may be written to and has an address, or only for some of them.

    Post is the usual way; whoever has only an e-mail address gets an e-mail, if one can be sent.
    """
    by_pupil: dict[int, list[Letter]] = {letter.enrolment.pupil_id: [] for letter in letters}
    for letter in letters:
        by_pupil[letter.enrolment.pupil_id].append(letter)
    relationships = may_get_a_letter(list(by_pupil))
    return LetterCopy.objects.bulk_create(
        [
            _copy(letter, relationship.person, (channels or {}).get(relationship.person_id, ""))
            for relationship in relationships
            if recipients is None or relationship.person_id in recipients
            for letter in by_pupil[relationship.pupil_id]
        ],
        batch_size=500,
    )


def _copy(letter: Letter, person: Person, channel: str) -> LetterCopy:
    if not person.address:
        channel = "email"
    elif not (person.email and mail.can_be_sent()):
        channel = "post"
    return LetterCopy(
        letter=letter,
        person=person,
        recipient=person.name,
        address=address_of(person),
        email=person.email,
        language=person.language,
        channel=channel or "post",
        claimed_at=letter.proposed_at,  # its message goes now; the sweep counts from here
    )


def address_of(person: Person) -> str:
    """A person's address as a copy keeps it, the postcode last."""
    return _address(person.address, person.postcode)


def recipients_changed(letters: Collection[Letter]) -> dict[int, list[str]]:
    """What is no longer so about those who are to get these letters, in words, by letter."""
    relationships = Relationship.objects.filter(
        pupil__in={letter.enrolment.pupil_id for letter in letters}
    ).select_related("person")
    known = {(one.pupil_id, one.person_id): one for one in relationships}
    changed: dict[int, list[str]] = {}
    for letter in letters:
        for copy in letter.copies.all():
            if copy.state in _OPEN:
                words = _changed(copy, known.get((letter.enrolment.pupil_id, copy.person_id)))
                if words:
                    changed.setdefault(letter.pk, []).append(words)
    return changed


def _changed(copy: LetterCopy, now: Relationship | None) -> str:
    if now is None or not now.may_be_written_to:
        return f"{copy.recipient} may no longer be written to."
    person = now.person
    if person.name != copy.recipient:
        return f"{copy.recipient} is now called {person.name}."
    if address_of(person) != copy.address:
        return f"The address of {person.name} has changed."
    if copy.channel == "email" and person.email != copy.email:
        return f"The e-mail address of {person.name} has changed."
    return ""


def bring_recipients_up_to_date(letter: Letter, *, missing_too: bool = False) -> None:
    """Names and addresses as they are now; who may not be written to any more is left out.

    To be called while the letter is held. `missing_too` adds whoever may be written to by now.
    """
    now = {one.person_id: one.person for one in may_get_a_letter([letter.enrolment.pupil_id])}
    copies = list(letter.copies.all())
    for copy in copies:
        if copy.state not in _OPEN:
            continue
        person = now.get(copy.person_id)
        if person is None:
            leave_out(copy, "May no longer be written to, or has no address.")
            continue
        fresh = _copy(letter, person, copy.channel)
        LetterCopy.objects.filter(pk=copy.pk).update(
            recipient=fresh.recipient,
            address=fresh.address,
            email=fresh.email,
            language=fresh.language,
            channel=fresh.channel,
        )
    if missing_too:
        there = {copy.person_id for copy in copies}
        add_copies([letter], recipients=set(now) - there)


def leave_out(copy: LetterCopy, why: str) -> None:
    LetterCopy.objects.filter(pk=copy.pk).update(
        state=CopyState.LEFT_OUT.value, problem=why[:500], print_run=None
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
        state=CopyState.QUEUED.value,
        tries=0,
        problem="",
        claimed_at=timezone.now(),
        print_run=None,
    )
    letter.refresh_from_db()
    ready_when_complete(letter)
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
    ready_when_complete(letter)
    return CopyState.RENDERED


def ready_when_complete(letter: Letter) -> None:
    """To be called while the letter is held: its last two copies may end at the same moment."""
    if letter.state != LetterState.PROPOSED.value:
        return
    wanted = set(
        letter.copies.exclude(state=CopyState.LEFT_OUT.value)
        .order_by()
        .values_list("state", flat=True)
        .distinct()
    )
    if wanted and wanted <= {state.value for state in stages.HAS_A_PDF}:
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
