"""Which of our fields each column of a table is, and what kind of table that makes it. No Django.

A field is named as in the layout of imports, or is one that several cells make (“Full name”,
“Contact surname”, “Contact address 1”). Columns of the second contact and on have their number.
"""

from collections.abc import Sequence
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
Key = tuple[str, int]  # a field, and the number of the contact (0: the only one)


@dataclass
class Column:
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

    columns: list[Column]
    by_field: dict[Key, Column] = field(default_factory=dict)
    instead: dict[Key, list[Column]] = field(default_factory=dict)  # read where the first is empty
    profile: str = ""

    def has(self, name: str, number: int = 0) -> bool:
        return (name, number) in self.by_field

    def column(self, name: str, number: int = 0) -> Column | None:
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
    columns = [Column(index, heading) for index, heading in enumerate(headings)]
    profile = _profile(columns, kind)
    bare = bare_names_are_the_contacts
    if bare is None:
        bare = _bare_names_are_the_contacts(columns) is True
    ranked: dict[Key, list[tuple[int, Column]]] = {}
    for column in columns:
        answered = (answers or {}).get(column.plain)
        if answered is not None:
            column.sure = "left out" if answered == LEAVE_OUT else "answered"
            found = None if answered == LEAVE_OUT else (answered, -1)
            if found:
                column.number = take_apart(column.heading).number
        else:
            found = _known(column, kind, profile, bare)
        if found is not None:
            column.field = found[0]
            column.sure = column.sure or "known"
            rank = found[1] - LEGAL_FIRST * column.plain.startswith("legal ")
            ranked.setdefault((column.field, column.number), []).append((rank, column))
        elif not column.sure and is_left_out(column.heading):
            column.sure = "left out"
    assigned = Assigned(columns, profile=profile[0] if profile else "")
    for key, rivals in ranked.items():
        rivals.sort(key=lambda pair: pair[0])
        assigned.by_field[key] = rivals[0][1]
        for _, column in rivals[1:]:
            if key[0] in SEVERAL:
                assigned.instead.setdefault(key, []).append(column)
            else:
                column.field, column.sure = None, "left out"
    _suggest(assigned, kind)
    return assigned


def _profile(columns: list[Column], kind: str) -> tuple[str, dict[str, str]] | None:
    """The most exacting report of another system whose headings are all there."""
    there = {column.plain for column in columns}
    fits = [one for one in profiles() if one.kind == f"{kind}.csv" and one.needs <= there]
    best = max(fits, key=lambda one: len(one.needs), default=None)
    return (f"{best.system}: {best.report}", best.columns) if best else None


def _known(column: Column, kind: str, profile, bare_is_contact: bool) -> tuple[str, int] | None:
    if profile and column.plain in profile[1]:
        return profile[1][column.plain], 0
    apart = take_apart(column.heading)
    if kind in ("pupils", "contacts") and (apart.owner == "contact"):
        found = field_for(column.heading, "contact")
        if found:
            column.number = apart.number
            return found
    sections = SECTIONS.get(kind, (kind,))
    if kind == "contacts" and not apart.owner and bare_is_contact:
        sections = ("contact", "who")
    for name in sections:
        if found := field_for(column.heading, name):
            return found
    found = field_for(column.heading, "contact") if kind == "pupils" else None
    return found if found and found[0] in OF_CONTACTS else None


def _bare_names_are_the_contacts(columns: list[Column]) -> bool | None:
    """Whose a plain “Surname” is in a table of contacts, told by who has a name of their own.

    None: nothing tells.
    """
    whose = {"pupil": False, "contact": False}
    bare = False
    for column in columns:
        apart = take_apart(column.heading)
        for owner, of in (("pupil", "who"), ("contact", "contact")):
            found = field_for(column.heading, of)
            if apart.owner == owner and found and found[0] in NAMES:
                whose[owner] = True
        found = field_for(column.heading, "who")
        bare = bare or (not apart.owner and found is not None and found[0] in NAMES)
    if not bare:
        return False
    if whose["pupil"] != whose["contact"]:
        return whose["pupil"]
    return None


def whose_names_must_be_asked(assigned: Assigned) -> bool:
    """Whether a table of contacts has plain names, and nothing tells whose they are."""
    return _bare_names_are_the_contacts(assigned.columns) is None


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


def kind_of(headings: Sequence[str], *, is_marks: bool) -> str | None:
    """The kind of a table by its headings; None where they do not tell."""
    if is_marks:
        return "marks"
    for kind, needed in TELLING:
        found = assign(headings, kind)
        if all(found.has(name) for name in needed) and not _is_only_called_name(found, "Term"):
            return kind
    who, staff = assign(headings, "pupils"), assign(headings, "staff")
    if not who.has("UPN") and any(staff.has(name) for name in ("Username", "Role", "Position")):
        return "staff"
    if not any(who.has(name) for name in WHO):
        return None
    contact = _tells_of_contacts(headings)
    of_pupils = {name for name in (*section("pupils"), "Date of birth") if who.has(name)}
    if contact and "Date of entry" not in of_pupils and len(of_pupils) < 3:
        return "contacts"
    if of_pupils <= DATES_OF_ANYTHING and (groups := _kind_of_groups(headings)) != "":
        return groups
    if of_pupils or any(who.has(name) for name in OF_A_PUPIL):
        return "pupils"
    return "contacts" if contact else None


def _is_only_called_name(found: Assigned, name: str) -> bool:
    """Whether a column is a field only because it is called “Name”, as anything may be."""
    column = found.column(name)
    return (
        column is not None and column.plain in ("name", "title") and not found.has("Academic year")
    )


def _kind_of_groups(headings: Sequence[str]) -> str | None:
    """groups, None where it may as well be teaching that a table tells of, "" for neither."""
    groups = assign(headings, "groups")
    if not groups.has("Group"):
        return ""
    if groups.has("Kind"):
        return "groups"
    plain = set(map(plain_heading, headings))
    return None if groups.has("From") or plain & OF_TEACHING else ""


DATES_OF_ANYTHING = {"Date of entry", "Date of leaving"}  # called “Start date” in lists of groups
OF_TEACHING = {"subject", "teacher", "course", "set", "block", "period"}
TELLING = (
    ("school", ("URN", "Name")),
    ("calendar", ("Date", "Session", "Academic year")),
    ("characteristics", ("Characteristic", "Value")),
    ("terms", ("Term", "From", "Until")),
    ("marks", ("Date", "Session", "Code")),
)
OF_A_PUPIL = ("Registration group", "Surname", "Forename", "Full name", "Former UPN")
OF_CONTACTS = {"Contact relationship", "Parental responsibility", "Lives with", "May be written to"}


def _tells_of_contacts(headings: Sequence[str]) -> bool:
    for heading in headings:
        found = field_for(heading, "contact")
        if found and (found[0] in OF_CONTACTS or take_apart(heading).owner == "contact"):
            return True
    return False


def choices(kind: str) -> list[tuple[str, str]]:
    """The fields that a column of this kind may be, for a person to choose from."""
    names: list[str] = []
    for of in (*SECTIONS.get(kind, (kind,)), *(("contact",) if kind == "pupils" else ())):
        names += [name for name in section(of) if name not in names]
    return [(LEAVE_OUT, "leave it out"), *((name, name) for name in names)]
