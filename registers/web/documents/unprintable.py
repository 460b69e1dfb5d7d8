"""Characters that no font here can draw, in words. No Django here."""

import unicodedata
from html import unescape
from re import sub

MOST = 4  # characters in one sentence


class CannotPrintError(Exception):
    """A document would show boxes in place of letters. The words are fit to show."""


def listed(missing: str, text: str = "") -> str:
    """“𞤀” (Adlam capital letter alif) in “𞤀𞤥𞤭𞤲𞤢”, with the word of the text that it stands in."""
    said = [_one(character, text) for character in missing[:MOST]]
    more = len(missing) - MOST
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def refuse(missing: str, html: str) -> None:
    """Raises CannotPrintError for what no font has, naming each character and its word."""
    if missing:
        text = unescape(sub(r"<[^>]*>", " ", sub(r"</?bdi[^>]*>|</?strong>", "", html)))
        raise CannotPrintError(f"No font here can print {listed(missing, text)}.")


def _one(character: str, text: str) -> str:
    name = unicodedata.name(character, f"U+{ord(character):04X}").capitalize()
    word = next((word for word in text.split() if character in word), "")
    return f"“{character}” ({name})" + (f" in “{word[:60]}”" if word and word != character else "")
