"""Families: who is written to about a child, where they live and what they speak at home.

Numbers are from the ranges kept for stories, addresses end in `.example`, and no postcode begins
with EW: nobody real can be reached.
"""

from dataclasses import dataclass, replace
from random import Random

from registers.demo.people.names import (
    Culture,
    draw_culture,
    draw_forename,
    draw_surname,
    user_part,
)

TOWN = "Ellerwick"
STREETS = [
    "Fuller's Row",
    "Canal Street",
    "Tenter Lane",
    "Mill Bank",
    "Chapel Walk",
    "Quarry Rise",
    "Station Approach",
    "Larkfield Avenue",
    "Bobbin Close",
    "Dyehouse Lane",
    "Wren Gardens",
    "Corporation Street",
    "Inkerman Terrace",
    "Moorside Crescent",
    "Almond Grove",
    "Weaver's Yard",
    "Hollin Drive",
    "St Oswald's Place",
    "Ropewalk",
    "Gasworks Lane",
    "Beacon View",
    "Priory Court",
    "Foundry Street",
    "Cloth Hall Road",
    "Sorrel Way",
    "Nelson Mandela Way",
    "Jubilee Crescent",
    "Thornfield Road",
    "Packhorse Lane",
    "Kingfisher Close",
    "Upper Dewsnap Lane",
    "Ravensworth Street",
    "Orchard Mews",
    "Coldbeck Lane",
    "Tanner's Hill",
]
FSM_SHARE = 0.285


@dataclass(frozen=True, slots=True)
class DemoContact:
    """One row of contacts.csv, but for the pupil: siblings share it."""

    name: str
    relationship: str
    responsible: bool
    lives_with: bool
    priority: int
    may_be_written_to: bool
    address: str
    postcode: str
    email: str
    telephone: str
    language: str


@dataclass(frozen=True, slots=True)
class Family:
    """`fsm` is eligible for free school meals; `keeps` is a festival or None."""

    surname: str
    culture: Culture
    language: str
    fsm: bool
    keeps: str | None
    contacts: tuple[DemoContact, ...]


def draw_family(rng: Random) -> Family:
    culture = draw_culture(rng)
    surname = draw_surname(rng, culture)
    language = culture.language if rng.random() < culture.speaks_it else "en"
    keeps = culture.keeps if rng.random() < 0.72 else None
    contacts = tuple(_contacts(rng, culture, surname, language))
    return Family(surname, culture, language, rng.random() < FSM_SHARE, keeps, contacts)


def fostered(rng: Random, family: Family) -> Family:
    """A looked-after child's contacts: a carer, and the social worker who holds responsibility."""
    carer = _contact(rng, draw_culture(rng), "F", "Foster carer", _home(rng))
    worker = _contact(rng, draw_culture(rng), "F", "Social worker", ("Civic Hall", "EW1 1AA"))
    contacts = (
        replace(carer, responsible=False),
        replace(worker, lives_with=False, priority=2, responsible=True),
    )
    return replace(family, contacts=contacts, fsm=False)


def _contacts(rng: Random, culture: Culture, surname: str, language: str) -> list[DemoContact]:
    """A mother mostly first, a father at home or elsewhere, sometimes a grandparent."""
    contacts = _parents(rng, culture, surname, language)
    if len(contacts) == 1 or rng.random() < 0.18:
        grandparent = _contact(rng, culture, "F", "Grandmother", _home(rng), surname, language)
        contacts.append(
            replace(grandparent, responsible=False, lives_with=False, may_be_written_to=False)
        )
    return [replace(contact, priority=rank) for rank, contact in enumerate(contacts, 1)]


def _parents(rng: Random, culture: Culture, surname: str, language: str) -> list[DemoContact]:
    home = _home(rng)
    own_name = surname if rng.random() < 0.75 else draw_surname(rng, culture)
    mother = _contact(rng, culture, "F", "Mother", home, own_name, language)
    if rng.random() < 0.08:
        return [_contact(rng, culture, "M", "Father", home, surname, language)]
    if rng.random() < 0.82:
        return [mother, _father(rng, culture, surname, language, home)]
    return [mother]


def _father(
    rng: Random, culture: Culture, surname: str, language: str, home: tuple[str, str]
) -> DemoContact:
    """Three in ten live elsewhere; of those, one in eight is not to be written to."""
    if rng.random() < 0.7:
        step = rng.random() < 0.12
        relationship = "Stepfather" if step else "Father"
        father = _contact(rng, culture, "M", relationship, home, surname, language)
        return replace(father, responsible=not step)
    father = _contact(rng, culture, "M", "Father", _home(rng), surname, language)
    return replace(father, lives_with=False, may_be_written_to=rng.random() < 0.88)


def _contact(
    rng: Random,
    culture: Culture,
    sex: str,
    relationship: str,
    home: tuple[str, str],
    surname: str | None = None,
    language: str = "en",
) -> DemoContact:
    forename, surname = draw_forename(rng, culture, sex), surname or draw_surname(rng, culture)
    mailbox = f"{user_part(forename, surname)}{rng.randrange(10, 100)}@post.example"
    return DemoContact(
        name=f"{forename} {surname}",
        relationship=relationship,
        responsible=True,
        lives_with=True,
        priority=1,
        may_be_written_to=True,
        address=f"{home[0]}, {TOWN}",
        postcode=home[1],
        email=mailbox if rng.random() < 0.86 else "",
        telephone=f"07700 900{rng.randrange(1000):03}" if rng.random() < 0.97 else "",
        language=language,
    )


def _home(rng: Random) -> tuple[str, str]:
    """A number in a street and the street's postcode; one home in eight is a flat."""
    street = rng.randrange(len(STREETS))
    flat = f"Flat {rng.randrange(1, 25)}, " if rng.random() < 0.12 else ""
    postcode = f"EW{street % 9 + 1} {street // 9 + 2}{'ABDEFGHJLN'[street % 10]}Q"
    return f"{flat}{rng.randrange(1, 180)} {STREETS[street]}", postcode
