"""Headings as other systems write them → our fields, by the lists in `data/`. No Django."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from registers.exchange.layout.files import COLUMNS
from registers.rules.pupils.names import plain

DATA = Path(__file__).resolve().parents[1] / "data"
KINDS = ("pupils", "contacts", "marks", "calendar", "terms", "characteristics", "groups", "staff")
OF_PUPILS = ("pupils", "contacts", "marks", "characteristics", "groups")  # with the fields of [who]
PUPIL = r"(?:pupil|student|child|learner)(?: s)?"
CONTACT = (
    r"(?:(?:priority )?(?:emergency contact|next of kin|parent(?: or)? carer|"
    r"parent(?: or)? guardian|contact|parent|carer|guardian)(?: s)?)"
)
NUMBER = r"(?: ?(?P<number>[1-9]))"
OWNED = re.compile(
    rf"(?:(?P<pupil>{PUPIL})|(?P<contact>(?:priority [1-9] )?{CONTACT}){NUMBER}?|"
    rf"(?P<kin>mother|father|mum|dad)(?: s)?)(?: (?P<words>.+))?"
)
PRIORITY_FIRST = re.compile(rf"priority (?P<number>[1-9]) {CONTACT}(?: (?P<words>.+))?")

NUMBER_OF_KIN = {"mother": 1, "mum": 1, "father": 2, "dad": 2}


class HeadingParts(NamedTuple):
    """A heading taken apart: whose column it is, of which of several contacts, and what it says."""

    words: str
    owner: str  # "pupil", "contact" or "" where it does not say
    number: int = 0  # of the contact; 0: there is only one


def plain_heading(text: str) -> str:
    """In small letters, one blank for whatever stands between words: `givenName` is given name."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text) if " " not in text.strip() else text
    return " ".join(re.sub(r"[^\w%]|_", " ", plain(text)).split())


@cache
def take_apart(text: str) -> HeadingParts:
    words = plain_heading(text)
    if found := PRIORITY_FIRST.fullmatch(words):
        return HeadingParts(found["words"] or "name", "contact", int(found["number"]))
    found = OWNED.fullmatch(words)
    if found is None:
        return HeadingParts(words, "")
    what = found["words"] or "name"
    if found["pupil"]:
        return HeadingParts(what, "pupil")
    number = NUMBER_OF_KIN[found["kin"]] if found["kin"] else int(found["number"] or 0)
    return HeadingParts(what, "contact", number)


@cache
def load(name: str) -> dict[str, Any]:
    with (DATA / f"{name}.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def section(name: str) -> dict[str, list[str]]:
    """Our fields of a section of headings.toml, each with its words, the likeliest first.

    A file of the layout that no other system writes has no section: its columns are its fields.
    """
    found = load("headings").get(name)
    if found is None:
        return {field: [] for field in COLUMNS.get(f"{name}.csv", ())}
    return found


@cache
def _by_words(kind: str) -> dict[str, tuple[str, int]]:
    """Words to (field, rank); our own name of a field is always one of its words."""
    found: dict[str, tuple[str, int]] = {}
    for field, words in section(kind).items():
        for rank, one in enumerate([plain_heading(field), *words]):
            found.setdefault(plain_heading(one), (field, rank))
    return found


def field_for(heading: str, name: str) -> tuple[str, int] | None:
    """The field of a section of headings.toml (“who”, “contact” …) and how preferred its words are.

    The whole heading is looked for first, then what is left without the word for the owner.
    """
    words = _by_words(name)
    whole = plain_heading(heading)
    if whole in words:
        return words[whole]
    apart = take_apart(heading)
    if not apart.owner or (apart.owner == "contact") != (name == "contact"):
        return None
    return words.get(apart.words)


@cache
def _left_out() -> frozenset[str]:
    return frozenset(map(plain_heading, load("headings")["left_out"]["words"]))


def is_left_out(heading: str) -> bool:
    """Whether Rollbook keeps nothing of such a column, and need not ask what it is."""
    words = plain_heading(heading)
    return not words or words in _left_out() or take_apart(heading).words in _left_out()


SECTIONS = ("who", "pupils", "contact", "marks", "calendar", "terms", "characteristics", "groups")


@cache
def is_heading(text: str) -> bool:
    """Whether this text heads a column in any of the tables that schools have."""
    if len(text) > 60 or not plain_heading(text):
        return False
    return any(field_for(text, name) for name in (*SECTIONS, "staff", "school"))


class Profile(NamedTuple):
    system: str
    report: str
    kind: str
    needs: frozenset[str]
    columns: dict[str, str]


@cache
def profiles() -> tuple[Profile, ...]:
    """The usual reports of other systems; `data/profiles.toml` says where each is known from."""
    return tuple(
        Profile(
            one["system"],
            one["report"],
            one["kind"],
            frozenset(map(plain_heading, one["needs"])),
            {plain_heading(words): field for words, field in one["columns"].items()},
        )
        for one in load("profiles")["profile"]
    )
