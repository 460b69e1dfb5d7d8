"""Letters and their copies as pages read them."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from interventions.models import Letter, LetterCopy, LetterTemplate
from interventions.rules import letter_states
from registers.models import Relationship, School
from registers.rules.pupils.namesakes import pupils_apart

PDF_STATES = sorted(state.value for state in letter_states.HAS_A_PDF)


def letters_of(school: School) -> QuerySet[Letter]:
    """The letters of a school, each with its pupil: one statement.

    `words_in_force` is the id of the school's own words for its kind, None where it has none.
    """
    newest = LetterTemplate.objects.filter(school=school, kind=OuterRef("kind"))
    return (
        Letter.objects.filter(enrolment__school=school)
        .select_related(
            "enrolment__pupil",
            "academic_year",
            "approved_by",
            "decided_by",
            "proposed_by",
            "template",
        )
        .annotate(words_in_force=Subquery(newest.order_by("-version").values("pk")[:1]))
    )


def with_confidential(copies: QuerySet[LetterCopy]) -> QuerySet[LetterCopy]:
    """Each with whether the address it goes to is to be kept from others."""
    confidential = Relationship.objects.filter(
        person=OuterRef("person"),
        pupil=OuterRef("letter__enrolment__pupil"),
        address_confidential=True,
    )
    return copies.annotate(is_confidential=Exists(confidential))


def pupils_told_apart(letters: Iterable[Letter]) -> dict[int, str]:
    """What tells namesakes among their pupils apart: who sees letters may see dates of birth."""
    return pupils_apart((letter.enrolment.pupil for letter in letters), with_birth=True)
