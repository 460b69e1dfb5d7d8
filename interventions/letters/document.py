"""What a letter's document is drawn from: its kept figures, the school's words and letterhead."""

from interventions.letters.content.files import LetterPupil, LetterSchool, Recipient
from interventions.letters.content.gather import letter_context
from interventions.letters.content.stated import MovedFigure, moved_figures
from interventions.letters.render import letter_html
from interventions.letters.wordings.own_words import OWN_WORDS, Words
from interventions.models import Letter, LetterCopy, LetterTemplate
from registers.models import Pupil, School


def letter_pupil(pupil: Pupil, year_group: str, registration_group: str) -> LetterPupil:
    return LetterPupil(
        pupil.forename,
        pupil.surname,
        year_group,
        registration_group,
        pupil.sex,
        pupil.born_on,
    )


def templates_in_force(school: School) -> dict[str, LetterTemplate]:
    """The school's own words by kind, the highest version of each; one statement."""
    newest: dict[str, LetterTemplate] = {}
    for template in LetterTemplate.objects.filter(school=school).order_by("kind", "version"):
        newest[template.kind] = template
    return newest


def words_of(letter: Letter) -> Words:
    """The words that a letter is drawn with: the school's own where it has them."""
    if letter.template is None:
        return OWN_WORDS[letter.kind]
    return Words(letter.template.subject, letter.template.body)


def context_of(copy: LetterCopy) -> dict:
    """All that one copy shows, from its letter's figures as they were kept."""
    letter = Letter.objects.select_related("enrolment__pupil", "enrolment__school", "template").get(
        pk=copy.letter_id
    )
    recipient = Recipient(copy.recipient, copy.address.splitlines(), copy.language)
    return _context(letter, letter.figures, recipient)


def moved_in(letter: Letter, now: dict) -> list[MovedFigure]:
    """Which of the figures that this letter states are others now than when it was drawn."""
    nobody = Recipient("", [], "")
    return moved_figures(
        letter.figures,
        now,
        lambda figures: letter_html(letter.kind, _context(letter, figures, nobody)),
    )


def _context(letter: Letter, figures: dict, recipient: Recipient) -> dict:
    context = letter_context(
        letter.kind,
        figures,
        school=letter_school(letter.enrolment.school),
        pupil=letter_pupil(
            letter.enrolment.pupil, figures["year_group"], figures["registration_group"]
        ),
        recipient=recipient,
        signatory_name=letter.enrolment.school.headteacher,
        reference=letter.reference,
        dated=letter.dated,
        details=letter.details,
    )
    return context | {"words": words_of(letter)}


def letter_school(school: School) -> LetterSchool:
    """What a letterhead says of the school."""
    return LetterSchool(
        school.name,
        school.headteacher,
        [*school.address.splitlines(), school.postcode],
        school.telephone,
        school.email,
    )
