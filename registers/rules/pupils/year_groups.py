"""Year groups: one closed list, however a school or its other systems write them. No Django.

The codes are those of DfE's common basic data set (its year groups that follow the curriculum's
years). A word that could mean two of them, such as Nursery or Sixth form, means none here.
"""

import re
from collections.abc import Iterable

NURSERY, RECEPTION = ("N1", "N2"), "R"
LAST_YEAR = 14
YEARS = tuple(map(str, range(1, LAST_YEAR + 1)))
YEAR_GROUPS = (*NURSERY, RECEPTION, *YEARS)
EXPECTED = "N1, N2, R or a year from 1 to 14"

WORDS = {
    "n1": "N1",
    "nursery1": "N1",
    "nurseryyear1": "N1",
    "n2": "N2",
    "nursery2": "N2",
    "nurseryyear2": "N2",
    "fs1": "N2",
    "foundation1": "N2",
    "foundationstage1": "N2",
    "r": RECEPTION,
    "rec": RECEPTION,
    "recep": RECEPTION,
    "reception": RECEPTION,
    "receptionclass": RECEPTION,
    "fs2": RECEPTION,
    "foundation2": RECEPTION,
    "foundationstage2": RECEPTION,
    "l6": "12",
    "lower6": "12",
    "lower6th": "12",
    "lowersixth": "12",
    "lowersixthform": "12",
    "sixthformlower": "12",
    "u6": "13",
    "upper6": "13",
    "upper6th": "13",
    "uppersixth": "13",
    "uppersixthform": "13",
    "sixthformupper": "13",
}
BEFORE = r"(?:nationalcurriculum|ncyear|nc)?(?:yeargroup|year|yrgroup|yr|y)?(?:group)?"
NUMBERED = re.compile(rf"{BEFORE}(\d{{1,2}})(?:\.0)?")
WORDED = re.compile(rf"{BEFORE}(\D\S*?)(?:year|group)?")
APART = re.compile(r"[_:()]|(?<=[^\W\d])[.-]|(?<!\d)\s+|\s+(?!\d)")


def normalise(text: str) -> str | None:
    """The code of a year group: Year 12, Y12, " 7 ", 07, Reception and Lower Sixth have one.

    None where the words are none of the list, or could be two of it.
    """
    plain = APART.sub("", text.casefold().strip())
    if plain in WORDS:
        return WORDS[plain]
    if not plain.isascii():
        return None
    numbered = NUMBERED.fullmatch(plain)
    if numbered:
        return _numbered(int(numbered[1]))
    worded = WORDED.fullmatch(plain)
    return WORDS.get(worded[1]) if worded else None


def _numbered(number: int) -> str | None:
    return (RECEPTION, *YEARS)[number] if number <= LAST_YEAR else None


def is_known(code: str) -> bool:
    """Whether this is a code of the list, as it is kept."""
    return code in YEAR_GROUPS


def spoken(code: str) -> str:
    """As people say it: Year 7, Reception, Nursery 1. A school's own words stay as they are."""
    if code in NURSERY:
        return f"Nursery {code[1]}"
    if code == RECEPTION:
        return "Reception"
    return f"Year {code}" if is_known(code) else code


def following(code: str) -> str | None:
    """R is followed by 1, 7 by 8; None after the last, and after what is none of the list."""
    if not is_known(code) or code == YEAR_GROUPS[-1]:
        return None
    return YEAR_GROUPS[YEAR_GROUPS.index(code) + 1]


def order_of(code: str) -> tuple[int, str]:
    """To sort by: from the youngest; words of a school's own after them, by letters."""
    return (YEAR_GROUPS.index(code) if is_known(code) else len(YEAR_GROUPS), code)


def in_order(codes: Iterable[str]) -> list[str]:
    """From the youngest to the oldest."""
    return sorted(codes, key=order_of)


def choices(codes: Iterable[str] = YEAR_GROUPS) -> list[tuple[str, str]]:
    """Codes with how each is said, for a form: every one of the list, or these."""
    return [(code, spoken(code)) for code in codes]
