"""Pupils by a pasted list: a line each, with a UPN or a name. No Django here.

A line is found when it leaves no doubt: by its UPN, or by names that only one pupil has. Whatever
else is told with the line's own text, so that nothing that was pasted is lost.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from registers.rules.pupils.names import APART, TOGETHER, called_by, plain, search_key
from registers.rules.wording import shortened

MOST_LINES = 2_000
MOST_NAMED = 4  # namesakes named in one sentence
BETWEEN = str.maketrans(";\t", "  ")


@dataclass(frozen=True, slots=True)
class PastedCandidate:
    """A pupil who may be meant: an enrolment, what the pupil is called, and which group.

    `numbers` are the UPN, former UPNs and the admission number; `former` earlier names.
    """

    pk: int
    upn: str
    forename: str
    preferred_name: str
    surname: str
    group: str = ""
    numbers: tuple[str, ...] = ()
    former: str = ""

    @property
    def key(self) -> str:
        """Every word by which the pupil is found, as the product's search has them."""
        return search_key(self.forename, self.preferred_name, self.surname, self.former)

    @property
    def full_names(self) -> tuple[frozenset[str], frozenset[str]]:
        called = called_by(self.forename, self.preferred_name)
        return words_of(f"{self.forename} {self.surname}"), words_of(f"{called} {self.surname}")

    @property
    def said(self) -> str:
        """Told from a namesake: Amy Chen of 7B, UPN …"""
        of_group = f" of {self.group}" if self.group else ""
        return f"{self.forename} {self.surname}{of_group} ({self.upn})"


@dataclass(slots=True)
class PastedMatches:
    """Whom the lines mean, and what is wrong with the others, in words."""

    pupils: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def words_of(text: str) -> frozenset[str]:
    """The plain words of a line: O'Brien is one, a double name two."""
    return frozenset(plain(text.translate(TOGETHER)).translate(APART).translate(BETWEEN).split())


def find_lines(text: str, everybody: Collection[PastedCandidate]) -> PastedMatches:
    """Whom each line of the text means, among `everybody`. Empty lines are passed over."""
    by_number = _by_number(everybody)
    matches = PastedMatches()
    for number, line in _lines(text):
        if number > MOST_LINES:
            matches.problems.append(f"A list has at most {MOST_LINES:,} lines")
            break
        meant = _by_token(line, by_number) or _by_words(words_of(line), everybody)
        if len(meant) == 1:
            matches.pupils.append(meant[0].pk)
        else:
            matches.problems.append(_problem(number, line, meant))
    matches.pupils = list(dict.fromkeys(matches.pupils))
    return matches


def _lines(text: str) -> list[tuple[int, str]]:
    """Those with something on them, by their number."""
    numbered = enumerate(map(str.strip, text.splitlines()), start=1)
    return [(number, line) for number, line in numbered if line]


def _by_number(everybody: Iterable[PastedCandidate]) -> dict[str, PastedCandidate]:
    return {
        number.upper(): one for one in everybody for number in filter(None, (one.upn, *one.numbers))
    }


def _by_token(line: str, by_number: dict[str, PastedCandidate]) -> list[PastedCandidate]:
    tokens = line.upper().replace(",", " ").replace(";", " ").split()
    return [by_number[token] for token in tokens if token in by_number][:1]


def _by_words(words: frozenset[str], everybody: Iterable[PastedCandidate]) -> list[PastedCandidate]:
    if not words:
        return []
    in_full = [one for one in everybody if _in_full(words, one)]
    return in_full or [one for one in everybody if _by_beginnings(words, one)]


def _in_full(words: frozenset[str], one: PastedCandidate) -> bool:
    """The whole name, registered or as the pupil is called, perhaps with the group."""
    return words in one.full_names or words - words_of(one.group) in one.full_names


def _by_beginnings(words: frozenset[str], one: PastedCandidate) -> bool:
    """At least two words, each the beginning of a name, beside the group that may stand there."""
    named, key = words - words_of(one.group), one.key
    return len(named) > 1 and all(f" {word}" in key for word in named)


def _problem(number: int, line: str, meant: list[PastedCandidate]) -> str:
    shown = shortened(line, 60)
    if not meant:
        return f"Line {number}, “{shown}”: nobody is called that. Use the UPN"
    named = "; ".join(one.said for one in meant[:MOST_NAMED])
    more = f" and {len(meant) - MOST_NAMED} more" if len(meant) > MOST_NAMED else ""
    return (
        f"Line {number}, “{shown}”: this may be any of {len(meant)} pupils, {named}{more}. "
        "Use the UPN"
    )
