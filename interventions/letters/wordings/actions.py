"""A school's own words for its letters: every version is kept, the highest is in force."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from interventions.letters.render import draw
from interventions.letters.wordings import preview
from interventions.letters.wordings.merge_fields import WrongWordsError, read_words
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import LetterTemplate
from interventions.rules.letter_kinds import KINDS, Kind
from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.rules.wording import many
from registers.web.jobs.actions import Outcome, Report, start_job

WRITE, SEE_PUPIL = "write_letter_templates", "see_letters"


@transaction.atomic
def save_template(
    *, school: School, kind: str, subject: str, body: str, by: User
) -> LetterTemplate:
    """A new version of a kind's words; the same words again make none.

    Letters that were drawn keep the version they were drawn with. Raises Refused, or
    WrongWordsError with all that is wrong.
    """
    policies.check(by, WRITE, school=school)
    if kind not in KINDS:
        raise policies.Refused("There is no such kind of letter.")
    subject, body = read_words(kind, subject, body)
    School.objects.select_for_update().get(pk=school.pk)
    own = LetterTemplate.objects.filter(school=school, kind=kind)
    newest = own.order_by("-version").first()
    if newest is not None and (newest.subject, newest.body) == (subject, body):
        return newest
    return LetterTemplate.objects.create(
        school=school,
        kind=kind,
        version=own.aggregate(last=Max("version", default=0))["last"] + 1,
        subject=subject,
        body=body,
        made_at=timezone.now(),
        made_by=by,
    )


def take_up_template(*, school: School, kind: str, version: int, by: User) -> LetterTemplate:
    """The words of an older version as a new one; 0 is Rollbook’s own. Raises Refused."""
    words = OWN_WORDS[kind] if version == 0 else _words_of_version(school, kind, version)
    try:
        return save_template(
            school=school, kind=kind, subject=words.subject, body=words.body, by=by
        )
    except WrongWordsError as wrong:
        raise policies.Refused(f"These words can no longer be used. {wrong}") from None


def _words_of_version(school: School, kind: str, version: int) -> Words:
    own = LetterTemplate.objects.filter(school=school, kind=kind, version=version).first()
    if own is None:
        raise policies.Refused("There is no such version.")
    return Words(own.subject, own.body)


# --- previews


@transaction.atomic
def ask_for_preview(
    *, school: School, kind: Kind, words: Words, letter_id: int | None, by: User
) -> Job:
    """The preview as a PDF, as a job for a worker; with a pupil in it, it is for those who see
    letters. Raises Refused."""
    policies.check(by, WRITE, school=school)
    action = WRITE if letter_id is None else SEE_PUPIL
    policies.check(by, action, school=school)
    return start_job(
        school=school,
        kind="interventions.tasks.draw_preview",
        action=action,
        title=f"Preview: {kind.title}",
        by=by,
        asked={"kind": kind.key, "subject": words.subject, "body": words.body, "letter": letter_id},
    )


def draw_preview(job: Job, report: Report) -> Outcome:
    """The worker's part."""
    report(0, 1, "Drawing the letter.")
    kind, words = job.asked["kind"], Words(job.asked["subject"], job.asked["body"])
    pdf, pages = draw(kind, preview.context_of(job.school, kind, words, job.asked["letter"]))
    said = f"The letter takes {many(pages, 'page')}."
    return Outcome(said, file=pdf, filename=f"preview-{kind}.pdf")
