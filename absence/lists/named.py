"""Who wants a look before the list, and the lists that people ask for again and again."""

from collections.abc import Iterator
from dataclasses import dataclass

from absence.figures.rows import AbsenceRow
from absence.lists import listing
from absence.lists.asked import AskedList
from absence.lists.lines import PupilAddresses
from absence.lists.listing import Wanted
from absence.lists.wording import is_or_are, names_and_others
from absence.rules.wording import near_words

NAMED = 4  # pupils by name in the part that opens the page
FIRST = (  # name and value in the address; what is said of so many pupils
    ("moved", listing.INTO_SEVERE, "became severely absent"),
    ("moved", listing.INTO_PERSISTENT, "became persistently absent"),
    ("band", listing.NEAR, f"{{are}} within {near_words(listing.NEAR_WITHIN)} of it"),
)
LISTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("At the line or near it", "", {"band": listing.NEAR_OR_OVER}),
    ("Into a worse band", "", {"moved": listing.WORSE}),
    ("Back under the line", "", {"moved": listing.OUT_OF_PERSISTENT}),
    (
        "Persistent last year too",
        "and this year so far",
        {"band": listing.PERSISTENT_ALL, "last": listing.LAST_PERSISTENT},
    ),
    (
        "New this year",
        "persistent now, not last year",
        {"band": listing.PERSISTENT_ALL, "last": listing.LAST_UNDER},
    ),
    (
        "Looked after",
        "at the line or near it",
        {"need": "Looked after", "band": listing.NEAR_OR_OVER},
    ),
)


@dataclass(frozen=True, slots=True)
class NamedPupils:
    """Some pupils of whom the page says how many, some of the names, and where all are."""

    what: str
    pupils: int
    query: str
    names: str = ""
    why: str = ""


def first_look(asked: AskedList, urls: PupilAddresses) -> Iterator[NamedPupils]:
    """Who crossed a line, who is about to; nobody is left out."""
    for name, value, what in FIRST:
        rows = _listed(asked, {name: value})
        if rows and _is_known(asked, {name: value}):
            yield NamedPupils(
                what=what.format(are=is_or_are(len(rows))),
                pupils=len(rows),
                query=asked.query(**{name: value}),
                names=_names(rows, urls),
            )


def _names(rows: list[AbsenceRow], urls: PupilAddresses) -> str:
    """Of the first of them, those who missed the largest share first."""
    named = listing.in_order(rows, "attendance")[:NAMED]
    links = [(urls.of(row), row.forename, row.surname) for row in named]
    return names_and_others(links, len(rows) - len(named))


def lists(asked: AskedList) -> Iterator[NamedPupils]:
    """With how many are on each."""
    for what, why, choices in LISTS:
        if _is_known(asked, choices):
            yield NamedPupils(what, len(_listed(asked, choices)), asked.query(**choices), why=why)


def _listed(asked: AskedList, choices: dict[str, str]) -> list[AbsenceRow]:
    wanted = Wanted(
        band=choices.get("band", ""),
        moved=choices.get("moved", ""),
        need=choices.get("need", ""),
        last_year=choices.get("last", ""),
    )
    return wanted.among(asked.rows)


def _is_known(asked: AskedList, choices: dict[str, str]) -> bool:
    """Whether there is anything to say who moved, or what they were last year."""
    known = {"moved": asked.movement_is_known, "last": asked.calendar.before is not None}
    return all(known.get(name, True) for name in choices)
