"""Which pupil a row of a file is about, when the UPN alone does not say. No Django in this module.

A UPN is the best key there is and not a perfect one: a temporary UPN (its last character is a
letter, rule F1) gives way to the permanent one, a number was mistyped, two schools made one each.
What is certain is done; what is only likely, a name with its date of birth, is asked of a person
and never guessed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from registers.rules.pupils.names import APART, plain
from registers.rules.pupils.upn import is_temporary


@dataclass(frozen=True, slots=True)
class Child:
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


class How(Enum):
    """How a row was found to be about a pupil."""

    BY_UPN = "the UPN of today"
    BY_FORMER_UPN = "a UPN that the pupil had before"
    BY_ADMISSION_NUMBER = "the admission number"
    RENUMBERED = "the pupil takes the UPN of the row"
    NEW = "nobody on the register"
    ASK = "a person must say"


@dataclass(frozen=True, slots=True)
class Found:
    how: How
    child: Child | None = None  # as the register has it


class WhoIsWho:
    """The pupils of one school, to be found by whatever a file says of them."""

    def __init__(self, children: Iterable[Child], former: Mapping[str, str] | None = None):
        """`former` gives the UPN of today by one that the pupil had before."""
        self.by_upn: dict[str, Child] = {}
        self.by_number: dict[str, Child] = {}
        self._by_name: dict[tuple[tuple[str, str], date], list[Child]] = defaultdict(list)
        for child in children:
            self.by_upn[child.upn] = child
            if child.admission_number:
                self.by_number[child.admission_number] = child
            if child.born_on:
                self._by_name[child.name, child.born_on].append(child)
        self.former = {
            upn: now
            for upn, now in (former or {}).items()
            if upn not in self.by_upn and now in self.by_upn
        }

    def find(self, row: Child, *, former_upn: str = "", listed: Collection[str] = ()) -> Found:
        """Whom the row is about. `former_upn` is what the row itself says of an earlier number;
        `listed` are the UPNs that the same file has in rows of their own: those are others.
        """
        return (
            self._by_upn(row)
            or self._renumbered(row, former_upn, listed)
            or self._by_admission_number(row)
            or self._by_name_and_birth(row, listed)
        )

    def _by_upn(self, row: Child) -> Found | None:
        if row.upn in self.by_upn:
            return Found(How.BY_UPN, self.by_upn[row.upn])
        child = self._formerly(row.upn)
        if child is None or _born_apart(child, row):
            return None
        return Found(How.BY_FORMER_UPN, child)

    def _renumbered(self, row: Child, former_upn: str, listed: Collection[str]) -> Found | None:
        child = self.by_upn.get(former_upn) if row.upn else None
        if child is None or child.upn in listed:
            return None
        return Found(How.ASK if _born_apart(child, row) else How.RENUMBERED, child)

    def _by_admission_number(self, row: Child) -> Found | None:
        child = self.by_number.get(row.admission_number) if row.admission_number else None
        if child is None or row.upn:
            return None
        agree = child.name == row.name or child.born_on == row.born_on
        return Found(How.BY_ADMISSION_NUMBER if agree else How.ASK, child)

    def same_name_and_birth(self, row: Child) -> list[Child]:
        """Those who have the name and date of birth of the row."""
        return self._by_name[row.name, row.born_on][:] if row.born_on else []

    def _formerly(self, upn: str) -> Child | None:
        return self.by_upn.get(self.former.get(upn, ""))

    def _by_name_and_birth(self, row: Child, listed: Collection[str]) -> Found:
        likely = [one for one in self.same_name_and_birth(row) if one.upn not in listed]
        if not likely:
            return Found(How.NEW)
        if len(likely) == 1 and _gets_its_upn(likely[0], row):
            return Found(How.RENUMBERED, likely[0])
        return Found(How.ASK, likely[0])


def _gets_its_upn(child: Child, row: Child) -> bool:
    """Whether the row brings the UPN that the child has waited for, and no other number."""
    if not row.upn or is_temporary(row.upn) or not is_temporary(child.upn):
        return False
    return len({child.admission_number, row.admission_number} - {""}) <= 1


def _born_apart(one: Child, other: Child) -> bool:
    """Whether the dates of birth say that these are two children."""
    return bool(one.born_on and other.born_on and one.born_on != other.born_on)
