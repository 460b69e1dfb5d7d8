"""Approved letters on their way: checked once more, e-mailed, settled.

An e-mail is claimed by a conditional update just before it goes, so that nobody gets a letter
twice. What is not known is said so: an e-mail whose worker ended half way is not sent again unless
a person says so.
"""

from collections import Counter
from collections.abc import Collection, Iterator

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from interventions.letters import document, due, email_server
from interventions.letters.actions import deciding, letters
from interventions.letters.content.stated import in_a_sentence
from interventions.models import Letter, LetterCopy
from interventions.rules.letter_states import CopyState, LetterState
from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.rules.wording import many
from registers.web.documents.storage import digest_of, read_pdf
from registers.web.jobs import actions as jobs_actions
from registers.web.jobs.actions import Outcome, Report

log = structlog.get_logger(__name__)

NOTHING_TO_MAIL = "No approved letter waits to go by e-mail."
EMAIL_TASK = "interventions.tasks.email_letters"


# --- checked once more


def check_again(copies: Collection[LetterCopy]) -> dict[int, str]:
    """Send back the letters that are no longer what was approved; why, by letter.

    A letter of which a copy has gone is sent to the others as it was approved.
    """
    wanted = Letter.objects.filter(
        pk__in={copy.letter_id for copy in copies}, state=LetterState.APPROVED.value
    ).exclude(copies__state=CopyState.SENT.value)
    approved = list(
        wanted.select_related("enrolment__school", "academic_year").prefetch_related("copies")
    )
    now = due.figures_now(approved)
    changed = letters.recipients_changed(approved)
    why = {
        letter.pk: _back_with_words(letter, now[letter.pk], changed[letter.pk])
        for letter in approved
    }
    return {pk: words for pk, words in why.items() if words}


def _back_with_words(letter: Letter, now: dict | None, changed: list[str]) -> str:
    """Why the letter goes back, the letter having been moved; nothing where it may go out."""
    if now is not None and not changed and not document.moved_in(letter, now):
        return ""
    with transaction.atomic():
        held = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if held.state != LetterState.APPROVED.value:
            return "It was taken back meanwhile."
        if now is None:
            words = deciding.no_longer_due(held)
            _hold(held, words)
            return words
        moved = document.moved_in(held, now)
        figures = f"The figures have changed since it was approved. {in_a_sentence(moved)}"
        words = " ".join([figures, *changed] if moved else changed)
        letters.bring_recipients_up_to_date(held)
        if not held.copies.exclude(state=CopyState.LEFT_OUT.value).exists():
            _hold(held, words)
            return words
        deciding.redraw_moved(held, now, reason=f"Back from sending. {words}"[:500])
    return words


def _hold(letter: Letter, words: str) -> None:
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.HELD.value, reason=words[:500], approved_at=None, approved_by=None
    )
    letter.copies.update(print_run=None)


def settle(letter_ids: Collection[int], *, by: User) -> None:
    """Letters of which every copy has gone are sent."""
    left = LetterCopy.objects.filter(letter__in=letter_ids).exclude(
        state__in=[CopyState.SENT.value, CopyState.LEFT_OUT.value]
    )
    Letter.objects.filter(pk__in=letter_ids, state=LetterState.APPROVED.value).exclude(
        pk__in=left.values("letter")
    ).update(state=LetterState.SENT.value, decided_at=timezone.now(), decided_by=by)


# --- e-mail


def waiting_copies(school: School, channel: str) -> QuerySet[LetterCopy]:
    """Copies of approved letters that are in no print run yet."""
    return LetterCopy.objects.filter(
        letter__enrolment__school=school,
        letter__state=LetterState.APPROVED.value,
        state=CopyState.RENDERED.value,
        channel=channel,
        print_run__isnull=True,
    )


@transaction.atomic
def start_emails(*, school: School, by: User) -> Job:
    """A job that sends every approved copy that goes by e-mail. Raises Refused."""
    policies.check(by, "decide_letter", school=school)
    if not email_server.can_send_email():
        raise policies.Refused(email_server.NO_EMAIL_SERVER)
    copies = list(waiting_copies(school, "email").order_by("pk").values_list("pk", flat=True))
    if not copies:
        raise policies.Refused(NOTHING_TO_MAIL)
    return jobs_actions.start_job(
        school=school,
        kind=EMAIL_TASK,
        action="see_letters",
        title=f"Send {many(len(copies), 'letter')} by e-mail",
        by=by,
        asked={"copies": copies},
    )


def email_letters(job: Job, report: Report) -> Outcome:
    """The work of that job: each copy checked, claimed, handed to the mail server, confirmed."""
    copies = list(LetterCopy.objects.filter(pk__in=job.asked["copies"], state="rendered"))
    report(0, len(copies), "Checking the letters once more")
    back = check_again(copies)
    states = Counter[CopyState | None]()
    for done, copy in enumerate(copies, start=1):
        if copy.letter_id not in back:
            states[email_copy(copy.pk, by=job.started_by)] += 1
        report(done, len(copies), "Sending")
    sent, failed = states[CopyState.SENT], states[CopyState.UNSENT]
    url = reverse("interventions:print_runs", kwargs={"urn": job.school.urn})
    return Outcome(
        said=_sent_in_words(sent, failed, len(back)),
        answer={"url": url, "sent": sent, "failed": failed},
    )


def _sent_in_words(sent: int, failed: int, back: int) -> str:
    said = {f"{failed} could not be sent: they say why.": failed, went_back(back): back}
    return " ".join([f"{sent} sent.", *(words for words, number in said.items() if number)])


def went_back(number: int) -> str:
    return f"{number} went back to the queue."


def email_copy(copy_id: int, *, by: User) -> CopyState | None:
    """Hand one copy to the mail server, once: its state, None when it was not to be had.

    Claimed by a conditional update first: two workers cannot both send it.
    """
    claimed = LetterCopy.objects.filter(
        pk=copy_id,
        state=CopyState.RENDERED.value,
        channel="email",
        letter__state=LetterState.APPROVED.value,
    ).update(state=CopyState.SENDING.value, claimed_at=timezone.now())
    if not claimed:
        return None
    copy = LetterCopy.objects.select_related(
        "letter__enrolment__school", "letter__enrolment__pupil"
    ).get(pk=copy_id)
    try:
        _message(copy).send()
    except Exception as problem:  # each mail server has its own way of failing
        log.warning("letter_not_emailed", copy_id=copy_id, exc_info=problem)
        words = f"The mail server did not take it ({type(problem).__name__})."
        LetterCopy.objects.filter(pk=copy_id, state=CopyState.SENDING.value).update(
            state=CopyState.UNSENT.value, problem=words
        )
        return CopyState.UNSENT
    LetterCopy.objects.filter(pk=copy_id).update(
        state=CopyState.SENT.value, problem="", sent_at=timezone.now(), sent_by=by
    )
    settle([copy.letter_id], by=by)
    log.info("letter_emailed", copy_id=copy_id, user_id=by.pk)
    return CopyState.SENT


def _message(copy: LetterCopy) -> EmailMessage:
    """No child's name and no word about absence where a telephone shows it: in the subject."""
    school = copy.letter.enrolment.school
    pdf = read_pdf(str(copy.pdf))
    if digest_of(pdf) != copy.digest:
        raise ValueError("The stored PDF is not the one that was approved.")
    message = EmailMessage(
        subject=f"A letter from {school.name}",
        body="\n\n".join(_paragraphs(copy, school)),
        to=[copy.email],
        reply_to=list(filter(None, [school.email])),
    )
    message.attach(f"letter-{copy.letter.reference}.pdf", pdf, "application/pdf")
    return message


def _paragraphs(copy: LetterCopy, school: School) -> Iterator[str]:
    yield f"Dear {copy.recipient}"
    yield (
        f"A letter from {school.name} is attached. It is about "
        f"{copy.letter.enrolment.pupil.forename}."
    )
    if ways := " or ".join(filter(None, [school.telephone, school.email])):
        yield f"If you cannot open it, or would rather have it on paper: {ways}."
    yield f"{school.headteacher}\n{school.name}\n"


@transaction.atomic
def try_copy_again(*, copy_id: int, by: User) -> LetterCopy:
    """An e-mail that did not go waits to be sent again. Raises Refused."""
    copy = LetterCopy.objects.select_for_update(of=("self",)).get(pk=copy_id)
    policies.check(by, "decide_letter", school=copy.letter.enrolment.school_id)
    if copy.state != CopyState.UNSENT.value:
        raise policies.Refused("This copy is not one that could not be sent.")
    LetterCopy.objects.filter(pk=copy.pk).update(state=CopyState.RENDERED.value, problem="")
    copy.refresh_from_db()
    return copy
