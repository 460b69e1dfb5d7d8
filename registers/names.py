"""Find a name from a few letters. No Django."""

import unicodedata
from collections.abc import Iterable
from typing import Protocol, TypeVar

PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
APART = str.maketrans(dict.fromkeys("'’‘`-.,", " "))


class Named(Protocol):
    @property
    def forename(self) -> str: ...
    @property
    def surname(self) -> str: ...


AnyNamed = TypeVar("AnyNamed", bound=Named)


def plain(text: str) -> str:
    """Lower case without accents: whoever is at the desk types zielinski for Zieliński."""
    parted = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(sign for sign in parted if not unicodedata.combining(sign))


def find_by_letters(
    people: Iterable[AnyNamed], letters: str, most: int
) -> tuple[list[AnyNamed], int]:
    """The first `most` whose names begin with these letters, word by word, and how many there are.

    Every word that was typed must begin a word of the name. Who is called exactly so comes first.
    """
    wanted = plain(letters).translate(APART).split()
    if not wanted:
        return [], 0
    scored = []
    for person in people:
        name = plain(f"{person.forename} {person.surname}")
        words = {*name.split(), *name.translate(APART).split(), name.replace("'", "")}
        words |= {word.replace("'", "").replace("’", "") for word in name.split()}
        if all(any(word.startswith(part) for word in words) for part in wanted):
            exact = sum(part in words for part in wanted)
            first = plain(person.surname).startswith(wanted[0])
            scored.append(((-exact, not first, plain(person.surname), name), person))
    scored.sort(key=lambda row: row[0])
    return [person for _, person in scored[:most]], len(scored)
