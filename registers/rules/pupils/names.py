"""Names: what a child is called, two letters of it, and finding it from a few. No Django."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ə": "e",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
    }
)
APOSTROPHES = "'’‘`´′ʼʻʹ＇"
HYPHENS = "-‐‑‒–—"
APART = str.maketrans(dict.fromkeys(APOSTROPHES + HYPHENS + '.,()"/\u00b7\u05be', " "))
TOGETHER = str.maketrans(dict.fromkeys(APOSTROPHES, None))
MOST_WORDS = 8  # of what somebody typed; who looks for a child types two or three


LONGEST_LETTER = 12  # code points of one sign as it is seen; an emoji of a family has eleven
JOINER = "\u200d"
WITHOUT_SHAPE = (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
APART_IN_INITIALS = dict.fromkeys(WITHOUT_SHAPE) | dict.fromkeys(map(ord, "-‐‑–"), " ")


class HasNames(Protocol):
    @property
    def forename(self) -> str: ...
    @property
    def surname(self) -> str: ...
    @property
    def preferred_name(self) -> str: ...


AnyNamed = TypeVar("AnyNamed", bound=HasNames)


def plain(text: str) -> str:
    """Lower case without accents: whoever is at the desk types zielinski for Zieliński."""
    if text.isascii():
        return text.lower()
    return "".join(
        filter(_is_seen_alone, unicodedata.normalize("NFKD", text.casefold().translate(PLAIN)))
    )


def _is_seen_alone(sign: str) -> bool:
    return not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"


def called_by(forename: str, preferred_name: str) -> str:
    """What the child is called: the preferred forename, where there is one."""
    return preferred_name.strip() or forename


def with_both(forename: str, preferred_name: str, surname: str) -> str:
    """For who looks a child up: Katherine (Kit) Adams, or Ben Adams where nothing differs."""
    called = called_by(forename, preferred_name)
    first = forename if called == forename else f"{forename} ({called})"
    return f"{first} {surname}".strip()


def initials(forename: str, surname: str) -> str:
    """Two letters that stand for a picture: the first of each name, one where there is one name.

    Of a double name the last part counts. An accent, or what an emoji is joined of, stays with its
    letter; letters that would run together are kept apart. A figure counts where nothing else is
    there. Empty where there is nothing to show.
    """
    words = f"{forename} {surname}".translate(APART_IN_INITIALS).split()
    letters = _first_of_each(words, "LS") or _first_of_each(words, "N")
    chosen = letters[:1] + letters[1:][-1:]
    run_together = any(unicodedata.bidirectional(letter[0]) == "AL" for letter in chosen)
    return (" " if run_together else "").join(chosen)


def _first_of_each(words: Iterable[str], kinds: str) -> list[str]:
    return list(filter(None, (_first_sign(word, kinds) for word in words)))


def _first_sign(word: str, kinds: str) -> str:
    """The first sign of these kinds (of Unicode: L are letters, S symbols, N figures), as it is
    seen; in capitals.
    """
    starts = (at for at, sign in enumerate(word) if unicodedata.category(sign)[0] in kinds)
    rest = word[next(starts, len(word)) :]
    letter = unicodedata.normalize("NFC", rest[: _drawn_together(rest)])
    capital = letter.upper()
    return capital if len(capital) <= len(letter) else letter  # ß has no single capital


def _drawn_together(signs: str) -> int:
    """How many signs from the first on are drawn as one."""
    longest = min(len(signs), LONGEST_LETTER)
    return next((at for at in range(1, longest) if not _belongs(signs, at)), longest)


def _belongs(word: str, at: int) -> bool:
    """Whether this sign is drawn together with the one before it."""
    sign, before = word[at], word[at - 1]
    joined = JOINER in (sign, before)
    return joined or unicodedata.category(sign)[0] == "M" or "\U0001f3fb" <= sign <= "\U0001f3ff"


def search_key(*names: str) -> str:
    """Every word by which these names are found, in plain letters, each after a blank.

    O'Brien is found by O'B, OB and B; de Souza by de, Souza and desou; Mei-Ling by Ling and meil.
    """
    found: dict[str, None] = {}
    for name in map(plain, names):
        parts = name.translate(APART).split()
        found.update(dict.fromkeys(parts + name.translate(TOGETHER).translate(APART).split()))
        found.update(dict.fromkeys("".join(word.translate(APART).split()) for word in name.split()))
        found["".join(parts)] = None
    return "".join(f" {word}" for word in found if word)


def sort_key(surname: str, forename: str) -> str:
    """Where a British reader looks: by the letters of the surname, then of the forename.

    Accents and apostrophes count for nothing (O'Brien stands with Obrien, Łukaszewicz under L), a
    double name comes after the single one, de Souza is under D and Mc and Mac as they are spelt.
    """
    return "  ".join(
        " ".join(plain(name.translate(TOGETHER)).translate(APART).split())
        for name in (surname, forename)
    )


def words_typed(text: str) -> list[tuple[str, list[str]]]:
    """Each word that somebody typed, as it stands and as the plain words that names begin with."""
    typed = "".join(sign if sign.isprintable() else " " for sign in text).split()
    return [(word, plain(word).translate(APART).split()) for word in typed[:MOST_WORDS]]


def has_words(key: str, parts: Iterable[str]) -> bool:
    """Whether a word of the search key begins with each of these."""
    return all(f" {part}" in key for part in parts)


def best_first(people: Iterable[AnyNamed], letters: str) -> list[AnyNamed]:
    """Those who were found by these letters: who is called exactly so first, then those whose
    surname begins so, then by name.
    """
    wanted = [part for _, parts in words_typed(letters) for part in parts]
    return sorted(people, key=lambda person: _rank(person, wanted))


def _rank(person: HasNames, wanted: Sequence[str]) -> tuple[int, bool, str]:
    words = search_key(person.forename, person.preferred_name, person.surname).split()
    order = sort_key(person.surname, person.forename)
    exact = sum(part in words for part in wanted)
    return (-exact, not order.startswith("".join(wanted[:1])), order)
