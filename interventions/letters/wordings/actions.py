"""A school's own words for its letters: every version is kept, the highest is in force."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from interventions.letters.wordings.merge_fields import WrongWordsError, read_words
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import LetterTemplate
from interventions.rules.letter_kinds import KINDS
from registers import policies
from registers.models import School
from registers.models.school.staff import User


@transaction.atomic
def save_template(
    *, school: School, kind: str, subject: str, body: str, by: User
) -> LetterTemplate:
    """A new version of a kind's words; the same words again make none.

    Letters that were drawn keep the version they were drawn with. Raises Refused, or
    WrongWordsError with all that is wrong.
    """
    policies.check(by, "write_letter_templates", school=school)
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
