"""Which of our fields each column of a table is, and what kind of table that makes it. No Django.

A field is named as in the layout of imports, or is one that several cells make (“Full name”,
“Contact surname”, “Contact address 1”). Columns of the second contact and on have their number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain, starmap
from operator import itemgetter

from registers.exchange.layout.vocabulary import (
    Profile,
    field_for,
    is_left_out,
    plain_heading,
    profiles,
    section,
    take_apart,
)

WHO = ("UPN", "Admission number", "Surname", "Forename", "Full name")
NAMES = ("Surname", "Forename", "Full name", "Contact name", "Contact surname", "Contact forename")
SECTIONS = {
    "pupils": ("who", "pupils"),
    "contacts": ("who", "contact"),
    "marks": ("who", "marks"),
    "characteristics": ("who", "characteristics"),
    "groups": ("groups", "who"),
}
CHOSEN_FROM = SECTIONS | {"pupils": ("who", "pupils", "contact")}
LEAVE_OUT = "-"
SEVERAL = ("Contact telephone", "Contact email")  # a home telephone serves where no mobile is
LEGAL_FIRST = 100  # a legal name goes before any other: the register is kept in it
CLOSE = 0.84  # how like a known heading an unknown one must be to be asked about
PUPIL, CONTACT = "pupil", "contact"  # whose a heading says that a column is
OF_PEOPLE = ("pupils", "contacts")
OF_CONTACTS = {"Contact relationship", "Parental responsibility", "Lives with", "May be written to"}
Key = tuple[str, int]  # a field, and the number of the contact (0: the only one)
FieldAndRank = tuple[str, int]  # the lower the rank, the likelier the column
NO_PROFILE = Profile("", "", "", frozenset(), {})


@dataclass
class TableColumn:
    """What one column is taken for. `sure` is “known”, “asked”, “answered”, “left out” or ""."""

    index: int
    heading: str
    field: str | None = None
    number: int = 0
    sure: str = ""
    suggested: str | None = None  # where it is only like a heading that is known

    @property
    def plain(self) -> str:
        return plain_heading(self.heading)


@dataclass
class Assigned:
    """The columns of a table of one kind, and by field."""

    columns: list[TableColumn]
    by_field: dict[Key, TableColumn] = field(default_factory=dict)
    instead: dict[Key, list[TableColumn]] = field(
        default_factory=dict
    )  # read where the first is empty
    profile: str = ""  # the report of another system that the headings are of

    def has(self, name: str, number: int = 0) -> bool:
        return (name, number) in self.by_field

    def has_any(self, names: Iterable[str]) -> bool:
        return any(map(self.has, names))

    def column(self, name: str, number: int = 0) -> TableColumn | None:
        return self.by_field.get((name, number))

    def columns_of(self, names: Iterable[str], number: int = 0) -> list[TableColumn]:
        """Those of these fields that there are."""
        return list(filter(None, (self.column(name, number) for name in names)))

    def numbers(self, names: Collection[str]) -> list[int]:
        """The contacts, by number, of whom there is any of these fields."""
        return sorted({number for name, number in self.by_field if name in names})


def assign(
    headings: Sequence[str],
    kind: str,
    *,
    answers: dict[str, str] | None = None,
    bare_names_are_the_contacts: bool | None = None,
) -> Assigned:
    """Every column of a table of this kind (“pupils”, “marks” …) with its field, where it has one.

    `answers` are fields by plain heading, and win. Of two columns for one field the heading that
    stands earlier in the vocabulary is taken.
    """
    columns = list(starmap(TableColumn, enumerate(headings)))
    bare = bare_names_are_the_contacts
    if bare is None:
        bare = whose_bare_names(columns) is CONTACT
    profile = _profile(columns, kind)
    assigned = Assigned(columns, profile=": ".join(filter(None, profile[:2])))
    rivals: dict[Key, list[tuple[int, TableColumn]]] = defaultdict(list)
    for column in columns:
        if field_and_rank := _take(column, answers or {}, kind, profile, bare):
            column.field, rank = field_and_rank
            rivals[column.field, column.number].append((rank, column))
    for key, ranked in rivals.items():
        _settle(assigned, key, ranked)
    _suggest(assigned, kind)
    return assigned


def _take(
    column: TableColumn, answers: dict[str, str], kind: str, profile: Profile, bare_is_contact: bool
) -> FieldAndRank | None:
    """What a column is taken for; `sure` says by what."""
    if column.plain in answers:
        return _answered(column, answers[column.plain])
    known = _known(column, kind, profile, bare_is_contact)
    if known is not None:
        column.sure = "known"
    elif is_left_out(column.heading):
        column.sure = "left out"
    return known


def _answered(column: TableColumn, answered: str) -> FieldAndRank | None:
    """What a person has said of a column."""
    if answered == LEAVE_OUT:
        column.sure = "left out"
        return None
    column.sure, column.number = "answered", take_apart(column.heading).number
    return answered, _rank(column, -1)


def _rank(column: TableColumn, rank: int) -> int:
    return rank - LEGAL_FIRST * column.plain.startswith("legal ")


def _settle(assigned: Assigned, key: Key, ranked: list[tuple[int, TableColumn]]) -> None:
    """Of the columns for one field the likeliest is taken."""
    (_, likeliest), *others = sorted(ranked, key=itemgetter(0))
    assigned.by_field[key] = likeliest
    for _, column in others:
        if key[0] in SEVERAL:
            assigned.instead.setdefault(key, []).append(column)
        else:
            column.field, column.sure = None, "left out"


def _profile(columns: list[TableColumn], kind: str) -> Profile:
    """The most exacting report of another system whose headings are all there."""
    headings = {column.plain for column in columns}
    fits = [one for one in profiles() if one.kind == f"{kind}.csv" and one.needs <= headings]
    return max(fits, key=lambda one: len(one.needs), default=NO_PROFILE)


def _known(
    column: TableColumn, kind: str, profile: Profile, bare_is_contact: bool
) -> FieldAndRank | None:
    """The field of a heading that a profile or the vocabulary has, and its rank."""
    if column.plain in profile.columns:
        return profile.columns[column.plain], _rank(column, 0)
    owner = take_apart(column.heading).owner
    known = (
        _of_a_contact(column, kind)
        or _in_sections(column, _sections(kind, owner, bare_is_contact))
        or _only_of_contacts(column, kind)
    )
    return (known[0], _rank(column, known[1])) if known else None


def _of_a_contact(column: TableColumn, kind: str) -> FieldAndRank | None:
    """A field of the contact whom the heading names, with the contact’s number."""
    owner, number = take_apart(column.heading)[1:]
    if kind not in OF_PEOPLE or owner != CONTACT:
        return None
    known = field_for(column.heading, CONTACT)
    if known:
        column.number = number
    return known


def _sections(kind: str, owner: str, bare_is_contact: bool) -> tuple[str, ...]:
    if kind == "contacts" and not owner and bare_is_contact:
        return CONTACT, "who"
    return SECTIONS.get(kind, (kind,))


def _in_sections(column: TableColumn, sections: Sequence[str]) -> FieldAndRank | None:
    return next(filter(None, (field_for(column.heading, name) for name in sections)), None)


def _only_of_contacts(column: TableColumn, kind: str) -> FieldAndRank | None:
    """A field that nobody but a contact has, in a table of pupils."""
    known = field_for(column.heading, CONTACT) if kind == "pupils" else None
    return known if known and known[0] in OF_CONTACTS else None


def whose_bare_names(columns: Sequence[TableColumn]) -> str | None:
    """Whose a plain “Surname” is in a table of contacts, told by who has a name of their own.

    PUPIL where none is there; None where nothing tells.
    """
    owners = {owner for column in columns for owner in _owners_of_a_name(column)}
    if "" not in owners:
        return PUPIL
    others = {PUPIL, CONTACT} - owners
    return others.pop() if len(others) == 1 else None


def _owners_of_a_name(column: TableColumn) -> Iterator[str]:
    """Whose name a column says it is: a pupil's, a contact's, "" for a plain one."""
    owner = take_apart(column.heading).owner
    known = field_for(column.heading, CONTACT if owner == CONTACT else "who")
    if known and known[0] in NAMES:
        yield owner


def whose_names_must_be_asked(assigned: Assigned) -> bool:
    """Whether a table of contacts has plain names, and nothing tells whose they are."""
    return whose_bare_names(assigned.columns) is None


def _suggest(assigned: Assigned, kind: str) -> None:
    """What an unknown heading is like, where that field is still wanted."""
    wanted = _wanted(assigned, kind)
    for column in assigned.columns:
        if column.field is None and not column.sure:
            for words in get_close_matches(column.plain, wanted, n=1, cutoff=CLOSE):
                column.suggested = wanted[words]


def _wanted(assigned: Assigned, kind: str) -> dict[str, str]:
    """The headings of the fields that no column has yet, each with its field."""
    wanted: dict[str, str] = {}
    for name, words in chain.from_iterable(
        section(of).items() for of in SECTIONS.get(kind, (kind,))
    ):
        if not assigned.has(name):
            wanted |= dict.fromkeys([plain_heading(name), *words], name)
    return wanted


def choices(kind: str) -> list[tuple[str, str]]:
    """The fields that a column of this kind may be, for a person to choose from."""
    names = dict.fromkeys(chain.from_iterable(map(section, CHOSEN_FROM.get(kind, (kind,)))))
    return [(LEAVE_OUT, "leave it out"), *((name, name) for name in names)]
