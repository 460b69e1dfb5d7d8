"""A parent or other contact as the pupil page shows one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from registers.models import Person, Relationship

CONFIDENTIAL = mark_safe(
    "<strong>Address confidential.</strong> It is not on this page: give it to nobody."
)
OURS = frozenset({"", "en", "eng", "english"})


@dataclass(frozen=True, slots=True)
class ContactShown:
    """No address that is confidential."""

    relationship: Relationship

    @property
    def person(self) -> Person:
        return self.relationship.person

    @property
    def kind(self) -> str:
        """`, mother`, behind the name."""
        return f", {self.relationship.kind.lower()}" if self.relationship.kind else ""

    @property
    def address(self) -> str | SafeString:
        if self.relationship.address_confidential:
            return CONFIDENTIAL
        lines = [*self.person.address.splitlines(), self.person.postcode]
        return ", ".join(filter(None, map(str.strip, lines))) or "No address"

    @property
    def telephones(self) -> list[tuple[str, str]]:
        """Each number as a telephone dials it and as it is written."""
        numbers = filter(None, map(str.strip, re.split("[;,]", self.person.telephone)))
        return [(re.sub(r"[^\d+]", "", number), number) for number in numbers]

    @property
    def ways(self) -> SafeString:
        """The telephone numbers, or that there is none, and the e-mail address."""
        numbers = format_html_join("", '<a class="tel" href="tel:{}">{}</a> ', self.telephones)
        email = self.person.email
        mail = format_html('<a class="long-words" href="mailto:{}">{}</a>', email, email)
        return format_html("{}{}", numbers or "No telephone number. ", mail if email else "")

    @property
    def tags(self) -> Iterator[tuple[str, str]]:
        """What the contact is to the pupil, in words and kinds of tags."""
        if self.relationship.has_responsibility:
            yield "Has responsibility", "quiet"
        if self.relationship.lives_with:
            yield "Lives with the pupil", "quiet"
        if not self.relationship.may_be_written_to:
            yield "Gets no letters", ""
        if language := language_name(self.person.language):
            yield f"Speaks {language}", ""

    @property
    def remarks(self) -> Iterator[SafeString]:
        """Why the contact gets letters without responsibility, and what a court has ordered."""
        if ground := self.relationship.ground:
            words = "Gets letters without parental responsibility:"
            yield format_html('<p class="why long-words">{} {}</p>', words, ground)
        if order := self.relationship.court_order:
            yield format_html(
                '<p class="alert alert-warning contact-order"><strong>Court order.</strong> {}</p>',
                order,
            )


def language_name(tag: str) -> str:
    """A language that is not English by its name; one that nobody has named as it is written."""
    plain = tag.strip().split("-")[0].lower()
    if plain in OURS:
        return ""
    try:
        return get_language_info(plain)["name"]
    except KeyError:
        return tag
