"""Two who share a name in what is shown: the words that stand beside each, to tell them apart.

One function for any set of shown pupils, so that a register, a list, the late desk and a search say
it alike. It asks the database nothing: pages bring what they have read already. No Django here.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from registers.rules.pupils.names import called_by, plain
from registers.rules.pupils.year_groups import spoken

END_OF_UPN = 4

Key = TypeVar("Key", bound=Hashable)
Names = tuple[str, str]  # forename and surname, in plain letters


@dataclass(frozen=True, slots=True)
class Namesake:
    """What a page knows of a pupil it shows; what it does not know stays empty."""

    forename: str
    surname: str
    preferred_name: str = ""
    born_on: date | None = None
    group: str = ""
    year_group: str = ""
    upn: str = ""

    @property
    def names(self) -> set[Names]:
        """The names under which it can stand on a page, in plain letters."""
        surname = plain(self.surname)
        called = called_by(self.forename, self.preferred_name)
        return {(plain(self.forename), surname), (plain(called), surname)}


class NamedPupil(Protocol):
    """A row of the admission register, as models and lists have it."""

    @property
    def forename(self) -> str: ...
    @property
    def surname(self) -> str: ...
    @property
    def preferred_name(self) -> str: ...
    @property
    def born_on(self) -> date | None: ...
    @property
    def upn(self) -> str: ...


def namesake_of(pupil: NamedPupil, *, group: str = "", year_group: str = "") -> Namesake:
    return Namesake(
        pupil.forename,
        pupil.surname,
        pupil.preferred_name,
        pupil.born_on,
        group,
        year_group,
        pupil.upn,
    )


class KeptPupil(NamedPupil, Protocol):
    pk: int


def pupils_apart(pupils: Iterable[KeptPupil], *, with_birth: bool) -> dict[int, str]:
    """`told_apart` for rows of the admission register, by their key."""
    return told_apart(((one.pk, namesake_of(one)) for one in pupils), with_birth=with_birth)


def _called(one: Namesake) -> str:
    called = called_by(one.forename, one.preferred_name)
    return f"called {called}" if called != one.forename else ""


def _registered(one: Namesake) -> str:
    return one.forename if _called(one) else ""


def _born(one: Namesake) -> str:
    return f"born {one.born_on.day} {one.born_on:%b %Y}" if one.born_on else ""


def _birthday(one: Namesake) -> str:
    return f"birthday {one.born_on.day} {one.born_on:%B}" if one.born_on else ""


def _upn(one: Namesake) -> str:
    return f"UPN …{one.upn[-END_OF_UPN:]}" if one.upn else ""


Facet = Callable[[Namesake], str]
FOR_ALL: tuple[Facet, ...] = (_called, _registered)
WITH_BIRTH: tuple[Facet, ...] = (
    *FOR_ALL,
    _born,
    lambda one: one.group,
    lambda one: spoken(one.year_group),
    _upn,
)
WITHOUT_BIRTH: tuple[Facet, ...] = (
    *FOR_ALL,
    lambda one: one.group,
    lambda one: spoken(one.year_group),
    _birthday,
    _upn,
)


def told_apart(
    people: Mapping[Key, Namesake] | Iterable[tuple[Key, Namesake]], *, with_birth: bool
) -> dict[Key, str]:
    """What stands beside each who shares a name with another of these; nobody else is in it.

    The first of: what the pupil is called or registered as, the date of birth for those who may see
    it (`with_birth`), the registration group, the year group, the birthday without its year, the
    end of the UPN; that no namesake shares.
    """
    namesakes = dict(people)
    by_name = _by_name(namesakes)
    facets = WITH_BIRTH if with_birth else WITHOUT_BIRTH
    words = {
        key: _what_differs(one, _others(key, one, by_name), facets)
        for key, one in namesakes.items()
    }
    return {key: said for key, said in words.items() if said}


def _by_name(people: Mapping[Key, Namesake]) -> dict[Names, dict[Key, Namesake]]:
    by_name: dict[Names, dict[Key, Namesake]] = defaultdict(dict)
    for key, one in people.items():
        for name in one.names:
            by_name[name][key] = one
    return by_name


def _others(
    key: Key, one: Namesake, by_name: Mapping[Names, Mapping[Key, Namesake]]
) -> Collection[Namesake]:
    """Everybody else who stands under one of the names."""
    others = {pk: other for name in one.names for pk, other in by_name[name].items()}
    del others[key]
    return others.values()


def _what_differs(one: Namesake, others: Collection[Namesake], facets: Iterable[Facet]) -> str:
    """The first facet that no other shares; nothing for who has no namesake."""
    if not others:
        return ""
    for facet in facets:
        if facet(one) not in {"", *map(facet, others)}:
            return facet(one)
    return ""
