"""A letter of words that may not be in force yet: whom it is about."""

from interventions.letters import document
from interventions.letters.content import invented
from interventions.letters.wordings.own_words import Words
from interventions.models import LetterCopy
from registers.models import School


def context_of(school: School, kind: str, words: Words, letter_id: int | None) -> dict:
    """What a letter of these words shows: of this letter's pupil, else of an invented one."""
    copies = LetterCopy.objects.filter(letter=letter_id, letter__kind=kind)
    copy = copies.filter(letter__enrolment__school=school).first()
    if copy is None:
        context = invented.context(kind, document.letter_school(school))
    else:
        context = document.context_of(copy)
    return context | {"words": words}
