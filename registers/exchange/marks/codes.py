"""The codes of other systems and of a school's own → the national ones. No Django in this module.

What a text means is looked up, never guessed: a national code, a code with its meaning beside it
(“I - Illness”), the meaning alone, or what a person has answered. Anything else is a question,
asked once for a school: the answer is kept with the others and serves every later file.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registers.exchange.questions import Answers, Question
from registers.rules.codes import CODES

NO_MARK = "-"
NOTHING = frozenset({"", "-", "–", "—", "--", ".", "no mark", "not marked", "unmarked", "missing"})
# Words of other systems that are nobody's meaning in `registers.rules.codes`.
WORDS = {
    "present": "/",
    "present am": "/",
    "present pm": "\\",
    "late": "L",
    "late before registers closed": "L",
    "late before register closed": "L",
    "late (before registers closed)": "L",
    "late after registers closed": "U",
    "late after register closed": "U",
    "late (after registers closed)": "U",
    "arrived after registers closed": "U",
    "ill": "I",
    "medical": "M",
    "medical/dental appointment": "M",
    "medical or dental appointments": "M",
    "educational visit": "V",
    "school trip": "V",
    "study leave": "S",
    "suspended": "E",
    "excluded": "E",
    "suspended or permanently excluded": "E",
    "unauthorised holiday": "G",
    "holiday not authorised": "G",
    "unauthorised absence": "O",
    "absent without authorisation": "O",
    "no reason yet": "N",
    "no reason yet provided": "N",
    "no reason provided yet": "N",
    "religious observance": "R",
    "dual registered": "D",
    "dual registration": "D",
    "work experience": "W",
    "sporting activity": "P",
    "interview": "J1",
    "traveller absence": "T",
    "school closed": "#",
    "planned whole or partial school closure": "#",
    "not on roll": "Z",
    "pupil not on roll": "Z",
    "prospective pupil not on roll": "Z",
}
_SYMBOL = "|".join(map(re.escape, CODES))
BESIDE = re.compile(rf"(?P<code>(?ai:{_SYMBOL}))\s*[-–—:=.]\s*(?P<words>[A-Za-z].{{2,}})")
IN_BRACKETS = re.compile(rf"(?P<words>[A-Za-z].{{2,}}?)\s*[(\[](?P<code>{_SYMBOL})[)\]]")
SUB_CODE = re.compile(r"([A-Z/\\#])[ .\-_]?\d{1,2}|([A-Z][0-9]?)[a-z]")
# The codes that are no longer in use, with their last day.
RETIRED = {symbol: code.in_force_until for symbol, code in CODES.items() if code.in_force_until}
CURRENT = {symbol: code for symbol, code in CODES.items() if symbol not in RETIRED}
MEANINGS = WORDS | {code.meaning.casefold(): symbol for symbol, code in CURRENT.items()}
CHOICES = (
    *((symbol, f"{symbol} {code.meaning}") for symbol, code in CURRENT.items()),
    (NO_MARK, "No mark: leave these sessions out"),
)


@dataclass(frozen=True, slots=True)
class CodeWords:
    """What the texts of a school's code column mean, with the answers that a person has given."""

    answers: Answers

    def read(self, text: str, on: date | None = None) -> str | None:
        """The text for the column Code (“-”: no mark); None where a person must say.

        A national code comes back as it is written, a retired one too: for a day after its last
        (`on`) it is what the answer says, and without an answer the check refuses it.
        """
        flat = " ".join(text.split())
        symbol = flat.upper()
        if symbol in CODES:
            return self._of_day(symbol, on) or text
        return self._of_words(flat)

    def question(self, text: str, source: str, *, count: int = 0) -> Question:
        """For a text that `read` does not know."""
        flat = " ".join(text.split())
        times = f" ({count:,} times)" if count else ""
        words = f"“{flat}”{times} is no attendance code. Which code does your school mean by it?"
        return Question(_id(flat), source, flat, words, CHOICES, suggestion(flat))

    def question_after(self, symbol: str, source: str, *, count: int = 0) -> Question | None:
        """For marks with a retired code after its last day; None when the code is not retired."""
        code, last = CODES[symbol], RETIRED.get(symbol)
        if last is None:
            return None
        words = (
            f"{symbol} ({code.meaning}) was in use until {last.day} {last:%B %Y}, and "
            f"{count:,} marks after that day have it. Which code is meant?"
        )
        suggested = code.replaced_by if code.replaced_by in CODES else None
        return Question(_id_after(symbol), source, symbol, words, CHOICES, suggested)

    def _of_day(self, symbol: str, on: date | None) -> str | None:
        if on is None or CODES[symbol].in_force(on):
            return None
        return self.answers.get(_id_after(symbol))

    def _of_words(self, text: str) -> str | None:
        if text.casefold() in NOTHING:
            return NO_MARK
        return self.answers.get(_id(text)) or _known(text)


def suggestion(text: str) -> str | None:
    """The national code that a sub-code begins with: I of “I02”. Only ever a suggestion."""
    sub_code = SUB_CODE.fullmatch(text)
    base = sub_code and sub_code[sub_code.lastindex or 0]
    return base if base in CURRENT else None


def retired_after(texts: Iterable[tuple[str, date]]) -> Counter[str]:
    """The retired codes among marks of days on which they were no longer in use, counted."""
    marks = ((text.strip().upper(), on) for text, on in texts)
    return Counter(symbol for symbol, on in marks if on > RETIRED.get(symbol, date.max))


def _known(text: str) -> str | None:
    return MEANINGS.get(text.casefold().strip(" .")) or _with_words(text)


def _with_words(text: str) -> str | None:
    """The code that stands beside its words: I of “I - Illness” and of “Illness (I)”."""
    both = BESIDE.fullmatch(text) or IN_BRACKETS.fullmatch(text)
    return both["code"].upper() if both else None


def _id(text: str) -> str:
    return f"code:{text}"


def _id_after(symbol: str) -> str:
    return f"code:{symbol}@after"
