"""What the pages of contacts say."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from registers.models import Person, Pupil, Relationship, School
from registers.rules.allowed_codes import day_in_words
from registers.rules.wording import plural

SIBLINGS_SHARE = (
    "Sisters and brothers share a contact: look first whether the school knows the person already."
)


def name_of(pupil: Pupil) -> SafeString:
    return format_html("<bdi>{} {}</bdi>", pupil.forename, pupil.surname)


def new_contact_lede(pupil: Pupil, person: Person | None) -> SafeString:
    """For whom: somebody chosen, or somebody to be found first."""
    if person is not None:
        return format_html("<bdi>{}</bdi>, for {}.", person.name, name_of(pupil))
    return format_html("For {}. {}", name_of(pupil), SIBLINGS_SHARE)


def person_facts(person: Person) -> list[tuple[str, SafeString | str]]:
    """Whose contact somebody is, and the telephone."""
    pupils = format_html_join(", ", "{}", ((_pupil(tie),) for tie in person.relationships.all()))
    telephone = [("Telephone", person.telephone)] if person.telephone else []
    return [("Pupils", pupils or "none"), *telephone]


def _pupil(tie: Relationship) -> SafeString:
    kind = f" ({tie.kind})" if tie.kind else ""
    return format_html("{}{}", name_of(tie.pupil), kind)


def pupils_of(person: Person) -> SafeString | str:
    """In the search: mother of Ada Okafor, Ben Okafor."""
    rows = ((_kind(tie), name_of(tie.pupil)) for tie in person.relationships.all())
    return format_html_join(", ", "{}{}", rows) or "no pupil now"


def _kind(tie: Relationship) -> str:
    return f"{tie.kind} of " if tie.kind else ""


def confirmed_lede(row: Relationship) -> SafeString | str:
    """Whether somebody has checked what a contact is to the pupil."""
    if not row.confirmed_at:
        return "Nobody has confirmed it yet: it is as the school’s files have it."
    day = day_in_words(localdate(row.confirmed_at))
    return format_html(
        "Confirmed by <bdi>{}</bdi> on {}: no import changes it.", row.confirmed_by, day
    )


def person_lede(school: School, ties: Sequence[Relationship]) -> SafeString | str:
    """Whose contact a person is, since a change is for all of them."""
    if not ties:
        return "No pupil’s contact at present."
    return format_html(
        "A contact of {}. A change here is for {}.",
        _in_a_row([_link(school, tie) for tie in ties]),
        plural(len(ties), "this pupil", "all of them"),
    )


def _link(school: School, tie: Relationship) -> SafeString:
    address = reverse("registers:contact", args=[school.urn, tie.pupil_id, tie.pk])
    kind = f" ({tie.kind})" if tie.kind else ""
    return format_html('<a href="{}">{}</a>{}', address, name_of(tie.pupil), kind)


def _in_a_row(parts: Sequence[SafeString]) -> SafeString:
    *first, last = parts
    if not first:
        return last
    return format_html("{} and {}", format_html_join(", ", "{}", ((one,) for one in first)), last)


def names_of(ties: Iterable[Relationship]) -> SafeString:
    return format_html_join(", ", "{}", ((name_of(tie.pupil),) for tie in ties))
