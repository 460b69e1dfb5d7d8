"""Letters and their copies as pages read them."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from interventions.models import CrossedBefore, Letter, LetterCopy, LetterTemplate
from interventions.rules import letter_states
from registers.models import Relationship, School
from registers.rules.pupils.namesakes import pupils_apart

PDF_STATES = sorted(state.value for state in letter_states.HAS_A_PDF)


def letters_of(school: School) -> QuerySet[Letter]:
    """The letters of a school, each with its pupil: one statement.

    `words_in_force` is the id of the school's own words for its kind, None where it has none.
    """
    letters = Letter.objects.filter(enrolment__school=school).select_related(
        "enrolment__pupil", "academic_year", "approved_by", "decided_by", "proposed_by", "template"
    )
    newest = LetterTemplate.objects.filter(school=school, kind=OuterRef("kind"))
    in_force = Subquery(newest.order_by("-version").values("pk")[:1])
    # Letter itself names what is read here, for those who are given one.
    return letters.annotate(words_in_force=in_force)  # type: ignore[no-redef]


def with_confidential(copies: QuerySet[LetterCopy]) -> QuerySet[LetterCopy]:
    """Each with whether the address it goes to is to be kept from others."""
    confidential = Relationship.objects.filter(
        person=OuterRef("person"),
        pupil=OuterRef("letter__enrolment__pupil"),
        address_confidential=True,
    )
    # As `words_in_force`.
    return copies.annotate(is_confidential=Exists(confidential))  # type: ignore[no-redef]


def pupils_told_apart(letters: Iterable[Letter | CrossedBefore]) -> dict[int, str]:
    """What tells namesakes among their pupils apart: who sees letters may see dates of birth."""
    return pupils_apart((letter.enrolment.pupil for letter in letters), with_birth=True)
