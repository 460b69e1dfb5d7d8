"""Which of our fields each column of a table is, and what kind of table that makes it. No Django.

A field is named as in the layout of imports, or is one that several cells make (“Full name”,
“Contact surname”, “Contact address 1”). Columns of the second contact and on have their number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from registers.exchange.layout.vocabulary import (
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
LEAVE_OUT = "-"
SEVERAL = ("Contact telephone", "Contact email")  # a home telephone serves where no mobile is
LEGAL_FIRST = 100  # a legal name goes before any other: the register is kept in it
CLOSE = 0.84  # how like a known heading an unknown one must be to be asked about
PUPIL, CONTACT = "pupil", "contact"  # whose a heading says that a column is
OF_PEOPLE = ("pupils", "contacts")
OF_CONTACTS = {"Contact relationship", "Parental responsibility", "Lives with", "May be written to"}
Key = tuple[str, int]  # a field, and the number of the contact (0: the only one)
FieldAndRank = tuple[str, int]  # the lower the rank, the likelier the column
Profiled = tuple[str, dict[str, str]]  # a report of another system, and its fields by heading


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
    profile: str = ""

    def has(self, name: str, number: int = 0) -> bool:
        return (name, number) in self.by_field

    def column(self, name: str, number: int = 0) -> TableColumn | None:
        return self.by_field.get((name, number))


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
    columns = [TableColumn(index, heading) for index, heading in enumerate(headings)]
    profile = _profile(columns, kind)
    bare = bare_names_are_the_contacts
    if bare is None:
        bare = whose_bare_names(columns) is CONTACT
    ranked: dict[Key, list[tuple[int, TableColumn]]] = {}
    for column in columns:
        found = _answered(column, answers or {})
        if not column.sure:
            found = _known(column, kind, profile, bare)
            column.sure = _how_sure(column, found)
        if found is not None:
            column.field, rank = found
            ranked.setdefault((column.field, column.number), []).append((rank, column))
    assigned = Assigned(columns, profile=profile[0] if profile else "")
    for key, rivals in ranked.items():
        _settle(assigned, key, rivals)
    _suggest(assigned, kind)
    return assigned


def _answered(column: TableColumn, answers: dict[str, str]) -> FieldAndRank | None:
    """What a person has said of a column; `sure` says that they did."""
    answered = answers.get(column.plain)
    if answered is None:
        return None
    if answered == LEAVE_OUT:
        column.sure = "left out"
        return None
    column.sure, column.number = "answered", take_apart(column.heading).number
    return answered, _rank(column, -1)


def _how_sure(column: TableColumn, found: FieldAndRank | None) -> str:
    if found is not None:
        return "known"
    return "left out" if is_left_out(column.heading) else ""


def _rank(column: TableColumn, rank: int) -> int:
    return rank - LEGAL_FIRST * column.plain.startswith("legal ")


def _settle(assigned: Assigned, key: Key, rivals: list[tuple[int, TableColumn]]) -> None:
    """Of the columns for one field the likeliest is taken."""
    rivals.sort(key=lambda pair: pair[0])
    assigned.by_field[key] = rivals[0][1]
    for _, column in rivals[1:]:
        if key[0] in SEVERAL:
            assigned.instead.setdefault(key, []).append(column)
        else:
            column.field, column.sure = None, "left out"


def _profile(columns: list[TableColumn], kind: str) -> Profiled | None:
    """The most exacting report of another system whose headings are all there."""
    there = {column.plain for column in columns}
    fits = [one for one in profiles() if one.kind == f"{kind}.csv" and one.needs <= there]
    best = max(fits, key=lambda one: len(one.needs), default=None)
    return (f"{best.system}: {best.report}", best.columns) if best else None


def _known(
    column: TableColumn, kind: str, profile: Profiled | None, bare_is_contact: bool
) -> FieldAndRank | None:
    """The field of a heading that a profile or the vocabulary has, and its rank."""
    if profile and column.plain in profile[1]:
        return profile[1][column.plain], _rank(column, 0)
    apart = take_apart(column.heading)
    found = None
    if kind in OF_PEOPLE and apart.owner == CONTACT:
        found = field_for(column.heading, CONTACT)
        column.number = apart.number if found else column.number
    found = found or _in_sections(column, _sections(kind, apart.owner, bare_is_contact))
    if found is None and kind == "pupils":
        found = _only_of_contacts(column)
    return (found[0], _rank(column, found[1])) if found else None


def _sections(kind: str, owner: str, bare_is_contact: bool) -> tuple[str, ...]:
    if kind == "contacts" and not owner and bare_is_contact:
        return CONTACT, "who"
    return SECTIONS.get(kind, (kind,))


def _in_sections(column: TableColumn, sections: Sequence[str]) -> FieldAndRank | None:
    return next(filter(None, (field_for(column.heading, name) for name in sections)), None)


def _only_of_contacts(column: TableColumn) -> FieldAndRank | None:
    """A field that nobody but a contact has, in a table of pupils."""
    found = field_for(column.heading, CONTACT)
    return found if found and found[0] in OF_CONTACTS else None


def whose_bare_names(columns: Sequence[TableColumn]) -> str | None:
    """Whose a plain “Surname” is in a table of contacts, told by who has a name of their own.

    PUPIL where none is there; None where nothing tells.
    """
    owners = {owner for column in columns for owner in _owners_of_a_name(column)}
    if "" not in owners:
        return PUPIL
    named = owners & {PUPIL, CONTACT}
    if len(named) != 1:
        return None
    return CONTACT if named == {PUPIL} else PUPIL


def _owners_of_a_name(column: TableColumn) -> Iterator[str]:
    """Whose name a column says it is: a pupil's, a contact's, "" for a plain one."""
    owner = take_apart(column.heading).owner
    found = field_for(column.heading, CONTACT if owner == CONTACT else "who")
    if found and found[0] in NAMES:
        yield owner


def whose_names_must_be_asked(assigned: Assigned) -> bool:
    """Whether a table of contacts has plain names, and nothing tells whose they are."""
    return whose_bare_names(assigned.columns) is None


def _suggest(assigned: Assigned, kind: str) -> None:
    """What an unknown heading is like, where that field is still wanted."""
    known: dict[str, str] = {}
    for of in SECTIONS.get(kind, (kind,)):
        for name, words in section(of).items():
            if not assigned.has(name):
                known |= dict.fromkeys([plain_heading(name), *words], name)
    for column in assigned.columns:
        if column.field is None and not column.sure:
            like = get_close_matches(column.plain, known, n=1, cutoff=CLOSE)
            column.suggested = known[like[0]] if like else None


def choices(kind: str) -> list[tuple[str, str]]:
    """The fields that a column of this kind may be, for a person to choose from."""
    names: list[str] = []
    for of in (*SECTIONS.get(kind, (kind,)), *(("contact",) if kind == "pupils" else ())):
        names += [name for name in section(of) if name not in names]
    return [(LEAVE_OUT, "leave it out"), *((name, name) for name in names)]
