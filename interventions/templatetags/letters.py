"""How a letter writes what schools and families have typed, and small helps for its pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.http import HttpRequest

from interventions.letters.content.window import space_above
from interventions.letters.names import name_html
from interventions.models import LetterCopy

register = template.Library()


register.filter("written", name_html)


@register.filter
def iso_day(on: str) -> str:
    """An ISO date as kept in a letter's details: "Thu 10 December"."""
    day = date.fromisoformat(on)
    return f"{day:%a} {day.day} {day:%B}"


@register.filter
def in_window(address: Mapping[str, Any]) -> str:
    """The style of an address: the size at which it fits, and its place in the window."""
    points, leading = address["points"], address["leading"]
    above = space_above(len(address["lines"]), leading)
    return f"font-size: {points}pt; line-height: {leading}mm; padding-top: {above}mm"


@register.simple_tag
def can(request: HttpRequest, action: str) -> bool:
    """Whether the person may do this at the page's school: costs nothing."""
    viewer = getattr(request, "viewer", None)
    return bool(viewer and viewer.may(action))


@register.filter
def address_shown(copy: LetterCopy) -> str:
    """Where a copy goes, on one line; not where that is to be kept from others."""
    if copy.is_confidential:
        return "Address confidential"
    return ", ".join(filter(None, map(str.strip, copy.address.splitlines())))
