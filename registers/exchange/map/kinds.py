"""What kind of table its headings make it: pupils, contacts, marks … No Django in this module."""

from collections.abc import Iterable, Sequence

from registers.exchange.layout.vocabulary import field_for, plain_heading, section, take_apart
from registers.exchange.map.fields import CONTACT, OF_CONTACTS, WHO, Assigned, assign

OF_STAFF = ("Username", "Role", "Position")
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


def kind_of(headings: Sequence[str], *, is_marks: bool) -> str | None:
    """The kind of a table by its headings; None where they do not tell."""
    if is_marks:
        return "marks"
    telling = next((kind for kind, needed in TELLING if _tells(headings, kind, needed)), None)
    if telling is not None:
        return telling
    who = assign(headings, "pupils")
    if _is_of_staff(headings, who):
        return "staff"
    return _kind_of_people(headings, who) if _has_any(who, WHO) else None


def _tells(headings: Sequence[str], kind: str, needed: Sequence[str]) -> bool:
    found = assign(headings, kind)
    return all(map(found.has, needed)) and not _is_only_called_name(found, "Term")


def _has_any(assigned: Assigned, names: Iterable[str]) -> bool:
    return any(map(assigned.has, names))


def _is_of_staff(headings: Sequence[str], who: Assigned) -> bool:
    return not who.has("UPN") and _has_any(assign(headings, "staff"), OF_STAFF)


def _kind_of_people(headings: Sequence[str], who: Assigned) -> str | None:
    """Of a table that names pupils: contacts, groups, or the pupils themselves."""
    contact = _tells_of_contacts(headings)
    of_pupils = set(filter(who.has, (*section("pupils"), "Date of birth")))
    if contact and _says_little(of_pupils):
        return "contacts"
    groups = _kind_of_groups(headings) if of_pupils <= DATES_OF_ANYTHING else ""
    if groups != "":
        return groups
    if of_pupils or _has_any(who, OF_A_PUPIL):
        return "pupils"
    return "contacts" if contact else None


def _says_little(of_pupils: set[str]) -> bool:
    return "Date of entry" not in of_pupils and len(of_pupils) < 3


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


def _tells_of_contacts(headings: Sequence[str]) -> bool:
    return any(map(_is_of_a_contact, headings))


def _is_of_a_contact(heading: str) -> bool:
    found = field_for(heading, CONTACT)
    return bool(found) and (found[0] in OF_CONTACTS or take_apart(heading).owner == CONTACT)
