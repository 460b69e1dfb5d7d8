"""Words of other systems → the values that Rollbook keeps. No Django in this module."""

from functools import cache

from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.vocabulary import load, plain_heading
from registers.rules.pupils.languages import LANGUAGES, tag_of

FLAGS = ("FSM", "EAL", "Looked after", "Parental responsibility", "Lives with", "May be written to")
SECTIONS = dict.fromkeys(FLAGS, "flag")  # of `data/words.toml`; any other field has its own
YES_NO = (("Y", "yes"), ("N", "no"))
EMPTY = ("", "leave it empty")
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "Sex": (("F", "female"), ("M", "male"), EMPTY),
    "SEN": (
        ("N", "no SEN provision"),
        ("K", "SEN support"),
        ("E", "education, health and care plan"),
        EMPTY,
    ),
    "Session": (("AM", "morning"), ("PM", "afternoon")),
    "Role": (
        ("teacher", "teacher"),
        ("office", "office"),
        ("attendance_officer", "attendance officer"),
        ("safeguarding_lead", "safeguarding lead"),
        ("slt", "senior leadership"),
        ("administrator", "administrator"),
    ),
    "Kind": (
        ("registration", "registration group"),
        ("year", "year group"),
        ("teaching", "teaching group"),
        ("trip", "trip"),
    ),
    "Characteristic": tuple((kind, kind) for kind in CHARACTERISTICS),
    "Language": (*LANGUAGES.items(), EMPTY),
}
CHOICES |= dict.fromkeys(FLAGS, (*YES_NO, EMPTY))


def plain_word(text: str) -> str:
    """In small letters, with one blank for whatever stands between words; ✓ and ✔ stay."""
    return plain_heading(text) or text.strip().casefold()


@cache
def _words(field: str) -> dict[str, str]:
    section = load("words").get(SECTIONS.get(field, field), {})
    others = {plain_word(word): value for value, words in section.items() for word in words}
    own = {plain_word(value): value for value, _ in CHOICES[field] if value}
    return others | own


def meaning(field: str, word: str) -> str | None:
    """The value that a word of a field stands for; None where a person must say."""
    if not word.strip():
        return ""
    return tag_of(word) if field == "Language" else _words(field).get(plain_word(word))


ASKED = tuple(CHOICES)  # fields whose words are a closed list
