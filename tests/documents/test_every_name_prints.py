"""Every name prints: in the script of each language of the product's list, and what cannot is said.

The fonts are the real ones: what is looked at is what WeasyPrint found no glyph for.
"""

import pytest

from interventions.letters.actions import deciding, drawing
from interventions.letters.content.scripts import in_another_script
from interventions.letters.render import render_letter
from interventions.models import Letter, LetterCopy
from registers.models import Person
from registers.rules.pupils.languages import LANGUAGES
from registers.web.documents.pdf import pdf_renderer
from registers.web.documents.unprintable import CannotPrintError
from registers.web.documents.weasy import SCRIPTS
from tests.documents import samples
from tests.documents.reading import Paper
from tests.factories.classes import make_class
from tests.integration.letters.test_letters_flow import absent_pupil, propose

# A name as each language writes it; what is not here is written in Latin letters.
NAMES = {
    "sq": "Gjergj Çela",
    "am": "ሰላማዊት ኃይሉ",
    "ar": "فاطمة الزهراء",
    "bn": "সুমাইয়া আক্তার",
    "bg": "Йорданка Цветкова",
    "yue": "陳美玲",
    "hr": "Đurđica Šimić",
    "cs": "Jiří Dvořák",
    "prs": "زهره احمدی",
    "fr": "Zoë Lefèvre",
    "el": "Ελένη Παπαδοπούλου",
    "gu": "પ્રિયાંશી પટેલ",
    "ha": "Ɓala Ɗanjuma Ƙofa Ƴar",
    "he": "שרה כהן",
    "hi": "प्रियंका शर्मा",
    "hu": "Győző Szűcs",
    "ig": "Ụzọma Ọnwụ Ṅṅe",
    "ja": "さくら 田中 ハナコ",
    "ko": "김서연",
    "ku": "ڕێبوار کوردستانی ڵۆ",
    "lv": "Ķirsis Ģirts",
    "lt": "Žydrūnė Čiurlionytė",
    "ml": "ലക്ഷ്മി നായർ",
    "zh": "陈思远",
    "ne": "सुनिता श्रेष्ठ",
    "ps": "ښایسته ګل ټډړۍ",
    "fa": "پریسا چگینی",
    "pl": "Łukasz Źdźbło",
    "pa": "ਹਰਪ੍ਰੀਤ ਕੌਰ",
    "ro": "Ștefan Țurcanu",
    "ru": "Щербакова Юлия",
    "sr": "Ђорђе Љубојевић",
    "si": "සඳුනි පෙරේරා",
    "syl": "ꠍꠤꠟꠐꠤ নাহিদ",
    "ta": "கவிதா சுப்பிரமணியம்",
    "te": "శ్రీనివాస్ రావు",
    "th": "กมลวรรณ ศรีสุข",
    "ti": "ኣስመሮም",
    "tr": "Gülşah İğdır",
    "tw": "Akosua Ɔfɔrɔ Ɛdɛn",
    "uk": "Їжакевич Ґанна",
    "ur": "نورین بیگم ٹڈڑے",
    "vi": "Nguyễn Thị Ngữ",
    "cy": "Siân Ŵyn",
    "yo": "Ẹ̀yìnọlá Ṣẹ́gun",
}
ADLAM = "𞤀𞤥𞤭𞤲𞤢"


def test_the_names_are_of_languages_of_the_list_and_of_every_bundled_font():
    assert NAMES.keys() <= LANGUAGES.keys()
    assert len(SCRIPTS) == len(set(SCRIPTS)) == 12


def test_every_language_of_the_list_prints_in_thin_and_bold_letters():
    names = "".join(
        f'<p lang="{tag}"><bdi>{name}</bdi> <strong>{name}</strong></p>'
        for tag, name in NAMES.items()
    )
    drawn = pdf_renderer().draw(f"<html><body><main>{names}</main></body></html>")
    assert drawn.missing == ""


@pytest.mark.parametrize("tag", ["bn", "gu", "pa", "ta", "si", "am", "ml", "te", "th", "hi", "ur"])
def test_a_letter_to_a_name_in_another_script_embeds_a_font_that_has_it(tag):
    name = NAMES[tag]
    assert in_another_script(name)
    recipient = samples.Recipient(name, ["1 High Street", "Ellerwick"], tag)
    context = samples.context(recipient=recipient)
    paper = Paper(render_letter("persistent_absence", context))
    assert paper.pages == 1
    assert any("Noto-Sans" in font for font in paper.fonts())


def test_a_letter_with_a_character_that_no_font_has_is_refused_with_its_name():
    recipient = samples.Recipient(f"Ms {ADLAM}", ["1 High Street"], "")
    with pytest.raises(CannotPrintError) as refusal:
        render_letter("persistent_absence", samples.context(recipient=recipient))
    assert "“𞤀” (Adlam capital letter alif) in “𞤀𞤥𞤭𞤲𞤢”" in str(refusal.value)


@pytest.mark.django_db
def test_such_a_letter_is_held_and_goes_on_once_the_name_can_be_printed():
    room = make_class(1)
    (row,) = absent_pupil(room)
    Person.objects.filter(pk=row.person_id).update(name=f"Ms {ADLAM}")
    (letter,) = propose(room)
    copy = letter.copies.get()
    assert drawing.render_copy(copy.pk) == "failed"
    letter.refresh_from_db()
    assert (letter.state, "Adlam capital letter alif" in letter.reason) == ("held", True)
    assert drawing.render_copy(copy.pk) is None  # it is not tried again by itself
    Person.objects.filter(pk=row.person_id).update(name="Ms Amina")
    deciding.release_letter(letter_id=letter.pk, by=room.officer)
    assert drawing.render_copy(copy.pk) == "rendered"
    assert Letter.objects.get().state == "ready"
    assert LetterCopy.objects.get().recipient == "Ms Amina"


def test_other_documents_are_printed_and_say_what_they_could_not():
    pdf, pages = pdf_renderer().print(f"<html><body><main><p>{ADLAM}</p></main></body></html>")
    text = Paper(pdf).text
    assert pages == 1
    assert "Not printed:" in text
    assert "Adlam capital letter alif" in text
    fine, _ = pdf_renderer().print("<html><body><main><p>Siân</p></main></body></html>")
    assert "Not printed" not in Paper(fine).text
