"""What stands beside the name of somebody who gets a letter: what it rests on that they do."""

from collections.abc import Iterable
from operator import attrgetter

from interventions.models import Letter, LetterCopy
from interventions.rules.letter_states import CopyState
from registers.models import Relationship
from registers.rules.grouping import grouped_by, keyed

NO_CONTACT = "no longer a contact"


def standing(relationship: Relationship | None) -> str:
    """“mother, parental responsibility”; “grandmother, confirmed by Ms Raman: lives with her”."""
    if relationship is None:
        return NO_CONTACT
    kind = relationship.kind.strip().lower() or "contact"
    if relationship.has_responsibility:
        return f"{kind}, parental responsibility"
    if relationship.is_written_to:
        return f"{kind}, confirmed by {relationship.confirmed_by}: {relationship.ground}"
    return f"{kind}, no parental responsibility"


def say_standings(copies: Iterable[LetterCopy]) -> None:
    """Sets `standing` on copies whose letter and enrolment are read; one statement for all."""
    copies = list(copies)
    relationships = Relationship.objects.filter(
        person__in={copy.person_id for copy in copies},
        pupil__in={copy.letter.enrolment.pupil_id for copy in copies},
    ).select_related("confirmed_by")
    by_pair = keyed(relationships, "person_id", "pupil_id")
    for copy in copies:
        pair = copy.person_id, copy.letter.enrolment.pupil_id
        copy.standing = standing(by_pair.get(pair))


def give_recipients(letters: Iterable[Letter]) -> None:
    """Sets on each letter of a list who gets it, with what that rests on: two statements."""
    going = LetterCopy.objects.filter(letter__in=list(letters)).exclude(
        state=CopyState.LEFT_OUT.value
    )
    copies = list(going.select_related("letter__enrolment").order_by("pk"))
    say_standings(copies)
    by_letter = grouped_by(copies, attrgetter("letter_id"))
    for letter in letters:
        letter.going_to = by_letter[letter.pk]
