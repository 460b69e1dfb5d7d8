"""Letters are proposed and written by hand, each with a copy for everyone it goes to.

A letter is a row before it is a document: `drawing` makes that.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from itertools import takewhile
from operator import attrgetter
from types import MappingProxyType

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from absence.figures.calendar import NoAcademicYearError, academic_year_at
from absence.figures.school import SchoolToDate
from interventions.letters import document, due, email_server
from interventions.models import CrossedBefore, Letter, LetterCopy
from interventions.rules import letter_states
from interventions.rules.letter_kinds import KINDS
from interventions.rules.letter_states import CopyState, LetterState
from registers import policies
from registers.models import Enrolment, Person, Relationship, School
from registers.models.school.staff import User
from registers.rules.grouping import grouped_by, keyed
from registers.web.jobs import messages

RENDER_TASK = "interventions.tasks.render_copy"
NOBODY = "Nobody who may be written to has an address."
USUAL_WAY: Mapping[int, str] = MappingProxyType({})  # person -> channel; none is asked for
_OPEN = frozenset(state.value for state in letter_states.NOT_SENT)


# --- proposing


def propose(*, school: School, as_at: date, dated: date, send: bool = True) -> list[Letter]:
    """The letters that are due at the date, each with a copy for everyone it goes to.

    A pupil gets one letter of a kind in an academic year, a dropped one included, and one letter
    in a night. A letter that nobody can get is held, so that somebody sees why. What was crossed
    before Rollbook came is listed instead. Raises NoAcademicYearError.
    """
    return propose_from(due.read_for_letters(school, as_at), dated=dated, send=send)


def propose_from(known: SchoolToDate, *, dated: date, send: bool = True) -> list[Letter]:
    """The same from a school that was read already, as the night does."""
    school, as_at = known.school, known.calendar.as_at
    letters_due = due.letters_due(known, today=dated)
    with transaction.atomic():
        _list_crossings(letters_due, as_at=as_at)
        return write_letters(school, letters_due, as_at=as_at, dated=dated, send=send)


def _list_crossings(letters_due: due.Due, *, as_at: date) -> None:
    """Keep whose letter was due before Rollbook came, with the figures (sessions) of the night."""
    now = timezone.now()
    CrossedBefore.objects.bulk_create(
        [
            CrossedBefore(
                enrolment_id=pk,
                academic_year_id=letters_due.year.pk,
                kind=letters_due.kinds[pk],
                as_at=as_at,
                missed=figures["missed"],
                possible=figures["possible"],
                listed_at=now,
            )
            for pk, figures in letters_due.listed.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


def write_letters(
    school: School, letters_due: due.Due, *, as_at: date, dated: date, send: bool
) -> list[Letter]:
    """The letters of what was found due, each with its copies; who was faster keeps theirs."""
    now = timezone.now()
    with transaction.atomic():
        letters = _new_letters(school, letters_due, as_at=as_at, dated=dated, now=now)
        _add_copies_or_hold(letters, send=send)
    return letters


def _add_copies_or_hold(letters: Collection[Letter], *, send: bool) -> None:
    copies = add_copies(letters)
    served = {copy.letter_id for copy in copies}
    unserved = {letter.pk for letter in letters} - served
    Letter.objects.filter(pk__in=unserved).update(state=LetterState.HELD.value, reason=NOBODY)
    if send:
        send_after_commit([copy.pk for copy in copies])


def _new_letters(
    school: School,
    letters_due: due.Due,
    *,
    as_at: date,
    dated: date,
    now: datetime,
) -> list[Letter]:
    """Insert them; whoever was faster with the same letter of the same period keeps theirs."""
    own = document.templates_in_force(school) if letters_due.figures else {}
    Letter.objects.bulk_create(
        [
            Letter(
                enrolment_id=pk,
                kind=letters_due.kinds[pk],
                academic_year_id=letters_due.year.pk,
                template=own.get(letters_due.kinds[pk]),
                as_at=as_at,
                figures=figures,
                reference=reference_of(letters_due.kinds[pk], letters_due.year.starts_on, pk, 1),
                dated=dated,
                proposed_at=now,
            )
            for pk, figures in letters_due.figures.items()
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    mine = Letter.objects.filter(
        academic_year=letters_due.year.pk, ordinal=1, proposed_at=now, copies__isnull=True
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
    channels: Mapping[int, str] = USUAL_WAY,
) -> Letter:
    """A letter that a person writes: it goes to the queue like one of the night's.

    `details` of an invitation: `on` (ISO date), `at` ("09:20"), `minutes`, `place`, `members` (a
    list of names with positions); of any kind: `words`, a few paragraphs of one's own.
    `recipients` are persons who get a copy, by default everyone who may be written to; `channels`
    says "post" or "email" for some of them. `as_at` is the last day that the figures count, the
    day before the letter by default. Raises Refused, in words fit to show.
    """
    enrolment = (
        Enrolment.objects.select_related("pupil", "school")
        .select_for_update(of=("self",))
        .get(pk=enrolment.pk)
    )
    policies.check(by, "decide_letter", school=enrolment.school_id)
    as_at = as_at or dated - timedelta(days=1)
    try:
        year = academic_year_at(enrolment.school, as_at)
        figures = due.figures_for(enrolment, kind, as_at=as_at, today=dated)
    except (NoAcademicYearError, ValueError) as problem:
        raise policies.Refused(str(problem)) from None
    of_year = Letter.objects.filter(
        enrolment__pupil=enrolment.pupil_id, kind=kind, academic_year=year
    )
    ordinal = of_year.aggregate(last=Max("ordinal", default=0))["last"] + 1
    letter = Letter.objects.create(
        enrolment=enrolment,
        kind=kind,
        academic_year=year,
        ordinal=ordinal,
        template=document.templates_in_force(enrolment.school).get(kind),
        details=details,
        as_at=as_at,
        figures=figures,
        reference=reference_of(kind, year.starts_on, enrolment.pk, ordinal),
        dated=dated,
        proposed_at=timezone.now(),
        proposed_by=by,
    )
    copies = add_copies([letter], recipients=recipients, channels=channels)
    if not copies:
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.HELD.value, reason=NOBODY)
        letter.refresh_from_db()
    send_after_commit([copy.pk for copy in copies])
    return letter


def may_get_a_letter(
    pupils: Collection[int],
) -> QuerySet[Relationship]:
    """The people of these pupils who may be written to and can be reached, first to last.

    With parental responsibility, or confirmed by a named person with a ground: nobody else.
    """
    reached = Q() if email_server.can_send_email() else Q(person__address__gt="")
    return (
        Relationship.objects.written_to()
        .filter(reached, pupil__in=pupils)
        .exclude(person__address="", person__email="")
        .select_related("person")
        .order_by("pupil", "priority", "pk")
    )


def add_copies(
    letters: Collection[Letter],
    *,
    recipients: Collection[int] | None = None,
    channels: Mapping[int, str] = USUAL_WAY,
) -> list[LetterCopy]:
    """A copy for each person who may be written to and has an address, or only for some of them.

    Post is the usual way; whoever has only an e-mail address gets an e-mail, if one can be sent.
    """
    by_pupil = grouped_by(letters, attrgetter("enrolment.pupil_id"))
    relationships = may_get_a_letter(list(by_pupil))
    if recipients is not None:
        relationships = relationships.filter(person__in=recipients)
    return LetterCopy.objects.bulk_create(
        [
            _copy(letter, relationship.person, channels.get(relationship.person_id, ""))
            for relationship in relationships
            for letter in by_pupil[relationship.pupil_id]
        ],
        batch_size=500,
    )


def _copy(letter: Letter, person: Person, channel: str) -> LetterCopy:
    if not person.address:
        channel = "email"
    elif not (person.email and email_server.can_send_email()):
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
    return "\n".join(filter(None, map(str.strip, (person.address, person.postcode))))


def recipients_changed(letters: Collection[Letter]) -> dict[int, list[str]]:
    """What is no longer so about those who are to get these letters, in words, by letter."""
    relationships = Relationship.objects.filter(
        pupil__in={letter.enrolment.pupil_id for letter in letters}
    ).select_related("person")
    known = keyed(relationships, "pupil_id", "person_id")
    return {letter.pk: list(filter(None, _changes(letter, known))) for letter in letters}


def _changes(letter: Letter, known: Mapping[tuple[int, int], Relationship]) -> Iterator[str]:
    """Of each copy that has not gone; empty words where all is as it was."""
    for copy in letter.copies.all():
        if copy.state in _OPEN:
            yield _changed(copy, known.get((letter.enrolment.pupil_id, copy.person_id)))


def _changed(copy: LetterCopy, now: Relationship | None) -> str:
    if now is None or not now.is_written_to:
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
    for copy in letter.copies.filter(state__in=_OPEN):
        _bring_up_to_date(letter, copy, now.get(copy.person_id))
    if missing_too:
        have_one = letter.copies.values_list("person_id", flat=True)
        add_copies([letter], recipients=now.keys() - set(have_one))


def _bring_up_to_date(letter: Letter, copy: LetterCopy, person: Person | None) -> None:
    if person is None:
        leave_out(copy, "May no longer be written to, or has no address.")
        return
    fresh = _copy(letter, person, copy.channel)
    LetterCopy.objects.filter(pk=copy.pk).update(
        recipient=fresh.recipient,
        address=fresh.address,
        email=fresh.email,
        language=fresh.language,
        channel=fresh.channel,
    )


def leave_out(copy: LetterCopy, why: str) -> None:
    LetterCopy.objects.filter(pk=copy.pk).update(
        state=CopyState.LEFT_OUT.value, problem=why[:500], print_run=None
    )


def send_after_commit(copies: list[int]) -> None:
    transaction.on_commit(partial(send_copies, copies))


def send_copies(copies: Collection[int]) -> int:
    """A message to the workers for each copy, until the broker takes none; how many went.

    `drawing.sweep` finds what was left.
    """
    return sum(1 for _ in takewhile(partial(messages.send_task, RENDER_TASK), copies))
