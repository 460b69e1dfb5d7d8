"""The languages that families of English schools most often speak, by their BCP 47 tags.

The tag says in which language a name is set in a letter; others come with an import and are kept.
"""

import re
from functools import cache

from registers.rules.pupils.names import plain

LANGUAGES: dict[str, str] = {
    "sq": "Albanian",
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "bg": "Bulgarian",
    "yue": "Cantonese",
    "hr": "Croatian",
    "cs": "Czech",
    "prs": "Dari",
    "nl": "Dutch",
    "en": "English",
    "fil": "Filipino",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "gu": "Gujarati",
    "ha": "Hausa",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "ig": "Igbo",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "ku": "Kurdish",
    "lv": "Latvian",
    "ln": "Lingala",
    "lt": "Lithuanian",
    "ml": "Malayalam",
    "zh": "Mandarin Chinese",
    "ne": "Nepali",
    "ps": "Pashto",
    "fa": "Persian",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "rom": "Romani",
    "ro": "Romanian",
    "ru": "Russian",
    "sr": "Serbian",
    "sn": "Shona",
    "si": "Sinhala",
    "sk": "Slovak",
    "so": "Somali",
    "es": "Spanish",
    "sw": "Swahili",
    "syl": "Sylheti",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "tw": "Twi",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "cy": "Welsh",
    "yo": "Yoruba",
}

# How other systems call them, beside the names above; without brackets, in small letters.
ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "zh": ("chinese", "mandarin", "chinese mandarin", "mandarin chinese", "putonghua"),
    "yue": ("chinese cantonese",),
    "pt": ("portuguese brazil", "portuguese any other"),
    "fa": ("farsi", "persian farsi"),
    "pa": ("panjabi", "panjabi gurmukhi", "punjabi gurmukhi"),
    "prs": ("persian dari",),
    "fil": ("tagalog", "tagalog filipino"),
    "ps": ("pashto pakhto", "pushto", "pakhto"),
    "bn": ("bengali any other", "bangla"),
    "syl": ("bengali sylheti",),
    "en": ("believed to be english",),
    "ro": ("romanian moldova", "romanian romania", "moldovan"),
    "sr": ("serbian croatian bosnian",),
    "ku": ("kurdish kurmanji", "kurdish sorani"),
    "tw": ("akan twi asante", "akan twi", "akan"),
    "sq": ("shqip", "albanian shqip"),
    "sw": ("kiswahili", "swahili kiswahili"),
}
TAG = re.compile(r"[A-Za-z]{2,3}|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})+")


def tag_of(text: str) -> str | None:
    """The tag of a language by its English name or by the tag itself, which may be any of BCP 47.

    None for a word that is neither.
    """
    words = _words(text)
    if words in _tags():
        return _tags()[words]
    tag = text.strip()
    if not TAG.fullmatch(tag):
        return None
    language, *rest = tag.split("-")
    return "-".join([language.lower(), *rest])


@cache
def _tags() -> dict[str, str]:
    named = {_words(name): tag for tag, name in LANGUAGES.items()}
    return named | {name: tag for tag, names in ALSO_CALLED.items() for name in names}


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w]|_", " ", plain(text)).split())


def choices_with(held: str, empty: str) -> list[tuple[str, str]]:
    """For a list to choose from: nothing, each language, and what is held already."""
    other = [] if held in LANGUAGES or not held else [(held, held)]
    return [("", empty), *other, *LANGUAGES.items()]
