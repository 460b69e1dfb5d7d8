"""Which pupil a row of a file is about, when the UPN alone does not say. No Django in this module.

A UPN is the best key there is and not a perfect one: a temporary UPN (its last character is a
letter, rule F1) gives way to the permanent one, a number was mistyped, two schools made one each.
What is certain is done; what is only likely, a name with its date of birth, is asked of a person
and never guessed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import attrgetter

from registers.rules.grouping import grouped_by, keyed
from registers.rules.pupils.names import APART, plain
from registers.rules.pupils.upn import is_temporary


@dataclass(frozen=True, slots=True)
class NamedChild:
    """Who somebody is, as a file or the register writes it; what is not known is empty."""

    upn: str
    surname: str
    forename: str
    born_on: date | None = None
    admission_number: str = ""

    @property
    def name(self) -> tuple[str, str]:
        return _letters(self.surname), _letters(self.forename)


def _letters(name: str) -> str:
    return "".join(plain(name).translate(APART).split())


class MatchedBy(Enum):
    """How a row was found to be about a pupil."""

    BY_UPN = "the UPN of today"
    BY_FORMER_UPN = "a UPN that the pupil had before"
    BY_ADMISSION_NUMBER = "the admission number"
    RENUMBERED = "the pupil takes the UPN of the row"
    NEW = "nobody on the register"
    ASK = "a person must say"


@dataclass(frozen=True, slots=True)
class RegisterMatch:
    how: MatchedBy
    child: NamedChild | None = None  # as the register has it


class WhoIsWho:
    """The pupils of one school, to be found by whatever a file says of them."""

    def __init__(self, children: Iterable[NamedChild], former: Mapping[str, str] | None = None):
        """`former` gives the UPN of today by one that the pupil had before."""
        everybody = list(children)
        self.by_upn = keyed(everybody, "upn")
        self.by_number = keyed(everybody, "admission_number")
        self.by_number.pop("", None)
        self._by_name = grouped_by(everybody, attrgetter("name", "born_on"))
        self.former = {
            upn: now
            for upn, now in (former or {}).items()
            if upn not in self.by_upn and now in self.by_upn
        }

    def find(
        self, row: NamedChild, *, former_upn: str = "", listed: Collection[str] = ()
    ) -> RegisterMatch:
        """Whom the row is about. `former_upn` is what the row itself says of an earlier number;
        `listed` are the UPNs that the same file has in rows of their own: those are others.
        """
        return (
            self._by_upn(row)
            or self._renumbered(row, former_upn, listed)
            or self._by_admission_number(row)
            or self._by_name_and_birth(row, listed)
        )

    def _by_upn(self, row: NamedChild) -> RegisterMatch | None:
        if row.upn in self.by_upn:
            return RegisterMatch(MatchedBy.BY_UPN, self.by_upn[row.upn])
        child = self._formerly(row.upn)
        if child is None or born_apart(child, row):
            return None
        return RegisterMatch(MatchedBy.BY_FORMER_UPN, child)

    def _renumbered(
        self, row: NamedChild, former_upn: str, listed: Collection[str]
    ) -> RegisterMatch | None:
        child = self.by_upn.get(former_upn) if row.upn else None
        if child is None or child.upn in listed:
            return None
        return RegisterMatch(
            MatchedBy.ASK if born_apart(child, row) else MatchedBy.RENUMBERED, child
        )

    def _by_admission_number(self, row: NamedChild) -> RegisterMatch | None:
        child = self.by_number.get(row.admission_number) if row.admission_number else None
        if child is None or row.upn:
            return None
        agree = child.name == row.name or child.born_on == row.born_on
        return RegisterMatch(MatchedBy.BY_ADMISSION_NUMBER if agree else MatchedBy.ASK, child)

    def same_name_and_birth(self, row: NamedChild) -> list[NamedChild]:
        """Those who have the name and date of birth of the row."""
        return self._by_name[row.name, row.born_on][:] if row.born_on else []

    def _formerly(self, upn: str) -> NamedChild | None:
        return self.by_upn.get(self.former.get(upn, ""))

    def _by_name_and_birth(self, row: NamedChild, listed: Collection[str]) -> RegisterMatch:
        likely = [one for one in self.same_name_and_birth(row) if one.upn not in listed]
        if not likely:
            return RegisterMatch(MatchedBy.NEW)
        if len(likely) == 1 and _gets_its_upn(likely[0], row):
            return RegisterMatch(MatchedBy.RENUMBERED, likely[0])
        return RegisterMatch(MatchedBy.ASK, likely[0])


def _gets_its_upn(child: NamedChild, row: NamedChild) -> bool:
    """Whether the row brings the UPN that the child has waited for, and no other number."""
    if not row.upn or is_temporary(row.upn) or not is_temporary(child.upn):
        return False
    return len({child.admission_number, row.admission_number} - {""}) <= 1


def born_apart(one: NamedChild, other: NamedChild) -> bool:
    """Whether the dates of birth say that these are two children."""
    return bool(one.born_on and other.born_on and one.born_on != other.born_on)
