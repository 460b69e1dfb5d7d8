"""Which parts of a name are written in another script, and in which language. No Django here.

A name in Arabic or Chinese is marked as such, so that the right font is found, a reader that
speaks the page changes its voice and the letters of an Arabic name keep their own direction.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from operator import itemgetter

# Script as Unicode names it -> (its code in a language tag, languages that are written in it).
SCRIPTS: dict[str, tuple[str, frozenset[str]]] = {
    "ARABIC": (
        "Arab",
        frozenset({"ar", "ur", "fa", "prs", "ps", "ku", "ckb", "sd", "ug", "pa", "ha"}),
    ),
    "HEBREW": ("Hebr", frozenset({"he", "yi"})),
    "CJK": ("Hani", frozenset({"zh", "yue", "ja", "ko"})),
    "HIRAGANA": ("Hrkt", frozenset({"ja"})),
    "KATAKANA": ("Hrkt", frozenset({"ja"})),
    "HANGUL": ("Hang", frozenset({"ko"})),
    "CYRILLIC": ("Cyrl", frozenset({"ru", "uk", "bg", "be", "sr", "mk", "kk"})),
    "GREEK": ("Grek", frozenset({"el"})),
    "BENGALI": ("Beng", frozenset({"bn", "as", "syl"})),
    "GURMUKHI": ("Guru", frozenset({"pa"})),
    "DEVANAGARI": ("Deva", frozenset({"hi", "ne", "mr"})),
    "GUJARATI": ("Gujr", frozenset({"gu"})),
    "TAMIL": ("Taml", frozenset({"ta"})),
    "TELUGU": ("Telu", frozenset({"te"})),
    "MALAYALAM": ("Mlym", frozenset({"ml"})),
    "SINHALA": ("Sinh", frozenset({"si"})),
    "ETHIOPIC": ("Ethi", frozenset({"am", "ti"})),
    "THAI": ("Thai", frozenset({"th"})),
    "SYLOTI": ("Sylo", frozenset({"syl"})),
    "ARMENIAN": ("Armn", frozenset({"hy"})),
    "GEORGIAN": ("Geor", frozenset({"ka"})),
}


OURS = "LATIN"

# A greeting needs more of a name than one of these.
TITLES = frozenset("mr mrs ms miss mx dr prof sir lady rev and the".split())


def script_of(character: str) -> str | None:
    """The script of a letter, "LATIN" for our own, None for what belongs to every script."""
    if unicodedata.category(character)[0] not in "LM":
        return None
    word = unicodedata.name(character, OURS).split(maxsplit=1)[0]
    return {"COMBINING": None}.get(word, word if word in SCRIPTS else OURS)


def language_tag(script: str, language: str) -> str:
    """The family's own language where it is written so, else "a language in this script"."""
    code, languages = SCRIPTS[script]
    spoken = language.strip()
    return spoken if spoken.split("-")[0].lower() in languages else f"und-{code}"


def _scripts(text: str) -> list[str]:
    """A script for every character: what has none of its own goes with its neighbours."""
    own = list(map(script_of, text))
    before, after = _carried_on(own), reversed(_carried_on(own[::-1]))
    return [one if one == other else OURS for one, other in zip(before, after, strict=True)]


def _carried_on(scripts: Iterable[str | None]) -> list[str]:
    """What has no script has that of the character before it."""
    carried = accumulate(scripts, lambda before, script: script or before, initial=OURS)
    return [script or OURS for script in carried][1:]


def runs(text: str, language: str = "") -> Iterator[tuple[str, str | None]]:
    """Pieces of a text, each with its language tag, None for what our own letters write."""
    pairs = zip(text, _scripts(text), strict=True)
    for script, piece in groupby(pairs, key=itemgetter(1)):
        letters = "".join(map(itemgetter(0), piece))
        yield letters, None if script == OURS else language_tag(script, language)


def in_another_script(text: str) -> bool:
    return any(map(itemgetter(1), runs(text)))


def without_other_scripts(name: str) -> str:
    """A name as an English greeting says it; the whole name if nothing else is in it."""
    if not in_another_script(name):
        return name
    ours = "".join(piece for piece, tag in runs(name) if tag is None)
    kept = " ".join(ours.replace("(", " ").replace(")", " ").split())
    words = [word.strip(".").casefold() for word in kept.split()]
    has_a_name = any(map(script_of, kept)) and not TITLES.issuperset(words)
    return kept if has_a_name else name
