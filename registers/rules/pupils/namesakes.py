"""Two who share a name in what is shown: the words that stand beside each, to tell them apart.

One function for any set of shown pupils, so that a register, a list, the late desk and a search say
it alike. It asks the database nothing: pages bring what they have read already. No Django here.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from registers.rules.pupils.names import called_by, plain
from registers.rules.pupils.year_groups import spoken

END_OF_UPN = 4

Key = TypeVar("Key", bound=Hashable)


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
    def names(self) -> set[tuple[str, str]]:
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
    return one.forename if called_by(one.forename, one.preferred_name) != one.forename else ""


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
    pairs = list(people.items() if isinstance(people, Mapping) else people)
    by_name: dict[tuple[str, str], dict[Key, Namesake]] = defaultdict(dict)
    for key, one in pairs:
        for name in one.names:
            by_name[name][key] = one
    facets = WITH_BIRTH if with_birth else WITHOUT_BIRTH
    found: dict[Key, str] = {}
    for key, one in pairs:
        others = {pk: other for name in one.names for pk, other in by_name[name].items()}
        del others[key]
        if others and (words := _what_differs(one, list(others.values()), facets)):
            found[key] = words
    return found


def _what_differs(one: Namesake, others: list[Namesake], facets: Iterable[Facet]) -> str:
    for facet in facets:
        if (words := facet(one)) and all(facet(other) != words for other in others):
            return words
    return ""
