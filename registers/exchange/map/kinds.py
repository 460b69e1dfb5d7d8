"""What kind of table its headings make it: pupils, contacts, marks … No Django in this module."""

from collections.abc import Sequence

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
    telling = (kind for kind, needed in TELLING if _tells(headings, kind, needed))
    return next(telling, None) or _kind_of_people(headings)


def _kind_of_people(headings: Sequence[str]) -> str | None:
    """Of a table that names colleagues or pupils."""
    who = assign(headings, "pupils")
    if _is_of_staff(headings, who):
        return "staff"
    return _kind_of_pupils(headings, who) if who.has_any(WHO) else None


def _tells(headings: Sequence[str], kind: str, needed: Sequence[str]) -> bool:
    assigned = assign(headings, kind)
    return all(map(assigned.has, needed)) and not _is_only_called_name(assigned, "Term")


def _is_of_staff(headings: Sequence[str], who: Assigned) -> bool:
    return not who.has("UPN") and assign(headings, "staff").has_any(OF_STAFF)


def _kind_of_pupils(headings: Sequence[str], who: Assigned) -> str | None:
    """Of a table that names pupils: contacts, groups, or the pupils themselves."""
    tells_of_contacts = any(map(_is_of_a_contact, headings))
    of_pupils = set(filter(who.has, (*section("pupils"), "Date of birth")))
    if tells_of_contacts and _says_little(of_pupils):
        return "contacts"
    groups = _kind_of_groups(headings)
    if of_pupils <= DATES_OF_ANYTHING and groups != "":
        return groups
    if of_pupils or who.has_any(OF_A_PUPIL):
        return "pupils"
    return "contacts" if tells_of_contacts else None


def _says_little(of_pupils: set[str]) -> bool:
    return "Date of entry" not in of_pupils and len(of_pupils) < 3


def _is_only_called_name(assigned: Assigned, name: str) -> bool:
    """Whether a column is a field only because it is called “Name”, as anything may be."""
    names = {column.plain for column in assigned.columns_of([name])}
    return bool(names & {"name", "title"}) and not assigned.has("Academic year")


def _kind_of_groups(headings: Sequence[str]) -> str | None:
    """groups, None where it may as well be teaching that a table tells of, "" for neither."""
    groups = assign(headings, "groups")
    if not groups.has("Group"):
        return ""
    if groups.has("Kind"):
        return "groups"
    plain = set(map(plain_heading, headings))
    return None if groups.has("From") or plain & OF_TEACHING else ""


def _is_of_a_contact(heading: str) -> bool:
    known = field_for(heading, CONTACT)
    if known is None:
        return False
    return known[0] in OF_CONTACTS or take_apart(heading).owner == CONTACT
